import { z } from 'zod'
import type { Prisma, StaffAccount } from '../generated/prisma/client.ts'
import { type Auth, CLIENT_ROLES, OPERATOR_ROLES } from '../http/app-types.ts'
import { Id, iso, isoOrNull, Time } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Random } from '../platform/random.ts'
import { staffNameContext } from '../shops/tenants/actor-names.ts'
import { emailHash, emailHashes, staffContext } from './secrets.ts'

/** Dependencies of the whole room. */
export interface StaffTools {
  db: Db
  clock: Clock
  log: Logger
  newId: NewId
  random: Random
  sealer: Sealer
  /** Null: nobody outside can follow a link. */
  publicUrl: string | null
  /** Null: no mail server is set. */
  sendMail: SendMail | null
}

export type SendMail = (letter: {
  id: string
  to: string
  subject: string
  text: string
  at: Date
}) => Promise<void>

export const WITH_TENANT = {
  tenant: { select: { id: true, name: true, status: true, requireSecondFactor: true } },
  _count: { select: { passkeys: true } },
} as const
export type AccountWithTenant = Prisma.StaffAccountGetPayload<{ include: typeof WITH_TENANT }>

export type StaffRole = StaffAccount['role']

export const ClientRoleSchema = z
  .enum(CLIENT_ROLES)
  .describe('owner 管理者, staff 担当者, read_only 閲覧のみ (権限)')
export const OperatorRoleSchema = z
  .enum(OPERATOR_ROLES)
  .describe('operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限)')
export const RoleSchema = z
  .enum([...CLIENT_ROLES, ...OPERATOR_ROLES])
  .describe(
    'Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)',
  )

export const Email = z.email().max(254).describe('Mail address (メールアドレス)')
export const PersonName = z.string().trim().min(1).max(100).describe('Name as timelines show it (氏名)')

export const StaffAnswer = z
  .object({
    id: Id,
    name: PersonName,
    email: z.string().nullable().describe('Null once deleted (メールアドレス)'),
    role: RoleSchema,
    state: z
      .enum(['active', 'disabled', 'deleted'])
      .describe('active 利用中, disabled 停止中, deleted 削除済 (状態)'),
    secondFactor: z.boolean().describe('Whether a second factor is set up (二段階認証)'),
    identityProvider: z
      .string()
      .nullable()
      .describe('Host of the provider whose identity is bound; null: none (シングルサインオン)'),
    createdAt: Time.describe('登録日時'),
    lastSignInAt: Time.nullable().describe('最終ログイン日時'),
    lockedUntil: Time.nullable().describe(
      'Until when wrong passwords or codes keep the person out; null: not locked (ロックの終了日時)',
    ),
    sessions: z.int().describe('Browsers that are signed in now (ログイン中の端末の数)'),
    made: z
      .int()
      .describe(
        'API keys, webhooks and notice channels that work and that the person made (作成したものの数)',
      ),
    passkeys: z.int().describe('Registered passkeys; since 1.2.0 (パスキーの数)'),
  })
  .meta({ id: 'StaffAccount', description: 'A person with an account (担当者)' })

/** Matches the account of this address, under whatever key it was stored. */
export const byEmail = (sealer: Sealer, email: string) => ({ emailHash: { in: emailHashes(sealer, email) } })

export const nameOf = (sealer: Sealer, row: Pick<StaffAccount, 'id' | 'tenantId' | 'sealedName'>): string =>
  sealer.of(row.tenantId).open(staffNameContext(row.id), row.sealedName).toString()

export const emailOf = (
  sealer: Sealer,
  row: Pick<StaffAccount, 'id' | 'tenantId' | 'sealedEmail'>,
): string | null =>
  row.sealedEmail && sealer.of(row.tenantId).open(staffContext(row.id, 'email'), row.sealedEmail).toString()

/** Host of the provider whose identity is bound; null without one. */
export function boundProvider(
  { sealer }: Pick<StaffTools, 'sealer'>,
  { id, tenantId, sealedOidc }: Pick<StaffAccount, 'id' | 'tenantId' | 'sealedOidc'>,
): string | null {
  if (sealedOidc === null) return null
  const [issuer] = JSON.parse(sealer.of(tenantId).open(staffContext(id, 'oidc'), sealedOidc).toString())
  return hostOf(String(issuer))
}

