import type { Client } from 'pg'
import packageJson from '../../../package.json' with { type: 'json' }
import type { AuditAction } from '../../http/audited.ts'
import { createSealer, type RowSealer } from '../../platform/crypto/sealer.ts'
import { readSchemaState } from '../../platform/db/migrate.ts'
import { withClient } from '../../platform/db/transaction.ts'
import { present } from '../../platform/narrow.ts'
import { fileAt } from '../backup/files.ts'
import { type BackupWriter, writeBackup } from '../backup/format.ts'
import type { Ops } from '../tools.ts'
import type { sealingFor } from './keys.ts'
import { keysOf, type MovedTable, movedTables } from './tables.ts'

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
  /** What proves that the file was imported. */
  receipt: string
  /** SHA-256 of the start word, hexadecimal. */
  startHash: string
  /** Feed histories that the tenant has lived in. */
  epochs: string[]
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
/** Characters of one frame: a row may hold a mall's answer of 16 MiB; format.ts reads at most 64 MiB. */
const MOST_IN_FRAME = 8 * 1024 * 1024

export interface Exported {
  orders: number
  rows: number
  sha256: string
  /** What the file lacks is what this snapshot did not see; behind it how much of the audit there was. */
  snapshot: string
}

type HeadFacts = Omit<Head, 'kind' | 'release' | 'schema' | 'at' | 'epochs'>

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
    const { rows } = await client.query<{ snapshot: string; epochs: string[] }>(READ_MOMENT, [facts.tenantId])
    const { snapshot, epochs } = present(rows[0])
    const head: Head = {
      ...facts,
      kind: 'tenant',
      release: packageJson.version,
      schema: latest,
      at: new Date(ops.clock.now()).toISOString(),
      epochs,
    }
    await writer.write(head)
    const counts: Record<string, number> = {}
    for (const table of await movedTables(client))
      counts[table.name] = await writeTable(client, table, { sealer, facts, write: writer.write })
    await writer.write({ counts }, true)
    const { sha256 } = await writer.close()
    const all = Object.values(counts).reduce((sum, one) => sum + one, 0)
    return { orders: counts.orders ?? 0, rows: all, sha256, snapshot }
  })
}

interface TableTools {
  sealer: RowSealer
  facts: HeadFacts
  write: (frame: RowsFrame) => Promise<void>
}

async function writeTable(
  client: Client,
  table: MovedTable,
  { sealer, facts, write }: TableTools,
): Promise<number> {
  const named = keysOf(table)
    .map((name) => `'${name}', t."${name}"::text`)
    .join(', ')
  const seals = table.sealed.map(({ column }) => `, t."${column}"`).join('')
  await client.query(
    `declare part no scroll cursor for select row(${table.values.join(', ')})::"${table.name}"::text as "row text"` +
      `${named && `, json_build_object(${named}) as "row key"`}${seals} from "${table.name}" t where ${table.isOf}`,
    [facts.tenantId],
  )
  let count = 0
  type Row = { 'row text': string; 'row key': Record<string, string> } & Record<string, Buffer | null>
  const fetched = () => {
    const page = client.query<Row>(`fetch ${ROWS} from part`)
    page.catch(() => undefined)
    return page
  }
  // Postgres reads one page while the one before is opened and sealed.
  for (let next = fetched(); ; ) {
    const { rows } = await next
    if (rows.length === 0) break
    next = fetched()
    count += rows.length
    let frame = emptyFrame(table)
    let size = 0
    for (const row of rows) {
      if (size > MOST_IN_FRAME) {
        await write(frame)
        frame = emptyFrame(table)
        size = 0
      }
      frame.rows.push(row['row text'])
      size += row['row text'].length
      if (table.sealed.length > 0) frame.keys.push(row['row key'])
      for (const { column, context } of table.sealed) {
        const sealed = row[column] ?? null
        const packed = sealed && sealer.openPacked(context(row['row key']), sealed).toString('base64')
        frame.sealed[column]?.push(packed)
        size += packed?.length ?? 0
      }
    }
    await write(frame)
  }
  await client.query('close part')
  return count
}

/** Of people and of the operator, who look at a tenant that stands still: they change nothing that moves. */
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

/** Of the last day before the tenant left and since: older ones go by their age meanwhile. */
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
) as epochs`
