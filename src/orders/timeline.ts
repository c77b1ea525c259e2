import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import type { RowSealer, Sealer } from '../platform/crypto/sealer.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { actorName, staffName } from '../shops/tenants/actor-names.ts'
import { openReason } from './order-json.ts'
import { orderNotFound } from './read.ts'
import type { Timeline } from './schemas.ts'
import { TIMELINE } from './statements.ts'

interface EventRow {
  id: string
  at: Date
  kind: string
  actor: string
  keyName: string | null
  sealedName: Uint8Array | null
  sealedReason: Uint8Array | null
  data: Record<string, unknown>
}

export interface TimelineDeps {
  pool: Queries
  sealer: Pick<Sealer, 'of'>
  /** Labels of the tenant's rules of 自動仕分け by their codes; absent: they are named by code. */
  readRuleLabels?(tenantId: string): Promise<ReadonlyMap<string, string>>
}

/**
 * Lists an order's events, oldest first, and its waits before staging: empty attempts and times without
 * calls.
 * @throws AppError NOT_FOUND, also for another tenant's order
 */
export async function readTimeline(
  { pool, sealer, readRuleLabels }: TimelineDeps,
  tenantId: string,
  orderId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof Timeline>> {
  const [at, id] =
    page.cursor === undefined ? [null, null] : decodeCursor(page.cursor, z.tuple([CursorTime, z.uuid()]))
  const { rows } = await pool.query<EventRow | { id: null }>(
    TIMELINE({ order: orderId, tenant: tenantId, afterAt: at, afterId: id, limit: page.limit + 1 }),
  )
  if (rows.length === 0) throw orderNotFound()
  const events = rows.filter((row): row is EventRow => row.id !== null)
  const { rows: kept, nextCursor } = pageOf(events, page.limit, (row) => [row.at.toISOString(), row.id])
  const isSorted = kept.some(({ actor }) => actor.startsWith(RULE))
  const labels = isSorted && readRuleLabels ? await readRuleLabels(tenantId) : new Map<string, string>()
  return { events: kept.map((event) => toAnswer(sealer.of(tenantId), orderId, labels, event)), nextCursor }
}

/** In front of the code of a rule of 自動仕分け, as an actor. */
const RULE = 'rule:'

/** A rule that is gone is named by its code. */
const ruleName = (labels: ReadonlyMap<string, string>, actor: string): string => {
  const code = actor.slice(RULE.length)
  return `自動仕分け「${labels.get(code) ?? code}」`
}

const toAnswer = (
  sealer: RowSealer,
  orderId: string,
  ruleLabels: ReadonlyMap<string, string>,
  { keyName, sealedName, sealedReason, ...event }: EventRow,
) => ({
  ...event,
  reason: openReason(sealer, orderId, sealedReason),
  at: event.at.toISOString(),
  label: timelineLabel(event.kind, event.data),
  actorName: event.actor.startsWith(RULE)
    ? ruleName(ruleLabels, event.actor)
    : actorName(event.actor, keyName, staffName(sealer, event.actor, sealedName)),
})

// Japanese labels of timeline lines for staff; the kind beside each is for programs.

const LABELS: ReadonlyMap<string, string> = new Map([
  ['mail_seen', '注文メールを受信しました'],
  ['staged', '自動受注取込に入りました'],
  ['pulled', '新規受付へ取り込まれました'],
  ['refreshed', 'モールの最新の内容を確認しました'],
  ['cancelled_at_mall', 'モールでキャンセルされました'],
  ['reopened_at_mall', 'モールでキャンセルが取り消されました'],
  ['changed_at_mall', 'モールで内容が変更されました'],
  ['taken_back_at_mall', 'モールで発送が取り消されました'],
  ['edited', '編集されました'],
  ['moved', 'ステータスが変更されました'],
  ['bundled', '同梱になりました'],
  ['unbundled', '同梱が解除されました'],
  ['reimported', '注文再取込で置き換えられました'],
  ['taken_over', 'サイト変更でモールに書いた内容を受注に反映しました'],
  ['change_requested', 'サイト変更が依頼されました'],
  ['change_sent', 'サイト変更をモールへ送信しました'],
  ['change_answered', 'モールがサイト変更に回答しました'],
  ['change_read', 'サイト変更の反映を確認しました'],
  ['change_waiting', 'サイト変更は待機中です'],
  ['change_succeeded', 'サイト変更が成功しました'],
  ['change_warning', 'サイト変更に警告があります'],
  ['change_failed', 'サイト変更に失敗しました'],
  ['change_retried', 'サイト変更が再実行されました'],
  ['change_dismissed', 'サイト変更が確認済みになりました'],
  ['erased', '購入者からの請求により個人情報を消去しました'],
  ['attempt_failed', 'モールに問い合わせましたが、まだ取り込めませんでした'],
])

const WAITED_FOR: ReadonlyMap<string, string> = new Map([
  ['waited_lane_closed', 'モールが応答しない、または混雑しているため'],
  ['waited_attention', '店舗が要対応のため'],
  ['waited_disabled', '店舗が停止中のため'],
  ['waited_quota', 'モールの呼び出し回数の上限を守るため'],
])

/** @param data of a wait: `seconds`, and `code` of what closed the lane; of a failed attempt: `code` */
function timelineLabel(kind: string, data: Readonly<Record<string, unknown>>): string {
  const code = typeof data.code === 'string' ? `（${data.code}）` : ''
  const reason = WAITED_FOR.get(kind)
  if (reason !== undefined) {
    const { seconds } = data
    return typeof seconds === 'number'
      ? `${reason}${spell(seconds)}待ちました${code}`
      : `${reason}待っています${code}`
  }
  if (kind === 'pulled' && typeof data.number === 'number') {
    const { desk, number, status } = data
    const to = typeof desk === 'string' && !desk.startsWith('key:') ? `取込先: ${desk}、` : ''
    return `受注取込で${status === 'new' ? '新規受付へ' : ''}取り込まれました（${to}${number}番）`
  }
  if (kind === 'moved' && data.from === data.to) return '保留の理由・期日が変更されました'
  return `${LABELS.get(kind) ?? kind}${code}`
}

function spell(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  if (hours > 0) return minutes > 0 ? `${hours}時間${minutes}分` : `${hours}時間`
  if (minutes > 0) return rest > 0 && minutes < 10 ? `${minutes}分${rest}秒` : `${minutes}分`
  return `${rest}秒`
}
