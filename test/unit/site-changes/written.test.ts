import { describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { takeOverOf } from '../../../src/site-changes/order-after.ts'
import { newStep } from '../../../src/site-changes/steps.ts'
import { sampleOrder } from '../../support/fixtures.ts'

const before = sampleOrder('123456-20260115-0000000001')
const sent = { ...newStep({ name: 'a', label: 'a', payload: {} }), sends: 1, state: 'applied' as const }
const changed = (parameters: Record<string, unknown>, steps = [sent]) => ({
  action: 'change_content' as const,
  parameters,
  steps,
})
const taken = (atMall: NormalisedOrder, parameters: Record<string, unknown>, state = 'succeeded') =>
  takeOverOf(changed(parameters), state)?.(before, atMall)

const [recipient] = before.recipients
const [item] = before.items
if (!recipient || !item) throw new Error('the sample has neither')

describe('what an order takes over from a change of its content', () => {
  it('is nothing of an action that writes none, or that was refused before a call', () => {
    expect(takeOverOf({ ...changed({}), action: 'ship' }, 'succeeded')).toBeNull()
    expect(takeOverOf(changed({ shippingFee: 1 }, []), 'failed')).toBeNull()
    expect(takeOverOf({ ...changed({}), parameters: null }, 'succeeded')).toBeNull()
  })

  it('is what was written, and not what somebody else changed beside it', () => {
    const atMall = {
      ...before,
      charges: { ...before.charges, shipping: 300, giftWrap: 77 },
      totals: { total: 1, billed: 1 },
      notes: { ...before.notes, buyer: '別の人' },
    }
    expect(taken(atMall, { shippingFee: 300 })).toEqual({
      ...before,
      charges: { ...before.charges, shipping: 300 },
      totals: { total: 1, billed: 1 },
    })
  })

  it('is of a change that failed halfway what the mall shows as it was wished', () => {
    const atMall = {
      ...before,
      charges: { ...before.charges, shipping: 300 },
      notes: { ...before.notes, buyer: '別の人', shop: '別の人' },
    }
    const wished = { shippingFee: 300, buyerNote: '玄関前', giftWrapFee: 9 }
    expect(taken(atMall, wished, 'failed')).toEqual({ ...before, charges: atMall.charges })
    const memo = { ...changed({ memo: '至急' }), action: 'memo' as const }
    expect(takeOverOf(memo, 'failed')?.(before, atMall)).toEqual(before)
    expect(takeOverOf(memo, 'succeeded')?.(before, atMall)).toMatchObject({ notes: { shop: '別の人' } })
  })

  it('is of an address what was named of it, numbers as the mall writes them', () => {
    const person = { ...recipient.person, postalCode: '1500001', city: '渋谷区', phone: '0300001111' }
    const atMall = { ...before, recipients: [{ ...recipient, person }] }
    const wished = { recipients: [{ postalCode: '150-0001', phone: '03-0000-1111' }] }
    for (const state of ['succeeded', 'failed'])
      expect(taken(atMall, wished, state)?.recipients[0]?.person).toEqual({
        ...recipient.person,
        postalCode: '1500001',
        phone: '0300001111',
      })
  })

  it('is of several recipients the one that was named', () => {
    const second = { ...recipient, id: 'second' }
    const two = { ...before, recipients: [recipient, second] }
    const moved = (one: typeof recipient) => ({ ...one, person: { ...one.person, city: '渋谷区' } })
    const atMall = { ...two, recipients: [moved(recipient), moved(second)] }
    const wished = { recipients: [{ recipientId: 'second', city: '渋谷区' }] }
    const after = takeOverOf(changed(wished), 'succeeded')?.(two, atMall)
    expect(after?.recipients).toEqual([recipient, moved(second)])
  })

  it('is of the lines those that were changed, removed or added', () => {
    const other = { ...item, lineId: 'other' }
    const kept = { ...item, lineId: 'kept' }
    const here = { ...before, items: [item, other, kept] }
    const added = { ...item, lineId: 'added', itemCode: 'new-1', quantity: 2 }
    const atMall = { ...here, items: [{ ...item, quantity: 5 }, { ...kept, quantity: 9 }, added] }
    const wished = {
      lines: [
        { lineId: item.lineId, quantity: 5 },
        { lineId: 'other', quantity: 0 },
      ],
      addLines: [{ itemCode: 'new-1', quantity: 2 }],
    }
    for (const state of ['succeeded', 'failed'])
      expect(takeOverOf(changed(wished), state)?.(here, atMall).items).toEqual([
        ...[{ ...item, quantity: 5 }, kept, added],
      ])
    const lost = takeOverOf(changed({ buyerNote: 'x' }), 'succeeded')?.(here, { ...atMall, items: [added] })
    expect(lost?.items).toEqual(here.items)
  })
})
