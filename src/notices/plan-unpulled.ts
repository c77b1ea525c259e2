import type { AttentionTools } from './plan-attention.ts'
import { unpulledShops } from './sql.ts'
import { keepNotices, type NewNotice } from './store.ts'
import { unpulledText } from './texts.ts'

const DAY_MS = 24 * 60 * 60_000
/** Long enough to pull, or to write down what has to be kept. */
const NOTICE_DAYS = 7
const MOST = 200

interface Row {
  shopId: string
  tenantId: string
  shop: string
  orders: number
  /** When the first of them loses its data. */
  at: Date
}

/** Tells of orders that nobody took from 自動受注取込 before they lose their personal data. The number of new notices. */
export async function planUnpulled(
  tools: Omit<AttentionTools, 'marketplaces'> & { unpulledDays: number },
): Promise<number> {
  const now = tools.clock.now()
  const from = new Date(now - (tools.unpulledDays - NOTICE_DAYS) * DAY_MS)
  const rows = await tools.db.$queryRaw<Row[]>(unpulledShops(from, tools.unpulledDays, MOST))
  return keepNotices(tools, rows.map(noticeOf), new Date(now))
}

function noticeOf({ shopId, tenantId, shop, orders, at }: Row): NewNotice {
  return {
    ...{
      tenantId,
      shopId,
      mailboxId: null,
      kind: 'expiry',
      what: 'unpulledOrders',
      occursAt: at,
      threshold: NOTICE_DAYS,
    },
    ...unpulledText(shop, orders, at),
  }
}
