import { z } from 'zod'
import { Time } from '../../http/schemas.ts'
import type { DbOrTx } from '../../platform/db/database.ts'
import { saveShopNotices } from '../statements.ts'

/**
 * Hints that a mall's answers carry without failing a call: a public key check that fails and will end the
 * session in hours, an unknown code. Kept per shop and code until the mall reports that all is well, or until
 * a week without it.
 */

export interface MallHint {
  /** For programs: `YAHOO_KEY_NOT_AUTHORISED`. */
  code: string
  /** Japanese: what it means and what to do. */
  message: string
}

export const HINT_SHOWN_MS = 7 * 24 * 60 * 60_000
/** A hint that comes with every answer is not written more often. */
const WRITTEN_EVERY_MS = 60_000

const ShopHint = z
  .object({
    code: z.string().describe('For programs (コード)'),
    message: z.string().describe('What it means and what to do, Japanese (説明)'),
    since: Time.describe('First seen (最初の検出日時)'),
    lastSeenAt: Time.describe('最後の検出日時'),
  })
  .meta({
    id: 'ShopNotice',
    description: 'What the mall lets know; the shop goes on working (モールからの通知)',
  })

export const ShopHints = z
  .array(ShopHint)
  .describe('What the mall lets know without stopping anything; newest first (モールからの通知)')

/** Collects what one session is told; the last word on each code counts. */
export interface HintBook {
  /** Each code once; changes as the session goes on. */
  readonly hints: readonly MallHint[]
  /** False when the code was noted before. */
  add(hint: MallHint): boolean
  over(codes: readonly string[]): void
  /** Writes what is new since the last time. Nothing to write: no statement. */
  save(db: DbOrTx, shopId: string, at: Date): Promise<void>
}

export function createHintBook(): HintBook {
  const hints: MallHint[] = []
  /** Codes with something to write: a hint, or that it is over. */
  const unsaved = new Set<string>()
  const over = new Set<string>()
  return {
    hints,
    add(hint) {
      if (hints.some(({ code }) => code === hint.code)) return false
      hints.push(hint)
      over.delete(hint.code)
      unsaved.add(hint.code)
      return true
    },
    over(codes) {
      for (const code of codes) {
        if (over.has(code)) continue
        const known = hints.findIndex((hint) => hint.code === code)
        if (known >= 0) hints.splice(known, 1)
        over.add(code)
        unsaved.add(code)
      }
    },
    async save(db, shopId, at) {
      if (unsaved.size === 0) return
      const rows = hints.filter(({ code }) => unsaved.has(code))
      const gone = [...unsaved].filter((code) => over.has(code))
      unsaved.clear()
      const before = new Date(at.getTime() - WRITTEN_EVERY_MS)
      await db.$executeRaw(saveShopNotices(shopId, gone, rows, at, before))
    },
  }
}

/** The hints of these shops that are still to be shown, by shop. `now` in milliseconds. */
export async function readHints(
  db: DbOrTx,
  shopIds: readonly string[],
  now: number,
): Promise<Map<string, z.infer<typeof ShopHints>>> {
  const rows = await db.shopNotice.findMany({
    where: { shopId: { in: [...shopIds] }, lastSeenAt: { gt: new Date(now - HINT_SHOWN_MS) } },
    orderBy: [{ firstSeenAt: 'desc' }, { code: 'asc' }],
  })
  const byShop = new Map<string, z.infer<typeof ShopHints>>()
  for (const { shopId, code, message, firstSeenAt, lastSeenAt } of rows) {
    const hint = { code, message, since: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() }
    byShop.set(shopId, [...(byShop.get(shopId) ?? []), hint])
  }
  return byShop
}
