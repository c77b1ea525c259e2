import type { Pool, PoolClient } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { readHistory } from '../../src/events/history.ts'
import { readRequestPage } from '../../src/imports/requests/read.ts'
import { MALLS } from '../../src/marketplaces/index.ts'
import { readBoard } from '../../src/orders/board.ts'
import { BEGIN_DESK, MAKE_BATCH } from '../../src/orders/hand-over/statements.ts'
import { DETAIL_FIELD, ORDER_FIELDS } from '../../src/orders/order-json.ts'
import { readOrderPage } from '../../src/orders/read.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type Database, openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { japaneseDay } from '../../src/platform/japan-time.ts'
import { readShopReasons, readWaiting } from '../../src/why/routes.ts'
import { answerWhy } from '../../src/why/why.ts'
import { type History, makeHistory } from '../support/database/history.ts'
import { newId, testSealer } from '../support/fixtures.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'
import { undone, workerStatements } from './worker-statements.ts'

/**
 * What staff and clients read, in a database of years, against a floor in turn with it: the rows of the
 * answer by their primary key, and of a pull the one UPDATE that gives back the same rows. The statements
 * alone, so that growth shows and not the way over HTTP.
 */
export interface Read {
  name: string
  rows: number
  p50Ms: number
  p99Ms: number
  /** Times the floor's p50. */
  ratio: number
  /** Times its own p50 with the fewest rows. */
  growth: number
  /** Pages that it touches, and times its own with the fewest rows. Of what Prisma sends none are counted. */
  blocks: number
  blocksGrowth: number
}

interface Contest {
  name: string
  run(): Promise<unknown>
  floor(): Promise<unknown>
}

const STAGED = 1_500
const DAY_MS = 24 * 60 * 60_000

export const READS = [
  'pull',
  'list',
  'search',
  'import-requests',
  'board',
  'why',
  'worker',
  'growth',
] as const

export async function measureReads(
  databases: Databases,
  { rows: sizes, statementTurns }: Pick<Extent, 'rows' | 'statementTurns'>,
  wanted: ReadonlySet<string>,
): Promise<Read[]> {
  const reads: Read[] = []
  for (const rows of sizes) {
    const { url, drop } = await databases.create()
    await applyMigrations(url, { info: () => undefined, warn: () => undefined })
    const database = await openDatabase({ url, log: { warn: () => undefined } })
    const history = await makeHistory(database.pool, { orders: rows, staged: STAGED })
    const counter = countBlocks(database.pool)
    for (const contest of await contestsOf({ ...database, pool: counter.pool }, history)) {
      if (!wanted.has('growth') && ![...wanted].some((name) => contest.name.startsWith(name))) continue
      const first = reads.find(({ name }) => name === contest.name)
      reads.push(await measure(contest, rows, first, statementTurns, counter))
    }
    await database.close()
    await drop()
  }
  return reads
}

async function measure(
  { name, run, floor }: Contest,
  rows: number,
  first: Read | undefined,
  turns: number,
  counter: BlockCounter,
): Promise<Read> {
  const own: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [what, into] of [
      [run, own],
      [floor, bare],
    ] as const) {
      const started = performance.now()
      await what()
      into.push(performance.now() - started)
    }
  }
  const p50Ms = percentile(own, 0.5)
  const blocks = await counter.count(run)
  return {
    name,
    rows,
    p50Ms: round(p50Ms, 2),
    p99Ms: round(percentile(own, 0.99), 2),
    ratio: round(p50Ms / percentile(bare, 0.5), 2),
    growth: round(p50Ms / (first?.p50Ms ?? p50Ms), 2),
    blocks,
    blocksGrowth: round(blocks / Math.max(1, first?.blocks ?? blocks), 2),
  }
}

