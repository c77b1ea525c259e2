import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  endOf,
  namedOrOnly,
  type Parcel,
  planned,
  refused,
  sameNumber,
} from '../../kit/changes/plans.ts'
import type { Carrier } from '../../port/carriers.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'
import {
  factsOf,
  inFraudReview,
  type OrderFacts,
  onHold,
  refuse,
  unknownStatus,
  wrongStatus,
} from './plan.ts'
import { isCorrected, paidStep, type ShipFields, seenStep, shipStep, statusStep } from './steps.ts'

/**
 * 出荷済み: first releases the hold and marks the payment where requested, then makes one orderShipStatusChange.
 * Yahoo! keeps two numbers and one carrier; another person's number is never overwritten.
 */
export function planShip(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  const numbers = compareNumbers(wished, order)
  const blocked =
    unknownStatus(facts) ??
    numbersRefusal(numbers, facts) ??
    inFraudReview(order) ??
    statusRefusal(wished, order, facts)
  if (blocked) return blocked
  const pay = !!wished.markPaid && facts.payStatus !== '1'
  const unpaid = pay ? payRefusal(facts) : unpaidRefusal(order, facts)
  if (unpaid) return unpaid
  const steps: ChangeStep[] = []
  if (facts.status === '3') steps.push(statusStep('release', '保留の解除', '2', false))
  if (wished.confirmFirst && !facts.seen) steps.push(seenStep())
  if (pay) steps.push(paidStep())
  return planned(...steps, shipStep('ship_status', SHIP_LABEL, shipFields(wished, numbers)))
}

const SHIP_LABEL = '出荷済みへの変更と伝票番号の登録'

type Numbers = ReturnType<typeof compareNumbers>

/** `absent`: wished, and not at the mall. `foreign`: at the mall, and not wished. */
function compareNumbers({ parcels }: Wished<'ship'>, order: NormalisedOrder) {
  const wished = parcels.flatMap(({ carrier, trackingNumber }) =>
    trackingNumber ? [invoiceNumberOf(carrier, trackingNumber).number] : [],
  )
  const atMall = (order.recipients[0]?.parcels ?? []).flatMap(({ trackingNumber }) => trackingNumber ?? [])
  const without = (list: string[], others: string[]) =>
    list.filter((one) => !others.some((other) => sameNumber(one, other)))
  return { wished, atMall, absent: without(wished, atMall), foreign: without(atMall, wished) }
}

function numbersRefusal({ absent, foreign }: Numbers, { shipStatus, status }: OrderFacts): ChangePlan | null {
  const shipped = shipStatus === '3' || shipStatus === '4'
  if (absent.length === 0) return shipped ? already('すでに同じ内容で出荷済みです。') : null
  if (foreign.length > 0)
    return refused(
      'TRACKING_DIFFERS',
      `Yahoo!ショッピングには別の伝票番号（${foreign.map(endOf).join('、')}）が登録されています。${shipped ? '番号を直す場合は「発送情報の訂正」を使ってください。' : 'ストアクリエイターProで番号を確認し、直してから再実行してください。'}`,
    )
  return shipStatus === '4' || status === '5' ? refuse('ALREADY_SHIPPED') : null
}

function statusRefusal(wished: Wished<'ship'>, order: NormalisedOrder, facts: OrderFacts): ChangePlan | null {
  if (facts.status === '1')
    return wrongStatus('予約中の注文のため発送できません。「処理中」になってから再実行してください。')
  if (facts.status === '3' && !wished.release) return onHold('発送')
  return order.holds.some((hold) => hold.kind === 'address_pending') ? refuse('ADDRESS_PENDING') : null
}

const payRefusal = ({ storeRunPayment }: OrderFacts): ChangePlan | null =>
  storeRunPayment
    ? null
    : refused(
        'PAYMENT_RUN_BY_MALL',
        'Yahoo!ショッピングが管理する支払方法のため、入金済みにできません。入金が確認されるまで発送しないでください。',
      )

function unpaidRefusal(
  order: NormalisedOrder,
  { shipStatus, storeRunPayment }: OrderFacts,
): ChangePlan | null {
  if (shipStatus !== '0' && !order.holds.some((hold) => hold.kind === 'unpaid')) return null
  return refused(
    'NOT_READY_TO_SHIP',
    storeRunPayment
      ? '入金が確認されていないため発送できません。入金を確認して、先に入金済みにしてから再実行してください。'
      : 'Yahoo!ショッピングで「出荷不可」または入金待ちのため発送できません。入金が確認されてから再実行してください。',
  )
}

/**
 * Builds the fields of a shipment. When the mall has all requested numbers, they keep their places; when it
 * has none of them, its carrier does not matter.
 */
function shipFields(wished: Wished<'ship'>, { wished: own, atMall, absent }: Numbers): ShipFields {
  const [first, second] = absent.length > 0 ? own : atMall
  const { carrier, noNumberReason: reason } = wished.parcels[0] ?? {}
  const code = carrier && (own.length > 0 || atMall.length === 0) ? CARRIERS.codeOf(carrier) : undefined
  return {
    ShipStatus: '3',
    ...(code ? { ShipCompanyCode: code } : {}),
    ...(first ? { ShipInvoiceNumber1: first } : {}),
    ...(second ? { ShipInvoiceNumber2: second } : {}),
    ShipDate: wished.shippedOn.replaceAll('-', ''),
    ...(first || !reason ? {} : { ShipInvoiceNumberEmptyReason: reason }),
  }
}

