import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createInboundDoor, inboundMailRoute } from '../../../src/mail/inbound.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { createLeaseStore } from '../../../src/mail/statements.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { mailOfNoMall, malls, orderMail, orderOf } from '../../support/mail/listener.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'

let database: TestDatabase
let rest: RestServer
let clock: HeldClock
let metrics: ReturnType<typeof createMetrics>
let woken: string[]
let headers: Record<string, string>
let mailboxId: string
let secret: string

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  clock = heldClock()
  metrics = createMetrics()
  woken = []
  const { db, pool } = database
  const door = createInboundDoor({
    db,
    pool,
    clock,
    newId,
    metrics,
    marketplaces: malls,
    sealer: testSealer,
    log: createLogger({ level: 'silent' }),
    wakeQueue: { wake: async (ids) => void woken.push(...ids) },
    judge: createJudge(malls),
  })
  rest = await restServer(db, { clock, server: { publicRoutes: [inboundMailRoute(door)] } })
  const tenantId = (await makeTenant(db)).id
  const shop = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  headers = await rest.keyFor(tenantId)
  const made = await call('POST', '/mailboxes', { name: '転送', kind: 'inbound', shopIds: [shop.id] })
  expect(made.statusCode, made.body).toBe(201)
  mailboxId = made.json().id
  secret = (await call('POST', `/mailboxes/${mailboxId}/secret`)).json().secret
})

afterEach(() => rest.close())
afterAll(() => database?.close())

const call = (method: 'POST' | 'PATCH' | 'GET', url: string, payload?: object) =>
  rest.app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })

interface Posting {
  id?: string
  at?: number
  key?: string
  to?: string
  signed?: Buffer
}

/** Signed by the scheme's own library. */
function post(
  mail: Buffer,
  { id = newId(), at = clock.now(), key = secret, to = mailboxId, signed = mail }: Posting = {},
) {
  const signature = new Webhook(key).sign(id, new Date(at), signed.toString('utf8'))
  return rest.app.inject({
    method: 'POST',
    url: `/v1/mailboxes/${to}/mails`,
    headers: {
      'content-type': 'message/rfc822',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': signature,
    },
    payload: mail,
  })
}

const counts = () =>
  Promise.all([
    database.db.mail.count({ where: { mailboxId } }),
    database.db.importRequest.count({ where: { shop: { mailboxes: { some: { mailboxId } } } } }),
  ])
const refusals = async (result: string) =>
  (await metrics.inboundMails.get()).values.find(({ labels }) => labels.result === result)?.value ?? 0

test('a posted order mail becomes an import request, once, whatever the route repeats', async () => {
  const mail = orderMail('orders@shop.example', 1)
  const answer = await post(mail)
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json()).toEqual({ result: 'recognised' })
  expect(woken).toHaveLength(1)
  expect((await post(mail)).json()).toEqual({ result: 'duplicate' })
  expect((await post(mailOfNoMall(1))).json()).toEqual({ result: 'ignored' })
  expect(await counts()).toEqual([1, 1])
  const { sealedMail, sentAt } = await database.db.mail.findFirstOrThrow({ where: { mailboxId } })
  expect(sealedMail).not.toBeNull()
  expect(sentAt).not.toBeNull()
  expect((await call('GET', `/mailboxes/${mailboxId}`)).json()).toMatchObject({
    kind: 'inbound',
    mails: { recognised: 1, ignored: 1 },
  })
})

test('a mail without Message-ID is known again by its content: another order of the same second and size is taken in', async () => {
  const head = orderMail('orders@shop.example', 1)
    .toString('utf8')
    .split(/\r?\n\r?\n/)[0]
    ?.replace(/^(?:message-id|content-[a-z-]+|mime-version):.*(?:\r?\n[ \t].*)*\r?\n?/gim, '')
    .trimEnd()
  const bare = (n: number) => {
    const type =
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit'
    return Buffer.from(`${head}\r\n${type}\r\n\r\n受注番号: ${orderOf('rakuten', n).orderNumber}\r\n`)
  }
  const [first, second] = [bare(1), bare(2)]
  expect(second.length).toBe(first.length)
  expect(first.toString()).not.toMatch(/message-id/i)
  expect((await post(first)).json()).toEqual({ result: 'recognised' })
  expect((await post(second)).json()).toEqual({ result: 'recognised' })
  expect((await post(second)).json()).toEqual({ result: 'duplicate' })
  expect(await counts()).toEqual([2, 2])
})

