import type { z } from 'zod'
import type { FieldLimit } from '../../port/site-changes.ts'

/**
 * Narrows `schema` by a mall's limits on single fields. GET /v1/marketplaces and the docs show the same rows.
 */
export function limited<S extends z.ZodType>(schema: S, mall: string, limits: readonly FieldLimit[]): S {
  return schema.superRefine((wished, context) => {
    for (const limit of limits)
      for (const { path, value } of valuesAt(wished, limit.field.split('.'))) {
        const problem = problemOf(limit, value)
        if (problem) context.addIssue({ code: 'custom', path, message: limit.words ?? mall + problem })
      }
  })
}

/** Limit for a field that the mall does not have. Without `words` the label makes the sentence. */
export const notTaken = (field: string, label: string, words?: string): FieldLimit => ({
  field,
  label,
  taken: false,
  ...(words === undefined ? {} : { words }),
})

/** Limits for the parts of a name and an address, where all have the same length. */
export const recipientTexts = (most: Pick<FieldLimit, 'bytes' | 'characters'>): FieldLimit[] =>
  Object.entries(RECIPIENT_TEXTS).map(([name, label]) => ({ field: `recipients.${name}`, label, ...most }))

const RECIPIENT_TEXTS = {
  familyName: '姓',
  givenName: '名',
  familyNameKana: '姓カナ',
  givenNameKana: '名カナ',
  prefecture: '都道府県',
  city: '市区町村',
  address1: '町域・番地',
  address2: '建物名・部屋番号',
}

interface Place {
  path: PropertyKey[]
  value: unknown
}

/** Lists the values of a field; a name after a list means the field in each of its entries. */
function valuesAt(value: unknown, names: readonly string[], path: PropertyKey[] = []): Place[] {
  const [name, ...rest] = names
  if (name === undefined) return [{ path, value }]
  if (Array.isArray(value)) return value.flatMap((entry, index) => valuesAt(entry, names, [...path, index]))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return valuesAt((value as Record<string, unknown>)[name], rest, [...path, name])
}

/** The first limit that the value passes, as an end of a sentence. */
function problemOf(
  { label, bytes, characters, most, pattern, taken }: FieldLimit,
  value: unknown,
): string | null {
  if (taken === false) return isGiven(value) ? `では${label}は登録できません。指定を外してください。` : null
  if (Array.isArray(value))
    return most !== undefined && value.length > most ? `の${label}は${most}件までです。` : null
  if (typeof value === 'number')
    return most !== undefined && value > most ? `の${label}は${most.toLocaleString('ja-JP')}までです。` : null
  if (typeof value !== 'string') return null
  const size = Buffer.byteLength(value)
  if (bytes !== undefined && size > bytes)
    return `の${label}は${bytes}バイトまでです（全角は1文字3バイト、今は${size}バイト）。短くしてください。`
  if (characters !== undefined && value.length > characters)
    return `の${label}は${characters}文字までです（今は${value.length}文字）。短くしてください。`
  return pattern && !pattern.test(value) ? `の${label}の形が正しくありません。` : null
}

/** False for a switch that is off and for a blank, which request nothing. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)
