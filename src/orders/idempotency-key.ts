import { createHash } from 'node:crypto'
import { AppError } from '../platform/errors.ts'

/** @throws AppError IDEMPOTENCY_KEY_MISSING, or VALIDATION_FAILED when it is not 1 to 255 visible ASCII characters */
export function idempotencyKeyOf(header: string | string[] | undefined, what = '受注取込'): string {
  const key = Array.isArray(header) ? header.join(',') : header
  if (key === undefined || key === '') {
    throw new AppError(
      'IDEMPOTENCY_KEY_MISSING',
      `Idempotency-Key ヘッダーが必要です。${what}のたびに新しい値（UUID など）を付け、再送するときだけ同じ値を使ってください。`,
    )
  }
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new AppError('VALIDATION_FAILED', 'Idempotency-Key の形式が正しくありません。', {
    fields: [
      {
        field: 'Idempotency-Key',
        message: '空白を含まない半角英数記号 1〜255 文字で指定してください。',
        code: 'invalid_format',
      },
    ],
  })
}

/** As it is stored and looked for. A trigger writes the same (migration notice_channels_and_hashed_keys), whoever inserts. */
export const storedKey = (tenantId: string, key: string): string =>
  `sha256:${createHash('sha256').update(`${tenantId} ${key}`).digest('hex')}`
