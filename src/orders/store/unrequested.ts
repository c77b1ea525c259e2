import type { DueRequest } from '../../imports/requests/due.ts'
import type { ImportSource } from '../../imports/requests/store.ts'

/**
 * For an order that was read without anybody's import request. Writing it ends the request it was read for; under the
 * order's own id there is none, so nothing ends.
 */
export const noRequest = (
  shop: { id: string; tenantId: string },
  order: { id: string; orderNumber: string },
  source: ImportSource,
  at: Date,
): DueRequest => ({
  ...{ id: order.id, tenantId: shop.tenantId, shopId: shop.id, orderNumber: order.orderNumber },
  ...{ purpose: 'refresh', source, orderId: order.id, requestedAt: at, expiresAt: at },
  ...{ mailId: null, mailSeenAt: null, mailKind: null, mailSentAt: null },
  ...{ attempts: 0, pendingUntil: null, outcome: null },
})
