import type { Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { lockAccount, lockKey } from './statements.ts'

/**
 * Facts that a door rests on. Each is read before the work (a hash, a mall's answer) and compared again under
 * the lock of the account, in the transaction that opens the door.
 */
export type Ground =
  /** The account is neither disabled nor deleted. */
  | 'active'
  /** The tenant may work. */
  | 'tenant'
  | 'role'
  | 'password'
  | 'factor'
  | 'identity'
  /** The passkey is still registered, and its count has not been passed. */
  | 'passkey'
  | 'email'
  /** The session that asks is still there, with the same secret and stage. */
  | 'session'
  /** Who gave the door may still give it: an active owner, a key that is not revoked. */
  | 'giver'

interface Door {
  /** Compared when the door opens. */
  readonly by: readonly Ground[]
  /** Rows that hold the door. After a restore those that cannot be compared with the lost ones end. */
  readonly rows: string
  readonly afterRestore: 'ends' | 'by audit'
}

/**
 * Lists every way in, and what gave it. A session opens by its row alone, so whatever ends a ground deletes
 * the sessions under the same lock; a link or a consent is compared again when it is followed.
 */
export const DOORS = {
  session_by_password: {
    by: ['active', 'tenant', 'role', 'password', 'factor'],
    rows: 'staff_sessions',
    afterRestore: 'ends',
  },
  session_by_identity: {
    by: ['active', 'tenant', 'role', 'identity', 'factor'],
    rows: 'staff_sessions',
    afterRestore: 'ends',
  },
  session_by_passkey: {
    by: ['active', 'tenant', 'role', 'password', 'passkey'],
    rows: 'staff_sessions',
    afterRestore: 'ends',
  },
  session_raised_by_passkey: {
    by: ['active', 'tenant', 'role', 'password', 'passkey', 'session'],
    rows: 'staff_sessions',
    afterRestore: 'ends',
  },
  session_raised: {
    by: ['active', 'tenant', 'role', 'password', 'factor', 'session'],
    rows: 'staff_sessions',
    afterRestore: 'ends',
  },
  password_changed: {
    by: ['active', 'password', 'session'],
    rows: 'staff_accounts',
    afterRestore: 'by audit',
  },
  password_by_link: { by: ['active', 'email'], rows: 'staff_accounts', afterRestore: 'by audit' },
  reset_link: { by: ['active', 'password', 'email'], rows: 'password_resets', afterRestore: 'ends' },
  second_factor: { by: ['active', 'factor', 'session'], rows: 'staff_accounts', afterRestore: 'by audit' },
  passkey: { by: ['active', 'password', 'factor', 'session'], rows: 'passkeys', afterRestore: 'by audit' },
  recovery_codes: { by: ['active', 'factor', 'session'], rows: 'staff_accounts', afterRestore: 'by audit' },
  recovery_codes_by_passkey: {
    by: ['active', 'password', 'passkey', 'session'],
    rows: 'staff_accounts',
    afterRestore: 'by audit',
  },
  identity_by_person: {
    by: ['active', 'identity', 'session'],
    rows: 'staff_accounts',
    afterRestore: 'by audit',
  },
  identity_by_email: {
    by: ['active', 'identity', 'email', 'password'],
    rows: 'staff_accounts',
    afterRestore: 'by audit',
  },
  invitation: { by: ['giver', 'tenant'], rows: 'staff_invitations', afterRestore: 'ends' },
  shop_consent: { by: ['giver', 'tenant'], rows: 'consent_requests', afterRestore: 'ends' },
  mailbox_consent: { by: ['giver', 'tenant'], rows: 'mailbox_consents', afterRestore: 'ends' },
  api_key: { by: ['giver', 'tenant'], rows: 'api_keys', afterRestore: 'by audit' },
  webhook: { by: ['giver', 'tenant'], rows: 'webhooks', afterRestore: 'by audit' },
  mail_secret: { by: ['giver', 'tenant'], rows: 'mailboxes', afterRestore: 'by audit' },
  push_secret: { by: ['giver', 'tenant'], rows: 'shops', afterRestore: 'by audit' },
  notice_channel: { by: ['giver', 'tenant'], rows: 'notice_channels', afterRestore: 'by audit' },
} as const satisfies Record<string, Door>

/** Who gives something to others: an author of the audit, and the session in which a person does it. */
export interface Giver {
  actor: string
  sessionId?: string
}

const PERSON = /^staff:([0-9a-f-]{36})$/
const KEY = /^key:([0-9a-f-]{36})$/

/** Roles that give others a way in. */
export const MANAGES: ReadonlySet<string> = new Set(['owner', 'operator'])

/**
 * Locks who gives a door until the end of the transaction, and compares that they still may. Of a person who
 * was deleted, disabled, demoted or signed out meanwhile, or of a key that was revoked, nothing opens.
 * The lock and the look are two statements: a statement that waited for a lock still sees other tables as
 * they were before it.
 * @param who `anybody`: what people of every role make for themselves
 * @throws AppError UNAUTHENTICATED, FORBIDDEN
 */
export async function needGiver(
  tx: Tx,
  { actor, sessionId }: Giver,
  now: Date,
  who: 'managers' | 'anybody' = 'managers',
): Promise<void> {
  const mayGive = (role: string) => who === 'anybody' || MANAGES.has(role)
  const person = PERSON.exec(actor)?.[1]
  if (person !== undefined) {
    await tx.$executeRaw(lockAccount(person))
    const account = await tx.staffAccount.findUnique({
      where: { id: person },
      select: { state: true, role: true },
    })
    if (account?.state !== 'active') throw ended()
    if (!mayGive(account.role)) throw notAllowed()
    if (sessionId !== undefined && (await tx.staffSession.count({ where: { id: sessionId } })) === 0)
      throw ended()
    return
  }
  const key = KEY.exec(actor)?.[1]
  if (key === undefined) return
  await tx.$executeRaw(lockKey(key))
  const row = await tx.apiKey.findUnique({
    where: { id: key },
    select: { role: true, revokedAt: true, expiresAt: true },
  })
  if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now))
    throw ended()
  if (!mayGive(row.role)) throw notAllowed()
}

/** Ends what is still open of the invitations of somebody who may not invite any more. */
export async function endInvitationsOf(tx: Tx, actor: string): Promise<void> {
  await tx.staffInvitation.deleteMany({ where: { invitedBy: actor, acceptedAt: null } })
}

const ended = () =>
  new AppError(
    'UNAUTHENTICATED',
    'ログインまたは API キーが無効になったため、処理を中止しました。ログインし直してください。',
  )

const notAllowed = () =>
  new AppError('FORBIDDEN', '権限が変更されたため、処理を中止しました。管理者に確認してください。')
