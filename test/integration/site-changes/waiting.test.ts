import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readBoard } from '../../../src/orders/board.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { LeaseLost } from '../../../src/platform/errors.ts'
import { claimChanges } from '../../../src/site-changes/claim.ts'
import { readChange } from '../../../src/site-changes/requests/read-changes.ts'
import { dismissChange, retryChange } from '../../../src/site-changes/requests/request.ts'
import { createSiteChangeJob, expireChanges } from '../../../src/site-changes/site-change-job.ts'
import { leave, lockOrders, readChangeGauges, saveSteps } from '../../../src/site-changes/statements.ts'
import { firstPage } from '../../../src/worker/statements.ts'
import { type ChangeBench, changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { holdBefore } from '../../support/database/held-pool.ts'
import { makeShop, newId } from '../../support/fixtures.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.db.tenant.deleteMany())

const shopOf = (bench: ChangeBench) => database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
const shown = (bench: ChangeBench, id: string) => readChange(bench.requestDeps, bench.tenantId, id)
const caller = (bench: ChangeBench) => ({ tenantId: bench.tenantId, actor: 'key:test' })
const one = async (bench: ChangeBench) => {
  const [orderId = ''] = bench.orderIds
  const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
  return { orderId, id }
}

describe('while the mall cannot be asked', () => {
  it('waits as queued, says why, and runs when the lane opens', async () => {
    const bench = await changeBench(database)
    const { id, orderId } = await one(bench)
    bench.mall.refuse(failure('unavailable', { until: new Date(bench.clock.now() + MINUTE) }))
    await bench.run()
    expect(await bench.change(id)).toMatchObject({
      state: 'queued',
      code: 'TEST_UNAVAILABLE',
      deadline: null,
      leaseToken: null,
    })
    expect(await shown(bench, id)).toMatchObject({ waitingFor: { code: 'TEST_UNAVAILABLE' } })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'queued' })
    bench.mall.refuse(null)
    bench.clock.advance(2 * MINUTE)
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded', code: null, message: null })
  })

  it('puts the shop under attention when the key is refused, and runs with the new one', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    bench.mall.site.onWrite(() => {
      throw failure('unauthorised', { renew: 'ライセンスキーを更新してください。' })
    })
    await bench.run()
    expect((await shopOf(bench)).attentionCode).toBe('TEST_UNAUTHORISED')
    expect(await bench.change(id)).toMatchObject({
      state: 'queued',
      code: 'TEST_UNAUTHORISED',
      nextStep: 'ライセンスキーを更新してください。',
      steps: [{ state: 'waiting', sends: 0 }],
    })
    expect(await shown(bench, id)).toMatchObject({ waitingFor: { code: 'TEST_UNAUTHORISED' } })
    bench.mall.site.onWrite(null)
    await database.db.shop.update({ where: { id: bench.shopId }, data: { attentionCode: null } })
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  })

  it('closes the lane when a write is throttled, with nothing sent', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    const until = new Date(bench.clock.now() + 30_000)
    bench.mall.site.onWrite(() => {
      throw failure('throttled', { until })
    })
    await bench.run()
    expect((await shopOf(bench)).laneClosedUntil?.getTime()).toBeGreaterThanOrEqual(until.getTime())
    expect(await bench.change(id)).toMatchObject({ state: 'queued', steps: [{ state: 'waiting' }] })
  })

  it('pauses only the changes where the mall gives orders and takes no writes', async () => {
    const bench = await changeBench(database, 2)
    const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    bench.mall.site.onWrite(() => {
      throw failure('unavailable')
    })
    await bench.run()
    expect(bench.mall.site.writes).toHaveLength(1)
    expect(await shopOf(bench)).toMatchObject({ laneClosedUntil: null, laneFailures: 0 })
    bench.mall.place('123456-20260115-0000000777')
    await bench.want(['123456-20260115-0000000777'])
    await bench.run()
    expect(await database.db.order.count({ where: { shopId: bench.shopId } })).toBe(3)
    expect(bench.mall.site.writes).toHaveLength(1)
    bench.mall.site.onWrite(null)
    for (const id of ids) expect(await bench.untilEnded(id)).toMatchObject({ state: 'succeeded' })
  })

  it('does not let one order that silences the mall hold up the others', async () => {
    const bench = await changeBench(database, 3)
    const [bad = ''] = bench.numbers
    bench.mall.answer(bad, failure('unavailable'))
    const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    for (const id of ids.slice(1))
      expect(await bench.untilEnded(id, 5 * MINUTE)).toMatchObject({ state: 'succeeded' })
    expect(await bench.untilEnded(ids[0] ?? '')).toMatchObject({ state: 'warning', code: 'TEST_UNAVAILABLE' })
  })

  it('goes back to queued when its shop is stopped in between, and ends after a week', async () => {
    const bench = await changeBench(database)
    const { id, orderId } = await one(bench)
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'changing' })
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: false } })
    expect(await expireChanges(bench.deps)).toEqual({ queued: 1, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'queued', code: 'SHOP_STANDS_STILL' })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'queued' })
    expect(await shown(bench, id)).toMatchObject({ waitingFor: { code: 'SHOP_DISABLED' } })

    bench.clock.advance(7 * DAY)
    expect(await expireChanges(bench.deps)).toEqual({ queued: 0, ended: 1 })
    expect(await bench.change(id)).toMatchObject({ state: 'warning', code: 'CHANGE_EXPIRED' })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'warning' })
  })

  it('is not in 変更中 for longer than its time while the lane is closed', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    await bench.run()
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { laneClosedUntil: new Date(bench.clock.now() + DAY) },
    })
    bench.clock.advance(14 * MINUTE)
    expect(await expireChanges(bench.deps)).toMatchObject({ queued: 0 })
    bench.clock.advance(MINUTE)
    expect(await expireChanges(bench.deps)).toMatchObject({ queued: 1 })
    expect(await bench.change(id)).toMatchObject({ state: 'queued', steps: [{ state: 'sent' }] })
  })
})

