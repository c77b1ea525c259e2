import type { Pool } from 'pg'
import { z } from 'zod'
import { checkRole, tenant } from '../http/access.ts'
import type { Auth, Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { CutLater, Id, IdParams, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { factsOf } from '../platform/narrow.ts'
import { lockName } from '../shops/statements.ts'
import { countOf, type ListPart, wholeParts } from './list-parts.ts'
import { OrderQuery, OrderSort } from './schemas.ts'
import { searchCondition } from './search.ts'
import { type ErasureTerm, namesBuyer } from './store/search-tokens.ts'

/** 保存した条件: a person's own, which follow them to every browser, and those that all people of a tenant have. */

export interface SavedViewDeps {
  db: Db
  pool: Pool
  clock: Clock
  newId: NewId
  sealer: Sealer
}

/** Of one person, and as many of all together: a bar with more is no help. */
const MOST = 50
/** Beyond it a button says "or more". */
const MOST_COUNTED = 1_000
/** A count is an extra on a button: it holds up neither the answer nor the database. */
const COUNT_MS = 300
const ALL_COUNTS_MS = 2_000
const TIMED_OUT = '57014'

/**
 * As in the address of a list. Whoever looks for a buyer does so once: `q`, `name`, `buyer`, `phone`, `email`
 * and `note` are not kept.
 */
const ViewQuery = z
  .strictObject({
    ...OrderQuery.pick({ status: true, shopId: true, marketplace: true, changeState: true }).shape,
    ...OrderQuery.pick({ number: true, numberEnd: true, tracking: true, paymentKind: true }).shape,
    ...OrderQuery.pick({ mark: true, item: true }).shape,
    from: Time.optional().describe('Ordered from this time on (注文日時の開始)'),
    to: Time.optional().describe('… and before this time (注文日時の終了)'),
    ...OrderQuery.pick({ shipByFrom: true, shipByTo: true, wishedFrom: true, wishedTo: true }).shape,
    ...OrderQuery.pick({ prefecture: true, amountFrom: true, amountTo: true, deliveryMethod: true }).shape,
    ...OrderQuery.pick({ onHoldTo: true, shipBy: true }).shape,
    labelled: z.enum(['true', 'false']).optional().describe('As in the list of orders (送り状の出力)'),
    toShip: z.enum(['true', 'false']).optional().describe('As in the list of orders (未出荷の送付先がある)'),
    cancelledAtMall: z.enum(['true', 'false']).optional().describe('As in the list of orders (モール取消)'),
    hold: z.enum(['true', 'false']).optional().describe('As in the list of orders (出荷保留)'),
    sort: OrderSort.optional().describe('並び順'),
  })
  .describe('Conditions by their names in GET /v1/orders, without those that name a buyer (条件)')

const name = z.string().trim().min(1).max(40).describe('On the button (名前)')
const shared = z.boolean().describe('true: all people of the tenant have it (全員で使う)')

const NewView = z.strictObject({ name, query: ViewQuery, shared: shared.default(false) })

const View = z
  .object({
    id: Id,
    name,
    query: ViewQuery,
    shared,
    count: z
      .int()
      .nullable()
      .describe('Orders that fit; null unless asked for, and where counting takes too long (件数)'),
    countIsCapped: z
      .boolean()
      .describe(`There are more than ${MOST_COUNTED.toLocaleString('en')} (上限超過)`),
    updatedAt: Time.describe('更新日時'),
  })
  .meta({ id: 'SavedView', description: 'Conditions under a name (保存した条件)' })

const Stored = z.object({ name, query: ViewQuery })
type Stored = z.infer<typeof Stored>

interface Row {
  id: string
  accountId: string | null
  sealedView: Uint8Array
  updatedAt: Date
}

export const viewContext = (id: string): string => `saved-view:${id}`

/** /v1/views, relative to /v1. */
export const savedViewRoutes =
  (deps: SavedViewDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'listViews',
      at: 'GET /v1/views',
      since: '1.0.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Saved views (保存した条件の一覧)',
      description:
        'One’s own and those of all, in the order in which they were made. An API key has those of all.',
      query: z.strictObject({
        counts: z.enum(['true', 'false']).optional().describe('true: with the number of orders (件数)'),
      }),
      answers: { 200: z.object({ views: z.array(View), nextCursor: CutLater }) },
      run: async (request) => {
        const tenantId = tenantOf(request)
        const views = await readViews(deps, tenantId, accountOf(request.auth))
        const counts = request.query.counts === 'true' ? await countAll(deps, tenantId, views) : new Map()
        return {
          views: views.map(({ row, view }) => ({ ...toAnswer(row, view), ...counts.get(row.id) })),
          nextCursor: null,
        }
      },
    })
    operation(app, {
      id: 'saveView',
      at: 'PUT /v1/views',
      since: '1.0.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      audit: [],
      summary: 'Save a view (条件の保存)',
      description: 'One of the same name is replaced. Whoever may only read saves for themselves alone.',
      body: json(
        NewView.meta({
          examples: [{ name: '今日の急ぎ', query: { status: 'new', hold: 'false' }, shared: true }],
        }),
        '1 MiB',
      ),
      answers: { 200: View },
      run: (request) => saveView(deps, request.auth, tenantOf(request), request.body),
    })
    operation(app, {
      id: 'deleteView',
      at: 'DELETE /v1/views/:id',
      since: '1.0.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      audit: [],
      summary: 'Delete a view (条件の削除)',
      description: 'What belongs to another person cannot be found (ほかの担当者の条件は見つかりません).',
      params: IdParams,
      answers: { 204: z.null().describe('Deleted (削除済み)') },
      run: async (request) => {
        const where = { id: request.params.id, tenantId: tenantOf(request) }
        const row = await deps.db.savedView.findFirst({ where, select: { accountId: true } })
        if (!row || (row.accountId !== null && row.accountId !== accountOf(request.auth)))
          throw new AppError('NOT_FOUND', '条件が見つかりません。削除されたか、ほかの担当者の条件です。')
        if (row.accountId === null) checkRole(request.auth, 'staff')
        await deps.db.savedView.deleteMany({ where })
      },
    })
  }

