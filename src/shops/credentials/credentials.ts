import { checked } from '../../http/validation.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { FieldError } from '../../platform/errors.ts'

/** Pasted values by field name, cleaned by the mall's schema. */
export type Credentials = Record<string, unknown>

/** Per field, when its value last changed (RFC 3339). */
export type CredentialsSetAt = Record<string, string>

/** Checks what was pasted against the mall's schema; errors name `credentials.<field>`. */
export function checkCredentials(
  mall: Marketplace,
  given: unknown,
): { ok: true; value: Credentials } | { ok: false; fields: FieldError[] } {
  const unknown = unknownFields(mall, given)
  const result = checked(mall.credentials, given, 'credentials')
  if (result.ok && unknown.length === 0) return { ok: true, value: result.value as Credentials }
  return { ok: false, fields: [...(result.ok ? [] : result.fields), ...unknown] }
}

function unknownFields(mall: Marketplace, given: unknown): FieldError[] {
  if (typeof given !== 'object' || given === null) return []
  const known = new Set(mall.credentialFields.map((field) => field.name))
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({
      field: `credentials.${name}`,
      message: `${mall.label}の認証情報にこの項目はありません。`,
      code: 'unknown_field',
    }))
}

/** An unchanged value keeps its time: a 90-day credential does not get younger by being sent again. */
export function toSetTimes(
  next: Credentials,
  before: { values: Credentials; setAt: CredentialsSetAt } | null,
  now: string,
): CredentialsSetAt {
  const times: CredentialsSetAt = {}
  for (const [name, value] of Object.entries(next)) {
    if (value === undefined || value === null) continue
    const unchanged = before !== null && before.values[name] === value
    times[name] = (unchanged ? before.setAt[name] : undefined) ?? now
  }
  return times
}
