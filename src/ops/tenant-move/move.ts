import type { Client } from 'pg'
import { MOST_DAYS } from '../../figures/counter.ts'
import type { AuditAction } from '../../http/audited.ts'
import { NOTICE_LEASE_MS } from '../../notices/send.ts'
import { slept } from '../../platform/clock.ts'
import { createSealer } from '../../platform/crypto/sealer.ts'
import { readSchemaState } from '../../platform/db/migrate.ts'
import { statement } from '../../platform/db/statement.ts'
import {
  commitWaitOf,
  inDurableTransaction,
  inTransaction,
  type Queries,
  transact,
  withClient,
} from '../../platform/db/transaction.ts'
import { StartError } from '../../platform/errors.ts'
import { present } from '../../platform/narrow.ts'
import { linkTenant } from '../../shops/tenants/audit-chain.ts'
import { OPEN_MOVES } from '../../shops/tenants/tenants.ts'
import { deleteRowsOf } from '../../staff/contracts/delete-tenant.ts'
import { OPS_ACTOR, type Ops, Usage } from '../tools.ts'
import { type Command, decide, REFUSALS, type Side } from './decide.ts'
import { COUNT_AUDIT, openExport, refuseUnopened, writeExport } from './export.ts'
import {
  hashOf,
  INSERT_AUDIT,
  insertExport,
  MARK_FIGURES,
  nameHistory,
  readHead,
  resetReceivers,
} from './import.ts'
import { publicWord, sealingFor } from './keys.ts'
import { movedTables } from './tables.ts'

/** Commands of a move (docs/decisions/tenant-moves.md). What may follow on what is decided in decide.ts. */

interface MoveRow {
  id: string
  state: string
  receiptHash: Buffer | null
  startHash: Buffer | null
  snapshot: string | null
  address: string | null
  wasActive: boolean
  createdAt: Date
}

interface Found {
  side: Side
  tenant: { name: string; status: string; deleteAt: Date | null } | null
  open: MoveRow | null
  rows: MoveRow[]
}

const NOTE_EXPORT = statement(
  { move: 'uuid', receiptHash: 'bytea', startHash: 'bytea', snapshot: 'text' },
  `
update tenant_moves set receipt_hash = :receiptHash, start_hash = :startHash, snapshot = :snapshot where id = :move and state = 'leaving'`,
)

const INSERT_LEAVING = statement(
  { move: 'uuid', tenantId: 'uuid', wasActive: 'bool', at: 'timestamptz' },
  `
insert into tenant_moves (id, tenant_id, state, was_active, created_at, updated_at) values (:move, :tenantId, 'leaving', :wasActive, :at, :at)`,
)

const INSERT_ARRIVED = statement(
  {
    move: 'uuid',
    tenantId: 'uuid',
    wasActive: 'bool',
    startHash: 'bytea',
    epochs: 'text[]',
    at: 'timestamptz',
  },
  `
insert into tenant_moves (id, tenant_id, state, was_active, start_hash, epochs, created_at, updated_at)
values (:move, :tenantId, 'arrived', :wasActive, :startHash, :epochs, :at, :at)
on conflict (id) do update set state = 'arrived', was_active = excluded.was_active, start_hash = excluded.start_hash,
  epochs = excluded.epochs, updated_at = excluded.updated_at
where tenant_moves.tenant_id = excluded.tenant_id and tenant_moves.state in ('dropped', 'returned')
  and tenant_moves.receipt_hash is null`,
)

/** Under a lock on the tenant's moves: of two commands at once the second sees what the first did. */
async function look(queries: Queries, tenantId: string): Promise<Found> {
  await queries.query(`select pg_advisory_xact_lock(hashtextextended('tenant move ' || $1, 0))`, [tenantId])
  const { rows: tenants } = await queries.query<NonNullable<Found['tenant']>>(
    `select name, status::text, delete_at as "deleteAt" from tenants where id = $1 for update`,
    [tenantId],
  )
  const { rows } = await queries.query<MoveRow>(
    `select id::text, state, receipt_hash as "receiptHash", start_hash as "startHash", snapshot, address, was_active as "wasActive", created_at as "createdAt"
     from tenant_moves where tenant_id = $1 order by created_at, id`,
    [tenantId],
  )
  const tenant = tenants[0] ?? null
  const open = rows.find(({ state }) => OPEN_MOVES.some((one) => one === state)) ?? null
  const openState = OPEN_MOVES.find((one) => one === open?.state)
  // Deleted with its contract. Of what is being dropped the row stays until all else has gone.
  const deleted = tenant === null && openState !== 'dropping'
  return {
    tenant,
    open,
    rows,
    side: {
      state: deleted ? 'absent' : (openState ?? 'here'),
      move: deleted ? null : (open?.id ?? null),
      ended: tenant !== null && tenant.deleteAt !== null,
      started: rows.filter(({ state }) => state === 'started').map(({ id }) => id),
    },
  }
}

