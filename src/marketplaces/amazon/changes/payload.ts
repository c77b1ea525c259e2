import { z } from 'zod'
import { CARRIER_CODES } from '../../port/carriers.ts'
import type { ChangeStep } from '../../port/site-changes.ts'

/** One confirmShipment as it stands between tries: one package. */
export const AmazonPayload = z.object({
  operation: z.literal('confirmShipment'),
  /** A package that Amazon has already, put right. Not sent: the reference alone makes the call an edit. */
  correction: z.object({ carrier: z.boolean(), shippedOn: z.boolean() }).optional(),
  /** Ours, so that a shop's own code for it can take its place. Not sent. */
  carrier: z.enum(CARRIER_CODES).optional(),
  codCollectionMethod: z.literal('DirectPayment').optional(),
  packageDetail: z.object({
    packageReferenceId: z.string(),
    carrierCode: z.string(),
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string(),
    shipDate: z.string(),
    orderItems: z.array(z.object({ orderItemId: z.string(), quantity: z.int() })).min(1),
  }),
})
export type AmazonPayload = z.infer<typeof AmazonPayload>

/** Raises when the step is not one of this mall's: a fault of the program, not of the mall. */
export const payloadOf = (step: ChangeStep): AmazonPayload => AmazonPayload.parse(step.payload)
