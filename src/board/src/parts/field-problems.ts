import { t } from '../i18n.ts'

interface FieldError {
  field: string
  message: string
  code?: string
}

/** Codes of a wrong type or a missing value: their messages speak to programs. */
const FOR_PROGRAMS = new Set(['required', 'invalid_type', 'invalid_value', 'invalid_union'])

/**
 * Puts each error of an answer beside the field of the form that it is about: of the same name, or the
 * nearest that holds it (`shopIds[0]` belongs to `shopIds`). What no field of the form has is said at the
 * form's end.
 */
export function problemsBesideFields(
  errors: readonly FieldError[],
  names: ReadonlySet<string>,
): { problems: Map<string, string>; rest: string[] } {
  const problems = new Map<string, string>()
  const rest: string[] = []
  for (const { field, message, code } of errors) {
    const name = nearest(field, names)
    const words =
      code !== undefined && FOR_PROGRAMS.has(code) && /文字列|配列|オブジェクト|true|null/.test(message)
        ? t('入力内容を確認してください。', 'Check what was entered.')
        : message
    if (name === null) rest.push(words)
    else if (!problems.has(name)) problems.set(name, words)
  }
  return { problems, rest: [...new Set(rest)] }
}

function nearest(field: string, names: ReadonlySet<string>): string | null {
  for (let path = field; path !== ''; path = path.replace(/(^|[.[])[^.[]*$/, ''))
    if (names.has(path)) return path
  return null
}
