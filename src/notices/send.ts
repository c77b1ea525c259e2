import type { NoticeChannel, NoticeMail } from '../generated/prisma/client.ts'
import { stepOf } from '../platform/backoff.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import { ChannelRefused, type SealedChannel, type SenderTools, sendMessage } from './channels/sender.ts'
import { type Mailer, NoticeRefused } from './mailer.ts'
import { claimDueChannels, claimDueMails } from './statements.ts'
import { digestOf, type Told } from './texts.ts'

interface DueTools {
  db: Db
  clock: Clock
  log: Logger
}

const MINUTE_MS = 60_000
/** Longer than one attempt can take, so that only a dead process is overtaken. */
export const NOTICE_LEASE_MS = 2 * MINUTE_MS
/**
 * Pause between two messages of one address or channel, so that an outage that stops many shops sends one
 * message at a time and not one per shop.
 */
const BETWEEN_MS = 10 * MINUTE_MS
/** Pauses after the first, second, … failure: two days in all. Older news is stale. */
const PAUSES_MINUTES = [1, 5, 15, 60, 180, 360, 720, 720, 720] as const
const MOST_ATTEMPTS = PAUSES_MINUTES.length + 1

function claimTimes(clock: Clock) {
  const now = clock.now()
  return { now: new Date(now), until: new Date(now + NOTICE_LEASE_MS), recent: new Date(now - BETWEEN_MS) }
}

/** @param tries attempts at one, the failed one included */
function afterFailure<T>(due: readonly T[], tries: (one: T) => number, final: boolean) {
  const isOver = (one: T) => final || tries(one) >= MOST_ATTEMPTS
  const { over = [], again = [] } = Object.groupBy(due, (one) => (isOver(one) ? 'over' : 'again'))
  return { over, again, pauseMs: stepOf(Math.min(...due.map(tries)), PAUSES_MINUTES) * MINUTE_MS }
}

const among = (due: readonly { id: string }[]) => ({ id: { in: due.map(({ id }) => id) } })

export interface DeliveryTools extends SenderTools, DueTools {
  metrics: Pick<Metrics, 'noticeMessages'>
}

type DueChannel = SealedChannel & Pick<NoticeChannel, 'failures' | 'failingSince'>

const MOST_CHANNELS = 20
const MOST_IN_MESSAGE = 200

/** Sends due notices to the channels, as one message each. Returns the count of accepted messages. */
export async function sendToChannels(tools: DeliveryTools, signal: AbortSignal): Promise<number> {
  const { now, until, recent } = claimTimes(tools.clock)
  const channels = await tools.db.$queryRaw<DueChannel[]>(
    claimDueChannels(now, until, recent, tools.mailer !== null, MOST_CHANNELS),
  )
  // One that does not answer must not hold up the others.
  const results = await Promise.all(channels.map((channel) => sendTo(tools, channel, signal)))
  return results.filter(Boolean).length
}

type Due = Awaited<ReturnType<typeof readDue>>

const readDue = ({ db, clock }: DeliveryTools, channelId: string) =>
  db.noticeDelivery.findMany({
    where: { channelId, state: 'waiting', nextAttemptAt: { lte: dateNow(clock) } },
    include: { notice: true },
    orderBy: { noticeId: 'asc' },
    take: MOST_IN_MESSAGE,
  })

async function sendTo(tools: DeliveryTools, channel: DueChannel, signal: AbortSignal): Promise<boolean> {
  const due = await readDue(tools, channel.id)
  const [first] = due
  if (first === undefined) return release(tools, channel, {})
  const told = due.map(({ notice }) => notice)
  const notices = told.map(({ id, kind, what, subject, createdAt: at }) => ({ id, kind, what, subject, at }))
  const message = { id: first.id, at: first.notice.createdAt, notices, ...digestOf(told) }
  try {
    await sendMessage(tools, channel, message, dateNow(tools.clock), signal)
  } catch (error) {
    // When the service stops, the message is sent again after its lease, under the same id.
    if (signal.aborted) return release(tools, channel, {})
    return noteFailure(tools, channel, due, error)
  }
  const sentAt = dateNow(tools.clock)
  await tools.db.noticeDelivery.updateMany({
    where: among(due),
    data: { state: 'sent', sentAt, lastCode: null, attempts: { increment: 1 } },
  })
  tools.metrics.noticeMessages.inc({ result: 'sent' })
  await release(tools, channel, { lastSentAt: sentAt, failures: 0, failingSince: null, lastCode: null })
  return true
}