/** @throws StartError where the protocol refuses it */
function decided(side: Side, command: Command): 'do' | 'repeat' {
  const decision = decide(side, command)
  if (decision.act === 'refuse') throw new StartError(`${REFUSALS[decision.why]}.`)
  return decision.act
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
function tenantOf(text: string | undefined): string {
  if (text === undefined || !UUID.test(text))
    throw new Usage('the id of a tenant is needed ("tenants" lists them)')
  return text
}

const note = (
  ops: Ops,
  queries: Queries,
  tenantId: string,
  action: AuditAction,
  data: Record<string, string | number | boolean> = {},
) =>
  queries.query(
    INSERT_AUDIT({
      id: ops.newId(),
      tenantId,
      at: new Date(ops.clock.now()),
      actor: OPS_ACTOR,
      action,
      data,
    }),
  )

/** Prints the word that the other side gives to `tenant export --for`. */
export async function tenantKey(ops: Ops): Promise<number> {
  ops.print(publicWord(await ops.keys()))
  return 0
}

export async function exportTenant(ops: Ops, args: readonly string[]): Promise<number> {
  const [id, option, word, path] = args
  const tenantId = tenantOf(id)
  if (option !== '--for' || word === undefined || !path || args.length > 4)
    throw new Usage('--for with the key of the other side, and a file to write, are needed')
  const { pool } = await ops.database()
  const sealer = createSealer(await ops.keys(), ops.random)
  const move = ops.newId()
  // A refused move leaves no file; a file that cannot be written leaves no tenant that stands still.
  await inTransaction(pool, async (client) => {
    const { side, tenant } = await look(client, tenantId)
    decided(side, { name: 'export', move })
    // Else it would be taken there for one that was suspended.
    if (tenant?.status === 'applied')
      throw new StartError('the tenant has applied, and works nowhere yet: let it in there instead.')
    await refuseUnopened(ops, client, tenantId)
  })
  const writer = await openExport(ops, path, sealingFor(word))
  try {
    const left = await inDurableTransaction(pool, (client) => leave(ops, client, tenantId, move))
    ops.print('the tenant stands still here; "tenant keep" calls the move off')
    await rest(ops, tenantId, left.at)
    const receipt = Buffer.from(ops.random.bytes(24)).toString('base64url')
    const startHash = hashOf(present(startWords(sealer, move)[0]))
    const { name, wasActive } = left
    const facts = { move, tenantId, name, wasActive, receipt, startHash: startHash.toString('hex') }
    const exported = await writeExport(ops, writer, facts)
    const { snapshot } = exported
    const { rowCount } = await pool.query(
      NOTE_EXPORT({ move, receiptHash: hashOf(receipt), startHash, snapshot }),
    )
    if (rowCount === 0)
      throw new StartError('the move was called off, or another export began meanwhile: nothing was written.')
    ops.print(`${exported.rows} rows, ${exported.orders} orders, SHA-256 ${exported.sha256}`)
  } catch (error) {
    await writer.discard().catch(() => undefined)
    throw error
  }
  ops.print('import it on the other side, and give the receipt that it prints to "tenant release" here')
  return 0
}

/** Made of the export's id by a key of this installation, so that nothing that opens is stored. */
const startWords = (sealer: ReturnType<typeof createSealer>, move: string): string[] =>
  sealer.fingerprints('tenant-start', move).map((one) => Buffer.from(one).toString('base64url'))

async function leave(ops: Ops, queries: Queries, tenantId: string, move: string) {
  const found = await look(queries, tenantId)
  decided(found.side, { name: 'export', move })
  const tenant = present(found.tenant ?? undefined)
  const wasActive = found.open?.wasActive ?? tenant.status === 'active'
  const at = new Date(ops.clock.now())
  await queries.query(`update tenant_moves set state = 'replaced', updated_at = $2 where id = $1`, [
    found.open?.id ?? null,
    at,
  ])
  await queries.query(`update tenants set status = 'suspended', updated_at = $2 where id = $1`, [
    tenantId,
    at,
  ])
  await queries.query(INSERT_LEAVING({ move, tenantId, wasActive, at }))
  await note(ops, queries, tenantId, 'tenant.left', { move })
  return { name: tenant.name, wasActive, at }
}

/** A key that was read just before works so long in another process (src/shops/tenants/authenticate.ts). */
const KEYS_KNOWN_MS = 5_000
/** A listener's mailboxes are its own without an end, as long as it lives. */
const LISTENED_TO =
  ' and exists (select from listeners l where l.id = t.lease_owner and l.alive_until > clock_timestamp())'
/** A key whose request broke off is free after 5 min (src/shops/tenants/idempotency-keys.ts). */
const REST_AT_MOST_MS = 6 * 60_000
const LOOK_AGAIN_MS = 250

/**
 * Waits for whoever is at work for the tenant: leases, and requests that were let in before. Writes that come
 * later all the same are found by `release`.
 * @throws StartError
 */
async function rest(ops: Ops, tenantId: string, since: Date): Promise<void> {
  const { pool } = await ops.database()
  const leased = (await movedTables(pool)).filter(({ columns }) =>
    columns.some(({ name }) => name === 'lease_until'),
  )
  const count = [
    ...leased.map(
      ({ name, isOf }) =>
        `select '${name}' as what from "${name}" t where ${isOf} and t.lease_until > clock_timestamp()${name === 'mailboxes' ? LISTENED_TO : ''}`,
    ),
    // A request that was let in before works under its key, or broke off.
    `select 'idempotency_keys' from idempotency_keys t where t.tenant_id = $1 and t.runs_until > clock_timestamp()`,
    // A notice that was taken before is due again at the end of its lease; none is taken since.
    `select 'notice_mails' from notice_mails m join notices n on n.id = m.notice_id where n.tenant_id = $1 and m.state = 'waiting'
       and m.attempts > 0 and m.next_attempt_at > clock_timestamp() and m.next_attempt_at <= $2`,
    `select 'shop_turns' from shop_turns t join shops s on s.id = t.shop_id where s.tenant_id = $1 and t.lease_until > clock_timestamp()`,
  ].join(' union all ')
  const end = ops.clock.now() + REST_AT_MOST_MS
  for (;;) {
    const { rows } = await pool.query<{ what: string }>(count, [
      tenantId,
      new Date(since.getTime() + NOTICE_LEASE_MS),
    ])
    if (rows.length === 0 && ops.clock.now() - since.getTime() >= KEYS_KNOWN_MS) return
    if (ops.signal.aborted || ops.clock.now() > end)
      throw new StartError(
        `work of the tenant has not come to rest (${rows.map(({ what }) => what).join(', ')}): export again, or "tenant keep".`,
      )
    await slept(ops.clock, LOOK_AGAIN_MS, ops.signal)
  }
}

export async function importTenant(ops: Ops, [path, ...more]: readonly string[]): Promise<number> {
  if (!path || more.length > 0) throw new Usage('a file to read is needed')
  const head = await readHead(ops, path)
  const url = await ops.databaseUrl()
  const { latest } = await readSchemaState(url)
  if (head.schema !== latest)
    throw new StartError(
      `the export was made at schema ${head.schema}, this release is at ${latest}: both sides need the same release.`,
    )
  const command = { name: 'import', move: head.move } as const
  // Refused before the feed of others is touched.
  const { pool } = await ops.database()
  const first = await inTransaction(pool, async (client) => {
    const { side, rows: moves } = await look(client, head.tenantId)
    const act = decided(side, command)
    // Its kept audit would be read by whoever a forged file lets in.
    if (side.state === 'absent' && moves.length === 0) await refuseFormer(client, head.tenantId)
    const { rows } = await client.query('select from tenant_moves where id = $1 and tenant_id <> $2', [
      head.move,
      head.tenantId,
    ])
    if (rows.length > 0) throw new StartError(OTHER_MOVE)
    return act
  })
  if (first === 'do') {
    await nameHistory(ops, path, head)
    await withClient(url, {}, (client) =>
      transact(client, async () => {
        await client.query('set local statement_timeout = 0')
        const level = commitWaitOf(pool)
        if (level !== undefined) await client.query(`set local synchronous_commit = ${level}`)
        await arrive(ops, client, path, head)
      }),
    )
  }
  ops.print(`${head.name.replaceAll(/\p{C}/gu, '')} is here and stands still until it is started`)
  ops.print(`receipt for "tenant release" on the other side: ${head.receipt}`)
  return 0
}

/**
 * Whether audit of a tenant of this id is kept here, also of a move that was dropped: whoever forged a file
 * would read it. The file of a tenant that comes back, or comes again, holds entries of it.
 */
const isKnown = async (queries: Queries, tenantId: string): Promise<boolean> =>
  ((await queries.query(ANY_AUDIT, [tenantId])).rowCount ?? 0) > 0

const ANY_AUDIT = 'select from audit_entries where tenant_id = $1 limit 1'

async function refuseFormer(queries: Queries, tenantId: string): Promise<void> {
  if (await isKnown(queries, tenantId))
    throw new StartError(
      'a tenant of this id has ended here without a move, and its audit is kept: nothing was imported.',
    )
}

const UNKNOWN_HERE =
  'audit of a tenant of this id is kept here, and the export holds no entry of it and names no move of it: nothing was imported.'

const hasOneOf =
  (hashes: readonly string[]) =>
  ({ startHash }: MoveRow): boolean =>
    startHash !== null && hashes.includes(startHash.toString('hex'))

const OTHER_MOVE =
  'the export bears the number of a move of another tenant, or of one that began here: nothing was imported.'

async function arrive(
  ops: Ops,
  client: Client,
  path: string,
  head: Awaited<ReturnType<typeof readHead>>,
): Promise<void> {
  const { tenantId, move } = head
  const found = await look(client, tenantId)
  if (decided(found.side, { name: 'import', move }) === 'repeat') return
  const isKept = await isKnown(client, tenantId)
  const at = new Date(ops.clock.now())
  await client.query(
    `update tenant_moves set state = 'returned', updated_at = $2 where tenant_id = $1 and state = any($3)`,
    [tenantId, at, OPEN_MOVES],
  )
  const { counts, known } = await insertExport(ops, client, path, head)
  // After a year away no entry is in both.
  const isOurs = known > 0 || found.rows.some(hasOneOf(head.earlierHashes))
  if (isKept && !isOurs) throw new StartError(UNKNOWN_HERE)
  await resetReceivers(ops, client, head)
  await client.query(MARK_FIGURES({ now: at, days: MOST_DAYS, tenantId }))
  const { wasActive, epochs } = head
  const startHash = Buffer.from(head.startHash, 'hex')
  const { rowCount } = await client.query(
    INSERT_ARRIVED({ move, tenantId, wasActive, startHash, epochs, at }),
  )
  if (rowCount !== 1) throw new StartError(OTHER_MOVE)
  const rows = Object.values(counts).reduce((sum, one) => sum + one, 0)
  await note(ops, client, tenantId, 'tenant.arrived', { move, rows, orders: counts.orders ?? 0 })
  // Last, as it holds the chain until the commit.
  await linkTenant(client, tenantId)
  ops.print(`${rows} rows, ${counts.orders ?? 0} orders; limits of its plan are set here`)
}

export async function releaseTenant(ops: Ops, args: readonly string[]): Promise<number> {
  const [id, receipt, option, text] = args
  const tenantId = tenantOf(id)
  if (receipt === undefined || option !== '--to' || text === undefined || args.length > 4)
    throw new Usage('the receipt, and behind --to the address of the other side, are needed')
  const address = addressOf(text)
  if (address === originOf(ops.config().publicUrl))
    throw new Usage('behind --to comes the address of the other side: this one is PUBLIC_URL here')
  const { pool } = await ops.database()
  const sealer = createSealer(await ops.keys(), ops.random)
  await transactionsEnd(ops)
  const word = await inDurableTransaction(pool, async (client) => {
    const found = await look(client, tenantId)
    const shown = found.open?.receiptHash?.equals(hashOf(receipt)) ? found.open : null
    const act = decided(found.side, { name: 'release', move: shown?.id ?? '' })
    const { id: move, wasActive, startHash, receiptHash, snapshot, createdAt } = present(shown ?? undefined)
    const start = startWords(sealer, move).find((one) => startHash?.equals(hashOf(one)))
    if (start === undefined)
      throw new StartError(
        act === 'repeat'
          ? `the key that the export was made with is no longer in ENCRYPTION_KEYS: give it for this command, or "tenant drop" there and "tenant keep" with ${LOST} here.`
          : 'the key that the export was made with is no longer in ENCRYPTION_KEYS: export again.',
      )
    if (act === 'do' && createdAt.getTime() < ops.clock.now() - RELEASED_WITHIN_MS)
      throw new StartError(
        'the export was made more than five hours ago, and what was written since cannot be told any more: export again.',
      )
    // A mistyped address is mended by the same command.
    if (act === 'repeat' && shown?.address === address) return start
    if (act === 'do') {
      const { rows } = await client.query<{ written: boolean }>(WRITTEN_SINCE, [tenantId, snapshot])
      if (rows[0]?.written)
        throw new StartError('something was written for the tenant after the export was read: export again.')
    }
    await client.query(
      `update tenant_moves set state = 'gone', address = $2, updated_at = $3 where id = $1`,
      [move, address, new Date(ops.clock.now())],
    )
    // With the hashes a restored database gives out the same word (src/ops/repeat-audit.ts).
    const hashes = { receiptHash: hexOf(receiptHash), startHash: hexOf(startHash) }
    await note(ops, client, tenantId, 'tenant.moved', { move, address, wasActive, ...hashes })
    return start
  })
  ops.print(`the tenant has left for ${address} and never runs here again`)
  ops.print(`start word for "tenant start" on the other side: ${word}`)
  return 0
}

/**
 * Waits for every transaction that is open now: what it wrote for the tenant is seen by nobody before.
 * @throws StartError
 */
async function transactionsEnd(ops: Ops): Promise<void> {
  const { pool } = await ops.database()
  // Its own number: the end of a snapshot is no higher than a transaction that is open and the newest.
  const { rows } = await pool.query<{ own: string }>('select pg_current_xact_id()::text as own')
  const end = ops.clock.now() + REST_AT_MOST_MS
  for (;;) {
    const { rows: ended } = await pool.query(
      'select where pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8',
      [rows[0]?.own],
    )
    if (ended.length > 0) return
    if (ops.signal.aborted || ops.clock.now() > end)
      throw new StartError('a transaction of before has not come to its end: release again when it has.')
    await slept(ops.clock, LOOK_AGAIN_MS, ops.signal)
  }
}

const hexOf = (hash: Buffer | null): string => present(hash ?? undefined).toString('hex')

const originOf = (url: string | null) => (url !== null && URL.canParse(url) ? new URL(url).origin : null)

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isLocal = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost'
  if (
    url === null ||
    (url.protocol !== 'https:' && !isLocal) ||
    url.pathname !== '/' ||
    url.search ||
    url.username
  )
    throw new Usage('behind --to comes an address as https://orders.example.com, without a path')
  return url.origin
}

