import type { SessionState } from '../http/auth.ts'
import { invalid } from '../http/validation.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { ShortFirst } from '../platform/event-loop.ts'
import { createFairGate, type FairGate } from '../platform/fair-gate.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import type { DoorFailures } from '../shops/tenants/door-failures.ts'
import {
  type AccountWithTenant,
  actorOf,
  byEmail,
  hasSecondFactor,
  needsSecondFactor,
  type StaffTools,
  WITH_TENANT,
} from './accounts.ts'
import { openDoor } from './doors.ts'
import { deviceLock, machineLock, passwordLock, signInLocks, turnOf } from './locks.ts'
import { lockedOut } from './second-factor.ts'
import { hashPassword, passwordFits, staffContext } from './secrets.ts'
import { type Begun, beginSession, type From } from './sessions.ts'

export type SignInTools = StaffTools & { failures: DoorFailures; signIns: Pick<FairGate, 'run'> }

/** As many as hash at once (secrets.ts), one a machine; few wait, so that each is served in seconds. */
const SIGN_INS = { atOnce: 2, perKey: 1, queuePerKey: 4, queueInAll: 20 }

/** Sign-ins let those go first who are signed in: a flood of sign-ins is work for the event loop too. */
export function createSignIns({ giveWay }: Pick<ShortFirst, 'giveWay'>): Pick<FairGate, 'run'> {
  const gate = createFairGate(SIGN_INS)
  const begin = async <T>(key: string, work: () => Promise<T>) => {
    await giveWay(key)
    return work()
  }
  return { run: (key, work, options) => gate.run(key, () => begin(key, work), options) }
}

const refused = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'メールアドレスまたはパスワードが正しくありません。パスワードを忘れた場合は、再設定するか、契約店の管理者に依頼してください。',
  )

/**
 * Signs in. No refusal shows which of address and password was wrong: not in words, not by its time, not by
 * locking only existing addresses. A flood waits for its own turn, before anything is read or hashed.
 * @throws AppError SIGN_IN_REFUSED, TOO_MANY_REQUESTS, or what its tenant's state forbids
 */
export function signIn(
  tools: SignInTools,
  given: { email: string; password: string },
  from: From,
  signal?: AbortSignal,
): Promise<{ account: AccountWithTenant; begun: Begun }> {
  const { key, known } = turnOf(tools, from)
  return tools.signIns.run(key, () => signInNow(tools, given, from), { known, ...(signal && { signal }) })
}

async function signInNow(tools: SignInTools, given: { email: string; password: string }, from: From) {
  const account = await tools.db.staffAccount.findFirst({
    where: byEmail(tools.sealer, given.email),
    include: WITH_TENANT,
  })
  const known = deviceLock(tools, account?.id, from.device)
  const ofAccount = known ? [known] : signInLocks(tools.sealer, given.email, from.address)
  const machine = known ? [] : [machineLock(from.address)]
  const locked = (await tools.failures.lockedFor(machine)) ?? (await tools.failures.take(...ofAccount))
  if (locked !== null) throw lockedOut(locked)
  const good = await checkPassword(tools, account, given.password)
  if (!account || !good || account.state !== 'active') {
    // A whole office signs in at nine: what went well does not count for it.
    if (machine.length > 0) await tools.failures.note(machine)
    const seconds = await tools.failures.lockedFor([...ofAccount, ...machine])
    // When the answer has left: an address that has no account has no entry to write, and would be told by
    // the time that one takes.
    if (account)
      setImmediate(() => {
        noteRefusal(tools, account, from).catch((err: unknown) =>
          tools.log.error({ err }, 'a refused sign-in was not noted'),
        )
      })
    throw seconds === null ? refused() : lockedOut(seconds)
  }
  for (const lock of ofAccount) await tools.failures.forget(lock)
  return { account, begun: await admit(tools, 'session_by_password', account, from) }
}

/**
 * Begins a session for a proven identity. The account and its tenant decide its first stage.
 * @param door by which proof; nothing of it may have changed since
 */
export const admit = (
  tools: StaffTools,
  door: 'session_by_password' | 'session_by_identity',
  account: AccountWithTenant,
  from: From,
  secondFactorShown = false,
): Promise<Begun> =>
  openDoor(
    tools,
    door,
    { account },
    async (tx, now) => {
      const stage = secondFactorShown ? 'signed_in' : stageOf(now)
      const begun = await beginSession(tools, tx, now, stage, from)
      if (stage === 'signed_in') await noteSignedIn(tools, tx, now, from)
      return begun
    },
    refused,
  )

function stageOf(account: AccountWithTenant): SessionState {
  if (hasSecondFactor(account)) return 'second_factor_required'
  return needsSecondFactor(account) ? 'second_factor_setup_required' : 'signed_in'
}

function checkPassword(
  { sealer }: Pick<StaffTools, 'sealer'>,
  account: Pick<AccountWithTenant, 'id' | 'tenantId' | 'sealedPassword'> | null,
  password: string,
): Promise<boolean> {
  const stored = account?.sealedPassword
    ? sealer
        .of(account.tenantId)
        .open(staffContext(account.id, 'password'), account.sealedPassword)
        .toString()
    : null
  return passwordFits(stored, password)
}

/**
 * Asks a signed-in person for the password again, so that whoever sits down at an open browser cannot guess
 * it there.
 * @throws AppError VALIDATION_FAILED, TOO_MANY_REQUESTS
 */
export async function checkOwnPassword(
  tools: SignInTools,
  account: AccountWithTenant,
  password: string,
): Promise<void> {
  const lock = passwordLock(account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  if (!(await checkPassword(tools, account, password)))
    throw invalid([
      { field: 'currentPassword', message: '現在のパスワードが正しくありません。', code: 'wrong' },
    ])
  await tools.failures.forget(lock)
}

export async function noteSignedIn(
  tools: StaffTools,
  tx: Tx,
  account: Pick<AccountWithTenant, 'id' | 'tenantId'>,
  from: From,
): Promise<void> {
  await tx.staffAccount.update({
    where: { id: account.id },
    data: { lastSignInAt: new Date(tools.clock.now()) },
  })
  await audit(tx, tools, noteOf(actorOf(account, from.address), 'session.begun', account.id))
}

export async function noteRefusal(tools: StaffTools, account: AccountWithTenant, from: From): Promise<void> {
  const by = { ...actorOf(account, from.address), actor: 'nobody' }
  await audit(tools.db, tools, noteOf(by, 'session.refused', account.id))
}

/** The column's new value. */
export async function sealedPassword(
  { sealer, random, clock }: Pick<StaffTools, 'sealer' | 'random' | 'clock'>,
  { id, tenantId }: { id: string; tenantId: string | null },
  password: string,
) {
  const now = new Date(clock.now())
  return {
    sealedPassword: sealer
      .of(tenantId)
      .seal(staffContext(id, 'password'), await hashPassword(password, random)),
    passwordSetAt: now,
    updatedAt: now,
  }
}
