import { z } from 'zod'
import type { StaffInvitation } from '../generated/prisma/client.ts'
import { anyone } from '../http/access.ts'
import type { Auth, Routes } from '../http/app-types.ts'
import { json, operation } from '../http/operation.ts'
import { Id, iso, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { DbOrTx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { present } from '../platform/narrow.ts'
import { MadeBy, readMakers } from '../shops/tenants/actor-names.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import { needGiver } from '../shops/tenants/doors.ts'
import {
  type AccountWithTenant,
  actorOf,
  byEmail,
  emailTaken,
  mailTo,
  newAccount,
  PersonName,
  RoleSchema,
  type StaffRole,
  type StaffTools,
  WITH_TENANT,
} from './accounts.ts'
import { emailHash, hashPassword, hashToken, newToken, passwordFaults } from './secrets.ts'
import {
  BY_HAND,
  checkTenant,
  fromOf,
  Password,
  SessionAnswer,
  sessionAnswer,
  setSession,
} from './sessions.ts'
import { admit, type SignInTools } from './sign-in.ts'

const DAY_MS = 24 * 60 * 60_000
const LIFE_MS = 7 * DAY_MS
const MOST_OPEN = 100
/** Beyond them an invitation is made all the same, and its link is in the answer. */
const MOST_MAILS_A_DAY = 30

export const InvitationAnswer = z
  .object({
    id: Id,
    email: z.string().describe('メールアドレス'),
    role: RoleSchema,
    invitedBy: MadeBy.nullable().describe('招待した人'),
    createdAt: Time.describe('招待日時'),
    expiresAt: Time.describe('有効期限'),
  })
  .meta({ id: 'Invitation', description: 'An invitation that nobody has accepted yet (招待)' })

export const InvitationMade = InvitationAnswer.extend({
  mailed: z.boolean().describe('Whether the link was mailed (メール送信済)'),
  url: z
    .string()
    .nullable()
    .describe('The link, to be handed over by hand, where it was not mailed; shown this once (招待リンク)'),
}).describe('A new invitation (招待)')

export const invitationContext = (id: string) => `staff-invitation:${id}:email`

export async function invitationAnswers(
  tools: Pick<StaffTools, 'db' | 'clock' | 'sealer'>,
  auth: Auth,
  rows: readonly StaffInvitation[],
): Promise<z.infer<typeof InvitationAnswer>[]> {
  const inviterOf = await readMakers(
    tools,
    auth,
    rows.map((row) => ({ createdBy: row.invitedBy })),
  )
  return rows.map((row) => ({
    id: row.id,
    email: tools.sealer.of(row.tenantId).open(invitationContext(row.id), row.sealedEmail).toString(),
    role: row.role,
    invitedBy: inviterOf(row.invitedBy),
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
  }))
}

export const openInvitations = ({ db, clock }: StaffTools, tenantId: string | null) =>
  db.staffInvitation.findMany({
    where: { tenantId, acceptedAt: null, expiresAt: { gt: new Date(clock.now()) } },
    orderBy: { id: 'asc' },
    take: MOST_OPEN,
  })

/** @throws AppError CONFLICT for an address that has an account, VALIDATION_FAILED for too many open ones */
export async function invite(
  tools: StaffTools,
  by: OperatorCaller,
  wanted: { tenantId: string | null; role: StaffRole; email: string },
): Promise<Invited> {
  const { db, clock } = tools
  if (await hasAccount(tools, db, wanted.email)) throw emailTaken()
  if ((await openInvitations(tools, wanted.tenantId)).length >= MOST_OPEN)
    throw invalid([
      {
        field: 'email',
        message: `承諾待ちの招待が${MOST_OPEN}件あります。不要な招待を取り消してください。`,
        code: 'too_many',
      },
    ])
  const { row, token } = await db.$transaction(async (tx) => {
    await needGiver(tx, by, new Date(clock.now()))
    const made = await insertInvitation(tools, tx, by, wanted)
    const { tenantId, role } = wanted
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.invited', made.row.id, { role }))
    return made
  })
  if (!(await mayMail(tools, wanted.tenantId))) return { row, mailed: false, url: linkOf(tools, token) }
  return sendInvitation(tools, row, token, wanted.email)
}

/**
 * Limits the mails that a tenant has the operator's mail server send to whomever it names, in words that
 * begin with its own name. Counted by the audit, which revoking an invitation does not shorten.
 */
async function mayMail({ db, clock }: StaffTools, tenantId: string | null): Promise<boolean> {
  if (tenantId === null) return true
  const at = { gt: new Date(clock.now() - DAY_MS) }
  return (await db.auditEntry.count({ where: { tenantId, at, action: 'staff.invited' } })) <= MOST_MAILS_A_DAY
}

async function hasAccount({ sealer }: StaffTools, db: DbOrTx, email: string): Promise<boolean> {
  return (await db.staffAccount.findFirst({ where: byEmail(sealer, email) })) !== null
}

/** The link before, of the same address, is worth nothing any more. */
export async function insertInvitation(
  { sealer, newId, random, clock }: StaffTools,
  tx: DbOrTx,
  by: OperatorCaller,
  { tenantId, role, email }: { tenantId: string | null; role: StaffRole; email: string },
): Promise<{ row: StaffInvitation; token: string }> {
  const id = newId()
  const { token, hash } = newToken(random)
  const now = clock.now()
  const address = { tenantId, emailHash: emailHash(sealer, email) }
  await tx.staffInvitation.deleteMany({ where: { tenantId, ...byEmail(sealer, email), acceptedAt: null } })
  const row = await tx.staffInvitation.create({
    data: {
      ...address,
      id,
      role,
      tokenHash: hash,
      invitedBy: by.actor,
      sealedEmail: sealer.of(tenantId).seal(invitationContext(id), email.trim()),
      createdAt: new Date(now),
      expiresAt: new Date(now + LIFE_MS),
    },
  })
  return { row, token }
}

/** An invitation that was just made, and its link where it was not mailed. */
interface Invited {
  row: StaffInvitation
  mailed: boolean
  url: string | null
}

export async function invitedAnswer(
  tools: Pick<StaffTools, 'db' | 'clock' | 'sealer'>,
  auth: Auth,
  { row, mailed, url }: Invited,
): Promise<z.infer<typeof InvitationMade>> {
  return { ...present((await invitationAnswers(tools, auth, [row]))[0]), mailed, url }
}

/** A path where the service does not know its own address: the page that shows it does. */
const linkOf = ({ publicUrl }: Pick<StaffTools, 'publicUrl'>, token: string): string =>
  `${publicUrl ?? ''}/board/#/invitation/${token}`

export async function sendInvitation(
  tools: StaffTools,
  row: StaffInvitation,
  token: string,
  email: string,
): Promise<Invited> {
  const tenant =
    row.tenantId === null ? null : await tools.db.tenant.findUnique({ where: { id: row.tenantId } })
  const mailed = await mailTo(tools, email, {
    id: row.id,
    subject: '【取込】担当者としての招待',
    lines: [
      `${tenant?.name ?? '自動受注取込「取込」の運営'}の担当者として招待されました。`,
      '次のリンクを開いて、氏名とパスワードを登録してください（7日間有効）。',
      '',
      linkOf(tools, token),
      '',
      '心当たりのない場合は、このメールを破棄してください。',
    ],
  })
  return { row, mailed, url: mailed ? null : linkOf(tools, token) }
}

interface OpenInvitation {
  row: StaffInvitation
  email: string
}

/** @throws AppError NOT_FOUND for what is no invitation, or none any more */
async function findInvitation(tools: StaffTools, token: string): Promise<OpenInvitation> {
  const row = await tools.db.staffInvitation.findUnique({ where: { tokenHash: hashToken(token) } })
  if (!row || row.acceptedAt || row.expiresAt.getTime() <= tools.clock.now()) throw notValid()
  return {
    row,
    email: tools.sealer.of(row.tenantId).open(invitationContext(row.id), row.sealedEmail).toString(),
  }
}

/** Makes the account. @throws AppError NOT_FOUND, CONFLICT, VALIDATION_FAILED */
async function acceptInvitation(
  tools: StaffTools,
  token: string,
  given: { name: string; password: string },
  source: string,
): Promise<AccountWithTenant> {
  const { row, email } = await findInvitation(tools, token)
  const faults = passwordFaults(given.password, email)
  if (faults.length > 0) throw invalid(faults)
  const passwordHash = await hashPassword(given.password, tools.random)
  return tools.db.$transaction(async (tx) => {
    const now = new Date(tools.clock.now())
    // Who may not invite any more lets nobody in.
    await needGiver(tx, { actor: row.invitedBy }, now).catch((error: unknown) => {
      throw error instanceof AppError ? notValid() : error
    })
    const claimed = await tx.staffInvitation.updateMany({
      where: { id: row.id, acceptedAt: null, expiresAt: { gt: now } },
      data: { acceptedAt: now },
    })
    if (claimed.count === 0) throw notValid()
    const tenant = row.tenantId === null ? null : await tx.tenant.findUnique({ where: { id: row.tenantId } })
    await checkTenant(tx, tenant)
    if (await hasAccount(tools, tx, email)) throw emailTaken()
    const { tenantId, role } = row
    const account = await tx.staffAccount.create({
      data: newAccount(tools, { tenantId, role, email, name: given.name, passwordHash }),
      include: WITH_TENANT,
    })
    await audit(tx, tools, noteOf(actorOf(account, source), 'staff.joined', account.id, { role }))
    return account
  })
}

const notValid = () =>
  new AppError(
    'NOT_FOUND',
    'この招待は無効です。使用済みか、期限切れか、取り消されています。招待し直してもらってください。',
  )

const Token = z.object({
  token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .describe('Of the link (招待の鍵)'),
})

/** Full paths: whoever follows the link of an invitation has no account yet. */
export const invitationRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    operation(app, {
      id: 'getInvitation',
      at: 'GET /v1/invitations/:token',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('link'),
      cost: 'light',
      limit: BY_HAND,
      summary: 'What an invitation is for (招待の内容)',
      description: 'The company and the role; 404 for one that is used or over.',
      params: Token,
      answers: {
        200: z.object({
          email: z.string().describe('メールアドレス'),
          role: RoleSchema,
          tenantId: Id.nullable().describe('契約店'),
          tenantName: z.string().nullable().describe('契約店名'),
        }),
      },
      run: async (request, reply) => {
        reply.header('cache-control', 'no-store')
        const { row, email } = await findInvitation(tools, request.params.token)
        const { tenantId, role } = row
        const tenant =
          tenantId === null ? null : await tools.db.tenant.findUnique({ where: { id: tenantId } })
        return { email, role, tenantId, tenantName: tenant?.name ?? null }
      },
    })

    operation(app, {
      id: 'acceptInvitation',
      at: 'POST /v1/invitations/:token/accept',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('link'),
      cost: 'light',
      audit: ['staff.joined', 'session.begun'],
      limit: BY_HAND,
      summary: 'Accept an invitation (招待の承諾)',
      description: 'Makes the account and signs in, as POST /v1/session does.',
      params: Token,
      body: json(
        z
          .strictObject({ name: PersonName, password: Password })
          .meta({ examples: [{ name: '山田 花子', password: 'a long pass phrase' }] }),
        '16 KiB',
      ),
      repeat: 'each time',
      answers: { 200: SessionAnswer },
      run: async (request, reply) => {
        const account = await acceptInvitation(tools, request.params.token, request.body, request.ip)
        const begun = await admit(tools, 'session_by_password', account, fromOf(request))
        setSession(tools, request, reply, begun)
        return sessionAnswer(tools, account, begun)
      },
    })
  }
