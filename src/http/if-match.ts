import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { invalid } from './validation.ts'

/** @param what was read, Japanese and English */
export const ifMatchHeader = (english: string, japanese: string) =>
  z.looseObject({
    'if-match': z
      .string()
      .optional()
      .describe(`Required: the ETag of the ${english} (${japanese})`)
      .meta({ examples: ['"1"'] }),
  })

/**
 * The version that a change was made on, in front of the hash in an ETag (`"3-…"`), or null for `*`, which
 * takes any.
 * @throws AppError IF_MATCH_MISSING, VALIDATION_FAILED
 */
export function versionOf(header: unknown, what: string): number | null {
  const text = (Array.isArray(header) ? header.join(',') : typeof header === 'string' ? header : '').trim()
  if (text === '') {
    throw new AppError(
      'IF_MATCH_MISSING',
      `If-Match ヘッダーが必要です。${what}を取得したときの ETag（版）をそのまま指定してください。`,
    )
  }
  if (text === '*') return null
  const version = /^(?:W\/)?"?(\d{1,15})(?:-[\w-]{1,40})?"?$/.exec(text)?.[1]
  if (version !== undefined) return Number(version)
  const message = `${what}を取得したときの ETag（例 "3"）を指定してください。`
  throw invalid([{ field: 'If-Match', message, code: 'invalid_format' }])
}
