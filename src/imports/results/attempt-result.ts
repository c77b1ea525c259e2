import type { Marketplaces } from '../../marketplaces/index.ts'
import type { FetchOutcome } from '../../marketplaces/port/session.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { type BrokenAnswer, brokenAnswer } from '../../worker/mall-failures.ts'
import type { WorkingShop } from '../../worker/shop-job.ts'
import { mallMessageContext } from '../requests/read.ts'
import {
  ASK_FOR_MS,
  NOT_FOUND,
  NOT_OURS,
  nextAttempt,
  OTHER_SHOP,
  PENDING,
  PENDING_FOR_MS,
  pendingRetry,
  retryDelay,
  SKIPPED,
  STORAGE_REFUSES,
  withinLag,
} from '../requests/retry-schedule.ts'
import { type DueRequest, END_FOR_OTHER_SHOPS, LIST_OWNERS, WRITE_RESULTS } from '../requests/statements.ts'

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
function notFound(
  request: DueRequest,
  mallMessage: string | undefined,
  now: number,
  lagMinutes: number,
): AttemptResult {
  const usual = nextAttempt(now, request.attempts + 1, request.expiresAt.getTime(), request.trust)
  const next = usual && withinLag(usual, now, request.requestedAt.getTime(), lagMinutes)
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
export function pending(
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

/** Closed before it was here; `reason` says why it is left out, in Japanese. */
export const skipped = (request: DueRequest, reason: string): AttemptResult => ({
  ...plain,
  request,
  state: 'done',
  tried: true,
  code: SKIPPED,
  message: reason,
})

/** Another order than the mail's: unlike a skipped one it comes when the mall's list names it. */
export const notOfThisMail = (request: DueRequest, reason: string): AttemptResult => ({
  ...skipped(request, reason),
  code: OTHER_SHOP,
})

/** The mall stopped answering while this order alone was asked for: the next time it is asked for last. */
export const suspected = (request: DueRequest, answer: BrokenAnswer): AttemptResult => ({
  ...givenUp(request, answer),
  state: 'waiting',
  tried: false,
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

/**
 * Converts the mall's answer without an order into the request's result. `now` in milliseconds.
 * @param lagMinutes for which the mall may not know a new order
 */
export function resultOf(
  request: DueRequest,
  outcome: Exclude<FetchOutcome, { kind: 'found' }>,
  now: number,
  lagMinutes = 0,
): AttemptResult {
  switch (outcome.kind) {
    case 'not_found':
      return notFound(request, outcome.mallMessage, now, lagMinutes)
    case 'pending':
      return pending(request, outcome, now)
    case 'skipped':
      return { ...skipped(request, outcome.reason), code: NOT_OURS }
    case 'failed':
      return givenUp(request, brokenAnswer(outcome.failure))
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
  const { rowCount } = await queries.query(
    WRITE_RESULTS({
      at,
      results: results.map((result) => toRow(result, sealer)),
      rawOf: raws.map(({ request }) => request.id),
      raws: raws.map(({ request, raw }) =>
        Buffer.from(sealer.of(request.tenantId).sealText(`import_request:${request.id}:raw`, raw ?? '')),
      ),
    }),
  )
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

/*
 * A mail whose number does not tell the shop asks every shop of the mall that its mailbox serves. All but one
 * of these requests are for nothing: they end when another shop of the mailbox has the order, instead of
 * asking for a day what the mall does not have.
 */

/**
 * Attempts before another shop's order counts, where a number may be both shops'. The own account must have
 * denied it for as long as a new order may take to show: over a minute, by the retry schedule.
 */
const ATTEMPTS_IN_DOUBT = 4

const isUnique = (marketplaces: Marketplaces, shop: WorkingShop): boolean =>
  marketplaces.get(shop.marketplace)?.orderNumbersAreUnique === true

/**
 * Those of the numbers that a mail may have brought to other shops of its mailbox too. Of most shops none,
 * without asking the database.
 */
export function sharedNumbers(
  marketplaces: Marketplaces,
  shop: WorkingShop,
  orderNumbers: readonly string[],
): string[] {
  const mall = marketplaces.get(shop.marketplace)
  // The same number is another order at another shop, and ends nothing of this one.
  if (shop.sharedMailboxShopIds.length === 0 || mall?.orderNumberScope === 'shop') return []
  return orderNumbers.filter((number) => mall?.ownsOrderNumber(shop.code, number) === null)
}

/** Ends a shop's due requests whose order another shop of the mailbox has, to spare the mall the calls. */
export async function otherShopResults(
  deps: { pool: Queries; marketplaces: Marketplaces },
  shop: WorkingShop,
  due: readonly DueRequest[],
): Promise<AttemptResult[]> {
  const unique = isUnique(deps.marketplaces, shop)
  const candidates = due.filter((request) => mayBeOthers(request, unique))
  const numbers = sharedNumbers(
    deps.marketplaces,
    shop,
    candidates.map(({ orderNumber }) => orderNumber),
  )
  if (numbers.length === 0) return []
  const { rows } = await deps.pool.query<{ orderNumber: string; owner: string }>(
    LIST_OWNERS({ shop: shop.id, others: shop.sharedMailboxShopIds, numbers, leftOut: [SKIPPED, NOT_OURS] }),
  )
  const owners = new Map(rows.map(({ orderNumber, owner }) => [orderNumber, owner]))
  return candidates.flatMap((request) => {
    const owner = owners.get(request.orderNumber)
    return owner === undefined ? [] : [ofOtherShop(request, owner)]
  })
}

const mayBeOthers = (request: DueRequest, unique: boolean): boolean =>
  request.source === 'mail' &&
  request.purpose !== 'reimport' &&
  request.orderId === null &&
  (unique ||
    (request.lastCode === NOT_FOUND &&
      request.pendingUntil === null &&
      request.attempts >= ATTEMPTS_IN_DOUBT))

const messageOf = (owner: string): string =>
  `同じ受信箱を使う店舗「${owner}」の受注です。この店舗では取り込みません。`

const ofOtherShop = (request: DueRequest, owner: string): AttemptResult => ({
  ...plain,
  request,
  state: 'done',
  tried: false,
  code: OTHER_SHOP,
  message: messageOf(owner),
})

/**
 * Ends the requests of the mailbox's other shops for orders that turned out to be this shop's, and clears
 * those away that had been given up. To be the last step of a transaction: until then it waits for rows of
 * its own shop only, and here for none at all, so that it cannot dead-lock with another shop's worker doing
 * the same. What is locked now ends when it is due again.
 */
export async function endForOtherShops(
  queries: Queries,
  marketplaces: Marketplaces,
  shop: WorkingShop,
  orderNumbers: readonly string[],
  at: Date,
): Promise<void> {
  await queries.query(
    END_FOR_OTHER_SHOPS({
      shops: shop.sharedMailboxShopIds,
      numbers: orderNumbers,
      at,
      outcome: OTHER_SHOP,
      message: messageOf(shop.name),
      unique: isUnique(marketplaces, shop),
      notFound: NOT_FOUND,
      attempts: ATTEMPTS_IN_DOUBT,
    }),
  )
}
