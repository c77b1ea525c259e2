import { z } from 'zod'
import { endOf, sameNumber, sameText, stepsOf } from '../../kit/changes/plans.ts'
import { each } from '../../kit/wire.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepState } from '../../port/site-changes.ts'
import { WRITES } from '../client.ts'

const text = z.string().optional()

/** Days are YYYYMMDD. */
const Ship = z.object({
  ...each(text, 'ShipStatus ShipCompanyCode ShipInvoiceNumber1 ShipInvoiceNumber2 ShipDate'),
  ShipInvoiceNumberEmptyReason: text,
  // orderChange: address and wish
  ...each(text, 'ShipLastName ShipFirstName ShipLastNameKana ShipFirstNameKana ShipZipCode ShipPrefecture'),
  ...each(text, 'ShipCity ShipAddress1 ShipAddress2 ShipPhoneNumber ShipRequestDate ShipRequestTime'),
})
export type ShipFields = z.infer<typeof Ship>

/** Content of a step between tries: the operation and the content of `Order`. */
const YahooPayload = z.object({
  operation: z.enum(WRITES),
  /** Fixes points with the change (ポイント確定); present where the call requires it. */
  isPointFix: z.boolean().optional(),
  /** orderItemAdd: the lines' title and price are the store's own unless a line says so (商品情報の引用). */
  isQuotation: z.boolean().optional(),
  order: z.object({
    ...each(text, 'OrderStatus CancelReason CancelReasonDetail Notes StoreStatus BuyerComments'),
    IsSeen: z.literal('true').optional(),
    Pay: z.object({ PayStatus: z.string(), PayDate: text }).optional(),
    Ship: Ship.optional(),
    Detail: z.record(z.string(), z.string()).optional(),
    Item: z
      .array(
        z.object({
          LineId: z.string(),
          Quantity: z.string(),
          // orderItemAdd
          ...each(text, 'ItemId Title UnitPrice SubCode IsQuotation'),
        }),
      )
      .optional(),
  }),
})
type YahooPayload = z.infer<typeof YahooPayload>

export type Content = YahooPayload['order']
export type SentLine = NonNullable<Content['Item']>[number]

export const { step, payloadOf } = stepsOf(YahooPayload)

/** `isPointFix`: fixes the order's points. Required to complete; a store may wish it with a cancel. */
export const statusStep = (
  name: string,
  label: string,
  OrderStatus: string,
  isPointFix: boolean,
  more: { CancelReason?: string; CancelReasonDetail?: string } = {},
): ChangeStep =>
  step(
    name,
    label,
    { operation: 'orderStatusChange', isPointFix, order: { OrderStatus, ...more } },
    { OrderStatus, ...(more.CancelReason ? { CancelReason: more.CancelReason } : {}) },
  )

/** `paidOn` YYYY-MM-DD. */
export function paidStep(paidOn?: string): ChangeStep {
  const Pay = { PayStatus: '1', ...(paidOn ? { PayDate: paidOn.replaceAll('-', '') } : {}) }
  return step('pay_status', '入金済みへの変更', { operation: 'orderPayStatusChange', order: { Pay } }, Pay)
}

export const seenStep = (): ChangeStep =>
  contentStep('seen', '注文確認（閲覧済みにする）', { IsSeen: 'true' }, { IsSeen: 'true' })

/** One call registers and corrects; `name` distinguishes the two when the order is read again. */
export const shipStep = (name: string, label: string, Ship: ShipFields): ChangeStep =>
  step(
    name,
    label,
    { operation: 'orderShipStatusChange', isPointFix: true, order: { Ship } },
    {
      ...Ship,
      ShipInvoiceNumber1: endOf(Ship.ShipInvoiceNumber1),
      ShipInvoiceNumber2: endOf(Ship.ShipInvoiceNumber2),
    },
  )

export const contentStep = (
  name: string,
  label: string,
  order: Content,
  facts: Record<string, unknown>,
): ChangeStep => step(name, label, { operation: 'orderChange', order }, facts)

/**
 * Tells whether an order just read shows a step as applied: every field sent must be there. A field that
 * Yahoo! withholds from this store (od90101, left out of the read) decides nothing.
 */
export function yahooStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const { order: sent } = payloadOf(step)
  const { PayStatus = null, IsSeen = null } = order.mallStatuses
  const checks: (boolean | null)[] = []
  if (sent.OrderStatus !== undefined) checks.push(order.mallStatus.code === sent.OrderStatus)
  if (sent.Pay) checks.push(PayStatus === null ? null : PayStatus === sent.Pay.PayStatus)
  if (sent.Ship?.ShipStatus !== undefined)
    checks.push(
      step.name === 'correct_shipment' ? isCorrected(sent.Ship, order) : isShipped(sent.Ship, order),
    )
  if (step.name === 'content') checks.push(Object.keys(differing(sent, order)).length === 0)
  if (step.name === 'add_lines') checks.push(hasLines(sent.Item ?? [], order))
  if (sent.IsSeen) checks.push(IsSeen === null ? null : IsSeen === 'true' || IsSeen === '1')
  if (sent.Notes !== undefined) checks.push(sameText(sent.Notes, order.notes.shop))
  if (sent.StoreStatus !== undefined) checks.push(order.mallSubStatus?.code === sent.StoreStatus)
  if (checks.includes(false)) return 'not_applied'
  return checks.includes(null) ? 'unknown' : 'applied'
}

