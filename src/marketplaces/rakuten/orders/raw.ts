import { PENDING_AMOUNT } from './wire-fields.ts'

/** The answer's JSON, walked beside the parsed order to keep fields that the normalised order lacks. */
export type Raw = Readonly<Record<string, unknown>>

const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const child = (raw: Raw, key: string): Raw => {
  const value = raw[key]
  return isRaw(value) ? value : {}
}

export const childAt = (raw: Raw, key: string, index: number): Raw => {
  const list = raw[key]
  const value: unknown = Array.isArray(list) ? list[index] : undefined
  return isRaw(value) ? value : {}
}

/** Returns all fields but the named ones, including unknown ones. */
export function without(raw: Raw, mapped: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !mapped.has(key)))
}

/** Returns the unmapped part of a nested model under the model's name; empty when nothing is left. */
export function leftover(raw: Raw, key: string, mapped: ReadonlySet<string>): Record<string, unknown> {
  const rest = without(child(raw, key), mapped)
  return Object.keys(rest).length === 0 ? {} : { [key]: rest }
}

/** Lists the paths of all amounts that are not fixed yet (-9999). */
export function pendingAmounts(value: unknown, path = ''): string[] {
  if (value === PENDING_AMOUNT) return [path]
  if (Array.isArray(value)) return value.flatMap((entry, index) => pendingAmounts(entry, `${path}[${index}]`))
  if (!isRaw(value)) return []
  return Object.entries(value).flatMap(([key, entry]) =>
    pendingAmounts(entry, path === '' ? key : `${path}.${key}`),
  )
}

/** 0 for an open amount, where the normalised order needs a number; the order then has a hold. */
export const fixed = (amount: number): number => (amount === PENDING_AMOUNT ? 0 : amount)

export const fixedOrNull = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined || amount === PENDING_AMOUNT ? null : amount

/** Converts Rakuten's decimal rate (0.08) into whole percent. */
export const percent = (rate: number | null): number | null => (rate === null ? null : Math.round(rate * 100))