/** Less than six hours: then the feed forgets rows that only change the board. */
const RELEASED_WITHIN_MS = 5 * 60 * 60_000

/** Triggers tell of each write in the feed, and every change of settings is in the audit. */
const WRITTEN_SINCE = `
select exists (select from events e where e.tenant_id = $1 and e.xid >= pg_snapshot_xmin(seen.at)::text::bigint
    and not pg_visible_in_snapshot(e.xid::text::xid8, seen.at))
  or seen.audited <> (${COUNT_AUDIT}) as written
from (select split_part($2, ' ', 1)::pg_snapshot as at, split_part($2, ' ', 2)::int as audited) seen`

export async function startTenant(ops: Ops, args: readonly string[]): Promise<number> {
  const [id, word] = args
  const tenantId = tenantOf(id)
  if (word === undefined || args.length > 2) throw new Usage('the start word of the other side is needed')
  const { pool } = await ops.database()
  await inDurableTransaction(pool, async (client) => {
    const found = await look(client, tenantId)
    const shown = found.rows.find(({ startHash }) => startHash?.equals(hashOf(word)))
    if (decided(found.side, { name: 'start', move: shown?.id ?? '' }) === 'repeat') return
    const { id: move, wasActive } = present(shown)
    const at = new Date(ops.clock.now())
    await client.query(`update tenant_moves set state = 'started', updated_at = $2 where id = $1`, [move, at])
    if (wasActive)
      await client.query(`update tenants set status = 'active', updated_at = $2 where id = $1`, [
        tenantId,
        at,
      ])
    await note(ops, client, tenantId, 'tenant.started', { move })
  })
  ops.print('the tenant works here')
  return 0
}

