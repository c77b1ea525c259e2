import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { z } from 'zod'
import { beginHistory } from '../../events/history.ts'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import { HASH_BYTES, searchTokens } from '../../orders/store/search-tokens.ts'
import { createSealer, type Sealer, unpack } from '../../platform/crypto/sealer.ts'
import { type BoundStatement, statement } from '../../platform/db/statement.ts'
import { inTransaction } from '../../platform/db/transaction.ts'
import { codeOf, StartError } from '../../platform/errors.ts'
import { giveWay } from '../../platform/event-loop.ts'
import { factsOf, present } from '../../platform/narrow.ts'
import { fileAt } from '../backup/files.ts'
import { checkWhole, readBackup } from '../backup/format.ts'
import type { Ops } from '../tools.ts'
import type { Head, RowsFrame } from './export.ts'
import { opening } from './keys.ts'
import { arrivesAs, foreignKeysOf, keysOf, type MovedTable, movedTables, PLAIN_IDS } from './tables.ts'

const HeadShape = z.object({
  kind: z.literal('tenant'),
  release: z.string().max(40),
  schema: z.string().nullable(),
  at: z.iso.datetime(),
  move: z.uuid(),
  tenantId: z.uuid(),
  name: z.string().max(200),
  wasActive: z.boolean(),
  receipt: z.string().regex(/^[\w-]{1,100}$/),
  startHash: z.string().regex(/^[0-9a-f]{64}$/),
  epochs: z.array(z.string().max(8)).max(1_000),
  earlierHashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1_000),
})

/** Limit for one part; an export writes fewer. */
const MOST_ROWS = 1_000
/** Characters of a part's contents that hashes are made of. */
const MOST_UNPACKED = 256 * 1024 * 1024

/** Every part of a file is checked: anybody who knows the public key can forge one. */
const Rows = z.object({
  table: z.string(),
  rows: z.array(z.string()).max(MOST_ROWS),
  keys: z.array(z.record(z.string(), z.string())).max(MOST_ROWS),
  sealed: z.record(z.string(), z.array(z.string().nullable())),
})
const Counts = z.object({ counts: z.record(z.string(), z.int()) })

type Part =
  | { kind: 'head'; head: Head }
  | { kind: 'rows'; frame: RowsFrame }
  | { kind: 'end'; counts: Record<string, number> }

/** @throws StartError for a file that is no export, is cut off, or is not for this installation */
async function* partsOf(ops: Ops, path: string): AsyncGenerator<Part> {
  const { key, form } = opening(await ops.keys())
  let first = true
  for await (const frame of readBackup(fileAt(path, ops.env), key, form)) {
    const head = first ? HeadShape.safeParse(frame) : null
    const rows = Rows.safeParse(frame)
    const end = Counts.safeParse(frame)
    if (head?.success) yield { kind: 'head', head: head.data }
    else if (!first && rows.success) yield { kind: 'rows', frame: rows.data }
    else if (!first && end.success) yield { kind: 'end', counts: end.data.counts }
    else throw new StartError('the export cannot be read: a part of it has another form.')
    first = false
  }
}

export async function readHead(ops: Ops, path: string): Promise<Head> {
  for await (const part of partsOf(ops, path)) if (part.kind === 'head') return part.head
  throw new StartError('the export cannot be read: it is empty.')
}

/**
 * Inserts all rows, sealed anew under this installation's first key, in the caller's transaction. Every row
 * must be of the file's tenant and hang on rows of it alone.
 * @returns rows by table, and entries of the audit that were here already
 * @throws StartError
 */
export async function insertExport(
  ops: Ops,
  client: Client,
  path: string,
  head: Head,
): Promise<{ counts: Record<string, number>; known: number }> {
  const sealer = createSealer(await ops.keys(), ops.random)
  const tables = await movedTables(client)
  const inserted: Record<string, number> = {}
  let known = 0
  let told: Record<string, number> | null = null
  // A part is opened and sealed anew while Postgres inserts the one before, and the next waits for it.
  let [before, last] = [Promise.resolve(), Promise.resolve()]
  try {
    for await (const part of partsOf(ops, path)) {
      if (part.kind === 'head') continue
      if (part.kind === 'end') {
        told = part.counts
        continue
      }
      const { frame } = part
      const table = tables.find(({ name }) => name === frame.table)
      if (table === undefined) throw foreignRow(frame.table)
      const statements = await insertsOf(table, frame, { sealer, head })
      await before
      before = last
      last = last.then(async () => {
        const here = await insertRows(client, table, frame, { statements, head })
        known += here
      })
      last.catch(() => undefined)
      inserted[table.name] = (inserted[table.name] ?? 0) + frame.rows.length
    }
    await last
  } catch (error) {
    // The caller's rollback comes behind what is under way.
    await last.catch(() => undefined)
    throw taken(error)
  }
  for (const { name } of tables)
    if ((told?.[name] ?? 0) !== (inserted[name] ?? 0))
      throw new StartError(`the export cannot be read: rows of ${name} are missing.`)
  await checkRows(client, tables, head.tenantId, inserted)
  return { counts: inserted, known }
}

