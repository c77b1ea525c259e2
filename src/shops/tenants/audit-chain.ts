import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { inTransaction, type Queries } from '../../platform/db/transaction.ts'
import {
  CLOSE_UNLINKED_OF_TENANT,
  COUNT_UNLINKED,
  DELETE_LINKED_ENTRIES,
  DELETE_LINKS,
  FETCH_UNLINKED_OF_TENANT,
  FIND_LAST_OVER,
  FIND_PUT_IN,
  INSERT_LINKS,
  LOCK_CHAIN,
  NOTE_MARK,
  OPEN_UNLINKED_OF_TENANT,
  READ_LAST_LINK,
  READ_MARK,
  READ_UNLINKED,
  WALK_CHAIN,
} from './statements.ts'

/**
 * Each link holds the SHA-256 of the one before and of its entry, so that an entry which was changed, taken
 * out or put in afterwards is seen. Links are made a moment after the entries, by one process at a time: a
 * chain that each request had to extend itself would make all of them wait for one another.
 */

interface EntryRow {
  id: string
  tenantId: string | null
  at: Date
  actor: string
  source: string | null
  action: string
  target: string
  orderIds: string[]
  data: unknown
}

interface LinkRow {
  seq: string
  entryId: string
  at: Date
  hash: Buffer
}

const BATCH = 1_000
const NONE = Buffer.alloc(32)

/**
 * Fields in a fixed order, and objects by their names: what means the same has the same hash, whatever
 * Postgres did to the JSON.
 */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, canonical(inner)])
}

function linkHash(before: Uint8Array, seq: bigint, entry: EntryRow): Buffer {
  const { id, tenantId, at, actor, source, action, target, orderIds, data } = entry
  const text = JSON.stringify([
    ...[String(seq), id, tenantId, at.toISOString(), actor, source, action, target],
    ...[orderIds, canonical(data)],
  ])
  return createHash('sha256').update(before).update(text).digest()
}

/** Links what is new; how many. A second process finds nothing left to do. */
export async function linkAudit({ pool }: { pool: Pool }): Promise<number> {
  let linked = 0
  for (;;) {
    const more = await inTransaction(pool, (client) => linkSome(client))
    linked += more
    if (more < BATCH) return linked
  }
}

/**
 * Links the entries of a tenant that came from another installation, in the caller's transaction: most are
 * older than what was linked here since, and would pass for entries that somebody put in.
 */
export async function linkTenant(client: Queries, tenantId: string): Promise<void> {
  await client.query(LOCK_CHAIN)
  await client.query(OPEN_UNLINKED_OF_TENANT, [tenantId])
  while ((await link(client, (await client.query<EntryRow>(FETCH_UNLINKED_OF_TENANT)).rows)) > 0);
  await client.query(CLOSE_UNLINKED_OF_TENANT)
}

async function linkSome(client: Queries): Promise<number> {
  await client.query(LOCK_CHAIN)
  const { rows } = await client.query<EntryRow>(READ_UNLINKED, [BATCH])
  return link(client, rows)
}

async function link(client: Queries, rows: readonly EntryRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const { rows: last } = await client.query<LinkRow>(READ_LAST_LINK)
  let seq = BigInt(last[0]?.seq ?? 0)
  let hash: Buffer = last[0]?.hash ?? NONE
  const links = rows.map((entry) => {
    seq += 1n
    hash = linkHash(hash, seq, entry)
    return { seq, hash, entry }
  })
  await client.query(
    INSERT_LINKS({
      seqs: links.map(({ seq }) => seq),
      entries: links.map(({ entry }) => entry.id),
      times: links.map(({ entry }) => entry.at),
      hashes: links.map(({ hash }) => hash),
    }),
  )
  await client.query(NOTE_MARK, [`${seq} ${hex(hash)}`])
  return rows.length
}

export interface AuditProof {
  ok: boolean
  /** Entries whose link was checked. */
  entries: number
  /** Entries that came while it was checked, and have no link yet. */
  unlinked: number
  /** Hash of the last link, hexadecimal: noted elsewhere, it proves that nothing before it was rewritten. */
  head: string | null
  /** The first that does not fit: which, and why. */
  fault: AuditFault | null
}

