import { given } from '../../../platform/narrow.ts'
import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  endOf,
  namedOrOnly,
  type Parcel,
  pairParcels,
  parcelsByRecipient,
  planned,
  refused,
  refusing,
  sameNumber,
  sameText,
  unknownLine,
} from '../../kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep, Looks } from '../../port/site-changes.ts'
import { CARRIERS, PROGRESS } from '../codes.ts'
import {
  cancelAsked,
  packagesOf,
  progressOf,
  replacedLists,
  type ShippingRecord,
  sendable,
  showsPackage,
  step,
  unsendable,
} from './steps.ts'

/** Plans a requested change at Rakuten for the order just read. Pure. */

const refuse = refusing({
  ADDRESS_PENDING:
    'ソーシャルギフトの受取情報が入力されていないため発送できません。入力されてから再実行してください。',
  CANCEL_REQUESTED:
    '楽天でキャンセルが申請されているため発送できません。出荷を止めてください。申請が取り消されたら再実行できます。',
  FRAUD_CHECK: '楽天が注文を確認中（楽天確認中）のため発送できません。確認が終わってから再実行してください。',
  RAKUTEN_POSTAGE_PENDING:
    '送料などの金額が確定していないため注文確認できません。「注文内容の変更」またはRMSで送料を確定してから再実行してください。',
})

const changePending = (what: string) =>
  refused(
    'CHANGE_PENDING',
    `楽天で「変更確定待ち」のため${what}できません。RMSで変更が確定してから再実行してください。`,
  )

