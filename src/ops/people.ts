import { z } from 'zod'
import { retryFailed } from '../imports/import-orders.ts'
import { eraseMails } from '../mail/erase-buyer.ts'
import { erasePoison } from '../notifications/take.ts'
import { ageOf } from '../order-files/age.ts'
import { buyer, eraseBuyer, SEVERAL_SHOPS } from '../orders/erasure.ts'
import { createSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { given } from '../platform/narrow.ts'
import { verifyAudit } from '../shops/tenants/audit-chain.ts'
import { createDoorFailures } from '../shops/tenants/door-failures.ts'
import { movedTo } from '../shops/tenants/tenants.ts'
import { emailOf, nameOf } from '../staff/accounts.ts'
import { locksOf } from '../staff/locks.ts'
import { changeStaff } from '../staff/staff.ts'
import { LIST_ATTENTION, LIST_FILE_SHOPS, LIST_KEYS, LIST_RECEIVERS, LIST_TENANTS } from './statements.ts'
import { auditOps, OPS_ACTOR, type Ops, table, Usage } from './tools.ts'

/** Manual commands for one person, for when no one can do it in the browser or the service is down. */

export const sealerOf = async (ops: Ops): Promise<Sealer> => createSealer(await ops.keys(), ops.random)

export async function listAccounts(ops: Ops): Promise<number> {
  const { db } = await ops.database()
  const sealer = await sealerOf(ops)
  const rows = await db.staffAccount.findMany({
    where: { state: { not: 'deleted' } },
    include: { tenant: { select: { name: true } }, _count: { select: { passkeys: true } } },
    orderBy: { id: 'asc' },
  })
  const cells = rows.map((row) => [
    ...[
      row.id,
      row.state,
      row.role,
      row.sealedTotp === null && row._count.passkeys === 0 ? 'no' : 'yes',
      day(row.lastSignInAt),
    ],
    ...[row.tenant?.name ?? '(operator)', nameOf(sealer, row), emailOf(sealer, row) ?? '-'],
  ])
  const head = ['id', 'state', 'role', 'second factor', 'last sign-in', 'tenant', 'name', 'address']
  for (const line of table([head, ...cells])) ops.print(line)
  return 0
}

/** Wrong passwords and codes are forgotten; the locks of whole networks stay. */
export async function unlockAccount(ops: Ops, [id]: readonly string[]): Promise<number> {
  const { db } = await ops.database()
  const account = await findAccount(ops, id)
  const sealer = await sealerOf(ops)
  const failures = createDoorFailures({ db, clock: ops.clock })
  for (const lock of locksOf(sealer, { id: account.id, email: emailOf(sealer, account) }))
    await failures.forget(lock)
  await auditOps(ops, 'staff.unlocked', account.id)
  ops.print('unlocked: the next try counts as the first')
  return 0
}

export async function resetSecondFactor(ops: Ops, [id]: readonly string[]): Promise<number> {
  const { db } = await ops.database()
  const account = await findAccount(ops, id)
  const sealer = await sealerOf(ops)
  const tools = { ...ops, db, sealer }
  await changeStaff(tools, { actor: OPS_ACTOR }, account.tenantId, account.id, { removeSecondFactor: true })
  ops.print('removed, and all sessions ended: the next sign-in that requires one sets up a new one')
  return 0
}

async function findAccount(ops: Ops, id: string | undefined) {
  if (!z.uuid().safeParse(id).success || id === undefined)
    throw new Usage('an account id is needed: npm run ops -- accounts')
  const { db } = await ops.database()
  const account = await db.staffAccount.findFirst({ where: { id, state: { not: 'deleted' } } })
  if (!account) throw new Usage('there is no such account: npm run ops -- accounts')
  return account
}

const TERMS = { '--phone': 'phone', '--email': 'email', '--number': 'orderNumber' } as const
const Term = z.object(buyer)

/** Erases one buyer, like POST /v1/admin/erasure. */
export async function eraseOneBuyer(ops: Ops, args: readonly string[]): Promise<number> {
  const [tenantId = '', option = '', value = '', shop, shopId] = args
  const name = Object.entries(TERMS).find(([given]) => given === option)?.[1]
  if (
    !z.uuid().safeParse(tenantId).success ||
    name === undefined ||
    !(args.length === 3 || (args.length === 5 && shop === '--shop'))
  )
    throw new Usage('a tenant id and one of --phone, --email, --number with the whole of it are needed')
  const term = Term.safeParse({ [name]: value, ...given({ shopId }) })
  if (!term.success) throw new Usage(`${option}: ${term.error.issues[0]?.message ?? 'cannot be read'}`)
  const { db } = await ops.database()
  if (!(await db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })))
    throw new Usage('there is no such tenant: npm run ops -- tenants')
  const { orders, id } = await eraseFor(ops, tenantId, term.data).catch(asUsage)
  ops.print(`${orders} orders lost their personal data; recorded as ${id}`)
  const away = await movedTo(db, tenantId)
  if (away !== null) ops.print(`the tenant works at ${away} now: erase there, too`)
  return 0
}

/** @throws AppError as `eraseBuyer` does */
export async function eraseFor(
  ops: Ops,
  tenantId: string,
  term: z.infer<typeof Term>,
  among: 'one' | 'every' = 'one',
) {
  const tools = { ...ops, ...(await ops.database()), sealer: await sealerOf(ops) }
  const deps = { ...tools, elsewhere: [eraseMails(tools), erasePoison(tools)] }
  return eraseBuyer(deps, { tenantId, actor: OPS_ACTOR }, term, among)
}

