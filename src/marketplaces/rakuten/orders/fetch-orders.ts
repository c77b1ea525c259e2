import { present } from '../../../platform/narrow.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchHints, FetchOutcome } from '../../port/session.ts'
import { refused } from '../failures.ts'
import { shopCodeOf } from '../order-number.ts'
import { failed, notFound, sortAnswer } from './outcomes.ts'
import { type Reader, readBatch } from './read-batch.ts'

/** getOrder takes at most 100 numbers a call. */
export const BATCH = 100

/**
 * Fetches by number, up to 100 a call, one outcome per number. A number that spoils the whole call (an error that names
 * no order, an answer that cannot be read) is found by halving, so that it fails alone.
 */
export async function* fetchOrders(
  reader: Reader,
  shopCode: string,
  orderNumbers: readonly string[],
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const asked = [...new Set(orderNumbers)]
  for (const orderNumber of asked)
    if (shopCodeOf(orderNumber) === null) yield failed(orderNumber, notANumber())
  const queue = chunks(asked.filter((orderNumber) => shopCodeOf(orderNumber) !== null))
  const unreadable: FetchOutcome[] = []
  let answered = 0
  let brokenInARow = 0
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (goesOn?.() === false) break
    const result = await readBatch(reader, batch, signal)
    if (result.kind === 'unreadable') {
      brokenInARow += 1
      if (answered === 0 && brokenInARow === PATIENCE) throw nothingReadable(result.failure)
      if (batch.length === 1) unreadable.push(failed(present(batch[0]), result.failure))
      else queue.unshift(...halves(batch))
      continue
    }
    answered += 1
    const { outcomes, unexplained } = sortAnswer(result.answer, batch, shopCode, reader.tools)
    yield* outcomes
    if (result.error === null) yield* unexplained.map((orderNumber) => notFound(orderNumber))
    else if (batch.length > 1) queue.unshift(...halves(unexplained))
    else {
      const { messageCode, message } = result.error
      yield* unexplained.map((one) => failed(one, refused(messageCode, message, result.answer.text)))
    }
  }
  if (unreadable.length > 1 && answered === 0) throw nothingReadable(failureIn(unreadable))
  yield* unreadable
}

/** Halving 100 numbers down to one takes seven calls; after that nothing was readable, and no order is to blame. */
const PATIENCE = 8

function chunks(numbers: readonly string[]): string[][] {
  const batches: string[][] = []
  for (let start = 0; start < numbers.length; start += BATCH)
    batches.push(numbers.slice(start, start + BATCH))
  return batches
}

function halves(numbers: readonly string[]): string[][] {
  const middle = Math.ceil(numbers.length / 2)
  return [numbers.slice(0, middle), numbers.slice(middle)].filter((half) => half.length > 0)
}

const notANumber = () =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'RAKUTEN_ORDER_NUMBER_FORM',
    message: '楽天の受注番号の形式（店舗ID6桁-日付8桁-8～10桁）ではありません。受注番号を確認してください。',
  })

const failureIn = (outcomes: readonly FetchOutcome[]) =>
  (outcomes[0] as Extract<FetchOutcome, { kind: 'failed' }>).failure

const nothingReadable = (failure: MarketplaceFailure) =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code: 'RAKUTEN_NOTHING_READABLE',
    message:
      '楽天のAPIの応答を続けて読み取れません。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。',
    status: failure.status,
    raw: failure.raw,
    cause: failure,
  })
