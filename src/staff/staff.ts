import { z } from 'zod'
import type { StaffAccount } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { present } from '../platform/narrow.ts'
import { staffNameContext } from '../shops/tenants/actor-names.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import type { DoorFailures } from '../shops/tenants/door-failures.ts'
import {
  byEmail,
  emailOf,
  PersonName,
  type StaffAnswer,
  type StaffRole,
  type StaffTools,
  staffAnswer,
} from './accounts.ts'
import { NO_IDENTITY, removeIdentity } from './identities.ts'
import { locksOf } from './locks.ts'
import { countSessions } from './sessions.ts'

export const StaffChange = z.strictObject({
  name: PersonName.optional(),
  state: z.enum(['active', 'disabled']).optional().describe('active 利用再開, disabled 停止 (状態)'),
  removeSecondFactor: z.literal(true).optional().describe('For a lost phone (二段階認証の解除)'),
  removeIdentity: z
    .literal(true)
    .optional()
    .describe('The person’s bound identity; ends their sessions (シングルサインオンの解除)'),
  unlock: z.literal(true).optional().describe('After too many wrong passwords or codes (ロックの解除)'),
  endSessions: z.literal(true).optional().describe('All of the person’s, at once (すべてのログインの終了)'),
})

type Change = Omit<z.infer<typeof StaffChange>, 'unlock'> & { role?: StaffRole | undefined }

export type PeopleTools = StaffTools & { failures: DoorFailures }

export async function listStaff(
  tools: PeopleTools,
  tenantId: string | null,
): Promise<z.infer<typeof StaffAnswer>[]> {
  const rows = await tools.db.staffAccount.findMany({
    where: { tenantId, state: { not: 'deleted' } },
    orderBy: { id: 'asc' },
    take: 1_000,
  })
  return withDoor(tools, rows)
}

/** Adds locks and sessions to people, with one query each for all. */
async function withDoor(
  tools: PeopleTools,
  rows: readonly StaffAccount[],
): Promise<z.infer<typeof StaffAnswer>[]> {
  const people = rows.map((row) => ({ row, locks: locksOf(tools.sealer, personOf(tools, row)) }))
  const locksOfAll = people.flatMap(({ locks }) => locks)
  const [until, sessions] = await Promise.all([
    tools.failures.lockedUntil(locksOfAll),
    countSessions(tools, rows),
  ])
  return people.map(({ row, locks }) => {
    const ends = locks.flatMap(({ name, group }) => until.get(group ?? name)?.getTime() ?? [])
    return staffAnswer(tools.sealer, row, {
      lockedUntil: ends.length === 0 ? null : new Date(Math.max(...ends)),
      sessions: sessions.get(row.id) ?? 0,
    })
  })
}

const personOf = ({ sealer }: Pick<StaffTools, 'sealer'>, row: StaffAccount) => ({
  id: row.id,
  email: emailOf(sealer, row),
})

/** @throws AppError as `changeStaff` */
export async function changePerson(
  tools: PeopleTools,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
  { unlock, ...change }: z.infer<typeof StaffChange> & Change,
): Promise<z.infer<typeof StaffAnswer>> {
  const changed = await changeStaff(tools, by, tenantId, id, change)
  if (unlock) {
    for (const lock of locksOf(tools.sealer, personOf(tools, changed))) await tools.failures.forget(lock)
    await audit(tools.db, tools, noteOf({ ...by, tenantId }, 'staff.unlocked', id))
  }
  const [answer] = await withDoor(tools, [changed])
  return present(answer)
}

/** @throws AppError NOT_FOUND, or CONFLICT where nobody would be left to manage the others */
export async function changeStaff(
  tools: Pick<StaffTools, 'db' | 'clock' | 'newId' | 'sealer'>,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
  change: Change,
): Promise<StaffAccount> {
  const { name, role, state, removeSecondFactor, endSessions } = change
  const withoutIdentity = change.removeIdentity === true || removeSecondFactor === true
  return tools.db.$transaction(async (tx) => {
    const before = await lockPerson(tx, tenantId, id)
    if (role !== undefined || state === 'disabled') await keepOne(tx, before, { role, state })
    const account = await tx.staffAccount.update({
      where: { id },
      data: {
        updatedAt: new Date(tools.clock.now()),
        ...(name === undefined
          ? {}
          : { sealedName: tools.sealer.of(before.tenantId).seal(staffNameContext(id), name) }),
        ...(role === undefined ? {} : { role }),
        ...(state === undefined ? {} : { state }),
        ...(removeSecondFactor ? { sealedTotp: null, sealedPendingTotp: null, recoveryCodes: [] } : {}),
      },
    })
    // A second factor at the provider stood in for the one that is removed.
    const unbound = withoutIdentity && (await removeIdentity(tx, tools, before, by))
    // Ends sessions that were opened with more rights than are left.
    if (role !== undefined || state === 'disabled' || removeSecondFactor || endSessions || unbound)
      await tx.staffSession.deleteMany({ where: { accountId: id } })
    const data = {
      ...(role === undefined ? {} : { role, roleBefore: before.role }),
      ...(state === undefined ? {} : { state }),
      ...(name === undefined ? {} : { name: 'changed' }),
    }
    const who = { ...by, tenantId }
    if (removeSecondFactor) await audit(tx, tools, noteOf(who, 'staff.second_factor_removed', id))
    if (endSessions) await audit(tx, tools, noteOf(who, 'session.ended', id))
    if (Object.keys(data).length > 0) await audit(tx, tools, noteOf(who, 'staff.updated', id, data))
    return unbound ? { ...account, ...NO_IDENTITY } : account
  })
}

/** @throws AppError NOT_FOUND, CONFLICT */
export async function deleteStaff(
  tools: Pick<StaffTools, 'db' | 'clock' | 'newId' | 'sealer'>,
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
        state: 'deleted',
        sealedEmail: null,
        emailHash: null,
        sealedPassword: null,
        ...NO_IDENTITY,
        sealedTotp: null,
        sealedPendingTotp: null,
        recoveryCodes: [],
        updatedAt: new Date(tools.clock.now()),
      },
    })
    await tx.staffSession.deleteMany({ where: { accountId: id } })
    await tx.passwordReset.deleteMany({ where: { accountId: id } })
    const email = emailOf(tools.sealer, before)
    // Deletes the person's invitations, which hold the address too.
    if (email !== null)
      await tx.staffInvitation.deleteMany({ where: { tenantId, ...byEmail(tools.sealer, email) } })
    await tx.noticeChannel.deleteMany({ where: { accountId: id } })
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.deleted', id, { role: before.role }))
  })
}

export async function revokeInvitation(
  tools: StaffTools,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const gone = await tx.staffInvitation.deleteMany({ where: { id, tenantId, acceptedAt: null } })
    if (gone.count === 0) throw new AppError('NOT_FOUND', '招待が見つかりません。ID を確認してください。')
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.invitation_withdrawn', id))
  })
}

/** All changes of the same people one after the other: two owners must not remove each other at once. */
async function lockPerson(tx: Tx, tenantId: string | null, id: string): Promise<StaffAccount> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`staff:${tenantId ?? 'operator'}`}, 0))`
  const account = await tx.staffAccount.findFirst({ where: { id, tenantId, state: { not: 'deleted' } } })
  if (!account) throw new AppError('NOT_FOUND', '担当者が見つかりません。ID を確認してください。')
  return account
}

/** Those who may invite and change others; the operator key stays for a locked out operator. */
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
