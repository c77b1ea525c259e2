import { malformed } from '../../kit/http-failures.ts'
import { failed, notFound, orFailed } from '../../kit/outcomes.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchOutcome } from '../../port/session.ts'
import type { AmazonAnswer, AmazonClient } from '../client.ts'
import { toRequestTime } from '../dates.ts'
import { AMAZON } from '../facts.ts'
import { emptyNotFound, orderForbidden, orderRejected, roleMissing } from '../failures.ts'
import type { Health } from '../health.ts'
import { getOrder, ORDER_DATA, ordersReadable, searchOrders } from '../operations.ts'
import { type OutcomeContext, outcomeOf } from './outcomes.ts'
import { isRaw } from './raw.ts'

export interface Fetching extends OutcomeContext {
  client: AmazonClient
  health: Health
}

/** Long enough for another order to show that the shop itself works. */
const FORBIDDEN_AGAIN_MS = 60_000
const PROBE_WINDOW_MS = 60 * 60 * 1000
const DATA_REFUSED_AGAIN_MS = 15 * 60 * 1000

/**
 * Calls getOrder for one number.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export const fetchOne = (
  orderNumber: string,
  fetching: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> =>
  orFailed(orderNumber, async () => {
    const answer = await getOrder(fetching.client, orderNumber, ORDER_DATA, signal)
    if (answer.kind === 'refused') return explain(orderNumber, answer, fetching, signal)
    fetching.health.good(fetching.tools.clock.now())
    const order = isRaw(answer.json) ? answer.json.order : undefined
    if (isNothing(answer.json)) return notFound(orderNumber)
    if (!isRaw(order)) throw malformed(AMAZON, 'orderがありません', answer.raw)
    return outcomeOf(order, orderNumber, fetching)
  })

/** `{}`, `{"order":{}}`, `{"order":null}`: v0 answered 200 with an empty payload for a number that it did not know. */
const isNothing = (json: unknown): boolean =>
  isRaw(json) &&
  Object.values(json).every((value) => value === null || (isRaw(value) && !Object.keys(value).length))

type Refused = Extract<AmazonAnswer, { kind: 'refused' }>

function explain(orderNumber: string, answer: Refused, fetching: Fetching, signal: AbortSignal) {
  switch (answer.status) {
    case 404:
      return explainNotFound(orderNumber, answer, fetching, signal)
    case 403:
      return explainForbidden(orderNumber, answer, fetching, signal)
    default:
      return explainBadRequest(orderNumber, answer, fetching, signal)
  }
}

/**
 * A 404 without a body concerns the order only when the API answers otherwise: at a wrong address every
 * number would be unknown, and its orders given up a day later.
 */
async function explainNotFound(
  orderNumber: string,
  answer: Refused,
  { client, health, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const now = tools.clock.now()
  if (answer.facts.mallCode !== undefined || now - health.lastGoodAt() < ANSWERED_LATELY_MS)
    return notFound(orderNumber, answer.facts.mallMessage)
  const createdAfter = toRequestTime(now - PROBE_WINDOW_MS)
  const probe = await searchOrders(client, { createdAfter, maxResultsPerPage: 1 }, signal)
  const answers = probe.kind === 'ok' || probe.facts.mallCode !== undefined
  if (!answers) throw emptyNotFound(answer.facts)
  return notFound(orderNumber, answer.facts.mallMessage)
}

const ANSWERED_LATELY_MS = 10 * 60 * 1000

/**
 * A 403 that does not mention the token: the application lacks its role, or the order is another seller's.
 * Decided a minute later: by an order that was readable meanwhile, else by a search of the shop's own orders,
 * else by a number of no order.
 */
async function explainForbidden(
  orderNumber: string,
  { facts }: Refused,
  { client, health, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const now = tools.clock.now()
  const since = health.forbiddenSince(orderNumber, now)
  if (health.lastGoodAt() > since) return failed(orderNumber, orderForbidden(facts))
  if (now - since < FORBIDDEN_AGAIN_MS) return forbiddenAgain(orderNumber, since + FORBIDDEN_AGAIN_MS)
  const createdAfter = toRequestTime(now - PROBE_WINDOW_MS)
  try {
    const probe = await searchOrders(client, { createdAfter, maxResultsPerPage: 1 }, signal)
    const searchForbidden = probe.kind === 'refused' && probe.status === 403
    if (searchForbidden && !(await ordersReadable(client, signal))) throw roleMissing(facts)
  } catch (error) {
    // The others must not wait for a search because of this one.
    if (!(error instanceof MarketplaceFailure) || error.kind !== 'throttled') throw error
    return forbiddenAgain(orderNumber, error.until?.getTime() ?? now + FORBIDDEN_AGAIN_MS)
  }
  return failed(orderNumber, orderForbidden(facts))
}

const forbiddenAgain = (orderNumber: string, at: number): FetchOutcome => ({
  kind: 'pending',
  orderNumber,
  retryAt: new Date(at),
  message: 'Amazonがこの注文の参照を許可しません。別の出品者の注文か、アプリの権限の問題かを確認しています。',
})

/**
 * 400 for a well-formed number: asked once more for nothing but the number. Is it readable so, Amazon refuses a data set
 * (in August 2026 for all orders and a day long) and the order waits for it; else it refuses this number.
 */
async function explainBadRequest(
  orderNumber: string,
  answer: Refused,
  { client, tools }: Fetching,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const bare = await getOrder(client, orderNumber, null, signal)
  if (bare.kind === 'refused') {
    if (bare.status === 404) return notFound(orderNumber, bare.facts.mallMessage)
    return failed(orderNumber, orderRejected(answer.facts))
  }
  const message =
    'AmazonのAPIが注文の詳細項目を返しません（Amazon側の障害の可能性があります）。注文は失われません。自動で再確認します。'
  tools.notice({ code: 'AMAZON_DATA_REFUSED', message })
  return {
    kind: 'pending',
    orderNumber,
    retryAt: new Date(tools.clock.now() + DATA_REFUSED_AGAIN_MS),
    message,
  }
}
