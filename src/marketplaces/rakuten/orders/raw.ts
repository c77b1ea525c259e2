import { PENDING_AMOUNT } from './wire-fields.ts'

/** The answer's JSON as it came, walked beside the parsed order to keep what the normalised order has no place for. */
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

/** All fields but the named ones, unknown ones included. */
export function without(raw: Raw, mapped: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !mapped.has(key)))
}

/** What is left of a nested model under the model's own name; nothing when nothing is left. */
export function leftover(raw: Raw, key: string, mapped: ReadonlySet<string>): Record<string, unknown> {
  const rest = without(child(raw, key), mapped)
  return Object.keys(rest).length === 0 ? {} : { [key]: rest }
}

/** Paths of every amount that is not fixed yet (-9999). */
export function pendingAmounts(value: unknown, path = ''): string[] {
  if (value === PENDING_AMOUNT) return [path]
  if (Array.isArray(value)) return value.flatMap((entry, index) => pendingAmounts(entry, `${path}[${index}]`))
  if (!isRaw(value)) return []
  return Object.entries(value).flatMap(([key, entry]) =>
    pendingAmounts(entry, path === '' ? key : `${path}.${key}`),
  )
}

/** Where the normalised order needs a number: an amount that is not fixed counts 0, and the order carries a hold. */
export const fixed = (amount: number): number => (amount === PENDING_AMOUNT ? 0 : amount)

export const fixedOrNull = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined || amount === PENDING_AMOUNT ? null : amount

/** Rates are decimals at Rakuten (0.08) and whole percent here. */
export const percent = (rate: number | null): number | null => (rate === null ? null : Math.round(rate * 100))
