import { open } from 'node:fs/promises'
import { z } from 'zod'
import { StaffRole } from '../generated/prisma/enums.ts'
import { AppError } from '../platform/errors.ts'
import { revokeApiKey } from '../shops/tenants/api-keys.ts'
import { changeStaff, deleteStaff } from '../staff/staff.ts'
import { eraseFor, listKeys, sealerOf } from './people.ts'
import { FIND_AUDIT_ENTRIES } from './statements.ts'
import { OPS_ACTOR, type Ops, table, Usage } from './tools.ts'

/**
 * An old backup brings back what had ended after it: sessions, keys, people, buyers' data. Sessions and links
 * end here in any case. What else ended is in the audit of the lost database; its export (`GET
 * /v1/audit/export`, jsonl) is gone through entry by entry: what can be done again is done, and the rest is
 * listed for a person. Given again it does what is left.
 * @returns 1 while something is left for a person, else 0
 */
export async function afterRestore(ops: Ops, [file, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) throw new Usage('one file at most is expected: the export of the audit, jsonl')
  const entries = file === undefined ? null : await readExport(file)
  await endSessions(ops)
  if (!entries) {
    ops.print('keys that work; revoke those that were revoked since the backup:')
    await listKeys(ops)
    ops.print('with the audit of the lost database this goes on: npm run ops -- after-restore <audit.jsonl>')
    return 1
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
  if (left.length === 0) return 0
  ops.print(`${left.length} for a person:`)
  for (const line of table([['at', 'action', 'tenant', 'target', 'to do'], ...left])) ops.print(line)
  return 1
}

const Line = z.object({
  id: z.uuid(),
  at: z.iso.datetime({ offset: true }),
  tenantId: z.uuid().nullable(),
  action: z.string().max(100),
  target: z.string().max(300),
  data: z.record(z.string(), z.unknown()),
})
type Line = z.infer<typeof Line>

/** Read whole before anything is changed: a file that is another is refused at its first such line. */
async function readExport(file: string): Promise<Line[]> {
  const lines: Line[] = []
  const source = await open(file).catch(() => {
    throw new Usage(`${file} cannot be read`)
  })
  let number = 0
  for await (const text of source.readLines()) {
    number++
    if (text.trim() === '') continue
    const read = Line.safeParse(asJson(text))
    if (!read.success) throw new Usage(`line ${number} is no entry of an export of the audit (format jsonl)`)
    if (!PASSING.test(read.data.action)) lines.push(read.data)
  }
  return lines.toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** Of these nothing is left to bring back: who looked at what, who signed in, what was begun only. */
const PASSING =
  /\.(viewed|listed|exported|refused|called|pulled|unlocked|consent_begun|password_reset_asked)$|^session\./

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

/** Ends sessions and links: signed out people would be in again, and a used link would open once more. */
async function endSessions(ops: Ops): Promise<void> {
  const { pool } = await ops.database()
  const ended = await Promise.all(
    ['staff_sessions', 'password_resets', 'consent_requests', 'mailbox_consents'].map(
      async (name) => (await pool.query(`delete from ${name}`)).rowCount ?? 0,
    ),
  )
  const [sessions = 0, ...links] = ended
  ops.print(
    `${sessions} sessions and ${links.reduce((sum, one) => sum + one, 0)} links ended: people sign in again`,
  )
}

/** @returns null: done again; undefined: nothing to do; else what a person is to do */
async function repeat(ops: Ops, entry: Line): Promise<string | null | undefined> {
  try {
    return await (REPEATED[entry.action]?.(ops, entry) ??
      BY_HAND[entry.action] ??
      'look whether it is to be made again')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Made after the backup and ended before the loss: it is not here.
    return error.code === 'NOT_FOUND' ? undefined : `could not be repeated: ${error.message}`
  }
}

const BY = { actor: OPS_ACTOR }
const Rights = z.object({
  role: z.enum(StaffRole).optional(),
  state: z.enum(['active', 'disabled']).optional(),
})

const REPEATED: Readonly<Record<string, (ops: Ops, entry: Line) => Promise<string | null>>> = {
  'api_key.revoked': async (ops, { target }) => {
    const { db } = await ops.database()
    await revokeApiKey({ ...ops, db, onKeyRevoked: () => undefined }, BY, {}, target)
    return null
  },
  'staff.deleted': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await deleteStaff({ ...ops, db, sealer: await sealerOf(ops) }, BY, tenantId, target)
    return null
  },
  'staff.updated': async (ops, { tenantId, target, data }) => {
    const change = Rights.safeParse(data)
    if (!change.success) return 'look at role and state of the account'
    if (Object.keys(change.data).length === 0) return 'the name was changed'
    const { db } = await ops.database()
    await changeStaff({ ...ops, db, sealer: await sealerOf(ops) }, BY, tenantId, target, change.data)
    return null
  },
  'buyer.erased': async (ops, { tenantId, data }) => {
    if (tenantId === null || typeof data.by !== 'string')
      return 'ask who was erased, and: npm run ops -- erase'
    if (data.by === 'phone' || data.by === 'email')
      return `ask the tenant for the ${data.by}, and: npm run ops -- erase ${tenantId} --${data.by} …`
    await eraseFor(ops, tenantId, { orderNumber: data.by })
    return null
  },
}

/** Work for a person, by action: the database cannot know it. */
const BY_HAND: Readonly<Record<string, string | undefined>> = {
  'api_key.created': 'its program needs a new key',
  'api_key.rotated': 'its program needs a new key: only the hash of the old one is here',
  'staff.password_changed': 'the password of before opens again: have it reset, or disable the account',
  'staff.joined': 'invite again',
  'staff.invited': 'invite again, unless it was withdrawn',
  'staff.second_factor_removed': 'the factor of before is back: npm run ops -- accounts reset-second-factor',
  'shop.created': 'the shop is not here: create it again',
  'shop.updated': 'settings and credentials are those of before',
  'shop.consent_ended': 'consent again',
  'shop.deleted': 'the shop is back: delete it',
  'mailbox.consent_ended': 'consent again',
  'mailbox.secret_rotated': 'its senders need a new secret',
  'webhook.secret_rotated': 'the secret of before is back: make a new one',
  'keys.rotated': 'npm run ops -- keys rotate',
  'mailbox.deleted': 'the mailbox is back: delete it',
  'tenant.deleted': 'the tenant is back: delete it',
}