describe('a change in 変更中 that no worker comes to', () => {
  const inHand = async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    await bench.run()
    return { bench, id }
  }
  const setShop = (bench: ChangeBench, data: object) =>
    database.db.shop.update({ where: { id: bench.shopId }, data })
  const setTenant = (bench: ChangeBench, status: 'active' | 'suspended') =>
    database.db.tenant.update({ where: { id: bench.tenantId }, data: { status } })

  it.each<[string, (bench: ChangeBench) => Promise<unknown>]>([
    ['its tenant is suspended', (bench) => setTenant(bench, 'suspended')],
    ['its shop waits for a person', (bench) => setShop(bench, { attentionCode: 'KEY' })],
    ['its shop is switched off', (bench) => setShop(bench, { enabled: false })],
  ])('goes back to queued where %s, and no other shop’s does', async (_, stop) => {
    const { bench, id } = await inHand()
    const other = await inHand()
    await stop(bench)
    expect(await expireChanges(bench.deps)).toEqual({ queued: 1, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'queued', finishedAt: null, deadline: null })
    expect(await other.bench.change(other.id)).toMatchObject({ state: 'changing' })
  })

  it('stays where its shop works, though its time is over and a lane was closed before', async () => {
    const { bench, id } = await inHand()
    await setShop(bench, { laneClosedUntil: new Date(bench.clock.now() + 15 * MINUTE) })
    bench.clock.advance(15 * MINUTE)
    expect(await expireChanges(bench.deps)).toEqual({ queued: 0, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'changing' })
  })

  type Recover = (bench: ChangeBench, id: string) => Promise<unknown>
  const setChange = (id: string, data: object) => database.db.siteChange.update({ where: { id }, data })
  it.each<[string, Recover]>([
    ['its shop works again', (bench) => setShop(bench, { enabled: true })],
    ['it has ended', (_, id) => setChange(id, { state: 'succeeded' })],
    [
      'a worker has taken it',
      (bench, id) => setChange(id, { leaseToken: newId(), leaseUntil: new Date(bench.clock.now() + MINUTE) }),
    ],
  ])('is left alone where %s while it is looked at', async (_, recover) => {
    const { bench, id } = await inHand()
    const [other, late] = [await inHand(), await inHand()]
    for (const one of [bench, other.bench]) await setShop(one, { enabled: false })
    const held = holdBefore(database.pool, (text) => text.includes('update site_changes t'))
    const expiring = expireChanges({ ...bench.deps, pool: held.pool })
    await held.reached
    await recover(bench, id)
    // Its order is not locked: it has its turn the next time.
    await setTenant(late.bench, 'suspended')
    const before = await bench.change(id)
    held.release()
    expect(await expiring).toEqual({ queued: 1, ended: 0 })
    expect(await bench.change(id)).toEqual(before)
    expect(await other.bench.change(other.id)).toMatchObject({ state: 'queued' })
    expect(await late.bench.change(late.id)).toMatchObject({ state: 'changing' })
  })

  it('stays where it is given more time while its lane is closed and it is looked at', async () => {
    const { bench, id } = await inHand()
    await setShop(bench, { laneClosedUntil: new Date(bench.clock.now() + DAY) })
    bench.clock.advance(15 * MINUTE)
    const held = holdBefore(database.pool, (text) => text.includes('update site_changes t'))
    const expiring = expireChanges({ ...bench.deps, pool: held.pool })
    await held.reached
    await setChange(id, { deadline: new Date(bench.clock.now() + MINUTE) })
    held.release()
    expect(await expiring).toEqual({ queued: 0, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'changing' })
  })

  it('is not ended after its week where it went well, or a worker took it, while it is looked at', async () => {
    const [first, second, third, later] = [await inHand(), await inHand(), await inHand(), await inHand()]
    const benches = [first, second, third, later]
    for (const { bench } of benches) bench.clock.advance(8 * DAY)
    const { bench } = first
    const now = bench.clock.now()
    await setChange(third.id, { leaseToken: newId(), leaseUntil: new Date(now) })
    await setChange(later.id, { expiresAt: new Date(now + 1) })
    const held = holdBefore(database.pool, (text) => text.includes('update site_changes t'))
    const expiring = expireChanges({ ...bench.deps, pool: held.pool })
    await held.reached
    await setChange(first.id, { state: 'succeeded' })
    await setChange(second.id, {
      leaseToken: newId(),
      leaseUntil: new Date(now + MINUTE),
    })
    // Its order is not locked: it has its turn the next time.
    await setChange(later.id, { expiresAt: new Date(now) })
    held.release()
    expect(await expiring).toEqual({ queued: 0, ended: 1 })
    const states = await Promise.all(benches.map(async ({ id }) => (await bench.change(id)).state))
    expect(states).toEqual(['succeeded', 'changing', 'warning', 'changing'])
    expect(await bench.change(third.id)).toMatchObject({ finishedAt: new Date(now), leaseUntil: null })
  })

  it('is found behind hundreds that are like it but for one thing', async () => {
    const bench = await changeBench(database, 2)
    const { tenantId, shopId } = bench
    const [standing = '', late = ''] = await bench.ask(
      bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })),
    )
    const shopWith = async (more: object) => {
      const { id } = await makeShop(database.db, { tenantId, code: newId(), credentials: {} })
      await database.db.shop.update({ where: { id }, data: more })
      return id
    }
    const now = bench.clock.now()
    const [past, future] = [new Date(now - MINUTE), new Date(now + DAY)]
    const stopped = await shopWith({ enabled: false })
    const closed = await shopWith({ laneClosedUntil: future })
    const opening = await shopWith({ laneClosedUntil: new Date(now) })
    const like = { state: 'queued', shop_id: shopId, deadline: past, expires_at: future, lease_until: null }
    const kinds = [
      { state: 'succeeded', expires_at: past },
      { expires_at: future },
      { expires_at: past, lease_until: future },
      { shop_id: stopped },
      { shop_id: stopped, state: 'changing', lease_until: future },
      { state: 'changing' },
      { shop_id: closed, state: 'changing', deadline: future },
      { shop_id: opening, state: 'changing' },
    ]
    const client = await database.pool.connect()
    try {
      await client.query('begin; set local session_replication_role = replica')
      for (const kind of kinds)
        await client.query(
          `insert into site_changes select (jsonb_populate_record(c, $2::jsonb || jsonb_build_object('id', gen_random_uuid(), 'order_id', gen_random_uuid()))).*
           from site_changes c, generate_series(1, 200) where c.id = $1`,
          [late, JSON.stringify({ ...like, ...kind, request_key: null })],
        )
      // Written last, so that they stand behind the others.
      for (const [id, kind] of [
        [standing, { shop_id: stopped, state: 'changing' }],
        [late, { expires_at: new Date(now) }],
      ] as const)
        await client.query(
          `with gone as (delete from site_changes where id = $1 returning *)
           insert into site_changes select (jsonb_populate_record(row(gone.*)::site_changes, $2::jsonb)).* from gone`,
          [id, JSON.stringify({ ...like, ...kind })],
        )
      await client.query('commit')
    } finally {
      client.release()
    }
    expect(await expireChanges(bench.deps)).toEqual({ queued: 1, ended: 1 })
    expect([await bench.change(standing), await bench.change(late)]).toMatchObject([
      { state: 'queued' },
      { state: 'warning' },
    ])
  })

  it('that was asked for anew meanwhile has a week of its own', async () => {
    const { bench, id } = await inHand()
    bench.clock.advance(8 * DAY)
    const held = holdBefore(database.pool, (text) => text.includes('update site_changes t'))
    const expiring = expireChanges({ ...bench.deps, pool: held.pool })
    await held.reached
    await setChange(id, { expiresAt: new Date(bench.clock.now() + DAY) })
    held.release()
    expect(await expiring).toEqual({ queued: 0, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'changing' })
  })
})

