import { z } from 'zod'

/** ライセンス管理API. */
export const EXPIRY_FUNCTION = 'license.expiryDate.get'

/** What a test or the control API can change while the simulator runs. */
export const Settings = z.object({
  requestsPerSecond: z.number().positive(),
  overLimit: z.enum(['429', '503-json', '503-html', '503-empty']),
  /** How gateway errors are wrapped; their real shape is not known. */
  envelope: z.enum(['errors', 'Results', 'empty', 'html']),
  /** `Results` was also seen with HTTP 200. */
  envelopeStatus: z.int().nullable(),
  refusedCode: z.enum(['GA0001', 'ES01-01']),
  /** getOrder versions that are accepted. */
  oldestVersion: z.int(),
  newestVersion: z.int(),
  /** The open question of the reference: whether one unknown number turns the whole call into an error. */
  unknownNumberBreaksCall: z.boolean(),
  /** 200 → 300, by how the payment settles. */
  settleSeconds: z.object({ card: z.number(), prepaid: z.number(), onDelivery: z.number() }),
  /** 800 → 900. */
  cancelSeconds: z.number(),
  /** RMS's automatic confirmation; null: by call only. */
  autoConfirmSeconds: z.number().nullable(),
  /** Operations, or `license.expiryDate.get`, that are not switched on for the key. */
  disabledFunctions: z.array(z.string()),
  /** JST without zone, as the licence service says it. */
  keyExpiresAt: z.string(),
})
export type Settings = z.infer<typeof Settings>
export const SettingsPatch = Settings.partial()

export const defaultSettings = (now: number, requestsPerSecond: number): Settings => ({
  requestsPerSecond,
  overLimit: '429',
  envelope: 'errors',
  envelopeStatus: null,
  refusedCode: 'GA0001',
  oldestVersion: 3,
  newestVersion: 10,
  unknownNumberBreaksCall: false,
  settleSeconds: { card: 120, prepaid: 3 * 24 * 3600, onDelivery: 0 },
  cancelSeconds: 5,
  autoConfirmSeconds: null,
  disabledFunctions: [],
  keyExpiresAt: `${new Date(now + 60 * 24 * 3600 * 1000).toISOString().slice(0, 10)}T23:59:59`,
})
