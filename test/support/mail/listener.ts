import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxOrder } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { type KeptMail, mailContext } from '../../../src/mail/intake/batch.ts'
import { createListener } from '../../../src/mail/listener/index.ts'
import type { ListenerTiming } from '../../../src/mail/listener/timing.ts'
import { createJudge, type MailJudge } from '../../../src/mail/recognition/judge.ts'
import { createMailedFiles } from '../../../src/order-files/mail-files.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { assertPublicHost } from '../../../src/platform/http/address-guard.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics, type Metrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { mailboxHints } from '../../../src/shops/mailboxes/mailbox-schemas.ts'
import type { MailboxAccess } from '../../../src/shops/mailboxes/sign-in.ts'
import { freshDatabase, type TestDatabase } from '../database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { rakutenOrder, yahooOrder } from '../malls/sandbox-orders.ts'
import { testMalls } from '../malls/test-malls.ts'
import { noAccess } from './oauth.ts'

/** A listener on a database of its own, with one mailbox that serves a Rakuten and a Yahoo! shop. */

/** A mail server of either kind, with one account. */
export interface MailServer {
  login: {
    host: string
    port: number
    security: 'tls' | 'starttls' | 'plain'
    username: string
    password: string
  }
  ca?: string
  deliver(source: Buffer, more?: { internalDate?: Date }): Promise<void>
  /** Flags of each mail, by UID. */
  flags(): Promise<Record<number, string[]>>
  /** Another UIDVALIDITY. */
  renumber(): Promise<void>
  setPassword(password: string): Promise<void>
  stop(): Promise<void>
}

export const malls = testMalls()

const QUICK: Partial<ListenerTiming> = { tickMs: 40, pollMs: 80, renewEveryMs: 200 }

export interface ListenerBench {
  database: TestDatabase
  tenantId: string
  rakutenShopId: string
  yahooShopId: string
  mailboxId: string
  /** Shops that were woken, in order. */
  woken: string[]
  /** What the listeners logged. */
  logged(): string
  listen(more?: ListenerOptions): ReturnType<typeof createListener>
  mailbox(): Promise<MailboxNow>
  /** Hints as staff see them. */
  hints(): Promise<ReturnType<typeof mailboxHints>>
  requests(): Promise<{ orderNumber: string; purpose: string; shopId: string; source: string }[]>
  close(): Promise<void>
}

interface ListenerOptions {
  timing?: Partial<ListenerTiming>
  owner?: string
  clock?: Clock
  allow?: readonly string[] | 'all'
  judge?: MailJudge
  access?: MailboxAccess
  metrics?: Metrics
}

type MailboxNow = NonNullable<Awaited<ReturnType<TestDatabase['db']['mailbox']['findFirst']>>>

export async function listenerBench(server: Pick<MailServer, 'login' | 'ca'>): Promise<ListenerBench> {
  const database = await freshDatabase()
  const { db } = database
  const { id: tenantId } = await makeTenant(db)
  const rakuten = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  const yahoo = await makeShop(db, { tenantId, marketplace: 'yahoo', code: yahooOrder.shopCode })
  const { id: mailboxId } = await makeMailbox(db, {
    tenantId,
    ...server.login,
    shopIds: [rakuten.id, yahoo.id],
  })
  const woken: string[] = []
  const listeners: ReturnType<typeof createListener>[] = []
  let output = ''
  const destination = {
    write(line: string) {
      output += line
    },
  }
  const log = createLogger({ level: 'debug', destination })

  return {
    database,
    tenantId,
    rakutenShopId: rakuten.id,
    yahooShopId: yahoo.id,
    mailboxId,
    woken,
    logged: () => output,
    listen({
      timing = {},
      owner = newId(),
      clock = systemClock,
      allow = 'all',
      judge,
      access = noAccess,
      metrics = createMetrics(),
    } = {}) {
      const listener = createListener({
        db,
        pool: database.pool,
        clock,
        log,
        newId,
        owner,
        sealer: testSealer,
        random: systemRandom,
        metrics,
        marketplaces: malls,
        judge: judge ?? createJudge(malls),
        access,
        wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
        storeFiles: createMailedFiles({ sealer: testSealer, newId }),
        hostGuard: (host) => assertPublicHost(host, { allow }),
        timing: { ...QUICK, ...timing },
        ...(server.ca === undefined ? {} : { ca: server.ca }),
      })
      listener.start()
      listeners.push(listener)
      return listener
    },
    mailbox: () => db.mailbox.findUniqueOrThrow({ where: { id: mailboxId } }),
    hints: async () => mailboxHints(await db.mailbox.findUniqueOrThrow({ where: { id: mailboxId } })),
    requests: () =>
      db.importRequest.findMany({
        select: { orderNumber: true, purpose: true, shopId: true, source: true },
        orderBy: { orderNumber: 'asc' },
      }),
    async close() {
      await Promise.all(listeners.map((listener) => listener.stop(5_000)))
      await database.close()
    },
  }
}

