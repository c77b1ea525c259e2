import { z } from 'zod'
import { factsOf } from '../../../platform/narrow.ts'
import { answered, sameNumber } from '../../kit/changes/plans.ts'
import { type Meaning, malformed, outcomeUnknown, refusalBy, rejected } from '../../kit/failures.ts'
import type { ChangeCalls, StepAnswer } from '../../port/site-changes.ts'
import type { ShopifyClient } from '../client.ts'
import { SHOPIFY } from '../facts.ts'
import { MORE_TO_SEND, TO_SEND, WRITES } from '../graphql.ts'
import { theRest } from '../orders.ts'
import type { ShopifySettings } from '../shop-settings.ts'
import { type ToSendOrder, tailOf, UserErrors } from '../wire.ts'
import { payloadOf, type ShipPayload } from './index.ts'

/** Carries steps out: looks up the parts of the order by location, then writes to each. */

type Operation = keyof typeof WRITES

export const changeCalls = (client: ShopifyClient, settings: ShopifySettings): ChangeCalls => ({
  async applyStep(_orderNumber, of, signal) {
    const payload = payloadOf(of)
    const write = (operation: Operation, variables: object) => mutate(client, operation, variables, signal)
    const notify = settings.notifyBuyer === true
    switch (payload.operation) {
      case 'fulfillmentCreate':
        return ship(payload, client, notify, signal)
      case 'fulfillmentTrackingInfoUpdate':
        return write(payload.operation, { id: payload.fulfilmentId, tracking: trackingOf(payload), notify })
      case 'fulfillmentCancel':
        return write(payload.operation, { id: payload.fulfilmentId })
      case 'orderCancel':
        return write(payload.operation, {
          id: payload.orderId,
          reason: payload.reason,
          restock: payload.restock,
          // Money goes back only where the shop wants it.
          refund: { originalPaymentMethodsRefund: settings.refundOnCancel === true },
          notify,
          note: payload.detail === '' ? null : payload.detail,
        })
      case 'orderMarkAsPaid':
        return write(payload.operation, { id: payload.orderId })
      case 'fulfillmentOrderHold':
        return each(await partsOf(payload, client, signal), 'HOLD', (id) =>
          write('fulfillmentOrderHold', {
            id,
            hold: { reason: 'OTHER', reasonNotes: HELD_BY, handle: 'torikomi' },
          }),
        )
      case 'fulfillmentOrderReleaseHold':
        return each(await partsOf(payload, client, signal), 'RELEASE_HOLD', (id) =>
          write('fulfillmentOrderReleaseHold', { id }),
        )
    }
  },
})

const HELD_BY = '受注管理システムで保留にしました。'

const trackingOf = ({ company, numbers }: Pick<ShipPayload, 'company' | 'numbers'>) => ({
  ...(company === null ? {} : { company }),
  numbers,
})

/** @throws MarketplaceFailure `rejected` for what the payload of the mutation refuses */
async function mutate(
  client: ShopifyClient,
  operation: Operation,
  variables: object,
  signal: AbortSignal,
): Promise<StepAnswer> {
  const data = await client.mutate(WRITES[operation], variables, signal)
  const result = factsOf(factsOf(data)[operation])
  const listed = result.userErrors ?? result.orderCancelUserErrors
  const errors = UserErrors.safeParse(listed)
  const raw = JSON.stringify(data) ?? ''
  if (!errors.success) throw outcomeUnknown(SHOPIFY, malformed(SHOPIFY, `項目 ${operation}`, raw))
  const [first] = errors.data
  if (first !== undefined) {
    const message = first.message.slice(0, 500)
    // The job of a call whose answer was lost.
    if (operation === 'orderCancel' && CANCELLED.test(message)) return answered('already_done', message)
    const code = first.code ?? undefined
    const general = rejected(
      'SHOPIFY_REJECTED',
      `Shopifyが変更を受け付けませんでした（${code ?? 'userErrors'}: ${message.slice(0, 200)}）。Shopify管理画面で注文を確認してください。`,
    )({ mallCode: code, mallMessage: message, raw })
    throw refusalBy(MEANINGS, general)
  }
  const job = z.object({ job: z.object({ id: z.string().max(200) }) }).safeParse(result).data?.job
  return answered(operation, null, job ? { facts: { job: tailOf(job.id) } } : {})
}

const CANCELLED = /already (?:been )?cancel/i

interface Refusal {
  code: string
  /** Japanese. */
  message: string
}

const ALREADY_FULFILLED: Refusal = {
  code: 'SHOPIFY_ALREADY_FULFILLED',
  message: 'Shopifyですでに発送済みの商品です。Shopify管理画面で注文を確認してください。',
}
const ON_HOLD: Refusal = {
  code: 'SHOPIFY_ON_HOLD',
  message: 'Shopifyで保留中の商品が含まれています。保留を解除してから、再実行してください。',
}
const NOT_FULFILLABLE: Refusal = {
  code: 'SHOPIFY_NOT_FULFILLABLE',
  message:
    '外部の倉庫に依頼中などのため、アプリから発送にできない商品が含まれています。Shopify管理画面で注文を確認してください。',
}

