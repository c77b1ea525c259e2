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

interface MailTools {
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
/**
 * Pause between two mails of one address, so that an outage that stops many shops sends one mail at a time
 * and not one per shop.
 */
const BETWEEN_MS = 10 * MINUTE_MS
/** Pauses after the first, second, … failure: two days in all. Older news is stale. */
const PAUSES_MINUTES = [1, 5, 15, 60, 180, 360, 720, 720, 720] as const
const MOST_ATTEMPTS = PAUSES_MINUTES.length + 1

/**
 * Sends due mails, one mail per address. Returns the number of mails that the server accepted. Each is
 * claimed first, so that only one process sends it. A process that dies between the server's acceptance and
 * the commit makes it go out again, under the same Message-ID.
 */
export async function sendDueMails(tools: MailTools, signal: AbortSignal): Promise<number> {
  let sent = 0
  for (const mails of byAddress(await claimMails(tools))) {
    // Claimed but unsent mails are due again when their lease ends.
    if (signal.aborted) break
    if (await sendOne(tools, mails)) sent += 1
  }
  return sent
}

async function claimMails({ db, clock }: MailTools): Promise<DueMail[]> {
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

async function sendOne(tools: MailTools, mails: readonly DueMail[]): Promise<boolean> {
  const first = present(mails[0])
  const { id, address: to, createdAt: at } = first
  try {
    await tools.mailer.send({ id, to, at, ...digestOf(mails) })
  } catch (error) {
    await noteMailFailure(tools, mails, error)
    return false
  }
  await tools.db.noticeMail.updateMany({
    where: { id: { in: mails.map((mail) => mail.id) } },
    data: { state: 'sent', sentAt: dateNow(tools.clock), lastCode: null },
  })
  tools.metrics.noticeMails.inc({ result: 'sent' })
  return true
}

async function noteMailFailure(tools: MailTools, mails: readonly DueMail[], error: unknown): Promise<void> {
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
