import type { Webhook, WebhookDelivery } from '../generated/prisma/client.ts'
import { doublingMs, stepOf } from '../platform/backoff.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { signedHeaders } from '../platform/crypto/signed-message.ts'
import type { Db } from '../platform/db/database.ts'
import { type HttpClient, HttpError, retryAfter } from '../platform/http/http-client.ts'
import { withTimesInZ } from '../platform/japan-time.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { given } from '../platform/narrow.ts'
import { loggedAttempts, placeOf } from './schemas.ts'
import { addressOf, type SealedSecrets, signingSecrets } from './webhooks.ts'

export interface SendTools {
  db: Db
  clock: Clock
  log: Pick<Logger, 'warn'>
  sealer: Sealer
  metrics: Pick<Metrics, 'webhookDeliveries'>
  /** The guarded way out: no private addresses, no redirects. */
  http: HttpClient
}

export type ClaimedWebhook = SealedSecrets &
  Pick<Webhook, 'id' | 'tenantId' | 'url' | 'sealedUrl' | 'failures' | 'failingSince' | 'updatedAt'>

/** Matches the address that was tried: the result says nothing of one that replaced it meanwhile. */
const sameAddress = ({ id, url, sealedUrl }: ClaimedWebhook) => ({ id, url, sealedUrl })

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** After the first, second, … failure of a delivery: three days in all. */
const PAUSES_MINUTES = [0.1, 5, 30, 120, 300, 600, 840, 1_200, 1_440] as const
const MOST_ATTEMPTS = PAUSES_MINUTES.length + 1
/** A webhook that took nothing for so long is switched off. */
const DISABLED_AFTER_MS = 5 * DAY_MS
/** Between two attempts at a webhook that fails, whatever is waiting for it. */
const BREATH = { firstMs: 1_000, capMs: 5 * MINUTE_MS }
const ATTEMPT_MS = 15_000
/** A receiver may ask for more time than our own pauses, but not that its messages grow old. */
const LONGEST_RETRY_AFTER_MS = DAY_MS
/** All attempts of one round, and those of a round before. */
const MOST_LOGGED = 20
const ANSWER_CHARACTERS = 200
/** An answer is only looked at for its status. */
const ANSWER_BYTES = 64 * 1024
/** Then another webhook gets its turn; with one attempt more it stays below the lease. */
const SLICE_MS = 10_000
const AT_ONCE = 20

/** Sends one webhook's due events, one by one in the feed's order, until one fails or the slice is over. */
export async function sendSlice(
  tools: SendTools,
  owner: string,
  webhook: ClaimedWebhook,
  signal: AbortSignal,
): Promise<void> {
  const held = { ...sameAddress(webhook), leaseOwner: owner }
  let breathMs: number | null = 0
  let lastSentAt: Date | undefined
  try {
    const end = tools.clock.now() + SLICE_MS
    while (!signal.aborted && tools.clock.now() < end && breathMs === 0) {
      const due = await tools.db.webhookDelivery.findMany({
        where: {
          webhookId: webhook.id,
          // Switched off meanwhile: what its maker's end took away is not sent to the end of the slice.
          webhook: { enabled: true },
          state: 'waiting',
          nextAttemptAt: { lte: dateNow(tools.clock) },
        },
        orderBy: [{ nextAttemptAt: 'asc' }, { xid: 'asc' }, { eventId: 'asc' }],
        take: AT_ONCE,
      })
      if (due.length === 0) break
      for (const delivery of due) {
        if (signal.aborted || breathMs !== 0 || tools.clock.now() >= end) break
        breathMs = await attempt(tools, webhook, delivery, signal)
        lastSentAt = dateNow(tools.clock)
      }
    }
  } finally {
    const leaseUntil = breathMs ? new Date(tools.clock.now() + breathMs) : null
    await tools.db.webhook.updateMany({
      where: held,
      data: { leaseOwner: null, leaseUntil, ...given({ lastSentAt }) },
    })
  }
}

/**
 * The delivery stays as it is where its webhook was given another address meanwhile, or where another process
 * has sent it after the lease.
 * @returns how long the webhook is to be left alone: 0 when all went well, null where it is another's now
 */