const accountOf = (auth: Auth): string | null => ('accountId' in auth ? auth.accountId : null)

const toAnswer = (row: Row, view: Stored) => ({
  id: row.id,
  ...view,
  shared: row.accountId === null,
  count: null,
  countIsCapped: false,
  updatedAt: row.updatedAt.toISOString(),
})

/** Lists views without those that can no longer be opened or parsed. */
async function readViews(
  { db, sealer }: { db: Pick<Db, 'savedView'>; sealer: Sealer },
  tenantId: string,
  accountId: string | null,
): Promise<{ row: Row; view: Stored }[]> {
  const rows: Row[] = await db.savedView.findMany({
    where: { tenantId, OR: [{ accountId: null }, ...(accountId === null ? [] : [{ accountId }])] },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return opened(sealer.of(tenantId), rows)
}

const opened = (sealer: RowSealer, rows: readonly Row[]): { row: Row; view: Stored }[] =>
  rows.flatMap((row) => {
    const view = Stored.safeParse(ifOpens(() => sealer.openJson(viewContext(row.id), row.sealedView)))
    return view.success ? [{ row, view: view.data }] : []
  })

/** @throws AppError FORBIDDEN, CONFLICT when there are too many */
async function saveView(
  deps: SavedViewDeps,
  auth: Auth,
  tenantId: string,
  { shared, ...view }: z.infer<typeof NewView>,
) {
  if (shared) checkRole(auth, 'staff')
  const accountId = shared ? null : accountOf(auth)
  if (!shared && accountId === null) {
    const message = 'APIキーで保存できるのは、全員で使う条件（true）だけです。'
    throw invalid([{ field: 'shared', message, code: 'invalid_value' }])
  }
  const row = await deps.db.$transaction(async (tx) => {
    // Two at once save and count one after the other.
    await tx.$executeRaw(lockName(`views:${tenantId}`))
    const known = (await readViews({ db: tx, sealer: deps.sealer }, tenantId, accountId)).filter(
      ({ row }) => row.accountId === accountId,
    )
    const same = known.find((one) => one.view.name === view.name)
    if (!same && known.length >= MOST)
      throw new AppError('CONFLICT', `条件は ${MOST} 件まで保存できます。使わないものを削除してください。`)
    const id = same?.row.id ?? deps.newId()
    const updatedAt = dateNow(deps.clock)
    const sealedView = new Uint8Array(deps.sealer.of(tenantId).sealJson(viewContext(id), view))
    return tx.savedView.upsert({
      where: { id },
      create: { id, tenantId, accountId, sealedView, createdAt: updatedAt, updatedAt },
      update: { sealedView, updatedAt },
    })
  })
  return toAnswer(row, view)
}

/** Name of a view once the buyer in its own name was erased. */
const NAMELESS = '名前を消去した条件'

/** Staff may name a view after a buyer: it keeps its conditions, which name nobody, and loses its name. */
export const eraseViews =
  ({ db, sealer, clock }: Pick<SavedViewDeps, 'db' | 'sealer' | 'clock'>) =>
  async (tenantId: string, terms: readonly ErasureTerm[]): Promise<number> => {
    // An order's number stands for no person: a view that looks for it stays as it is.
    const people = terms.filter(({ kind }) => kind !== 'number')
    const rows: Row[] = await db.savedView.findMany({ where: { tenantId } })
    let erased = 0
    for (const { row, view } of opened(sealer.of(tenantId), rows)) {
      if (!namesBuyer(people, view.name)) continue
      const sealedView = new Uint8Array(
        sealer.of(tenantId).sealJson(viewContext(row.id), { ...view, name: NAMELESS }),
      )
      await db.savedView.updateMany({
        where: { id: row.id },
        data: { sealedView, updatedAt: dateNow(clock) },
      })
      erased += 1
    }
    return erased
  }

type Count = { count: number | null; countIsCapped: boolean }

/** One after the other: a bar full of buttons takes one connection. */
async function countAll(
  { pool, sealer, clock }: SavedViewDeps,
  tenantId: string,
  views: readonly { row: Row; view: Stored }[],
): Promise<Map<string, Count>> {
  const end = clock.now() + ALL_COUNTS_MS
  const counts = new Map<string, Count>()
  for (const { row, view } of views) {
    if (clock.now() > end) break
    const query = OrderQuery.parse(view.query)
    const n = await countWithin(pool, wholeParts(query, searchCondition(sealer, tenantId, query)))
    counts.set(row.id, {
      count: n === null ? null : Math.min(n, MOST_COUNTED),
      countIsCapped: n !== null && n > MOST_COUNTED,
    })
  }
  return counts
}

const countWithin = (pool: Pool, parts: readonly ListPart[]): Promise<number | null> =>
  inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${COUNT_MS}`)
    let n = 0
    for (const part of parts) {
      const { rows } = await client.query<{ n: number }>(countOf(part, MOST_COUNTED + 1))
      n += rows[0]?.n ?? 0
    }
    return n
  }).catch((error: unknown) => {
    if (factsOf(error).code === TIMED_OUT) return null
    throw error
  })
