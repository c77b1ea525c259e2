import { factsOf } from '../../../platform/narrow.ts'
import { storableFrom } from '../../../platform/storable.ts'
import { malformed } from '../../kit/http-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { OrderWarning } from '../../port/order.ts'
import type { FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import type { Answer } from '../client.ts'
import { RAKUTEN } from '../facts.ts'
import { refused } from '../failures.ts'
import type { Raw } from './raw.ts'
import { toOrder } from './to-order.ts'
import type { WireMessage } from './wire.ts'

export interface Sorted {
  outcomes: FetchOutcome[]
  /** Numbers that the answer says nothing of. */
  unexplained: string[]
}

/**
 * Sorts a getOrder answer by order number: Rakuten promises no order of the list. Unrequested numbers are
 * skipped.
 */
export function sortAnswer(
  answer: Answer,
  numbers: readonly string[],
  shopCode: string,
  tools: Pick<MarketplaceTools, 'notice'>,
): Sorted {
  const { models, nameless } = modelsOf(answer)
  const messages = Map.groupBy(answer.frame.MessageModelList, (entry) => entry.orderNumber ?? '')
  noticeGeneral(messages.get('') ?? [], tools)
  const sorted: Sorted = { outcomes: [], unexplained: [] }
  for (const orderNumber of numbers) {
    const own = messages.get(orderNumber) ?? []
    const model = models.get(orderNumber)
    const outcome = model ? found(orderNumber, model, shopCode, own) : explained(orderNumber, own)
    if (outcome) sorted.outcomes.push(outcome)
    else if (nameless) sorted.outcomes.push(failed(orderNumber, withoutNumber(nameless)))
    else sorted.unexplained.push(orderNumber)
  }
  return sorted
}

function modelsOf({ frame }: Answer): { models: Map<string, Raw>; nameless: unknown } {
  const list: unknown[] = Array.isArray(frame.OrderModelList) ? frame.OrderModelList : []
  const models = new Map<string, Raw>()
  let nameless: unknown
  for (const model of list) {
    const orderNumber = factsOf(model).orderNumber
    if (typeof orderNumber !== 'string') nameless = model
    else if (!models.has(orderNumber)) models.set(orderNumber, factsOf(model))
  }
  return { models, nameless }
}

function found(orderNumber: string, model: Raw, shopCode: string, own: readonly WireMessage[]): FetchOutcome {
  try {
    const order = toOrder(model, shopCode)
    order.warnings.push(...own.filter((entry) => entry.messageType !== 'INFO').map(mallWarning))
    const raw = JSON.stringify(model)
    return { kind: 'found', orderNumber, order: storableFrom(raw, order), raw }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return failed(orderNumber, error)
  }
}

/** GET_ORDER_INFO_102: could not be read, which a number that does not exist yet also gets. */
function explained(orderNumber: string, own: readonly WireMessage[]): FetchOutcome | null {
  const error = own.find((entry) => entry.messageType === 'ERROR')
  if (error) return failed(orderNumber, refused(error.messageCode, error.message))
  const first = own[0]
  return first ? notFound(orderNumber, first) : null
}

export const failed = (orderNumber: string, failure: MarketplaceFailure): FetchOutcome => ({
  kind: 'failed',
  orderNumber,
  failure,
})

export const notFound = (orderNumber: string, message?: WireMessage): FetchOutcome => ({
  kind: 'not_found',
  orderNumber,
  ...(message?.message ? { mallMessage: message.message } : {}),
})

const withoutNumber = (model: unknown) =>
  malformed(RAKUTEN, '受注番号のない受注', JSON.stringify(model) ?? '')

function mallWarning(entry: WireMessage): OrderWarning {
  return {
    code: 'MALL_MESSAGE',
    message: `楽天からのメッセージ: ${entry.message ?? ''}(${entry.messageCode ?? 'コードなし'})`,
    field: 'orderNumber',
    expected: null,
    actual: entry.messageCode,
  }
}

function noticeGeneral(messages: readonly WireMessage[], tools: Pick<MarketplaceTools, 'notice'>): void {
  for (const entry of messages) {
    if (entry.messageType !== 'WARNING') continue
    const code = entry.messageCode ?? 'コードなし'
    tools.notice({
      code: 'RAKUTEN_WARNING',
      message: `楽天のAPIから警告（${code}）が返されました。続く場合は運営者が楽天の仕様書でコードを確認してください。`,
    })
  }
}