describe('a change whose record cannot be read', () => {
  it('holds up no other, is never sent, and ends as warning with its record as it was', async () => {
    const bench = await changeBench(database, 2)
    const [first = '', second = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    const [poisoned = ''] = await bench.ask([{ orderId: first, action: 'confirm' }])
    await bench.run()
    bench.mall.site.onWrite(null)
    const { steps } = await bench.change(poisoned)
    const sealedPayloads = new Uint8Array(40)
    await database.db.siteChange.update({ where: { id: poisoned }, data: { sealedPayloads } })
    bench.clock.advance(2 * MINUTE)
    const [other = ''] = await bench.ask([{ orderId: second, action: 'confirm' }])
    await bench.run()
    expect(await bench.change(other)).toMatchObject({ state: 'succeeded' })
    const began = bench.clock.now()
    const ended = await bench.untilEnded(poisoned)
    expect(ended).toMatchObject({ state: 'warning', code: 'CHANGE_RECORD_UNREADABLE', steps })
    expect([...(ended.sealedPayloads ?? [])]).toEqual([...sealedPayloads])
    expect((ended.finishedAt?.getTime() ?? 0) - began).toBeLessThanOrEqual(15 * MINUTE)
    expect(bench.mall.site.writes.filter((write) => write.startsWith(bench.numbers[0] ?? '-'))).toHaveLength(
      1,
    )
    expect(await bench.order(first)).toMatchObject({ changeState: 'warning' })

    const ofAnotherRelease = [{ name: 'confirm', state: 'promised' }]
    await database.db.siteChange.update({ where: { id: poisoned }, data: { steps: ofAnotherRelease } })
    const retried = retryChange(bench.requestDeps, caller(bench), poisoned)
    await expect(retried).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await shown(bench, poisoned)).toMatchObject({ state: 'warning', steps: [] })
  })
})

