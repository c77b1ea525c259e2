import type { Wished } from '../../kit/changes/actions.ts'
import { already, planned, refused, refusing, sameText, unknownLine } from '../../kit/changes/plans.ts'
import { names } from '../../kit/wire.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan, ChangeStep, Looks } from '../../port/site-changes.ts'
import { toRfc3339 } from '../wire.ts'
import {
  type Content,
  contentStep,
  differing,
  paidStep,
  type SentLine,
  SHIP_TEXTS,
  seenStep,
  statusStep,
  step,
} from './steps.ts'

/** Plans a requested change at Yahoo! for the order just read (注文ステータス変更API, table of transitions). Pure. */

export const refuse = refusing({
  ADDRESS_PENDING: '届け先が入力されていないため発送できません。入力されてから再実行してください。',
  ALREADY_SHIPPED:
    'Yahoo!ショッピングではすでに着荷または完了になっているため、伝票番号を登録できません。必要ならストアクリエイターProで登録してください。',
  ORDER_CANCELLED_AT_MALL:
    'Yahoo!ショッピングでキャンセルされています。発送せず、キャンセルとして処理してください。',
  ORDER_SPLIT_AT_MALL:
    'Yahoo!ショッピングで分割された元の注文です。分割後の注文を取り込み、そちらで操作してください。',
})

/** Applies the rules for every change, and the review that most of them wait for. */
export function closed(order: NormalisedOrder, action: ChangeAction): ChangePlan | null {
  if (action === 'cancel' && order.mallStatus.code === '4') return already('すでにキャンセルされています。')
  return notChangeable(order) ?? (WAIT_FOR_REVIEW.has(action) ? waitsForReview(order) : null)
}

/** A cancel is accepted during the review; staff must check the shipping again, it does not go out later. */
const WAIT_FOR_REVIEW: ReadonlySet<ChangeAction> = new Set(
  names('confirm mark_paid hold release memo sub_status change_content'),
)

/** IsSeen goes from false to true only; any other update sets it as well. */
export function planConfirm(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.seen) return already('すでに確認済みの注文です。')
  return contentsClosed(facts, '注文確認') ?? planned(seenStep())
}

/** Payments that Yahoo! runs move by themselves. */
export function planPaid({ paidOn }: Wished<'mark_paid'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.payStatus === '1') return already('すでに入金済みです。')
  if (!facts.storeRunPayment)
    return refused(
      'PAYMENT_RUN_BY_MALL',
      'Yahoo!ショッピングが管理する支払方法のため、入金済みにできません。入金されるとYahoo!ショッピングが自動で変更しますので、そのままお待ちください。',
    )
  return planned(paidStep(paidOn))
}

/** Completing right after the change to 出荷済み may fail, as the API's page remarks. */
const AFTER_SHIPPING_MS = 10_000

export function planComplete(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.status === '5') return already('すでに完了しています。')
  const blocked = unknownStatus(facts) ?? inFraudReview(order)
  if (blocked) return blocked
  if (owesMoney(order, facts))
    return wrongStatus(
      '入金済みでないため完了できません。入金を確認し、入金済みにしてから再実行してください。',
    )
  if (facts.shipStatus !== '3' && facts.shipStatus !== '4')
    return wrongStatus('出荷済みでないため完了できません。発送を登録してから再実行してください。')
  const plan = planned(statusStep('complete', '完了への変更', '5', true))
  const changedAt = Date.parse(order.updatedAt ?? '')
  return plan.kind !== 'steps' || facts.shipStatus !== '3' || Number.isNaN(changedAt)
    ? plan
    : { ...plan, notBefore: toRfc3339(new Date(changedAt + AFTER_SHIPPING_MS)) }
}

const owesMoney = (order: NormalisedOrder, { payStatus }: OrderFacts) =>
  payStatus !== '1' && order.payment.status !== 'paid' && order.totals.billed > 0

export function planHold(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.status === '3') return already('すでに保留中です。')
  if (facts.status !== '2')
    return (
      unknownStatus(facts) ??
      wrongStatus('保留にできるのは「処理中」の注文だけです。ストアクリエイターProで状態を確認してください。')
    )
  return planned(statusStep('hold', '保留への変更', '3', false))
}

export function planRelease(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.status === '2' || facts.status === '1') return already('保留になっていません。')
  if (facts.status !== '3')
    return (
      unknownStatus(facts) ??
      wrongStatus(
        '完了した注文は保留を解除する対象ではありません。ストアクリエイターProで状態を確認してください。',
      )
    )
  return facts.prank ? prankOrder() : planned(statusStep('release', '保留の解除', '2', false))
}

export function planCancel({ reason, detail }: Wished<'cancel'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  const unknown = unknownStatus(facts)
  if (unknown) return unknown
  if (facts.status === '5' && facts.prank) return prankOrder()
  const why = { CancelReason: reason, ...(detail ? { CancelReasonDetail: detail } : {}) }
  return planned(statusStep('cancel', 'キャンセル', '4', false, why))
}

export function planMemo({ memo }: Wished<'memo'>, order: NormalisedOrder): ChangePlan {
  if (sameText(memo, order.notes.shop)) return already('社内メモはすでに同じ内容です。')
  return (
    contentsClosed(factsOf(order), '社内メモの変更') ??
    planned(contentStep('memo', '社内メモの変更', { Notes: memo }, { characters: memo.length }))
  )
}