/** The n-th invented order of a mall. */
export function orderOf(marketplace: 'rakuten' | 'yahoo', n: number): SandboxOrder {
  const orderedAt = new Date(Date.now() - 60_000)
  if (marketplace === 'yahoo')
    return { ...yahooOrder, orderedAt, orderNumber: `${yahooOrder.shopCode}-${10_000_000 + n}` }
  return {
    ...rakutenOrder,
    orderedAt,
    orderNumber: `${rakutenOrder.shopCode}-20260519-${String(n).padStart(10, '0')}`,
  }
}

/** The mall's mail of its n-th invented order. */
export const orderMail = (to: string, n: number) =>
  composeMail({ type: 'placed', order: orderOf('rakuten', n) }, { to, charset: 'utf-8', shape: 'plain' })

export const mailOfNoMall = (n: number): Buffer =>
  Buffer.from(
    `From: friend${n}@private.example\r\nTo: orders@shop.example\r\nSubject: lunch ${n}\r\nMessage-ID: <lunch${n}@private.example>\r\n` +
      `Date: Fri, 20 Nov 2026 12:00:00 +0900\r\n\r\nsee you\r\n`,
  )

const TO = 'orders@shop.example'
const WAIT = { timeout: 20_000, interval: 20 }

const newOrder = (
  marketplace: 'rakuten' | 'yahoo',
  n: number,
  charset: 'utf-8' | 'iso-2022-jp' | 'shift_jis' = 'utf-8',
) => composeMail({ type: 'placed', order: orderOf(marketplace, n) }, { to: TO, charset, shape: 'plain' })