async function contestsOf(database: Database, history: History): Promise<Contest[]> {
  const { tenantId, shopIds } = history
  const { db, pool } = database
  const worker = await workerStatements(database, history)
  const desk = newId()
  const { epoch } = await readHistory({ pool, clock: systemClock })
  const path = [[epoch, 0]]
  const by = { actor: 'key:bench', source: null }
  const begun = { id: desk, tenant: tenantId, name: 'bench', path, ...by }
  await pool.query(BEGIN_DESK({ ...begun, note: newId(), now: new Date(), history: epoch, most: 1 }))
  const byKey = (what: string) => () =>
    pool.query(
      `select * from ${what} where id = any(array(select id from ${what} order by id desc limit 50))`,
    )
  const list = (name: string, query: object): Contest => ({
    name,
    run: () =>
      readOrderPage({ db, pool, sealer: testSealer }, tenantId, {
        limit: 50,
        sort: 'newest',
        ...query,
      }),
    floor: byKey('orders'),
  })
  const requests = (name: string, query: object): Contest => ({
    name,
    run: () => readRequestPage({ pool, sealer: testSealer }, tenantId, { limit: 50, ...query }),
    floor: byKey('import_requests'),
  })
  /** @param isWhole whether the number has the form of a shop's whole numbers */
  const facts = (isWhole: boolean) => ({
    db,
    pool,
    sealer: testSealer,
    clock: { now: Date.now, sleep: async () => undefined },
    marketplaces: new Map(
      MALLS.map((mall) => [
        mall.name,
        Object.assign(Object.create(mall), { ownsOrderNumber: () => isWhole }),
      ]),
    ),
  })
  const why = (name: string, query: object, isWhole: boolean): Contest => ({
    name,
    run: () =>
      answerWhy(
        {
          ...facts(isWhole),
          live: { ask: async () => [] },
          judge: { explain: () => Promise.reject(new Error('no mail is asked for')) },
        },
        { tenantId, shops: null },
        { ...query, live: false },
        new AbortController().signal,
      ),
    floor: byKey('import_requests'),
  })
  return [
    why('why, an order that is here', { number: 'shop-000000778' }, true),
    why('why, a number that is nowhere', { number: 'shop-999999999' }, true),
    why('why, the end of a number', { number: '0778' }, false),
    why('why, the beginning of many numbers', { number: 'shop-0000' }, false),
    why('why, a buyer and a day', { buyer: '山田', day: japaneseDay(Date.now() - DAY_MS) }, true),
    {
      name: 'why, all that waits',
      run: () => readWaiting(facts(true), tenantId, { limit: 100 }, null),
      floor: byKey('import_requests'),
    },
    {
      name: 'why, by shop',
      run: () => readShopReasons(facts(true), tenantId, null),
      floor: byKey('import_requests'),
    },
    list('list', {}),
    list('list by status', { status: 'completed' }),
    list('list of what is held', { hold: true }),
    list('list of what is not held', { hold: false }),
    list('list by payment, rare', { paymentKind: 'invoice' }),
    list('list by payment, never', { paymentKind: 'loan' }),
    list('list by mark', { mark: 'repeat_buyer' }),
    list('list by mark, never', { mark: 'blocked_buyer' }),
    list('list with tracking', { tracking: 'some' }),
    list('search number end, two digits', { numberEnd: '77' }),
    list('search number end, three digits', { numberEnd: '777' }),
    list('search number end, four digits', { numberEnd: '0777' }),
    list('search number end, none', { numberEnd: 'x777' }),
    list('search item, common', { item: '抹茶' }),
    list('search item, rare', { item: '限定桐箱' }),
    list('search item, never sold', { item: '存在しない' }),
    // Of a hundred thousand orders and more, those of the beginning of the history alone.
    list('search number, many old ones', { number: 'shop-0000' }),
    list('search number, one', { number: 'shop-000000778' }),
    list('search phone', { phone: '0312345678' }),
    requests('import-requests', {}),
    requests('import-requests, failed', { state: 'failed' }),
    requests('import-requests, outcome', { outcome: 'skipped' }),
    requests('import-requests, shop', { shopId: shopIds[1] }),
    {
      name: 'board',
      run: () => readBoard({ db, pool, clock: { now: Date.now, sleep: async () => undefined } }, tenantId),
      floor: () => pool.query('select * from shops where tenant_id = $1', [tenantId]),
    },
    {
      name: 'pull of 1,000',
      run: () =>
        undone(pool, async (client) => {
          const { rows } = await client.query<{ batchId: string | null }>(
            MAKE_BATCH({
              tenant: tenantId,
              shop: null,
              marketplace: null,
              shops: null,
              known: null,
              limit: 1_000,
              pull: newId(),
              now: new Date(),
              events: Array.from({ length: 1_000 }, newId),
              ...by,
              note: newId(),
              desk,
              last: 0,
              history: epoch,
              path,
            }),
          )
          // In another history it would do nothing, and be very fast.
          if (!rows[0]?.batchId) throw new Error('the pull made no batch')
        }),
      floor: () => undone(pool, (client) => client.query(ONE_UPDATE, [tenantId])),
    },
    ...worker.map((statement) => ({ ...statement, floor: byKey('import_requests') })),
  ]
}

