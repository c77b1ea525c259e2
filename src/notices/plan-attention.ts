import type { Marketplace } from '../generated/prisma/enums.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { untoldShops } from './sql.ts'
import { insertNotices, type NewNotice, type NoticeStoreTools } from './store.ts'
import { attentionText } from './texts.ts'

export interface AttentionTools extends NoticeStoreTools {
  db: Db
  clock: Clock
  marketplaces: Marketplaces
}

interface Row {
  id: string
  tenantId: string
  name: string
  code: string
  marketplace: Marketplace
  attentionCode: string
  attentionMessage: string
  attentionSince: Date
}

const MOST = 200
/** Shortest time between two notices of a shop that fails and recovers repeatedly. */
const QUIET_MS = 60 * 60 * 1000

/**
 * Notifies of shops that came under attention (要対応) since the last round. Returns the number of new notices.
 */
export async function planAttention(tools: AttentionTools): Promise<number> {
  const now = tools.clock.now()
  const rows = await tools.db.$queryRaw<Row[]>(untoldShops(new Date(now - QUIET_MS), MOST))
  const notices = rows.map((row): NewNotice => {
    const mallLabel = tools.marketplaces.get(row.marketplace)?.label ?? row.marketplace
    const attention = { code: row.attentionCode, message: row.attentionMessage, since: row.attentionSince }
    return {
      tenantId: row.tenantId,
      shopId: row.id,
      mailboxId: null,
      kind: 'attention',
      what: row.attentionCode,
      occursAt: row.attentionSince,
      threshold: 0,
      ...attentionText({ name: row.name, mallLabel, code: row.code }, attention),
    }
  })
  return insertNotices(tools, notices, new Date(now))
}
