import { pino } from 'pino'
import type { Marketplaces } from '../../src/marketplaces/index.ts'
import type { CredentialCheck } from '../../src/marketplaces/port/session.ts'
import { createNotices, type Notices } from '../../src/notices/index.ts'
import { type Mailer, type NoticeLetter, NoticeRefused } from '../../src/notices/mailer.ts'
import type { ClosableHttpClient } from '../../src/platform/http/undici-client.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { createShopSessions, type ShopSessions } from '../../src/shops/shops/sessions.ts'
import type { TestDatabase } from './database/database.ts'
import { type HeldClock, heldClock, newId, testSealer } from './fixtures.ts'
import { testMarketplaces } from './http/rest-server.ts'

/**
 * Processes that plan and mail notices on one database, with a held clock, a mall whose word is the test's,
 * and no SMTP.
 */
export interface NoticesRig {
  clock: HeldClock
  /** Another process, or the same one started again. */
  process(): Notices
  sessions: Pick<ShopSessions, 'open'>
  /** What the mail server took, in the order in which it did. */
  letters: (NoticeLetter & { takenAt: string })[]
  /** What the mall says to checkCredentials of a shop; throws what it says. */
  says: Map<string, () => Promise<CredentialCheck>>
  /** Shops whose credentials were checked. */
  checked: string[]
  /** Why the mail server refuses, by address. */
  refuses: Map<string, NoticeRefused>
  log: string[]
}

interface RigOptions {
  start?: string
  marketplaces?: Marketplaces
  mails?: boolean
  /** The way out to channels. */
  http?: ClosableHttpClient
  chatworkUrl?: string
  /** Addresses of people, by account. */
  emails?: ReadonlyMap<string, string>
}

export function noticesRig(database: TestDatabase, options: RigOptions = {}): NoticesRig {
  const clock = heldClock(options.start)
  const letters: NoticesRig['letters'] = []
  const refuses: NoticesRig['refuses'] = new Map()
  const says: NoticesRig['says'] = new Map()
  const checked: string[] = []
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const marketplaces = options.marketplaces ?? testMarketplaces
  const real = createShopSessions({
    db: database.db,
    sealer: testSealer,
    marketplaces,
    http: { request: () => Promise.reject(new Error('no network in this test')) },
    clock,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: { forShop: () => ({ get: (_fresh, renew) => renew(null), invalidate: async () => undefined }) },
    log,
  })
  const sessions = {
    async open(shopId: string) {
      const opened = await real.open(shopId)
      checked.push(shopId)
      const say = says.get(shopId) ?? (async () => ({ messages: [], expiries: [] }))
      return { ...opened, session: { ...opened.session, checkCredentials: say } }
    },
  }
  const mailer: Mailer = {
    async send(letter) {
      const refused = refuses.get(letter.to)
      if (refused) throw refused
      letters.push({ ...letter, takenAt: new Date(clock.now()).toISOString() })
    },
    close: () => undefined,
  }
  return {
    clock,
    sessions,
    letters,
    says,
    checked,
    refuses,
    log: lines,
    process: () =>
      createNotices({
        db: database.db,
        clock,
        newId,
        random: { float: () => 0.5 },
        log,
        sealer: testSealer,
        marketplaces,
        sessions,
        metrics: createMetrics(),
        openDays: 90,
        unpulledDays: 90,
        http: options.http ?? {
          request: () => Promise.reject(new Error('no channel in this test')),
          close: async () => undefined,
        },
        emailOf: async (id) => options.emails?.get(id) ?? null,
        ...(options.chatworkUrl === undefined ? {} : { chatworkUrl: options.chatworkUrl }),
        mailer: options.mails === false ? null : mailer,
      }),
  }
}

export const refusal = (code: string, final = false) => new NoticeRefused(code, final, undefined)
