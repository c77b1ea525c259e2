import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { retryChange } from '../../../src/site-changes/requests/request.ts'
import { changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { failure, REFUSES_CHANGES, UNREADABLE_STEPS } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

describe('a change that goes well', () => {
  it('makes each call once, reads back after each, and takes over what the mall says then', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [id = ''] = await bench.ask([ship(orderId)])
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'queued', mallState: 'open' })
    expect(bench.woken).toEqual([bench.shopId])
    await bench.run()

    expect(bench.mall.site.effects.map((effect) => effect.split(':')[1])).toEqual(['delivery', 'ship'])
    expect(bench.mall.calls).toHaveLength(3)
    expect(await bench.change(id)).toMatchObject({
      state: 'succeeded',
      code: null,
      leaseToken: null,
      sealedPayloads: null,
      steps: [
        { name: 'delivery', state: 'applied', sends: 1, answer: { mallCode: 'OK' } },
        { name: 'ship', state: 'applied', sends: 1 },
      ],
    })
    expect(await bench.order(orderId)).toMatchObject({
      changeState: 'succeeded',
      mallState: 'shipped',
      mallStatus: '500',
    })
    expect(await bench.events(orderId)).toEqual([
      ...['staged', 'change_requested', 'change_sent', 'change_answered', 'change_read'],
      ...['change_sent', 'change_answered', 'change_read', 'change_succeeded', 'refreshed'],
    ])
  })

  it('writes nothing when the order is as wished already', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    await bench.ask([ship(orderId)])
    await bench.run()
    const [again = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(bench.mall.site.writes).toHaveLength(2)
    expect(await bench.change(again)).toMatchObject({ state: 'succeeded', code: 'ALREADY_DONE' })
  })

  it('ends as warning when the mall took it and warns, and does not repeat it', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const warnings = [{ code: 'W1', message: '住所をご確認ください' }]
    bench.mall.site.onWrite(({ apply }) => {
      apply()
      return { warnings }
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({
      state: 'warning',
      code: 'MALL_WARNED',
      mallCode: 'W1',
      mallMessage: '住所をご確認ください',
    })
    expect(bench.mall.site.effects).toHaveLength(1)
  })

  it('reads many orders in one call and writes to each', async () => {
    const bench = await changeBench(database, 30)
    await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    await bench.run()
    expect(bench.mall.site.effects.toSorted()).toEqual(bench.numbers.map((number) => `${number}:confirm`))
    expect(bench.mall.calls.length).toBeLessThan(8)
  })
})

describe('an order that is not what it was', () => {
  it('is not shipped when the buyer has cancelled it; it is flagged here', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [number = ''] = bench.numbers
    const [id = ''] = await bench.ask([ship(orderId)])
    bench.mall.change(number, (order) => ({
      ...order,
      mallState: 'cancelled',
      mallStatus: { code: '900', name: null },
    }))
    await bench.run()
    expect(bench.mall.site.writes).toEqual([])
    expect(await bench.change(id)).toMatchObject({ state: 'warning', code: 'ORDER_CANCELLED_AT_MALL' })
    expect(await bench.order(orderId)).toMatchObject({
      changeState: 'warning',
      mallState: 'cancelled',
      flags: ['cancelled_at_mall'],
    })
  })

  it('is left alone when it is cancelled between two calls', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [number = ''] = bench.numbers
    bench.mall.site.onWrite(({ apply }) => {
      apply()
      bench.mall.change(number, (order) => ({ ...order, mallState: 'cancelled' }))
      return undefined
    })
    const [id = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(bench.mall.site.writes).toEqual([`${number}:delivery`])
    expect(await bench.change(id)).toMatchObject({ state: 'warning', code: 'ORDER_CANCELLED_AT_MALL' })
  })

  it('ends as warning, without a write, where the mall’s rules refuse', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.change(bench.numbers[0] ?? '', (order) => ({ ...order, flags: [REFUSES_CHANGES] }))
    const [id = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({
      state: 'warning',
      code: 'NOT_NOW',
      message: 'いまは変更できません。',
    })
    expect(bench.mall.site.writes).toEqual([])
  })

  it('that the mall does not know ends as warning after 15 minutes', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [number = ''] = bench.numbers
    bench.mall.answer(number, { kind: 'failed', orderNumber: number, failure: failure('malformed') })
    const [id = ''] = await bench.ask([ship(orderId)])
    const began = bench.clock.now()
    const change = await bench.untilEnded(id)
    expect(change).toMatchObject({ state: 'warning', code: 'TEST_MALFORMED' })
    expect((change.finishedAt?.getTime() ?? 0) - began).toBeLessThanOrEqual(15 * MINUTE + 1_000)
  })
})

