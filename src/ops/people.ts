import { z } from 'zod'
import { eraseMails } from '../mail/erase-buyer.ts'
import { erasePoison } from '../notifications/erase-buyer.ts'
import { buyer, eraseBuyer } from '../orders/erasure.ts'
import { createSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { createDoorFailures } from '../shops/tenants/door-failures.ts'
import { emailOf, nameOf } from '../staff/accounts.ts'
import { locksOf } from '../staff/locks.ts'
import { changeStaff } from '../staff/staff.ts'
import { auditOps, OPS_ACTOR } from './audit.ts'
import { day } from './lists.ts'
import { type Ops, table, Usage } from './tools.ts'

/** Manual commands for one person, for when no one can do it in the browser or the service is down. */

export const sealerOf = async (ops: Ops): Promise<Sealer> => createSealer(await ops.keys(), ops.random)

export async function listAccounts(ops: Ops): Promise<number> {
  const { db } = await ops.database()
  const sealer = await sealerOf(ops)
  const rows = await db.staffAccount.findMany({
    where: { state: { not: 'deleted' } },
    include: { tenant: { select: { name: true } } },
    orderBy: { id: 'asc' },
  })
  const cells = rows.map((row) => [
    ...[row.id, row.state, row.role, row.sealedTotp === null ? 'no' : 'yes', day(row.lastSignInAt)],
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
  const [tenantId = '', option = '', value = ''] = args
  const name = Object.entries(TERMS).find(([given]) => given === option)?.[1]
  if (!z.uuid().safeParse(tenantId).success || name === undefined || args.length !== 3)
    throw new Usage('a tenant id and one of --phone, --email, --number with the whole of it are needed')
  const term = Term.safeParse({ [name]: value })
  if (!term.success) throw new Usage(`${option}: ${term.error.issues[0]?.message ?? 'cannot be read'}`)
  const { db } = await ops.database()
  if (!(await db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })))
    throw new Usage('there is no such tenant: npm run ops -- tenants')
  const { orders, id } = await eraseFor(ops, tenantId, term.data).catch(asUsage)
  ops.print(`${orders} orders lost their personal data; recorded as ${id}`)
  return 0
}

/** @throws AppError as `eraseBuyer` does */
export async function eraseFor(ops: Ops, tenantId: string, term: z.infer<typeof Term>) {
  const tools = { ...ops, ...(await ops.database()), sealer: await sealerOf(ops) }
  const deps = { ...tools, elsewhere: [eraseMails(tools), erasePoison(tools)] }
  return eraseBuyer(deps, { tenantId, actor: OPS_ACTOR }, term)
}

function asUsage(error: unknown): never {
  if (error instanceof AppError && error.code === 'VALIDATION_FAILED')
    throw new Usage('the whole number or address is needed')
  throw error
}
