import { endOf } from '../../kit/changes/plans.ts'
import type { ChangeStep } from '../../port/site-changes.ts'
import { type ShipFields, step, type YahooPayload } from './payload.ts'

/** The calls that several actions make. */

/** `isPointFix`: fixes the points of the order. Completing alone demands it; a store may wish it with a cancel. */
export const statusStep = (
  name: string,
  label: string,
  OrderStatus: string,
  isPointFix: boolean,
  more: { CancelReason?: string; CancelReasonDetail?: string } = {},
): ChangeStep => {
  const payload = {
    operation: 'orderStatusChange' as const,
    isPointFix,
    order: { OrderStatus, ...more },
  }
  return step(name, label, payload, {
    OrderStatus,
    ...(more.CancelReason ? { CancelReason: more.CancelReason } : {}),
  })
}

/** `paidOn` YYYY-MM-DD. */
export function paidStep(paidOn?: string): ChangeStep {
  const Pay = { PayStatus: '1', ...(paidOn ? { PayDate: paidOn.replaceAll('-', '') } : {}) }
  return step('pay_status', '入金済みへの変更', { operation: 'orderPayStatusChange', order: { Pay } }, Pay)
}

export const seenStep = (): ChangeStep =>
  contentStep('seen', '注文確認（閲覧済みにする）', { IsSeen: 'true' }, { IsSeen: 'true' })

export const correctedStep = (Ship: ShipFields): ChangeStep =>
  step(
    'correct_shipment',
    '発送情報の訂正',
    { operation: 'orderShipStatusChange', isPointFix: true, order: { Ship } },
    {
      ...Ship,
      ShipInvoiceNumber1: endOf(Ship.ShipInvoiceNumber1),
      ShipInvoiceNumber2: endOf(Ship.ShipInvoiceNumber2),
    },
  )

export const shippedStep = (Ship: ShipFields): ChangeStep =>
  step(
    'ship_status',
    '出荷済みへの変更と伝票番号の登録',
    { operation: 'orderShipStatusChange', isPointFix: true, order: { Ship } },
    {
      ...Ship,
      ShipInvoiceNumber1: endOf(Ship.ShipInvoiceNumber1),
      ShipInvoiceNumber2: endOf(Ship.ShipInvoiceNumber2),
    },
  )

export const contentStep = (
  name: string,
  label: string,
  order: YahooPayload['order'],
  facts: Record<string, unknown>,
): ChangeStep => step(name, label, { operation: 'orderChange', order }, facts)
