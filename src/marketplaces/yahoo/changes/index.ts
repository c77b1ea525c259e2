import { sameNumber, sameText } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer, StepState } from '../../port/site-changes.ts'
import type { YahooClient } from '../client.ts'
import { CARRIERS } from '../codes.ts'
import type { settingsOf } from '../shop-settings.ts'
import { yahooActions } from './actions.ts'
import { judge } from './answers.ts'
import { payloadOf, type ShipFields } from './payload.ts'
import { planYahooChange } from './plan.ts'
import { hasContent } from './plan-content.ts'
import { isCorrected } from './plan-correction.ts'
import { hasLines } from './plan-lines.ts'

export const yahooChanges: ChangeRules = {
  actions: yahooActions,
  carriers: CARRIERS.all,
  planChange: planYahooChange,
  stepState: yahooStepState,
}

/** An update answers a status and a few warnings. */
const ANSWER_MAX_BYTES = 1024 * 1024

/** The update calls of the order API, one for each step, one order each. */
export function yahooChangeCalls(
  client: Pick<YahooClient, 'write'>,
  { fixPointsOnCancel, couponUpdateAllowed }: ReturnType<typeof settingsOf> = {},
): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const { operation, isPointFix, isQuotation, order } = payloadOf(step)
      const request = {
        Target: {
          OrderId: orderNumber,
          ...(isPointFix === undefined
            ? {}
            : { IsPointFix: isPointFix || (step.name === 'cancel' && !!fixPointsOnCancel) }),
          ...(isQuotation === undefined ? {} : { IsQuotation: isQuotation }),
        },
        ...(step.name === 'content' && couponUpdateAllowed !== undefined
          ? { IsCouponUpdateAllowed: couponUpdateAllowed }
          : {}),
        Order: order,
      }
      return judge(await client.write({ operation, request, maxBytes: ANSWER_MAX_BYTES }, signal))
    },
  }
}

/**
 * Whether an order just read shows a step as carried out: every field that the step sends must stand there. A field that
 * Yahoo! does not give this store (od90101, left out of the read) tells nothing.
 */
function yahooStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const { order: sent } = payloadOf(step)
  const { PayStatus = null, IsSeen = null } = order.mallStatuses
  const checks: (boolean | null)[] = []
  if (sent.OrderStatus !== undefined) checks.push(order.mallStatus.code === sent.OrderStatus)
  if (sent.Pay) checks.push(PayStatus === null ? null : PayStatus === sent.Pay.PayStatus)
  if (sent.Ship?.ShipStatus !== undefined)
    checks.push(
      step.name === 'correct_shipment' ? isCorrected(sent.Ship, order) : isShipped(sent.Ship, order),
    )
  if (step.name === 'content') checks.push(hasContent(sent, order))
  if (step.name === 'add_lines') checks.push(hasLines(sent.Item ?? [], order))
  if (sent.IsSeen) checks.push(IsSeen === null ? null : IsSeen === 'true' || IsSeen === '1')
  if (sent.Notes !== undefined) checks.push(sameText(sent.Notes, order.notes.shop))
  if (sent.StoreStatus !== undefined) checks.push(order.mallSubStatus?.code === sent.StoreStatus)
  if (checks.includes(false)) return 'not_applied'
  return checks.includes(null) ? 'unknown' : 'applied'
}

/** Beyond 出荷済み is 着荷済み, where an order may have gone meanwhile. */
function isShipped(sent: ShipFields, order: NormalisedOrder): boolean | null {
  const { ShipStatus = null } = order.mallStatuses
  if (ShipStatus === null) return null
  const parcels = order.recipients[0]?.parcels ?? []
  const numbers = [sent.ShipInvoiceNumber1, sent.ShipInvoiceNumber2].filter((number) => number !== undefined)
  return (
    (ShipStatus === sent.ShipStatus || ShipStatus === '4') &&
    numbers.every((number) => parcels.some((parcel) => sameNumber(parcel.trackingNumber, number)))
  )
}
