import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { Id } from '../http/schemas.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import type { NewId } from '../platform/ids.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import { OrderStatus } from '../shops/terms.ts'
import {
  decideRow,
  MoveRules,
  moveRulesContext,
  openMoveRules,
  PRESETS,
  SORTED_TO,
  type SortedRow,
  SortedTo,
} from './rules.ts'
import type { SorterTools } from './sorter.ts'
import { LIST_NEWEST } from './statements.ts'

export interface MoveRuleDeps {
  db: Db
  pool: Pool
  clock: Clock
  newId: NewId
  sealer: Sealer
}

/** Orders that a preview looks at: a day or more of a busy shop, and a fifth of a second of work. */
const PREVIEWED = 200

const Kept = MoveRules.meta({
  id: 'MoveRules',
  description: 'Rules that move orders on from 新規受付 (自動仕分けのルール)',
})

const Asked = z.strictObject(MoveRules.shape).meta({ examples: [{ enabled: true, rules: [...PRESETS] }] })

const Preview = z
  .object({
    looked: z.int().describe('Orders that were looked at, the newest (確認した受注の件数)'),
    moves: z
      .array(
        z.object({
          code: z.string().describe('The rule (ルールのコード)'),
          label: z.string().describe('表示名'),
          to: SortedTo,
          count: z.int().describe('Orders that it would move (移動する件数)'),
          held: z
            .int()
            .describe(
              'Orders that it leaves, since their mall says not to ship yet (モールの保留で移動しない件数)',
            ),
        }),
      )
      .describe('By rule, in their order (ルールごとの結果)'),
    stays: z.int().describe('Orders that no rule holds for (どのルールにも当てはまらない件数)'),
    cancelled: z.int().describe('Orders that are no longer open at their mall (モールで未発送でない件数)'),
    orders: z
      .array(
        z.object({
          orderId: Id,
          orderNumber: z.string().describe('受注番号'),
          status: OrderStatus.describe('Where it is now (現在の受注ステータス)'),
          code: z.string().nullable().describe('The rule that holds first; null: none (ルールのコード)'),
          to: SortedTo.nullable().describe('Where it would go; null: it stays (移動先)'),
          why: z
            .enum(['rule', 'held', 'cancelled', 'no_rule'])
            .describe(
              'rule ルールに当てはまる, held モールの保留中のため出荷待ちへ移動しない, cancelled モールで未発送でない, no_rule 当てはまるルールがない (理由)',
            ),
        }),
      )
      .describe('Each order with its reason (受注ごとの結果)'),
  })
  .meta({ id: 'MoveRulesPreview', description: 'What rules would do (自動仕分けの試行結果)' })

async function readMoveRules({ db, sealer }: MoveRuleDeps, tenantId: string): Promise<MoveRules> {
  return openMoveRules(sealer, tenantId, await db.moveRules.findUnique({ where: { tenantId } }))
}

/** Labels of the rules by code, for the timelines of orders that they moved. */
export async function readRuleLabels(
  deps: MoveRuleDeps,
  tenantId: string,
): Promise<ReadonlyMap<string, string>> {
  const { rules } = await readMoveRules(deps, tenantId)
  return new Map(rules.map(({ code, label }) => [code, label]))
}

interface NewestRow extends SortedRow {
  orderNumber: string
  status: z.infer<typeof OrderStatus>
  sealedDetail: Buffer
}

/** Tries rules on the newest orders; moves nothing. */
export async function previewMoveRules(
  { pool, sealer }: Pick<SorterTools, 'pool' | 'sealer'>,
  tenantId: string,
  { rules }: MoveRules,
): Promise<z.infer<typeof Preview>> {
  const { rows } = await pool.query<NewestRow>(LIST_NEWEST({ tenant: tenantId, limit: PREVIEWED }))
  const looked = await mapBreathing(rows, (row) => {
    const decision = decideRow(sealer, tenantId, rules, row)
    return decision && { row, ...decision }
  })
  const decided = looked.filter((one) => one !== null)
  const count = (of: (one: (typeof decided)[number]) => boolean) => decided.filter(of).length
  return {
    looked: decided.length,
    moves: rules.map(({ code, label, to }) => ({
      code,
      label,
      to,
      count: count(({ why, rule }) => why === 'rule' && rule.code === code),
      held: count(({ why, rule }) => why === 'held' && rule.code === code),
    })),
    stays: count(({ why }) => why === 'no_rule'),
    cancelled: count(({ why }) => why === 'cancelled'),
    orders: decided.map(({ row, why, rule }) => ({
      orderId: row.id,
      orderNumber: row.orderNumber,
      status: row.status,
      code: rule?.code ?? null,
      to: why === 'rule' ? rule.to : null,
      why,
    })),
  }
}

/** /v1/move-rules, relative to /v1, behind a tenant's key. */
export const moveRuleRoutes =
  (tools: MoveRuleDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'getMoveRules',
      at: 'GET /v1/move-rules',
      since: '1.2.0',
      tag: 'orders',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Rules that move orders on from 新規受付 (自動仕分けのルール)',
      description: `The tenant’s rules, and presets to choose from. Without any saved nothing is moved. Orders go to ${SORTED_TO.join(', ')}.`,
      answers: {
        200: z.object({
          ...MoveRules.shape,
          presets: MoveRules.shape.rules.describe(
            'Rules that fit most shops, in an order that works together; none of them is on (ひな形)',
          ),
        }),
      },
      run: async (request) => ({
        ...(await readMoveRules(tools, tenantOf(request))),
        presets: [...PRESETS],
      }),
    })
    operation(app, {
      id: 'replaceMoveRules',
      at: 'PUT /v1/move-rules',
      since: '1.2.0',
      tag: 'orders',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['move_rules.updated'],
      summary: 'Replace the rules of 自動仕分け (自動仕分けのルールの変更)',
      description:
        'All rules at once. They hold for orders that come into 新規受付 from now on, at that moment and at each later change, until anybody else moves the order ' +
        '(以後に新規受付へ入る受注に適用します。人が移動した受注は動かしません). An order that its mall cancelled or holds back never goes to 出荷待ち.',
      body: json(Asked, '256 KiB'),
      answers: { 200: Kept },
      run: async (request) => {
        const caller = callerOf(request)
        const { tenantId } = caller
        const { enabled, rules } = request.body
        const updatedAt = dateNow(tools.clock)
        const sealedRules = new Uint8Array(
          tools.sealer.of(tenantId).sealJson(moveRulesContext(tenantId), rules),
        )
        await tools.db.$transaction(async (tx) => {
          await tx.moveRules.upsert({
            where: { tenantId },
            create: { tenantId, enabled, sealedRules, updatedAt },
            update: { enabled, sealedRules, updatedAt },
          })
          const codes = rules.map(({ code }) => code)
          await audit(tx, tools, noteOf(caller, 'move_rules.updated', tenantId, { enabled, codes }))
        })
        return request.body
      },
    })
    operation(app, {
      id: 'previewMoveRules',
      at: 'POST /v1/move-rules/preview',
      since: '1.2.0',
      tag: 'orders',
      who: tenant('staff', 'refused'),
      cost: 'heavy',
      repeat: 'safe',
      audit: [],
      summary: 'What rules would do with the newest orders (自動仕分けの試行)',
      description: `Looks at the ${PREVIEWED} newest orders as they are now, whatever their status, and moves nothing (最新の受注で試します。何も移動しません).`,
      body: json(Asked, '256 KiB'),
      answers: { 200: Preview },
      run: (request) => previewMoveRules(tools, tenantOf(request), request.body),
    })
  }
