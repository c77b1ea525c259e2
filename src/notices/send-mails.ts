import { stepOf } from '../platform/backoff.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { type Mailer, MailRefused } from './mailer.ts'
import { claimDueMails } from './sql.ts'

export interface SendTools {
  db: Db
  clock: Clock
  log: Logger
  metrics: Pick<Metrics, 'noticeMails'>
  mailer: Mailer
}

interface DueMail {
  id: string
  address: string
  attempts: number
  subject: string
  text: string
  createdAt: Date
}

const MOST = 20
const MINUTE_MS = 60_000
/** Longer than one attempt can take, so that only a dead process is overtaken. */
const LEASE_MS = 2 * MINUTE_MS
/** After the first, second, … failure: two days in all. What is older than that has become news of yesterday. */
const PAUSES_MINUTES = [1, 5, 15, 60, 180, 360, 720, 720, 720] as const
const MOST_ATTEMPTS = PAUSES_MINUTES.length + 1

/**
 * Sends what is due; the number of mails that the server took. Each is claimed first, so that of two processes one sends
 * it; a process that dies between the server's yes and the commit makes it go out once more, under the same Message-ID.
 */
export async function sendDueMails(tools: SendTools, signal: AbortSignal): Promise<number> {
  let sent = 0
  for (const mail of await claimMails(tools)) {
    // What was claimed and not sent is due again when its lease ends.
    if (signal.aborted) break
    if (await sendOne(tools, mail)) sent += 1
  }
  return sent
}

async function claimMails({ db, clock }: SendTools): Promise<DueMail[]> {
  const now = dateNow(clock)
  return db.$queryRaw<DueMail[]>(claimDueMails(now, new Date(now.getTime() + LEASE_MS), MOST))
}

async function sendOne(tools: SendTools, mail: DueMail): Promise<boolean> {
  const { id, address: to, subject, text, createdAt: at } = mail
  try {
    await tools.mailer.send({ id, to, subject, text, at })
  } catch (error) {
    await noteFailure(tools, mail, error)
    return false
  }
  await tools.db.noticeMail.updateMany({
    where: { id },
    data: { state: 'sent', sentAt: dateNow(tools.clock), lastCode: null },
  })
  tools.metrics.noticeMails.inc({ result: 'sent' })
  return true
}

async function noteFailure(tools: SendTools, mail: DueMail, error: unknown): Promise<void> {
  const refused = error instanceof MailRefused ? error : null
  const code = refused?.code ?? 'EUNKNOWN'
  const givenUp = refused?.final === true || mail.attempts >= MOST_ATTEMPTS
  const pause = stepOf(mail.attempts, PAUSES_MINUTES) * MINUTE_MS
  await tools.db.noticeMail.updateMany({
    where: { id: mail.id },
    data: {
      lastCode: code,
      ...(givenUp ? { state: 'failed' } : { nextAttemptAt: new Date(tools.clock.now() + pause) }),
    },
  })
  tools.metrics.noticeMails.inc({ result: givenUp ? 'failed' : 'retried' })
  const facts = { id: mail.id, code, attempts: mail.attempts }
  if (givenUp) tools.log.error(facts, 'a notice could not be mailed; it is given up')
  else tools.log.warn(facts, 'a notice could not be mailed; it is tried again')
}