export const planShip = (wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan =>
  cancelRefusal(order) ?? confirmedFirst(wished, order) ?? shipRefusal(order) ?? planBaskets(wished, order)

/** Rakuten may let an order stand where it was for a while after it has accepted a cancellation. */
const cancelRefusal = (order: NormalisedOrder): ChangePlan | null =>
  order.mallState === 'open' && cancelAsked(order) ? refuse('CANCEL_REQUESTED') : null

/** Pauses between looks at 楽天処理中, which takes seconds or minutes for cards, days for prepayments. */
const PROCESSING_LOOKS: Looks = [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000]

/** 注文確認 and then, once Rakuten lets the order go, the shipping, as one change. Null: nothing to confirm. */
function confirmedFirst(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan | null {
  if (!wished.confirmFirst || order.mallState !== 'open') return null
  const progress = progressOf(order)
  if (progress === 100) {
    const confirm = planConfirm(order)
    const ship = planBaskets(wished, order)
    // Confirmed cannot be undone, and a confirmation alone would end the change as a shipment that went well.
    if (confirm.kind !== 'steps' || ship.kind === 'already') return confirm
    return ship.kind === 'steps' ? planned(...confirm.steps, ...ship.steps) : ship
  }
  return progress === 200
    ? {
        kind: 'refused',
        code: 'NOT_READY_TO_SHIP',
        message: '楽天処理中です。「発送待ち」になると自動で発送情報を送信します。',
        looksAfterMs: PROCESSING_LOOKS,
      }
    : null
}

const nameOf = (order: NormalisedOrder) => order.mallStatus.name ?? order.mallStatus.code

export function cancelled(order: NormalisedOrder): ChangePlan | null {
  return order.mallState === 'cancelled'
    ? refused(
        'ORDER_CANCELLED_AT_MALL',
        `楽天で「${nameOf(order)}」になっています。発送せず、キャンセルとして処理してください。`,
      )
    : null
}

const unknownStatus = (order: NormalisedOrder) =>
  refused(
    'UNKNOWN_MALL_STATUS',
    `楽天の注文ステータス ${order.mallStatus.code} には対応していません。RMSで処理してください。`,
  )

/** confirmOrder moves 100 to 200; an order beyond 100 is confirmed already. */
export function planConfirm(order: NormalisedOrder): ChangePlan {
  const progress = progressOf(order)
  if (progress === 100)
    return amountPending(order) ?? planned(step('confirm', '注文確認', { operation: 'confirmOrder' }))
  return (
    cancelled(order) ??
    (PROGRESS[progress] ? already(`すでに注文確認済みです（${nameOf(order)}）。`) : unknownStatus(order))
  )
}

/** 送料未確定 (-9999): Rakuten refuses to confirm until the shop has fixed it. */
const amountPending = (order: NormalisedOrder): ChangePlan | null =>
  order.holds.some(({ kind }) => kind === 'amount_pending') ? refuse('RAKUTEN_POSTAGE_PENDING') : null

/** From 発送待ち on. Before that Rakuten has not released the order: payment or its own check may still fail. */
function shipRefusal(order: NormalisedOrder): ChangePlan | null {
  const progress = progressOf(order)
  const gone = cancelled(order)
  if (gone) return gone
  if (!PROGRESS[progress]) return unknownStatus(order)
  if (progress < 300)
    return refused(
      'NOT_READY_TO_SHIP',
      `楽天で「${nameOf(order)}」のため、まだ発送できません。「発送待ち」になってから再実行してください。`,
    )
  if (progress === 400) return changePending('発送')
  const holds = order.holds.map((hold) => hold.kind)
  if (holds.includes('fraud_check')) return refuse('FRAUD_CHECK')
  return holds.includes('address_pending') ? refuse('ADDRESS_PENDING') : null
}

/** 0 as the item is set up, 1 back into stock, 2 not. */
const RESTORE = { item_setting: 0, restore: 1, keep: 2 } as const

export function planCancel(wished: Wished<'cancel'>, order: NormalisedOrder): ChangePlan {
  const progress = progressOf(order)
  if (progress >= 800 && PROGRESS[progress]) return already(`すでに「${nameOf(order)}」です。`)
  if (!PROGRESS[progress]) return unknownStatus(order)
  if (progress === 400) return changePending('キャンセル')
  const shipped = progress >= 500
  const payload = {
    operation: shipped ? ('cancelOrderAfterShipping' as const) : ('cancelOrder' as const),
    inventoryRestoreType: RESTORE[wished.restock ?? 'item_setting'],
    changeReasonDetailApply: Number(wished.reason),
  }
  const { operation: _operation, ...facts } = payload
  const cancel = step('cancel', shipped ? '発送後キャンセル' : 'キャンセル', payload, facts)
  return planned(...(shipped ? [] : clearDates(order)), cancel)
}

/** cancelOrder is refused while a date of shipping is registered. */
function clearDates(order: NormalisedOrder): ChangeStep[] {
  return order.recipients.flatMap(({ id, parcels }) => {
    const records = parcels
      .filter((parcel) => parcel.shippedOn !== null)
      .map((parcel) => ({ shippingDetailId: Number(parcel.id), shippingDate: '' }))
    if (records.length === 0) return []
    const payload = { operation: 'updateOrderShipping' as const, basketId: Number(id), records }
    return step(`clear_date:${id}`, `発送日の取消（送付先ID ${id}）`, payload, { basketId: id, records })
  })
}

export function planMemo({ memo }: Wished<'memo'>, order: NormalisedOrder): ChangePlan {
  if (sameText(memo, order.notes.shop)) return already('ひとことメモはすでに同じ内容です。')
  return planned(
    step('memo', 'ひとことメモの変更', { operation: 'updateOrderMemo', memo }, { characters: memo.length }),
  )
}

export function planSubStatus({ subStatus }: Wished<'sub_status'>, order: NormalisedOrder): ChangePlan {
  if ((order.mallSubStatus?.code ?? null) === subStatus) return already('サブステータスはすでに同じです。')
  const subStatusId = subStatus === null ? null : Number(subStatus)
  const payload = { operation: 'updateOrderSubStatus' as const, subStatusId }
  return cancelled(order) ?? planned(step('sub_status', 'サブステータスの変更', payload, { subStatusId }))
}

type WishedParcel = Wished<'ship'>['parcels'][number]

/**
 * 発送完了報告: one updateOrderShipping call per basket. The call adds a record wherever no id is given. So records
 * that the order already has are omitted or sent with their shippingDetailId, never as new.
 */
function planBaskets(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients.filter(shipsTo), wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const steps: ChangeStep[] = []
  for (const { recipient, parcels } of sorted.groups) {
    const plan =
      order.mallState === 'open' ? basketPlan(recipient, parcels, wished) : shippedPlan(recipient, parcels)
    if (plan.kind === 'refused') return plan
    if (plan.kind === 'steps') steps.push(...plan.steps)
  }
  return steps.length > 0 ? planned(...steps) : already('同じ発送情報が楽天に登録されています。')
}

/** False for a merged basket, which stays in the order, marked as deleted. */
export const shipsTo = (recipient: OrderRecipient): boolean =>
  Number(recipient.mallFields.packageDeleteFlag) !== 1

/** 発送済 and later: nothing is reported twice, nor a number corrected behind the buyer's back. */
function shippedPlan(recipient: OrderRecipient, parcels: readonly WishedParcel[]): ChangePlan {
  const { missing } = pairParcels(parcels, recipient.parcels)
  return missing.length === 0
    ? already('すでに発送済みです。')
    : refused(
        'ALREADY_SHIPPED',
        `楽天ではすでに発送済みで、指定の${numbersOf(missing)}が登録されていません。番号を直す場合は「発送情報の訂正」を使ってください。`,
      )
}

function basketPlan(
  recipient: OrderRecipient,
  wished: readonly WishedParcel[],
  ship: Wished<'ship'>,
): ChangePlan {
  const { pairs, missing, foreign } = pairParcels(wished, recipient.parcels)
  if (missing.length > 0 && foreign.length > 0) return otherNumber(recipient, foreign)
  const records = [
    ...pairs.flatMap(({ wanted, parcel }) => updateOf(wanted, parcel, ship.shippedOn) ?? []),
    ...missing.map((wanted) => recordOf(wanted, ship.shippedOn)),
    ...leftBlank(recipient, pairs),
  ]
  if (records.length === 0) return already('同じ発送情報が楽天に登録されています。')
  const { id } = recipient
  const label = `発送情報の登録（送付先ID ${id}、${records.length}件）`
  return planned(recordsStep(`ship:${id}`, label, id, records))
}

const recordsStep = (name: string, label: string, basketId: string, records: ShippingRecord[]): ChangeStep =>
  step(
    name,
    label,
    { operation: 'updateOrderShipping', basketId: Number(basketId), records },
    { basketId, records: records.map(recordFacts) },
  )

/**
 * RMS never turns an order 発送済 while it has a record without number and date, so unused blank records are
 * removed.
 */
const leftBlank = ({ parcels }: OrderRecipient, pairs: readonly { parcel: Parcel }[]): ShippingRecord[] =>
  parcels
    .filter(
      (parcel) =>
        parcel.trackingNumber === null &&
        parcel.shippedOn === null &&
        !pairs.some((pair) => pair.parcel === parcel),
    )
    .map(({ id }) => ({ shippingDetailId: Number(id), shippingDeleteFlag: 1 }))

const recordOf = (wanted: WishedParcel, shippingDate: string): ShippingRecord => ({
  deliveryCompany: CARRIERS.codeOf(wanted.carrier),
  ...(wanted.trackingNumber ? { shippingNumber: wanted.trackingNumber } : {}),
  shippingDate,
})

/**
 * Returns the differences of the record from the request; null when there are none. Keeps a number entered at
 * the mall where none was requested.
 */
function updateOf(wanted: WishedParcel, parcel: Parcel, shippedOn: string): ShippingRecord | null {
  const others = !wanted.trackingNumber && parcel.trackingNumber !== null
  const carrier = CARRIERS.codeOf(wanted.carrier)
  const fits =
    parcel.shippedOn === shippedOn &&
    (others || (parcel.carrierCode === carrier && sameNumber(wanted.trackingNumber, parcel.trackingNumber)))
  if (fits) return null
  const record = others ? { shippingDate: shippedOn } : recordOf(wanted, shippedOn)
  return { shippingDetailId: Number(parcel.id), ...record }
}

const recordFacts = ({ shippingDetailId, shippingNumber, ...rest }: ShippingRecord) => ({
  ...(shippingDetailId === undefined
    ? { record: 'add' }
    : { record: rest.shippingDeleteFlag ? 'delete' : 'update', shippingDetailId }),
  ...rest,
  shippingNumber: endOf(shippingNumber),
})

const otherNumber = (recipient: OrderRecipient, foreign: readonly Parcel[]) =>
  refused(
    'TRACKING_DIFFERS',
    `楽天の送付先ID ${recipient.id} には別のお荷物伝票番号（${foreign.map((one) => endOf(one.trackingNumber)).join('、')}）が登録されています。「発送情報の訂正」で番号を直すか削除してから再実行してください。`,
  )

const numbersOf = (parcels: readonly WishedParcel[]) =>
  `お荷物伝票番号（${parcels.map((one) => endOf(one.trackingNumber) ?? '番号なし').join('、')}）`

type Corrected = Wished<'correct_shipment'>['parcels'][number]

/** 発送情報の訂正: the records by their shippingDetailId, so that made twice nothing is added; also after 発送済. */
export function planCorrection({ parcels }: Wished<'correct_shipment'>, order: NormalisedOrder): ChangePlan {
  const records = new Map<string, ShippingRecord[]>()
  for (const wished of parcels) {
    const target = targetOf(order, wished)
    if (!target && wished.remove && wished.parcelId) continue
    if (!target) return unknownParcel(wished)
    const record = correctedRecord(wished, target.parcel)
    if (record) records.set(target.recipient.id, [...(records.get(target.recipient.id) ?? []), record])
  }
  if (records.size === 0) return already('発送情報はすでに同じ内容です。')
  return planned(
    ...[...records].map(([id, list]) =>
      recordsStep(`correct:${id}`, `発送情報の訂正（送付先ID ${id}、${list.length}件）`, id, list),
    ),
  )
}

/** Finds a parcel by its id; without an id, the only parcel of the named or only recipient. */
function targetOf(order: NormalisedOrder, { recipientId, parcelId }: Corrected) {
  const own = order.recipients
    .filter((recipient) => shipsTo(recipient) && (recipientId === undefined || recipient.id === recipientId))
    .flatMap((recipient) => recipient.parcels.map((parcel) => ({ recipient, parcel })))
  return namedOrOnly(own, parcelId, ({ parcel }) => parcel.id)
}

const unknownParcel = ({ parcelId }: Corrected) =>
  refused(
    'PARCEL_UNKNOWN',
    parcelId === undefined
      ? '訂正する発送情報を1件に決められません。発送明細IDを指定してください（登録がないときは先に発送を登録してください）。'
      : `発送明細ID ${parcelId} はこの注文にありません。注文を再取込して確認してください。`,
  )

function correctedRecord(
  { remove, carrier, trackingNumber, shippedOn }: Corrected,
  parcel: Parcel,
): ShippingRecord | null {
  const shippingDetailId = Number(parcel.id)
  if (remove) return { shippingDetailId, shippingDeleteFlag: 1 }
  const company = carrier && CARRIERS.codeOf(carrier)
  const changes = {
    ...(company && company !== parcel.carrierCode ? { deliveryCompany: company } : {}),
    ...(trackingNumber === undefined || sameNumber(trackingNumber, parcel.trackingNumber)
      ? {}
      : { shippingNumber: trackingNumber }),
    ...(shippedOn && shippedOn !== parcel.shippedOn ? { shippingDate: shippedOn } : {}),
  }
  return Object.keys(changes).length === 0 ? null : { shippingDetailId, ...changes }
}

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
    ...given({ deliveryDate, shippingTerm }),
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
