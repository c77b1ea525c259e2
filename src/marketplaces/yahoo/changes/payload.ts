import { z } from 'zod'
import type { ChangeStep } from '../../port/site-changes.ts'
import { WRITES } from '../client.ts'

const optionalTexts = <N extends string>(...names: N[]) =>
  Object.fromEntries(names.map((name) => [name, z.string().optional()])) as Record<
    N,
    z.ZodOptional<z.ZodString>
  >

const Ship = z.object({
  ShipStatus: z.string().optional(),
  ShipCompanyCode: z.string().optional(),
  ShipInvoiceNumber1: z.string().optional(),
  ShipInvoiceNumber2: z.string().optional(),
  /** YYYYMMDD */
  ShipDate: z.string().optional(),
  ShipInvoiceNumberEmptyReason: z.string().optional(),
  // orderChange: address and wish
  ...optionalTexts(
    ...(['ShipLastName', 'ShipFirstName', 'ShipLastNameKana', 'ShipFirstNameKana', 'ShipZipCode'] as const),
    ...(['ShipPrefecture', 'ShipCity', 'ShipAddress1', 'ShipAddress2', 'ShipPhoneNumber'] as const),
    ...(['ShipRequestDate', 'ShipRequestTime'] as const),
  ),
})
export type ShipFields = z.infer<typeof Ship>

/** What a step carries between tries: the operation and the content of `Order`. */
export const YahooPayload = z.object({
  operation: z.enum(WRITES),
  /** Points are fixed with it (ポイント確定); where the call demands to be told. */
  isPointFix: z.boolean().optional(),
  /** orderItemAdd: title and price of the lines are the store's own, unless a line says otherwise (商品情報の引用). */
  isQuotation: z.boolean().optional(),
  order: z.object({
    OrderStatus: z.string().optional(),
    CancelReason: z.string().optional(),
    CancelReasonDetail: z.string().optional(),
    IsSeen: z.literal('true').optional(),
    Notes: z.string().optional(),
    StoreStatus: z.string().optional(),
    Pay: z.object({ PayStatus: z.string(), PayDate: z.string().optional() }).optional(),
    Ship: Ship.optional(),
    BuyerComments: z.string().optional(),
    Detail: z.record(z.string(), z.string()).optional(),
    Item: z
      .array(
        z.object({
          LineId: z.string(),
          Quantity: z.string(),
          // orderItemAdd
          ...optionalTexts('ItemId', 'Title', 'UnitPrice', 'SubCode', 'IsQuotation'),
        }),
      )
      .optional(),
  }),
})
export type YahooPayload = z.infer<typeof YahooPayload>

export const step = (
  name: string,
  label: string,
  payload: YahooPayload,
  facts: Record<string, unknown> = {},
): ChangeStep => ({ name, label, payload, facts: { operation: payload.operation, ...facts } })

/** Raises when the step is not one of this mall's: a fault of the program, not of the mall. */
export const payloadOf = (of: ChangeStep): YahooPayload => YahooPayload.parse(of.payload)
