import type { z } from 'zod'
import { invalid } from './validation.ts'

/** A cursor is where the page before ended: the sort values of its last row, opaque to clients. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws AppError VALIDATION_FAILED naming `cursor` when it is not one of ours for this list */
export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(readJson(cursor))
  if (parsed.success) return parsed.data
  throw invalid([
    {
      field: 'cursor',
      message: 'この一覧のカーソルではありません。前のページの nextCursor をそのまま指定してください。',
      code: 'invalid_cursor',
    },
  ])
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * Cuts the row that was read beyond the page: read `limit + 1` rows, keep `limit`, and the cursor of the last kept one
 * when there was more.
 */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => readonly (string | number)[],
): { rows: T[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return {
    rows: kept,
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  }
}
