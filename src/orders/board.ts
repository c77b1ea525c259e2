import type { Pool } from 'pg'
import { z } from 'zod'
import { Id, isoOrNull, Time } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { keysOf } from '../platform/narrow.ts'
import { MailboxHints, mailboxHints } from '../shops/mailboxes/mailbox-schemas.ts'
import { readHints, ShopHints } from '../shops/shops/mall-hints.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import {
  BOARD_MAILBOXES,
  BOARD_MARKS,
  BOARD_SHOPS,
  LATEST_IMPORTS,
  MOST_COUNTED,
  MOST_IMPORTING,
} from './statements.ts'

/** Counts that end at a number of rows. */
const BOUNDED = [
  ...(['staged', 'changing', 'warning', 'failed', 'importing', 'importDoubtful', 'importFailed'] as const),
  ...(['new', 'awaitingPayment', 'readyToShip', 'onHold', 'onHoldDue'] as const),
]
type Bounded = (typeof BOUNDED)[number]
const mostOf = (name: Bounded): number => (name === 'importing' ? MOST_IMPORTING : MOST_COUNTED)

const count = (name: Bounded, text: string) =>
  z.int().describe(`${text}; ${mostOf(name).toLocaleString('en')} when there are that many or more in a shop`)

const counts = {
  staged: count('staged', 'Waiting in 自動受注取込'),
  changing: count('changing', 'Site changes queued or under way (変更中)'),
  warning: count('warning', 'Site changes that ended with a warning (警告あり)'),
  failed: count('failed', 'Site changes that failed (失敗)'),
  importing: count('importing', 'Orders that are not here yet and wait to be fetched (取込待ち)'),
  importDoubtful: count(
    'importDoubtful',
    'Import requests whose answer could not be used twice or more: they are tried on, and need a look; not in importing (取込要確認)',
  ),
  importFailed: count('importFailed', 'Import requests that were given up (取込失敗)'),
  missing: z
    .int()
    .describe('Orders that the mall lists and that are not here, see the shop’s completeness (未取込)'),
  differing: z
    .int()
    .describe(
      'Orders that are here and of which the mall’s list says something else, see the shop’s completeness (モールの一覧と状態が異なる受注)',
    ),
  new: count('new', 'Pulled and not yet worked on (新規受付)'),
  awaitingPayment: count('awaitingPayment', '入金待ち'),
  readyToShip: count('readyToShip', '出荷待ち'),
  onHold: count('onHold', '保留'),
  cancelledAtMall: z
    .int()
    .describe('Still in work here though the mall cancelled them: they must not ship (モール取消)'),
  onHoldDue: count('onHoldDue', 'Of these, put there until today in Japan or a day before (期日が来た保留)'),
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
    bounded: z
      .array(z.string())
      .describe(
        `Counts that are only a lower bound, to be shown as “1,000+”: of a shop’s rows no more were counted, and of marks those of the ${MOST_COUNTED.toLocaleString('en')} ` +
          'oldest orders (下限値である件数の項目名)',
      ),
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
          enabled: z.boolean().describe('False: nothing is imported (利用する)'),
          credentialsSet: z
            .boolean()
            .describe(
              'False: without them the mall cannot be asked. True where orders come as files, which needs none (認証情報の登録状況)',
            ),
          ...counts,
          bounded: z.array(z.string()).describe('As above, of this shop (下限値である件数の項目名)'),
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
type ShopRow = Omit<ShopLine, 'attention' | 'notices' | 'bounded' | ShopTime> &
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
    deps.pool.query<ShopRow>(BOARD_SHOPS({ tenant: tenantId, today: japaneseDay(now) })),
    deps.pool.query<MailboxRow>(BOARD_MAILBOXES({ tenant: tenantId })),
    deps.pool.query<{ mark: string; count: number }>(BOARD_MARKS({ tenant: tenantId })),
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
  const sums = Object.fromEntries(
    keysOf(counts).map((name) => [name, shops.reduce((total, shop) => total + shop[name], 0)]),
  ) as Record<keyof typeof counts, number>
  const bounded = BOUNDED.filter((name) => shops.some((shop) => shop.bounded.includes(name)))
  return {
    ...sums,
    bounded: sums.staged >= MOST_COUNTED ? [...bounded, 'marks'] : bounded,
    marks: markRows.rows,
    attention: [...shops, ...mailboxes].filter((line) => line.attention !== null).length,
    shops,
    mailboxes,
  }
}

/** Milliseconds for which an answer serves later requests, too. */
const KEPT_MS = 1_000

/**
 * Reads boards once a second and tenant for all who ask. What is told of by an event is to be true as it is
 * told, so the stream of events reads anew, and those who ask have that, too.
 */
export function createBoardReader(deps: Parameters<typeof readBoard>[0]) {
  const kept = new Map<string, Promise<BoardAnswer>>()
  async function read(tenantId: string): Promise<BoardAnswer> {
    const begun = performance.now()
    const reading = readBoard(deps, tenantId)
    kept.set(tenantId, reading)
    const drop = () => {
      if (kept.get(tenantId) === reading) kept.delete(tenantId)
    }
    try {
      const board = await reading
      setTimeout(drop, Math.max(0, begun + KEPT_MS - performance.now())).unref()
      return board
    } catch (error) {
      drop()
      throw error
    }
  }
  return { read, recent: (tenantId: string): Promise<BoardAnswer> => kept.get(tenantId) ?? read(tenantId) }
}

function toShopLine(
  { attentionCode, attentionMessage, attentionSince, laneClosedUntil, ...line }: ShopRow,
  notices: ShopLine['notices'],
  now: number,
): ShopLine {
  const closed = laneClosedUntil !== null && laneClosedUntil.getTime() > now
  return {
    ...line,
    bounded: BOUNDED.filter((name) => line[name] >= mostOf(name)),
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
