import { z } from 'zod'
import type { StaffAccount } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { staffNameContext } from '../shops/tenants/actor-names.ts'
import { audit, noteBy, type OperatorCaller } from '../shops/tenants/audit.ts'
import { byEmail, emailOf, PersonName, type StaffRole, type StaffTools } from './accounts.ts'

export const StaffChange = z.strictObject({
  name: PersonName.optional(),
  state: z.enum(['active', 'disabled']).optional().describe('active 利用再開, disabled 停止 (状態)'),
  removeSecondFactor: z.literal(true).optional().describe('For a lost phone (二段階認証の解除)'),
})

type Change = z.infer<typeof StaffChange> & { role?: StaffRole | undefined }

export const listStaff = ({ db }: StaffTools, tenantId: string | null): Promise<StaffAccount[]> =>
  db.staffAccount.findMany({
    where: { tenantId, state: { not: 'deleted' } },
    orderBy: { id: 'asc' },
    take: 1_000,
  })

/** @throws AppError NOT_FOUND, or CONFLICT where nobody would be left to manage the others */
export async function changeStaff(
  tools: Pick<StaffTools, 'db' | 'clock' | 'newId' | 'sealer'>,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
  change: Change,
): Promise<StaffAccount> {
  const { name, role, state, removeSecondFactor } = change
  return tools.db.$transaction(async (tx) => {
    const before = await lockPerson(tx, tenantId, id)
    if (role !== undefined || state === 'disabled') await keepOne(tx, before, { role, state })
    const account = await tx.staffAccount.update({
      where: { id },
      data: {
        updatedAt: new Date(tools.clock.now()),
        ...(name === undefined ? {} : { sealedName: tools.sealer.seal(staffNameContext(id), name) }),
        ...(role === undefined ? {} : { role }),
        ...(state === undefined ? {} : { state }),
        ...(removeSecondFactor ? { sealedTotp: null, sealedPendingTotp: null, recoveryCodes: [] } : {}),
      },
    })
    // What was opened with more than is left must not go on.
    if (role !== undefined || state === 'disabled' || removeSecondFactor)
      await tx.staffSession.deleteMany({ where: { accountId: id } })
    const data = {
      ...(role === undefined ? {} : { role, roleBefore: before.role }),
      ...(state === undefined ? {} : { state }),
      ...(name === undefined ? {} : { name: 'changed' }),
    }
    const note = { ...noteBy(by), tenantId, target: id }
    if (removeSecondFactor)
      await audit(tx, tools, { ...note, action: 'staff.second_factor_removed', data: {} })
    if (Object.keys(data).length > 0) await audit(tx, tools, { ...note, action: 'staff.updated', data })
    return account
  })
}

/** @throws AppError NOT_FOUND, CONFLICT */
export async function deleteStaff(
  tools: StaffTools,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const before = await lockPerson(tx, tenantId, id)
    await keepOne(tx, before, { state: 'deleted' })
    await tx.staffAccount.update({
      where: { id },
      data: {
        ...{ state: 'deleted', sealedEmail: null, emailHash: null, sealedPassword: null },
        ...{ oidcHash: null, sealedOidc: null },
        ...{ sealedTotp: null, sealedPendingTotp: null, recoveryCodes: [] },
        updatedAt: new Date(tools.clock.now()),
      },
    })
    await tx.staffSession.deleteMany({ where: { accountId: id } })
    await tx.passwordReset.deleteMany({ where: { accountId: id } })
    const email = emailOf(tools.sealer, before)
    // What the person came by holds the address, too.
    if (email !== null)
      await tx.staffInvitation.deleteMany({ where: { tenantId, ...byEmail(tools.sealer, email) } })
    await tx.noticeChannel.deleteMany({ where: { accountId: id } })
    await audit(tx, tools, {
      ...{ ...noteBy(by), tenantId, target: id, action: 'staff.deleted', data: { role: before.role } },
    })
  })
}

export async function withdrawInvitation(
  tools: StaffTools,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const gone = await tx.staffInvitation.deleteMany({ where: { id, tenantId, acceptedAt: null } })
    if (gone.count === 0) throw new AppError('NOT_FOUND', '招待が見つかりません。ID を確認してください。')
    await audit(tx, tools, {
      ...{ ...noteBy(by), tenantId, target: id, action: 'staff.invitation_withdrawn', data: {} },
    })
  })
}

/** All changes of the same people one after the other: two owners must not remove each other at once. */
async function lockPerson(tx: Tx, tenantId: string | null, id: string): Promise<StaffAccount> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`staff:${tenantId ?? 'operator'}`}, 0))`
  const account = await tx.staffAccount.findFirst({ where: { id, tenantId, state: { not: 'deleted' } } })
  if (!account) throw new AppError('NOT_FOUND', '担当者が見つかりません。ID を確認してください。')
  return account
}

/** Those who may invite and change others; the operator key remains for an operator who locked himself out. */
const MANAGES: ReadonlySet<StaffRole> = new Set(['owner', 'operator'])

async function keepOne(
  tx: Tx,
  before: StaffAccount,
  after: { role?: StaffRole | undefined; state?: StaffAccount['state'] | undefined },
): Promise<void> {
  if (!MANAGES.has(before.role) || before.state !== 'active') return
  if (MANAGES.has(after.role ?? before.role) && (after.state ?? 'active') === 'active') return
  const others = await tx.staffAccount.count({
    where: { tenantId: before.tenantId, role: before.role, state: 'active', id: { not: before.id } },
  })
  if (others === 0)
    throw new AppError('CONFLICT', '最後の管理者です。先にほかの担当者を管理者にしてください。', {
      details: { reason: 'last_owner' },
    })
}
