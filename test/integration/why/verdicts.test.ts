import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SandboxEvent } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { DAY, type Ground, HOUR, MINUTE, openGround, SECOND, SHOPS, type World } from '../../life/world.ts'

/** The verdicts over REST at a simulated mall, with mails, sweeps and the question to the mall on and off. */

let ground: Ground
let world: World
let seed = 0
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground?.close())
beforeEach(async () => {
  seed += 1
  world = await ground.world(seed)
})
afterEach(() => world.close())

function place(): { number: string; event: SandboxEvent } {
  const { orderNumber } = world.sim.place({
    shopCode: SHOPS[0],
    overrides: { IsReadOnly: 'false' },
  })
  const event = world.events.at(-1)
  if (!event) throw new Error('an order is told')
  return { number: orderNumber, event }
}

async function why(query: Record<string, string>) {
  const { status, body } = await world.call('GET', `/why?${new URLSearchParams(query)}`)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body
}

/** Without and with the question to the mall. */
const both = async (number: string) => [
  (await why({ number, live: 'false' })).verdict,
  (await why({ number })).verdict,
]

async function work(): Promise<void> {
  const { shopWorker, scheduler } = world.service.worker
  const ids = new Set([...(await scheduler.tick()), ...world.woken])
  world.woken.clear()
  for (const id of ids) while ((await shopWorker.run(id, new AbortController().signal)) === 'again');
}

const pass = (ms: number) => world.setTime(world.clock.now() + ms)
const staged = async () =>
  (await world.service.admin.query<{ n: number }>('select count(*)::int as n from orders')).rows[0]?.n
/** Every call of the kind breaks while `work` is done. */
async function whileBroken(work: () => Promise<unknown>): Promise<void> {
  world.sim.faults.add({ kind: '500', operation: 'orderInfo' })
  await work()
  world.sim.faults.clear()
}

test('without a mail, before the first sweep: the mall alone knows it, and asking stages nothing', async () => {
  const { number } = place()
  expect(await both(number)).toEqual(['no_trace', 'sweep_ahead'])
  const absent = `${SHOPS[0]}-99999999`
  expect(await both(absent)).toEqual(['no_trace', 'mall_knows_none'])
  await work()
  expect(await staged()).toBe(0)
  world.sim.cancel(number)
  await pass(61 * SECOND)
  expect((await why({ number })).verdict).toBe('cancelled_before')
})

test('with sweeps: not come to it, come to it, never coming to it', async () => {
  const old = place()
  await pass(40 * DAY)
  await world.task('sweeps')
  const before = place()
  expect(await both(before.number)).toEqual(['no_trace', 'sweep_ahead'])
  expect(await both(old.number)).toEqual(['no_trace', 'too_old'])
  const day = new Date(world.clock.now() - 40 * DAY + 9 * HOUR).toISOString().slice(0, 10)
  expect((await why({ number: old.number, day, live: 'false' })).verdict).toBe('too_old')
  await pass(12 * HOUR)
  await work()
  expect((await why({ number: before.number })).verdict).toBe('staged')
  const late = place()
  const answer = await why({ number: late.number })
  expect(answer).toMatchObject({ verdict: 'sweep_ahead', live: { asked: true } })
  expect(Date.parse(answer.next.at)).toBeGreaterThan(world.clock.now())
  // The promise is kept.
  await world.setTime(Date.parse(answer.next.at))
  await work()
  expect((await why({ number: late.number })).verdict).toBe('staged')
})

test('with mails: asked for, broken, and moved forward when the mall is seen well', async () => {
  const doubted = place()
  await world.postMail(doubted.event, true)
  expect(await both(doubted.number)).toEqual(['mail_doubted', 'mail_doubted'])
  const { number } = place()
  const body = { shopId: world.shopIds[0], orderNumbers: [number] }
  await world.call('POST', '/orders/import', { body })
  expect(await both(number)).toEqual(['being_asked', 'being_asked'])
  await whileBroken(work)
  const waiting = await why({ number, live: 'false' })
  expect(['retrying', 'mall_away']).toContain(waiting.verdict)
  expect(Date.parse(waiting.next.at)).toBeGreaterThan(world.clock.now())
  await pass(2 * SECOND)
  await work()
  expect(await staged()).toBe(0)
  await pass(61 * SECOND)
  await whileBroken(work)
  const again = await why({ number })
  expect(again.live.asked).toBe(true)
  expect(Date.parse(again.next.at)).toBeLessThanOrEqual(world.clock.now())
  await work()
  expect((await why({ number })).verdict).toBe('staged')
})

test('a mail that cannot be read is the reason where it names the number, and evidence where it does not', async () => {
  const { number, event } = place()
  const mail = composeMail(event, { to: 'orders@shop.example', charset: 'utf-8', shape: 'plain' })
  const pasted = await world.call('POST', '/why', { body: { source: mail.toString('utf8'), live: false } })
  expect(pasted).toMatchObject({ status: 200, body: { orderNumber: number, verdict: 'no_trace' } })
  const without = await world.call('POST', '/why', { body: { subject: 'お知らせ', text: '本文' } })
  expect(without.body).toMatchObject({ orderNumber: null, verdict: 'mail_unreadable' })
  expect((await world.call('POST', '/why', { body: {} })).status).toBe(422)
  const { rows } = await world.service.admin.query<{ id: string }>('select id::text from mailboxes')
  const at = new Date(world.clock.now())
  const id = world.newId()
  const sealedMail = world.sealer
    .of(world.tenantId)
    .sealJson(`mail:${id}:mail`, { subject: number, from: [], text: '本文' })
  await world.service.database.db.mail.create({
    data: {
      id,
      tenantId: world.tenantId,
      mailboxId: rows[0]?.id ?? '',
      uidValidity: 1n,
      uid: 1n,
      fingerprint: Buffer.from(id),
      state: 'unreadable',
      marketplace: 'yahoo',
      kind: 'unknown',
      seenAt: at,
      size: 1,
      sealedMail,
      reason: '番号がありません。',
    },
  })
  expect(await both(number)).toEqual(['mail_unreadable', 'mail_unreadable'])
  await world.task('sweeps')
  const other = place()
  expect(await both(other.number)).toEqual(['no_trace', 'sweep_ahead'])
  const { evidence } = await why({ number: other.number, live: 'false' })
  expect(evidence.map(({ message }: { message: string }) => message).join()).toContain('読み取れないメール')
})

