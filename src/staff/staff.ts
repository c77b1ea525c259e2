import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { StaffAccount } from '../generated/prisma/client.ts'
import { OWNERS, operator, operators, type Side } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { operatorOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { CutLater, IdParams } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { dateNow } from '../platform/clock.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { given, present } from '../platform/narrow.ts'
import { lockName } from '../shops/statements.ts'
import { staffNameContext } from '../shops/tenants/actor-names.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import type { DoorFailures } from '../shops/tenants/door-failures.ts'
import { endInvitationsOf, MANAGES, needGiver } from '../shops/tenants/doors.ts'
import { tenantNotFound } from '../shops/tenants/tenants.ts'
import {
  byEmail,
  ClientRoleSchema,
  Email,
  emailOf,
  OperatorRoleSchema,
  PersonName,
  StaffAnswer,
  type StaffRole,
  type StaffTools,
  staffAnswer,
} from './accounts.ts'
import { NO_IDENTITY, removeIdentity } from './identities.ts'
import {
  InvitationAnswer,
  InvitationMade,
  invitationAnswers,
  invite,
  invitedAnswer,
  openInvitations,
} from './invitations.ts'
import { locksOf } from './locks.ts'
import { countMade, endMade, KeepMade, KeepMadeInQuery, listMade, MadeThing, parseKeepMade } from './made.ts'
import { countPasskeys } from './passkeys.ts'
import { BY_HAND, countSessions } from './sessions.ts'

const StaffChange = z.strictObject({
  name: PersonName.optional(),
  state: z.enum(['active', 'disabled']).optional().describe('active 利用再開, disabled 停止 (状態)'),
  removeSecondFactor: z
    .literal(true)
    .optional()
    .describe('For a lost phone: authenticator app, recovery codes and passkeys (二段階認証の解除)'),
  removeIdentity: z
    .literal(true)
    .optional()
    .describe('The person’s bound identity; ends their sessions (シングルサインオンの解除)'),
  unlock: z.literal(true).optional().describe('After too many wrong passwords or codes (ロックの解除)'),
  endSessions: z.literal(true).optional().describe('All of the person’s, at once (すべてのログインの終了)'),
  keepMade: KeepMade.optional(),
})

type Change = Omit<z.infer<typeof StaffChange>, 'unlock'> & { role?: StaffRole | undefined }

export type PeopleTools = StaffTools & {
  failures: DoorFailures
  /** A key was revoked: what is remembered of keys is to be dropped. */
  onKeyRevoked: () => void
}

async function listStaff(
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
  const [until, sessions, made, passkeys] = await Promise.all([
    tools.failures.lockedUntil(locksOfAll),
    countSessions(tools, rows),
    countMade(
      tools,
      rows.map(({ id }) => id),
    ),
    countPasskeys(tools.db, rows),
  ])
  return people.map(({ row, locks }) => {
    const ends = locks.flatMap(({ name, group }) => until.get(group ?? name)?.getTime() ?? [])
    return staffAnswer(tools.sealer, row, {
      lockedUntil: ends.length === 0 ? null : new Date(Math.max(...ends)),
      sessions: sessions.get(row.id) ?? 0,
      made: made.get(row.id) ?? 0,
      passkeys: passkeys.get(row.id) ?? 0,
    })
  })
}

const personOf = ({ sealer }: Pick<StaffTools, 'sealer'>, row: StaffAccount) => ({
  id: row.id,
  email: emailOf(sealer, row),
})

/** @throws AppError as `changeStaff` */
async function changePerson(
  tools: PeopleTools,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
  { unlock, ...change }: z.infer<typeof StaffChange> & Change,
): Promise<z.infer<typeof StaffAnswer>> {
  const changed = await changeStaff(tools, by, tenantId, id, change)
  if (change.keepMade !== undefined) tools.onKeyRevoked()
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
    const before = await lockPerson(tx, tools, by, tenantId, id)
    if (role !== undefined || state === 'disabled') await keepOne(tx, before, { role, state })
    const account = await tx.staffAccount.update({
      where: { id },
      data: {
        updatedAt: new Date(tools.clock.now()),
        ...(name === undefined
          ? {}
          : { sealedName: tools.sealer.of(before.tenantId).seal(staffNameContext(id), name) }),
        ...given({ role, state }),
        ...(removeSecondFactor ? { sealedTotp: null, sealedPendingTotp: null, recoveryCodes: [] } : {}),
      },
    })
    if (removeSecondFactor) await tx.passkey.deleteMany({ where: { accountId: id } })
    // A second factor at the provider stood in for the one that is removed.
    const unbound = withoutIdentity && (await removeIdentity(tx, tools, before, by))
    // Ends sessions that were opened with more rights than are left.
    if (role !== undefined || state === 'disabled' || removeSecondFactor || endSessions || unbound)
      await tx.staffSession.deleteMany({ where: { accountId: id } })
    if (account.state !== 'active') await tx.passwordReset.deleteMany({ where: { accountId: id } })
    const manages = account.state === 'active' && MANAGES.has(account.role)
    if (manages && change.keepMade !== undefined) throw keepsManaging()
    if (!manages) {
      await endInvitationsOf(tx, `staff:${id}`)
      await endMade(tx, tools, by, id, change.keepMade ?? 'all')
    }
    const data = {
      ...given({ role, state }),
      ...(role === undefined ? {} : { roleBefore: before.role }),
      ...(name === undefined ? {} : { name: 'changed' }),
    }
    const who = { ...by, tenantId }
    if (removeSecondFactor) await audit(tx, tools, noteOf(who, 'staff.second_factor_removed', id))
    if (endSessions) await audit(tx, tools, noteOf(who, 'session.ended', id))
    if (Object.keys(data).length > 0) await audit(tx, tools, noteOf(who, 'staff.updated', id, data))
    return unbound ? { ...account, ...NO_IDENTITY } : account
  })
}

