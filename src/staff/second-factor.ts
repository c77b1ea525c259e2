import { generateSecret, generateURI, verify } from 'otplib'
import { z } from 'zod'
import type { StaffAccount } from '../generated/prisma/client.ts'
import { ifOpens } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { type DoorFailures, LOCK_MS } from '../shops/tenants/door-failures.ts'
import type { StaffTools } from './accounts.ts'
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

/** @throws AppError SIGN_IN_REFUSED, or TOO_MANY_REQUESTS once too many were wrong */
export async function checkSecondFactor(
  tools: Tools,
  account: StaffAccount,
  shown: ShownFactor,
): Promise<void> {
  const lock = secondFactorLock(account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  const good =
    'code' in shown
      ? await useCode(tools, account, shown.code)
      : await useRecoveryCode(tools, account.id, shown.recoveryCode)
  if (good) return tools.failures.forget(lock)
  const seconds = await tools.failures.lockedFor([lock])
  throw seconds === null ? wrongCode() : lockedOut(seconds)
}

async function useCode(tools: Tools, account: StaffAccount, code: string): Promise<boolean> {
  if (account.sealedTotp === null) return false
  const secret = tools.sealer
    .of(account.tenantId)
    .open(staffContext(account.id, 'totp'), account.sealedTotp)
    .toString()
  const step = await stepOf(tools, secret, code)
  return step !== null && burnStep(tools, account.id, step)
}

/** Finds the time step of a code; null where it belongs to none that counts now. */
async function stepOf({ clock }: Tools, secret: string, code: string): Promise<bigint | null> {
  const epoch = Math.floor(clock.now() / 1000)
  const result = await verify({ token: code, secret, epoch, epochTolerance: TOLERANCE_SECONDS })
  return result.valid && 'timeStep' in result ? BigInt(result.timeStep) : null
}

/** Of two requests with the same code one gets through. */
async function burnStep({ db }: Tools, accountId: string, step: bigint): Promise<boolean> {
  const burnt = await db.staffAccount.updateMany({
    where: { id: accountId, OR: [{ totpStep: null }, { totpStep: { lt: step } }] },
    data: { totpStep: step },
  })
  return burnt.count === 1
}

async function useRecoveryCode({ db }: Tools, accountId: string, code: string): Promise<boolean> {
  const hash = hashRecoveryCode(accountId, code)
  return (await db.$executeRaw(deleteRecoveryCode(accountId, hash))) === 1
}

/** A set-up that was begun: good for a while, and in the browser that began it. */
const Pending = z.object({ secret: z.string(), sessionId: z.string(), until: z.number() })
const SETUP_MS = 10 * 60_000

/** A new secret, which counts once a code of it was shown. */
export async function beginSetup(
  { db, sealer, clock }: Tools,
  account: StaffAccount,
  { email, sessionId }: { email: string; sessionId: string },
): Promise<{ secret: string; otpauthUrl: string }> {
  const secret = generateSecret()
  const pending = { secret, sessionId, until: clock.now() + SETUP_MS }
  await db.staffAccount.update({
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
 * @throws AppError CONFLICT without a setup that this session began; SIGN_IN_REFUSED, TOO_MANY_REQUESTS for
 * wrong codes
 */
export async function confirmSetup(
  tools: Tools,
  account: StaffAccount,
  { code, sessionId }: { code: string; sessionId: string },
): Promise<string[]> {
  const { db, sealer, random, clock } = tools
  const sealed = account.sealedPendingTotp
  const pending = Pending.safeParse(
    sealed &&
      ifOpens(() => sealer.of(account.tenantId).openJson(staffContext(account.id, 'pending-totp'), sealed)),
  ).data
  if (pending?.sessionId !== sessionId || pending.until <= clock.now())
    throw new AppError(
      'CONFLICT',
      `二段階認証の設定が始まっていないか、${SETUP_MS / 60_000} 分を過ぎました。最初から設定してください。`,
    )
  const { secret } = pending
  const lock = secondFactorLock(account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  const step = await stepOf(tools, secret, code)
  if (step === null) throw wrongCode()
  await tools.failures.forget(lock)
  const recoveryCodes = newRecoveryCodes(random)
  await db.staffAccount.update({
    where: { id: account.id },
    data: {
      sealedTotp: sealer.of(account.tenantId).seal(staffContext(account.id, 'totp'), secret),
      sealedPendingTotp: null,
      totpStep: step,
      recoveryCodes: recoveryCodes.map((text) => hashRecoveryCode(account.id, text)),
      updatedAt: new Date(clock.now()),
    },
  })
  return recoveryCodes
}

/** The ones before are worth nothing any more. */
export async function renewRecoveryCodes({ db, random }: Tools, accountId: string): Promise<string[]> {
  const recoveryCodes = newRecoveryCodes(random)
  await db.staffAccount.update({
    where: { id: accountId },
    data: { recoveryCodes: recoveryCodes.map((text) => hashRecoveryCode(accountId, text)) },
  })
  return recoveryCodes
}
