import { pino } from 'pino'
import { createApi } from '../../../sandbox/demo/client.ts'
import { type SandboxImap, startSandboxImap } from '../../../sandbox/imap/index.ts'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { type AmazonSimulator, NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { type AupaySimulator, startAupaySimulator } from '../../../sandbox/malls/aupay/index.ts'
import { mallEnvironment, SANDBOX_SHOPS, type SandboxMall } from '../../../sandbox/malls/index.ts'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import { buildApp, type TorikomiApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { freshDatabase, type TestDatabase } from '../database/database.ts'
import { mailOfNoMall } from '../mail/listener.ts'
import { type SmtpServer, startSmtpServer } from '../mail/smtp-server.ts'

/**
 * Four malls, a mail server for orders, one for notices, and the whole service in this process, all on one
 * clock.
 */

interface Malls {
  rakuten: RakutenSimulator
  yahoo: YahooSimulator
  amazon: AmazonSimulator
  aupay: AupaySimulator
}

export interface RenewalWorld {
  malls: Malls
  clock: ControllableClock
  smtp: SmtpServer
  database: TestDatabase
  app: TorikomiApp
  /** REST calls as the tenant. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  shops: Record<SandboxMall, string>
  /** Registers the four shops with these credentials, and the mailbox. */
  register(credentials: Record<SandboxMall, Record<string, string>>): Promise<void>
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

export const EMAILS = ['boss@example.jp', 'staff@example.jp']
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

async function startMalls(clock: ControllableClock, imap: SandboxImap): Promise<Malls> {
  const [rakuten, yahoo, amazon, aupay] = await Promise.all([
    startRakutenSimulator({ clock, shops: [SANDBOX_SHOPS.rakuten] }),
    startYahooSimulator({ clock, shops: [SANDBOX_SHOPS.yahoo] }),
    startAmazonSimulator({ clock, shops: [SANDBOX_SHOPS.amazon], quotas: NO_QUOTAS }),
    startAupaySimulator({ clock, shops: [SANDBOX_SHOPS.aupay] }),
  ])
  const malls = { rakuten, yahoo, amazon, aupay }
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

export async function startRenewalWorld(): Promise<RenewalWorld> {
  const clock = createControllableClock()
  const { watching, more } = watched(clock)
  const smtp = await startSmtpServer()
  const imap = await startSandboxImap({
    port: 0,
    users: [{ user: MAILBOX.username, password: MAILBOX.password }],
  })
  const malls = await startMalls(clock, imap)
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
  const shops = {} as Record<SandboxMall, string>

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
      for (const mall of Object.keys(SANDBOX_SHOPS) as SandboxMall[]) {
        const { code, title } = SANDBOX_SHOPS[mall]
        const shop = { marketplace: mall, code, name: title, credentials: credentials[mall] }
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
