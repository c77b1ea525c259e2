import { slept } from '../platform/clock.ts'
import type { ClosableHttpClient } from '../platform/http/undici-client.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Metrics } from '../platform/metrics.ts'
import { settlesWithin } from '../platform/timeout.ts'
import { type CheckTools, checkShop, claimChecks } from './check-credentials.ts'
import type { Mailer } from './mailer.ts'
import { planAttention, planMailboxes, planWebhooks } from './plan-attention.ts'
import {
  createExpiryPlanner,
  type EmptiedAfter,
  type PlanTools,
  planEmptied,
  planMailboxExpiries,
} from './plan-expiries.ts'
import { planReports } from './plan-report.ts'
import { type DeliveryTools, sendDueMails, sendToChannels } from './send.ts'
import { deleteOldNotices } from './store.ts'

export interface NoticesTools
  extends CheckTools,
    EmptiedAfter,
    Omit<PlanTools, 'mails'>,
    Omit<DeliveryTools, 'mailer'> {
  metrics: Pick<Metrics, 'noticeMails' | 'noticeMessages'>
  /** Ended with the rest of it. */
  http: ClosableHttpClient
  /** Null: notices are kept, and not mailed. */
  mailer: Mailer | null
}

/** Counts of one round, for tests and logs. */
interface NoticesRound {
  checked: number
  planned: number
  sent: number
}

export interface Notices {
  start(): void
  /** Resolves when nothing of it runs any more, but for a mail server that does not answer. */
  stop(): Promise<void>
  /** Everything that is due, once. */
  round(): Promise<NoticesRound>
}

const ATTENTION_EVERY_MS = 15_000
const EXPIRIES_EVERY_MS = 60_000
const EMPTIED_EVERY_MS = 60 * 60_000
const CHECKS_EVERY_MS = 15_000
const REPORTS_EVERY_MS = 60_000
const MAILS_EVERY_MS = 10_000
const CLEANING_EVERY_MS = 6 * 60 * 60_000
/** Avoids the busiest moment of a start. */
const FIRST_MS = 5_000
/** Time for a mail under way when the process stops; otherwise it is sent again after its lease. */
const STOP_LIMIT_MS = 8_000
/** Each check makes two calls, at malls that allow one a second: they must not delay orders. */
const CHECKS_AT_ONCE = 5

/**
 * Checks at the malls about once a day when credentials end. Notifies people before that, and when a shop or
 * a mailbox stops, and mails due notices. Every process may run one: rows record what was sent, by any
 * process.
 */
export function createNotices(tools: NoticesTools): Notices {
  const { mailer } = tools
  const planTools = { ...tools, mails: mailer !== null }
  const planExpiries = createExpiryPlanner(planTools)
  const logRepeat = createRepeatLog(tools.log)
  const stopping = new AbortController()
  const { signal } = stopping
  const running: Promise<void>[] = []

  async function check(): Promise<number> {
    const due = await claimChecks(tools, CHECKS_AT_ONCE)
    await Promise.all(due.map((one) => checkShop(tools, one, signal)))
    return due.length
  }

  const attention = async () =>
    (await planAttention(planTools)) + (await planMailboxes(planTools)) + (await planWebhooks(planTools))
  const ends = async () => (await planExpiries(signal)) + (await planMailboxExpiries(planTools))
  const mails = async () => (mailer === null ? 0 : sendDueMails({ ...tools, mailer }, signal))
  const messages = () => sendToChannels(tools, signal)

  async function every(ms: number, task: string, work: () => Promise<unknown>): Promise<void> {
    const spread = 0.9 + tools.random.float() * 0.2
    for (let wait = FIRST_MS * spread; await slept(tools.clock, wait, signal); wait = ms * spread) {
      await work().catch((err: unknown) =>
        logRepeat({ err, task }, 'periodic task failed; it is tried again'),
      )
    }
  }

  return {
    start() {
      running.push(
        every(CHECKS_EVERY_MS, 'credential checks', check),
        every(ATTENTION_EVERY_MS, 'attention notices', attention),
        every(EXPIRIES_EVERY_MS, 'expiry notices', ends),
        every(EMPTIED_EVERY_MS, 'emptied orders', () => planEmptied(planTools)),
        every(REPORTS_EVERY_MS, 'daily reports', () => planReports(planTools)),
        every(MAILS_EVERY_MS, 'notice mails', mails),
        every(MAILS_EVERY_MS, 'notice channels', messages),
        every(CLEANING_EVERY_MS, 'old notices', () => deleteOldNotices(tools.db, tools.clock.now())),
      )
    },
    async stop() {
      stopping.abort()
      await settlesWithin(STOP_LIMIT_MS, Promise.all(running))
      mailer?.close()
      await tools.http.close()
    },
    async round() {
      const checked = await check()
      const planned = (await attention()) + (await ends()) + (await planReports(planTools))
      return { checked, planned, sent: (await mails()) + (await messages()) }
    },
  }
}
