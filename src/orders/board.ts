import type { Pool } from 'pg'
import { z } from 'zod'
import { Id, Time } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { MailboxNotices, mailboxNotices } from '../shops/mailboxes/mailbox-notices.ts'
import { readNotices, ShopNotices } from '../shops/shops/mall-notices.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'

const counts = {
  staged: z.int().describe('Waiting in 自動受注取込'),
  changing: z.int().describe('Site changes queued or under way (変更中)'),
  warning: z.int().describe('Site changes that ended with a warning (警告あり)'),
  failed: z.int().describe('Site changes that failed (失敗)'),
}

const importCounts = {
  importing: z.int().describe('Orders that are not here yet and wait to be fetched (取込待ち)'),
  importFailed: z.int().describe('Import requests that were given up (取込失敗)'),
  missing: z
    .int()
    .describe('Orders that the mall lists and that are not here, see the shop’s completeness (未取込)'),
}

const Attention = z
  .object({
    code: z.string().describe('For programs (コード)'),
    message: z.string().describe('What a person must do, Japanese (説明)'),
    since: Time.nullable().describe('発生日時'),
  })
  .nullable()
  .describe('Why it stands still (要対応); null when it does not')

export const Board = z
  .object({
    ...counts,
    ...importCounts,
    attention: z.int().describe('Shops and mailboxes that wait for a person (要対応の件数)'),
    shops: z
      .array(
        z.object({
          shopId: Id,
          name: z.string().describe('店舗名'),
          marketplace: MarketplaceNameSchema,
          ...counts,
          ...importCounts,
          attention: Attention,
          laneClosedUntil: Time.nullable().describe(
            'The mall is not asked before this time (モールへの接続再開予定)',
          ),
          verifiedUntil: Time.nullable().describe(
            'Orders placed before this time have been compared with the mall’s own list (照合済みの時点)',
          ),
          notices: ShopNotices,
        }),
      )
      .describe('By shop (店舗別)'),
    mailboxes: z
      .array(
        z.object({
          mailboxId: Id,
          name: z.string().describe('受信箱名'),
          state: z
            .string()
            .describe('connecting, connected, polling, waiting, attention, disabled (接続状態)'),
          attention: Attention,
          notices: MailboxNotices,
        }),
      )
      .describe('By mailbox (受信箱別)'),
  })
  .meta({ id: 'Board', description: 'What stands where (状況一覧)' })

type BoardAnswer = z.infer<typeof Board>
type ShopLine = BoardAnswer['shops'][number]

interface AttentionRow {
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
}

type ShopRow = Omit<ShopLine, 'attention' | 'laneClosedUntil' | 'verifiedUntil' | 'notices'> &
  AttentionRow & { laneClosedUntil: Date | null; verifiedUntil: Date | null }
type MailboxRow = { mailboxId: string; name: string; state: string } & AttentionRow &
  Parameters<typeof mailboxNotices>[0]

/** Counts of a tenant's shops and the state of its mailboxes. */
export async function readBoard(
  deps: { pool: Pool; db: Db; clock: Clock },
  tenantId: string,
): Promise<BoardAnswer> {
  const now = deps.clock.now()
  const [shopRows, mailboxRows] = await Promise.all([
    deps.pool.query<ShopRow>(SHOPS, [tenantId]),
    deps.pool.query<MailboxRow>(MAILBOXES, [tenantId]),
  ])
  const shopIds = shopRows.rows.map((row) => row.shopId)
  const notices = await readNotices(deps.db, shopIds, now)
  const shops = shopRows.rows.map((row) => toShopLine(row, notices.get(row.shopId) ?? [], now))
  const mailboxes = mailboxRows.rows.map((row) => ({
    mailboxId: row.mailboxId,
    name: row.name,
    state: row.state,
    attention: toAttention(row),
    notices: mailboxNotices(row),
  }))
  const sum = (count: (shop: ShopLine) => number): number =>
    shops.reduce((total, shop) => total + count(shop), 0)
  return {
    staged: sum((shop) => shop.staged),
    changing: sum((shop) => shop.changing),
    warning: sum((shop) => shop.warning),
    failed: sum((shop) => shop.failed),
    importing: sum((shop) => shop.importing),
    importFailed: sum((shop) => shop.importFailed),
    missing: sum((shop) => shop.missing),
    attention: [...shops, ...mailboxes].filter((line) => line.attention !== null).length,
    shops,
    mailboxes,
  }
}

function toShopLine(
  { attentionCode, attentionMessage, attentionSince, laneClosedUntil, verifiedUntil, ...line }: ShopRow,
  notices: ShopLine['notices'],
  now: number,
): ShopLine {
  const closed = laneClosedUntil !== null && laneClosedUntil.getTime() > now
  return {
    ...line,
    attention: toAttention({ attentionCode, attentionMessage, attentionSince }),
    laneClosedUntil: closed ? laneClosedUntil.toISOString() : null,
    verifiedUntil: verifiedUntil?.toISOString() ?? null,
    notices,
  }
}

const toAttention = (row: AttentionRow): ShopLine['attention'] =>
  row.attentionCode === null
    ? null
    : {
        code: row.attentionCode,
        message: row.attentionMessage ?? '',
        since: row.attentionSince?.toISOString() ?? null,
      }

const ATTENTION = `attention_code as "attentionCode", attention_message as "attentionMessage", attention_since as "attentionSince"`

// Only what stands in one of the counted states is read, through the indexes on them; the mass of old orders is not.
const SHOPS = `
with staged as (
  select shop_id, count(*)::int as n from orders where tenant_id = $1 and status = 'auto_imported' group by shop_id
), changes as (
  select shop_id,
    (count(*) filter (where change_state in ('queued', 'changing')))::int as changing,
    (count(*) filter (where change_state = 'warning'))::int as warning,
    (count(*) filter (where change_state = 'failed'))::int as failed
  from orders where tenant_id = $1 and change_state in ('queued', 'changing', 'warning', 'failed') group by shop_id
), imports as (
  select shop_id,
    (count(*) filter (where state = 'waiting' and purpose = 'import'))::int as waiting,
    (count(*) filter (where state = 'failed'))::int as failed
  from import_requests where tenant_id = $1 and state in ('waiting', 'failed') group by shop_id
), days as (
  select d.shop_id, sum(d.missing)::int as missing from shop_days d join shops s on s.id = d.shop_id
  where s.tenant_id = $1 and d.missing > 0 group by d.shop_id
)
select s.id::text as "shopId", s.name, s.marketplace::text, coalesce(staged.n, 0) as staged,
  coalesce(changes.changing, 0) as changing, coalesce(changes.warning, 0) as warning, coalesce(changes.failed, 0) as failed,
  coalesce(imports.waiting, 0) as importing, coalesce(imports.failed, 0) as "importFailed",
  coalesce(days.missing, 0) as missing, w.verified_until as "verifiedUntil", s.lane_closed_until as "laneClosedUntil", ${ATTENTION}
from shops s
left join staged on staged.shop_id = s.id
left join changes on changes.shop_id = s.id
left join imports on imports.shop_id = s.id
left join days on days.shop_id = s.id
left join shop_sweeps w on w.shop_id = s.id
where s.tenant_id = $1
order by s.created_at, s.id`

const MAILBOXES = `
select id::text as "mailboxId", name, state, enabled, quiet_since as "quietSince", quiet_expected as "quietExpected", ${ATTENTION}
from mailboxes where tenant_id = $1 order by created_at, id`
