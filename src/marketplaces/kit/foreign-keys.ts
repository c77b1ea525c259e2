import { z } from 'zod'
import type { MallFacts, Marketplace } from '../port/marketplace.ts'

/** No mall's key is longer; a longer text is the field's own rules to refuse. */
const LONGEST = 4_096
const BLANKS = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/g

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
  typeof value === 'string' && value.length <= LONGEST ? value.normalize('NFKC').replace(BLANKS, '') : null