test('parts of numbers, buyers and days', async () => {
  const [one, two] = [place(), place()]
  await world.postMail(one.event, true)
  await world.postMail(two.event, true)
  const end = one.number.slice(-5)
  expect(await why({ number: end })).toMatchObject({ orderNumber: one.number, verdict: 'mail_doubted' })
  const several = await why({ number: SHOPS[0] })
  expect(several.verdict).toBe('several')
  expect(several.candidates.map((one: { orderNumber: string }) => one.orderNumber).toSorted()).toEqual(
    [one.number, two.number].toSorted(),
  )
  await work()
  const { rows } = await world.service.admin.query<{ id: string }>(
    'select id::text from orders where order_number = $1',
    [one.number],
  )
  const { body: order } = await world.call('GET', `/orders/${rows[0]?.id}`)
  const day = new Date(Date.parse(order.orderedAt) + 9 * HOUR).toISOString().slice(0, 10)
  const found = await why({ buyer: order.detail.buyer.familyName, day })
  expect([
    found.orderNumber,
    ...found.candidates.map((c: { orderNumber: string }) => c.orderNumber),
  ]).toContain(one.number)
  await world.task('sweeps')
  const nobody = await why({ buyer: '無い名', day: '2026-01-01' })
  expect(nobody).toMatchObject({ orderNumber: null, verdict: 'no_trace' })
  expect((await world.call('GET', `/why?buyer=a`)).status).toBe(422)
  expect((await world.call('GET', `/why`)).status).toBe(422)
})

test('what waits is listed with its reason, and an action ends the wait', async () => {
  const { number, event } = place()
  await world.postMail(event)
  await whileBroken(work)
  const [shopId = ''] = world.shopIds
  const list = await world.call('GET', `/why/waiting?shopId=${shopId}`)
  expect(list.body.orders).toMatchObject([{ orderNumber: number, next: { at: expect.any(String) } }])
  const reasons = await world.call('GET', '/why/shops')
  expect(reasons.body.shops).toMatchObject([
    { shopId, orderNumber: number, verdict: list.body.orders[0].verdict, next: list.body.orders[0].next },
    { shopId: world.shopIds[1], orderNumber: null, verdict: null, next: null },
  ])
  const strange = '0199c0de-0000-7000-8000-00000000dead'
  expect((await world.call('GET', `/why/waiting?shopId=${strange}`)).status).toBe(404)
  const body = { action: 'import_now', shopId, number }
  const acted = await world.call('POST', '/why/actions', { body })
  expect(acted).toMatchObject({ status: 202, body: { requestId: expect.any(String) } })
  await work()
  expect((await why({ number })).verdict).toBe('staged')
  const twice = await world.call('POST', '/why/actions', { body })
  expect(twice.body).toMatchObject({ requestId: null, message: 'この受注は取込済みです。' })
  const reread = await world.call('POST', '/why/actions', { body: { ...body, action: 'reread' } })
  expect(reread.body.reimportId).toEqual(expect.any(String))
  const missing = { action: 'reread', shopId, number: `${SHOPS[0]}-99999999` }
  expect((await world.call('POST', '/why/actions', { body: missing })).status).toBe(404)
  const unmailed = place()
  await pass(SECOND)
  const look = await world.call('POST', '/why/actions', { body: { action: 'look_at_day', shopId } })
  expect(look.body.scanId).toEqual(expect.any(String))
  await pass(MINUTE)
  await work()
  expect((await why({ number: unmailed.number })).verdict).toBe('staged')
})

test('here, and where; emptied; a key that is dead', async () => {
  const { number, event } = place()
  await world.postMail(event)
  await work()
  await world.call('POST', '/orders/pull', { headers: { 'idempotency-key': world.newId() }, body: {} })
  const here = await why({ number })
  expect(here).toMatchObject({ verdict: 'here', live: { asked: false } })
  expect(here.message).toContain('新規受付')
  const told = here.evidence.map(({ message }: { message: string }) => message).join()
  expect(told).toContain('API キー「life」が受注取込で取り込みました')
  const other = place()
  await world.postMail(other.event)
  await work()
  await world.call('POST', '/orders/pull', { body: { after: null, desk: '店頭のPC' } })
  const taken = await why({ number: other.number })
  expect(taken.message).toContain('受注取込（取込先: 店頭のPC、1番）')
  await world.call('POST', '/erasure', { body: { orderNumber: number } })
  expect((await why({ number })).verdict).toBe('emptied')
  const next = place()
  await world.postMail(next.event)
  world.sim.change({ allowedIps: ['203.0.113.1'] })
  await work()
  const dead = await why({ number: next.number })
  expect(dead).toMatchObject({ verdict: 'shop_stopped', live: { asked: false } })
  expect(dead.live.message).toContain('要対応')
  expect(dead.actions.map(({ action }: { action: string }) => action)).toContain('renew_key')
})
