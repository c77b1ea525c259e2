import { z } from 'zod'

/** Settings that a test or the control API may change at run time: what the real API does not publish. */
export const AupaySettings = z.object({
  requestsPerSecond: z.number().positive(),
  overLimit: z.enum(['429', '503-html', '503-empty', 'status-1']),
  /** 接続元IPアドレス; null: all. */
  allowedIps: z.array(z.string()).nullable(),
  /** What a call from another address gets. */
  foreignIp: z.enum(['401', '403']),
  keyDays: z.number().positive(),
  /** HTTP status of CME0021 and CME0022, and of refusals of a call. */
  shopErrorStatus: z.union([z.literal(200), z.literal(400)]),
  refusalStatus: z.union([z.literal(200), z.literal(400)]),
  /** Whether resultCount counts the rows of the page or of the whole search. */
  resultCount: z.enum(['page', 'total']),
  /** Rows of a page when totalCount is not given, and at most. */
  defaultRows: z.int().positive(),
  mostRows: z.int().positive(),
  /** searchTradeNoListProc: one orderInfo for each number, or one for all. */
  numberList: z.enum(['each', 'one']),
  /** Answer for an unknown orderId. */
  unknownOrder: z.enum(['empty', 'status-1']),
  taxRates: z.enum(['decimal', 'percent']),
  /** Share of answers with a further, unknown element; and of orders under a status that the shop named. */
  extraElements: z.number().min(0).max(1),
  customStatuses: z.array(z.string()),
  /** How long the mall reviews an order. */
  reviewSeconds: z.number().nonnegative(),
  /** Refuse 完了 for an order without shipping data. */
  needsShipping: z.boolean(),
  /** The look of the notification mail: sender, subject, label and text, with {orderNumber} and the like. */
  mailFrom: z.string(),
  mailSubject: z.string().nullable(),
  mailNumberLabel: z.string(),
  mailText: z.string().nullable(),
})
export type AupaySettings = z.infer<typeof AupaySettings>

export const defaultSettings = (requestsPerSecond: number): AupaySettings => ({
  requestsPerSecond,
  overLimit: '429',
  allowedIps: null,
  foreignIp: '401',
  keyDays: 90,
  shopErrorStatus: 200,
  refusalStatus: 200,
  resultCount: 'page',
  defaultRows: 10,
  mostRows: 1000,
  numberList: 'each',
  unknownOrder: 'empty',
  taxRates: 'decimal',
  extraElements: 0.1,
  customStatuses: ['出荷準備中'],
  reviewSeconds: 1800,
  needsShipping: false,
  mailFrom: 'order@mail.wowma.jp',
  mailSubject: null,
  mailNumberLabel: '注文番号',
  mailText: null,
})
