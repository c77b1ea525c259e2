import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NormalisedOrder, OrderHold } from '../../../src/marketplaces/port/order.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import type { OnImport } from '../../../src/shops/shops/settings.ts'
import { createOnImport, createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { requestChanges, retryChange } from '../../../src/site-changes/requests/request.ts'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'

const DAY = 24 * 60 * 60_000
const held = (...kinds: OrderHold['kind'][]): Partial<NormalisedOrder> => ({
  holds: kinds.map((kind) => ({ kind, until: null, note: null })),
})

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.db.tenant.deleteMany())

describe('自動受注取込と同時', () => {
  async function shopThat(onImport: OnImport): Promise<ImportBench> {
    const bench = await importBench(database)
    await database.db.shop.update({ where: { id: bench.shopId }, data: { settings: { onImport } } })
    bench.deps.onStaged = createOnImport(bench.deps)
    return bench
  }
  async function importOne(bench: ImportBench, more: Partial<NormalisedOrder>) {
    const number = `123456-20260115-${String(bench.mall.calls.length + 1).padStart(10, '0')}`
    bench.mall.place(number, more)
    await bench.want([number])
    await bench.run()
    return number
  }
  const changes = () => database.db.siteChange.findMany({ include: { order: true } })

  it('queues the change as the order is staged, and makes it', async () => {
    const bench = await shopThat({ action: 'confirm' })
    const number = await importOne(bench, {})
    expect(bench.mall.site.effects).toEqual([`${number}:confirm`])
    expect(await changes()).toMatchObject([
      { state: 'succeeded', actor: 'import', requestKey: null, order: { changeState: 'succeeded' } },
    ])
  })

  it('queues it once, however often and by whomever the order is imported', async () => {
    const bench = await shopThat({ action: 'confirm' })
    const wanted = numbers(40)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const signal = new AbortController().signal
    await Promise.all([1, 2].map(() => shopWorkerOf(bench.deps).run(bench.shopId, signal)))
    await bench.want(wanted, { purpose: 'refresh' })
    await bench.run()
    await bench.want(wanted)
    await bench.run()
    expect(await changes()).toHaveLength(40)
    expect(bench.mall.site.effects.toSorted()).toEqual(wanted.map((number) => `${number}:confirm`))
  })

  it.each<[string, OnImport['conditions'], Partial<NormalisedOrder>, boolean]>([
    ['paid as wished', { paymentKinds: ['credit_card'] }, {}, true],
    ['paid in another way', { paymentKinds: ['cod', 'points'] }, {}, false],
    ['in fraud review', { noHolds: true }, held('fraud_check'), false],
    ['held by the shop', { noHolds: true }, held('mall_processing', 'shop_hold'), false],
    ['held, where that does not matter', { noHolds: false }, held('fraud_check'), true],
    [
      'that only waits as new ones do',
      { noHolds: true },
      held('mall_processing', 'buyer_cancel_window'),
      true,
    ],
    ['that waits for its payment', { noHolds: true }, held('unpaid'), true],
    ['with a buyer’s note', { noBuyerNote: true }, {}, false],
    [
      'with a blank note',
      { noBuyerNote: true },
      { notes: { buyer: ' \n', shop: null, mail: null, operator: null } },
      true,
    ],
    ...['[配送日時指定:]\n2026-07-08(水)\n14:00-16:00\n', '[配送日時指定:]\n\n[備考欄です:]\n'].map(
      (buyer): [string, OnImport['conditions'], Partial<NormalisedOrder>, boolean] => [
        `with headings of the mall’s own: ${JSON.stringify(buyer)}`,
        { noBuyerNote: true },
        { notes: { buyer, shop: null, mail: null, operator: null } },
        true,
      ],
    ),
    ['below the amount', { totalBelow: 3_501 }, {}, true],
    ['of just the amount', { totalBelow: 3_500 }, {}, false],
    ['cancelled already', {}, { mallState: 'cancelled' }, false],
  ])('looks at its conditions: an order %s', async (_, conditions, order, made) => {
    const bench = await shopThat({ action: 'confirm', ...(conditions ? { conditions } : {}) })
    await importOne(bench, order)
    expect(await database.db.order.count()).toBe(1)
    expect(await changes()).toHaveLength(made ? 1 : 0)
  })

  it('makes it when the hold that kept it back is over, once', async () => {
    const bench = await shopThat({ action: 'confirm', conditions: { noHolds: true } })
    bench.deps.onReleased = createOnReleased(bench.deps)
    const again = async (number: string, more: Partial<NormalisedOrder>) => {
      bench.mall.place(number, more)
      await bench.want([number], { purpose: 'refresh' })
      await bench.run()
    }
    const number = await importOne(bench, held('fraud_check'))
    await again(number, held('fraud_check', 'unpaid'))
    expect(await changes()).toEqual([])
    await again(number, held('unpaid'))
    expect(await changes()).toMatchObject([{ state: 'succeeded', actor: 'import' }])
    await again(number, held('fraud_check'))
    await again(number, {})
    expect(await changes()).toHaveLength(1)
  })

  it('makes it not for an order that something else kept back, or a hold that is usual', async () => {
    const bench = await shopThat({ action: 'confirm', conditions: { noHolds: true, noBuyerNote: true } })
    bench.deps.onReleased = createOnReleased(bench.deps)
    const notes = { buyer: '玄関前に置いてください', shop: null, mail: null, operator: null }
    const number = await importOne(bench, { ...held('unpaid'), notes })
    bench.mall.place(number, { notes: { ...notes, buyer: null } })
    await bench.want([number], { purpose: 'refresh' })
    await bench.run()
    expect(await database.db.order.findFirst()).toMatchObject({ holds: [] })
    expect(await changes()).toEqual([])
  })

  it('makes it not where the refresh that shows the end of the hold was not written', async () => {
    const bench = await shopThat({ action: 'confirm', conditions: { noHolds: true } })
    const release = createOnReleased(bench.deps)
    let staffEdits = true
    bench.deps.onReleased = (shop, refreshed) => {
      const hook = release(shop, refreshed)
      return async (client, at) => {
        // As it stands where somebody was faster: the row still has the hold.
        if (staffEdits) await client.query(`update orders set holds = '{fraud_check}'`)
        staffEdits = false
        await hook?.(client, at)
      }
    }
    const number = await importOne(bench, held('fraud_check'))
    const again = async () => {
      await bench.want([number], { purpose: 'refresh' })
      await bench.run()
    }
    bench.mall.place(number, {})
    await again()
    expect(await changes()).toEqual([])
    await again()
    expect(await changes()).toHaveLength(1)
  })

  it('looks again at the first of several holds to end', async () => {
    const bench = await shopThat({ action: 'confirm' })
    const ends = (hours: number) => new Date(bench.clock.now() + hours * 3_600_000).toISOString()
    const holds = [2, 1, 3].map((hours) => ({ kind: 'reserve' as const, until: ends(hours), note: null }))
    await importOne(bench, { holds })
    const { nextCheckAt } = await database.db.order.findFirstOrThrow()
    expect((nextCheckAt?.getTime() ?? 0) - bench.clock.now()).toBe(3_600_000 + 30_000)
  })

  it('makes it, too, when a change of a person’s was the first to see that the hold is over', async () => {
    const bench = await shopThat({ action: 'confirm', conditions: { noHolds: true } })
    bench.deps.onReleased = createOnReleased(bench.deps)
    const number = await importOne(bench, held('fraud_check'))
    const order = await database.db.order.findFirstOrThrow()
    bench.mall.place(number, {})
    const caller = { tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: 'memo' }
    const deps = { ...bench.deps, wakeQueue: { wake: async () => undefined } }
    await requestChanges(deps, caller, { changes: [{ orderId: order.id, action: 'memo', memo: '電話済' }] })
    await bench.run()
    await bench.want([number], { purpose: 'refresh' })
    await bench.run()
    expect((await changes()).map(({ action, state }) => [action, state]).toSorted()).toEqual([
      ['confirm', 'succeeded'],
      ['memo', 'succeeded'],
    ])
  })

  it('looks again by itself when the mall has said until when an order is held', async () => {
    const bench = await shopThat({ action: 'confirm', conditions: { noHolds: true } })
    bench.deps.onReleased = createOnReleased(bench.deps)
    const until = new Date(bench.clock.now() + 3_600_000).toISOString()
    const number = await importOne(bench, { holds: [{ kind: 'reserve', until, note: null }] })
    bench.mall.place(number, {})
    await bench.run()
    expect(await changes()).toEqual([])
    bench.clock.advance(3_700_000)
    await bench.run()
    expect(await changes()).toMatchObject([{ state: 'succeeded' }])
  })

  it('imports all the same when the mall no longer offers what was wished for', async () => {
    const bench = await shopThat({ action: 'release' })
    await importOne(bench, {})
    expect(await database.db.order.count()).toBe(1)
    expect(await changes()).toEqual([])
  })
})