const keepsManaging = () =>
  invalid([
    {
      field: 'keepMade',
      message: '権限を外すか利用を停止するときにだけ指定できます。',
      code: 'not_needed',
    },
  ])

/** @throws AppError NOT_FOUND, CONFLICT */
export async function deleteStaff(
  tools: Pick<StaffTools, 'db' | 'clock' | 'newId' | 'sealer'>,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
  keep: KeepMade = 'all',
): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const before = await lockPerson(tx, tools, by, tenantId, id)
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
        passkeyHandle: null,
        updatedAt: new Date(tools.clock.now()),
      },
    })
    await tx.passkey.deleteMany({ where: { accountId: id } })
    await tx.staffSession.deleteMany({ where: { accountId: id } })
    await tx.passwordReset.deleteMany({ where: { accountId: id } })
    await endInvitationsOf(tx, `staff:${id}`)
    await endMade(tx, tools, by, id, keep)
    const email = emailOf(tools.sealer, before)
    // Deletes the person's invitations, which hold the address too.
    if (email !== null)
      await tx.staffInvitation.deleteMany({ where: { tenantId, ...byEmail(tools.sealer, email) } })
    await tx.noticeChannel.deleteMany({ where: { accountId: id } })
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.deleted', id, { role: before.role }))
  })
}