function asUsage(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  const several = error.fields.find(({ code }) => code === SEVERAL_SHOPS)
  if (several) throw new Usage(`several shops have that number, name one by --shop: ${several.message}`)
  if (error.code === 'NOT_FOUND') throw new Usage('--shop: the tenant has no such shop')
  if (error.code === 'VALIDATION_FAILED') throw new Usage('the whole number or address is needed')
  throw error
}

const day = (time: Date | null): string => time?.toISOString().slice(0, 16).replace('T', ' ') ?? '-'

async function show(
  ops: Ops,
  sql: string,
  head: readonly string[],
  values: readonly unknown[] = [],
): Promise<number> {
  const { pool } = await ops.database()
  const { rows } = await pool.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' })
  const cells = rows.map((row) =>
    row.map((cell) => (cell instanceof Date || cell === null ? day(cell) : String(cell))),
  )
  for (const line of table([head, ...cells])) ops.print(line)
  return rows.length
}

export async function listTenants(ops: Ops): Promise<number> {
  await show(ops, LIST_TENANTS, ['id', 'status', 'shops', 'mailboxes', 'staged', 'move', 'name'])
  return 0
}

export async function listKeys(ops: Ops): Promise<number> {
  await show(ops, LIST_KEYS, ['prefix', 'ends', 'last used', 'tenant', 'name'])
  return 0
}

/** Webhooks and channels that are on: where data goes. */
export async function listReceivers(ops: Ops): Promise<number> {
  await show(ops, LIST_RECEIVERS, ['what', 'to', 'last sent', 'tenant', 'name'])
  return 0
}

/**
 * Shops of order files that took none since the restore: a sweep finds out what the others shipped since the
 * backup.
 */
export async function listFileShops(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  const { rows } = await pool.query<FileShopRow>(LIST_FILE_SHOPS)
  const shops = rows.filter(({ restoredAt, files }) => !files.some((one) => isSince(restoredAt, one)))
  if (shops.length === 0) return 0
  ops.print(
    'shops whose orders come as files: no mall says what left since the backup; behind "npm run ops -- resume" and before anything of them is shipped, take in the newest file of the cart:',
  )
  const named = shops.map(({ tenant, shop }) => [tenant, shop])
  for (const line of table([['tenant', 'shop'], ...named])) ops.print(line)
  return shops.length
}

interface FileShopRow {
  tenant: string
  shop: string
  restoredAt: Date | null
  files: { fileName: string; source: string; exportedAt: string | null; createdAt: string }[]
}

/** A file of before the restore says nothing of what left since the backup, whenever it comes. */
const isSince = (restoredAt: Date | null, file: FileShopRow['files'][number]): boolean => {
  const exportedAt = file.exportedAt === null ? null : new Date(file.exportedAt)
  return (
    restoredAt !== null && ageOf({ ...file, exportedAt, createdAt: new Date(file.createdAt) }) > restoredAt
  )
}

/** Exit code 1 when there is any, so that a script can ask. */
export async function listAttention(ops: Ops): Promise<number> {
  const count = await show(ops, LIST_ATTENTION, ['since', 'what', 'code', 'tenant', 'name'])
  return count > 0 ? 1 : 0
}

/** The workers' scheduler finds what has become due within seconds, so nothing is woken from here. */
export async function retryFailedImports(ops: Ops, [tenantId]: readonly string[]): Promise<number> {
  if (!z.uuid().safeParse(tenantId).success || tenantId === undefined)
    throw new Usage('a tenant id is needed: npm run ops -- tenants')
  const { pool } = await ops.database()
  const { retried } = await retryFailed(
    { pool, clock: ops.clock, wakeQueue: { wake: async () => undefined } },
    tenantId,
    {},
  )
  ops.print(`${retried} import requests are asked again`)
  return 0
}

/** Verifies the audit chain. Exit code 1 when it does not hold, so that a script can check. */
export async function checkAudit(ops: Ops, args: readonly string[]): Promise<number> {
  const [noted, ...more] = args
  if (more.length > 0 || (noted !== undefined && !/^[0-9a-f]{64}$/.test(noted)))
    throw new Usage('a head is 64 hexadecimal digits, and nothing more is expected')
  const { pool } = await ops.database()
  const { ok, entries, unlinked, head, fault } = await verifyAudit({ pool }, noted)
  ops.print(`${entries} entries checked, ${unlinked} added meanwhile`)
  if (head !== null) ops.print(`head ${head}`)
  if (ok) {
    ops.print(
      'done: nothing was changed, removed or inserted; note the head elsewhere, and "audit verify <head>" proves that later too',
    )
    return 0
  }
  const at = [fault?.seq && `link ${fault.seq}`, fault?.entryId && `entry ${fault.entryId}`].filter(Boolean)
  ops.print(`changed since it was written: ${[...at, fault && KINDS[fault.kind]].join(', ')}`)
  return 1
}

const KINDS = {
  changed: 'its content was changed (changed)',
  missing: 'the entry was taken out (missing)',
  gap: 'links were taken out before it (gap)',
  cut: 'what came behind it was taken out (cut)',
  rewritten: 'the chain was made anew before it or from it on (rewritten)',
  put_in: 'it was put in later, with a time long past (put_in)',
  head: 'the head that was noted is not in the chain: it was made anew, or the head is older than twelve months (head)',
} as const
