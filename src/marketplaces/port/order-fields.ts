import { z } from 'zod'

/** Kinds of fields of the normalised order. */

export const yen = z.int().describe('Integer yen (円)')
export const text = z.string().nullable()
/**
 * Not validated: an order is never refused for a time of its mall. `…At` and `…Until` are times, `…By`, `…On`
 * and `…Date` are days.
 */
export const time = z.string().meta({ format: 'date-time' }).nullable()
export const day = z.string().meta({ format: 'date' }).nullable()
export const mallFields = z
  .record(z.string(), z.unknown())
  .describe("Further fields of this mall under the mall's own names (モール固有項目)")

/** Marks a field that was added after the first orders were stored, which lack it. */
export const later = <T extends z.ZodType>(field: T) => field.optional()
