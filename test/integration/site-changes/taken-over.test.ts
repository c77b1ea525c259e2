import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { READY_TO_SHIP, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { reimportOrders } from '../../../src/imports/reimport.ts'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { eraseBuyer } from '../../../src/orders/erasure.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { placeWritable } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

/** What a change of ours wrote at the mall stands in the order too, and is nobody else's doing. */

let database: TestDatabase
let bench: MallBench
let onWrite: () => Promise<void> = async () => undefined
let afterWrite: () => Promise<void> = async () => undefined
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database, {
    async between(operation, send) {
      if (!WRITES.has(operation)) return send()
      await onWrite()
      const answer = await send()
      await afterWrite()
      return answer
    },
  })
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
beforeEach(async () => {
  onWrite = async () => undefined
  afterWrite = async () => undefined
  await database.db.order.deleteMany()
})

const WRITES = new Set([
  ...['orderChange', 'orderItemAdd', 'updateOrderSender', 'updateOrderMemo', 'updateOrderRemarks'],
  'updateOrderDelivery',
])
const CALLER = { actor: 'key:test' }

async function imported(mall: SimulatedMall, status: 'auto_imported' | 'new', recipients = 1) {
  for (;;) {
    const orderNumber = placeWritable(bench.malls[mall], { overrides: READY_TO_SHIP[mall] })
    const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
    const order = await bench.readOrder(orderId)
    // Rakuten takes no name back that has a character beyond the basic ones, such as 𠮷.
    if (order.recipients.length !== recipients || /[\u{10000}-\u{10ffff}]/u.test(JSON.stringify(order)))
      continue
    if (status !== 'auto_imported')
      await database.db.order.update({ where: { id: orderId }, data: { status } })
    return { orderNumber, orderId }
  }
}

async function change(mall: SimulatedMall, wish: Record<string, unknown> & { orderId: string }) {
  const [id = ''] = await bench.ask([{ action: 'change_content', ...wish } as WantedChange])
  for (let tries = 0; tries < 5; tries++) await bench.work(mall)
  return database.db.siteChange.findUniqueOrThrow({ where: { id } })
}

const row = (id: string) => database.db.order.findUniqueOrThrow({ where: { id } })

async function refreshed(mall: SimulatedMall, orderNumber: string) {
  const request = { tenantId: bench.tenantId, shopId: bench.shopIds[mall], orderNumber }
  await requestImports(database.pool, bench.requestDeps, [{ ...request, purpose: 'refresh', source: 'mail' }])
  await bench.work(mall)
}

const eventsOf = async (orderId: string) =>
  (await database.db.orderEvent.findMany({ where: { orderId }, orderBy: { id: 'asc' } })).map(
    ({ kind, data }) => ({ kind, data: data as Record<string, unknown> }),
  )

const YAHOO = {
  recipients: [
    {
      familyName: '見本',
      givenName: '花子',
      familyNameKana: 'ミホン',
      givenNameKana: 'ハナコ',
      postalCode: '150-0001',
      prefecture: '東京都',
      city: '渋谷区架空',
      address1: '星見町2',
      address2: '月ビル3',
      phone: '03-0000-1111',
      wishDate: '2030-07-20',
      wishTime: '14:00-16:00',
    },
  ],
  shippingFee: 300,
  codFee: 110,
  giftWrapFee: 220,
  discount: 50,
  adjustment: -10,
  buyerNote: '玄関前に置いてください',
}
const RAKUTEN = {
  recipients: [
    {
      familyName: '見本',
      givenName: '花子',
      familyNameKana: 'ミホン',
      givenNameKana: 'ハナコ',
      postalCode: '150-0001',
      prefecture: '東京都',
      city: '渋谷区架空',
      address1: '星見町2',
      address2: '月ビル3',
      phone: '03-0000-1111',
      wishDate: '2030-07-20',
      wishTime: '14:00-16:00',
      shippingFee: 9_990,
    },
  ],
  buyerNote: '玄関前に置いてください',
  deliveryMethod: 'メール便',
}

