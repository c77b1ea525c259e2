import { z } from 'zod'

/** What a test or the control API may change while the simulator runs. */
export const YahooSettings = z.object({
  /** Addresses registered for the order API; null: all. */
  allowedIps: z.array(z.string()).nullable().describe('接続元IPアドレスの登録'),
  /** Sustained calls per second and client id; above it the client is blocked for a while. */
  requestsPerSecond: z.number().positive(),
  blockSeconds: z.number().nonnegative(),
  blockStatus: z.union([z.literal(403), z.literal(429), z.literal(503)]),
  dailyCap: z.int().positive(),
  /** For how long a buyer may cancel alone. */
  readOnlySeconds: z.number().nonnegative(),
  /** Code of an update within that time: undocumented. */
  readOnlyCode: z.string(),
  /** An order cannot be completed so soon after its change to 出荷済み. */
  completeAfterShipSeconds: z.number().nonnegative(),
  /** Fields that orderInfo refuses with od90101. */
  refusedFields: z.array(z.string()),
  /** Whether a refresh brings a new refresh token and ends the old one. */
  rotateRefreshToken: z.boolean(),
  /** Whether consenting again keeps the refresh token's string. */
  keepRefreshToken: z.boolean(),
  autoApprove: z.boolean(),
  /** Version number of the stores' valid keys. */
  keyVersion: z.string(),
  keyExpired: z.boolean(),
  timestampToleranceSeconds: z.number().nonnegative(),
  accessTokenSeconds: z.number().positive(),
})
export type YahooSettings = z.infer<typeof YahooSettings>

export const defaultSettings = (requestsPerSecond: number): YahooSettings => ({
  allowedIps: null,
  requestsPerSecond,
  blockSeconds: 10,
  blockStatus: 403,
  dailyCap: 50_000,
  readOnlySeconds: 600,
  readOnlyCode: 'od91999',
  completeAfterShipSeconds: 0,
  refusedFields: [],
  rotateRefreshToken: false,
  keepRefreshToken: false,
  autoApprove: true,
  keyVersion: '1',
  keyExpired: false,
  timestampToleranceSeconds: 300,
  accessTokenSeconds: 3600,
})
