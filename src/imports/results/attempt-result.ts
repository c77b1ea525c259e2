import type { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../../marketplaces/port/session.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { BrokenAnswer } from '../../worker/mall-failures.ts'
import type { DueRequest } from '../requests/due.ts'
import { mallMessageContext } from '../requests/read.ts'
import { NOT_FOUND, PENDING, SKIPPED, STORAGE_REFUSES } from '../requests/result-codes.ts'
import {
  ASK_FOR_MS,
  nextAttempt,
  PENDING_FOR_MS,
  pendingRetry,
  retryDelay,
} from '../requests/retry-schedule.ts'
import { PRIORITY } from '../requests/store.ts'

/** Result of an attempt that staged nothing: done, failed, or waiting for another one. */
export interface AttemptResult {
  request: DueRequest
  state: 'done' | 'failed' | 'waiting'
  /** True when the mall was called. */
  tried: boolean
  nextAttemptAt: Date | null
  /** Set by the first answer that the mall holds the order back. */
  pendingUntil?: Date
  code: string
  message: string | null
  mallMessage: string | null
  raw: string | null
}

const plain = { nextAttemptAt: null, message: null, mallMessage: null, raw: null }

export const alreadyHere = (request: DueRequest): AttemptResult => ({
  ...plain,
  request,
  state: 'done',
  tried: false,
  code: 'already_here',
})

/** The mall does not know the number: again later, or given up when its day is over. */
function notFound(request: DueRequest, mallMessage: string | undefined, now: number): AttemptResult {
  const next = nextAttempt(now, request.attempts + 1, request.expiresAt.getTime(), request.trust)
  return {
    ...plain,
    request,
    state: next ? 'waiting' : 'failed',
    tried: true,
    nextAttemptAt: next,
    code: NOT_FOUND,
    message: next
      ? 'モールのAPIにまだこの受注がありません。自動で再確認しています。'
      : request.trust === 'unknown'
        ? '差出人を確認できないメールの受注番号で、1時間再確認しましたが、モールのAPIに見つかりませんでした。実在する受注はモールの注文一覧との定期照合で取り込まれます。'
        : '24時間再確認しましたが、モールのAPIにこの受注が見つかりませんでした。受注番号と店舗を確認し、正しい場合は再実行してください。',
    mallMessage: mallMessage ?? null,
  }
}

/** The mall has the order and holds it back: again when it says, without an unknown number's one day. */
function pending(
  request: DueRequest,
  answer: { retryAt: Date; message: string },
  now: number,
): AttemptResult {
  const until = request.pendingUntil ?? new Date(now + PENDING_FOR_MS)
  const next = pendingRetry(now, answer.retryAt.getTime(), until.getTime())
  return {
    ...plain,
    request,
    state: next ? 'waiting' : 'failed',
    tried: true,
    nextAttemptAt: next,
    pendingUntil: until,
    code: next ? PENDING : 'PENDING_TOO_LONG',
    message: next
      ? answer.message
      : `30日待ちましたが、モールから受注を取得できませんでした。${answer.message}`,
  }
}

/** Not for this shop to handle; `reason` says why, in Japanese. */
export const skipped = (request: DueRequest, reason: string): AttemptResult => ({
  ...plain,
  request,
  state: 'done',
  tried: true,
  code: SKIPPED,
  message: reason,
})

/** The mall stopped answering while this order alone was asked for: the next time it is asked for last. */
export const suspected = (request: DueRequest, answer: BrokenAnswer): AttemptResult => ({
  ...givenUp(request, answer),
  state: 'waiting',
  tried: false,
})

const failedAlone = (request: DueRequest, failure: MarketplaceFailure): AttemptResult => ({
  request,
  state: 'failed',
  tried: true,
  nextAttemptAt: null,
  code: failure.code,
  message: failure.message,
  mallMessage: failure.mallMessage ?? null,
  raw: failure.raw ?? null,
})

export const givenUp = (request: DueRequest, answer: BrokenAnswer): AttemptResult => ({
  request,
  state: 'failed',
  tried: true,
  nextAttemptAt: null,
  code: answer.code,
  message: answer.message,
  mallMessage: answer.mallMessage,
  raw: answer.raw,
})

/** An answer that could not be used: this request alone waits, however long the others of its shop go on. */
export const postponed = (request: DueRequest, answer: BrokenAnswer, nextAttemptAt: Date): AttemptResult => ({
  ...givenUp(request, answer),
  state: 'waiting',
  nextAttemptAt,
})

/** Something of ours kept the order from being stored while others were: it waits until that is mended. */
export const unwritten = (request: DueRequest, now: number): AttemptResult => ({
  request,
  state: 'waiting',
  tried: true,
  mallMessage: null,
  raw: null,
  nextAttemptAt: new Date(now + retryDelay(request.attempts + 1)),
  ...NOT_STORED,
})

/** Failure that only the operator can fix. */
export const NOT_STORED = {
  code: STORAGE_REFUSES,
  message:
    'モールから受注を取得しましたが、サービス側の問題で保存できません。自動で再試行します。続く場合は運営者へ連絡してください。',
} as const

/** Converts the mall's answer without an order into the request's result. `now` in milliseconds. */
export function resultOf(
  request: DueRequest,
  outcome: Exclude<FetchOutcome, { kind: 'found' }>,
  now: number,
): AttemptResult {
  switch (outcome.kind) {
    case 'not_found':
      return notFound(request, outcome.mallMessage, now)
    case 'pending':
      return pending(request, outcome, now)
    case 'skipped':
      return skipped(request, outcome.reason)
    case 'failed':
      return failedAlone(request, outcome.failure)
  }
}

/**
 * Writes results in one statement. A request that ended or was tried by somebody else meanwhile is left as it
 * is, and so is one that was asked for anew: it is due at once.
 * @returns how many were written
 */
export async function writeAttemptResults(
  queries: Queries,
  sealer: Sealer,
  results: readonly AttemptResult[],
  at: Date,
): Promise<number> {
  const raws = results.filter(({ raw }) => raw !== null)
  const { rowCount } = await queries.query(WRITE, [
    at,
    JSON.stringify(results.map((result) => toRow(result, sealer))),
    raws.map(({ request }) => request.id),
    raws.map(({ request, raw }) =>
      Buffer.from(sealer.of(request.tenantId).sealText(`import_request:${request.id}:raw`, raw ?? '')),
    ),
  ])
  return rowCount ?? 0
}

// Postgres knows no NUL in text, and a mall's words may hold anything.
const clean = (text: string | null): string | null => text?.replaceAll('\0', '').slice(0, 2_000) ?? null

const toRow = (
  { request, state, tried, nextAttemptAt, pendingUntil, code, message, mallMessage }: AttemptResult,
  sealer: Pick<Sealer, 'of'>,
) => ({
  id: request.id,
  known_attempts: request.attempts,
  asks: request.asks,
  state,
  tried,
  next_attempt_at: nextAttemptAt,
  pending_until: pendingUntil ?? null,
  // When the mall then says that it does not know the order after all, the day for that begins anew.
  expires_at: pendingUntil && nextAttemptAt ? new Date(nextAttemptAt.getTime() + ASK_FOR_MS) : null,
  code: clean(code),
  message: clean(message),
  // The mall's words may name the buyer.
  mall_message:
    mallMessage &&
    Buffer.from(
      sealer.of(request.tenantId).sealText(mallMessageContext(request.id), clean(mallMessage) ?? ''),
    ).toString('hex'),
})

/** Enough to tell why an order was late; an order that is asked for all day has many more. */
const RETRIES_KEPT = 20

const WRITE = `
with result as (
  select * from jsonb_to_recordset($2::jsonb) as a (id uuid, known_attempts int, asks int, state text, tried bool,
    next_attempt_at timestamptz, pending_until timestamptz, expires_at timestamptz, code text, message text, mall_message text)
), sealed as (
  select * from unnest($3::uuid[], $4::bytea[]) as s (id, raw)
), held as materialized (
  select r.id from import_requests r join result a using (id) where r.state = 'waiting'
  order by r.shop_id, r.order_number, r.purpose for update of r
)
update import_requests r set
  state = a.state::import_state,
  attempts = r.attempts + a.tried::int,
  priority = case when not a.tried then r.priority when r.priority = ${PRIORITY.newOrder} then ${PRIORITY.again}
    when r.priority = ${PRIORITY.doubtful} then ${PRIORITY.doubtfulAgain} else r.priority end,
  next_attempt_at = coalesce(a.next_attempt_at, r.next_attempt_at),
  pending_until = coalesce(a.pending_until, r.pending_until),
  expires_at = greatest(r.expires_at, a.expires_at),
  retries = case when a.tried and a.state <> 'done' then
    (case when jsonb_array_length(r.retries) >= ${RETRIES_KEPT} then r.retries - 0 else r.retries end)
      || jsonb_build_object('at', $1::timestamptz, 'code', a.code)
    else r.retries end,
  outcome = a.code,
  message = a.message,
  sealed_mall_message = decode(a.mall_message, 'hex'),
  sealed_raw = coalesce(s.raw, r.sealed_raw),
  finished_at = case when a.state = 'waiting' then null else $1::timestamptz end
from held join result a using (id) left join sealed s using (id)
where r.id = held.id and r.state = 'waiting' and r.attempts = a.known_attempts and r.asks = a.asks`
