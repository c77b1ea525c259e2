import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderStatus } from '../../../src/generated/prisma/enums.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import type { AppError } from '../../../src/platform/errors.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { type ChangeBench, changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

async function benchAt(status: OrderStatus): Promise<ChangeBench & { orderId: string }> {
  const bench = await changeBench(database)
  const orderId = bench.orderIds[0] as string
  await database.db.order.update({ where: { id: orderId }, data: { status } })
  return { ...bench, orderId }
}

async function shipFrom(status: OrderStatus, more: Record<string, unknown> = {}, follows = true) {
  const bench = await benchAt(status)
  await database.db.tenant.update({ where: { id: bench.tenantId }, data: { statusFollowsMall: follows } })
  const before = await bench.order(bench.orderId)
  const [id = ''] = await bench.ask([{ ...ship(bench.orderId), ...more } as WantedChange])
  expect((await bench.untilEnded(id)).state).toBe('succeeded')
  const order = await bench.order(bench.orderId)
  const moves = (await bench.events(bench.orderId)).filter((kind) => kind === 'moved').length
  return { status: order.status, risen: order.version - before.version, moves }
}

describe('the order’s own status', () => {
  it('follows what the mall shows, with a line in the timeline and another version', async () => {
    const { status, moves, risen } = await shipFrom('ready_to_ship')
    expect({ status, moves }).toEqual({ status: 'shipped', moves: 1 })
    expect(risen).toBeGreaterThan(0)
  })

  it('leaves 保留 with its reason and day in the timeline, from which restoreOnHold brings them back', async () => {
    const bench = await benchAt('new')
    const { tenantId, orderId, requestDeps } = bench
    const move = (more: object) =>
      moveOrders(requestDeps, { tenantId, actor: 'test' }, { orderIds: [orderId], to: 'on_hold', ...more })
    await move({ onHoldReason: '山田様より電話待ち', onHoldDate: '2026-12-24' })
    const { sealedOnHoldReason } = await bench.order(orderId)
    const [id = ''] = await bench.ask([ship(orderId) as WantedChange])
    expect((await bench.untilEnded(id)).state).toBe('succeeded')
    expect(await bench.order(orderId)).toMatchObject({ status: 'shipped', onHoldDate: null })
    await move({ restoreOnHold: true })
    expect(await bench.order(orderId)).toMatchObject({ onHoldDate: '2026-12-24', sealedOnHoldReason })
  })

  it('stays in 自動受注取込, so that the client is handed the order', async () => {
    expect(await shipFrom('auto_imported')).toMatchObject({ status: 'auto_imported', moves: 0 })
  })

  it('never goes back', async () => {
    expect(await shipFrom('completed')).toMatchObject({ status: 'completed', moves: 0 })
  })

  it('stays where the tenant wants it so, unless the change says otherwise', async () => {
    expect(await shipFrom('new', {}, false)).toMatchObject({ status: 'new', moves: 0 })
    expect(await shipFrom('new', { thenMoveTo: 'completed' }, false)).toMatchObject({ status: 'completed' })
  })

  it('stays when the change did not go well', async () => {
    const bench = await benchAt('new')
    bench.mall.site.onWrite(() => {
      throw new Error('connection reset')
    })
    const [id = ''] = await bench.ask([{ ...ship(bench.orderId), thenMoveTo: 'shipped' } as WantedChange])
    expect((await bench.untilEnded(id, 3 * 60 * 60_000)).state).not.toBe('succeeded')
    expect((await bench.order(bench.orderId)).status).toBe('new')
  })
})

it('an order asked for twice in one request is refused, both places named', async () => {
  const bench = await benchAt('new')
  const refusal: AppError = await bench.ask([ship(bench.orderId, '1'), ship(bench.orderId, '2')]).then(
    () => null,
    (error) => error,
  )
  expect(refusal.fields).toMatchObject([
    { field: 'changes[0].orderId', code: 'duplicate', message: expect.stringContaining('changes[1]') },
    { field: 'changes[1].orderId', code: 'duplicate', message: expect.stringContaining('changes[0]') },
  ])
  expect(await database.db.siteChange.count({ where: { orderId: bench.orderId } })).toBe(0)
})
