import { z } from 'zod'

/** Japanese for zod's issues, in words that staff know. Messages written in a schema come first. */

const TYPE_NAMES: Record<string, string> = {
  string: '文字列',
  number: '数値',
  int: '整数',
  boolean: 'true または false のどちらか',
  array: '配列（[ ]）',
  object: 'オブジェクト（{ }）',
  record: 'オブジェクト（{ }）',
  date: '日時',
  null: 'null',
}

const FORMAT_NAMES: Record<string, string> = {
  uuid: 'ID（UUID）',
  datetime: '日時（例 2026-04-01T09:00:00+09:00）',
  date: '日付（例 2026-04-01）',
  email: 'メールアドレス',
  url: 'URL',
  hostname: 'ホスト名',
  ipv4: 'IPv4 アドレス',
}

const UNITS: Record<string, string> = { string: ' 文字', array: ' 件', set: ' 件' }

const fallback = z.locales.ja().localeError

/** Error map for `safeParse`. Raw issues carry the input, which is looked at and never repeated. */
export const japaneseIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPE_NAMES[issue.expected] ?? issue.expected
      const missing = issue.input === undefined ? '必須の項目です。' : ''
      return `${missing}${expected}を指定してください。`
    }
    case 'invalid_value': {
      const missing = issue.input === undefined ? '必須の項目です。' : ''
      return `${missing}${issue.values.map(String).join('、')} のいずれかを指定してください。`
    }
    case 'unrecognized_keys':
      return 'この項目はありません。項目名を確認してください。'
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === false ? 'より大きい' : '以上')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'より小さい' : '以下')
    case 'invalid_format':
      return FORMAT_NAMES[issue.format] === undefined
        ? fallback(issue)
        : `${FORMAT_NAMES[issue.format]}の形で指定してください。`
    case 'invalid_union': {
      const allowed = allowedOf(issue)
      if (allowed.length > 0) return `${allowed.join('、')} のいずれかを指定してください。`
      return '指定の形式が正しくありません。項目の組み合わせを確認してください。'
    }
    default:
      return fallback(issue)
  }
}

/** Values that tell a discriminated union's branches apart, where the sent one is none of them. */
function allowedOf({
  inst,
  discriminator,
}: z.core.$ZodRawIssue & { inst?: unknown; discriminator?: unknown }): string[] {
  if (!(inst instanceof z.ZodDiscriminatedUnion) || typeof discriminator !== 'string') return []
  return inst.options.flatMap((option) => {
    const field = option instanceof z.ZodObject ? option.shape[discriminator] : null
    return field instanceof z.ZodLiteral ? [...field.values].map(String) : []
  })
}

function bound(origin: string, limit: number | bigint, word: string): string {
  if (origin === 'string' && word === '以上' && limit === 1) return '空にはできません。'
  return `${limit}${UNITS[origin] ?? ''}${word}にしてください。`
}
