import type { MallError } from '../../kit/http-failures.ts'
import { ALL_FIELDS, ESSENTIAL_FIELDS } from './fields.ts'

/**
 * Which fields each store may not ask for. Yahoo! refuses the whole call when one name in it is unknown or not for this
 * store (od90101), so a field that it takes away would stop every order; it is left out instead, for a day.
 */
export interface RefusedFields {
  /** The names to ask for at `now` (milliseconds). */
  allowed(shopCode: string, now: number): string[]
  /** Takes refused names out. Returns those taken: none when the error names no field that can be done without. */
  refuse(shopCode: string, error: MallError, now: number): string[]
}

const FORGET_MS = 24 * 60 * 60 * 1000

export function createRefusedFields(): RefusedFields {
  /** shop code → field → when it was refused. */
  const refused = new Map<string, Map<string, number>>()

  function current(shopCode: string, now: number): Map<string, number> {
    const fields = refused.get(shopCode) ?? new Map<string, number>()
    for (const [field, at] of fields) if (now - at >= FORGET_MS) fields.delete(field)
    refused.set(shopCode, fields)
    return fields
  }

  return {
    allowed(shopCode, now) {
      const without = current(shopCode, now)
      return ALL_FIELDS.filter((field) => !without.has(field))
    },
    refuse(shopCode, error, now) {
      const known = current(shopCode, now)
      const fields = refusedIn(error).filter((field) => canGo(field) && !known.has(field))
      for (const field of fields) known.set(field, now)
      return fields
    },
  }
}

const canGo = (field: string) => ALL_FIELDS.includes(field) && !ESSENTIAL_FIELDS.has(field)

/** The names after the colon of `Request Parameter Error : IsGift`. */
export function refusedIn(error: MallError): string[] {
  if (error.code !== 'od90101') return []
  const [, list = ''] = /:([^:]*)$/.exec(error.message) ?? []
  return list.split(/[\s,]+/).filter((name) => /^[A-Za-z][A-Za-z0-9]*$/.test(name))
}
