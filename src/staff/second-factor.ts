import { generateSecret, generateURI, verify } from 'otplib'
import { z } from 'zod'
import type { StaffAccount } from '../generated/prisma/client.ts'
import { ifOpens } from '../platform/crypto/sealer.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { type DoorFailures, LOCK_MS } from '../shops/tenants/door-failures.ts'
import { type AccountWithTenant, type StaffTools, WITH_TENANT } from './accounts.ts'
import { openDoor, type Seen } from './doors.ts'
import { secondFactorLock } from './locks.ts'
import { hashRecoveryCode, newRecoveryCodes, staffContext } from './secrets.ts'
import { deleteRecoveryCode } from './statements.ts'

/** A code of the step before or after: phones are seldom on time, and people take theirs to type. */
const TOLERANCE_SECONDS = 30

export const TotpCode = z
  .string()
  .trim()
  .regex(/^\d{6}$/, '6桁の数字を入力してください。')
  .describe('Six digits of the authenticator app (確認コード)')

export const RecoveryCodes = z
  .array(z.string())
  .describe('Shown this once: each signs in once without the phone (リカバリーコード)')

type Tools = StaffTools & { failures: DoorFailures }

export type ShownFactor = { code: string } | { recoveryCode: string }

const wrongCode = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    '確認コードが正しくありません。認証アプリに表示されている6桁の数字を入力してください。一度使ったコードは使えません。',
  )

export const lockedOut = (seconds: number) =>
  new AppError(
    'TOO_MANY_REQUESTS',
    `失敗が続いたため、ロックされています。約 ${Math.ceil(seconds / 60)} 分後に再度お試しください（ロックは ${LOCK_MS / 60_000} 分間です）。`,
    { details: { retryAfterSeconds: seconds } },
  )

/**
 * Opens a door by a code: the code is used up in the transaction of what it opens, so that neither happens
 * alone.
 * @throws AppError SIGN_IN_REFUSED, or TOO_MANY_REQUESTS once too many were wrong
 */