/** What holds for any mail server. */
export function listenerSuite(name: string, startServer: () => Promise<MailServer>, skipped: boolean): void {
  describe.skipIf(skipped)(name, () => {
    let server: MailServer
    let bench: ListenerBench

    beforeEach(async () => {
      server = await startServer()
      bench = await listenerBench(server)
    })
    afterEach(async () => {
      await bench?.close()
      await server?.stop()
    })

    const numbers = async () => (await bench.requests()).map((request) => request.orderNumber)
    const state = async () => (await bench.mailbox()).state
    const listening = () => expect.poll(state, WAIT).toBe('connected')

    it('catches up with what waited, of both malls and in three charsets, and wakes their shops', async () => {
      const charsets = ['utf-8', 'iso-2022-jp', 'shift_jis'] as const
      for (const [index, charset] of charsets.entries()) {
        await server.deliver(newOrder('rakuten', index, charset))
        await server.deliver(newOrder('yahoo', index, charset))
      }
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(6)
      const requests = await bench.requests()
      const rakuten = requests.filter((request) => request.shopId === bench.rakutenShopId)
      expect(rakuten.map((request) => request.orderNumber)).toEqual(
        [0, 1, 2].map((n) => orderOf('rakuten', n).orderNumber),
      )
      expect(new Set(requests.map((request) => `${request.purpose} ${request.source}`))).toEqual(
        new Set(['import mail']),
      )
      expect(new Set(bench.woken)).toEqual(new Set([bench.rakutenShopId, bench.yahooShopId]))
      expect(await bench.mailbox()).toMatchObject({
        mailsRecognised: 6n,
        mailsUnreadable: 0n,
        mailsIgnored: 0n,
        lastUid: 6n,
      })
    })

    it('tells mails without Message-ID apart by their content', async () => {
      const numberOf = (n: number) => orderOf('rakuten', n).orderNumber
      const [head = ''] = newOrder('rakuten', 1)
        .toString('utf8')
        .replace(/^message-id:.*\r?\n/im, '')
        .split(/\r?\n\r?\n/)
      // All headers are the first one's, and a body in base64 is as long.
      for (const n of [1, 2]) {
        const source = newOrder('rakuten', n).toString('utf8')
        await server.deliver(Buffer.from(`${head}${source.slice(source.search(/\r?\n\r?\n/))}`))
      }
      bench.listen()
      await expect.poll(async () => (await numbers()).toSorted(), WAIT).toEqual([numberOf(1), numberOf(2)])
    })

    it('hears of mails while it idles, one after the other', async () => {
      bench.listen()
      await listening()
      for (const n of [1, 2, 3]) {
        await server.deliver(newOrder('rakuten', n))
        await expect.poll(numbers, WAIT).toHaveLength(n)
      }
    })

    it('loses none of the mails that come in while it reads others', async () => {
      bench.listen()
      await listening()
      const all = Array.from({ length: 40 }, (_, n) => n)
      for (const n of all) void server.deliver(newOrder('yahoo', n))
      await expect.poll(numbers, WAIT).toHaveLength(all.length)
    })

    it('goes on behind the last mail it read, and reads none twice', async () => {
      await server.deliver(newOrder('rakuten', 1))
      const first = bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(1)
      await first.stop(5_000)
      expect(await bench.mailbox()).toMatchObject({ state: 'waiting', leaseOwner: null, lastUid: 1n })
      await bench.database.db.importRequest.deleteMany()
      await server.deliver(newOrder('rakuten', 2))
      bench.listen()
      await expect.poll(numbers, WAIT).toEqual([orderOf('rakuten', 2).orderNumber])
      expect((await bench.mailbox()).lastUid).toBe(2n)
    })

    it('begins with the last days of a mailbox that it never saw', async () => {
      const daysAgo = (days: number) => ({ internalDate: new Date(Date.now() - days * 86_400_000) })
      await server.deliver(newOrder('rakuten', 1), daysAgo(30))
      await server.deliver(newOrder('rakuten', 2), daysAgo(1))
      bench.listen()
      await listening()
      expect(await numbers()).toEqual([orderOf('rakuten', 2).orderNumber])
      expect((await bench.mailbox()).lastUid).toBe(2n)
    })

    it('finds nothing new twice after UIDVALIDITY changed', async () => {
      await server.deliver(newOrder('rakuten', 1))
      const first = bench.listen()
      await listening()
      await first.stop(5_000)
      const before = await bench.mailbox()
      await bench.database.db.importRequest.updateMany({ data: { state: 'done' } })
      await server.renumber()
      await server.deliver(newOrder('rakuten', 2))
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(2)
      const after = await bench.mailbox()
      expect(after.uidValidity).not.toBe(before.uidValidity)
      expect(after.mailsRecognised).toBe(2n)
      expect(await bench.database.db.importRequest.count({ where: { state: 'done' } })).toBe(1)
    })

    it('leaves every flag as it was', async () => {
      for (const n of [1, 2, 3]) await server.deliver(newOrder('yahoo', n))
      await server.deliver(mailOfNoMall(1))
      const before = await server.flags()
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(3)
      expect(await server.flags()).toEqual(before)
      expect(Object.values(before).flat()).toEqual([])
    })

    it('counts mails of no mall and stores nothing of them', async () => {
      await server.deliver(mailOfNoMall(1))
      await server.deliver(mailOfNoMall(2))
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).mailsIgnored, WAIT).toBe(2n)
      expect(await bench.database.db.mail.count()).toBe(0)
    })

    it('keeps a mall mail in which nothing can be found, sealed, with a reason, and goes on', async () => {
      await server.deliver(
        Buffer.from(
          'From: order@rakuten.co.jp\r\nSubject: =?utf-8?B?5rOo5paH?=\r\nMessage-ID: <odd@mall.example>\r\n' +
            'Content-Type: text/plain; charset=x-unknown-charset\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xff\xfe\x80 ご注文',
        ),
      )
      await server.deliver(newOrder('rakuten', 2))
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(1)
      const [mail] = await bench.database.db.mail.findMany({ where: { state: 'unreadable' } })
      if (!mail?.sealedMail) throw new Error('the unreadable mail was not kept')
      expect(mail).toMatchObject({ marketplace: 'rakuten', orderNumbers: [] })
      expect(mail.reason).toMatch(/楽天市場/)
      const kept = testSealer.of(mail.tenantId).openJson<KeptMail>(mailContext(mail.id), mail.sealedMail)
      expect(kept).toMatchObject({ subject: '注文', from: ['order@rakuten.co.jp'] })
      expect(kept.text).toContain('注文')
      expect(Buffer.from(mail.sealedMail).includes('rakuten')).toBe(false)
      expect((await bench.mailbox()).mailsUnreadable).toBe(1n)
    })

    it('reads the number at the head of a 50 MB mail without downloading it', async () => {
      const head = newOrder('rakuten', 7)
      const attachment = Buffer.alloc(50 * 1024 * 1024, `${'QUJD'.repeat(19)}\r\n`)
      await server.deliver(Buffer.concat([head, Buffer.from('\r\n'), attachment]))
      await server.deliver(newOrder('rakuten', 8))
      bench.listen()
      await expect.poll(numbers, { ...WAIT, timeout: 20_000 }).toHaveLength(2)
      const [big] = await bench.database.db.mail.findMany({ orderBy: { uid: 'asc' } })
      expect(big?.size).toBeGreaterThan(50 * 1024 * 1024)
    }, 60_000)

    it('asks a person when the password is refused, and resumes when it was changed', async () => {
      await server.setPassword('changed-secret')
      await server.deliver(newOrder('rakuten', 1)).catch(() => undefined)
      bench.listen()
      await expect.poll(state, WAIT).toBe('attention')
      const refused = await bench.mailbox()
      expect(refused.attentionCode).toBe('MAILBOX_LOGIN_REFUSED')
      expect(refused.attentionMessage).toMatch(/パスワード.*サーバーの応答: .*Authentication failed/i)
      expect(refused.attentionMessage).not.toContain(server.login.username)
      expect(refused.attentionSince).not.toBeNull()
      const wait = (refused.nextAttemptAt?.getTime() ?? 0) - Date.now()
      expect(wait).toBeGreaterThan(20_000)
      await bench.database.db.mailbox.update({
        where: { id: bench.mailboxId },
        data: {
          sealedPassword: testSealer
            .of(bench.tenantId)
            .seal(`mailbox:${bench.mailboxId}:password`, 'changed-secret'),
          settingsVersion: { increment: 1 },
        },
      })
      await listening()
      expect(await bench.mailbox()).toMatchObject({
        attentionCode: null,
        attentionMessage: null,
        attentionSince: null,
        failures: 0,
      })
    })

    it('asks a person when the folder is not there', async () => {
      await bench.database.db.mailbox.update({
        where: { id: bench.mailboxId },
        data: { folder: '無いフォルダー' },
      })
      bench.listen()
      await expect.poll(state, WAIT).toBe('attention')
      expect((await bench.mailbox()).attentionCode).toBe('MAILBOX_FOLDER_MISSING')
    })

    it('says nothing of mails, users and passwords in its logs', async () => {
      await server.deliver(newOrder('rakuten', 1))
      bench.listen()
      await expect.poll(numbers, WAIT).toHaveLength(1)
      await listening()
      expect(bench.logged()).toContain('mailbox: listening')
      for (const secret of [
        server.login.password,
        server.login.username,
        orderOf('rakuten', 1).orderNumber,
        '見本',
        'rakuten.co.jp',
      ]) {
        expect(bench.logged()).not.toContain(secret)
      }
    })
  })
}
