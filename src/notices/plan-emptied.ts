import type { AttentionTools } from './plan-attention.ts'
import { emptiedSoon } from './sql.ts'
import { insertNotices, type NewNotice } from './store.ts'
import { emptiedText } from './texts.ts'

const DAY_MS = 24 * 60 * 60_000
/** Long enough to work on them, or to write down what has to be kept. */
const NOTICE_DAYS = 14
const MOST = 200

/** Days after which an open order, or one that was never pulled, loses its personal data. */
export interface EmptiedAfter {
  openDays: number
  unpulledDays: number
}

interface Row {
  shopId: string
  tenantId: string
  shop: string
  what: 'unpulledOrders' | 'openOrders'
  orders: number
  /** The day in Japan, and when the first of them loses its data. */
  day: Date
  at: Date
}

/**
 * Notifies of unfinished orders before they lose their personal data, one notice per shop and day. Returns
 * the number of new notices.
 */
export async function planEmptied(
  tools: Omit<AttentionTools, 'marketplaces'> & EmptiedAfter,
): Promise<number> {
  const now = tools.clock.now()
  const told = new Date(now + NOTICE_DAYS * DAY_MS)
  const rows = await tools.db.$queryRaw<Row[]>(emptiedSoon(told, tools, MOST))
  return insertNotices(tools, rows.map(noticeOf), new Date(now))
}

const noticeOf = ({ shopId, tenantId, shop, what, orders, day, at }: Row): NewNotice => ({
  tenantId,
  shopId,
  mailboxId: null,
  kind: 'expiry',
  what,
  occursAt: day,
  threshold: NOTICE_DAYS,
  ...emptiedText(what, shop, orders, at),
})
