import { z } from 'zod'
import type { ChangeStep } from '../../port/site-changes.ts'

/** One record of updateOrderShipping. Without shippingDetailId it is added; an empty text clears. */
const ShippingRecord = z.object({
  shippingDetailId: z.int().optional(),
  deliveryCompany: z.string().optional(),
  shippingNumber: z.string().optional(),
  shippingDate: z.string().optional(),
  shippingDeleteFlag: z.literal(1).optional(),
})
export type ShippingRecord = z.infer<typeof ShippingRecord>

/** A basket as updateOrderSender wants it: whole, as what is left out would be gone. */
const SentPackage = z.looseObject({
  basketId: z.int(),
  postagePrice: z.int(),
  dropOffLocation: z.string().optional(),
  SenderModel: z.record(z.string(), z.unknown()),
  ItemModelList: z.array(z.looseObject({ itemDetailId: z.int(), units: z.int(), deleteItemFlag: z.int() })),
})
export type SentPackage = z.infer<typeof SentPackage>

const AsRead = z.record(z.string(), z.unknown())
/** What stands beside the baskets and is replaced by the call. */
const ReplacedLists = z.object({
  WrappingModel1: AsRead.optional(),
  WrappingModel2: AsRead.optional(),
  CouponModelList: z.array(AsRead).optional(),
})
export type ReplacedLists = z.infer<typeof ReplacedLists>

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
  z.object({
    operation: z.literal('updateOrderMemo'),
    memo: z.string().optional(),
    deliveryDate: z.string().nullable().optional(),
    shippingTerm: z.int().nullable().optional(),
  }),
  z.object({ operation: z.literal('updateOrderRemarks'), remarks: z.string() }),
  z.object({ operation: z.literal('updateOrderDelivery'), deliveryName: z.string() }),
  ReplacedLists.extend({
    operation: z.enum(['updateOrderSender', 'updateOrderSenderAfterShipping']),
    PackageModelList: z.array(SentPackage).min(1),
    reductionReason: z.int().optional(),
  }),
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
