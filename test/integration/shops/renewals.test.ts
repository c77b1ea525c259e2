import { simpleParser } from 'mailparser'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApi, waitFor } from '../../../sandbox/demo/client.ts'
import { type SandboxImap, startSandboxImap } from '../../../sandbox/imap/index.ts'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import {
  mallEnvironment,
  SANDBOX_SHOPS,
  SIMULATED_MALLS,
  type SimulatedMall,
  type Simulators,
  startMalls,
} from '../../../sandbox/malls/index.ts'
import { buildApp, type TorikomiApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { mailOfNoMall } from '../../support/mail/listener.ts'
import { type SmtpServer, startSmtpServer } from '../../support/mail/smtp-server.ts'

/** A month in the life of a shop at each mall: each credential ends once, and is renewed. */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const STEP_MS = 12 * HOUR_MS

let world: RenewalWorld
const placed: string[] = []
beforeAll(async () => {
  world = await startRenewalWorld()
})
afterAll(() => world?.close())

interface ShopAnswer {
  attention: { code: string; message: string } | null
}
interface Notice {
  shopId: string
  kind: 'expiry' | 'attention'
  what: string
  occursAt: string
  daysBefore: number | null
  subject: string
  text: string
  createdAt: string
  mails: { address: string; state: string }[]
}

const shopOf = (mall: SimulatedMall) => world.call<ShopAnswer>('GET', `/shops/${world.shops[mall]}`)
const place = (mall: SimulatedMall, count: number): string[] => {
  const numbers = Array.from({ length: count }, () => world.malls[mall].place().orderNumber)
  placed.push(...numbers)
  return numbers
}
const rowsOf = (numbers: readonly string[]) =>
  world.database.db.order.findMany({
    where: { orderNumber: { in: [...numbers] } },
    select: { orderNumber: true, stagedAt: true },
  })
const staged = (numbers: readonly string[]) =>
  waitFor(
    `${numbers.length} orders staged`,
    () => rowsOf(numbers),
    (rows) => rows.length >= numbers.length,
    { limitMs: 60_000 },
  )
/**
 * Places two orders at each of these shops; how long the slowest took from its mail to its staging, in ms of
 * the clock.
 */
async function stageNow(malls: readonly SimulatedMall[]): Promise<number> {
  await world.listening()
  const numbers = malls.flatMap((mall) => place(mall, 2))
  await world.heardOf(numbers)
  const requests = await world.database.db.importRequest.findMany({ where: { orderNumber: { in: numbers } } })
  const heardAt = new Map(requests.map((request) => [request.orderNumber, request.requestedAt.getTime()]))
  const rows = await staged(numbers)
  return Math.max(...rows.map((row) => row.stagedAt.getTime() - (heardAt.get(row.orderNumber) ?? 0)))
}
/** From the mail to the staged order takes less than a second; the rest is room for a busy machine. */
const PROMPT_MS = 20_000

interface Ending {
  mall: SimulatedMall
  /** What happens at the mall; its old credentials are no good afterwards. */
  end(): void | Promise<void>
  code: string
  /** What the shop's staff are told to renew. */
  names: RegExp
  renewed(): Record<string, string>
}

/**
 * Orders come in while the shop stands still; the others go on; new credentials bring all of it within a
 * minute.
 */
async function endAndRenew({ mall, end, code, names, renewed }: Ending): Promise<void> {
  await end()
  const others = SIMULATED_MALLS.filter((other) => other !== mall)
  await world.listening()
  const meanwhile = place(mall, 3)
  expect(await stageNow(others)).toBeLessThan(PROMPT_MS)
  const { attention } = await waitFor(
    `${mall} under attention`,
    () => shopOf(mall),
    (shop) => shop.attention !== null,
  )
  expect(attention?.code).toBe(code)
  expect(attention?.message).toMatch(names)
  for (const other of others) expect((await shopOf(other)).attention).toBeNull()
  expect(await rowsOf(meanwhile)).toEqual([])
  await world.pass(0)
  // It has stood still for minutes, and been knocked at.
  expect(await stageNow(others)).toBeLessThan(PROMPT_MS)

  await world.listening()
  // More mails, after the shop was put under attention.
  meanwhile.push(...place(mall, 2))
  await world.heardOf(meanwhile)
  const renewedAt = world.clock.now()
  await world.call('PATCH', `/shops/${world.shops[mall]}`, { credentials: renewed() })
  const rows = await staged(meanwhile)
  for (const { stagedAt } of rows) expect(stagedAt.getTime() - renewedAt).toBeLessThan(60_000)
  expect((await shopOf(mall)).attention).toBeNull()
}

const notices = async () =>
  (await world.call<{ notices: Notice[] }>('GET', '/notices?limit=500')).notices.toReversed()
const toldOf = (all: readonly Notice[], mall: SimulatedMall, what: string) =>
  all.filter((notice) => notice.shopId === world.shops[mall] && notice.what === what)

/** Subject and text of a mail as it went over the wire. */
async function readLetter(source: string): Promise<{ to: string; subject: string; text: string }> {
  const { to, subject, text } = await simpleParser(source)
  return { to: [to].flat()[0]?.text ?? '', subject: subject ?? '', text: text ?? '' }
}

async function passDays(days: number): Promise<void> {
  for (let n = 0; n < (days * DAY_MS) / STEP_MS; n++) await world.pass(STEP_MS)
}

test('each shop stands still for what ended alone, says what to renew, and loses nothing', async () => {
  const { malls, clock } = world
  const rakutenEnd = new Date(clock.now() + 31 * DAY_MS).toISOString().slice(0, 10)
  malls.rakuten.change({ keyExpiresAt: `${rakutenEnd}T23:59:59` })
  malls.aupay.change({ keyDays: 34 })
  const credentials = (mall: SimulatedMall) => malls[mall].credentialsFor(SANDBOX_SHOPS[mall].code)
  const { publicKey: _, publicKeyVersion: __, ...withoutKey } = credentials('yahoo')
  await world.register((mall) => (mall === 'yahoo' ? withoutKey : credentials(mall)))
  expect(await stageNow(SIMULATED_MALLS)).toBeLessThan(PROMPT_MS)

  await endAndRenew({
    mall: 'yahoo',
    end: () => world.pass(12 * HOUR_MS),
    code: 'YAHOO_SESSION_ENDED',
    names: /同意し直し/,
    renewed: () => {
      malls.yahoo.consents.consent([SANDBOX_SHOPS.yahoo.code])
      return credentials('yahoo')
    },
  })
  await passDays(26)
  // Renewed before its end: nothing stops, and nobody is told of the last days.
  malls.yahoo.consents.consent([SANDBOX_SHOPS.yahoo.code])
  await world.call('PATCH', `/shops/${world.shops.yahoo}`, { credentials: credentials('yahoo') })
  await passDays(4)

  await endAndRenew({
    mall: 'amazon',
    end: () => malls.amazon.consents.revoke(SANDBOX_SHOPS.amazon.code),
    code: 'AMAZON_CONSENT_ENDED',
    names: /認可/,
    renewed: () => {
      malls.amazon.consents.renew(SANDBOX_SHOPS.amazon.code)
      return credentials('amazon')
    },
  })
  await endAndRenew({
    mall: 'aupay',
    end: () => void malls.aupay.keys.issue(SANDBOX_SHOPS.aupay.code),
    code: 'AUPAY_KEY_REFUSED',
    names: /APIキー/,
    renewed: () => credentials('aupay'),
  })
  await endAndRenew({
    mall: 'shopify',
    // The secret was made anew; the token of before counts no more either.
    end: () => malls.shopify.faults.set([{ kind: 'key-refused' }]),
    code: 'SHOPIFY_KEY_REFUSED',
    names: /クライアントシークレット/,
    renewed: () => {
      malls.shopify.faults.clear()
      return credentials('shopify')
    },
  })
  await endAndRenew({
    mall: 'rakuten',
    end: () => passDays(2),
    code: 'RAKUTEN_KEY_REFUSED',
    names: /licenseKey/,
    renewed: () => {
      const end = new Date(clock.now() + 90 * DAY_MS).toISOString().slice(0, 10)
      malls.rakuten.change({ keyExpiresAt: `${end}T23:59:59` })
      return credentials('rakuten')
    },
  })

  const orders = await world.database.db.order.findMany({ select: { orderNumber: true } })
  expect(orders.map(({ orderNumber }) => orderNumber).sort()).toEqual([...placed].sort())

  await world.pass(0)
  const all = await notices()
  const days = (mall: SimulatedMall, what: string) =>
    toldOf(all, mall, what).map((notice) => notice.daysBefore)
  expect(days('rakuten', 'licenseKey')).toEqual([30, 14, 7, 3, 1, 0])
  expect(days('yahoo', 'session')).toEqual([null, 0])
  expect(days('yahoo', 'consent')).toEqual([14, 7, 3])
  expect(days('aupay', 'apiKey')).toEqual([30, 14, 7])
  for (const notice of all.filter(({ kind }) => kind === 'expiry')) {
    if (notice.daysBefore === null) continue
    const late = Date.parse(notice.createdAt) - (Date.parse(notice.occursAt) - notice.daysBefore * DAY_MS)
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThan(STEP_MS + HOUR_MS)
  }
  const standing = all.filter(({ kind }) => kind === 'attention').map(({ what }) => what)
  expect(standing).toEqual([
    'YAHOO_SESSION_ENDED',
    'AMAZON_CONSENT_ENDED',
    'AUPAY_KEY_REFUSED',
    'SHOPIFY_KEY_REFUSED',
    'RAKUTEN_KEY_REFUSED',
  ])
  for (const { kind, what, occursAt, createdAt } of all) {
    if (kind !== 'attention') continue
    // What ends by itself is met while the clock is moved on: a jump may lie between that and the next look.
    const jump = what === 'YAHOO_SESSION_ENDED' || what === 'RAKUTEN_KEY_REFUSED' ? STEP_MS : 0
    expect(Date.parse(createdAt) - Date.parse(occursAt)).toBeLessThan(jump + 5 * 60_000)
  }
  for (const { mails } of all) {
    expect(mails.map(({ address, state }) => [address, state])).toEqual(EMAILS.map((to) => [to, 'sent']))
  }
  // The mail server has each notice once for each address, and nothing else; what came together is one mail.
  const letters = await Promise.all(world.smtp.mails.map(({ source }) => readLetter(source)))
  const PREFIX = '【自動受注取込】'
  for (const to of EMAILS) {
    const theirs = letters.filter((letter) => letter.to === to)
    const told = theirs.flatMap(({ subject, text }) => {
      const listed = [...text.matchAll(/^\d+\. (?!【)(.+)$/gm)].map(([, one]) => `${PREFIX}${one}`)
      return listed.length > 0 ? listed : [subject]
    })
    expect(told.sort()).toEqual(all.map(({ subject }) => subject).sort())
    const texts = theirs.map(({ text }) => text).join('\n')
    for (const { text } of all) expect(texts).toContain(text.split('\n--\n')[0])
  }
}, 240_000)

// All malls, a mail server for orders, one for notices, and the whole service in this process, all on one
// clock.

interface RenewalWorld {
  malls: Simulators
  clock: ControllableClock
  smtp: SmtpServer
  database: TestDatabase
  app: TorikomiApp
  /** REST calls as the tenant. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  shops: Record<SimulatedMall, string>
  /** Registers the shops with these credentials, and the mailbox. */
  register(credentials: (mall: SimulatedMall) => object): Promise<void>
  /**
   * Moves the clock on, by a minute at least, and resolves when everything that was due by then has been
   * looked at and mailed.
   */
  pass(ms: number): Promise<void>
  /**
   * Resolves when mails are read again: a jump of the clock ends the lease on the mailbox and the patience
   * with its server.
   */
  listening(): Promise<void>
  /**
   * Resolves when the mails of these orders have been read, however often the link to the mail server broke
   * meanwhile.
   */
  heardOf(orderNumbers: readonly string[]): Promise<void>
  close(): Promise<void>
}

const EMAILS = ['boss@example.jp', 'staff@example.jp']
const OPERATOR_KEY = 'operator-key-of-this-test'
const MAILBOX = { username: 'orders@sandbox.example', password: 'secret' }
/**
 * What every random number is: the notices' tasks then have periods that no other task of the service has.
 */
const FLOAT = 0.37
/** As src/notices/index.ts makes it of a random number. */
const SPREAD = 0.9 + FLOAT * 0.2
/**
 * Periods of the notices' tasks, by which they are known: tasks of the worker that are called for every 60 s
 * and 15 s were taken for them.
 */
const EXPIRIES_MS = 60_000 * SPREAD
const CHECKS_MS = 15_000 * SPREAD
const MAILS_MS = 10_000 * SPREAD

/** Counts the sleeps of each length, by which a test sees that a periodic task is done with its turn. */
function watched(clock: ControllableClock) {
  const counts = new Map<number, number>()
  const watchers = new Set<() => void>()
  const count = (ms: number) => counts.get(ms) ?? 0
  const watching: Clock = {
    now: clock.now,
    sleep(ms, signal) {
      counts.set(ms, count(ms) + 1)
      const slept = clock.sleep(ms, signal)
      for (const look of watchers) look()
      return slept
    },
  }
  const more = (ms: number, times: number) => {
    const wanted = count(ms) + times
    return new Promise<void>((resolve) => {
      const look = () => {
        if (count(ms) < wanted) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
    })
  }
  return { watching, more }
}

async function startMailing(clock: ControllableClock, imap: SandboxImap): Promise<Simulators> {
  const malls = await startMalls(() => ({ clock, seed: 1, requestsPerSecond: 1_000_000 }))
  for (const mall of Object.values(malls)) {
    mall.onEvent((event) =>
      imap.deliver(
        MAILBOX.username,
        composeMail(event, { to: MAILBOX.username, charset: 'utf-8', shape: 'plain' }),
      ),
    )
  }
  return malls
}

async function startRenewalWorld(): Promise<RenewalWorld> {
  const clock = createControllableClock()
  const { watching, more } = watched(clock)
  const smtp = await startSmtpServer()
  const imap = await startSandboxImap({
    port: 0,
    users: [{ user: MAILBOX.username, password: MAILBOX.password }],
  })
  const malls = await startMailing(clock, imap)
  const database = await freshDatabase()
  const config = loadConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    OPERATOR_API_KEY: OPERATOR_KEY,
    PORT: '0',
    SMTP_URL: smtp.url,
    SMTP_FROM: 'notices@example.jp',
    MAILBOX_ALLOWED_PRIVATE_HOSTS: imap.host,
    RAKUTEN_REQUESTS_PER_SECOND: '1000',
    YAHOO_REQUESTS_PER_SECOND: '1000',
    AUPAY_REQUESTS_PER_SECOND: '1000',
    ...mallEnvironment(malls),
  })
  const app = await buildApp(config, {
    clock: watching,
    random: { bytes: systemRandom.bytes, float: () => FLOAT },
    log: pino({ level: 'silent' }),
  })
  const firstRound = Promise.all([more(EXPIRIES_MS, 2), more(CHECKS_MS, 2), more(MAILS_MS, 2)])
  await app.start(['api', 'listener', 'worker'])
  const operator = createApi(app.url, OPERATOR_KEY)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', {
    name: '見本商事株式会社',
    emails: EMAILS,
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'test',
  })
  const shops = {} as Record<SimulatedMall, string>

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${app.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  /** What a jump broke is tried again after a pause, which nobody needs to sit through. */
  async function untilRead(isRead: () => Promise<boolean>): Promise<void> {
    while (!(await isRead())) {
      const { nextAttemptAt } = await database.db.mailbox.findFirstOrThrow()
      const wait = (nextAttemptAt?.getTime() ?? 0) - clock.now()
      if (wait > 0) clock.advance(wait)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async function pass(ms: number): Promise<void> {
    // Two tasks have the length of the checks, two that of the expiries (reports), two that of the mails
    // (channels).
    const looked = Promise.all([more(CHECKS_MS, 2), more(EXPIRIES_MS, 2)])
    clock.advance(Math.max(ms, EXPIRIES_MS))
    await looked
    // What the checks brought is planned for in the next round, and mailed in the one after it.
    const planned = Promise.all([more(CHECKS_MS, 2), more(EXPIRIES_MS, 2)])
    clock.advance(EXPIRIES_MS)
    await planned
    // Sleeps of that length do not tell whose they are: channels may take two turns while one mail goes out.
    let roundOver = false
    void more(MAILS_MS, 4).then(() => {
      roundOver = true
    })
    while (!roundOver || (await mailsDue()) > 0) {
      clock.advance(MAILS_MS)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  const mailsDue = () =>
    database.db.noticeMail.count({
      where: { state: 'waiting', nextAttemptAt: { lte: new Date(clock.now()) } },
    })

  return {
    malls,
    clock,
    smtp,
    database,
    app,
    call,
    shops,
    async register(credentials) {
      for (const mall of SIMULATED_MALLS) {
        const { code, title } = SANDBOX_SHOPS[mall]
        const shop = { marketplace: mall, code, name: title, credentials: credentials(mall) }
        shops[mall] = (await call<{ id: string }>('POST', '/shops', shop)).id
      }
      const { host, port } = imap
      const mailbox = { name: '受注', host, port, ...MAILBOX, security: 'plain' }
      await call('POST', '/mailboxes', { ...mailbox, shopIds: Object.values(shops) })
      clock.advance(CHECKS_MS)
      await firstRound
      // On a slow machine that round was over before the shops were there.
      await pass(0)
    },
    pass,
    async listening() {
      const mailbox = () => database.db.mailbox.findFirstOrThrow()
      const { mailsIgnored: before } = await mailbox()
      imap.deliver(MAILBOX.username, mailOfNoMall(Number(before)))
      await untilRead(async () => (await mailbox()).mailsIgnored > before)
    },
    heardOf(orderNumbers) {
      const where = { orderNumber: { in: [...orderNumbers] } }
      return untilRead(async () => (await database.db.importRequest.count({ where })) >= orderNumbers.length)
    },
    async close() {
      await app.stop()
      for (const mall of Object.values(malls)) await mall.close()
      await Promise.all([imap.close(), smtp.close()])
      await database.close()
    },
  }
}
