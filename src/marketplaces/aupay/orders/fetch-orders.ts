import { failureSaying, type MallError, rejectedCall } from '../../kit/http-failures.ts'
import { failed, notFound, orFailed } from '../../kit/outcomes.ts'
import type { FetchHints, FetchOutcome } from '../../port/session.ts'
import type { AupayAnswer } from '../client.ts'
import { AUPAY, isOrderNumber } from '../facts.ts'
import { fetchFromList, type ListTools, payBack } from './fetch-from-list.ts'
import { type FetchTools, found, ordersIn } from './read-order.ts'

/** One order by its number (searchTradeInfoProc), or many from the list where that takes fewer calls. */

/** An order of 2,000 lines has about 3 MB. */
const ORDER_MAX_BYTES = 12 * 1024 * 1024

/**
 * Yields one outcome per number.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function* fetchOrders(
  orderNumbers: readonly string[],
  fetching: ListTools,
  signal: AbortSignal,
  hints: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const wanted = new Set(orderNumbers)
  for (const orderNumber of wanted) {
    if (isOrderNumber(orderNumber)) continue
    wanted.delete(orderNumber)
    yield failed(orderNumber, notANumber())
  }
  if (hints.since) yield* fetchFromList(wanted, hints.since, fetching, signal, hints)
  for (const orderNumber of wanted) {
    signal.throwIfAborted()
    if (hints.goesOn?.() === false) return
    payBack(fetching.searches)
    yield await orFailed(orderNumber, () => fetchOrder(orderNumber, fetching, signal))
  }
}

async function fetchOrder(
  orderNumber: string,
  fetching: FetchTools,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const call = {
    method: 'searchTradeInfoProc',
    query: { orderId: orderNumber },
    maxBytes: ORDER_MAX_BYTES,
  } as const
  const answer = await fetching.client.call(call, signal)
  if (answer.kind === 'refused') return refusal(orderNumber, answer, fetching)
  const [orderInfo] = ordersIn(answer.response)
  return orderInfo ? found(orderNumber, orderInfo, answer.raw, fetching) : notFound(orderNumber)
}

type Refused = Extract<AupayAnswer, { kind: 'refused' }>

/** `[orderId]必須入力項目です`: the call is wrong, not the order. */
const WRONG_CALL = /必須入力|入力項目|形式|桁数|不正な/

/**
 * The mall publishes neither its answer for an unknown number nor its codes, so any refusal that does not blame the call
 * counts as "not there": a retry costs little, giving up could lose an order.
 */
function refusal(orderNumber: string, { error, status, raw }: Refused, { tools }: FetchTools): FetchOutcome {
  if (WRONG_CALL.test(error.message)) return failed(orderNumber, rejectedCall(AUPAY, error, status, raw))
  if (!isUnknownOrder(error)) {
    tools.notice({
      code: 'AUPAY_UNKNOWN_ERROR',
      message: `au PAY マーケットから未対応のエラー ${error.code ?? 'コードなし'} が返りました。注文がまだ登録されていないものとして再試行します。`,
    })
  }
  return notFound(orderNumber, error.message)
}

const isUnknownOrder = ({ message }: MallError) =>
  /(?:存在し|見つかり|該当)[^。]{0,20}(?:ません|ない|なし)|not\s+(?:found|exist)/i.test(message)

const notANumber = failureSaying(
  'rejected',
  'AUPAY_ORDER_NUMBER_FORM',
  'au PAY マーケットの注文番号は数字だけです。注文番号を確認してください。',
)
