import { already, endOf, planned, refused, sameNumber } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS } from '../codes.ts'
import { factsOf, inFraudReview, type OrderFacts, onHold, wrongStatus } from './facts.ts'
import { invoiceNumberOf } from './invoice-number.ts'
import type { YahooShip } from './parameters.ts'
import type { ShipFields } from './payload.ts'
import { paidStep, seenStep, shippedStep, statusStep } from './steps.ts'

/**
 * 出荷済み: the hold is released and the money noted first where that was asked for, then one orderShipStatusChange. Yahoo!
 * keeps two numbers and one carrier; a number of somebody else's is never written over.
 */
export function planShip(wished: YahooShip, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  const numbers = compareNumbers(wished, order)
  const blocked =
    numbersRefusal(numbers, facts) ?? inFraudReview(order) ?? statusRefusal(wished, order, facts)
  if (blocked) return blocked
  const pay = !!wished.markPaid && facts.payStatus !== '1'
  const unpaid = pay ? payRefusal(facts) : unpaidRefusal(order, facts)
  if (unpaid) return unpaid
  const steps: ChangeStep[] = []
  if (facts.status === '3') steps.push(statusStep('release', '保留の解除', '2', false))
  if (wished.confirmFirst && !facts.seen) steps.push(seenStep())
  if (pay) steps.push(paidStep())
  return planned(...steps, shippedStep(shipFields(wished, numbers)))
}

interface Numbers {
  wished: string[]
  atMall: string[]
  /** Wished, and not at the mall. */
  absent: string[]
  /** At the mall, and not wished. */
  foreign: string[]
}

function compareNumbers({ parcels }: YahooShip, order: NormalisedOrder): Numbers {
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
      `Yahoo!ショッピングには別の伝票番号（${foreign.map(endOf).join('、')}）が登録されています。ストアクリエイターProで番号を確認し、直してから再実行してください。`,
    )
  return shipStatus === '4' || status === '5'
    ? refused(
        'ALREADY_SHIPPED',
        'Yahoo!ショッピングではすでに着荷または完了になっているため、伝票番号を登録できません。必要ならストアクリエイターProで登録してください。',
      )
    : null
}

function statusRefusal(wished: YahooShip, order: NormalisedOrder, facts: OrderFacts): ChangePlan | null {
  if (facts.status === '1')
    return wrongStatus('予約中の注文のため発送できません。「処理中」になってから再実行してください。')
  if (facts.status === '3' && !wished.release) return onHold('発送')
  if (order.holds.some((hold) => hold.kind === 'address_pending'))
    return refused(
      'ADDRESS_PENDING',
      '届け先が入力されていないため発送できません。入力されてから再実行してください。',
    )
  return null
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

/** Where the mall has all that was wished, its numbers stay in their places; where it has none of them, its carrier does not matter. */
function shipFields(wished: YahooShip, { wished: own, atMall, absent }: Numbers): ShipFields {
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
