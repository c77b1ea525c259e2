import type { MallError } from '../../kit/http-failures.ts'
import { ALL_FIELDS, ESSENTIAL_FIELDS } from './fields.ts'

/**
 * Fields that each store may not request. Yahoo! refuses the whole call for one name that is unknown or not
 * for this store (od90101), so a withdrawn field would stop every order. It is omitted for a day instead.
 */
export interface RefusedFields {
  /** Lists the names to request at `now` (milliseconds). */
  allowed(shopCode: string, now: number): string[]
  /**
   * Omits refused names from now on.
   * @returns the omitted names; empty when the error names no optional field
   */
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
