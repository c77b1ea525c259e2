import type { RakutenPayload, ShippingPayload } from './payload.ts'

/** What the write calls are sent. */

/** updateOrderShipping answers each record, everything else the order. */
export const messagesOf = (payload: RakutenPayload): number =>
  payload.operation === 'updateOrderShipping' ? payload.records.length : 1

export function bodyOf(orderNumber: string, payload: RakutenPayload): Record<string, unknown> {
  const { operation, ...rest } = payload
  switch (operation) {
    case 'confirmOrder':
    case 'updateOrderSubStatus':
      return { ...rest, orderNumberList: [orderNumber] }
    case 'updateOrderShipping':
      return { orderNumber, BasketidModelList: [basketOf(payload as ShippingPayload)] }
    default:
      return { orderNumber, ...rest }
  }
}

export const basketOf = ({ basketId, records }: ShippingPayload) => ({ basketId, ShippingModelList: records })
