import type { Pool } from 'pg'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import { type SearchToken, searchTokens, tokenColumns } from '../../orders/store/search-tokens.ts'
import { createSealer, SealError, type Sealer, sealedUnder } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { statement } from '../../platform/db/statement.ts'
import { deletionSignatures } from '../../staff/contracts/delete-tenant.ts'
import { auditOps, type Ops, Usage } from '../tools.ts'
import { SEALED_COLUMNS, type SealedColumn, tenantOf } from './sealed-columns.ts'

const BATCH = 200
/**
 * Rounds over rows that were sealed with an old key meanwhile; if more are needed, a process with an old list
 * is running.
 */
const ROUNDS = 5

/**
 * Re-seals everything under the first of ENCRYPTION_KEYS and moves the blind index to it, while the service
 * runs. Continues where it was stopped; refuses to run twice at once. Reports success only when no row is
 * under another key.
 */
export async function rotateKeys(ops: Ops, args: readonly string[]): Promise<number> {
  const batch = batchSize(args)
  const keys = await ops.keys()
  const { pool } = await ops.database()
  const keyId = keys[0].id
  const deps: RotateDeps = { pool, keyId, batch, sealer: createSealer(keys, ops.random) }
  const unlock = await lock(pool)
  if (!unlock) {
    ops.print('another rotation is running: wait for its end')
    return 1
  }
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const unreadable = await pass(ops, deps, round)
      if (ops.signal.aborted) return stopped(ops)
      const left = await countOldKeys(pool, keyId, SEALED_COLUMNS)
      if (left.length === 0) return await finished(ops, deps)
      if (unreadable > 0)
        return refuse(ops, left, 'put the key that sealed them back into ENCRYPTION_KEYS, behind the first')
      // The next round starts from the beginning, for rows written after it passed.
      await forget(pool, keyId)
    }
    const left = await countOldKeys(pool, keyId, SEALED_COLUMNS)
    return refuse(
      ops,
      left,
      `a process still seals with an old key: give every process the list with ${keyId} in front`,
    )
  } finally {
    await unlock()
  }
}

function batchSize(args: readonly string[]): number {
  if (args.length === 0) return BATCH
  const size = args[0] === '--batch' ? Number(args[1]) : Number.NaN
  if (!Number.isInteger(size) || size < 1 || size > 1_000) throw new Usage('--batch takes 1 to 1000')
  return size
}

/** All columns, from where an earlier run came to. @returns how many rows cannot be opened */
async function pass(ops: Ops, deps: RotateDeps, round: number): Promise<number> {
  let unreadable = 0
  for (const column of SEALED_COLUMNS) {
    const name = stepOf(deps.keyId, column)
    let place = await readPlace(deps.pool, name)
    let rewritten = 0
    while (place !== DONE && !ops.signal.aborted) {
      const result = await rotateBatch(deps, column, place)
      rewritten += result.rewritten
      unreadable += result.unreadable.length
      for (const id of result.unreadable)
        ops.print(`${column.table}.${column.column} of ${id} cannot be opened`)
      place = result.last ?? DONE
      await notePlace(deps.pool, name, place)
      if (result.rewritten > 0)
        ops.print(`${column.table}.${column.column}: ${rewritten} rows${round > 1 ? `, round ${round}` : ''}`)
    }
  }
  return unreadable
}

function stopped(ops: Ops): number {
  ops.print('stopped; the same command goes on from here')
  return 1
}

type Left = Awaited<ReturnType<typeof countOldKeys>>

function refuse(ops: Ops, left: Left, advice: string): number {
  for (const { column, rows, keys } of left)
    ops.print(`${column.table}.${column.column}: ${rows} rows are under ${keys.join(', ')}`)
  ops.print(`not done: ${advice}, then give this command again`)
  return 1
}

async function finished(ops: Ops, { pool, sealer, keyId }: RotateDeps): Promise<number> {
  const { db } = await ops.database()
  await signDeletionsAnew(db, sealer)
  await deleteRequestHashes(pool)
  await forget(pool, keyId)
  await auditOps(ops, 'keys.rotated', keyId)
  ops.print(
    `done: everything is under "${keyId}", the search too; the other keys may be removed from ENCRYPTION_KEYS`,
  )
  return 0
}

/**
 * Re-signs the proofs of deletion. They hold nothing sealed, but their signatures would be void without the
 * old key.
 */
async function signDeletionsAnew(db: Db, sealer: Sealer): Promise<void> {
  for (const row of await db.tenantDeletion.findMany()) {
    const [first, ...others] = deletionSignatures(sealer, row)
    if (first && others.some((one) => Buffer.from(row.signature).equals(one)))
      await db.tenantDeletion.updateMany({
        where: { tenantId: row.tenantId, deletedAt: row.deletedAt },
        data: { signature: first },
      })
  }
}