/** `Fulfillment order 12 has an unfulfillable status= on_hold.` names the status: only `closed` has left. */
const MEANINGS: readonly Meaning[] = [
  { words: /already (?:been )?(?:fulfilled|closed)|unfulfillable status= *closed/i, ...ALREADY_FULFILLED },
  { words: /unfulfillable status= *on_hold/i, ...ON_HOLD },
  { words: /unfulfillable/i, ...NOT_FULFILLABLE },
  {
    codes: /^NO_REFUND/,
    code: 'SHOPIFY_NO_REFUND_PERMISSION',
    message:
      'アプリに返金の権限がないため、Shopifyがキャンセルを受け付けませんでした。Shopify管理画面でキャンセルするか、店舗設定「キャンセル時に返金する」をオフにしてください。',
  },
]

/** All parts of the order by location, with their lines. */
async function partsOf({ orderId }: { orderId: string }, client: ShopifyClient, signal: AbortSignal) {
  const first = await client.query(TO_SEND, { id: orderId, after: null }, signal)
  const { fulfillments, fulfillmentOrders } = first.order
  const parts = await theRest(fulfillmentOrders, orderId, async (after) => {
    const more = await client.query(TO_SEND, { id: orderId, after }, signal)
    return more.order.fulfillmentOrders
  })
  const whole: ToSendOrder[] = []
  for (const part of parts) {
    const nodes = await theRest(part.lineItems, orderId, async (after) => {
      const more = await client.query(MORE_TO_SEND, { id: part.id, after }, signal)
      return more.fulfillmentOrder.lineItems
    })
    whole.push({ ...part, lineItems: { nodes, next: null } })
  }
  const sent = fulfillments.filter(({ status }) => status !== 'CANCELLED')
  return {
    parts: whole,
    numbers: sent.flatMap(({ trackingInfo }) => trackingInfo.map(({ number }) => number)),
  }
}

type Parts = Awaited<ReturnType<typeof partsOf>>

const can = ({ supportedActions }: ToSendOrder, action: string): boolean =>
  supportedActions.some((one) => one.action === action)

async function each(
  { parts }: Parts,
  action: string,
  write: (id: string) => Promise<StepAnswer>,
): Promise<StepAnswer> {
  const able = parts.filter(
    (part) => can(part, action) && (action === 'RELEASE_HOLD' || part.status !== 'ON_HOLD'),
  )
  if (able.length === 0)
    throw rejected(
      'SHOPIFY_NOT_POSSIBLE_NOW',
      'Shopifyで今この操作ができる商品がありません。注文を再取込して、状態を確認してください。',
    )()
  let answer = answered(null, null)
  for (const { id } of able) answer = await write(id)
  return answer
}

interface Sending {
  fulfillmentOrderId: string
  fulfillmentOrderLineItems: { id: string; quantity: number }[]
}

async function ship(
  payload: ShipPayload,
  client: ShopifyClient,
  notifyCustomer: boolean,
  signal: AbortSignal,
): Promise<StepAnswer> {
  const found = await partsOf(payload, client, signal)
  const { byLocation, missing, held } = shareOut(payload, found)
  const isShown = payload.numbers.every((number) => found.numbers.some((one) => sameNumber(one, number)))
  if (byLocation.size === 0 && missing === 0)
    return isShown && payload.numbers.length > 0 ? answered('already_done', null) : fail(ALREADY_FULFILLED)
  if (missing > 0) fail(held ? ON_HOLD : NOT_FULFILLABLE)
  for (const lineItemsByFulfillmentOrder of byLocation.values())
    await mutate(
      client,
      'fulfillmentCreate',
      { fulfillment: { lineItemsByFulfillmentOrder, trackingInfo: trackingOf(payload), notifyCustomer } },
      signal,
    )
  return answered('fulfillmentCreate', null, { facts: { locations: byLocation.size } })
}

function fail({ code, message }: Refusal): never {
  throw rejected(code, message)()
}

/**
 * Shares the pieces out over the parts of the order. How many to send follows from how many are left, so that
 * a second try sends what the first one did not.
 */
function shareOut({ lines }: ShipPayload, { parts }: Parts) {
  const byLocation = new Map<string, Sending[]>()
  const open = parts.filter((part) => can(part, 'CREATE_FULFILLMENT'))
  const piecesOf = (of: readonly ToSendOrder[], lineId: string) =>
    of.flatMap((part) =>
      part.lineItems.nodes.flatMap((line) => (tailOf(line.lineItem.id) === lineId ? [{ part, line }] : [])),
    )
  const sendings = new Map<string, Sending>()
  let missing = 0
  for (const { lineId, after } of lines) {
    const everywhere = piecesOf(parts, lineId).reduce((sum, { line }) => sum + line.remainingQuantity, 0)
    let wanted = Math.max(0, everywhere - after)
    for (const { part, line } of piecesOf(open, lineId)) {
      const quantity = Math.min(wanted, line.remainingQuantity)
      if (quantity === 0) continue
      wanted -= quantity
      const sending = sendings.get(part.id) ?? { fulfillmentOrderId: part.id, fulfillmentOrderLineItems: [] }
      sending.fulfillmentOrderLineItems.push({ id: line.id, quantity })
      if (sendings.has(part.id)) continue
      sendings.set(part.id, sending)
      const place = part.assignedLocation.location?.id ?? part.assignedLocation.name ?? ''
      byLocation.set(place, [...(byLocation.get(place) ?? []), sending])
    }
    missing += wanted
  }
  return { byLocation, missing, held: parts.some(({ status }) => status === 'ON_HOLD') }
}
