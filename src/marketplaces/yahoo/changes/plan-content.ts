import { already, planned, refused, sameText } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import type { OrderFacts } from './facts.ts'
import type { YahooContent } from './parameters.ts'
import type { YahooPayload } from './payload.ts'
import { addedLines } from './plan-lines.ts'
import { contentStep } from './steps.ts'

type Content = YahooPayload['order']

/**
 * 注文内容の変更: one orderChange with what differs from the order as it stands, absolute values, so twice is once; then one
 * orderItemAdd with the lines to add.
 */
export function planContent(wished: YahooContent, order: NormalisedOrder, facts: OrderFacts): ChangePlan {
  if (order.flags.includes('line_gift'))
    return refused(
      'CONTENT_NOT_CHANGEABLE',
      'LINEギフトの注文は、APIで内容を変更できません。ストアクリエイターProで確認してください。',
    )
  const { adjustment: _, ...beyondAdjustment } = wished
  if (facts.status === '5' && Object.keys(beyondAdjustment).length > 0)
    return refused(
      'CONTENT_NOT_CHANGEABLE',
      '完了した注文で変更できるのは調整額だけです。ほかの指定を外して再実行してください。',
    )
  const unknown = wished.lines?.find(({ lineId }) => !order.items.some((item) => item.lineId === lineId))
  if (unknown)
    return refused(
      'LINE_UNKNOWN',
      `明細ID ${unknown.lineId} はこの注文にありません。注文を再取込して確認してください。`,
    )
  const content = differing(contentOf(wished), order)
  const more = addedLines(wished, order)
  if (Object.keys(content).length === 0)
    return more.length === 0 ? already('注文内容はすでに同じです。') : planned(...more)
  const { Ship, Detail, Item, BuyerComments } = content
  return planned(
    contentStep('content', '注文内容の変更', content, {
      ...(Ship ? { ship: Object.keys(Ship) } : {}),
      ...(Detail ?? {}),
      ...(Item ? { lines: Item } : {}),
      ...(BuyerComments === undefined ? {} : { characters: BuyerComments.length }),
    }),
    ...more,
  )
}

/** Whether the order shows all of it. */
export const hasContent = (content: Content, order: NormalisedOrder): boolean =>
  Object.keys(differing(content, order)).length === 0

function contentOf(wished: YahooContent): Content {
  const [to = {}] = wished.recipients ?? []
  const Ship = given({
    ShipLastName: to.familyName,
    ShipFirstName: to.givenName,
    ShipLastNameKana: to.familyNameKana,
    ShipFirstNameKana: to.givenNameKana,
    ShipZipCode: to.postalCode,
    ShipPrefecture: to.prefecture,
    ShipCity: to.city,
    ShipAddress1: to.address1,
    ShipAddress2: to.address2,
    ShipPhoneNumber: to.phone,
    ShipRequestDate: to.wishDate === null ? '' : to.wishDate?.replaceAll('-', ''),
    ShipRequestTime: to.wishTime === null ? '' : to.wishTime,
  })
  const Detail = given({
    ShipCharge: wished.shippingFee?.toString(),
    PayCharge: wished.codFee?.toString(),
    GiftWrapCharge: wished.giftWrapFee?.toString(),
    Discount: wished.discount?.toString(),
    Adjustments: wished.adjustment?.toString(),
  })
  const Item = wished.lines?.map(({ lineId, quantity }) => ({ LineId: lineId, Quantity: String(quantity) }))
  return { Ship, Detail, ...(Item ? { Item } : {}), ...given({ BuyerComments: wished.buyerNote }) }
}

const given = (texts: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  )

/** What of the content the order does not show. */
function differing(
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

/** Hyphens mean nothing in numbers. */
const plain = (name: string, text: string | null | undefined): string =>
  NUMBERS.has(name) ? (text ?? '').replaceAll('-', '') : (text ?? '')

function shipText(name: string, { recipients: [recipient] }: NormalisedOrder): string {
  const { person, wish } = recipient ?? {}
  const texts: Readonly<Record<string, string | null | undefined>> = {
    ShipLastName: person?.familyName,
    ShipFirstName: person?.givenName,
    ShipLastNameKana: person?.familyNameKana,
    ShipFirstNameKana: person?.givenNameKana,
    ShipZipCode: person?.postalCode,
    ShipPrefecture: person?.prefecture,
    ShipCity: person?.city,
    ShipAddress1: person?.address1,
    ShipAddress2: person?.address2,
    ShipPhoneNumber: person?.phone,
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