const LOST = '--the-other-side-is-lost'

/** Both would work if any of it were untrue: nothing here can find it out. */
const CERTAIN_FIRST = [
  `the tenant has moved away. With ${LOST} it works here again: only if it never works there any more.`,
  'Be certain that',
  '- there its database and every backup of it are lost, or "tenant drop" was done there before its start;',
  '- the file of the export and the start word are destroyed;',
  '- what was done there is given up: the tenant stands here as it left. Erasures of buyers are done here again.',
]

export async function keepTenant(ops: Ops, [id, option, ...more]: readonly string[]): Promise<number> {
  const tenantId = tenantOf(id)
  if ((option !== undefined && option !== LOST) || more.length > 0)
    throw new Usage(`nothing but the id of a tenant, and ${LOST} at most, is expected`)
  const { pool } = await ops.database()
  const otherIsLost = option === LOST
  await inDurableTransaction(pool, async (client) => {
    const { side, open, tenant } = await look(client, tenantId)
    if (side.state === 'gone') for (const line of CERTAIN_FIRST) ops.print(line)
    if (decided(side, { name: 'keep', otherIsLost }) === 'repeat') return
    const at = new Date(ops.clock.now())
    const move = present(open ?? undefined)
    await client.query(`update tenant_moves set state = 'kept', updated_at = $2 where id = $1`, [move.id, at])
    if (move.wasActive && tenant?.deleteAt === null)
      await client.query(`update tenants set status = 'active', updated_at = $2 where id = $1`, [
        tenantId,
        at,
      ])
    await note(ops, client, tenantId, 'tenant.kept', { move: move.id, otherIsLost })
  })
  ops.print('the tenant works here as before; its exports start nothing')
  return 0
}