describe('several changes of one order', () => {
  it('run in the order in which they were asked for', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    const [first = '', , last = ''] = await bench.ask([
      { orderId, action: 'memo', memo: '至急' },
      { orderId, action: 'confirm' },
      ship(orderId),
    ])
    let refused = true
    bench.mall.site.onWrite(({ apply, step }) => {
      if (step.name === 'memo' && refused) throw failure('outcome_unknown')
      apply()
      return undefined
    })
    await bench.run()
    expect(bench.mall.site.writes).toHaveLength(1)
    expect(await shown(bench, last)).toMatchObject({ waitingFor: { code: 'EARLIER_CHANGE' } })
    refused = false
    await bench.untilEnded(last)
    expect(await bench.change(first)).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.effects.map((effect) => effect.split(':')[1])).toEqual([
      ...['memo', 'confirm', 'delivery', 'ship'],
    ])
  })

  it('run on when an earlier one has failed', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(({ apply, step }) => {
      if (step.name === 'memo') throw failure('rejected')
      apply()
      return undefined
    })
    const [memo = '', confirm = ''] = await bench.ask([
      { orderId, action: 'memo', memo: 'x' },
      { orderId, action: 'confirm' },
    ])
    await bench.run()
    expect(await bench.change(memo)).toMatchObject({ state: 'failed' })
    expect(await bench.change(confirm)).toMatchObject({ state: 'succeeded' })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'failed' })
  })
})