/** True when shipped. 着荷済み follows 出荷済み, and the order may have reached it meanwhile. */
function isShipped(sent: ShipFields, order: NormalisedOrder): boolean | null {
  const { ShipStatus = null } = order.mallStatuses
  if (ShipStatus === null) return null
  const parcels = order.recipients[0]?.parcels ?? []
  const has = (number: string | undefined) =>
    number === undefined || parcels.some((parcel) => sameNumber(parcel.trackingNumber, number))
  const reached = ShipStatus === sent.ShipStatus || ShipStatus === '4'
  return reached && has(sent.ShipInvoiceNumber1) && has(sent.ShipInvoiceNumber2)
}

/** True when the order shows the corrected carrier, date and numbers in their places. */
export function isCorrected(sent: ShipFields, order: NormalisedOrder): boolean {
  const parcels = order.recipients[0]?.parcels ?? []
  const numberAt = (id: string) => parcels.find((parcel) => parcel.id === id)?.trackingNumber ?? ''
  const fits = (id: string, number: string | undefined) =>
    number === undefined || sameNumber(number, numberAt(id))
  return (
    fits('1', sent.ShipInvoiceNumber1) &&
    fits('2', sent.ShipInvoiceNumber2) &&
    (!sent.ShipCompanyCode || parcels[0]?.carrierCode === sent.ShipCompanyCode) &&
    (!sent.ShipDate || (parcels[0]?.shippedOn ?? '').replaceAll('-', '').slice(0, 8) === sent.ShipDate)
  )
}

/** Returns the part of the content that the order does not show. */
export function differing(
  { Ship = {}, Detail = {}, Item = [], BuyerComments }: Content,
  order: NormalisedOrder,
): Content {
  const ship = Object.entries(Ship).filter(
    ([name, text]) => !sameText(plain(name, text), shipText(name, order)),
  )
  const detail = Object.entries(Detail).filter(([name, text]) => Number(text) !== amountOf(name, order))
  const lines = Item.filter(
    ({ LineId, Quantity }) =>
      order.items.find(({ lineId }) => lineId === LineId)?.quantity !== Number(Quantity),
  )
  return {
    ...(ship.length > 0 ? { Ship: Object.fromEntries(ship) } : {}),
    ...(detail.length > 0 ? { Detail: Object.fromEntries(detail) } : {}),
    ...(lines.length > 0 ? { Item: lines } : {}),
    ...(BuyerComments === undefined || sameText(BuyerComments, order.notes.buyer) ? {} : { BuyerComments }),
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['ShipZipCode', 'ShipRequestDate', 'ShipPhoneNumber'])

/** Removes hyphens from number fields. */
const plain = (name: string, text: string | null | undefined): string =>
  NUMBERS.has(name) ? (text ?? '').replaceAll('-', '') : (text ?? '')

/** orderChange: our names of a recipient's texts by Yahoo!'s. */
export const SHIP_TEXTS = {
  ShipLastName: 'familyName',
  ShipFirstName: 'givenName',
  ShipLastNameKana: 'familyNameKana',
  ShipFirstNameKana: 'givenNameKana',
  ShipZipCode: 'postalCode',
  ShipPrefecture: 'prefecture',
  ShipCity: 'city',
  ShipAddress1: 'address1',
  ShipAddress2: 'address2',
  ShipPhoneNumber: 'phone',
} as const

function shipText(name: string, { recipients: [recipient] }: NormalisedOrder): string {
  const { person, wish } = recipient ?? {}
  const texts: Readonly<Record<string, string | null | undefined>> = {
    ...Object.fromEntries(Object.entries(SHIP_TEXTS).map(([theirs, ours]) => [theirs, person?.[ours]])),
    ShipRequestDate: wish?.date,
    ShipRequestTime: wish?.timeText,
  }
  return plain(name, texts[name])
}

function amountOf(name: string, { charges, discounts }: NormalisedOrder): number | undefined {
  const amounts: Readonly<Record<string, number>> = {
    ShipCharge: charges.shipping,
    PayCharge: charges.cod + charges.paymentFee,
    GiftWrapCharge: charges.giftWrap,
    Discount: discounts.find(({ kind }) => kind === 'store_discount')?.amount ?? 0,
    Adjustments: charges.adjustment,
  }
  return amounts[name]
}

/** True when the order shows all lines, each under its own number. */
const hasLines = (lines: readonly SentLine[], { items }: NormalisedOrder): boolean =>
  lines.every(({ LineId, ItemId, SubCode, Quantity }) =>
    items.some(
      ({ lineId, itemCode, sku, quantity }) =>
        lineId === LineId &&
        itemCode === ItemId &&
        (sku ?? '') === (SubCode ?? '') &&
        quantity === Number(Quantity),
    ),
  )
