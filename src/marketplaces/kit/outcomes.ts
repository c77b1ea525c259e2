import type { ZodType } from 'zod'
import { MarketplaceFailure } from '../port/failures.ts'
import type { NormalisedOrder } from '../port/order.ts'
import type { FetchHints, FetchOutcome } from '../port/session.ts'
import { type MallNames, malformed } from './failures.ts'
import { WireError } from './field-reader.ts'

export const failed = (orderNumber: string, failure: MarketplaceFailure): FetchOutcome => ({
  kind: 'failed',
  orderNumber,
  failure,
})

/** `words`: the mall's own. */
export const notFound = (orderNumber: string, words?: string | null): FetchOutcome => ({
  kind: 'not_found',
  orderNumber,
  ...(words ? { mallMessage: words } : {}),
})

/** `message` is Japanese: what the order waits for. */
export const pending = (orderNumber: string, at: number, message: string): FetchOutcome => ({
  kind: 'pending',
  orderNumber,
  retryAt: new Date(at),
  message,
})

/**
 * The outcome of an order that is not in yen: its sums are no whole yen, and no document of ours could show
 * them. Null for yen, and for what is no currency: that cannot be read.
 */
export function inOtherCurrency(orderNumber: string, currency: string | null): FetchOutcome | null {
  if (currency === null || currency === 'JPY' || !/^[A-Z]{3}$/.test(currency)) return null
  const reason = `日本円以外の通貨（${currency}）の注文のため、取り込みません。モールの管理画面で処理してください。`
  return { kind: 'skipped', orderNumber, reason }
}

/** `rereadAt`: null where news of the order come by themselves. */
export const found = (
  order: NormalisedOrder,
  raw: string,
  revision: string | null,
  rereadAt: Date | null,
): Extract<FetchOutcome, { kind: 'found' }> => ({
  kind: 'found',
  orderNumber: order.orderNumber,
  order,
  raw,
  revision,
  ...(rereadAt ? { rereadAt } : {}),
})

const HOUR_MS = 60 * 60 * 1000
const TWO_WEEKS_MS = 14 * 24 * HOUR_MS

/** The next time to read an order whose news no mall tells: each hour, for two weeks from its order. */
export const inAnHour = ({ orderedAt }: NormalisedOrder, now: number): Date | null =>
  now - Date.parse(orderedAt) < TWO_WEEKS_MS ? new Date(now + HOUR_MS) : null

/**
 * @throws MarketplaceFailure `malformed`, with the field's name and the raw answer, for what `map` cannot
 * read
 */
export function mapped(mall: MallNames, raw: string, map: () => NormalisedOrder): NormalisedOrder {
  try {
    return map()
  } catch (error) {
    if (error instanceof WireError) throw malformed(mall, `項目 ${error.field}`, raw, error)
    throw error
  }
}

/**
 * @param whole names the answer where it is unreadable as such
 * @throws MarketplaceFailure `malformed`, with the field's name and the raw answer, for another shape
 */
export function parsed<T>(schema: ZodType<T>, model: unknown, mall: MallNames, whole: string): T {
  const result = schema.safeParse(model)
  if (result.success) return result.data
  throw unreadableField(mall, model, result.error.issues[0]?.path.map(String).join('.') || whole)
}

export const unreadableField = (mall: MallNames, model: unknown, field: string): MarketplaceFailure =>
  malformed(mall, `項目 ${field}`, JSON.stringify(model) ?? '')

/**
 * An order that cannot be read fails alone.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function orFailed(
  orderNumber: string,
  read: () => Promise<FetchOutcome>,
): Promise<FetchOutcome> {
  return read().catch((error: unknown) => failed(orderNumber, asMalformed(error)))
}

/** @throws whatever else: it concerns the whole shop */
function asMalformed(error: unknown): MarketplaceFailure {
  if (error instanceof MarketplaceFailure && error.kind === 'malformed') return error
  throw error
}

interface Batches extends FetchHints {
  /** Most numbers of a call. */
  atOnce: number
  /** Null where the answer cannot be read as a whole, as when it fails as malformed. */
  together(numbers: readonly string[]): Promise<FetchOutcome[] | null>
  alone(number: string): Promise<FetchOutcome>
}

/**
 * Fetches several orders a call, and each alone where nobody can tell which of them spoils the answer.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function* inBatches(
  orderNumbers: readonly string[],
  { atOnce, together, alone, goesOn }: Batches,
  signal: AbortSignal,
): AsyncGenerator<FetchOutcome> {
  const left = [...new Set(orderNumbers)]
  while (left.length > 0) {
    signal.throwIfAborted()
    if (goesOn?.() === false) return
    const numbers = left.splice(0, atOnce)
    const several =
      numbers.length > 1
        ? await together(numbers).catch((error: unknown) => void asMalformed(error))
        : undefined
    if (several) yield* several
    else for (const number of numbers) yield await orFailed(number, () => alone(number))
  }
}