const foreignRow = (table: string) =>
  new StartError(`the export holds a row of ${table} that is not the tenant’s own: nothing was imported.`)

function taken(error: unknown): unknown {
  if (codeOf(error) !== '23505') return error
  const { constraint, table } = factsOf(error)
  const why =
    constraint === 'staff_accounts_email_hash_key'
      ? 'one of its people has an account here with the same mail address: delete that one first'
      : `a row of ${String(table)} is here already (${String(constraint)})`
  return new StartError(`nothing was imported: ${why}.`, { cause: error })
}

async function insertRows(
  client: Client,
  table: MovedTable,
  frame: RowsFrame,
  { statements, head }: { statements: readonly BoundStatement[]; head: Head },
): Promise<number> {
  const known = table.name === 'audit_entries' ? await checkEntries(client, frame, head) : 0
  for (const [place, one] of statements.entries()) {
    const { rowCount } = await client.query(one)
    const isShort = place === 0 && rowCount !== frame.rows.length
    if (isShort && table.name !== 'audit_entries') throw foreignRow(table.name)
  }
  return known
}

async function insertsOf(
  table: MovedTable,
  frame: RowsFrame,
  { sealer, head }: { sealer: Sealer; head: Head },
): Promise<BoundStatement[]> {
  const own = sealer.of(head.tenantId)
  let left = MOST_UNPACKED
  const textOf = (one: Buffer): string => {
    const text = unpack(one).toString('utf8')
    left -= text.length
    if (left < 0) throw new StartError('the export cannot be read: a part of it is too large.')
    return text
  }
  const given = new Map<string, (Uint8Array | null)[]>()
  const texts = new Map<string, string[]>()
  for (const { column, context, index } of table.sealed) {
    const packed = frame.rows.map((_, row) => frame.sealed[column]?.[row] ?? null)
    const keyOf = (row: number) => frame.keys[row] ?? {}
    const bytes = packed.map((one) => (one === null ? null : Buffer.from(one, 'base64')))
    given.set(
      column,
      bytes.map((one, row) => one && Buffer.from(own.sealPacked(context(keyOf(row)), one))),
    )
    const isDetail = table.name === 'orders' && column === 'sealed_detail'
    if (index || isDetail)
      texts.set(
        column,
        bytes.map((one) => (one ? textOf(one) : '')),
      )
    if (index)
      given.set(
        index.column,
        bytes.map((one, row) => {
          const hash = one && index.hash(sealer, keyOf(row), texts.get(column)?.[row] ?? '')
          return hash ? Buffer.from(hash) : null
        }),
      )
  }
  const names = [...given.keys()]
  // A row whose keys are not its own would be sealed and hashed as another's: it is left out, and missed.
  const isOwn = keysOf(table).map(
    (name) => `(x.rec)."${name}"::text is not distinct from x.key ->> '${name}'`,
  )
  const cells = [
    joined(frame.rows.map((row) => Buffer.from(row))),
    joined(frame.rows.map((_, row) => Buffer.from(JSON.stringify(frame.keys[row] ?? {})))),
    ...names.map((name) => joined(given.get(name) ?? [])),
  ]
  const part = (place: number) => `substr($${3 * place + 1}::bytea, r.at${place}, r.of${place})`
  const read = names.map((_, place) => `, ${part(place + 2)} as g${place + 3}`)
  const arrays = cells.map((_, place) => `$${3 * place + 2}::int[], $${3 * place + 3}::int[]`)
  const places = cells.map((_, place) => `at${place}, of${place}`)
  const written = table.columns.filter(({ generated }) => !generated)
  const values = written.map(({ name }) => {
    const place = names.indexOf(name)
    if (place < 0) return arrivesAs(table.name, name) ?? `(x.rec)."${name}"`
    // An index that was empty stays so.
    const isIndex = table.sealed.some(({ index }) => index?.column === name)
    return isIndex ? `case when (x.rec)."${name}" is not null then x.g${place + 3} end` : `x.g${place + 3}`
  })
  const columns = written.map(({ name }) => `"${name}"`).join(', ')
  // Without the offset the text would be read again for each column.
  const rows: BoundStatement = {
    text: `insert into "${table.name}" (${columns}) select ${values.join(', ')} from (
       select convert_from(${part(0)}, 'UTF8')::"${table.name}" as rec, convert_from(${part(1)}, 'UTF8')::json as key${read.join('')}
       from unnest(${arrays.join(', ')}) as r (${places.join(', ')}) offset 0
     ) x where ${isOwn.join(' and ') || 'true'}${table.name === 'audit_entries' ? ' on conflict (id) do nothing' : ''}`,
    values: cells.flat(),
  }
  return table.name === 'orders'
    ? [rows, await searchOf(frame, texts.get('sealed_detail') ?? [], sealer, head.tenantId)]
    : [rows]
}

