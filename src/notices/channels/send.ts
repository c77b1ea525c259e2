import { stepOf } from '../../platform/backoff.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import { digestOf } from '../digest.ts'
import { NoticeRefused } from '../mailer.ts'
import { BETWEEN_MS, MOST_ATTEMPTS, PAUSES_MINUTES } from '../send-mails.ts'
import { claimDueChannels } from '../sql.ts'
import { ChannelRefused, type SealedChannel, type SenderTools, sendMessage } from './sender.ts'

export interface DeliveryTools extends SenderTools {
  db: Db
  clock: Clock
  log: Logger
  metrics: Pick<Metrics, 'noticeMessages'>
}

interface DueChannel extends SealedChannel {
  failures: number
  failingSince: Date | null
}

const MOST_CHANNELS = 20
const MOST_IN_MESSAGE = 200
const MINUTE_MS = 60_000
/** Longer than one attempt can take, so that only a dead process is overtaken. */
const LEASE_MS = 2 * MINUTE_MS

/** Sends due notices to the channels, as one message each. Returns the count of accepted messages. */
export async function sendToChannels(tools: DeliveryTools, signal: AbortSignal): Promise<number> {
  const now = dateNow(tools.clock)
  const [until, recent] = [new Date(now.getTime() + LEASE_MS), new Date(now.getTime() - BETWEEN_MS)]
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
  const notices = due.map(({ notice: { id, kind, what, subject, createdAt: at } }) => ({
    id,
    kind,
    what,
    subject,
    at,
  }))
  const message = {
    id: first.id,
    at: first.notice.createdAt,
    notices,
    ...digestOf(due.map(({ notice }) => notice)),
  }
  try {
    await sendMessage(tools, channel, message, dateNow(tools.clock), signal)
  } catch (error) {
    // When the service stops, the message is sent again after its lease, under the same id.
    if (signal.aborted) return release(tools, channel, {})
    return noteFailure(tools, channel, due, error)
  }
  const sentAt = dateNow(tools.clock)
  await tools.db.noticeDelivery.updateMany({
    where: { id: { in: due.map(({ id }) => id) } },
    data: { state: 'sent', sentAt, lastCode: null, attempts: { increment: 1 } },
  })
  tools.metrics.noticeMessages.inc({ result: 'sent' })
  await release(tools, channel, { lastSentAt: sentAt, failures: 0, failingSince: null, lastCode: null })
  return true
}

interface Health {
  lastSentAt?: Date
  failures?: number
  failingSince?: Date | null
  lastCode?: string | null
}

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
  const tries = (one: Due[number]) => one.attempts + 1
  const isOver = (one: Due[number]) => final || tries(one) >= MOST_ATTEMPTS
  const idsOf = (some: Due) => ({ id: { in: some.map(({ id }) => id) } })
  const again = due.filter((one) => !isOver(one))
  const pause = Math.max(asked, stepOf(Math.min(...due.map(tries)), PAUSES_MINUTES) * MINUTE_MS)
  const attempts = { increment: 1 }
  await tools.db.noticeDelivery.updateMany({
    where: idsOf(due.filter(isOver)),
    data: { state: 'failed', lastCode: code, attempts },
  })
  await tools.db.noticeDelivery.updateMany({
    where: idsOf(again),
    data: { lastCode: code, attempts, nextAttemptAt: new Date(now.getTime() + pause) },
  })
  tools.metrics.noticeMessages.inc({ result: again.length === 0 ? 'failed' : 'retried' })
  tools.log.warn({ channelId: channel.id, code }, 'channel refused its notices')
  return release(tools, channel, {
    failures: channel.failures + 1,
    failingSince: channel.failingSince ?? now,
    lastCode: code,
  })
}