export const hostOf = (issuer: string): string => URL.parse(issuer)?.host ?? issuer.slice(0, 200)

/** A person's address, for who tells them something; null once the account is deleted. */
export const createEmailOf =
  ({ db, sealer }: Pick<StaffTools, 'db' | 'sealer'>) =>
  async (id: string): Promise<string | null> => {
    const row = await db.staffAccount.findUnique({
      where: { id },
      select: { id: true, tenantId: true, sealedEmail: true },
    })
    return row && emailOf(sealer, row)
  }

export const staffAnswer = (
  sealer: Sealer,
  row: StaffAccount,
  door: { lockedUntil: Date | null; sessions: number; made: number; passkeys: number },
): z.infer<typeof StaffAnswer> => ({
  id: row.id,
  name: nameOf(sealer, row),
  email: emailOf(sealer, row),
  role: row.role,
  state: row.state,
  secondFactor: row.sealedTotp !== null || door.passkeys > 0,
  identityProvider: boundProvider({ sealer }, row),
  createdAt: iso(row.createdAt),
  lastSignInAt: isoOrNull(row.lastSignInAt),
  lockedUntil: isoOrNull(door.lockedUntil),
  sessions: door.sessions,
  made: door.made,
  passkeys: door.passkeys,
})

/** The columns of a person who begins. Raised by the database where the address has an account already. */
export function newAccount(
  { sealer, newId, clock }: Pick<StaffTools, 'sealer' | 'newId' | 'clock'>,
  person: {
    tenantId: string | null
    role: StaffRole
    email: string
    name: string
    passwordHash: string | null
  },
): Prisma.StaffAccountUncheckedCreateInput {
  const id = newId()
  const now = new Date(clock.now())
  const { tenantId, role, passwordHash } = person
  const own = sealer.of(tenantId)
  return {
    id,
    tenantId,
    role,
    createdAt: now,
    updatedAt: now,
    sealedEmail: own.seal(staffContext(id, 'email'), person.email.trim()),
    emailHash: emailHash(sealer, person.email),
    sealedName: own.seal(staffNameContext(id), person.name),
    ...(passwordHash === null
      ? {}
      : { sealedPassword: own.seal(staffContext(id, 'password'), passwordHash), passwordSetAt: now }),
  }
}

/** Returns the rights of a person's role, as every route sees them. */
export function authOf(account: Pick<StaffAccount, 'id' | 'tenantId' | 'role'>, sessionId: string): Auth {
  const { id: accountId, tenantId, role } = account
  if (role === 'operator' || role === 'operator_without_personal_data')
    return { kind: 'operator', role, accountId, sessionId }
  if (tenantId === null) throw new Error(`account ${accountId} has the role ${role} and no tenant`)
  return { kind: 'client', tenantId, role, accountId, sessionId }
}

/** Whom the audit names for what a person did to their own account. */
export const actorOf = ({ id, tenantId }: Pick<StaffAccount, 'id' | 'tenantId'>, source: string) => ({
  tenantId,
  source,
  actor: `staff:${id}`,
})

/** The operator's people always; a tenant's, as its own setting says. */
export const needsSecondFactor = (account: { tenant: { requireSecondFactor: boolean } | null }): boolean =>
  account.tenant?.requireSecondFactor ?? true

export const hasSecondFactor = (account: AccountWithTenant): boolean =>
  account.sealedTotp !== null || account._count.passkeys > 0

export const emailTaken = () =>
  new AppError('CONFLICT', 'このメールアドレスの担当者はすでに登録されています。', {
    details: { reason: 'email_taken' },
  })

interface Letter {
  id: string
  subject: string
  lines: readonly string[]
}

/**
 * Sends a mail; false where the mail server did not take it. A failed mail must not fail its cause: the link
 * can be handed over by hand. Without PUBLIC_URL the link would lead nowhere, so nothing is mailed.
 */
export async function mailTo(tools: StaffTools, to: string, letter: Letter): Promise<boolean> {
  if (tools.sendMail === null || tools.publicUrl === null) return false
  const { id, subject, lines } = letter
  try {
    await tools.sendMail({ id, to, subject, text: lines.join('\n'), at: new Date(tools.clock.now()) })
    return true
  } catch (err) {
    tools.log.warn({ err, id }, 'a mail to a person was not taken')
    return false
  }
}