export function planStoreStatus(
  { subStatus: wanted }: Wished<'sub_status'>,
  order: NormalisedOrder,
): ChangePlan {
  if (wanted === null || order.mallSubStatus?.code === wanted)
    return already('ストアステータスはすでに同じです。')
  return (
    contentsClosed(factsOf(order), 'ストアステータスの変更') ??
    planned(
      contentStep('sub_status', 'ストアステータスの変更', { StoreStatus: wanted }, { StoreStatus: wanted }),
    )
  )
}

/**
 * Fields of a Yahoo! order just read that decide its changes, and the refusals that several actions share.
 */
export type OrderFacts = ReturnType<typeof factsOf>

export function factsOf(order: NormalisedOrder) {
  const { PayStatus = null, ShipStatus = null, IsSeen, Suspect } = order.mallStatuses
  return {
    /** 1 予約中, 2 処理中, 3 保留, 4 キャンセル, 5 完了 */
    status: order.mallStatus.code,
    payStatus: PayStatus,
    shipStatus: ShipStatus,
    seen: IsSeen === 'true' || IsSeen === '1',
    /** いたずら注文 */
    prank: Suspect === '1',
    /** True when the store itself receives the money: bank transfers, COD, methods that it defined. */
    storeRunPayment: /^payment_[b-e]\d+$/.test(order.payment.code ?? ''),
  }
}

const holdOf = (order: NormalisedOrder, kind: NormalisedOrder['holds'][number]['kind']) =>
  order.holds.find((hold) => hold.kind === kind)

/** Margin after the ten minutes, because Yahoo! says "about". */
const AFTER_WINDOW_MS = 30_000
/** Only IsReadOnly shows that the window is over, and it may stay 1 beyond the ten minutes. */
const WINDOW_LOOKS: Looks = [30_000, 60_000, 60_000, 120_000, 300_000, 900_000]

/** Nothing changes an order that is cancelled, split into others, or within the buyer's minutes. */
function notChangeable(order: NormalisedOrder): ChangePlan | null {
  if (order.mallStatus.code === '4') return refuse('ORDER_CANCELLED_AT_MALL')
  if (order.flags.includes('split_source')) return refuse('ORDER_SPLIT_AT_MALL')
  if (!order.flags.includes('read_only')) return null
  const until = holdOf(order, 'buyer_cancel_window')?.until ?? null
  return {
    kind: 'refused',
    code: 'BUYER_CANCEL_WINDOW',
    message:
      '注文から約10分間は購入者がキャンセルできるため、変更できません。キャンセルできる時間が終わると自動で送信しますので、そのままお待ちください。',
    looksAfterMs: WINDOW_LOOKS,
    ...(until ? { retryAt: new Date(Date.parse(until) + AFTER_WINDOW_MS).toISOString() } : {}),
  }
}

export function unknownStatus({ status }: OrderFacts): ChangePlan | null {
  return /^[1-5]$/.test(status)
    ? null
    : refused(
        'UNKNOWN_MALL_STATUS',
        `Yahoo!ショッピングの注文ステータス ${status} には対応していません。ストアクリエイターProで処理してください。`,
      )
}

/** Yahoo!'s review, its verdict, or the store's own mark of a prank: nothing may leave the house. */
export function inFraudReview(order: NormalisedOrder): ChangePlan | null {
  const hold = holdOf(order, 'fraud_check')
  const suspect =
    order.mallStatuses.Suspect === '1' || /^[13]$/.test(order.mallStatuses.FraudHoldStatus ?? '')
  if (!hold && !suspect) return null
  return refused(
    'FRAUD_CHECK',
    `${hold?.note ?? '不正注文の疑いがある注文です。'}ストアクリエイターProで確認が済んでから再実行してください。`,
  )
}

/** Yahoo! says nothing when its review ends. */
const REVIEW_LOOKS: Looks = [30 * 60 * 1000]

/** During the review Yahoo! takes nothing but a cancel, and takes the rest once the order is released. */
function waitsForReview(order: NormalisedOrder): ChangePlan | null {
  const state = order.mallStatuses.FraudHoldStatus
  if (state === '1')
    return {
      kind: 'refused',
      code: 'FRAUD_CHECK',
      message: 'Yahoo!ショッピングが不正注文を審査中です。審査が終わると自動で送信します。',
      looksAfterMs: REVIEW_LOOKS,
    }
  return state === '3' ? inFraudReview(order) : null
}

export const onHold = (what: string): ChangePlan =>
  refused(
    'ORDER_ON_HOLD',
    `Yahoo!ショッピングで保留中のため${what}できません。保留を解除してから再実行してください。`,
  )

const prankOrder = (): ChangePlan =>
  refused(
    'FRAUD_CHECK',
    'いたずら注文として登録されているため変更できません。ストアクリエイターProで登録を解除してから再実行してください。',
  )

export const wrongStatus = (message: string): ChangePlan => refused('WRONG_MALL_STATUS', message)

/** Contents of held orders and of pranks cannot be changed (注文内容変更API). */
const contentsClosed = (facts: OrderFacts, what: string): ChangePlan | null =>
  facts.status === '3' ? onHold(what) : facts.prank ? prankOrder() : null

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