describe('the lease', () => {
  it('lets another worker take over only when it has run out, and the first one writes nothing any more', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    const at = () => new Date(bench.clock.now())
    const [mine] = await claimChanges(bench.deps, bench.shopId, newId(), at(), 5)
    if (!mine) throw new Error('nothing was claimed')
    expect(await claimChanges(bench.deps, bench.shopId, newId(), at(), 5)).toEqual([])
    bench.clock.advance(3 * MINUTE)
    const [theirs] = await claimChanges(bench.deps, bench.shopId, newId(), at(), 5)
    expect(theirs?.id).toBe(id)
    await expect(saveSteps(bench.deps, mine, [], at())).rejects.toThrow(LeaseLost)
    const leaving = { state: 'failed', reason: null, nextAttemptAt: at(), events: [], now: at() } as const
    await expect(leave(bench.deps, mine, leaving)).rejects.toThrow(LeaseLost)
    expect(await bench.change(id)).toMatchObject({ state: 'changing', leaseToken: theirs?.leaseToken })
  })

  it('is nobody else’s until its last second, though its shop is disabled or its week is over', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    const claim = () => claimChanges(bench.deps, bench.shopId, newId(), new Date(bench.clock.now()), 5)
    expect(await claim()).toHaveLength(1)
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: false } })
    const expiresAt = new Date(bench.clock.now())
    await database.db.siteChange.update({ where: { id }, data: { expiresAt } })
    bench.clock.advance(3 * MINUTE - 1_000)
    expect(await claim()).toEqual([])
    expect(await expireChanges(bench.deps)).toEqual({ queued: 0, ended: 0 })
    expect(await bench.change(id)).toMatchObject({ state: 'changing', finishedAt: null })
    bench.clock.advance(1_000)
    expect(await claim()).toHaveLength(1)
    bench.clock.advance(3 * MINUTE)
    expect(await expireChanges(bench.deps)).toEqual({ queued: 1, ended: 1 })
  })

  it('is kept while somebody has the order, so that the two cannot dead-lock', async () => {
    const bench = await changeBench(database)
    const { id } = await one(bench)
    const at = new Date(bench.clock.now())
    const [mine] = await claimChanges(bench.deps, bench.shopId, newId(), at, 5)
    if (!mine) throw new Error('nothing was claimed')
    const kind = 'change_sent'
    const event = { id: newId(), order_id: mine.orderId, at, kind, actor: 'system', data: {} } as const
    await inTransaction(database.pool, async (client) => {
      await lockOrders(client, [mine.orderId])
      await saveSteps(bench.deps, mine, [event], at)
      await client.query('update site_changes set updated_at = $2 where id = $1', [id, at])
    })
    expect(await database.db.orderEvent.count({ where: { id: event.id } })).toBe(1)
  })

  it('is one for an order, however many workers look at once', async () => {
    const bench = await changeBench(database, 10)
    for (const orderId of bench.orderIds) await bench.ask([{ orderId, action: 'confirm' }, ship(orderId)])
    const at = new Date(bench.clock.now())
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claimChanges(bench.deps, bench.shopId, newId(), at, 5)),
    )
    const orderIds = claims.flat().map(({ orderId }) => orderId)
    expect(new Set(orderIds).size).toBe(orderIds.length)
    expect(claims.flat().every(({ action }) => action === 'confirm')).toBe(true)
  })
})

