import type { Queries } from '../../platform/db/transaction.ts'
import { StartError } from '../../platform/errors.ts'
import { INBOUND_OWNER } from '../../shops/mailboxes/mailboxes.ts'
import { SEALED_COLUMNS, type SealedColumn } from '../rotation/sealed-columns.ts'

/**
 * Tables of a tenant that do not move, each with its reason. All other tables move, those of later migrations
 * too: a table of which nobody can tell the tenant stops the export.
 */
export const LEFT_BEHIND: Readonly<Record<string, string>> = {
  applications: 'of the operator',
  tenant_deletions: 'of the operator',
  tenant_moves: 'each side has its own',
  events: 'numbers of one server; followers read everything again',
  webhook_deliveries: 'name places in the feed; a reset takes their place',
  order_search: 'hashes under the keys of one installation, made anew',
  order_marks: 'a trigger makes them',
  shop_turns: 'a lease',
  staff_sessions: 'of a browser at the old address',
  staff_invitations: 'a link to the old address',
  password_resets: 'a link to the old address',
  consent_requests: 'a consent that goes back to the old address',
  mailbox_consents: 'a consent that goes back to the old address',
}

/** Tables that hold nothing of any tenant. */
export const OF_NO_TENANT: readonly string[] = [
  '_prisma_migrations',
  'audit_links',
  'data_steps',
  'door_failures',
  'feed_history',
  'listeners',
  'mall_notifications',
  'notification_queues',
  'passkey_challenges',
  'unknown_fields',
]

/**
 * Hashes under the keys of one installation that nothing can make anew. A request that is repeated is then
 * known by its key alone, and the way of a mail is learned again.
 */
const EMPTIED = [
  'idempotency_keys.request_hash',
  'site_changes.request_hash',
  'mails.path',
  // Numbers of one server.
  'tenants.feed_xid',
  'tenants.feed_event_id',
]
/** A kept answer is of no use without its hash. */
const EMPTIED_SEALS = ['idempotency_keys.sealed_answer']
const LEASES = /^(?:lease_owner|lease_until|lease_token|holder)$/

export interface MovedTable {
  name: string
  /** A generated one is in the file as in the row, and Postgres makes it anew. */
  columns: readonly { name: string; type: string; needed: boolean; generated: boolean }[]
  /** Whether rows of other tables hang on its rows. */
  isParent: boolean
  /** Columns that move sealed under the file's key, and are sealed anew there. */
  sealed: readonly SealedColumn[]
  /** SQL: whether a row of `t` belongs to the tenant $1. */
  isOf: string
  /** SQL of each column of `t` as it goes into the file, in order. */
  values: readonly string[]
}

/** Columns that say in which context a row's sealed columns are. */
export const keysOf = ({ sealed }: MovedTable): string[] => [
  ...new Set(sealed.flatMap(({ key, also = [] }) => [...key, ...also])),
]

/**
 * Where a cell opens by no key. `row`: its row stays, on which nothing hangs and which nobody could read.
 * `empty`: it moves as null. `needed`: the tenant does not move, as rows hang on it or a hash is made of it.
 */
export function ifUnopened(table: MovedTable, { column, index }: SealedColumn): 'needed' | 'row' | 'empty' {
  if (index !== undefined) return 'needed'
  if (!table.columns.some(({ name, needed }) => name === column && needed)) return 'empty'
  return table.isParent ? 'needed' : 'row'
}

interface ForeignKey {
  table: string
  column: string
  parent: string
}

/** The other side's; limits of its plan would be those of a forged file. */
const OF_A_CONTRACT = /^(?:delete_at|most_\w+)$/

/**
 * SQL over `x.rec` of a value that no file decides, as anybody who knows the public key can forge one; null:
 * it does.
 */
export function arrivesAs(table: string, column: string): string | null {
  if (table === 'tenants' && column === 'status') return `'suspended'::tenant_status`
  // That one is held for good: nobody would take it again.
  if (table === 'mailboxes' && column === 'lease_owner')
    return `case when (x.rec).kind = 'inbound' then '${INBOUND_OWNER}' end`
  const isNull = LEASES.test(column) || EMPTIED.includes(`${table}.${column}`)
  return isNull || (table === 'tenants' && OF_A_CONTRACT.test(column)) ? 'null' : null
}