/**
 * Bytes of many cells, where each begins and how long it is: an array of them would be sent as text, twice as
 * long, and each cell escaped and read again.
 */
function joined(cells: readonly (Uint8Array | null)[]): [bytes: Buffer, places: string, lengths: string] {
  const places: (number | 'null')[] = []
  const lengths: (number | 'null')[] = []
  let at = 1
  for (const cell of cells) {
    places.push(cell === null ? 'null' : at)
    lengths.push(cell?.length ?? 'null')
    at += cell?.length ?? 0
  }
  const bytes = Buffer.concat(cells.filter((cell) => cell !== null))
  return [bytes, `{${places.join(',')}}`, `{${lengths.join(',')}}`]
}

/**
 * Entries stay for good, and one of the future would keep every later one out of the chain.
 * @returns how many of them are here
 */
async function checkEntries(client: Client, { rows }: RowsFrame, { tenantId }: Head): Promise<number> {
  const { rows: foreign } = await client.query(
    `select from (select r.text::audit_entries as rec from unnest($1::text[]) as r (text) offset 0) x
     where (x.rec).tenant_id is distinct from $2 or (x.rec).at > now() + interval '1 minute' limit 1`,
    [rows, tenantId],
  )
  if (foreign.length > 0)
    throw new StartError(
      'the export holds a row of audit_entries that is not the tenant’s own, or is of the future by this clock: nothing was imported.',
    )
  const known = await client.query(
    `select from (select (r.text::audit_entries).id from unnest($1::text[]) as r (text)) x
     join audit_entries e on e.id = x.id and e.tenant_id = $2`,
    [rows, tenantId],
  )
  return known.rowCount ?? 0
}

async function searchOf(
  frame: RowsFrame,
  details: readonly string[],
  sealer: Sealer,
  tenantId: string,
): Promise<BoundStatement> {
  const ids: string[] = []
  const tokens: { kind: string; hash: Uint8Array; of: number }[] = []
  for (const [row, text] of details.entries()) {
    // Else Postgres would wait for its next statement until all of them are made.
    if (row % 20 === 0) await giveWay()
    const orderId = frame.keys[row]?.id
    if (text === '' || orderId === undefined) continue
    const order: NormalisedOrder = JSON.parse(text)
    const of = ids.push(orderId)
    for (const token of searchTokens(sealer, tenantId, order, 'first key')) tokens.push({ ...token, of })
  }
  return INSERT_SEARCH({
    ids,
    of: tokens.map(({ of }) => of),
    kinds: tokens.map(({ kind }) => kind),
    hashes: Buffer.concat(tokens.map(({ hash }) => hash)),
    bytes: HASH_BYTES,
    tenantId,
  })
}

const INSERT_SEARCH = statement(
  { ids: 'uuid[]', of: 'int[]', kinds: 'text[]', hashes: 'bytea', bytes: 'int', tenantId: 'uuid' },
  `
insert into order_search (order_id, tenant_id, kind, hash)
select (:ids)[k.place], :tenantId, k.kind, substr(:hashes, 1 + (k.n::int - 1) * :bytes, :bytes)
from unnest(:of, :kinds) with ordinality as k (place, kind, n) on conflict do nothing`,
)