describe('what a person does about it', () => {
  const failed = async (bench: ChangeBench) => {
    bench.mall.site.onWrite(() => {
      throw failure('rejected')
    })
    const made = await one(bench)
    await bench.run()
    bench.mall.site.onWrite(null)
    return made
  }

  it('dismisses it: the order and the board show it no more', async () => {
    const bench = await changeBench(database)
    const { id, orderId } = await failed(bench)
    const board = () => readBoard(bench.deps, bench.tenantId)
    expect(await board()).toMatchObject({ failed: 1, changing: 0, shops: [{ failed: 1 }] })
    const answer = await dismissChange(bench.requestDeps, caller(bench), id)
    expect(answer).toMatchObject({ state: 'failed', dismissedAt: expect.any(String) })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'none' })
    expect(await board()).toMatchObject({ failed: 0 })
    await expect(dismissChange(bench.requestDeps, caller(bench), id)).resolves.toMatchObject({
      state: 'failed',
    })
    expect(await bench.events(orderId)).toContain('change_dismissed')
  })

  it('may retry what was dismissed, and nothing that is open or went well', async () => {
    const bench = await changeBench(database)
    const { id } = await failed(bench)
    await dismissChange(bench.requestDeps, caller(bench), id)
    expect(await retryChange(bench.requestDeps, caller(bench), id)).toMatchObject({
      state: 'queued',
      code: null,
      dismissedAt: null,
      finishedAt: null,
    })
    await expect(retryChange(bench.requestDeps, caller(bench), id)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
    for (const act of [retryChange, dismissChange])
      await expect(act(bench.requestDeps, caller(bench), id)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('has a success take earlier failures off the order, and no later one', async () => {
    const bench = await changeBench(database)
    const { id: first } = await failed(bench)
    const { id: second, orderId } = await failed(bench)
    await retryChange(bench.requestDeps, caller(bench), first)
    await bench.run()
    expect(await bench.change(first)).toMatchObject({ state: 'succeeded' })
    expect(await bench.change(second)).toMatchObject({ state: 'failed', dismissedAt: null })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'failed' })
  })

  it('stays on the order when another wish of the same action goes well, and goes when its own does', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('rejected')
    })
    const [postage = ''] = await bench.ask([{ orderId, action: 'change_content', shippingFee: 300 }])
    await bench.run()
    bench.mall.site.onWrite(null)
    const [remark = ''] = await bench.ask([{ orderId, action: 'change_content', buyerNote: '領収書希望' }])
    await bench.run()
    expect(await bench.change(remark)).toMatchObject({ state: 'succeeded' })
    expect(await bench.change(postage)).toMatchObject({ state: 'failed', dismissedAt: null })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'failed' })
    const [again = ''] = await bench.ask([{ orderId, action: 'change_content', shippingFee: 400 }])
    await bench.run()
    expect(await bench.change(again)).toMatchObject({ state: 'succeeded' })
    expect(await bench.change(postage)).toMatchObject({ dismissedAt: expect.any(Date) })
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'succeeded' })
  })

  it('asks anew instead: a later change that goes well takes the failure off the order', async () => {
    const bench = await changeBench(database)
    const { id, orderId } = await failed(bench)
    await one(bench)
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'queued' })
    await bench.run()
    expect(await bench.order(orderId)).toMatchObject({ changeState: 'succeeded' })
    expect((await bench.change(id)).dismissedAt).not.toBeNull()
  })
})

