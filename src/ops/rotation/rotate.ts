import type { Pool } from 'pg'
import { createSealer, type Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import { deletionSignatures } from '../../staff/contracts/tenant-end.ts'
import { auditOps } from '../audit.ts'
import { type Ops, Usage } from '../tools.ts'
import { countOldKeys, type RotateDeps, rotateBatch } from './rotate-column.ts'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'

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
      await db.tenantDeletion.update({ where: { tenantId: row.tenantId }, data: { signature: first } })
  }
}

/**
 * Clears request hashes. The requests are not kept, so their hashes cannot move to the new key; without the
 * old key a repeated request would look like another one. Without a hash the Idempotency-Key alone tells them
 * apart. New requests use the new key.
 */
async function deleteRequestHashes(pool: Pool): Promise<void> {
  await pool.query('update site_changes set request_hash = null where request_hash is not null')
  await pool.query('update idempotency_keys set request_hash = null where request_hash is not null')
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
