import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../../http/validation.ts'
import type { Clock } from '../../platform/clock.ts'
import { retryable } from '../../platform/db/failures.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { present } from '../../platform/narrow.ts'
import type { OrderStatus } from '../../shops/terms.ts'
import type { MoveOrders, MoveResult } from './schemas.ts'
import { MOVE } from './sql.ts'

export interface MoveDeps {
  pool: Pool
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
 * Moves orders to a status, from whichever they have, also straight from 自動受注取込. All or none: an unknown order, or one
 * with another version than was said, leaves all of them where they are. So does one without its content that is to wait in
 * 自動受注取込 again: from there it would be handed over empty. With `dryRun` all of them stay, and what would happen is answered.
 * @throws AppError VALIDATION_FAILED naming the orders that are not the tenant's, VERSION_MISMATCH
 */
export async function moveOrders(
  deps: MoveDeps,
  caller: { tenantId: string; actor: string },
  { orderIds, to, ifVersions = {}, dryRun = false }: z.infer<typeof MoveOrders>,
): Promise<z.infer<typeof MoveResult>> {
  const ids = [...new Set(orderIds)]
  const values = [
    ...[caller.tenantId, ids, to, new Date(deps.clock.now()), caller.actor],
    ...[ids.map(() => deps.newId()), ids.map((id) => ifVersions[id] ?? null), dryRun],
  ]
  const { rows } = await retryable(() => deps.pool.query<LockedRow>(MOVE, values))
  const found = new Map(rows.map((row) => [row.id, row]))
  refuseUnknown(orderIds, found)
  refuseOthers(rows, ifVersions)
  if (to === 'auto_imported') refuseEmpty(orderIds, found)
  return {
    orders: ids.map((id) => {
      const row = present(found.get(id))
      const result = row.before === to ? 'already' : 'moved'
      return { orderId: id, result, from: row.before, version: row.moved ?? row.version }
    }),
    ...(dryRun ? { dryRun } : {}),
  }
}

function refuseUnknown(orderIds: readonly string[], found: ReadonlyMap<string, unknown>): void {
  const wrong = orderIds.flatMap((id, index) =>
    found.has(id)
      ? []
      : [
          {
            field: `orderIds[${index}]`,
            message: '受注が見つかりません。取り除いて送り直してください。',
            code: 'not_found',
          },
        ],
  )
  if (wrong.length > 0) throw invalid(wrong)
}

function refuseEmpty(orderIds: readonly string[], found: ReadonlyMap<string, LockedRow>): void {
  const wrong = orderIds.flatMap((id, index) => {
    const row = found.get(id)
    return row?.purged && row.before !== 'auto_imported'
      ? [
          {
            field: `orderIds[${index}]`,
            message:
              '保存期間が過ぎて内容が削除された受注のため、自動受注取込には戻せません。取り除いて送り直してください。',
            code: 'purged',
          },
        ]
      : []
  })
  if (wrong.length > 0) throw invalid(wrong)
}

function refuseOthers(rows: readonly LockedRow[], ifVersions: Readonly<Record<string, number>>): void {
  const others = rows.filter(({ id, version }) => (ifVersions[id] ?? version) !== version)
  if (others.length === 0) return
  throw new AppError(
    'VERSION_MISMATCH',
    `${others.length} 件の受注をほかの人が先に更新しました。どの受注も移動していません。内容を確認して送り直してください。`,
    {
      details: {
        current: others.map(({ id, before, version }) => ({ orderId: id, status: before, version })),
        sent: { ifVersions },
      },
    },
  )
}
