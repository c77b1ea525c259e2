import type { Pool } from 'pg'
import { z } from 'zod'
import { pageById } from '../../http/paging.ts'
import { CHANGE_LABELS } from '../../marketplaces/port/site-changes.ts'
import type { Clock } from '../../platform/clock.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import { statement } from '../../platform/db/statement.ts'
import { AppError } from '../../platform/errors.ts'
import { actorName, staffName } from '../../shops/tenants/actor-names.ts'
import { ITS_TURN } from '../claim.ts'
import type { SiteChangeAnswer, SiteChangeQuery } from '../schemas.ts'
import { mallMessageContext, openAnswers, openTexts } from '../sealed-texts.ts'
import { StepRecord, withWords } from '../steps.ts'

export interface ReadDeps {
  pool: Pool
  clock: Clock
  sealer: Pick<Sealer, 'of'>
}

const FROM = 'from site_changes c join orders o on o.id = c.order_id join shops s on s.id = c.shop_id'

/** One page of a tenant's site changes, newest first. */
export async function readChangePage(
  deps: ReadDeps,
  tenantId: string,
  query: z.infer<typeof SiteChangeQuery>,
  shops: readonly string[] | null,
) {
  const { rows, nextCursor } = await pageById('desc', query, async ({ behind, take }) => {
    const asked = LIST_CHANGES({
      tenant: tenantId,
      state: query.state ?? null,
      shop: query.shopId ?? null,
      order: query.orderId ?? null,
      action: query.action ?? null,
      dismissed: query.dismissed ?? null,
      before: behind,
      limit: take,
      shops,
    })
    return (await deps.pool.query<ChangeRow>(asked)).rows
  })
  const now = deps.clock.now()
  return { siteChanges: rows.map((row) => toAnswer(deps.sealer.of(tenantId), row, now)), nextCursor }
}

/** @throws AppError NOT_FOUND, also for another tenant's */
export async function readChange(deps: ReadDeps, tenantId: string, id: string): Promise<Answer> {
  const { rows } = await deps.pool.query<ChangeRow>(
    `select ${CHANGE_COLUMNS} ${FROM} where c.id = $1 and c.tenant_id = $2`,
    [id, tenantId],
  )
  const [row] = rows
  if (!row)
    throw new AppError('NOT_FOUND', 'サイト変更が見つかりません。一覧を再読み込みして確認してください。')
  return toAnswer(deps.sealer.of(tenantId), row, deps.clock.now())
}

/** Lists the changes made of a request, in its order, each with its place in it. */
export async function readRequested(
  deps: ReadDeps,
  tenantId: string,
  key: string,
): Promise<{ place: number; made: Answer }[]> {
  const { rows } = await deps.pool.query<ChangeRow & { place: number }>(
    `select ${CHANGE_COLUMNS}, c.request_index as place ${FROM} where c.tenant_id = $1 and c.request_key = $2 order by c.request_index`,
    [tenantId, key],
  )
  const now = deps.clock.now()
  return rows.map((row) => ({ place: row.place, made: toAnswer(deps.sealer.of(tenantId), row, now) }))
}

type Answer = z.infer<typeof SiteChangeAnswer>
type TimeColumn = 'nextAttemptAt' | 'deadline' | 'requestedAt' | 'startedAt' | 'finishedAt' | 'dismissedAt'

/** Columns that the API shows of a change, and those of its shop and order that it may be waiting for. */
const CHANGE_COLUMNS = `c.id::text, c.order_id::text as "orderId", o.order_number as "orderNumber", c.shop_id::text as "shopId",
  c.action, c.parameters, c.sealed_texts as "sealedTexts", c.state::text, c.code, c.message, c.next_step as "nextStep",
  c.mall_code as "mallCode", c.sealed_mall_message as "sealedMallMessage", c.steps, c.sealed_answers as "sealedAnswers", c.attempts, c.next_attempt_at as "nextAttemptAt", c.deadline,
  c.actor, (select k.name from api_keys k where k.tenant_id = c.tenant_id and 'key:' || k.id = c.actor) as "keyName",
  (select p.sealed_name from staff_accounts p where p.tenant_id = c.tenant_id and 'staff:' || p.id = c.actor) as "sealedName",
  c.requested_at as "requestedAt", c.started_at as "startedAt", c.finished_at as "finishedAt",
  c.dismissed_at as "dismissedAt", s.enabled as "shopEnabled", case when s.attention_stops then s.attention_code end as "attentionCode",
  s.attention_message as "attentionMessage", s.lane_closed_until as "laneClosedUntil", s.lane_closed_reason as "laneClosedReason",
  c.state = 'queued' and not ${ITS_TURN} as "hasEarlier"`