type Corrected = Wished<'correct_shipment'>['parcels'][number]

/**
 * 発送情報の訂正: one orderShipStatusChange with the order's present status, and both numbers as they should be. The
 * call names what it writes, so repeating it changes nothing.
 */
export function planCorrection(
  { parcels: wished }: Wished<'correct_shipment'>,
  order: NormalisedOrder,
): ChangePlan {
  const { shipStatus } = factsOf(order)
  const parcels = order.recipients[0]?.parcels ?? []
  if ((shipStatus !== '3' && shipStatus !== '4') || parcels.length === 0)
    return wrongStatus('出荷済みでないため、訂正する発送情報がありません。先に発送を登録してください。')
  const targets = new Map<Parcel, Corrected>()
  for (const one of wished) {
    const parcel = namedOrOnly(parcels, one.parcelId, ({ id }) => id)
    if (!parcel && one.remove && one.parcelId) continue
    if (!parcel) return unknownParcel(one.parcelId)
    targets.set(parcel, one)
  }
  const problem = numberProblem(targets)
  if (problem) return refused('TRACKING_NUMBER_REFUSED', problem)
  const Ship = fieldsOf(parcels, targets, shipStatus)
  if (isCorrected(Ship, order)) return already('発送情報はすでに同じ内容です。')
  return planned(shipStep('correct_shipment', '発送情報の訂正', Ship))
}

const unknownParcel = (id: string | undefined) =>
  refused(
    'PARCEL_UNKNOWN',
    id === undefined
      ? '伝票番号が2件ある注文です。どちらを訂正するか、個口のID（1 または 2）を指定してください。'
      : `個口 ${id} はこの注文にありません。注文を再取込して確認してください。`,
  )

function numberProblem(targets: ReadonlyMap<Parcel, Corrected>): string | null {
  for (const [, { carrier, trackingNumber }] of targets) {
    const problem = trackingNumber && carrier ? invoiceNumberOf(carrier, trackingNumber).problem : null
    if (problem) return problem
  }
  return null
}

function fieldsOf(
  parcels: readonly Parcel[],
  targets: ReadonlyMap<Parcel, Corrected>,
  ShipStatus: string,
): ShipFields {
  const all = [...targets.values()]
  const carrier = all.find((one) => one.carrier)?.carrier
  const shippedOn = all.find((one) => one.shippedOn)?.shippedOn
  const numberAt = (id: string) => {
    const parcel = parcels.find((one) => one.id === id)
    return parcel ? { [`ShipInvoiceNumber${id}`]: numberOf(parcel, targets.get(parcel)) } : {}
  }
  return {
    ShipStatus,
    ...(carrier ? { ShipCompanyCode: CARRIERS.codeOf(carrier) } : {}),
    // Each number stays in its place, so that the same wish once more means the same parcel.
    ...numberAt('1'),
    ...numberAt('2'),
    ...(shippedOn ? { ShipDate: shippedOn.replaceAll('-', '') } : {}),
  }
}

function numberOf(parcel: Parcel, wished: Corrected | undefined): string {
  if (wished?.remove) return ''
  const { carrier, trackingNumber = parcel.trackingNumber ?? '' } = wished ?? {}
  return trackingNumber && carrier ? invoiceNumberOf(carrier, trackingNumber).number : trackingNumber
}

/**
 * ShipInvoiceNumber as 出荷ステータス変更API wants it: half-width letters, digits and hyphens, 30 bytes at most;
 * Yamato digits and hyphens, 14 at most; Japan Post 11 to 13 letters and digits without hyphens. Hyphens that
 * are in the way go.
 */
export function invoiceNumberOf(
  carrier: Carrier,
  number: string,
): { number: string; problem: string | null } {
  const text = number.normalize('NFKC').replace(/\s/g, '')
  const company = CARRIERS.codeOf(carrier)
  if (company === CARRIERS.codeOf('yamato')) {
    const fitting = text.length > 14 ? bare(text) : text
    return { number: fitting, problem: /^[0-9-]{1,14}$/.test(fitting) ? null : YAMATO }
  }
  if (company === CARRIERS.codeOf('japan_post')) {
    return { number: bare(text), problem: /^[A-Za-z0-9]{11,13}$/.test(bare(text)) ? null : JAPAN_POST }
  }
  return { number: text, problem: /^[A-Za-z0-9-]{1,30}$/.test(text) ? null : OTHERS }
}

const bare = (text: string) => text.replaceAll('-', '')

const YAMATO = 'ヤマト運輸の伝票番号は数字とハイフンで14文字までです。'
const JAPAN_POST = '日本郵便の伝票番号は英数字11～13文字です。'
const OTHERS = '伝票番号は半角の英数字とハイフンで30文字までです。'
