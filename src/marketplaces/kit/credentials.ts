import { z } from 'zod'
import type { CredentialField, MallFacts, Marketplace } from '../port/marketplace.ts'

export const credentialField = (
  name: string,
  label: string,
  help: string,
  more: Partial<CredentialField> = {},
): CredentialField => ({ name, label, help, secret: false, required: false, ...more })

/** A key that no call can be made without. */
export const KEY = { secret: true, required: true, onlyOwnKeys: true } as const

const BLANKS = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/g

/** Copying brings blanks of every width, line ends and invisible characters along; keys have none of them. */
export const withoutBlanks = (text: string): string => text.normalize('NFKC').replace(BLANKS, '')

/** A key in one line. */
export const pasted = (label: string) =>
  z
    .string({ error: `${label}を入力してください。` })
    .transform(withoutBlanks)
    .pipe(
      z
        .string()
        .min(1, `${label}を入力してください。`)
        .max(2048, `${label}が長すぎます。コピーした範囲を確認してください。`)
        .regex(
          /^[\x21-\x7e]*$/,
          `${label}に使えない文字が含まれています。半角の英数字と記号だけの表示をそのままコピーしてください。`,
        ),
    )

/** The value that `read` makes of the text in half-width characters; where it is null, a refusal. */
export const readWith = <T>(problem: string, read: (text: string) => T | null) =>
  z.string({ error: problem }).transform((text, context): T => {
    const value = read(text.normalize('NFKC').trim())
    if (value !== null) return value
    context.addIssue(problem)
    return z.NEVER
  })

/** RFC 3339; null where staff noted no time. */
export function notedAt(text: string | undefined): Date | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : new Date(time)
}

export const daysAfter = (start: Date, days: number): Date =>
  new Date(start.getTime() + days * 24 * 60 * 60 * 1000)

/** A blank counts as absent. */
export const optionally = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value),
    schema.optional(),
  )

/** The shop's code at the mall. */
export const shopCodeOf = (
  missing: string,
  shape: RegExp,
  problem: string,
  clean: (text: string) => string = withoutBlanks,
): z.ZodType<string> =>
  z.string({ error: missing }).transform(clean).pipe(z.string().min(1, missing).regex(shape, problem))

/** No mall's key is longer; a longer text is the field's own rules to refuse. */
const LONGEST = 4_096

/** Wraps a mall's form to name another mall's key pasted by mistake, before the form's own rules apply. */
export function refusingForeignKeys(mall: Marketplace, malls: readonly MallFacts[]): Marketplace {
  const shapes = malls.filter(({ name }) => name !== mall.name).flatMap(({ keyShapes }) => keyShapes)
  const fields = mall.credentialFields.filter((field) => field.onlyOwnKeys)
  if (fields.length === 0) return mall
  const looked = z.unknown().superRefine((given, context) => {
    if (typeof given !== 'object' || given === null) return
    const values = new Map<string, unknown>(Object.entries(given))
    for (const { name, label } of fields) {
      const value = cleaned(values.get(name))
      const foreign = value === null ? undefined : shapes.find(({ shape }) => shape.test(value))
      if (foreign === undefined) continue
      const message = `${label}の欄に${foreign.name}が入力されています。${label}を入力してください。`
      context.addIssue({ code: 'custom', path: [name], message })
    }
  })
  return { ...mall, credentials: looked.pipe(mall.credentials) }
}

const cleaned = (value: unknown) =>
  typeof value === 'string' && value.length <= LONGEST ? withoutBlanks(value) : null
