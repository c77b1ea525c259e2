import { message, refusal } from '../messages.ts'
import { updateOrderDelivery, updateOrderMemo, updateOrderRemarks } from './memo.ts'
import type { Operation } from './operation.ts'
import { getOrder, searchOrder } from './reads.ts'
import { updateOrderSender, updateOrderSenderAfterShipping } from './sender.ts'
import {
  getResultUpdateOrderShippingAsync,
  updateOrderShipping,
  updateOrderShippingAsync,
} from './shipping.ts'
import {
  cancelOrder,
  cancelOrderAfterShipping,
  confirmOrder,
  getSubStatusList,
  updateOrderSubStatus,
} from './status.ts'

/** The route exists without its behaviour: our code never calls it, its field rules are unknown. */
const notSimulated =
  (name: string): Operation =>
  () =>
    refusal([message('ERROR', `${name}_ERROR_901`, `${name}はシミュレーターでは未対応です。`)])

/** The 18 operations under /es/2.0/order/. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  searchOrder,
  getOrder,
  confirmOrder,
  updateOrderShipping,
  updateOrderShippingAsync,
  getResultUpdateOrderShippingAsync,
  getSubStatusList,
  updateOrderSubStatus,
  updateOrderMemo,
  updateOrderRemarks,
  updateOrderDelivery,
  cancelOrder,
  cancelOrderAfterShipping,
  updateOrderSender,
  updateOrderSenderAfterShipping,
  updateOrderOrderer: notSimulated('UPDATE_ORDERORDERER'),
  simulateCouponAmount: notSimulated('SIMULATE_COUPONAMOUNT'),
  getPayment: notSimulated('GET_PAYMENT'),
}
