import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { StartError } from '../platform/errors.ts'
import { DOORS } from '../shops/tenants/doors.ts'
import { fileAt } from './backup/files.ts'
import { listFileShops, listKeys, listReceivers } from './people.ts'
import { Line, passes, repeat } from './repeat-audit.ts'
import { FIND_AUDIT_ENTRIES } from './statements.ts'
import { type Ops, table, Usage } from './tools.ts'

/** Exit code of its own: a job that meets it is done, and one that failed is tried again. */
const LEFT_FOR_A_PERSON = 3

/**
 * An old backup brings back what had ended after it: sessions, keys, people, buyers' data. Sessions, links
 * and invitations end here in any case. What else ended is in the audit of the lost database. Its export
 * (`GET /v1/audit/export`, jsonl) is gone through entry by entry: what can be done again is done, and the
 * rest is listed for a person. Given again it does what is left.
 * @returns LEFT_FOR_A_PERSON or 0
 */
export async function afterRestore(ops: Ops, [file, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new Usage('one file at most is expected: the export of the audit, jsonl')
  const entries = file === undefined ? null : await readExport(ops, file)
  await endDoors(ops)
  const byFile = await listFileShops(ops)
  if (!entries) {
    ops.print('keys that work; revoke those that were revoked since the backup:')
    await listKeys(ops)
    ops.print('where data is sent; delete those that were deleted since the backup:')
    await listReceivers(ops)
    ops.print('with the audit of the lost database this goes on: npm run ops -- after-restore <audit.jsonl>')
    return LEFT_FOR_A_PERSON
  }
  const left: string[][] = []
  let done = 0
  for (const entry of await unknownHere(ops, entries)) {
    const rest = await repeat(ops, entry)
    if (rest === null) done++
    else if (rest !== undefined)
      left.push([
        entry.at.slice(0, 16).replace('T', ' '),
        entry.action,
        entry.tenantId ?? '-',
        entry.target,
        rest,
      ])
  }
  ops.print(`${done} entries of the audit done again`)
  if (left.length === 0) return byFile > 0 ? LEFT_FOR_A_PERSON : 0
  ops.print(`${left.length} for a person:`)
  for (const line of table([['at', 'action', 'tenant', 'target', 'to do'], ...left])) ops.print(line)
  return LEFT_FOR_A_PERSON
}

/** Read whole before anything is changed: a file that is another is refused at its first such line. */
async function readExport(ops: Ops, file: string): Promise<Line[]> {
  const lines: Line[] = []
  let number = 0
  for await (const text of linesOf(ops, file)) {
    number++
    if (text.trim() === '') continue
    const read = Line.safeParse(asJson(text))
    if (!read.success) throw new Usage(`line ${number} is no entry of an export of the audit (format jsonl)`)
    if (!passes(read.data.action)) lines.push(read.data)
  }
  return lines.toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

async function* linesOf(ops: Ops, file: string): AsyncGenerator<string> {
  const source = Readable.from(fileAt(file, ops.env).read())
  try {
    yield* createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    throw new Usage(`${file}: ${error.message}`)
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The entries that the backup does not have: what happened after it. */
async function unknownHere(ops: Ops, entries: readonly Line[]): Promise<Line[]> {
  const { pool } = await ops.database()
  const { rows } = await pool.query<{ id: string }>(FIND_AUDIT_ENTRIES, [entries.map(({ id }) => id)])
  const known = new Set(rows.map(({ id }) => id))
  return entries.filter(({ id }) => !known.has(id))
}

/**
 * Ends what rests on nothing that the audit knows (`DOORS`): signed out people would be in again, a used link
 * or a withdrawn invitation would open once more.
 */
async function endDoors(ops: Ops): Promise<void> {
  const { pool } = await ops.database()
  const doors = Object.values(DOORS).filter(({ afterRestore }) => afterRestore === 'ends')
  const counts = new Map<string, number>()
  for (const rows of new Set(doors.map((door) => door.rows)))
    counts.set(rows, (await pool.query(`delete from ${rows}`)).rowCount ?? 0)
  const of = (rows: string) => counts.get(rows) ?? 0
  const links = [...counts.values()].reduce((sum, one) => sum + one, 0)
  const [sessions, invitations] = [of('staff_sessions'), of('staff_invitations')]
  ops.print(
    `${sessions} sessions, ${invitations} invitations and ${links - sessions - invitations} links ended: ` +
      'people sign in again, and whoever has not accepted an invitation is invited again',
  )
}