type Health = Partial<Pick<NoticeChannel, 'lastSentAt' | 'failures' | 'failingSince' | 'lastCode'>>

async function release({ db }: DeliveryTools, { id }: DueChannel, health: Health): Promise<boolean> {
  await db.noticeChannel.updateMany({ where: { id }, data: { ...health, leaseUntil: null } })
  return false
}

/** Retries every failure for two days, because a withdrawn link may be restored. */
async function noteFailure(
  tools: DeliveryTools,
  channel: DueChannel,
  due: Due,
  error: unknown,
): Promise<boolean> {
  const now = dateNow(tools.clock)
  const code = error instanceof NoticeRefused ? error.code : 'internal'
  const final = error instanceof NoticeRefused && error.final
  const asked = error instanceof ChannelRefused ? error.waitMs : 0
  const { over, again, pauseMs } = afterFailure(due, (one) => one.attempts + 1, final)
  const attempts = { increment: 1 }
  await tools.db.noticeDelivery.updateMany({
    where: among(over),
    data: { state: 'failed', lastCode: code, attempts },
  })
  const nextAttemptAt = new Date(now.getTime() + Math.max(asked, pauseMs))
  await tools.db.noticeDelivery.updateMany({
    where: among(again),
    data: { lastCode: code, attempts, nextAttemptAt },
  })
  tools.metrics.noticeMessages.inc({ result: again.length === 0 ? 'failed' : 'retried' })
  tools.log.warn({ channelId: channel.id, code }, 'channel refused its notices')
  return release(tools, channel, {
    failures: channel.failures + 1,
    failingSince: channel.failingSince ?? now,
    lastCode: code,
  })
}

interface MailTools extends DueTools {
  metrics: Pick<Metrics, 'noticeMails'>
  mailer: Mailer
}

type DueMail = Told & Pick<NoticeMail, 'id' | 'noticeId' | 'address' | 'attempts'> & { tenantId: string }

const MOST_ADDRESSES = 20

/**
 * Sends due mails, one mail per address. Returns the number of mails that the server accepted. Each is
 * claimed first, so that only one process sends it. A process that dies between the server's acceptance and
 * the commit makes it go out again, under the same Message-ID.
 */
export async function sendDueMails(tools: MailTools, signal: AbortSignal): Promise<number> {
  const { now, until, recent } = claimTimes(tools.clock)
  const due = await tools.db.$queryRaw<DueMail[]>(claimDueMails(now, until, recent, MOST_ADDRESSES))
  // In the order in which the notices were stored.
  const inOrder = due.toSorted((a, b) => (a.noticeId < b.noticeId ? -1 : 1))
  let sent = 0
  for (const mails of Map.groupBy(inOrder, (mail) => `${mail.tenantId} ${mail.address}`).values()) {
    // Claimed but unsent mails are due again when their lease ends.
    if (signal.aborted) break
    if (await sendOne(tools, mails)) sent += 1
  }
  return sent
}

async function sendOne(tools: MailTools, mails: readonly DueMail[]): Promise<boolean> {
  const { id, address: to, createdAt: at } = present(mails[0])
  try {
    await tools.mailer.send({ id, to, at, ...digestOf(mails) })
  } catch (error) {
    await noteMailFailure(tools, mails, error)
    return false
  }
  await tools.db.noticeMail.updateMany({
    where: among(mails),
    data: { state: 'sent', sentAt: dateNow(tools.clock), lastCode: null },
  })
  tools.metrics.noticeMails.inc({ result: 'sent' })
  return true
}

async function noteMailFailure(tools: MailTools, mails: readonly DueMail[], error: unknown): Promise<void> {
  const refused = error instanceof NoticeRefused ? error : null
  const code = refused?.code ?? 'EUNKNOWN'
  // The claim has counted this attempt already.
  const { over, again, pauseMs } = afterFailure(mails, (mail) => mail.attempts, refused?.final === true)
  await tools.db.noticeMail.updateMany({ where: among(over), data: { lastCode: code, state: 'failed' } })
  const nextAttemptAt = new Date(tools.clock.now() + pauseMs)
  await tools.db.noticeMail.updateMany({ where: among(again), data: { lastCode: code, nextAttemptAt } })
  tools.metrics.noticeMails.inc({ result: again.length === 0 ? 'failed' : 'retried' })
  const facts = { id: mails[0]?.id, code, attempts: Math.min(...mails.map((mail) => mail.attempts)) }
  if (over.length > 0) tools.log.error(facts, 'notice could not be mailed; giving up')
  else tools.log.warn(facts, 'notice could not be mailed; retrying')
}
