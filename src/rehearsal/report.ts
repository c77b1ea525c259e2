import type { Pool } from 'pg'
import { z } from 'zod'
import { iso, isoOrNull } from '../http/schemas.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import type { Marketplace } from '../marketplaces/port/marketplace.ts'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { CHANGE_ACTIONS, type ChangeAction } from '../marketplaces/port/site-changes.ts'
import { openDetail } from '../orders/store/content.ts'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import { factsOf } from '../platform/narrow.ts'
import { openTexts } from '../site-changes/sealed-texts.ts'
import { MOST_NAMED } from './compare.ts'
import { findRehearsal } from './rehearsals.ts'
import { Compared, type RehearsalAnswer } from './schemas.ts'
import {
  COUNT_MAILS,
  COUNT_OUTCOMES,
  COUNT_WAITS,
  type MailCount,
  type OutcomeCount,
  type WaitCount,
} from './statements.ts'
import { verdictOf } from './verdict.ts'

export interface ReportDeps {
  db: Db
  pool: Pool
  clock: Clock
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
}

/** Orders that are opened for the report, the latest. */
const MOST_OPENED = 1_000
/** Planned changes that are shown, the latest. */
const MOST_PLANNED = 100
const DAY_MS = 24 * 60 * 60_000

/** All that a rehearsal found so far. @throws AppError NOT_FOUND */
export async function readReport(
  deps: ReportDeps,
  tenantId: string,
  shopId: string,
): Promise<z.infer<typeof RehearsalAnswer>> {
  const { db, pool, clock, marketplaces } = deps
  const { shop, rehearsal } = await findRehearsal(deps, tenantId, shopId)
  const { startedAt, endedAt } = rehearsal
  const until = endedAt ?? new Date(clock.now())
  const period = { shop: shopId, from: startedAt, until }
  const sealer = deps.sealer.of(tenantId)
  const mall = mallOfShop(marketplaces, shop)
  const { rows: mails } = await pool.query<MailCount>(COUNT_MAILS(period))
  const { rows: outcomes } = await pool.query<OutcomeCount>(COUNT_OUTCOMES(period))
  const { rows: waits } = await pool.query<WaitCount>(COUNT_WAITS(period))
  const within = { gte: startedAt, lte: until }
  const imported = await db.order.count({ where: { shopId, stagedAt: within } })
  const orders = await readOrders(deps, shopId, within, sealer)
  const planned = await readPlanned(deps, shopId, within, sealer, mall)
  const notices = await db.shopNotice.findMany({
    where: { shopId, lastSeenAt: within },
    orderBy: { code: 'asc' },
    select: { code: true, message: true },
  })
  const unknowns = countUnknowns(mall, orders)
  const warnings = countBy(orders.flatMap(({ warnings }) => warnings.map(({ code }) => code)))
  const calls = rehearsal.calls.map(({ rehearsalId: _, firstAt, lastAt, ...call }) => ({
    ...call,
    firstAt: iso(firstAt),
    lastAt: iso(lastAt),
  }))
  const comparison = Compared.safeParse(rehearsal.comparison).data ?? null
  const facts = {
    ended: endedAt !== null,
    days: (until.getTime() - startedAt.getTime()) / DAY_MS,
    orders: imported,
    failed: sumOf(outcomes.filter(({ state }) => state === 'failed')),
    unreadableMails: sumOf(mails.filter(({ state }) => state === 'unreadable')),
    unknowns: unknowns.length,
    warnings: orders.filter(({ warnings }) => warnings.length > 0).length,
    throttled: sumOf(calls.filter(({ status }) => status === 429 || status === 503)),
    refused: planned.filter(({ plan }) => plan === 'refused').length,
    comparison,
  }
  return {
    shop: {
      id: shopId,
      name: shop.name,
      code: shop.code,
      marketplace: shop.marketplace,
      mall: mall?.label ?? '',
    },
    startedAt: iso(startedAt),
    endedAt: isoOrNull(endedAt),
    verdict: verdictOf(facts),
    calls,
    waits: waits.map(({ kind, code, count, seconds }) => ({ kind, code, count, seconds })),
    notices,
    mails: mails.map(({ slowestSeconds, ...mail }) => ({ ...mail, slowestSeconds })),
    orders: { imported, looked: orders.length, outcomes, warnings },
    unknowns,
    planned,
    comparedAt: isoOrNull(rehearsal.comparedAt),
    comparison,
  }
}

const sumOf = (rows: readonly { count: number }[]): number => rows.reduce((sum, { count }) => sum + count, 0)

const countBy = (codes: readonly string[]): { code: string; count: number }[] =>
  [...Map.groupBy(codes, (code) => code)]
    .map(([code, all]) => ({ code, count: all.length }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code))

