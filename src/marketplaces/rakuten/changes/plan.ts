import { already, planned, refused, sameText } from '../../kit/changes/plans.ts'
import { waitedAfterOrder } from '../../kit/changes/waits.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan, ChangeStep, Looks, WantedChange } from '../../port/site-changes.ts'
import { PROGRESS } from '../codes.ts'
import { type RakutenCancel, RakutenParameters, type RakutenShip } from './parameters.ts'
import { step } from './payload.ts'
import { planContent } from './plan-content.ts'
import { planCorrection } from './plan-correction.ts'
import { planShip } from './plan-ship.ts'

/** What a wished change asks of Rakuten, as the order just read stands. Pure. */
export function planRakutenChange(change: WantedChange, order: NormalisedOrder): ChangePlan {
  const plan = PLANS[change.action]
  return plan
    ? plan(change.parameters, order)
    : refused('ACTION_NOT_SUPPORTED', '楽天市場ではこのサイト変更はできません。')
}

type Plan = (parameters: unknown, order: NormalisedOrder) => ChangePlan

const PLANS: Partial<Record<ChangeAction, Plan>> = {
  confirm: (parameters, order) =>
    waitedAfterOrder(planConfirm(order), order, RakutenParameters.confirm.parse(parameters).waitMinutes),
  ship: (parameters, order) => {
    const wished = RakutenParameters.ship.parse(parameters)
    return confirmedFirst(wished, order) ?? shipRefusal(order) ?? planShip(wished, order)
  },
  cancel: (parameters, order) => planCancel(RakutenParameters.cancel.parse(parameters), order),
  memo: (parameters, order) => planMemo(RakutenParameters.memo.parse(parameters).memo, order),
  sub_status: (parameters, order) =>
    planSubStatus(RakutenParameters.sub_status.parse(parameters).subStatus, order),
  correct_shipment: (parameters, order) =>
    cancelled(order) ?? planCorrection(RakutenParameters.correct_shipment.parse(parameters), order),
  change_content: (parameters, order) =>
    cancelled(order) ?? planContent(RakutenParameters.change_content.parse(parameters), order),
}

/** How long 楽天処理中 lasts nobody tells: seconds or minutes for cards, days for prepayments. */
const PROCESSING_LOOKS: Looks = [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000]

/** 注文確認 and, once Rakuten lets the order go, the shipping in one change; null when nothing is to be confirmed any more. */
function confirmedFirst(wished: RakutenShip, order: NormalisedOrder): ChangePlan | null {
  if (!wished.confirmFirst || order.mallState !== 'open') return null
  const progress = progressOf(order)
  if (progress === 100) {
    const confirm = planConfirm(order)
    const ship = planShip(wished, order)
    return confirm.kind === 'steps' && ship.kind === 'steps'
      ? planned(...confirm.steps, ...ship.steps)
      : confirm
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

const progressOf = (order: NormalisedOrder) => Number(order.mallStatus.code)
const nameOf = (order: NormalisedOrder) => order.mallStatus.name ?? order.mallStatus.code

function cancelled(order: NormalisedOrder): ChangePlan | null {
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

/** confirmOrder moves 100 to 200; an order beyond has been confirmed by somebody. */
function planConfirm(order: NormalisedOrder): ChangePlan {
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
  order.holds.some(({ kind }) => kind === 'amount_pending')
    ? refused(
        'RAKUTEN_POSTAGE_PENDING',
        '送料などの金額が確定していないため注文確認できません。「注文内容の変更」またはRMSで送料を確定してから再実行してください。',
      )
    : null

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
  if (progress === 400)
    return refused(
      'CHANGE_PENDING',
      '楽天で「変更確定待ち」のため発送できません。RMSで変更が確定してから再実行してください。',
    )
  const holds = order.holds.map((hold) => hold.kind)
  if (holds.includes('fraud_check'))
    return refused(
      'FRAUD_CHECK',
      '楽天が注文を確認中（楽天確認中）のため発送できません。確認が終わってから再実行してください。',
    )
  if (holds.includes('address_pending'))
    return refused(
      'ADDRESS_PENDING',
      'ソーシャルギフトの受取情報が入力されていないため発送できません。入力されてから再実行してください。',
    )
  return null
}

/** 0 as the item is set up, 1 back into stock, 2 not. */
const RESTORE = { item_setting: 0, restore: 1, keep: 2 } as const

function planCancel(wished: RakutenCancel, order: NormalisedOrder): ChangePlan {
  const progress = progressOf(order)
  if (progress >= 800 && PROGRESS[progress]) return already(`すでに「${nameOf(order)}」です。`)
  if (!PROGRESS[progress]) return unknownStatus(order)
  if (progress === 400)
    return refused(
      'CHANGE_PENDING',
      '楽天で「変更確定待ち」のためキャンセルできません。RMSで変更が確定してから再実行してください。',
    )
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

function planMemo(memo: string, order: NormalisedOrder): ChangePlan {
  if (sameText(memo, order.notes.shop)) return already('ひとことメモはすでに同じ内容です。')
  return planned(
    step('memo', 'ひとことメモの変更', { operation: 'updateOrderMemo', memo }, { characters: memo.length }),
  )
}

function planSubStatus(subStatus: string | null, order: NormalisedOrder): ChangePlan {
  if ((order.mallSubStatus?.code ?? null) === subStatus) return already('サブステータスはすでに同じです。')
  const subStatusId = subStatus === null ? null : Number(subStatus)
  return (
    cancelled(order) ??
    planned(
      step(
        'sub_status',
        'サブステータスの変更',
        { operation: 'updateOrderSubStatus', subStatusId },
        { subStatusId },
      ),
    )
  )
}
