import type { Pool } from 'pg'
import { z } from 'zod'
import { Id, isoOrNull, Time } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { MailboxHints, mailboxHints } from '../shops/mailboxes/mailbox-hints.ts'
import { readHints, ShopHints } from '../shops/shops/mall-hints.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import {
  BOARD_MAILBOXES,
  BOARD_MARKS,
  BOARD_SHOPS,
  FOLD_COUNTS,
  LATEST_IMPORTS,
  MOST_ON_DESK,
  SHOPS_TO_FOLD,
} from './sql.ts'

const counts = {
  staged: z.int().describe('Waiting in 自動受注取込'),
  changing: z.int().describe('Site changes queued or under way (変更中)'),
  warning: z.int().describe('Site changes that ended with a warning (警告あり)'),
  failed: z.int().describe('Site changes that failed (失敗)'),
}

const importCounts = {
  importing: z.int().describe('Orders that are not here yet and wait to be fetched (取込待ち)'),
  importDoubtful: z
    .int()
    .describe(
      'Import requests whose answer could not be used twice or more: they are tried on, and need a look; not in importing (取込要確認)',
    ),
  importFailed: z.int().describe('Import requests that were given up (取込失敗)'),
  missing: z
    .int()
    .describe('Orders that the mall lists and that are not here, see the shop’s completeness (未取込)'),
  differing: z
    .int()
    .describe(
      'Orders that are here and of which the mall’s list says something else, see the shop’s completeness (モールの一覧と状態が異なる受注)',
    ),
}

const upTo = `${MOST_ON_DESK.toLocaleString('en')} when there are that many or more in a shop`

const deskCounts = {
  new: z.int().describe(`Pulled and not yet worked on (新規受付); ${upTo}`),
  awaitingPayment: z.int().describe(`入金待ち; ${upTo}`),
  readyToShip: z.int().describe(`出荷待ち; ${upTo}`),
  onHold: z.int().describe(`保留; ${upTo}`),
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
    ...deskCounts,
    marks: z
      .array(
        z.object({
          mark: z.string().describe('Code of GET /v1/marks (マークのコード)'),
          count: z.int().describe('件数'),
        }),
      )
      .describe('Orders waiting in 自動受注取込 by mark, most frequent first (マーク別件数)'),
    attention: z.int().describe('Shops and mailboxes that wait for a person (要対応の件数)'),
    shops: z
      .array(
        z.object({
          shopId: Id,
          name: z.string().describe('店舗名'),
          marketplace: MarketplaceNameSchema,
          ...counts,
          ...importCounts,
          ...deskCounts,
          importedAt: Time.nullable().describe(
            `When an import last ended well; of the latest ${LATEST_IMPORTS} of the shop (最後の取込)`,
          ),
          comparedAt: Time.nullable().describe('When the comparison with the mall last went on (最後の突合)'),
          attention: Attention,
          laneClosedUntil: Time.nullable().describe(
            'The mall is not asked before this time (モールへの接続再開予定)',
          ),
          verifiedUntil: Time.nullable().describe(
            'Orders placed before this time have been compared with the mall’s own list (照合済みの時点)',
          ),
          notices: ShopHints,
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
          lastMailAt: Time.nullable().describe('When the last mail came in (最後の受信)'),
          attention: Attention,
          notices: MailboxHints,
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

type ShopTime = 'laneClosedUntil' | 'importedAt' | 'comparedAt' | 'verifiedUntil'
type ShopRow = Omit<ShopLine, 'attention' | 'notices' | ShopTime> &
  AttentionRow &
  Record<ShopTime, Date | null>
type MailboxRow = { mailboxId: string; name: string; state: string; lastMailAt: Date | null } & AttentionRow &
  Parameters<typeof mailboxHints>[0]

/** Counts of a tenant's shops and the state of its mailboxes. */
export async function readBoard(
  deps: { pool: Pool; db: Db; clock: Clock },
  tenantId: string,
): Promise<BoardAnswer> {
  const now = deps.clock.now()
  const [shopRows, mailboxRows, markRows] = await Promise.all([
    deps.pool.query<ShopRow>(BOARD_SHOPS, [tenantId]),
    deps.pool.query<MailboxRow>(BOARD_MAILBOXES, [tenantId]),
    deps.pool.query<{ mark: string; count: number }>(BOARD_MARKS, [tenantId]),
  ])
  const shopIds = shopRows.rows.map((row) => row.shopId)
  const notices = await readHints(deps.db, shopIds, now)
  const shops = shopRows.rows.map((row) => toShopLine(row, notices.get(row.shopId) ?? [], now))
  const mailboxes = mailboxRows.rows.map((row) => ({
    mailboxId: row.mailboxId,
    name: row.name,
    state: row.state,
    lastMailAt: isoOrNull(row.lastMailAt),
    attention: toAttention(row),
    notices: mailboxHints(row),
  }))
  const sum = (count: (shop: ShopLine) => number): number =>
    shops.reduce((total, shop) => total + count(shop), 0)
  return {
    staged: sum((shop) => shop.staged),
    changing: sum((shop) => shop.changing),
    warning: sum((shop) => shop.warning),
    failed: sum((shop) => shop.failed),
    importing: sum((shop) => shop.importing),
    importDoubtful: sum((shop) => shop.importDoubtful),
    importFailed: sum((shop) => shop.importFailed),
    missing: sum((shop) => shop.missing),
    differing: sum((shop) => shop.differing),
    new: sum((shop) => shop.new),
    awaitingPayment: sum((shop) => shop.awaitingPayment),
    readyToShip: sum((shop) => shop.readyToShip),
    onHold: sum((shop) => shop.onHold),
    marks: markRows.rows,
    attention: [...shops, ...mailboxes].filter((line) => line.attention !== null).length,
    shops,
    mailboxes,
  }
}

/** Rows of a shop's counts that each reader adds up itself. */
const MOST_ROWS = 100

/** Adds up what the triggers have written since the last time, so that reading stays cheap however much happens. */
export async function foldCounts(pool: Pool, signal: AbortSignal, mostRows = MOST_ROWS): Promise<void> {
  const { rows } = await pool.query<{ shopId: string }>(SHOPS_TO_FOLD, [mostRows])
  for (const { shopId } of rows) {
    if (signal.aborted) return
    await pool.query(FOLD_COUNTS, [shopId])
  }
}

function toShopLine(
  { attentionCode, attentionMessage, attentionSince, laneClosedUntil, ...line }: ShopRow,
  notices: ShopLine['notices'],
  now: number,
): ShopLine {
  const closed = laneClosedUntil !== null && laneClosedUntil.getTime() > now
  return {
    ...line,
    attention: toAttention({ attentionCode, attentionMessage, attentionSince }),
    laneClosedUntil: closed ? laneClosedUntil.toISOString() : null,
    importedAt: isoOrNull(line.importedAt),
    comparedAt: isoOrNull(line.comparedAt),
    verifiedUntil: isoOrNull(line.verifiedUntil),
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