describe.each([
  ['yahoo', YAHOO],
  ['rakuten', RAKUTEN],
] as const)('%s', (mall, wish) => {
  it.each(['auto_imported', 'new'] as const)(
    'an order in %s shows all that was written, without a flag, and its timeline names the change',
    async (status) => {
      const { orderNumber, orderId } = await imported(mall, status)
      const before = await bench.readOrder(orderId)
      const ended = await change(mall, { orderId, ...wish })
      expect([ended.state, ended.code]).toEqual(['succeeded', null])
      const order = await bench.readOrder(orderId)
      const { person, wish: wished } = order.recipients[0] ?? {}
      expect(person).toMatchObject({ familyName: '見本', givenName: '花子', prefecture: '東京都' })
      expect(person?.fullName?.replaceAll(' ', '')).toContain('見本花子')
      expect(`${person?.address1}${person?.address2 ?? ''}`.replaceAll(' ', '')).toBe('星見町2月ビル3')
      expect(wished).toMatchObject({ date: '2030-07-20' })
      expect(order.notes.buyer).toContain('玄関前')
      expect(order.charges.shipping).toBe(mall === 'yahoo' ? 300 : 9_990)
      expect(order.charges.shipping).not.toBe(before.charges.shipping)
      const { flags, billedAmount, version } = await row(orderId)
      expect(flags).not.toContain('changed_at_mall')
      expect(billedAmount).toBe(order.totals.billed)
      const events = await eventsOf(orderId)
      expect(events.filter(({ kind }) => kind === 'changed_at_mall')).toEqual([])
      expect(events.filter(({ kind }) => kind === 'taken_over')).toMatchObject([
        {
          data: {
            changeId: ended.id,
            action: 'change_content',
            fields: expect.arrayContaining(['/charges/shipping']),
          },
        },
      ])
      await refreshed(mall, orderNumber)
      expect(await row(orderId)).toMatchObject({ flags, version })
    },
  )

  it('a refresh that reads the new value first does not take it for somebody else’s', async () => {
    for (const status of ['auto_imported', 'new'] as const) {
      const { orderNumber, orderId } = await imported(mall, status)
      afterWrite = () => {
        afterWrite = async () => undefined
        return refreshed(mall, orderNumber)
      }
      const ended = await change(mall, { orderId, ...wish })
      expect(ended.state).toBe('succeeded')
      expect((await row(orderId)).flags).not.toContain('changed_at_mall')
      expect((await bench.readOrder(orderId)).charges.shipping).toBe(mall === 'yahoo' ? 300 : 9_990)
    }
  })
})