/**
 * Clears request hashes. The requests are not kept, so their hashes cannot move to the new key; without the
 * old key a repeated request would look like another one. Without a hash a site change is found by its
 * Idempotency-Key alone. A kept answer goes with its hash: nobody could tell whose request it answered.
 */
async function deleteRequestHashes(pool: Pool): Promise<void> {
  await pool.query('update site_changes set request_hash = null where request_hash is not null')
  await pool.query('update idempotency_keys set request_hash = null, sealed_answer = null')
}

const DONE = 'done'
type Place = string[] | null | typeof DONE

const stepOf = (keyId: string, { table, column }: SealedColumn) => `rotate ${keyId} ${table}.${column}`

async function readPlace(pool: Pool, name: string): Promise<Place> {
  const { rows } = await pool.query<{ place: string | null }>(
    'select place from data_steps where name = $1',
    [name],
  )
  const place = rows[0]?.place ?? null
  if (place === null || place === DONE) return place
  return place.split(' ')
}

async function notePlace(pool: Pool, name: string, place: Place): Promise<void> {
  await pool.query(
    'insert into data_steps (name, place) values ($1, $2) on conflict (name) do update set place = excluded.place',
    [name, Array.isArray(place) ? place.join(' ') : place],
  )
}

async function forget(pool: Pool, keyId: string): Promise<void> {
  await pool.query(`delete from data_steps where starts_with(name, $1)`, [`rotate ${keyId} `])
}

