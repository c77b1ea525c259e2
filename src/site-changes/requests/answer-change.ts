import type { PoolClient } from 'pg'
import { z } from 'zod'
import { inTransaction } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import { lockOrders, writeOrderStates } from '../order-state.ts'
import { recordUnreadable } from '../reasons.ts'
import { forRetry, StepRecord } from '../steps.ts'
import { type ChangeEventKind, eventsOf, writeEvents } from '../timeline.ts'
import { EXPIRES_AFTER_MS } from '../timing.ts'
import { type ReadDeps, readChange } from './read-changes.ts'

/** Dependencies of a person's answer to a change that did not end well. */
export interface AnswerDeps extends ReadDeps {
  newId: NewId
  wakeQueue: Pick<WakeQueue, 'wake'>
}

interface Caller {
  tenantId: string
  actor: string
}

/**
 * Tries again at the step that failed, as soon as the mall can be asked.
 * @throws AppError NOT_FOUND; CONFLICT unless it is a warning or a failure, and where its record cannot be
 * read
 */
export async function retryChange(deps: AnswerDeps, caller: Caller, id: string) {
  const { shopId } = await answer(deps, caller, id, 'change_retried', async (client, change, now) => {
    const steps = z.array(StepRecord).safeParse(change.steps)
    if (!steps.success) throw new AppError('CONFLICT', recordUnreadable.nextStep)
    await client.query(RETRY, [
      ...[id, JSON.stringify(forRetry(steps.data)), now],
      new Date(now.getTime() + EXPIRES_AFTER_MS),
    ])
  })
  await deps.wakeQueue.wake([shopId])
  return readChange(deps, caller.tenantId, id)
}

/**
 * Somebody has seen it: the order shows it no more.
 * @throws AppError NOT_FOUND; CONFLICT unless it is a warning or a failure
 */
export async function dismissChange(deps: AnswerDeps, caller: Caller, id: string) {
  await answer(deps, caller, id, 'change_dismissed', async (client, change, now) => {
    if (change.dismissedAt === null)
      await client.query('update site_changes set dismissed_at = $2, updated_at = $2 where id = $1', [
        id,
        now,
      ])
  })
  return readChange(deps, caller.tenantId, id)
}

interface Row {
  id: string
  shopId: string
  orderId: string
  action: string
  state: string
  steps: unknown
  dismissedAt: Date | null
}

async function answer(
  deps: AnswerDeps,
  { tenantId, actor }: Caller,
  id: string,
  kind: ChangeEventKind,
  write: (client: PoolClient, change: Row, now: Date) => Promise<void>,
): Promise<{ shopId: string }> {
  const { orderId } = await readChange(deps, tenantId, id)
  const now = new Date(deps.clock.now())
  return inTransaction(deps.pool, async (client) => {
    await lockOrders(client, [orderId])
    const { rows } = await client.query<Row>(READ, [id])
    const [change] = rows
    if (!change || !['warning', 'failed'].includes(change.state)) throw notEnded()
    await write(client, change, now)
    await writeEvents(client, [eventsOf(deps.newId, change, now, actor)(kind)])
    await writeOrderStates(client, [orderId], now)
    return { shopId: change.shopId }
  })
}

const notEnded = (): AppError =>
  new AppError(
    'CONFLICT',
    '警告ありまたは失敗のサイト変更だけに行える操作です。一覧を再読み込みして状態を確認してください。',
  )

const READ = `
select id::text, shop_id::text as "shopId", order_id::text as "orderId", action, state::text, steps, dismissed_at as "dismissedAt"
from site_changes where id = $1 for update`

const RETRY = `
update site_changes set state = 'queued', steps = $2::jsonb, attempts = 0, suspect = false, next_attempt_at = $3, expires_at = $4,
  deadline = null, finished_at = null, dismissed_at = null, code = null, message = null, next_step = null, mall_code = null,
  mall_message = null, sealed_mall_message = null, updated_at = $3
where id = $1`