const ONE_UPDATE = `
with p as (select id from orders where tenant_id = $1 and status = 'auto_imported' order by ordered_at, id limit 1000)
update orders o set status = 'new', pulled_at = now(), version = version + 1, updated_at = now() from p where o.id = p.id
returning ${ORDER_FIELDS}, ${DETAIL_FIELD}`

export const readsTable = (reads: readonly Read[]): string =>
  table(
    ['', 'orders', 'p50 ms', 'p99 ms', '× floor', '× fewest', 'blocks', '× fewest'],
    reads.map((r) => [
      ...[r.name, String(r.rows), r.p50Ms.toFixed(2), r.p99Ms.toFixed(2)],
      ...[r.ratio.toFixed(2), r.growth.toFixed(2), String(r.blocks), r.blocksGrowth.toFixed(2)],
    ]),
  )

/**
 * Pages of the database that statements touch: of the same rows as many on any machine, whatever else it
 * does.
 */
interface BlockCounter {
  /** Its statements are counted while there is counting, those of its clients too. */
  pool: Pool
  count(work: () => Promise<unknown>): Promise<number>
}

type Query = (first: string | { text: string; values?: unknown[] }, values?: unknown[]) => Promise<unknown>

interface Explained {
  rows: [{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }] }]
}

const COUNTED = /^\s*(?:select|insert|update|delete|with)\b/i

function countBlocks(pool: Pool): BlockCounter {
  let isCounting = false
  let blocks = 0

  /**
   * Runs it twice, the first time to be looked at: within a transaction, so that the second finds what the
   * first found.
   */
  const counted =
    (query: Query): Query =>
    async (first, second) => {
      const { text, values } = typeof first === 'string' ? { text: first, values: second } : first
      if (isCounting && COUNTED.test(text)) {
        await query('savepoint counted')
        const { rows } = (await query(`explain (analyze, buffers, format json) ${text}`, values)) as Explained
        const { Plan } = rows[0]['QUERY PLAN'][0]
        blocks += Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
        await query('rollback to counted')
      }
      return query(first, second)
    }

  const withQuery = <T extends Pool | PoolClient>(target: T, replaced: Record<string, unknown>): T =>
    new Proxy(target, {
      get(_, name) {
        const value = replaced[String(name)] ?? Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })

  async function connect(): Promise<PoolClient> {
    const client = await pool.connect()
    return withQuery(client, { query: counted(client.query.bind(client) as Query) })
  }

  async function queryAlone(...args: Parameters<Query>): Promise<unknown> {
    if (!isCounting) return (pool.query as Query)(...args)
    const client = await connect()
    await client.query('begin')
    try {
      return await (client.query as Query)(...args)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  return {
    pool: withQuery(pool, { connect, query: queryAlone }),
    async count(work) {
      isCounting = true
      blocks = 0
      await work().finally(() => {
        isCounting = false
      })
      return blocks
    },
  }
}
