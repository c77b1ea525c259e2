import type { Pool } from 'pg'
import { reasonContext } from '../orders/order-json.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { createBreathing } from '../platform/event-loop.ts'
import type { NewId } from '../platform/ids.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import { decideRow, type MoveRules, openMoveRules, type Rule, type SortedRow } from './rules.ts'
import { LET_GO, LIST_DUE, READ_MOVE_RULES, SORT } from './statements.ts'

export interface SorterTools {
  pool: Pool
  sealer: Pick<Sealer, 'of'>
  clock: Clock
  newId: NewId
  log: Logger
}

interface DueRow extends SortedRow {
  tenantId: string
  revision: number
}

/** Orders that are opened at once: some ten milliseconds of work. */
const PAGE = 200
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Applies the rules of 自動仕分け to what has become due. Every worker may run one: the statement moves an order
 * only while it is due and as it was read.
 */
export function createSorter(tools: SorterTools) {
  const { pool, sealer, clock, newId, log } = tools
  const logRepeat = createRepeatLog(log)

  /** Null: they cannot be read. Their orders stay where they are, in front of staff. */
  function openRules(tenantId: string, row: RulesRow | null): MoveRules | null {
    try {
      return openMoveRules(sealer, tenantId, row)
    } catch (err) {
      logRepeat({ err }, 'rules of 自動仕分け cannot be read; orders stay in 新規受付')
      return null
    }
  }

  function toMove(tenantId: string, rules: readonly Rule[], row: DueRow): Rule | null {
    const decision = decideRow(sealer, tenantId, rules, row)
    return decision?.why === 'rule' ? decision.rule : null
  }

  /** @returns how many it moved */
  async function sort(tenantId: string, rows: readonly DueRow[], kept: RulesRow | null): Promise<number> {
    const rules = openRules(tenantId, kept)
    if (rules?.enabled === false) {
      await pool.query(LET_GO({ ids: rows.map(({ id }) => id) }))
      return 0
    }
    const breathe = createBreathing()
    const decided: { row: DueRow; rule: Rule | null }[] = []
    for (const row of rows) {
      decided.push({ row, rule: rules && toMove(tenantId, rules.rules, row) })
      await breathe()
    }
    const own = sealer.of(tenantId)
    const statement = SORT({
      tenant: tenantId,
      ids: decided.map(({ row }) => row.id),
      revisions: decided.map(({ row }) => row.revision),
      to: decided.map(({ rule }) => rule?.to ?? null),
      rules: decided.map(({ rule }) => rule?.code ?? null),
      reasons: decided.map(({ row, rule }) =>
        rule?.to === 'on_hold'
          ? Buffer.from(own.seal(reasonContext(row.id), rule.onHoldReason ?? rule.label))
          : null,
      ),
      eventIds: decided.map(() => newId()),
      now: dateNow(clock),
    })
    const { rows: moved } = await retryable(() => pool.query<{ orderId: string }>(statement))
    return moved.length
  }

  return {
    /** Looks at all that is due now. @returns how many orders it moved */
    async run(signal: AbortSignal): Promise<number> {
      let moved = 0
      for (let after = FIRST; !signal.aborted; ) {
        const { rows } = await pool.query<DueRow>(LIST_DUE({ after, limit: PAGE }))
        const last = rows.at(-1)
        if (last === undefined) break
        after = last.id
        const ofTenants = Map.groupBy(rows, ({ tenantId }) => tenantId)
        const { rows: kept } = await pool.query<RulesRow>(READ_MOVE_RULES({ tenants: [...ofTenants.keys()] }))
        for (const [tenantId, its] of ofTenants) {
          const row = kept.find((one) => one.tenantId === tenantId) ?? null
          moved += await sort(tenantId, its, row).catch((err: unknown) => {
            logRepeat({ err }, 'orders of a tenant could not be sorted; it is tried again')
            return 0
          })
        }
      }
      return moved
    },
  }
}

interface RulesRow {
  tenantId: string
  enabled: boolean
  sealedRules: Buffer
}