async function revokeInvitation(
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
async function lockPerson(
  tx: Tx,
  { clock }: Pick<StaffTools, 'clock'>,
  by: OperatorCaller,
  tenantId: string | null,
  id: string,
): Promise<StaffAccount> {
  await tx.$executeRaw(lockName(`staff:${tenantId ?? 'operator'}`))
  await needGiver(tx, by, new Date(clock.now()))
  const account = await tx.staffAccount.findFirst({ where: { id, tenantId, state: { not: 'deleted' } } })
  if (!account) throw personNotFound()
  return account
}

const personNotFound = () => new AppError('NOT_FOUND', '担当者が見つかりません。ID を確認してください。')

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

/** A tenant's people under /v1/staff, the operator's under /v1/admin/staff: alike but for whose they are. */
export const staffRoutes =
  (tools: PeopleTools): Routes =>
  (app) =>
    peopleRoutes(app, tools, { side: OWNERS, name: 'Staff', role: ClientRoleSchema, tenantOf })

export const operatorStaffRoutes =
  (tools: PeopleTools): Routes =>
  (app) => {
    peopleRoutes(app, tools, {
      side: operators('no personal data'),
      name: 'Operators',
      role: OperatorRoleSchema,
      tenantOf: () => null,
    })

    operation(app, {
      id: 'inviteOwner',
      at: 'POST /v1/admin/tenants/:id/invitations',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['staff.invited'],
      limit: BY_HAND,
      summary: 'Invite an owner of a tenant (契約店の管理者の招待)',
      description:
        'Good for seven days and one person; the link before, of the same address, opens nothing any more. Where no mail server is ' +
        'set the link is in the answer.',
      params: IdParams,
      body: json(
        z.strictObject({ email: Email }).meta({ examples: [{ email: 'owner@example.jp' }] }),
        '64 KiB',
      ),
      repeat: { key: 'no answer kept', work: 'several steps' },
      answers: { 201: InvitationMade },
      run: async (request, reply) => {
        const tenantId = request.params.id
        if ((await tools.db.tenant.count({ where: { id: tenantId } })) === 0) throw tenantNotFound()
        reply.header('cache-control', 'no-store')
        const { email } = request.body
        const made = await invite(tools, operatorOf(request), { tenantId, role: 'owner', email })
        return invitedAnswer(tools, request.auth, made)
      },
    })
  }

interface People {
  side: Side
  /** In operation ids. */
  name: 'Staff' | 'Operators'
  role: typeof ClientRoleSchema | typeof OperatorRoleSchema
  tenantOf: (request: FastifyRequest) => string | null
}

function peopleRoutes(app: App, tools: PeopleTools, { side, name, role, tenantOf: whose }: People): void {
  operation(app, {
    id: `list${name}`,
    at: `GET ${side.under}/staff`,
    since: '1.0.0',
    tag: side.tag,
    who: side.reads,
    cost: 'light',
    summary: 'People with an account (担当者の一覧)',
    description: 'Oldest first; deleted ones are left out.',
    answers: { 200: z.object({ staff: z.array(StaffAnswer), nextCursor: CutLater }) },
    run: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { staff: await listStaff(tools, whose(request)), nextCursor: null }
    },
  })

  operation(app, {
    id: `update${name}`,
    at: `PATCH ${side.under}/staff/:id`,
    since: '1.0.0',
    tag: side.tag,
    who: side.changes,
    cost: 'light',
    audit: [
      'staff.updated',
      'staff.second_factor_removed',
      'staff.identity_removed',
      'staff.unlocked',
      'session.ended',
      'api_key.revoked',
      'webhook.updated',
      'notice_channel.updated',
    ],
    summary: 'Change a person’s name, role or state (担当者の変更)',
    description:
      'What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets ' +
      'up a new one; `unlock` lets somebody try again at once who typed too much wrong. The last active owner (or operator) stays. Keys and ' +
      'webhooks that a person made go on when they are disabled or no owner any more, unless `keepMade` says otherwise.',
    params: IdParams,
    body: json(
      StaffChange.extend({ role: role.optional() }).meta({ examples: [{ state: 'disabled' }] }),
      '64 KiB',
    ),
    answers: { 200: StaffAnswer },
    run: (request) =>
      changePerson(tools, operatorOf(request), whose(request), request.params.id, request.body),
  })

  operation(app, {
    id: `delete${name}`,
    at: `DELETE ${side.under}/staff/:id`,
    since: '1.0.0',
    tag: side.tag,
    who: side.changes,
    cost: 'light',
    audit: ['staff.deleted', 'api_key.revoked', 'webhook.updated', 'notice_channel.updated'],
    summary: 'Delete an account (担当者の削除)',
    description:
      'Address, password and second factor are gone; the name stays for timelines and the audit. Keys and webhooks that the person made go ' +
      'on unless `keepMade` says otherwise.',
    params: IdParams,
    query: z.strictObject({ keepMade: KeepMadeInQuery.optional() }),
    answers: { 204: z.undefined().describe('Deleted (削除済)') },
    run: async (request) => {
      const keep = parseKeepMade(request.query.keepMade)
      await deleteStaff(tools, operatorOf(request), whose(request), request.params.id, keep)
      if (keep !== 'all') tools.onKeyRevoked()
    },
  })

  operation(app, {
    id: `list${name}Made`,
    at: `GET ${side.under}/staff/made/:id`,
    tag: side.tag,
    who: side.reads,
    since: '1.1.0',
    cost: 'light',
    summary: 'Keys, webhooks and channels that a person made (担当者が作成した API キー・Webhook・通知先)',
    description:
      'To be asked before the person is deleted, disabled or demoted: what of it is to end is said by `keepMade` there.',
    params: IdParams,
    answers: { 200: z.object({ made: z.array(MadeThing), nextCursor: CutLater }) },
    run: async (request) => {
      const { id } = request.params
      const where = { id, tenantId: whose(request) }
      if ((await tools.db.staffAccount.count({ where })) === 0) throw personNotFound()
      return { made: await listMade(tools.db, id, dateNow(tools.clock)), nextCursor: null }
    },
  })

  operation(app, {
    id: `invite${name}`,
    at: `POST ${side.under}/staff/invitations`,
    since: '1.0.0',
    tag: side.tag,
    who: side.changes,
    cost: 'light',
    audit: ['staff.invited'],
    limit: BY_HAND,
    summary: 'Invite a person (担当者の招待)',
    description: 'Good for seven days and one person. Where no mail server is set the link is in the answer.',
    body: json(
      z
        .strictObject({ email: Email, role })
        .meta({ examples: [{ email: 'staff@example.jp', role: name === 'Staff' ? 'staff' : 'operator' }] }),
      '64 KiB',
    ),
    repeat: { key: 'no answer kept', work: 'several steps' },
    answers: { 201: InvitationMade },
    run: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const wanted = { tenantId: whose(request), ...request.body }
      return invitedAnswer(tools, request.auth, await invite(tools, operatorOf(request), wanted))
    },
  })

  operation(app, {
    id: `list${name}Invitations`,
    at: `GET ${side.under}/staff/invitations`,
    since: '1.0.0',
    tag: side.tag,
    who: side.reads,
    cost: 'light',
    summary: 'Invitations that nobody has accepted yet (承諾待ちの招待)',
    description: 'Oldest first; those whose time is over are left out.',
    answers: { 200: z.object({ invitations: z.array(InvitationAnswer), nextCursor: CutLater }) },
    run: async (request) => {
      const rows = await openInvitations(tools, whose(request))
      return { invitations: await invitationAnswers(tools, request.auth, rows), nextCursor: null }
    },
  })

  operation(app, {
    id: `withdraw${name}Invitation`,
    at: `DELETE ${side.under}/staff/invitations/:id`,
    since: '1.0.0',
    tag: side.tag,
    who: side.changes,
    cost: 'light',
    audit: ['staff.invitation_withdrawn'],
    summary: 'Withdraw an invitation (招待の取消)',
    description: 'Its link stops working at once.',
    params: IdParams,
    answers: { 204: z.undefined().describe('Withdrawn (取消済)') },
    run: async (request) => {
      await revokeInvitation(tools, operatorOf(request), whose(request), request.params.id)
    },
  })
}