/** Tables that move, parents in front of their children; the audit in front of what its triggers change. */
export async function movedTables(queries: Queries): Promise<MovedTable[]> {
  const { rows: columns } = await queries.query<MovedTable['columns'][number] & { table: string }>(COLUMNS)
  const { rows: foreign } = await queries.query<ForeignKey>(FOREIGN_KEYS)
  const names = [...new Set(columns.map(({ table }) => table))].filter(
    (name) => !OF_NO_TENANT.includes(name) && LEFT_BEHIND[name] === undefined,
  )
  const has = (table: string, column: string) =>
    columns.some((one) => one.table === table && one.name === column)
  const isOf = (table: string, row: string): string | null => {
    if (table === 'tenants') return `${row}.id = $1`
    if (has(table, 'tenant_id')) return `${row}.tenant_id = $1`
    const key = parentOf(table)
    if (key === undefined) return null
    const parent = isOf(key.parent, `${row}p`)
    return parent && `${row}.${key.column} in (select ${row}p.id from ${key.parent} ${row}p where ${parent})`
  }
  const parentOf = (table: string) =>
    // Without a foreign key, as the row goes with its order by a trigger.
    table === 'order_item_search'
      ? { table, column: 'order_id', parent: 'orders' }
      : foreign.find((one) => one.table === table && names.includes(one.parent))
  const tables = names.map((name): MovedTable => {
    const of = isOf(name, 't')
    if (of === null)
      throw new StartError(`of table ${name} nobody can tell the tenant: src/ops/tenant-move/tables.ts`)
    const sealed = SEALED_COLUMNS.filter(
      ({ table, column }) => table === name && !EMPTIED_SEALS.includes(`${table}.${column}`),
    )
    const own = columns.filter(({ table }) => table === name)
    const isParent = foreign.some(({ parent }) => parent === name)
    return { name, columns: own, isParent, sealed, isOf: of, values: own.map((column) => movedAs(column)) }
  })
  return inOrder(tables, foreign)
}

function movedAs({ table, name, type }: { table: string; name: string; type: string }): string {
  const place = `${table}.${name}`
  const empty = `null::${type}`
  if (name.startsWith('sealed_') || EMPTIED.includes(place) || LEASES.test(name)) return empty
  if (place === 'tenants.status') return `'suspended'::tenant_status`
  return `t."${name}"`
}

function inOrder(tables: readonly MovedTable[], foreign: readonly ForeignKey[]): MovedTable[] {
  const sorted: MovedTable[] = []
  const left = new Set(tables.toSorted((a, b) => rank(a) - rank(b)))
  while (left.size > 0) {
    const waits = (name: string) =>
      foreign.some(
        (key) =>
          key.table === name && key.parent !== name && [...left].some((one) => one.name === key.parent),
      )
    const free = [...left].find(({ name }) => !waits(name))
    if (free === undefined) throw new StartError('tables refer to each other in a circle')
    sorted.push(free)
    left.delete(free)
  }
  return sorted
}

const rank = ({ name }: MovedTable): number => (name === 'audit_entries' ? 0 : 1)

const COLUMNS = `
select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as needed, a.attgenerated <> '' as generated
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`

const FOREIGN_KEYS = `
select k.conrelid::regclass::text as "table", a.attname as "column", k.confrelid::regclass::text as parent
from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.contype = 'f' and k.connamespace = 'public'::regnamespace and cardinality(k.conkey) = 1
order by k.conrelid::regclass::text, a.attnotnull desc, k.conname`

/** Foreign keys between tables that move: no row may hang on another tenant's. */
export async function foreignKeysOf(
  queries: Queries,
  tables: readonly MovedTable[],
): Promise<(ForeignKey & { child: MovedTable; of: MovedTable })[]> {
  const { rows } = await queries.query<ForeignKey>(FOREIGN_KEYS)
  return rows.flatMap((key) => {
    const child = tables.find(({ name }) => name === key.table)
    const of = tables.find(({ name }) => name === key.parent)
    return child && of ? [{ ...key, child, of }] : []
  })
}

/** Ids without a foreign key; what they name may have gone by its age. */
export const PLAIN_IDS = [
  { table: 'shops', column: 'rehearsal_id', parent: 'rehearsals' },
  { table: 'import_requests', column: 'mail_id', parent: 'mails' },
  { table: 'reimport_orders', column: 'request_id', parent: 'import_requests' },
] as const
