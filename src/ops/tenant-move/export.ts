import type { Client } from 'pg'
import packageJson from '../../../package.json' with { type: 'json' }
import type { AuditAction } from '../../http/audited.ts'
import { createSealer, ifOpens, type RowSealer } from '../../platform/crypto/sealer.ts'
import { readSchemaState } from '../../platform/db/migrate.ts'
import { type Queries, withClient } from '../../platform/db/transaction.ts'
import { StartError } from '../../platform/errors.ts'
import { present } from '../../platform/narrow.ts'
import { fileAt } from '../backup/files.ts'
import { type BackupWriter, writeBackup } from '../backup/format.ts'
import type { SealedColumn } from '../rotation/sealed-columns.ts'
import type { Ops } from '../tools.ts'
import type { sealingFor } from './keys.ts'
import { ifUnopened, keysOf, type MovedTable, movedTables } from './tables.ts'

/** First frame of an export. */
export interface Head {
  kind: 'tenant'
  release: string
  schema: string | null
  at: string
  move: string
  tenantId: string
  name: string
  wasActive: boolean
  /** Proves that the file was imported. */
  receipt: string
  /** SHA-256 of the start word, hexadecimal. */
  startHash: string
  /** Feed histories that the tenant has lived in. */
  epochs: string[]
  /** Hashes of earlier moves, hexadecimal: a side that it comes back to knows it by one of them. */
  earlierHashes: string[]
}

export interface RowsFrame {
  table: string
  rows: string[]
  /** Columns of each row that say in which context its sealed columns are. Empty where it has none. */
  keys: Record<string, string>[]
  /** By column, each row's content as it is packed under the seal, base64. */
  sealed: Record<string, (string | null)[]>
}

const ROWS = 500
/** Page size where a row may hold megabytes; two pages are in memory at once. */
const LARGE_ROWS = 25
const LARGE = /^sealed_(?:raw|part|mail|payloads|answers)$/
/** Characters of one frame: a row may hold a mall's answer of 16 MiB; format.ts reads at most 64 MiB. */
const MOST_IN_FRAME = 8 * 1024 * 1024

export interface Exported {
  orders: number
  rows: number
  sha256: string
  /** Snapshot of the export: the file lacks what it did not see. Behind it the number of audit rows. */
  snapshot: string
}

type HeadFacts = Omit<Head, 'kind' | 'release' | 'schema' | 'at' | 'epochs' | 'earlierHashes'>

/** Begins the file: what cannot be written is to make no tenant stand still. @throws StartError */
export const openExport = (
  ops: Ops,
  path: string,
  { key, form }: ReturnType<typeof sealingFor>,
): Promise<BackupWriter> => writeBackup(fileAt(path, ops.env), key, ops.random, form)

/** Writes all rows of a tenant as of one moment, a page at a time. Its work must have come to rest. */
export async function writeExport(ops: Ops, writer: BackupWriter, facts: HeadFacts): Promise<Exported> {
  const url = await ops.databaseUrl()
  const { latest } = await readSchemaState(url)
  const sealer = createSealer(await ops.keys(), ops.random).of(facts.tenantId)
  return withClient(url, {}, async (client) => {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0')
    const { rows } = await client.query<Pick<Head, 'epochs' | 'earlierHashes'> & { snapshot: string }>(
      READ_MOMENT,
      [facts.tenantId],
    )
    const { snapshot, epochs, earlierHashes } = present(rows[0])
    const head: Head = {
      ...facts,
      kind: 'tenant',
      release: packageJson.version,
      schema: latest,
      at: new Date(ops.clock.now()).toISOString(),
      epochs,
      earlierHashes,
    }
    await writer.write(head)
    const counts: Record<string, number> = {}
    for (const table of await movedTables(client))
      counts[table.name] = await writeTable(client, table, {
        sealer,
        print: ops.print,
        facts,
        write: writer.write,
      })
    await writer.write({ counts }, true)
    const { sha256 } = await writer.close()
    const all = Object.values(counts).reduce((sum, one) => sum + one, 0)
    return { orders: counts.orders ?? 0, rows: all, sha256, snapshot }
  })
}

/** Older entries would stay there, as the retention begins at the oldest link of the chain. */
const AUDIT_KEPT_SINCE = `now() - interval '12 months'`

interface TableTools {
  sealer: RowSealer
  print: Ops['print']
  facts: HeadFacts
  write: (frame: RowsFrame) => Promise<void>
}