describe('a lost answer', () => {
  it('is settled by reading when the mall had done it', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(({ apply }) => {
      apply()
      throw failure('outcome_unknown')
    })
    const [id = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.writes).toHaveLength(2)
  })

  it.each([0, 32_000])(
    'is sent again only when it is known that nothing was done, and a minute after its loss (call of %i ms)',
    async (callMs) => {
      const bench = await changeBench(database)
      const [orderId = ''] = bench.orderIds
      let lost = 0
      bench.mall.site.onWrite(({ apply }) => {
        if (lost++ === 0) {
          bench.clock.advance(callMs)
          throw new Error('socket hang up')
        }
        apply()
        return undefined
      })
      const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
      await bench.run()
      bench.clock.advance(59_000)
      await bench.run()
      expect(bench.mall.site.writes).toHaveLength(1)
      expect(await bench.change(id)).toMatchObject({ state: 'changing', steps: [{ state: 'sent' }] })
      expect(await bench.order(orderId)).toMatchObject({ changeState: 'changing' })
      bench.clock.advance(1_000)
      await bench.run()
      expect(bench.mall.site.writes).toHaveLength(2)
      expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
    },
  )

  it('that had been applied late is found before it is sent again', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    let late: () => void = () => undefined
    bench.mall.site.onWrite(({ apply }) => {
      late = apply
      throw failure('outcome_unknown')
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    await bench.run()
    bench.clock.advance(30_000)
    late()
    expect(await bench.untilEnded(id)).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.effects).toHaveLength(1)
  })

  it('that reading cannot settle ends as warning after 15 minutes, sent once', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.change(bench.numbers[0] ?? '', (order) => ({ ...order, flags: [UNREADABLE_STEPS] }))
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    const began = bench.clock.now()
    const change = await bench.untilEnded(id)
    expect(change).toMatchObject({ state: 'warning', code: 'CHANGE_UNCONFIRMED' })
    expect((change.finishedAt?.getTime() ?? 0) - began).toBe(15 * MINUTE)
    expect(bench.mall.site.writes).toHaveLength(1)
  })

  it('ends as failure when the mall never does it', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    expect(await bench.untilEnded(id)).toMatchObject({ state: 'failed', code: 'CHANGE_NOT_TAKEN' })
    expect(bench.mall.site.writes).toHaveLength(4)
  })
})

describe('what the mall says counts', () => {
  it('where reading cannot tell', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.change(bench.numbers[0] ?? '', (order) => ({ ...order, flags: [UNREADABLE_STEPS] }))
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  })

  it('but not where reading contradicts it: a warning after 15 minutes, and never a second call', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => undefined)
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    expect(await bench.untilEnded(id)).toMatchObject({ state: 'warning', code: 'CHANGE_UNCONFIRMED' })
    expect(bench.mall.site.writes).toHaveLength(1)
  })

  it('fails with its words when it refuses, and a retry goes on at that call', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [number = ''] = bench.numbers
    bench.mall.site.onWrite(({ apply, step }) => {
      if (step.name === 'ship')
        throw failure('rejected', {
          mallCode: 'E9',
          mallMessage: '発送日が不正です',
          message: '発送日を直してください。',
        })
      apply()
      return undefined
    })
    const [id = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({
      state: 'failed',
      code: 'TEST_REJECTED',
      mallCode: 'E9',
      mallMessage: '発送日が不正です',
      message: 'shipの更新: 発送日を直してください。',
    })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'failed' })

    bench.mall.site.onWrite(null)
    await retryChange(bench.requestDeps, { tenantId: bench.tenantId, actor: 'key:test' }, id)
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'queued' })
    await bench.run()
    expect(bench.mall.site.writes.map((write) => write.split(':')[1])).toEqual(['delivery', 'ship', 'ship'])
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.effects).toEqual([`${number}:delivery`, `${number}:ship`])
  })

  it('unless it refuses what it had done already', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(({ apply }) => {
      apply()
      throw failure('rejected')
    })
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  })
})