async function checkRows(
  client: Client,
  tables: readonly MovedTable[],
  tenantId: string,
  inserted: Readonly<Record<string, number>>,
): Promise<void> {
  for (const { name, isOf } of tables) {
    const { rows } = await client.query<{ count: string }>(`select count(*) from "${name}" t where ${isOf}`, [
      tenantId,
    ])
    const here = Number(rows[0]?.count ?? 0)
    // Entries of an earlier stay are never deleted.
    const fits = name === 'audit_entries' ? here >= (inserted[name] ?? 0) : here === (inserted[name] ?? 0)
    if (!fits) throw foreignRow(name)
  }
  const named = (table: string) => present(tables.find(({ name }) => name === table))
  for (const { table, column, parent } of PLAIN_IDS) {
    const { rows } = await client.query(
      `select from "${table}" t join "${parent}" p on p.id = t."${column}" where ${named(table).isOf}
       and not (${named(parent).isOf.replaceAll(/\bt\./g, 'p.')}) limit 1`,
      [tenantId],
    )
    if (rows.length > 0) throw foreignRow(table)
  }
  for (const { table, column, parent, child, of } of await foreignKeysOf(client, tables)) {
    const { rows } = await client.query(
      `select from "${table}" t where ${child.isOf} and t."${column}" is not null
       and not exists (select from "${parent}" p where p.id = t."${column}" and ${of.isOf.replaceAll(/\bt\./g, 'p.')}) limit 1`,
      [tenantId],
    )
    if (rows.length > 0) throw foreignRow(table)
  }
  // Such a role would open the operator's side, whatever tenant the row names.
  const { rows } = await client.query(
    `select from staff_accounts where tenant_id = $1 and role not in ('owner', 'staff', 'read_only') limit 1`,
    [tenantId],
  )
  if (rows.length > 0) throw foreignRow('staff_accounts')
}

/**
 * Begins a new feed history where the present one has no name, or the tenant lived in it before: no old
 * position may pass for one of now. Before the import, as a history begins with the oldest transaction.
 */
export async function nameHistory(ops: Ops, path: string, { epochs }: Head): Promise<void> {
  const { pool } = await ops.database()
  const isNew = (epoch: string) => epoch === '' || epochs.includes(epoch)
  const { rows: now } = await pool.query<{ epoch: string }>('select epoch from feed_history')
  if (!isNew(now[0]?.epoch ?? '')) return
  // To its end: a broken file is to cost the feeds of others nothing.
  const { key, form } = opening(await ops.keys())
  await checkWhole(fileAt(path, ops.env), key, form)
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ epoch: string }>('select epoch from feed_history for update')
    const epoch = rows[0]?.epoch ?? ''
    if (!isNew(epoch)) return
    ops.print(
      'a new history of the change feed begins here: feed positions of every tenant get 410 once, and their webhooks `reset`',
    )
    await beginHistory(client, new Date(ops.clock.now()))
  })
}

/** Deletes what triggers told of each insert, and tells receivers to read everything again. */
export async function resetReceivers(ops: Ops, client: Client, { tenantId }: Head): Promise<void> {
  await client.query(
    'delete from events where xid >= pg_current_xact_id()::text::bigint and tenant_id = $1',
    [tenantId],
  )
  await client.query(MOVE_WEBHOOKS, [tenantId, new Date(ops.clock.now())])
}

const MOVE_WEBHOOKS = `
with moved as (
  update webhooks w set xid = pg_current_xact_id()::text::bigint, event_id = ${2n ** 63n - 1n}, reset_at = $2, reset_code = 'HISTORY'
  where w.tenant_id = $1 returning w.id, w.xid, w.event_id
)
insert into webhook_deliveries (id, webhook_id, epoch, xid, event_id, kind, data, at, next_attempt_at, created_at)
select gen_random_uuid(), m.id, h.epoch, m.xid, m.event_id, 'reset', '{"code": "HISTORY"}', $2, $2, $2
from moved m, feed_history h on conflict do nothing`

/**
 * Marks the days whose orders have changed about or after they were counted: the feed that told of it stays
 * where it was.
 */
export const MARK_FIGURES = statement(
  { now: 'timestamptz', days: 'int', tenantId: 'uuid' },
  `
insert into figure_days as f (tenant_id, shop_id, day, count_at)
select distinct o.tenant_id, o.shop_id, o.day, least(:now::timestamptz, now())
from (select *, (ordered_at at time zone 'Asia/Tokyo')::date as day from orders where tenant_id = :tenantId) o
left join figure_days d on d.shop_id = o.shop_id and d.day = o.day
where o.ordered_at > :now::timestamptz - :days * interval '1 day'
  and (d.counted_at is null or o.updated_at >= d.counted_at - interval '10 minutes')
on conflict (shop_id, day) do update set count_at = excluded.count_at where f.count_at is null or f.count_at > excluded.count_at`,
)

export const hashOf = (word: string): Buffer => createHash('sha256').update(word).digest()

/** Kept beside the tenant's own audit. */
export const INSERT_AUDIT = statement(
  { id: 'uuid', tenantId: 'uuid', at: 'timestamptz', actor: 'text', action: 'text', data: 'jsonb' },
  `
insert into audit_entries (id, tenant_id, at, actor, action, target, data)
values (:id, :tenantId, :at, :actor, :action, :tenantId::text, :data)`,
)