test('forty mails posted at once are all taken in', async () => {
  const mails = Array.from({ length: 40 }, (_, n) => orderMail('orders@shop.example', n + 1))
  const answers = await Promise.all(mails.map((mail) => post(mail)))
  const again = mails.filter((_, n) => answers[n]?.statusCode !== 200)
  // Whoever lost too many turns is told to come again, and may, with the same mail: it may have been taken in
  // late.
  for (const mail of again) expect((await post(mail)).statusCode).toBe(200)
  expect((await counts())[0]).toBe(40)
})

test.each<[string, () => Posting, number, string]>([
  [
    'signed by another secret',
    () => ({ key: `whsec_${Buffer.alloc(32, 9).toString('base64')}` }),
    401,
    'forged',
  ],
  ['changed after signing', () => ({ signed: orderMail('orders@shop.example', 2) }), 401, 'forged'],
  ['for a mailbox that is not there', () => ({ to: newId() }), 401, 'forged'],
  ['signed six minutes ago', () => ({ at: clock.now() - 360_000 }), 401, 'stale'],
  ['signed for the future', () => ({ at: clock.now() + 360_000 }), 401, 'stale'],
])('a mail %s is refused, counted, and nothing is stored', async (_name, posting, status, reason) => {
  const answer = await post(orderMail('orders@shop.example', 1), posting())
  expect(answer.statusCode).toBe(status)
  expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', reason })
  expect(await refusals(reason)).toBe(1)
  expect(await counts()).toEqual([0, 0])
})

test('a recording of a signed message is refused, and a new secret ends the old one', async () => {
  const id = newId()
  expect((await post(orderMail('orders@shop.example', 1), { id })).statusCode).toBe(200)
  const replayed = await post(orderMail('orders@shop.example', 1), { id })
  expect(replayed.statusCode).toBe(409)
  expect(await refusals('replayed')).toBe(1)
  expect(await counts()).toEqual([1, 1])
  const old = secret
  secret = (await call('POST', `/mailboxes/${mailboxId}/secret`)).json().secret
  expect((await post(orderMail('orders@shop.example', 2), { key: old })).statusCode).toBe(401)
  expect((await post(orderMail('orders@shop.example', 2))).statusCode).toBe(200)
})

test('without a signature, without a mail, or too big, it says what is expected', async () => {
  const url = `/v1/mailboxes/${mailboxId}/mails`
  const type = { 'content-type': 'message/rfc822' }
  const bare = await rest.app.inject({
    method: 'POST',
    url,
    headers: type,
    payload: orderMail('orders@shop.example', 1),
  })
  expect(bare.json()).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'missing' })
  const empty = await rest.app.inject({ method: 'POST', url, headers: type, payload: Buffer.alloc(0) })
  expect(empty.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'body' }] })
  const big = await rest.app.inject({
    method: 'POST',
    url,
    headers: type,
    payload: Buffer.alloc(3 * 1024 * 1024, 65),
  })
  expect(big.statusCode).toBe(413)
  expect(await counts()).toEqual([0, 0])
})

test('no listener touches an inbound mailbox, and it has no server settings', async () => {
  const leases = createLeaseStore(database.pool, newId())
  expect((await leases.claim(new Date(), 1_000, [])).map(({ id }) => id)).not.toContain(mailboxId)
  const changed = await call('PATCH', `/mailboxes/${mailboxId}`, { host: 'imap.example.jp' })
  expect(changed.json()).toMatchObject({ errors: [{ field: 'kind' }] })
  expect((await call('POST', `/mailboxes/${mailboxId}/test`)).statusCode).toBe(409)
  const renamed = await call('PATCH', `/mailboxes/${mailboxId}`, { name: '転送2' })
  expect(renamed.statusCode, renamed.body).toBe(200)
  expect((await post(orderMail('orders@shop.example', 3))).statusCode).toBe(200)
})
