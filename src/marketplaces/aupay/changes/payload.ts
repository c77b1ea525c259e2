import { z } from 'zod'
import type { ChangeStep } from '../../port/site-changes.ts'

/** What a step carries between tries: the operation and what is told to it, but for shop and order. */
export const AupayPayload = z.discriminatedUnion('operation', [
  z.object({
    operation: z.literal('updateTradeInfoProc'),
    /** yyyyMMdd */
    shippingDate: z.string(),
    shippingCarrier: z.string(),
    /** Left out, the mall keeps what it has. */
    shippingNumber: z.string().optional(),
  }),
  z.object({
    operation: z.literal('updateTradeStsProc'),
    orderStatus: z.string(),
    /** The status it leaves. Not sent: it tells a step that was not carried out from one that somebody has overtaken. */
    from: z.string(),
  }),
  z.object({ operation: z.literal('cancelTradeProc'), cancelReason: z.string(), cancelComment: z.string() }),
])
export type AupayPayload = z.infer<typeof AupayPayload>
export type ShippingPayload = Extract<AupayPayload, { operation: 'updateTradeInfoProc' }>
export type StatusPayload = Extract<AupayPayload, { operation: 'updateTradeStsProc' }>

export const step = (
  name: string,
  label: string,
  payload: AupayPayload,
  facts: Record<string, unknown> = {},
): ChangeStep => ({ name, label, payload, facts: { operation: payload.operation, ...facts } })

export const statusStep = (name: string, from: string, orderStatus: string): ChangeStep =>
  step(
    name,
    `ステータスを「${orderStatus}」に変更`,
    { operation: 'updateTradeStsProc', orderStatus, from },
    { from, orderStatus },
  )

/** Raises when the step is not one of this mall's: a fault of the program, not of the mall. */
export const payloadOf = (of: ChangeStep): AupayPayload => AupayPayload.parse(of.payload)