interface Within {
  gte: Date
  lte: Date
}

/** Those that open; a buyer's data that was erased says nothing of the mall any more. */
async function readOrders(
  { db }: ReportDeps,
  shopId: string,
  stagedAt: Within,
  sealer: RowSealer,
): Promise<NormalisedOrder[]> {
  const rows = await db.order.findMany({
    where: { shopId, stagedAt, purgedAt: null, erasedAt: null },
    orderBy: { stagedAt: 'desc' },
    take: MOST_OPENED,
    select: { id: true, sealedDetail: true },
  })
  const opened = await mapBreathing(rows, ({ id, sealedDetail }) =>
    sealedDetail === null ? null : ifOpens(() => openDetail(sealer, id, sealedDetail)),
  )
  return opened.filter((order) => order !== null)
}

/** Fields and codes that the mall's documents do not name: names and forms, no values. */
function countUnknowns(mall: Marketplace | undefined, orders: readonly NormalisedOrder[]) {
  const found = new Map<string, { field: string; code: string | null; shape: string; count: number }>()
  for (const order of orders) {
    for (const { field, code, shape } of mall?.unknowns(order) ?? []) {
      const key = JSON.stringify([field, code])
      const known = found.get(key)
      if (known) known.count += 1
      else if (found.size < MOST_NAMED) found.set(key, { field, code, shape, count: 1 })
    }
  }
  return [...found.values()].sort((a, b) => a.field.localeCompare(b.field))
}

/**
 * Plans each change that was asked for, by the mall's own rules, on the order as it is here. Values of a call
 * beside names and codes may name the buyer, and stay out.
 */
async function readPlanned(
  { db, clock }: ReportDeps,
  shopId: string,
  requestedAt: Within,
  sealer: RowSealer,
  mall: Marketplace | undefined,
) {
  const rows = await db.siteChange.findMany({
    where: { shopId, requestedAt, code: 'REHEARSAL' },
    orderBy: [{ requestedAt: 'desc' }, { position: 'desc' }],
    take: MOST_PLANNED,
    select: {
      id: true,
      orderId: true,
      action: true,
      parameters: true,
      sealedTexts: true,
      requestedAt: true,
      order: { select: { orderNumber: true, sealedDetail: true } },
    },
  })
  return mapBreathing(rows, (row) => {
    const { id, orderId, order, requestedAt } = row
    const told = {
      id,
      orderId,
      orderNumber: order.orderNumber,
      action: actionOf(row.action),
      requestedAt: iso(requestedAt),
    }
    const plan = ifPlanned(() => planOf(row, sealer, mall, clock.now()))
    return { ...told, ...(plan ?? unplanned) }
  })
}

/** Null where the order does not open, or the mall's rules break on it as it is here. */
function ifPlanned<T>(plan: () => T): T | null {
  try {
    return plan()
  } catch {
    return null
  }
}

const Action = z.enum(CHANGE_ACTIONS)
const actionOf = (action: string): ChangeAction | null => Action.safeParse(action).data ?? null

const unplanned = {
  plan: 'unknown' as const,
  message: '受注の内容を開けないため、送信内容を計算できません。',
  steps: [],
}

interface PlannedRow {
  id: string
  orderId: string
  action: string
  parameters: unknown
  sealedTexts: Uint8Array | null
  order: { sealedDetail: Uint8Array | null }
}

function planOf(row: PlannedRow, sealer: RowSealer, mall: Marketplace | undefined, now: number) {
  const action = actionOf(row.action)
  const rules = mall?.changes
  const offered = rules?.actions.find((one) => one.action === action)
  if (!rules || !offered || action === null || row.order.sealedDetail === null) return unplanned
  const texts = row.sealedTexts === null ? null : Buffer.from(row.sealedTexts)
  const stored = { parameters: factsOf(row.parameters), sealedTexts: texts }
  const parsed = offered.parameters.safeParse(openTexts(sealer, row.id, stored))
  if (!parsed.success) return unplanned
  const order = openDetail(sealer, row.orderId, row.order.sealedDetail)
  const plan = rules.planChange({ action, parameters: parsed.data }, order)
  if (plan.kind === 'refused') return { plan: 'refused' as const, message: plan.message, steps: [] }
  if (plan.kind === 'already') return { plan: 'already' as const, message: plan.message, steps: [] }
  const waits = plan.notBefore !== undefined && Date.parse(plan.notBefore) > now
  return {
    plan: waits ? ('later' as const) : ('would_send' as const),
    message: null,
    steps: plan.steps.map(({ name, label, facts = {} }) => ({ name, label, facts })),
  }
}