/** Another command was quicker, and what is here now may have been imported behind it. */
const NOT_DROPPING = 'what was imported is no longer being dropped: look at "tenants".'

export async function deleteImported(ops: Ops, [id, ...more]: readonly string[]): Promise<number> {
  const tenantId = tenantOf(id)
  if (more.length > 0) throw new Usage('nothing but the id of a tenant is expected')
  const { pool } = await ops.database()
  const move = await inTransaction(pool, async (client) => {
    const { side, open } = await look(client, tenantId)
    if (decided(side, { name: 'drop' }) === 'repeat') return null
    const row = present(open ?? undefined)
    await client.query(`update tenant_moves set state = 'dropping', updated_at = $2 where id = $1`, [
      row.id,
      new Date(ops.clock.now()),
    ])
    return row.id
  })
  if (move !== null) {
    // Small transactions; broken off, the same command goes on.
    const asLong = <T>(work: (queries: Queries) => Promise<T>) =>
      inTransaction(pool, async (client) => {
        const { open } = await look(client, tenantId)
        if (open?.id !== move || open.state !== 'dropping') throw new StartError(NOT_DROPPING)
        return work(client)
      })
    await deleteRowsOf(asLong, tenantId)
    await asLong(async (client) => {
      await client.query('delete from tenants where id = $1', [tenantId])
      await client.query(`update tenant_moves set state = 'dropped', updated_at = $2 where id = $1`, [
        move,
        new Date(ops.clock.now()),
      ])
      await note(ops, client, tenantId, 'tenant.dropped', { move })
    })
  }
  ops.print('what was imported is deleted here; its audit stays, and the side that it came from may go on')
  return 0
}