/** Held by a session of its own, so that it ends with the process, however that ends. */
async function lock(pool: Pool): Promise<(() => Promise<void>) | null> {
  const client = await pool.connect()
  const { rows } = await client.query<{ held: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('torikomi keys rotate', 0)) as held`,
  )
  const release = async () => {
    await client.query('select pg_advisory_unlock_all()')
    client.release()
  }
  if (rows[0]?.held) return release
  client.release()
  return null
}

interface RotateDeps {
  pool: Pool
  sealer: Sealer
  /** The first of ENCRYPTION_KEYS. */
  keyId: string
  /** Rows of one statement. */
  batch: number
}

interface BatchResult {
  /** Key of the last row read; null: none follows `from`. */
  last: string[] | null
  rewritten: number
  /** Rows that no configured key opens. */
  unreadable: string[]
}

interface Row {
  /** Its key, and what its context needs beside it. */
  key: Record<string, string>
  ofTenant: string | null
  sealed: Buffer
}

/** True when the column's rows carry a blind index, which moves with them. */
const ofOrders = ({ table, column }: SealedColumn): boolean =>
  table === 'orders' && column === 'sealed_detail'
const isIndexed = (column: SealedColumn): boolean => ofOrders(column) || column.index !== undefined

/**
 * Re-seals the next rows after `from`. Writes a row only if it still holds what was read: whoever changed it
 * meanwhile sealed it with the first key already. Leaves version and `updated_at`, since the content is
 * unchanged.
 */
export async function rotateBatch(
  deps: RotateDeps,
  column: SealedColumn,
  from: readonly string[] | null,
): Promise<BatchResult> {
  const { rows } = await deps.pool.query<Row>(nextRows(column, from), [deps.batch, ...(from ?? [])])
  const unreadable: string[] = []
  const fresh = rows.flatMap((row) => {
    const { key, ofTenant, sealed } = row
    try {
      // The index of a row that is under the new key may still be the old key's.
      if (!isIndexed(column) && sealedUnder(sealed) === deps.keyId) return []
      const context = column.context(key)
      const own = deps.sealer.of(ofTenant)
      const text = own.open(context, sealed).toString('utf8')
      return [{ row, sealed, text, anew: Buffer.from(own.sealText(context, text)) }]
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      unreadable.push(keyOf(column, row).join(' '))
      return []
    }
  })
  if (fresh.length > 0 && ofOrders(column)) {
    const [tokenOrders, tokenKinds, tokenHashes] = tokenColumns(fresh.map((one) => indexed(deps.sealer, one)))
    await deps.pool.query(
      REWRITE_ORDERS({
        ids: fresh.map(({ row }) => row.key.id ?? ''),
        old: fresh.map(({ sealed }) => sealed),
        anew: fresh.map(({ anew }) => anew),
        tokenOrders,
        tokenKinds,
        tokenHashes,
      }),
    )
  } else if (fresh.length > 0) {
    const values = [
      ...column.key.map((_, index) => fresh.map(({ row }) => keyOf(column, row)[index])),
      fresh.map(({ sealed }) => sealed),
      fresh.map(({ anew }) => anew),
    ]
    const { index } = column
    if (index)
      await deps.pool.query(rewrite(column), [
        ...values,
        fresh.map(({ row, text }) => index.hash(deps.sealer, row.key, text)),
      ])
    else await deps.pool.query(rewrite(column), values)
  }
  const last = rows.at(-1)
  return { last: last ? keyOf(column, last) : null, rewritten: fresh.length, unreadable }
}

function indexed(
  sealer: Sealer,
  { row, text }: { row: Row; text: string },
): { orderId: string; search: SearchToken[] } {
  const order = JSON.parse(text) as NormalisedOrder
  const search = searchTokens(sealer, row.key.tenant_id ?? '', order, 'first key')
  return { orderId: row.key.id ?? '', search }
}

const keyOf = ({ key }: SealedColumn, row: Row): string[] => key.map((name) => row.key[name] ?? '')

const typeOf = (name: string): string => (/^(?:number|position)$/.test(name) ? 'int' : 'uuid')

function nextRows(column: SealedColumn, from: readonly string[] | null): string {
  const names = [...column.key, ...(column.also ?? []), ...(ofOrders(column) ? ['tenant_id'] : [])]
  const key = column.key.join(', ')
  const place = column.key.map((name, index) => `$${index + 2}::${typeOf(name)}`).join(', ')
  const texts = names.map((name) => `'${name}', ${name}::text`).join(', ')
  return `select json_build_object(${texts}) as key, ${tenantOf(column)}::text as "ofTenant", ${column.column} as sealed from ${column.table} t
    where ${column.column} is not null ${from ? `and (${key}) > (${place})` : ''} order by ${key} limit $1`
}

function rewrite({ table, column, key, index }: SealedColumn): string {
  const given = [...key, 'old', 'anew', ...(index ? ['hash'] : [])]
  const typed = (name: string) => (key.includes(name) ? typeOf(name) : 'bytea')
  const arrays = given.map((name, place) => `$${place + 1}::${typed(name)}[]`).join(', ')
  const moved = index ? `, ${index.column} = n.hash` : ''
  return `update ${table} t set ${column} = n.anew${moved} from unnest(${arrays}) as n (${given.join(', ')})
    where ${key.map((name) => `t.${name} = n.${name}`).join(' and ')} and t.${column} = n.old`
}

/** Hashes change in the statement that changes the seal. One alike under both keys' lists must stay. */
const REWRITE_ORDERS = statement(
  {
    ids: 'uuid[]',
    old: 'bytea[]',
    anew: 'bytea[]',
    tokenOrders: 'uuid[]',
    tokenKinds: 'text[]',
    tokenHashes: 'bytea[]',
  },
  `
with hit as (
  update orders t set sealed_detail = n.anew from unnest(:ids, :old, :anew) as n (id, old, anew)
  where t.id = n.id and t.sealed_detail = n.old
  returning t.id, t.tenant_id
), token as (
  select k.order_id, h.tenant_id, k.kind, k.hash from unnest(:tokenOrders, :tokenKinds, :tokenHashes) as k (order_id, kind, hash)
  join hit h on h.id = k.order_id
), gone as (
  delete from order_search s using hit h where s.order_id = h.id
    and not exists (select from token k where k.order_id = s.order_id and k.kind = s.kind and k.hash = s.hash)
)
insert into order_search (order_id, tenant_id, kind, hash) select order_id, tenant_id, kind, hash from token
on conflict do nothing`,
)

/** Rows under another key than the first, by table and column, and the ids of these keys. */
export async function countOldKeys(
  pool: Pool,
  keyId: string,
  columns: readonly SealedColumn[],
): Promise<{ column: SealedColumn; rows: number; keys: string[] }[]> {
  const found = []
  const client = await pool.connect()
  try {
    // Reads whole tables, which would exceed the service's statement timeout.
    await client.query('begin; set local statement_timeout = 0')
    for (const column of columns) {
      // A value that is no seal names no key; count it too.
      const id = `case when length(${column.column}) > 2 then substring(${column.column} from 3 for get_byte(${column.column}, 1)) else '' end`
      const { rows } = await client.query<{ count: number; keys: string[] | null }>(
        `select count(*)::int as count, array_agg(distinct case when convert_from(${id}, 'LATIN1') ~ '^[A-Za-z0-9_-]{1,32}$' then convert_from(${id}, 'LATIN1') else '(no seal)' end) as keys from ${column.table}
       where ${column.column} is not null and (${id}) <> convert_to($1, 'LATIN1')`,
        [keyId],
      )
      const count = rows[0]?.count ?? 0
      if (count > 0) found.push({ column, rows: count, keys: rows[0]?.keys ?? [] })
    }
    return found
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}