describe('what a person wrote', () => {
  const MEMO = '髙橋様 折り返し電話 090-0000-0000'

  it('is sealed, in the parameters and in what is sent', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw new Error('connection reset')
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'memo', memo: MEMO }])
    await bench.run()
    const { rows } = await database.pool.query<{ text: string }>(
      'select row_to_json(c)::text as text from site_changes c union all select row_to_json(e)::text from order_events e',
    )
    const all = rows.map(({ text }) => text).join('\n')
    expect(all).toContain(id)
    expect(all).not.toContain('髙橋様')
    expect(all).not.toContain(Buffer.from('髙橋様').toString('hex'))
    expect(await bench.change(id)).toMatchObject({ parameters: {}, state: 'changing' })
  })

  it('is removed once the change has ended, where its buyer was erased meanwhile', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => undefined)
    const [id = ''] = await bench.ask([{ orderId, action: 'memo', memo: MEMO }])
    await database.db.order.update({
      where: { id: orderId },
      data: { erasedAt: new Date(bench.clock.now()) },
    })
    const retention = createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null })
    const purge = () => retention.run(new AbortController().signal)
    expect(await purge()).toMatchObject({ changes: 0 })
    await bench.untilEnded(id)
    expect(await purge()).toMatchObject({ changes: 1 })
    expect(await bench.change(id)).toMatchObject({ sealedTexts: null, sealedPayloads: null })
  })

  it('is removed after the retention time; a retry says then that it must be asked for anew', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => undefined)
    const [id = ''] = await bench.ask([{ orderId, action: 'memo', memo: MEMO }])
    await bench.untilEnded(id)
    bench.clock.advance(31 * DAY)
    const retention = createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null })
    expect(await retention.run(new AbortController().signal)).toMatchObject({ changes: 1 })
    expect(await bench.change(id)).toMatchObject({
      sealedTexts: null,
      sealedPayloads: null,
      code: 'CHANGE_UNCONFIRMED',
    })

    await retryChange(bench.requestDeps, { tenantId: bench.tenantId, actor: 'key:test' }, id)
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'failed', code: 'CHANGE_PARAMETERS_INVALID' })
  })
})