const LIST_CHANGES = statement(
  {
    tenant: 'uuid',
    state: 'change_state?',
    shop: 'uuid?',
    order: 'uuid?',
    action: 'text?',
    dismissed: 'bool?',
    before: 'uuid?',
    limit: 'int',
    shops: 'uuid[]?',
  },
  `select ${CHANGE_COLUMNS} ${FROM}
   where c.tenant_id = :tenant
     and (:state is null or c.state = :state)
     and (:shop is null or c.shop_id = :shop)
     and (:order is null or c.order_id = :order)
     and (:action is null or c.action = :action)
     and (:dismissed is null or (c.dismissed_at is not null) = :dismissed)
     and (:before is null or c.id < :before)
     and (:shops is null or c.shop_id = any(:shops))
   order by c.id desc
   limit :limit`,
)

type ChangeRow = Omit<
  Answer,
  TimeColumn | 'steps' | 'waitingFor' | 'actorName' | 'labels' | 'mallMessage'
> & {
  keyName: string | null
  sealedName: Buffer | null
  sealedTexts: Buffer | null
  sealedMallMessage: Buffer | null
  sealedAnswers: Buffer | null
  steps: unknown
  nextAttemptAt: Date
  deadline: Date | null
  requestedAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  dismissedAt: Date | null
  shopEnabled: boolean
  attentionCode: string | null
  attentionMessage: string | null
  laneClosedUntil: Date | null
  laneClosedReason: string | null
  hasEarlier: boolean
}

const STATE_LABELS: Record<Answer['state'], string> = {
  queued: '待機中',
  changing: '変更中',
  succeeded: '成功',
  warning: '警告あり',
  failed: '失敗',
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

function toAnswer(sealer: RowSealer, row: ChangeRow, now: number): Answer {
  const open = row.state === 'queued' || row.state === 'changing'
  return {
    id: row.id,
    orderId: row.orderId,
    orderNumber: row.orderNumber,
    shopId: row.shopId,
    action: row.action,
    parameters: readable(sealer, row),
    state: row.state,
    code: row.code,
    message: row.message,
    nextStep: row.nextStep,
    mallCode: row.mallCode,
    mallMessage: orNull(() => mallMessageOf(sealer, row)),
    waitingFor: row.state === 'queued' ? waitingFor(row, now) : null,
    steps: stepsOf(sealer, row).map(toStep),
    attempts: row.attempts,
    nextAttemptAt: open ? iso(row.nextAttemptAt) : null,
    deadline: open ? iso(row.deadline) : null,
    actor: row.actor,
    actorName: actorName(row.actor, row.keyName, staffName(sealer, row.actor, row.sealedName)),
    labels: { action: CHANGE_LABELS[row.action], state: STATE_LABELS[row.state] },
    requestedAt: row.requestedAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    dismissedAt: iso(row.dismissedAt),
  }
}

/** Words that cannot be opened any more are left out: the rest of the list must be shown. */
function readable(sealer: RowSealer, row: ChangeRow): Record<string, unknown> {
  return orNull(() => openTexts(sealer, row.id, row)) ?? row.parameters
}

/** None where another release wrote them in a shape of its own. */
function stepsOf(sealer: RowSealer, { id, steps: stored, sealedAnswers }: ChangeRow) {
  const steps = z.array(StepRecord).safeParse(stored)
  if (!steps.success) return []
  return withWords(steps.data, orNull(() => openAnswers(sealer, id, sealedAnswers)) ?? [])
}

const mallMessageOf = (sealer: RowSealer, { id, sealedMallMessage }: ChangeRow) =>
  sealedMallMessage && sealer.open(mallMessageContext(id), sealedMallMessage).toString('utf8')

function orNull<T>(open: () => T): T | null {
  try {
    return open()
  } catch {
    return null
  }
}

const toStep = ({ name, label, state, sentAt, answer }: StepRecord) => ({
  name,
  label,
  state,
  sentAt,
  mallCode: answer?.mallCode ?? null,
  mallMessage: answer?.mallMessage ?? null,
})

/** Looked up on use, so that it is true for all changes of a shop once its lane closes or opens. */
function waitingFor(row: ChangeRow, now: number): Answer['waitingFor'] {
  const later = (time: Date | null): Date | null => (time && time.getTime() > now ? time : null)
  if (!row.shopEnabled)
    return {
      code: 'SHOP_DISABLED',
      message: '店舗が利用停止中です。店舗設定で利用を再開すると送信します。',
      until: null,
    }
  if (row.attentionCode !== null)
    return { code: row.attentionCode, message: row.attentionMessage ?? '', until: null }
  const closed = later(row.laneClosedUntil)
  if (closed)
    return {
      code: row.laneClosedReason ?? 'LANE_CLOSED',
      message: 'モールへの接続を休止しています。再開しだい自動で送信します。',
      until: closed.toISOString(),
    }
  if (row.hasEarlier)
    return {
      code: 'EARLIER_CHANGE',
      message: '同じ受注の先のサイト変更が終わるのを待っています。',
      until: null,
    }
  const next = later(row.nextAttemptAt)
  if (next)
    return {
      code: row.code ?? 'WAITING',
      message: row.message ?? '順番を待っています。',
      until: next.toISOString(),
    }
  return null
}
