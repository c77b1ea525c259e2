import type { Marketplace } from '../generated/prisma/enums.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import { japaneseDay, japaneseDayStart, nextInJapan } from '../platform/japan-time.ts'
import type { AttentionTools } from './plan-attention.ts'
import { dayOfShops, tenantsWithoutReport } from './statements.ts'
import { insertNotices, type NewNotice, REPORT_HOUR } from './store.ts'
import { reportText, type ShopReport } from './texts.ts'

interface Row extends Omit<ShopReport, 'mallLabel'> {
  tenantId: string
  marketplace: Marketplace
  capabilities: unknown
}

/** Tenants of one look; the others have theirs at the next. */
const MOST = 200

/**
 * 日次レポート: from seven in the morning in Japan, yesterday's events at each shop, for tenants with a recipient.
 * Returns the number of new reports.
 */
export async function planReports(tools: AttentionTools): Promise<number> {
  const now = tools.clock.now()
  // The next seven o'clock being tomorrow's, today's is over.
  if (japaneseDay(nextInJapan(now, REPORT_HOUR, 0)) === japaneseDay(now)) return 0
  const [from, to] = [japaneseDayStart(now, 1), japaneseDayStart(now)]
  const day = new Date(from)
  const tenants = await tools.db.$queryRaw<{ id: string }[]>(tenantsWithoutReport(day, MOST))
  if (tenants.length === 0) return 0
  const ids = tenants.map(({ id }) => id)
  const rows = await tools.db.$queryRaw<Row[]>(dayOfShops(ids, day, new Date(to), japaneseDay(from)))
  const notices = ids.map((tenantId): NewNotice => {
    const shops = rows
      .filter((row) => row.tenantId === tenantId)
      .map((row) => ({
        ...row,
        mallLabel: mallOfShop(tools.marketplaces, row)?.label ?? row.marketplace,
      }))
    return {
      tenantId,
      kind: 'report',
      what: 'DAILY_REPORT',
      occursAt: day,
      ...reportText(day, shops),
    }
  })
  return insertNotices(tools, notices, new Date(now))
}
