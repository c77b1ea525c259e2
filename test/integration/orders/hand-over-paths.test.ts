import fc from 'fast-check'
import { expect, it } from 'vitest'
import { follows } from '../../../src/orders/hand-over/decide.ts'
import {
  acceptOrders,
  type HandOverDeps,
  listDesks,
  pullAfter,
  useDesk,
} from '../../../src/orders/hand-over/hand-over.ts'
import { parsePosition } from '../../../src/orders/hand-over/position.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import type { PulledBatch } from '../../../src/orders/pull.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { copyOfDatabase, freshDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * Drives the service along random paths of test/support/hand-over-model.ts, on a real Postgres: two
 * processes, copies of requests that arrive late or stall between their statements, answers that are lost or
 * late, two desks of which one goes out of use and into it, clients that go back to a backup, and a database
 * that is really copied and put back, also to a branch that was given up.
 */

type Fresh = Awaited<ReturnType<typeof freshDatabase>>

interface Client {
  position: string | null
  /** By number: after a restore an order has another id. */
  has: ReadonlySet<string>
}

/** Held between its two statements. */
interface Stalled {
  goOn: () => void
  ended: Promise<unknown>
}

const ORDERS = numbers(9)
const DESKS = ['one', 'two'] as const
type DeskName = (typeof DESKS)[number]
const MOST_COPIES = 2
const MOST_RESTORES = 3

class World {
  saved: { copy: Fresh; isClosed: boolean }[] = []
  restores = 0
  clients: Record<DeskName, Client> = {
    one: { position: null, has: new Set() },
    two: { position: null, has: new Set() },
  }
  backups: Partial<Record<DeskName, Client>> = {}
  requests: { desk: DeskName; after: string | null }[] = []
  stalled: Stalled[] = []
  answers: { desk: DeskName; batch: PulledBatch }[] = []
  steps: string[] = []
  /** The second desk is out of use for certain: the first one always has somebody who asks. */
  isClosed = false
  staged = 0
  database: Fresh
  bench: ImportBench
  /** Of the other process. */
  second: Awaited<ReturnType<typeof openDatabase>>

  constructor(database: Fresh, bench: ImportBench, second: World['second']) {
    this.database = database
    this.bench = bench
    this.second = second
  }

  static async begin(): Promise<World> {
    const database = await freshDatabase()
    const bench = await importBench(database)
    for (const [index, number] of ORDERS.entries())
      bench.mall.place(number, { orderedAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() })
    const world = new World(database, bench, await openDatabase({ url: database.url, log: quiet }))
    // Both desks have begun before there is anything to lose.
    for (const desk of DESKS) world.take(desk, await world.ask(desk, null))
    return world
  }

  deps(pool: HandOverDeps['pool']): HandOverDeps {
    return { ...this.bench.deps, pool }
  }

  ask(desk: DeskName, after: string | null, pool = this.database.pool, limit = 2): Promise<PulledBatch> {
    return pullAfter(this.deps(pool), this.puller, { after, limit, ...(after === null ? { desk } : {}) })
  }

  get puller() {
    return { tenantId: this.bench.tenantId, actor: 'key:test' }
  }

  take(desk: DeskName, { since, position, orders }: PulledBatch): void {
    const { has, position: stored } = this.clients[desk]
    const [own, begins] = [stored === null ? null : parsePosition(stored), parsePosition(since ?? '')]
    if (begins === null) throw new Error('an answer without its position')
    if (follows(own, begins))
      this.clients[desk] = {
        position,
        has: new Set([...has, ...orders.map(({ orderNumber }) => orderNumber)]),
      }
  }

  async stage(count: number): Promise<void> {
    const wanted = ORDERS.slice(0, count)
    this.staged = Math.max(this.staged, count)
    await this.bench.want(wanted)
    await this.bench.run()
  }

  /** Delivers a request that was held back; it may stall before it makes its batch. */
  async deliver(at: number, stalls: boolean, isSecond: boolean): Promise<void> {
    const [request] = this.requests.splice(at % this.requests.length, 1)
    if (!request) return
    const { pool } = isSecond ? this.second : this.database
    if (!stalls) {
      const asked = this.ask(request.desk, request.after, pool)
      if (this.isClosed && request.desk === 'two') await expect(asked).rejects.toMatchObject(OUT_OF_USE)
      else this.answers.push({ desk: request.desk, batch: await asked })
      return
    }
    const { promise: free, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: held, resolve: hold } = Promise.withResolvers<void>()
    const slow = {
      connect: () => pool.connect(),
      async query(bound: { text: string }) {
        if (bound.text.includes('insert into pulls')) {
          hold()
          await free
        }
        return pool.query(bound as never)
      },
    } as unknown as HandOverDeps['pool']
    const ended = this.ask(request.desk, request.after, slow).then(
      (batch) => void this.answers.push({ desk: request.desk, batch }),
      () => undefined,
    )
    await Promise.race([held, ended])
    this.stalled.push({ goOn, ended })
  }

  async release(at: number): Promise<void> {
    const [one] = this.stalled.splice(at % Math.max(1, this.stalled.length), 1)
    one?.goOn()
    await one?.ended
  }

  async use(inUse: boolean): Promise<void> {
    for (const isThere of [true, false])
      for (const { id, desk } of (await listDesks(this.bench.deps, this.bench.tenantId, isThere)).desks)
        if (desk === 'two') await useDesk(this.bench.deps, this.puller, id, inUse)
    this.isClosed = !inUse
  }

  async move(n: number): Promise<void> {
    const to = (['ready_to_ship', 'cancelled', 'auto_imported'] as const)[n % 3] ?? 'cancelled'
    const orders = await this.database.db.order.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
    const order = orders[n % Math.max(1, orders.length)]
    if (order) await moveOrders(this.bench.deps, this.puller, { orderIds: [order.id], to })
  }

  /** A copy needs the database for itself. What stalls gets its connection closed. */
  async disconnect(): Promise<void> {
    await Promise.all([this.database.disconnect(), this.second.close()])
    for (const { goOn, ended } of this.stalled.splice(0)) {
      goOn()
      await ended
    }
  }

  async connect(database: Fresh): Promise<void> {
    this.database = database
    this.second = await openDatabase({ url: database.url, log: quiet })
    this.bench = await importBench(database, {}, this.bench)
  }

  async save(): Promise<void> {
    await this.disconnect()
    const copy = await copyOfDatabase(this.database.url)
    await copy.disconnect()
    this.saved.push({ copy, isClosed: this.isClosed })
    const again = await openDatabase({ url: this.database.url, log: quiet })
    await this.connect({ ...this.database, ...again, disconnect: again.close })
  }

  async restore(at: number): Promise<void> {
    const saved = this.saved[at % this.saved.length]
    if (saved === undefined) return
    this.restores++
    this.isClosed = saved.isClosed
    await this.disconnect()
    const old = this.database
    await this.connect(await copyOfDatabase(saved.copy.url))
    await drop(old.url)
  }

  async step(n: number): Promise<void> {
    const desk = DESKS[n % 2] ?? 'one'
    const m = Math.floor(n / 100)
    const kind = n % 100
    const act = async (name: string, work: () => unknown) => {
      this.steps.push(`${name} ${n}`)
      await work()
    }
    if (kind < 14) await act('stage', () => this.stage(Math.min(ORDERS.length, this.staged + 1 + (m % 2))))
    else if (kind < 34)
      await act('send', () => this.requests.push({ desk, after: this.clients[desk].position }))
    else if (kind < 56 && this.requests.length > 0)
      await act('deliver', () => this.deliver(m, m % 4 === 0, m % 2 === 0))
    else if (kind < 60) await act('release', () => this.release(m))
    else if (kind < 76 && this.answers.length > 0)
      await act('read', () => {
        const [answer] = this.answers.splice(m % this.answers.length, 1)
        if (answer && m % 5 > 0) this.take(answer.desk, answer.batch)
      })
    else if (kind < 80) await act('move', () => this.move(m))
    else if (kind < 82) await act('use', () => this.use(m % 2 === 0))
    else if (kind < 85) await act('accept', () => acceptOrders(this.bench.deps, this.puller, { limit: 1 }))
    else if (kind < 88)
      await act('client backup', () => {
        this.backups[desk] = this.clients[desk]
      })
    else if (kind < 91)
      await act('client restore', () => {
        this.clients[desk] = this.backups[desk] ?? this.clients[desk]
      })
    else if (kind < 95 && this.saved.length < MOST_COPIES) await act('save', () => this.save())
    else if (kind >= 95 && this.restores < MOST_RESTORES && this.saved.length > 0)
      await act('restore', () => this.restore(m))
  }

  /** Stages all, lets nothing be on its way and each client ask to the end: each order is at its desk. */
  async rest(): Promise<void> {
    while (this.stalled.length > 0) await this.release(0)
    await this.use(true)
    await this.stage(ORDERS.length)
    for (const desk of DESKS)
      for (;;) {
        const batch = await this.ask(desk, this.clients[desk].position)
        const before = this.clients[desk]
        this.take(desk, batch)
        expect(this.clients[desk], `${desk} ignores its own answer`).not.toBe(before)
        if (batch.position === batch.since) break
      }
    const { rows } = await this.database.pool.query<{ number: string; desk: string }>(
      'select o.order_number as number, d.name as desk from orders o join pulls p on p.id = o.pull_id join desks d on d.id = p.desk_id',
    )
    const wanted = rows.toSorted((a, b) => (a.number < b.number ? -1 : 1))
    expect(wanted.map(({ number }) => number)).toEqual(ORDERS.toSorted())
    const missing = wanted.filter(({ number, desk }) => !this.clients[desk as DeskName].has.has(number))
    expect(missing).toEqual([])
  }

  async close(): Promise<void> {
    await this.second.close()
    await this.database.close()
    for (const { copy } of this.saved) await drop(copy.url)
  }
}

const OUT_OF_USE = { code: 'CONFLICT', details: { reason: 'desk_closed' } }

const quiet = { warn: () => undefined }

async function drop(url: string): Promise<void> {
  const database = await openDatabase({
    url: Object.assign(new URL(url), { pathname: '/postgres' }).href,
    log: quiet,
  })
  await database.pool
    .query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
    .finally(() => database.close())
}

it('loses no order and hands none over twice, along paths of the model', async () => {
  const step = fc.nat({ max: 99_999 })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
      const world = await World.begin()
      try {
        for (const n of steps) await world.step(n)
        await world.rest()
      } catch (error) {
        if (error instanceof Error) error.message += `\n${world.steps.join(' · ')}`
        throw error
      } finally {
        await world.close()
      }
    }),
    {
      numRuns: Number(process.env.HAND_OVER_PATHS ?? 6),
      endOnFailure: true,
    },
  )
}, 3_600_000)
