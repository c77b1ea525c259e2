import { stepOf } from '../platform/backoff.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import { digestOf, type Told } from './digest.ts'
import { type Mailer, NoticeRefused } from './mailer.ts'
import { claimDueMails } from './sql.ts'

export interface SendTools {
  db: Db
  clock: Clock
  log: Logger
  metrics: Pick<Metrics, 'noticeMails'>
  mailer: Mailer
}

interface DueMail extends Told {
  id: string
  tenantId: string
  noticeId: string
  address: string
  attempts: number
}

const MOST_ADDRESSES = 20
const MINUTE_MS = 60_000
/** Longer than one attempt can take, so that only a dead process is overtaken. */
const LEASE_MS = 2 * MINUTE_MS
/**
 * Pause between two mails of one address, so that an outage that stops many shops sends one mail at a time
 * and not one per shop.
 */
export const BETWEEN_MS = 10 * MINUTE_MS
/** Pauses after the first, second, … failure: two days in all. Older news is stale. */
export const PAUSES_MINUTES = [1, 5, 15, 60, 180, 360, 720, 720, 720] as const
export const MOST_ATTEMPTS = PAUSES_MINUTES.length + 1

/**
 * Sends due mails, one mail per address. Returns the number of mails that the server accepted. Each is
 * claimed first, so that only one process sends it. A process that dies between the server's acceptance and
 * the commit makes it go out again, under the same Message-ID.
 */
export async function sendDueMails(tools: SendTools, signal: AbortSignal): Promise<number> {
  let sent = 0
  for (const mails of byAddress(await claimMails(tools))) {
    // Claimed but unsent mails are due again when their lease ends.
    if (signal.aborted) break
    if (await sendOne(tools, mails)) sent += 1
  }
  return sent
}

async function claimMails({ db, clock }: SendTools): Promise<DueMail[]> {
  const now = dateNow(clock)
  const until = new Date(now.getTime() + LEASE_MS)
  const recent = new Date(now.getTime() - BETWEEN_MS)
  return db.$queryRaw<DueMail[]>(claimDueMails(now, until, recent, MOST_ADDRESSES))
}

/** Groups mails by address and tenant, in the order in which the notices were stored. */
function byAddress(mails: readonly DueMail[]): DueMail[][] {
  const groups = new Map<string, DueMail[]>()
  for (const mail of mails.toSorted((a, b) => (a.noticeId < b.noticeId ? -1 : 1))) {
    const key = `${mail.tenantId} ${mail.address}`
    groups.set(key, [...(groups.get(key) ?? []), mail])
  }
  return [...groups.values()]
}

async function sendOne(tools: SendTools, mails: readonly DueMail[]): Promise<boolean> {
  const first = present(mails[0])
  const { id, address: to, createdAt: at } = first
  try {
    await tools.mailer.send({ id, to, at, ...digestOf(mails) })
  } catch (error) {
    await noteFailure(tools, mails, error)
    return false
  }
  await tools.db.noticeMail.updateMany({
    where: { id: { in: mails.map((mail) => mail.id) } },
    data: { state: 'sent', sentAt: dateNow(tools.clock), lastCode: null },
  })
  tools.metrics.noticeMails.inc({ result: 'sent' })
  return true
}

async function noteFailure(tools: SendTools, mails: readonly DueMail[], error: unknown): Promise<void> {
  const refused = error instanceof NoticeRefused ? error : null
  const code = refused?.code ?? 'EUNKNOWN'
  const isOver = ({ attempts }: DueMail) => refused?.final === true || attempts >= MOST_ATTEMPTS
  const attempts = Math.min(...mails.map((mail) => mail.attempts))
  const ids = (some: readonly DueMail[]) => ({ id: { in: some.map((mail) => mail.id) } })
  const pause = stepOf(attempts, PAUSES_MINUTES) * MINUTE_MS
  const over = mails.filter(isOver)
  const again = mails.filter((mail) => !isOver(mail))
  await tools.db.noticeMail.updateMany({ where: ids(over), data: { lastCode: code, state: 'failed' } })
  await tools.db.noticeMail.updateMany({
    where: ids(again),
    data: { lastCode: code, nextAttemptAt: new Date(tools.clock.now() + pause) },
  })
  tools.metrics.noticeMails.inc({ result: again.length === 0 ? 'failed' : 'retried' })
  const facts = { id: mails[0]?.id, code, attempts }
  if (over.length > 0) tools.log.error(facts, 'notice could not be mailed; giving up')
  else tools.log.warn(facts, 'notice could not be mailed; retrying')
}
