import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import { type ImportCaller, type ImportDeps, importOrders } from '../imports/import-orders.ts'
import { type ReimportDeps, reimportOrders } from '../imports/reimport.ts'
import { retryRequest } from '../imports/requests/retry.ts'
import { dateNow } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { requestSweeps } from '../reconciliation/store.ts'
import { openEarly } from '../shops/attention.ts'
import { dayOf } from './find.ts'
import type { WhyActed, WhyAction } from './schemas.ts'

export type ActionDeps = ImportDeps & ReimportDeps
type Wanted = z.infer<typeof WhyAction>
type Acted = z.infer<typeof WhyActed>

const NOTHING = { requestId: null, reimportId: null, scanId: null }

/**
 * Runs an action that an answer of `answerWhy` offers; only begins it. How it goes stands in the next answer, and the stream
 * of events sends the board after each attempt.
 * @throws AppError NOT_FOUND for another tenant's shop or an order that is not here, VALIDATION_FAILED, CONFLICT
 */
export function act(deps: ActionDeps, caller: ImportCaller, wanted: Wanted): Promise<Acted> {
  switch (wanted.action) {
    case 'import_now':
      return importNow(deps, caller, wanted.shopId, numberOf(wanted))
    case 'reread':
      return reread(deps, caller, wanted.shopId, numberOf(wanted))
    case 'look_at_day':
      return lookAtDay(deps, caller, wanted)
  }
}

function numberOf({ number }: Wanted): string {
  if (number !== undefined) return number
  throw invalid([{ field: 'number', message: '受注番号を指定してください。', code: 'required' }])
}

async function importNow(
  deps: ActionDeps,
  caller: ImportCaller,
  shopId: string,
  number: string,
): Promise<Acted> {
  const open = await readOpen(deps, caller.tenantId, shopId, number)
  if (open) await retryRequest(deps, caller.tenantId, open)
  else {
    const accepted = await importOrders(deps, caller, { shopId, orderNumbers: [number] })
    if (accepted.alreadyHere.length > 0) return { ...NOTHING, message: 'この受注は取込済みです。' }
  }
  // A person who asks now is reason enough for one call to a mall that fell silent.
  const opened = await openEarly(deps.pool, { shopId }, dateNow(deps.clock))
  if (opened.length > 0) await deps.wakeQueue.wake([shopId])
  const requestId = open ?? (await readOpen(deps, caller.tenantId, shopId, number))
  return { ...NOTHING, requestId, message: 'モールに照会します。結果はこの画面に表示されます。' }
}

/** The request that waits for the number, or the newest that was given up. */
async function readOpen(
  { pool }: ActionDeps,
  tenantId: string,
  shopId: string,
  number: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>(OPEN, [tenantId, shopId, number])
  return rows[0]?.id ?? null
}

const OPEN = `
select id::text from import_requests
where tenant_id = $1 and shop_id = $2 and order_number = $3 and purpose = 'import' and state in ('waiting', 'failed')
order by state = 'waiting' desc, requested_at desc, id desc limit 1`

async function reread(
  deps: ActionDeps,
  caller: ImportCaller,
  shopId: string,
  number: string,
): Promise<Acted> {
  const { rows } = await deps.pool.query<{ id: string }>(
    'select id::text from orders where tenant_id = $1 and shop_id = $2 and order_number = $3',
    [caller.tenantId, shopId, number],
  )
  const orderIds = rows.map(({ id }) => id)
  if (orderIds.length === 0)
    throw new AppError('NOT_FOUND', 'この受注は取り込まれていません。今すぐ取り込むを実行してください。')
  const { reimportId } = await reimportOrders(deps, caller, { orderIds, apply: 'none' })
  return { ...NOTHING, reimportId, message: 'モールの内容を再確認します。' }
}

async function lookAtDay(deps: ActionDeps, caller: ImportCaller, { shopId, day }: Wanted): Promise<Acted> {
  const now = dateNow(deps.clock)
  const { from, to } = dayOf(day ?? japaneseDay(now.getTime()))
  const period = { from: from.toISOString(), to: to.toISOString() }
  const { scan } = await importOrders(deps, caller, { shopId, ...period })
  await requestSweeps(deps.pool, [shopId], now)
  return { ...NOTHING, scanId: scan?.id ?? null, message: 'その日の注文をモールの一覧から取り込みます。' }
}
