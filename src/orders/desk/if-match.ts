import { invalid } from '../../http/validation.ts'
import { AppError } from '../../platform/errors.ts'

/**
 * The version that a change was made on: `"3"` as the ETag was, or null for `*`, which takes any.
 * @throws AppError IF_MATCH_MISSING, VALIDATION_FAILED
 */
export function versionOf(header: string | string[] | undefined): number | null {
  const text = (Array.isArray(header) ? header.join(',') : header)?.trim()
  if (!text) {
    throw new AppError(
      'IF_MATCH_MISSING',
      'If-Match ヘッダーが必要です。受注を取得したときの ETag（版）をそのまま指定してください。',
    )
  }
  if (text === '*') return null
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(text)?.[1]
  if (version !== undefined) return Number(version)
  throw invalid([
    {
      field: 'If-Match',
      message: '受注を取得したときの ETag（例 "3"）を指定してください。',
      code: 'invalid_format',
    },
  ])
}
