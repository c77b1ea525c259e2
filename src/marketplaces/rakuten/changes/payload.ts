import { z } from 'zod'
import type { ChangeStep } from '../../port/site-changes.ts'

/** One record of updateOrderShipping. Without shippingDetailId it is added; an empty text clears. */
const ShippingRecord = z.object({
  shippingDetailId: z.int().optional(),
  deliveryCompany: z.string().optional(),
  shippingNumber: z.string().optional(),
  shippingDate: z.string().optional(),
})
export type ShippingRecord = z.infer<typeof ShippingRecord>

/** What a step carries between tries: the operation and what is told to it, but for the order's number. */
export const RakutenPayload = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('confirmOrder') }),
  z.object({
    operation: z.literal('updateOrderShipping'),
    basketId: z.int(),
    records: z.array(ShippingRecord).min(1),
  }),
  z.object({
    operation: z.enum(['cancelOrder', 'cancelOrderAfterShipping']),
    inventoryRestoreType: z.int(),
    changeReasonDetailApply: z.int(),
  }),
  z.object({ operation: z.literal('updateOrderMemo'), memo: z.string() }),
  z.object({ operation: z.literal('updateOrderSubStatus'), subStatusId: z.int().nullable() }),
])
export type RakutenPayload = z.infer<typeof RakutenPayload>
export type ShippingPayload = Extract<RakutenPayload, { operation: 'updateOrderShipping' }>

/** One order of a call for many; several payloads where it has several baskets. */
export interface BulkOrder {
  orderNumber: string
  payloads: RakutenPayload[]
}

export const step = (
  name: string,
  label: string,
  payload: RakutenPayload,
  facts: Record<string, unknown> = {},
): ChangeStep => ({ name, label, payload, facts: { operation: payload.operation, ...facts } })

/** Raises when the step is not one of this mall's: a fault of the program, not of the mall. */
export const payloadOf = (of: ChangeStep): RakutenPayload => RakutenPayload.parse(of.payload)
