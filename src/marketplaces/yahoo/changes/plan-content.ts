import type { Wished } from '../../kit/changes/actions.ts'
import { already, planned, refused, unknownLine } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { contentsClosed, factsOf } from './plan.ts'
import { type Content, contentStep, differing, type SentLine, SHIP_TEXTS, step } from './steps.ts'

/**
 * 注文内容の変更: one orderChange with the values that differ from the order, absolute, so repeating it changes
 * nothing; then one orderItemAdd with the lines to add.
 */
export function planContent(wished: Wished<'change_content'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  const closed = contentsClosed(facts, '注文内容の変更')
  if (closed) return closed
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
  const unknown = unknownLine(wished.lines, order)
  if (unknown) return unknown
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

function contentOf(wished: Wished<'change_content'>): Content {
  const [to = {}] = wished.recipients ?? []
  const Ship = given({
    ...Object.fromEntries(Object.entries(SHIP_TEXTS).map(([theirs, ours]) => [theirs, to[ours]])),
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

/**
 * 注文ライン追加: one orderItemAdd. Yahoo! wants each new line under the next free number and refuses any other, so
 * that the call made twice adds no line twice: the numbers are chosen here, once, and go with the step.
 */
function addedLines({ addLines = [] }: Wished<'change_content'>, order: NormalisedOrder): ChangeStep[] {
  if (addLines.length === 0) return []
  const last = Math.max(0, ...order.items.map(({ lineId }) => Number(lineId)).filter(Number.isSafeInteger))
  const quoted = addLines.every(({ name }) => name === undefined)
  const lines = addLines.map(({ itemCode, sku, name, unitPrice, quantity }, index): SentLine => {
    const own =
      name === undefined || unitPrice === undefined ? {} : { Title: name, UnitPrice: String(unitPrice) }
    return {
      LineId: String(last + 1 + index),
      ItemId: itemCode,
      ...own,
      ...(quoted || name !== undefined ? {} : { IsQuotation: 'true' }),
      ...(sku ? { SubCode: sku } : {}),
      Quantity: String(quantity),
    }
  })
  return [
    step(
      'add_lines',
      '明細の追加',
      { operation: 'orderItemAdd', isQuotation: quoted, order: { Item: lines } },
      { lines: lines.map(({ LineId, ItemId, Quantity }) => ({ LineId, ItemId, Quantity })) },
    ),
  ]
}
