import { z } from 'zod'

/**
 * Field types of 楽天ペイ受注API (RakutenPayOrderAPI 2.0): strict where identity, money or a quantity depends on
 * them; elsewhere absent, null or another shape all count the same.
 */

/** Not yet fixed (金額未確定), for any amount. */
export const PENDING_AMOUNT = -9999

/** Amounts and counts end in 32-bit columns; nothing a shop sells comes near. */
export const int32 = z.int().min(-2_147_483_648).max(2_147_483_647)
export const amount = int32
/** Fields that older versions lack: absent is 0, but a present one must be an amount. */
export const laterAmount = int32.nullish().transform((value) => value ?? 0)
export const rate = z.number().min(0).max(1)
export const laterRate = rate.nullish().transform((value) => value ?? null)
/** Text or number, as text; anything else counts as absent. */
export const text = z
  .unknown()
  .optional()
  .transform((value): string | null => {
    if (typeof value === 'string') return value
    return typeof value === 'number' ? String(value) : null
  })
/** A code or a flag: a whole number, given as number or as digits; anything else counts as absent. */
export const code = z
  .unknown()
  .optional()
  .transform((value): number | null => {
    if (value === null || value === undefined || value === '') return null
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : null
  })
export const flag = code.transform((value) => value === 1)
export const listOf = <T extends z.ZodType>(entry: T) =>
  z
    .array(entry)
    .nullish()
    .transform((list) => list ?? [])
export const objectOr = <T extends z.ZodType>(entry: T) => entry.nullish().transform((value) => value ?? null)
export const id = z
  .union([z.int(), z.string().min(1)])
  .transform((value) => String(value))
  .describe('Identity: must be there')
