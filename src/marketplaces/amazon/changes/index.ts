import { mallActions } from '../../kit/changes/actions.ts'
import { answered } from '../../kit/changes/plans.ts'
import { type Meaning, refusalBy } from '../../kit/changes/write-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules } from '../../port/site-changes.ts'
import type { AmazonAnswer, AmazonClient } from '../client.ts'
import { AMAZON, MARKETPLACE_JP } from '../facts.ts'
import { clockWords } from '../failures.ts'
import type { CarrierCodes } from '../shop-settings.ts'
import { amazonActions } from './actions.ts'
import { amazonCarriers, withOwnCode } from './carriers.ts'
import { cancelled } from './plan.ts'
import { amazonStepState, payloadOf } from './steps.ts'

const MINUTE_MS = 60_000
/** An unanswered call is sent again: a repeated reference edits the package and changes nothing. */
const REPEAT_AFTER_MS = 5 * MINUTE_MS
/** A 204 means only accepted. Shipments show minutes later, and some never appear. */
const SHOWS_WITHIN_MS = 30 * MINUTE_MS

export const amazonChanges: ChangeRules = {
  ...mallActions(AMAZON, amazonActions, cancelled),
  carriers: amazonCarriers,
  stepState: amazonStepState,
  repeatAfterMs: REPEAT_AFTER_MS,
  showsWithinMs: SHOWS_WITHIN_MS,
}

/** confirmShipment of Orders API v0: it is not deprecated, and v2026-01-01 has no successor. */
export function amazonChangeCalls(
  client: AmazonClient,
  { clock }: Pick<MarketplaceTools, 'clock'>,
  ownCodes: CarrierCodes,
): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const { operation, carrier, correction: _, ...shipment } = payloadOf(step)
      const packageDetail = withOwnCode(shipment.packageDetail, carrier, ownCodes)
      const { shipDate, packageReferenceId } = packageDetail
      if (Date.parse(shipDate) > clock.now()) throw shipDateInFuture(shipDate)
      const call = {
        operation,
        method: 'POST' as const,
        path: `/orders/v0/orders/${encodeURIComponent(orderNumber)}/shipmentConfirmation`,
        body: { marketplaceId: MARKETPLACE_JP, ...shipment, packageDetail },
      }
      const answer = await client.write(call, signal)
      if (answer.kind === 'refused') throw refusedShipment(answer)
      return answered(null, null, { facts: { packageReferenceId } })
    },
  }
}

type Refused = Extract<AmazonAnswer, { kind: 'refused' }>

/** Classifies a refused confirmShipment. Mentions our wrong clock beside a refused date. */
export function refusedShipment({ status, facts, clockOffMs = 0 }: Refused): MarketplaceFailure {
  const general = new MarketplaceFailure({
    ...{ ...facts, status },
    kind: 'rejected',
    code: 'AMAZON_SHIP_REFUSED',
    message: `Amazonが出荷通知を受け付けませんでした（HTTP ${status}）。セラーセントラルで注文の状態を確認してください。`,
  })
  const failure = refusalBy(MEANINGS, general)
  return failure.code === 'AMAZON_SHIP_DATE_REFUSED'
    ? new MarketplaceFailure({ ...failure, message: failure.message + clockWords(clockOffMs) })
    : failure
}

/** Codes are few and general, so the words decide. */
const MEANINGS: readonly Meaning[] = [
  {
    status: 403,
    code: 'AMAZON_SHIP_FORBIDDEN',
    message:
      'Amazonがこの注文の出荷通知を許可しません。アプリのロール（Inventory and Order Tracking、Direct-to-Consumer Shipping）と注文番号を確認してください。',
  },
  {
    status: 404,
    code: 'AMAZON_ORDER_UNKNOWN',
    message: 'Amazonにこの注文がありません。セラーセントラルで注文番号を確認してください。',
  },
  {
    words: /NonexistentOrderItem|Failed to find order item/i,
    code: 'AMAZON_ORDER_CANCELLED',
    message:
      'Amazonで注文または商品がキャンセルされているため、出荷通知できませんでした。発送を止め、セラーセントラルで注文を確認してください。',
  },
  {
    words: /InvalidPackageVersion|maximum number of allowed updates/i,
    code: 'AMAZON_TOO_MANY_EDITS',
    message:
      'この個口の出荷通知はAmazonが認める回数まで訂正されているため、これ以上変更できません。セラーセントラルで確認してください。',
  },
  {
    words: /PackageToUpdateNotFound|already fulfilled/i,
    code: 'AMAZON_ALREADY_FULFILLED',
    message:
      'Amazonではすでに別の出荷通知で出荷済みか、未出荷の数量が足りません。セラーセントラルで出荷済みの個口を確認してください。',
  },
  {
    words: /ShipDate/i,
    code: 'AMAZON_SHIP_DATE_REFUSED',
    message: 'Amazonが出荷日を受け付けませんでした。注文日以降、今日までの日付に直してください。',
  },
  {
    words: /Carrier/i,
    code: 'AMAZON_CARRIER_REFUSED',
    message: 'Amazonが配送会社を受け付けませんでした。配送会社と配送会社名を確認してください。',
  },
  {
    words: /PackageReferenceId|invalid type \[/i,
    code: 'AMAZON_FORMAT_REFUSED',
    message: 'Amazonが出荷通知の形式を受け付けませんでした。運営者へ連絡してください。',
  },
]

/** Failure before sending: Amazon refuses a future date, which may be valid tomorrow. */
const shipDateInFuture = (shipDate: string): MarketplaceFailure =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'SHIP_DATE_IN_FUTURE',
    message: `出荷日がまだ来ていないため、Amazonに出荷通知を送信していません（${shipDate}）。その日になってから再実行するか、日付を直してください。`,
  })