describe('beside it', () => {
  const edit = (orderId: string, patch: Record<string, unknown>) =>
    editOrder(bench.requestDeps, { tenantId: bench.tenantId, ...CALLER }, orderId, null, patch)

  it('an edit of the same field by staff meanwhile stays, with the mall’s new value beside it', async () => {
    const { orderId } = await imported('yahoo', 'new')
    onWrite = async () => {
      onWrite = async () => undefined
      await edit(orderId, { charges: { shipping: 999 } })
    }
    await change('yahoo', { orderId, shippingFee: 300, buyerNote: '玄関前' })
    const order = await bench.readOrder(orderId)
    expect([order.charges.shipping, order.notes.buyer]).toEqual([999, '玄関前'])
    const edited = await edit(orderId, {})
    expect(edited.edits['/charges/shipping']).toMatchObject({ mall: 300, edited: 999, by: 'key:test' })
    expect((await row(orderId)).flags).not.toContain('changed_at_mall')
  })

  it('an edit to what was written is no edit any more', async () => {
    const { orderId } = await imported('yahoo', 'auto_imported')
    await edit(orderId, { charges: { shipping: 300 } })
    await change('yahoo', { orderId, shippingFee: 300 })
    expect((await bench.readOrder(orderId)).charges.shipping).toBe(300)
    expect(await row(orderId)).toMatchObject({ sealedEdits: null, editedAt: null })
  })

  it('an erasure meanwhile stays one', async () => {
    const { orderNumber, orderId } = await imported('yahoo', 'new')
    onWrite = async () => {
      onWrite = async () => undefined
      const deps = { ...bench.requestDeps, db: database.db, elsewhere: [] }
      const caller = { tenantId: bench.tenantId, ...CALLER }
      expect(await eraseBuyer(deps, caller, { orderNumber })).toMatchObject({ orders: 1 })
    }
    const ended = await change('yahoo', { orderId, recipients: [{ address1: '星見町2' }] })
    expect(ended.state).toBe('succeeded')
    expect(await row(orderId)).toMatchObject({ sealedDetail: null, sealedEdits: null })
    expect(await database.db.orderSearch.count({ where: { orderId } })).toBe(0)
    expect((await eventsOf(orderId)).map(({ kind }) => kind)).not.toContain('taken_over')
  })

  it('what somebody else changed at the mall meanwhile is flagged, in an order that was handed over and in one that was not', async () => {
    for (const status of ['auto_imported', 'new'] as const) {
      const { orderNumber, orderId } = await imported('yahoo', status)
      afterWrite = async () => {
        afterWrite = async () => undefined
        const body = JSON.stringify({ BillPhoneNumber: '09099990009', BuyerComments: '別の人の変更' })
        await fetch(`${bench.malls.yahoo.url}/_control/orders/${orderNumber}`, { method: 'PATCH', body })
        await refreshed('yahoo', orderNumber)
      }
      await change('yahoo', { orderId, shippingFee: 300 })
      expect((await row(orderId)).flags).toContain('changed_at_mall')
      const changed = (await eventsOf(orderId)).filter(({ kind }) => kind === 'changed_at_mall')
      expect(changed).toHaveLength(1)
      expect(changed[0]?.data.parts).toContain('notes')
      expect(changed[0]?.data.parts).not.toContain('charges')
      expect((await bench.readOrder(orderId)).charges.shipping).toBe(300)
    }
  })

  it('a refresh leaves the content alone as long as the change is under way', async () => {
    const { orderId } = await imported('rakuten', 'new')
    let calls = 0
    onWrite = async () => {
      calls += 1
      if (calls > 1) throw new Error('lost by the test')
    }
    const before = await bench.readOrder(orderId)
    const ended = await change('rakuten', {
      orderId,
      recipients: [{ shippingFee: 9_990 }],
      buyerNote: '玄関前',
    })
    expect([ended.state, ended.code]).toEqual(['changing', null])
    onWrite = async () => undefined
    const { orderNumber } = await row(orderId)
    await refreshed('rakuten', orderNumber)
    expect((await row(orderId)).flags).not.toContain('changed_at_mall')
    expect((await bench.readOrder(orderId)).charges.shipping).toBe(before.charges.shipping)
  })

  it.each(['keep-edits', 'mall-wins', 'all'] as const)(
    'a re-import (%s) between its call and its end, and one afterwards, lose no edit and flag nothing',
    async (apply) => {
      const { orderId } = await imported('yahoo', 'new')
      await edit(orderId, { charges: { giftWrap: 777 } })
      const again = async () => {
        const deps = { ...bench.requestDeps, sealer: testSealer }
        await reimportOrders(deps, { tenantId: bench.tenantId, ...CALLER }, { orderIds: [orderId], apply })
        await bench.work('yahoo')
      }
      afterWrite = () => {
        afterWrite = async () => undefined
        return again()
      }
      const ended = await change('yahoo', { orderId, shippingFee: 300, buyerNote: '玄関前' })
      expect(ended.state).toBe('succeeded')
      await again()
      const order = await bench.readOrder(orderId)
      expect([order.charges.shipping, order.notes.buyer]).toEqual([300, '玄関前'])
      expect(order.charges.giftWrap === 777).toBe(apply !== 'all')
      expect((await row(orderId)).flags).not.toContain('changed_at_mall')
      expect((await eventsOf(orderId)).map(({ kind }) => kind)).not.toContain('changed_at_mall')
    },
  )

  it('a memo that was written stands in the order', async () => {
    const { orderId } = await imported('yahoo', 'new')
    await change('yahoo', { action: 'memo', orderId, memo: '至急' })
    expect((await bench.readOrder(orderId)).notes.shop).toBe('至急')
  })
})
