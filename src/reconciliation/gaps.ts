import type { Period } from '../imports/list-position.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'

/**
 * Times that could not be compared with the mall's list. Each one that the verified point has passed is
 * named, and its day is incomplete until a run has read it.
 */

/** The service was stopped for longer than a run looks back. */
const STOPPED_TOO_LONG = 'STOPPED_TOO_LONG'
/** The page was read, and some of its entries not. */
const ENTRY_UNREADABLE = 'LIST_ENTRY_UNREADABLE'

export interface Gap extends Period {
  code: string
  message: string
}

export const stoppedTooLong = (from: Date, to: Date): Gap => ({
  from,
  to,
  code: STOPPED_TOO_LONG,
  message:
    '停止が長かったため、この期間はモールの注文一覧と照合していません。モールの管理画面で件数を確認し、足りない受注は期間を指定して取り込んでください。',
})

const MOST_NAMED = 10

export const entriesUnreadable = ({ from, to }: Period, names: readonly string[]): Gap => ({
  from,
  to,
  code: ENTRY_UNREADABLE,
  message: `モールの注文一覧のうち${names.length}件を読み取れませんでした（${names.slice(0, MOST_NAMED).join('、')}）。モールの管理画面で確認し、足りない受注は受注番号を指定して取り込んでください。`,
})

/** Lists the times that a run skips, newest first. */
export async function readStepped(queries: Queries, shopId: string): Promise<Period[]> {
  const { rows } = await queries.query<Period>(
    `select from_at as "from", to_at as "to" from sweep_gaps where shop_id = $1 and code <> all($2) order by to_at desc`,
    [shopId, [STOPPED_TOO_LONG, ENTRY_UNREADABLE]],
  )
  return rows
}

/** Records the same time once, with its latest cause. */
export async function noteGap(
  queries: Queries,
  newId: NewId,
  shopId: string,
  gap: Gap,
  at: Date,
): Promise<void> {
  await queries.query('delete from sweep_gaps where shop_id = $1 and from_at = $2 and to_at = $3', [
    shopId,
    gap.from,
    gap.to,
  ])
  await queries.query(
    'insert into sweep_gaps (id, shop_id, from_at, to_at, code, message, noted_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [newId(), shopId, gap.from, gap.to, gap.code, gap.message.replaceAll('\0', '').slice(0, 2_000), at],
  )
}

/** Closes gaps in a window that was read to its end: all of it is known now. */
export async function closeGaps(
  queries: Queries,
  shopId: string,
  { from, to }: Period,
  runBegan: Date,
): Promise<void> {
  await queries.query(
    'delete from sweep_gaps where shop_id = $1 and from_at >= $2 and to_at <= $3 and noted_at < $4',
    [shopId, from, to, runBegan],
  )
}