export async function openBySecondFactor<T>(
  tools: Tools,
  door: 'session_raised' | 'second_factor' | 'recovery_codes',
  seen: Seen,
  shown: ShownFactor,
  work: (tx: Tx, account: AccountWithTenant) => Promise<T>,
): Promise<T> {
  const lock = secondFactorLock(seen.account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  const opened = await openDoor(tools, door, seen, async (tx, account) => {
    const good =
      'code' in shown
        ? await useCode(tools, tx, account, shown.code)
        : await useRecoveryCode(tx, account.id, shown.recoveryCode)
    return good ? { value: await work(tx, account) } : null
  })
  if (opened === null) {
    const seconds = await tools.failures.lockedFor([lock])
    throw seconds === null ? wrongCode() : lockedOut(seconds)
  }
  await tools.failures.forget(lock)
  return opened.value
}

async function useCode(tools: Tools, tx: Tx, account: StaffAccount, code: string): Promise<boolean> {
  if (account.sealedTotp === null) return false
  const secret = tools.sealer
    .of(account.tenantId)
    .open(staffContext(account.id, 'totp'), account.sealedTotp)
    .toString()
  const step = await stepOf(tools, secret, code)
  return step !== null && burnStep(tx, account.id, step)
}

/** Finds the time step of a code; null where it belongs to none that counts now. */
async function stepOf({ clock }: Pick<Tools, 'clock'>, secret: string, code: string): Promise<bigint | null> {
  const epoch = Math.floor(clock.now() / 1000)
  const result = await verify({ token: code, secret, epoch, epochTolerance: TOLERANCE_SECONDS })
  return result.valid && 'timeStep' in result ? BigInt(result.timeStep) : null
}

/** Lets one of two requests with the same code through. */
async function burnStep(tx: Tx, accountId: string, step: bigint): Promise<boolean> {
  const burnt = await tx.staffAccount.updateMany({
    where: { id: accountId, OR: [{ totpStep: null }, { totpStep: { lt: step } }] },
    data: { totpStep: step },
  })
  return burnt.count === 1
}

async function useRecoveryCode(tx: Tx, accountId: string, code: string): Promise<boolean> {
  const hash = hashRecoveryCode(accountId, code)
  return (await tx.$executeRaw(deleteRecoveryCode(accountId, hash))) === 1
}

/** A set-up that was begun: good for a while, and in the browser that began it. */
const Pending = z.object({ secret: z.string(), sessionId: z.string(), until: z.number() })
const SETUP_MS = 10 * 60_000

/** A new secret, which counts once a code of it was shown. */
export async function beginSetup(
  { sealer, clock }: Tools,
  tx: Tx,
  account: StaffAccount,
  { email, sessionId }: { email: string; sessionId: string },
): Promise<{ secret: string; otpauthUrl: string }> {
  const secret = generateSecret()
  const pending = { secret, sessionId, until: clock.now() + SETUP_MS }
  await tx.staffAccount.update({
    where: { id: account.id },
    data: {
      sealedPendingTotp: sealer
        .of(account.tenantId)
        .sealJson(staffContext(account.id, 'pending-totp'), pending),
    },
  })
  return { secret, otpauthUrl: generateURI({ issuer: 'Torikomi', label: email, secret }) }
}

/**
 * @param work what is done with it, in the same transaction
 * @throws AppError CONFLICT without a setup that this session began; SIGN_IN_REFUSED, TOO_MANY_REQUESTS for
 * wrong codes
 */
export async function confirmSetup<T>(
  tools: Tools,
  seen: Seen & Required<Pick<Seen, 'session'>>,
  code: string,
  work: (tx: Tx, account: AccountWithTenant, recoveryCodes: string[]) => Promise<T>,
): Promise<T> {
  const lock = secondFactorLock(seen.account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  const done = await openDoor(tools, 'second_factor', seen, async (tx, account) => {
    const secret = pendingSecret(tools, account, seen.session.id)
    // No setup is no wrong code.
    if (secret === null) return 'none'
    const step = await stepOf(tools, secret, code)
    if (step === null) return null
    const { sealer, random, clock } = tools
    const recoveryCodes = newRecoveryCodes(random)
    const data = {
      sealedTotp: sealer.of(account.tenantId).seal(staffContext(account.id, 'totp'), secret),
      sealedPendingTotp: null,
      totpStep: step,
      recoveryCodes: recoveryCodes.map((text) => hashRecoveryCode(account.id, text)),
      updatedAt: new Date(clock.now()),
    }
    const now = await tx.staffAccount.update({ where: { id: account.id }, data, include: WITH_TENANT })
    return { value: await work(tx, now, recoveryCodes) }
  })
  if (done === null) throw wrongCode()
  await tools.failures.forget(lock)
  if (done !== 'none') return done.value
  throw new AppError(
    'CONFLICT',
    `二段階認証の設定が始まっていないか、${SETUP_MS / 60_000} 分を過ぎました。最初から設定してください。`,
  )
}

/** The secret of a setup that this session began; null without one, or when its time is over. */
function pendingSecret({ sealer, clock }: Tools, account: StaffAccount, sessionId: string): string | null {
  const sealed = account.sealedPendingTotp
  const pending = Pending.safeParse(
    sealed &&
      ifOpens(() => sealer.of(account.tenantId).openJson(staffContext(account.id, 'pending-totp'), sealed)),
  ).data
  return pending?.sessionId === sessionId && pending.until > clock.now() ? pending.secret : null
}

/** The ones before are worth nothing any more. */
export async function renewRecoveryCodes({ random }: Tools, tx: Tx, accountId: string): Promise<string[]> {
  const recoveryCodes = newRecoveryCodes(random)
  await tx.staffAccount.update({
    where: { id: accountId },
    data: { recoveryCodes: recoveryCodes.map((text) => hashRecoveryCode(accountId, text)) },
  })
  return recoveryCodes
}
