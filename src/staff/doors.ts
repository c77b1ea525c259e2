import type { StaffAccount, StaffSession } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { DOORS, type Ground } from '../shops/tenants/doors.ts'
import { lockAccount } from '../shops/tenants/statements.ts'
import { type AccountWithTenant, type StaffTools, WITH_TENANT } from './accounts.ts'
import { countsOn, type ShownPasskey } from './passkeys.ts'
import { staffContext } from './secrets.ts'
import { checkTenant } from './sessions.ts'
import { lockSession } from './statements.ts'

/** Doors that one account opens for itself; others rest on who gives them. */
type AccountDoor = {
  [Name in keyof typeof DOORS]: 'giver' extends (typeof DOORS)[Name]['by'][number] ? never : Name
}[keyof typeof DOORS]

/** Account and session of the person, as they were read before the work. */
export interface Seen {
  account: StaffAccount
  session?: Pick<StaffSession, 'id' | 'hash' | 'stage'>
  passkey?: ShownPasskey
}

type DoorTools = Pick<StaffTools, 'db' | 'clock' | 'sealer'>
type Compare = (tools: DoorTools, tx: Tx, now: AccountWithTenant, seen: Seen) => boolean | Promise<boolean>

const SAME: Readonly<Record<Exclude<Ground, 'giver'>, Compare>> = {
  active: (_tools, _tx, now) => now.state === 'active',
  tenant: async (_tools, tx, now) => {
    await checkTenant(tx, now.tenant)
    return true
  },
  role: (_tools, _tx, now, { account }) => now.role === account.role,
  password: sameSealed('sealedPassword', 'password'),
  factor: sameSealed('sealedTotp', 'totp'),
  identity: sameSealed('sealedOidc', 'oidc'),
  email: sameSealed('sealedEmail', 'email'),
  passkey: async (_tools, tx, now, { passkey: shown }) => {
    if (shown === undefined) return false
    const row = await tx.passkey.findUnique({ where: { id: shown.passkey.id } })
    return row !== null && row.accountId === now.id && countsOn(shown.signCount, row.signCount)
  },
  session: async ({ clock }, tx, now, { session }) => {
    if (session === undefined) return false
    // Locked, as a process of the release before ends it without the account's lock.
    await tx.$executeRaw(lockSession(session.id))
    const row = await tx.staffSession.findUnique({ where: { id: session.id } })
    return (
      row !== null &&
      row.accountId === now.id &&
      Buffer.from(row.hash).equals(session.hash) &&
      row.stage === session.stage &&
      row.expiresAt.getTime() > clock.now()
    )
  },
}

/** Compares what is sealed, as a rotation of keys seals the same anew. */
function sameSealed(
  column: 'sealedPassword' | 'sealedTotp' | 'sealedOidc' | 'sealedEmail',
  context: Parameters<typeof staffContext>[1],
): Compare {
  return ({ sealer }, _tx, now, { account }) => {
    const [a, b] = [now[column], account[column]]
    if (a === null || b === null) return a === b
    if (Buffer.from(a).equals(b)) return true
    const open = (sealed: Uint8Array) => sealer.of(now.tenantId).open(staffContext(now.id, context), sealed)
    return open(a).equals(open(b))
  }
}

const changed = () =>
  new AppError(
    'UNAUTHENTICATED',
    'ログイン中にアカウントの設定が変更されました。もう一度ログインしてください。',
  )

/**
 * Opens a door: locks the account, compares all that the door was given by (`DOORS`) with what was seen
 * before the work, and does the rest in the same transaction. So nothing opens that rests on what was changed
 * meanwhile, and who changes it finds what was opened before.
 * @param shut the refusal where something has changed
 * @throws AppError as `shut` gives it; TENANT_SUSPENDED, TENANT_NOT_ACTIVE
 */
export function openDoor<T>(
  tools: DoorTools,
  door: AccountDoor,
  seen: Seen,
  work: (tx: Tx, account: AccountWithTenant) => Promise<T>,
  shut: () => AppError = changed,
): Promise<T> {
  return tools.db.$transaction(async (tx) => {
    await tx.$executeRaw(lockAccount(seen.account.id))
    const now = await tx.staffAccount.findUnique({ where: { id: seen.account.id }, include: WITH_TENANT })
    if (now === null) throw shut()
    for (const ground of DOORS[door].by) if (!(await SAME[ground](tools, tx, now, seen))) throw shut()
    return work(tx, now)
  })
}