async function writeTable(
  client: Client,
  table: MovedTable,
  { sealer, print, facts, write }: TableTools,
): Promise<number> {
  const named = keysOf(table)
    .map((name) => `'${name}', t."${name}"::text`)
    .join(', ')
  const seals = table.sealed.map(({ column }) => `, t."${column}"`).join('')
  const page = table.sealed.some(({ column }) => LARGE.test(column)) ? LARGE_ROWS : ROWS
  const kept = table.name === 'audit_entries' ? `and t.at >= ${AUDIT_KEPT_SINCE}` : ''
  await client.query(
    `declare part no scroll cursor for select row(${table.values.join(', ')})::"${table.name}"::text as "row text"` +
      `, json_build_object(${named}) as "row key"${seals} from "${table.name}" t where ${table.isOf} ${kept}`,
    [facts.tenantId],
  )
  let count = 0
  let lost = 0
  const fetched = () => {
    const rows = client.query<Row>(`fetch ${page} from part`)
    rows.catch(() => undefined)
    return rows
  }
  let frame = emptyFrame(table)
  let size = 0
  // One frame is packed and stored while the next is made.
  let written = Promise.resolve()
  const put = async () => {
    await written
    written = write(frame)
    written.catch(() => undefined)
    frame = emptyFrame(table)
    size = 0
  }
  try {
    // Postgres reads one page while the one before is opened and sealed.
    for (let next = fetched(); ; ) {
      const { rows } = await next
      if (rows.length === 0) break
      next = fetched()
      for (const row of rows) {
        if (size > MOST_IN_FRAME || frame.rows.length === ROWS) await put()
        const { cells, unopened } = openedOf(table, row, sealer)
        const ends = unopened.map((column) => ifUnopened(table, column))
        if (ends.includes('needed')) throw unopenedNeeded(placeOf(table, row, unopened))
        if (ends.length > 0 && ++lost <= MOST_NAMED)
          print(
            `no key opens ${placeOf(table, row, unopened)}: ${ends.includes('row') ? 'its row stays here' : 'it moves empty'}`,
          )
        if (ends.includes('row')) continue
        count += 1
        frame.rows.push(row['row text'])
        size += row['row text'].length
        if (table.sealed.length > 0) frame.keys.push(row['row key'])
        for (const [column, packed] of cells) {
          frame.sealed[column]?.push(packed)
          size += packed?.length ?? 0
        }
      }
    }
    if (frame.rows.length > 0) await put()
  } finally {
    // Also of an export that fails: its file is discarded next.
    await written
  }
  await client.query('close part')
  if (lost > MOST_NAMED) print(`… and ${lost - MOST_NAMED} more rows of ${table.name}`)
  return count
}

const MOST_NAMED = 20

/** Sealed cells of a row, by column, and what their contexts are made of. */
type SealedRow = { 'row key': Record<string, string> } & Record<string, Buffer | null>
type Row = SealedRow & { 'row text': string }

function openedOf({ sealed }: MovedTable, row: SealedRow, sealer: RowSealer) {
  const unopened: SealedColumn[] = []
  const cells = sealed.map((column): [string, string | null] => {
    const bytes = row[column.column] ?? null
    const packed = bytes && ifOpens(() => sealer.openPacked(column.context(row['row key']), bytes))
    if (bytes !== null && packed === null) unopened.push(column)
    return [column.column, packed?.toString('base64') ?? null]
  })
  return { cells, unopened }
}

const placeOf = (
  { name }: MovedTable,
  row: Pick<SealedRow, 'row key'>,
  columns: readonly SealedColumn[],
): string =>
  `${columns.map(({ column }) => `${name}.${column}`).join(', ')} of ${JSON.stringify(row['row key'])}`

const unopenedNeeded = (place: string) =>
  new StartError(
    `no key of ENCRYPTION_KEYS opens ${place}, which the tenant cannot move without: give that key for the export, or enter or delete it anew.`,
  )

/** Before the tenant stands still: what it cannot move without. @throws StartError */
export async function refuseUnopened(ops: Ops, queries: Queries, tenantId: string): Promise<void> {
  const sealer = createSealer(await ops.keys(), ops.random).of(tenantId)
  for (const table of await movedTables(queries)) {
    const sealed = table.sealed.filter((column) => ifUnopened(table, column) === 'needed')
    if (sealed.length === 0) continue
    const named = keysOf(table).map((name) => `'${name}', t."${name}"::text`)
    const { rows } = await queries.query<SealedRow>(
      `select json_build_object(${named.join(', ')}) as "row key", ${sealed.map(({ column }) => `t."${column}"`).join(', ')}
       from "${table.name}" t where ${table.isOf}`,
      [tenantId],
    )
    for (const row of rows) {
      const { unopened } = openedOf({ ...table, sealed }, row, sealer)
      if (unopened.length > 0) throw unopenedNeeded(placeOf(table, row, unopened))
    }
  }
}

/** Actions of people and the operator at a tenant that stands still: they change nothing that moves. */
const HARMLESS: readonly AuditAction[] = [
  'session.begun',
  'session.refused',
  'session.ended',
  'audit.exported',
  'order.viewed',
  'orders.listed',
  'orders.exported',
  'mails.viewed',
  'applications.viewed',
  'notifications.viewed',
  'blocked_buyers.viewed',
]

/** Counts from the last day before the tenant left: older rows may be purged by age meanwhile. */
export const COUNT_AUDIT = `select count(*)::int from audit_entries
  where tenant_id = $1 and action not in (${HARMLESS.map((action) => `'${action}'`).join(', ')})
    and at > (select max(created_at) - interval '1 day' from tenant_moves where tenant_id = $1)`

const emptyFrame = ({ name, sealed }: MovedTable): RowsFrame => ({
  table: name,
  rows: [],
  keys: [],
  sealed: Object.fromEntries(sealed.map(({ column }) => [column, []])),
})

const READ_MOMENT = `
select pg_current_snapshot()::text || ' ' || (${COUNT_AUDIT}) as snapshot, (
  select array_agg(distinct e) from (
    select epoch as e from feed_history
    union all select unnest(epochs) from tenant_moves where tenant_id = $1
  ) lived
) as epochs, array(
  select encode(start_hash, 'hex') from tenant_moves where tenant_id = $1 and start_hash is not null order by created_at desc limit 1000
) as "earlierHashes"`
