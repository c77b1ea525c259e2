import type { StaffAccount } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import { actorOf, byEmail, emailOf, hostOf, type StaffTools } from './accounts.ts'
import type { Identity } from './identity-provider.ts'
import { mailTo } from './letters.ts'
import { oidcHashes, staffContext, stored } from './secrets.ts'
import { type AccountWithTenant, WITH_TENANT } from './sign-in.ts'

/** Columns of an account to which no identity is bound. */
export const NO_IDENTITY = { oidcHash: null, sealedOidc: null } as const

/** @throws AppError SIGN_IN_REFUSED */
export const noAccount = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'この認証サービスのアカウントに結び付いた担当者がいません。契約店の管理者に招待を依頼してください。',
  )

const knownOf = ({ issuer, subject }: Identity): string => JSON.stringify([issuer, subject])

export const findByIdentity = (
  { db, sealer }: StaffTools,
  identity: Identity,
): Promise<AccountWithTenant | null> =>
  db.staffAccount.findFirst({
    where: { oidcHash: { in: oidcHashes(sealer, knownOf(identity)) } },
    include: WITH_TENANT,
  })

/** A provider's address is compared exactly: NFKC would turn a stranger's full-width ｂ into an owner's b. */
const ASCII = /^[\x21-\x7e]+$/
const asciiLower = (email: string): string | null => (ASCII.test(email) ? email.toLowerCase() : null)

/** Finds the account without an identity that has exactly this address. */
export async function findByVerifiedEmail(
  { db, sealer }: StaffTools,
  email: string | null,
): Promise<AccountWithTenant | null> {
  const exact = email === null ? null : asciiLower(email)
  if (exact === null) return null
  const found = await db.staffAccount.findFirst({
    where: { ...byEmail(sealer, exact), state: 'active', oidcHash: null },
    include: WITH_TENANT,
  })
  return found && asciiLower(emailOf(sealer, found) ?? '') === exact ? found : null
}

/**
 * Binds an identity to an account that has none, with an audit entry and a mail to the person.
 * @throws AppError CONFLICT where the account or the identity is bound meanwhile
 */
export async function bindIdentity(
  tools: StaffTools,
  account: AccountWithTenant,
  identity: Identity,
  note: { source: string; by: 'verified_address' | 'person' },
): Promise<void> {
  const { db, sealer, newId } = tools
  const { id, tenantId } = account
  const known = knownOf(identity)
  await db.$transaction(async (tx) => {
    const other = await tx.staffAccount.count({ where: { oidcHash: { in: oidcHashes(sealer, known) } } })
    if (other > 0) throw taken()
    const mine = await tx.staffAccount.updateMany({
      where: { id, state: 'active', oidcHash: null },
      data: {
        oidcHash: stored(oidcHashes(sealer, known)),
        sealedOidc: sealer.of(tenantId).seal(staffContext(id, 'oidc'), known),
      },
    })
    if (mine.count === 0) throw taken()
    const data = { issuer: identity.issuer.slice(0, 500), by: note.by }
    await audit(tx, tools, noteOf(actorOf(account, note.source), 'staff.identity_bound', id, data))
  })
  const to = emailOf(sealer, account)
  if (to === null) return
  await mailTo(tools, to, {
    id: newId(),
    subject: '【取込】シングルサインオンを設定しました',
    lines: [
      `${hostOf(identity.issuer)} のアカウントで、あなたの担当者アカウントにログインできるようになりました。`,
      '',
      `解除と確認は「自分のアカウント」で行えます: ${tools.publicUrl}/board/account`,
      '',
      '心当たりのない場合は、すぐに解除してパスワードを変更し、契約店の管理者に連絡してください。',
    ],
  })
}

const taken = () =>
  new AppError(
    'CONFLICT',
    'この担当者か、この認証サービスのアカウントは、すでに結び付いています。先に「自分のアカウント」で解除してください。',
    { details: { reason: 'identity_taken' } },
  )

/** Removes the bound identity inside the caller's transaction; false where none is bound. */
export async function removeIdentity(
  tx: Tx,
  tools: Pick<StaffTools, 'clock' | 'newId'>,
  { id, tenantId }: Pick<StaffAccount, 'id' | 'tenantId'>,
  by: OperatorCaller,
): Promise<boolean> {
  const removed = await tx.staffAccount.updateMany({
    where: { id, oidcHash: { not: null } },
    data: { ...NO_IDENTITY, updatedAt: new Date(tools.clock.now()) },
  })
  if (removed.count === 0) return false
  await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.identity_removed', id))
  return true
}
