import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  parcelsByRecipient,
  planned,
  refused,
  sameText,
  unknownLine,
} from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { packagesOf, replacedLists, sendable, showsPackage, unsendable } from './packages.ts'
import { step } from './steps.ts'

/**
 * 注文内容の変更: recipient, postage and lines in one updateOrderSender (which requires every basket whole), the
 * delivery day by updateOrderMemo, remarks and delivery method by their own calls. All send absolute values,
 * so repeating them changes nothing.
 */
export function planContent(wished: Wished<'change_content'>, order: NormalisedOrder): ChangePlan {
  const problem = recipientProblem(wished, order) ?? unknownLine(wished.lines, order)
  if (problem) return problem
  const sender = senderStep(wished, order)
  if (sender && 'kind' in sender) return sender
  const steps = [...(sender ? [sender] : []), ...wishSteps(wished, order), ...textSteps(wished, order)]
  return steps.length > 0 ? planned(...steps) : already('注文内容はすでに同じです。')
}

/** Refuses a change that names no recipient, unless the order has only one. */
function recipientProblem(
  { recipients = [], shippingFee }: Wished<'change_content'>,
  order: NormalisedOrder,
): ChangePlan | null {
  const sorted = parcelsByRecipient(
    order.recipients,
    shippingFee === undefined ? recipients : [{}, ...recipients],
  )
  return sorted.kind === 'refused' ? sorted.plan : null
}

/** Values of orderProgress at which each of the two calls is accepted (注文者・送付先情報の更新). */
const BEFORE_SHIPPING: ReadonlySet<string> = new Set(['100', '200', '300'])
const AFTER_SHIPPING: ReadonlySet<string> = new Set(['500', '600', '700'])

function senderStep(
  wished: Wished<'change_content'>,
  order: NormalisedOrder,
): ChangeStep | ChangePlan | null {
  const quantities = new Map((wished.lines ?? []).map(({ lineId, quantity }) => [lineId, quantity]))
  const wishedFor = ({ id }: OrderRecipient) => {
    const own = wished.recipients?.find(({ recipientId = id }) => recipientId === id)
    return wished.shippingFee === undefined ? own : { ...own, shippingFee: wished.shippingFee }
  }
  const packages = sendable(packagesOf(order, wishedFor, quantities))
  if (packages.every((sent) => showsPackage(sent, order))) return null
  const code = order.mallStatus.code
  if (!BEFORE_SHIPPING.has(code) && !AFTER_SHIPPING.has(code))
    return refused(
      'CONTENT_NOT_CHANGEABLE',
      `楽天で「${order.mallStatus.name ?? code}」の注文は内容を変更できません。RMSで確認してください。`,
    )
  if (wished.reason === undefined && falls(packages, order))
    return refused(
      'REDUCTION_REASON_NEEDED',
      '金額が下がる変更には、減額の理由（reason）が必要です。指定して再実行してください。',
    )
  const payload = {
    operation: BEFORE_SHIPPING.has(code)
      ? ('updateOrderSender' as const)
      : ('updateOrderSenderAfterShipping' as const),
    ...sendable(replacedLists(order)),
    PackageModelList: packages,
    ...(wished.reason === undefined ? {} : { reductionReason: Number(wished.reason) }),
  }
  const forbidden = unsendable(payload)
  if (forbidden)
    return refused(
      'RAKUTEN_TEXT_REFUSED',
      `この注文の${FIELD_NAMES[forbidden.field] ?? forbidden.field}に楽天へ送れない文字「${forbidden.sign}」があるため、内容を変更できません。RMSで変更してください。`,
    )
  return step('sender', '送付先・送料・数量の変更', payload, {
    baskets: packages.map(({ basketId, postagePrice }) => ({ basketId, postagePrice })),
    lines: [...quantities].map(([lineId, quantity]) => ({ lineId, quantity })),
  })
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  itemName: '商品名',
  selectedChoice: '項目・選択肢',
  skuInfo: 'SKU情報',
  noshi: 'のし',
  name: 'ラッピング名',
  familyName: '姓',
  firstName: '名',
  subAddress: '住所',
  city: '市区町村',
}

function falls(packages: ReturnType<typeof packagesOf>, order: NormalisedOrder): boolean {
  return packages.some(
    ({ basketId, postagePrice, ItemModelList }) =>
      postagePrice <
        (order.recipients.find(({ id }) => id === String(basketId))?.shippingFee ?? postagePrice) ||
      ItemModelList.some(({ itemDetailId, units, deleteItemFlag }) => {
        const item = order.items.find(({ lineId }) => lineId === String(itemDetailId))
        return item !== undefined && !item.deleted && (deleteItemFlag === 1 || units < item.quantity)
      }),
  )
}

/** One wish for the whole order, wherever it is written. */
function wishSteps({ recipients = [] }: Wished<'change_content'>, order: NormalisedOrder): ChangeStep[] {
  const wished = recipients.find(({ wishDate, wishTime }) => wishDate !== undefined || wishTime !== undefined)
  if (!wished) return []
  const { wishDate: deliveryDate, wishTime } = wished
  const shippingTerm =
    wishTime === undefined ? undefined : wishTime === null ? null : shippingTermOf(wishTime)
  const same =
    (deliveryDate === undefined || (order.recipients[0]?.wish.date ?? null) === deliveryDate) &&
    (shippingTerm === undefined || (order.mallFields.shippingTerm ?? null) === shippingTerm)
  const values = {
    ...(deliveryDate === undefined ? {} : { deliveryDate }),
    ...(shippingTerm === undefined ? {} : { shippingTerm }),
  }
  return same ? [] : [step('wish', 'お届け希望の変更', { operation: 'updateOrderMemo', ...values }, values)]
}

function textSteps(
  { buyerNote, deliveryMethod }: Wished<'change_content'>,
  order: NormalisedOrder,
): ChangeStep[] {
  const facts = { characters: buyerNote?.length ?? 0 }
  const delivery = { deliveryName: deliveryMethod ?? '' }
  return [
    ...(buyerNote === undefined || sameText(buyerNote, order.notes.buyer)
      ? []
      : [step('remarks', '備考の変更', { operation: 'updateOrderRemarks', remarks: buyerNote }, facts)]),
    ...(deliveryMethod === undefined || deliveryMethod === order.delivery.methodName
      ? []
      : [step('delivery', '配送方法の変更', { operation: 'updateOrderDelivery', ...delivery }, delivery)]),
  ]
}

/** shippingTerm: 1 午前, 2 午後, else both hours: 14:00-16:00 is 1416. Null for any other text. */
export function shippingTermOf(time: string): number | null {
  if (/^午前中?$/.test(time)) return 1
  if (time === '午後') return 2
  const [, from, to] = /^(\d{1,2}):00\s?[-~～〜]\s?(\d{1,2}):00$/.exec(time) ?? []
  return from && to && Number(from) < Number(to) && Number(to) <= 24 ? Number(from) * 100 + Number(to) : null
}
