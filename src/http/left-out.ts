import { z } from 'zod'
import { factsOf } from '../platform/narrow.ts'

/**
 * Drops fields that are null where the schema knows no null and the field may be left out. Generated clients of languages without
 * `undefined` send an unset optional field as null (its OpenAPI 3.0 twin says `nullable`, or they would invent 0 and false); where
 * null means something of its own, as in an edit of an order, the schema takes null and the field stays.
 */
export function withoutNulls(schema: z.ZodType, data: unknown): unknown {
  return hasNull(data) ? strip(schema, data) : data
}

function hasNull(data: unknown): boolean {
  if (data === null) return true
  return typeof data === 'object' && Object.values(data).some(hasNull)
}

function strip(schema: z.core.$ZodType, data: unknown): unknown {
  if (data === null || typeof data !== 'object') return data
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return strip(schema.def.innerType, data)
  if (schema instanceof z.ZodPipe) return strip(schema.def.in, data)
  if (schema instanceof z.ZodLazy) return strip(schema.def.getter(), data)
  if (schema instanceof z.ZodArray)
    return Array.isArray(data) ? data.map((item) => strip(schema.def.element, item)) : data
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const telling = schema.def.discriminator
    const mine = schema.def.options.find(
      (option) => option instanceof z.ZodObject && takes(option.def.shape[telling], factsOf(data)[telling]),
    )
    return mine ? strip(mine, data) : data
  }
  if (schema instanceof z.ZodUnion) return stripBranch(schema.def.options, data)
  if (schema instanceof z.ZodObject && !Array.isArray(data)) return stripFields(schema.def.shape, data)
  return data
}

function stripFields(shape: Readonly<Record<string, z.core.$ZodType>>, data: object): unknown {
  const fields = Object.entries(factsOf(data)).flatMap(([name, value]): [string, unknown][] => {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (field === undefined) return [[name, value]]
    const mayBeLeftOut = value === null && !takes(field, null) && takes(field, undefined)
    return mayBeLeftOut ? [] : [[name, strip(field, value)]]
  })
  return Object.fromEntries(fields)
}

/** The first shape that takes the data without its nulls; where none does, the data stays as it came and is refused as such. */
function stripBranch(options: readonly z.core.$ZodType[], data: unknown): unknown {
  for (const option of options) {
    const stripped = strip(option, data)
    if (takes(option, stripped)) return stripped
  }
  return data
}

const takes = (schema: z.core.$ZodType, data: unknown): boolean => z.safeParse(schema, data).success
