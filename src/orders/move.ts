import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { present } from '../platform/narrow.ts'
import type { OrderStatus } from '../shops/terms.ts'
import { reasonContext } from './order-json.ts'
import type { MoveOrders, MoveResult } from './schemas.ts'
import { MOVE } from './statements.ts'

export interface MoveDeps {
  pool: Pool
  sealer: Pick<Sealer, 'of'>
  clock: Clock
  newId: NewId
}

interface LockedRow {
  id: string
  before: z.infer<typeof OrderStatus>
  version: number
  /** Its content was removed after the retention time. */
  purged: boolean
  moved: number | null
}

/**
 * Moves orders to a status, from whichever they have, also straight from 自動受注取込. All or none: an unknown
 * order, or one with another version than was said, leaves all of them where they are. So does one without
 * its content that is to wait in 自動受注取込 again: from there it would be handed over empty. With `dryRun` all of
 * them stay, and what would happen is answered.
 * @throws AppError VALIDATION_FAILED naming the orders that are not the tenant's, VERSION_MISMATCH
 */
export async function moveOrders(
  deps: MoveDeps,
  caller: { tenantId: string; actor: string },
  { orderIds, to, ifVersions = {}, dryRun = false, ...onHold }: z.infer<typeof MoveOrders>,
): Promise<z.infer<typeof MoveResult>> {
  refuseOutsideOnHold(to, onHold)
  const { onHoldReason, onHoldDate, restoreOnHold = false } = onHold
  const sealer = deps.sealer.of(caller.tenantId)
  const ids = [...new Set(orderIds)]
  const move = MOVE({
    tenant: caller.tenantId,
    ids,
    to,
    now: new Date(deps.clock.now()),
    actor: caller.actor,
    eventIds: ids.map(() => deps.newId()),
    versions: ids.map((id) => ifVersions[id] ?? null),
    dryRun,
    onHoldDate: onHoldDate ?? null,
    reasons: ids.map((id) =>
      onHoldReason ? Buffer.from(sealer.seal(reasonContext(id), onHoldReason)) : null,
    ),
    setsOnHold: onHoldReason !== undefined || onHoldDate !== undefined,
    restores: restoreOnHold,
  })
  const { rows } = await retryable(() => deps.pool.query<LockedRow>(move))
  const found = new Map(rows.map((row) => [row.id, row]))
  const isPurged = (id: string) => found.get(id)?.purged === true
  refuse(
    orderIds,
    (id) => !found.has(id),
    'not_found',
    '受注が見つかりません。取り除いて送り直してください。',
  )
  refuseOthers(rows, ifVersions)
  if (to === 'auto_imported')
    refuse(
      orderIds,
      (id) => isPurged(id) && found.get(id)?.before !== 'auto_imported',
      'purged',
      '保存期間が過ぎて内容が削除された受注のため、自動受注取込には戻せません。取り除いて送り直してください。',
    )
  // A reason may name the buyer, whose data of that order is gone for good.
  if (onHoldReason)
    refuse(
      orderIds,
      isPurged,
      'purged',
      '保存期間が過ぎて内容が削除された受注には、保留の理由を付けられません。理由を空にするか、取り除いて送り直してください。',
    )
  return {
    orders: ids.map((id) => {
      const row = present(found.get(id))
      const result = row.before === to ? 'already' : 'moved'
      return { orderId: id, result, from: row.before, version: row.moved ?? row.version }
    }),
    ...(dryRun ? { dryRun } : {}),
  }
}

/** @throws AppError VALIDATION_FAILED naming the orders by their places */
function refuse(
  orderIds: readonly string[],
  isWrong: (id: string) => boolean,
  code: string,
  message: string,
): void {
  const wrong = orderIds.flatMap((id, index) =>
    isWrong(id) ? [{ field: `orderIds[${index}]`, message, code }] : [],
  )
  if (wrong.length > 0) throw invalid(wrong)
}

type OnHold = Pick<z.infer<typeof MoveOrders>, 'onHoldReason' | 'onHoldDate' | 'restoreOnHold'>

function refuseOutsideOnHold(to: string, { restoreOnHold, ...said }: OnHold): void {
  const named = (['onHoldReason', 'onHoldDate'] as const).filter((field) => said[field] !== undefined)
  const [field] = restoreOnHold ? ['restoreOnHold', ...named] : named
  if (field === undefined) return
  if (to !== 'on_hold') {
    const message = '保留（on_hold）への移動にだけ指定できます。取り除くか、to を on_hold にしてください。'
    throw invalid([{ field, message, code: 'not_allowed' }])
  }
  if (restoreOnHold && named.length > 0) {
    const message = '理由・期日の指定か、元に戻す指定のどちらか一方にしてください。'
    throw invalid([{ field: 'restoreOnHold', message, code: 'one_of' }])
  }
}

function refuseOthers(rows: readonly LockedRow[], ifVersions: Readonly<Record<string, number>>): void {
  const others = rows.filter(({ id, version }) => (ifVersions[id] ?? version) !== version)
  if (others.length === 0) return
  const current = others.map(({ id, before, version }) => ({ orderId: id, status: before, version }))
  throw new AppError(
    'VERSION_MISMATCH',
    `${others.length} 件の受注をほかの人が先に更新しました。どの受注も移動していません。内容を確認して送り直してください。`,
    { details: { current, sent: { ifVersions } } },
  )
}