/**
 * changed: its content; missing: the entry of a link; gap: links, or a beginning whose time was not over;
 * cut: the end; rewritten: the chain itself, made anew from somewhere; put_in: an entry of a past that was
 * linked already; head: the one that was noted elsewhere is not in it
 */
interface AuditFault {
  seq: string | null
  entryId: string | null
  kind: 'changed' | 'missing' | 'gap' | 'cut' | 'rewritten' | 'put_in' | 'head'
}

type Step = { seq: string; entryId: string; linkedAt: Date; isOver: boolean; hash: Buffer } & (
  | { id: null }
  | EntryRow
)

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/**
 * Walks the whole chain. What of it was over and deleted leaves one link behind, from which the rest goes on.
 * @param noted a head that an earlier walk has shown, kept where nobody who can write to this database could
 * change it
 */
export async function verifyAudit(tools: { pool: Pool }, noted?: string): Promise<AuditProof> {
  const { pool } = tools
  // Before more is linked, which moves it.
  const mark = await readMark(pool)
  await linkAudit(tools)
  let before: { seq: bigint; hash: Uint8Array } = { seq: 0n, hash: NONE }
  let entries = 0
  let isNotedSeen = noted === undefined
  const answer = async (fault: AuditFault | null): Promise<AuditProof> => ({
    ok: fault === null,
    entries,
    unlinked: await countUnlinked(pool),
    head: before.seq === 0n ? null : hex(before.hash),
    fault,
  })
  for (;;) {
    const { rows }: { rows: Step[] } = await pool.query<Step>(WALK_CHAIN, [String(before.seq), BATCH])
    for (const step of rows) {
      const seq = BigInt(step.seq)
      const fault = (kind: AuditFault['kind']) => answer({ seq: step.seq, entryId: step.entryId, kind })
      if (before.seq === 0n && seq > 1n) {
        // The link that the retention left: its entry is gone, and its hash is where the rest begins.
        if (step.id !== null || !step.isOver) return fault('gap')
        if (mark !== null && mark.seq < seq) return fault('rewritten')
      } else {
        if (seq !== before.seq + 1n) return fault('gap')
        if (step.id === null) return fault('missing')
        if (!linkHash(before.hash, seq, step).equals(step.hash)) return fault('changed')
        // The retention goes by the link's own time.
        if (step.linkedAt.getTime() !== step.at.getTime()) return fault('changed')
        entries += 1
      }
      if (mark?.seq === seq && mark.head !== hex(step.hash)) return fault('rewritten')
      isNotedSeen ||= noted === hex(step.hash)
      before = { seq, hash: step.hash }
    }
    if (rows.length < BATCH) break
  }
  if (mark !== null && mark.seq > before.seq)
    return answer({ seq: String(before.seq), entryId: null, kind: 'cut' })
  const { rows: putIn } = await pool.query<{ id: string }>(FIND_PUT_IN)
  if (putIn[0]) return answer({ seq: null, entryId: putIn[0].id, kind: 'put_in' })
  return answer(isNotedSeen ? null : { seq: null, entryId: null, kind: 'head' })
}

async function readMark(queries: Queries): Promise<{ seq: bigint; head: string } | null> {
  const { rows } = await queries.query<{ place: string }>(READ_MARK)
  const [, seq, head] = /^(\d+) ([0-9a-f]{64})$/.exec(rows[0]?.place ?? '') ?? []
  return seq === undefined || head === undefined ? null : { seq: BigInt(seq), head }
}

async function countUnlinked(queries: Queries): Promise<number> {
  const { rows } = await queries.query<{ count: string }>(COUNT_UNLINKED)
  return Number(rows[0]?.count ?? 0)
}

const MOST_DELETED = 10_000

/**
 * After twelve months; the triggers let nothing younger go. Only from the beginning of the chain, and the
 * last link of those that go stays, so that what remains can still be proved.
 */
export async function deleteOldAudit({ pool }: { pool: Pool }): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query(LOCK_CHAIN)
    const { rows } = await client.query<{ upTo: string | null }>(FIND_LAST_OVER, [MOST_DELETED])
    const upTo = rows[0]?.upTo ?? null
    if (upTo === null) return 0
    const { rowCount } = await client.query(DELETE_LINKED_ENTRIES, [upTo])
    await client.query(DELETE_LINKS, [upTo])
    return rowCount ?? 0
  })
}