describe('imports and changes of one shop', () => {
  it('share its turns: a backlog of imports does not keep a change waiting, nor the other way round', async () => {
    const bench = await changeBench(database, 1, { fetchBatch: 1 })
    const backlog = Array.from({ length: 30 }, (_, index) => `123456-20260115-${9_000_000 + index}`)
    for (const number of backlog) bench.mall.place(number)
    // Each call takes a second: the backlog alone would be half a minute.
    bench.mall.beforeAnswer(() => bench.clock.advance(1_000))
    await bench.want(backlog)
    const { id } = await one(bench)
    const began = bench.clock.now()
    while ((await bench.change(id)).state !== 'succeeded') await bench.turn()
    expect(bench.clock.now() - began).toBeLessThan(12_000)
    expect(
      await database.db.importRequest.count({ where: { shopId: bench.shopId, state: 'waiting' } }),
    ).toBeGreaterThan(15)
  })
})

describe('changes and imports of one shop', () => {
  it('share its turns: a backlog of changes does not keep a new order waiting', async () => {
    const bench = await changeBench(database, 30, { fetchBatch: 1 })
    bench.mall.beforeAnswer(() => bench.clock.advance(1_000))
    const ids = await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
    await bench.turn()
    bench.mall.place('123456-20260115-0000000888')
    await bench.want(['123456-20260115-0000000888'])
    const began = bench.clock.now()
    const here = () => database.db.order.count({ where: { shopId: bench.shopId } })
    while ((await here()) === 30) await bench.turn()
    expect(bench.clock.now() - began).toBeLessThan(12_000)
    const states = await Promise.all(ids.map((id) => bench.change(id)))
    expect(states.filter(({ state }) => state !== 'succeeded').length).toBeGreaterThan(15)
  })
})

describe('what is due', () => {
  it('wakes the shop as long as its mall may be asked', async () => {
    const bench = await changeBench(database)
    const due = () => createSiteChangeJob(bench.deps).dueShops(new Date(bench.clock.now()), firstPage(100))
    const ids = async () =>
      (await due()).map(({ shopId }) => shopId).filter((shopId) => shopId === bench.shopId)
    expect(await ids()).toEqual([])
    const { id } = await one(bench)
    expect(await ids()).toEqual([bench.shopId])
    await claimChanges(bench.deps, bench.shopId, newId(), new Date(bench.clock.now()), 1)
    expect(await ids()).toEqual([])
    bench.clock.advance(3 * MINUTE)
    expect(await ids()).toEqual([bench.shopId])
    for (const data of [{ enabled: false }, { attentionCode: 'X', enabled: true }]) {
      await database.db.shop.update({ where: { id: bench.shopId }, data })
      expect(await ids()).toEqual([])
    }
    expect((await bench.change(id)).state).toBe('changing')
  })

  it('is counted for the operator', async () => {
    const own = await freshDatabase()
    try {
      const bench = await changeBench(own, 2)
      await bench.ask(bench.orderIds.map((orderId) => ({ orderId, action: 'confirm' })))
      await claimChanges(bench.deps, bench.shopId, newId(), new Date(bench.clock.now()), 1)
      bench.clock.advance(42_000)
      await readChangeGauges(bench.deps)
      const text = await bench.deps.metrics.registry.metrics()
      expect(text).toContain('torikomi_site_changes{state="queued"} 1')
      expect(text).toContain('torikomi_site_changes{state="changing"} 1')
      expect(text).toContain('torikomi_site_changes_oldest_seconds{state="changing"} 42')
    } finally {
      await own.close()
    }
  })
})