async function attempt(
  tools: SendTools,
  webhook: ClaimedWebhook,
  delivery: WebhookDelivery,
  signal: AbortSignal,
): Promise<number | null> {
  const begun = dateNow(tools.clock)
  const { status, code, answer, retryAt } = await post(tools, webhook, delivery, begun, signal)
  // The service stops: it goes out again after its lease, under the same id.
  if (code === 'aborted') return 0
  const ms = Math.round(tools.clock.now() - begun.getTime())
  const logged = loggedAttempts(delivery.attemptLog).slice(1 - MOST_LOGGED)
  const facts = {
    attemptLog: [...logged, { at: begun.toISOString(), status, code, ms, answer }],
    lastAttemptAt: begun,
    lastStatus: status,
    lastCode: code,
    lastMs: ms,
    attempts: { increment: 1 },
  }
  const now = dateNow(tools.clock)
  const attempts = delivery.attempts - delivery.attemptsBefore + 1
  const isLast = attempts >= MOST_ATTEMPTS
  tools.metrics.webhookDeliveries.inc({ result: code === null ? 'delivered' : isLast ? 'failed' : 'retried' })
  const sent = { id: delivery.id, state: 'waiting' as const, webhook: sameAddress(webhook) }
  if (code === null) {
    const { count } = await tools.db.webhookDelivery.updateMany({
      where: sent,
      data: { ...facts, state: 'delivered', finishedAt: now },
    })
    if (count === 0) return null
    if (webhook.failures > 0) await noteHealth(tools, webhook, { failures: 0, failingSince: null })
    return 0
  }
  const asked = retryAt === undefined ? 0 : retryAt.getTime() - now.getTime()
  const pause = Math.max(asked, stepOf(attempts, PAUSES_MINUTES) * MINUTE_MS)
  // Behind the end of its lease it says nothing of what another has sent since; a success holds at any time.
  const { count } = await tools.db.webhookDelivery.updateMany({
    where: { ...sent, attempts: delivery.attempts },
    data: {
      ...facts,
      ...(isLast ? { state: 'failed', finishedAt: now } : { nextAttemptAt: new Date(now.getTime() + pause) }),
    },
  })
  if (count === 0) return null
  await noteFailure(tools, webhook, status, now)
  return Math.max(asked, doublingMs(webhook.failures, BREATH))
}

interface Outcome {
  status: number | null
  code: string | null
  answer: string | null
  retryAt: Date | undefined
}

/** The names of the feed, and those of before beside them. */
function messageOf(delivery: WebhookDelivery): string {
  const { kind, data } = delivery
  const at = delivery.at.toISOString()
  return JSON.stringify({
    type: kind,
    kind,
    timestamp: at,
    at,
    ...placeOf(delivery),
    data: withTimesInZ(data),
  })
}

/** Leaves out what Postgres cannot store and a page should not show. */
const beginning = (body: Buffer): string =>
  body
    .subarray(0, ANSWER_CHARACTERS * 4)
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFD]+/gu, ' ')
    .trim()
    .slice(0, ANSWER_CHARACTERS)
    .toWellFormed()

async function post(
  { clock, sealer, http }: SendTools,
  webhook: ClaimedWebhook,
  delivery: WebhookDelivery,
  at: Date,
  signal: AbortSignal,
): Promise<Outcome> {
  const body = messageOf(delivery)
  try {
    const own = sealer.of(webhook.tenantId)
    const url = addressOf(own, webhook)
    const secrets = signingSecrets(own, webhook.id, webhook, clock.now())
    const answer = await http.request(
      {
        method: 'POST',
        url,
        body,
        timeoutMs: ATTEMPT_MS,
        maxBytes: ANSWER_BYTES,
        headers: { 'user-agent': 'torikomi-webhooks', ...signedHeaders(secrets, delivery.id, at, body) },
      },
      signal,
    )
    const taken = answer.status >= 200 && answer.status < 300
    return {
      status: answer.status,
      code: taken ? null : 'status',
      answer: beginning(answer.body),
      retryAt: retryAfter(answer, clock, LONGEST_RETRY_AFTER_MS),
    }
  } catch (error) {
    const code = error instanceof HttpError ? error.reason : 'internal'
    return { status: null, code, answer: null, retryAt: undefined }
  }
}

/** Switched off after days of failures, or by 410 (gone); the notice is made from the row. */
async function noteFailure(
  tools: SendTools,
  webhook: ClaimedWebhook,
  status: number | null,
  now: Date,
): Promise<void> {
  const since = webhook.failingSince ?? now
  const code =
    status === 410 ? 'GONE' : now.getTime() - since.getTime() >= DISABLED_AFTER_MS ? 'FAILING' : null
  await noteHealth(tools, webhook, { failures: webhook.failures + 1, failingSince: since })
  if (code === null) return
  const off = await tools.db.webhook.updateMany({
    where: { ...unchanged(webhook), enabled: true },
    data: { enabled: false, disabledAt: now, disabledCode: code },
  })
  if (off.count > 0) tools.log.warn({ webhookId: webhook.id, code }, 'a webhook was switched off')
}

async function noteHealth(
  tools: SendTools,
  webhook: ClaimedWebhook,
  health: Pick<ClaimedWebhook, 'failures' | 'failingSince'>,
): Promise<void> {
  Object.assign(webhook, health)
  await tools.db.webhook.updateMany({ where: unchanged(webhook), data: health })
}

/** A person’s change begins its health anew, also where the address stays. */
const unchanged = (webhook: ClaimedWebhook) => ({
  ...sameAddress(webhook),
  updatedAt: webhook.updatedAt,
})
