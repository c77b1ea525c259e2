import { createHash } from 'node:crypto'
import type * as webauthn from '@simplewebauthn/server'
import { z } from 'zod'
import type { Passkey, PasskeyPurpose } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import { type AccountWithTenant, emailOf, nameOf, type StaffTools } from './accounts.ts'
import { staffContext } from './secrets.ts'

/** Loaded by the first passkey: its parsers of certificates cost memory that most processes never need. */
const load = () => import('@simplewebauthn/server')

/** The name and origin that browsers bind passkeys to, or why this server offers none. */
export type Offer = { rpId: string; origin: string } | { why: keyof typeof NOT_OFFERED }

const NOT_OFFERED = {
  no_public_url: 'このサーバーの公開アドレスが設定されていないため、パスキーは使えません。',
  not_https: 'このサーバーの公開アドレスが https ではないため、パスキーは使えません。',
  no_host_name: 'このサーバーの公開アドレスがIPアドレスのため、パスキーは使えません。',
} as const

/** Browsers give passkeys to names alone, and over https; `localhost` counts as safe. */
export function passkeyOffer(publicUrl: string | null): Offer {
  if (publicUrl === null) return { why: 'no_public_url' }
  const { protocol, hostname, origin } = new URL(publicUrl)
  if (/^[\d.]+$|^\[/.test(hostname)) return { why: 'no_host_name' }
  if (protocol !== 'https:' && !/(^|\.)localhost$/.test(hostname)) return { why: 'not_https' }
  return { rpId: hostname, origin }
}

/** @throws AppError CONFLICT with the setting that is missing */
export function needOffer(publicUrl: string | null): { rpId: string; origin: string } {
  const offer = passkeyOffer(publicUrl)
  if (!('why' in offer)) return offer
  throw new AppError(
    'CONFLICT',
    `${NOT_OFFERED[offer.why]}運営者に、設定 PUBLIC_URL を確認するよう依頼してください。`,
    { details: { reason: offer.why } },
  )
}

/** As many as devices of one person: each one more is a way in that somebody has to look after. */
export const MOST_PASSKEYS = 10
export const CHALLENGE_MS = 5 * 60_000

/** A field that WebAuthn defines, as the browser's JSON has it. */
const bytes = (most: number, text: string) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+$/)
    .describe(`${text} (base64url)`)
const Transports = z.array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])).max(7)
const credentialFields = {
  id: bytes(1_400, 'Of the credential'),
  rawId: bytes(1_400, 'The same as `id`'),
  type: z.literal('public-key').describe('The only kind'),
  authenticatorAttachment: z.string().max(30).nullish().describe('Not used'),
  clientExtensionResults: z.record(z.string().max(60), z.unknown()).optional().describe('Not used'),
}
export const Registered = z
  .strictObject({
    ...credentialFields,
    response: z
      .strictObject({
        clientDataJSON: bytes(4_000, 'Challenge and origin, as the browser signed them'),
        attestationObject: bytes(8_000, 'The public key'),
        authenticatorData: z.string().max(8_000).optional().describe('Not used'),
        transports: z.array(z.string().max(30)).max(10).optional().describe('How the device is reached'),
        publicKeyAlgorithm: z.int().optional().describe('Not used'),
        publicKey: z.string().max(4_000).optional().describe('Not used'),
      })
      .meta({ id: 'PasskeyAttestation', description: 'AuthenticatorAttestationResponse' }),
  })
  .meta({
    id: 'RegisteredPasskey',
    description: 'Answer of navigator.credentials.create() as JSON (登録の結果)',
  })
export const Shown = z
  .strictObject({
    ...credentialFields,
    response: z
      .strictObject({
        clientDataJSON: bytes(4_000, 'Challenge and origin, as the browser signed them'),
        authenticatorData: bytes(4_000, 'What the device says of itself'),
        signature: bytes(2_000, 'Over both'),
        userHandle: bytes(100, 'Whose it is; needed to sign in alone').nullish(),
      })
      .meta({ id: 'PasskeyAssertion', description: 'AuthenticatorAssertionResponse' }),
  })
  .meta({ id: 'ShownPasskey', description: 'Answer of navigator.credentials.get() as JSON (認証の結果)' })

const Credential = z.object({ id: z.string(), publicKey: z.string(), transports: Transports })
type Credential = z.infer<typeof Credential>

type Holder = Pick<AccountWithTenant, 'id' | 'tenantId'>
type Sealing = Pick<StaffTools, 'sealer'>

/** Counts the passkeys of each of these people. */
export async function countPasskeys(
  db: StaffTools['db'],
  accounts: readonly { id: string }[],
): Promise<ReadonlyMap<string, number>> {
  const where = { accountId: { in: accounts.map(({ id }) => id) } }
  const counts = await db.passkey.groupBy({ by: ['accountId'], where, _count: true })
  return new Map(counts.map((one) => [one.accountId, one._count]))
}

/** Names the account too: a row that is given to another account opens nothing. */
export const passkeyContext = (accountId: string, id: string, column: 'credential' | 'name'): string =>
  `passkey:${accountId}:${id}:${column}`

const credentialOf = ({ sealer }: Sealing, { id, tenantId }: Holder, passkey: Passkey): Credential =>
  Credential.parse(
    sealer.of(tenantId).openJson(passkeyContext(id, passkey.id, 'credential'), passkey.sealedCredential),
  )

export const passkeyName = ({ sealer }: Sealing, { id, tenantId }: Holder, passkey: Passkey): string =>
  sealer
    .of(tenantId)
    .open(passkeyContext(id, passkey.id, 'name'), passkey.sealedName)
    .toString()

export const sealedPasskeyName = ({ sealer }: Sealing, holder: Holder, id: string, name: string) =>
  sealer.of(holder.tenantId).seal(passkeyContext(holder.id, id, 'name'), name)

const sha256 = (text: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(text).digest())

/** Hash of the present password's stored hash, which has its own salt; null without a password. */
export function passwordMark(
  { sealer }: Sealing,
  { id, tenantId, sealedPassword }: Pick<AccountWithTenant, 'id' | 'tenantId' | 'sealedPassword'>,
): Uint8Array<ArrayBuffer> | null {
  if (sealedPassword === null) return null
  return sha256(sealer.of(tenantId).open(staffContext(id, 'password'), sealedPassword))
}

/**
 * Whether it signs in without a password. After a new password it has to be shown beside that one first: of
 * whoever held the account for a while, a passkey that they left behind opens nothing.
 */
export function opensAlone(tools: Sealing, account: AccountWithTenant, passkey: Passkey): boolean {
  const hex = (mark: Uint8Array | null) => mark && Buffer.from(mark).toString('hex')
  return hex(passkey.passwordMark) === hex(passwordMark(tools, account))
}

type ChallengeTools = Pick<StaffTools, 'db' | 'clock' | 'random'>

/** Stores a challenge for one browser; each tab may have its own. */
async function newChallenge(
  { db, clock, random }: ChallengeTools,
  purpose: PasskeyPurpose,
  holder: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = Uint8Array.from(random.bytes(32))
  const expiresAt = new Date(clock.now() + CHALLENGE_MS)
  await db.passkeyChallenge.create({
    data: { hash: sha256(challenge), purpose, holder: sha256(holder), expiresAt },
  })
  return challenge
}

/**
 * Uses up the challenge that an answer names. Deleted before anything is verified, so that no answer is tried
 * twice. @returns null where this browser was given none for this purpose, or its time is over
 */
async function takeChallenge(
  { db, clock }: Pick<StaffTools, 'db' | 'clock'>,
  purpose: PasskeyPurpose,
  holder: string,
  clientDataJSON: string,
): Promise<string | null> {
  const challenge = challengeIn(clientDataJSON)
  if (challenge === null) return null
  const where = {
    hash: sha256(Buffer.from(challenge, 'base64url')),
    purpose,
    holder: sha256(holder),
    expiresAt: { gt: new Date(clock.now()) },
  }
  return (await db.passkeyChallenge.deleteMany({ where })).count === 1 ? challenge : null
}

function challengeIn(clientDataJSON: string): string | null {
  try {
    const { challenge } = factsOf(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()))
    return typeof challenge === 'string' && /^[\w-]{43}$/.test(challenge) ? challenge : null
  } catch {
    return null
  }
}

/** Options for `navigator.credentials.get()`. Before a password was shown they name no passkey. */
export async function beginShowing(
  tools: StaffTools,
  purpose: 'sign_in' | 'second_factor',
  holder: string,
  of: { account: AccountWithTenant; passkeys: readonly Passkey[] } | null = null,
) {
  const { rpId } = needOffer(tools.publicUrl)
  const challenge = await newChallenge(tools, purpose, holder)
  const { generateAuthenticationOptions } = await load()
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge,
    timeout: CHALLENGE_MS,
    userVerification: 'required',
    ...(of && {
      allowCredentials: of.passkeys.map((passkey) => {
        const { id, transports } = credentialOf(tools, of.account, passkey)
        return { id, transports }
      }),
    }),
  })
}

/** A passkey whose signature is good, with what its authenticator says of itself now. */
export interface ShownPasskey {
  passkey: Passkey
  signCount: bigint
  backedUp: boolean
}

/** Finds the passkey that an answer was signed with, whatever its signature is worth. */
export const findPasskey = (
  { db }: Pick<StaffTools, 'db'>,
  { id }: { id: string },
): Promise<Passkey | null> =>
  db.passkey.findUnique({ where: { credentialHash: sha256(Buffer.from(id, 'base64url')) } })

/**
 * Verifies an answer of a browser: challenge, origin, name, signature, presence and verification of the
 * person. @returns null where any of it is wrong
 */
export async function verifyShown(
  tools: StaffTools & { log: StaffTools['log'] },
  asked: { purpose: 'sign_in' | 'second_factor'; holder: string },
  account: AccountWithTenant,
  passkey: Passkey,
  shown: z.infer<typeof Shown>,
): Promise<ShownPasskey | null> {
  const { rpId, origin } = needOffer(tools.publicUrl)
  const { clientDataJSON, authenticatorData, signature } = shown.response
  const challenge = await takeChallenge(tools, asked.purpose, asked.holder, clientDataJSON)
  if (challenge === null) return null
  const { id, publicKey, transports } = credentialOf(tools, account, passkey)
  const { verifyAuthenticationResponse } = await load()
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: shown.id,
        rawId: shown.rawId,
        type: shown.type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      // The count is compared under the lock of the account (`countsOn`).
      credential: {
        id,
        publicKey: Uint8Array.from(Buffer.from(publicKey, 'base64url')),
        transports,
        counter: 0,
      },
    })
    if (!verified) return null
    const { newCounter, credentialBackedUp } = authenticationInfo
    return { passkey, signCount: BigInt(newCounter), backedUp: credentialBackedUp }
  } catch (err) {
    tools.log.info({ err, passkey: passkey.id }, 'the answer of a passkey was refused')
    return null
  }
}

/** Many never count. One that counts goes up with each answer: one that went back is a copy. */
export const countsOn = (shown: bigint, stored: bigint): boolean =>
  shown > stored || (shown === 0n && stored === 0n)

/** Notes a use, in the transaction of what it opens and under the lock of the account. */
export async function usePasskey(
  tools: StaffTools,
  tx: Tx,
  account: AccountWithTenant,
  { passkey, signCount, backedUp }: ShownPasskey,
): Promise<void> {
  await tx.passkey.update({
    where: { id: passkey.id },
    data: {
      signCount,
      backedUp,
      lastUsedAt: new Date(tools.clock.now()),
      passwordMark: passwordMark(tools, account),
    },
  })
}

/** Options for `navigator.credentials.create()`. */
export async function beginRegistering(
  tools: StaffTools,
  account: AccountWithTenant,
  holder: string,
): Promise<webauthn.PublicKeyCredentialCreationOptionsJSON> {
  const { db, random, sealer } = tools
  const { rpId } = needOffer(tools.publicUrl)
  const passkeys = await db.passkey.findMany({ where: { accountId: account.id } })
  if (passkeys.length >= MOST_PASSKEYS) throw tooMany()
  await db.staffAccount.updateMany({
    where: { id: account.id, passkeyHandle: null },
    data: { passkeyHandle: Uint8Array.from(random.bytes(32)) },
  })
  const { passkeyHandle } = await db.staffAccount.findUniqueOrThrow({ where: { id: account.id } })
  const challenge = await newChallenge(tools, 'registration', holder)
  const { generateRegistrationOptions } = await load()
  return generateRegistrationOptions({
    rpName: 'Torikomi',
    rpID: rpId,
    userName: emailOf(sealer, account) ?? '',
    userDisplayName: nameOf(sealer, account),
    ...(passkeyHandle && { userID: Uint8Array.from(passkeyHandle) }),
    challenge,
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: passkeys.map((one) => {
      const { id, transports } = credentialOf(tools, account, one)
      return { id, transports }
    }),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/** EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257]

/** @throws AppError VALIDATION_FAILED where the answer is not to a challenge of this browser, or not good */
export async function verifyRegistered(
  tools: StaffTools,
  holder: string,
  { response, ...registered }: z.infer<typeof Registered>,
): Promise<{ credential: Credential; signCount: bigint; backedUp: boolean }> {
  const { rpId, origin } = needOffer(tools.publicUrl)
  const challenge = await takeChallenge(tools, 'registration', holder, response.clientDataJSON)
  if (challenge === null) throw notRegistered()
  const { verifyRegistrationResponse } = await load()
  try {
    await needNoCertificate(response.attestationObject)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: registered.id,
        rawId: registered.rawId,
        type: registered.type,
        clientExtensionResults: {},
        response: { clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) throw new Error('not verified')
    const { credential, credentialBackedUp } = registrationInfo
    const { data: transports = [] } = Transports.safeParse(response.transports ?? [])
    return {
      credential: {
        id: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        transports,
      },
      signCount: BigInt(credential.counter),
      backedUp: credentialBackedUp,
    }
  } catch (err) {
    tools.log.info({ err }, 'a passkey was not registered')
    throw notRegistered()
  }
}

/** The library asks the network whether a certificate was revoked, at an address that the answer names. */
async function needNoCertificate(attestationObject: string): Promise<void> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  const statement = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, 'base64url')))
  if (!['none', 'packed'].includes(statement.get('fmt')) || statement.get('attStmt').get('x5c') !== undefined)
    throw new Error('an attestation was not asked for')
}

const notRegistered = () =>
  new AppError(
    'VALIDATION_FAILED',
    'パスキーを登録できませんでした。「パスキーを追加する」をもう一度押してください。',
  )

const tooMany = () =>
  new AppError(
    'CONFLICT',
    `パスキーは${MOST_PASSKEYS}個までです。使っていないものを削除してから追加してください。`,
    { details: { reason: 'too_many_passkeys' } },
  )

/** Inserts it under the lock of the account. @throws AppError CONFLICT */
export async function insertPasskey(
  tools: StaffTools,
  tx: Tx,
  account: AccountWithTenant,
  name: string,
  { credential, signCount, backedUp }: Awaited<ReturnType<typeof verifyRegistered>>,
): Promise<Passkey> {
  const { clock, newId, sealer } = tools
  if ((await tx.passkey.count({ where: { accountId: account.id } })) >= MOST_PASSKEYS) throw tooMany()
  const id = newId()
  const credentialHash = sha256(Buffer.from(credential.id, 'base64url'))
  const data = {
    id,
    accountId: account.id,
    credentialHash,
    sealedCredential: sealer
      .of(account.tenantId)
      .sealJson(passkeyContext(account.id, id, 'credential'), credential),
    sealedName: sealedPasskeyName(tools, account, id, name),
    signCount,
    backedUp,
    passwordMark: passwordMark(tools, account),
    createdAt: new Date(clock.now()),
  }
  // Another account may insert the same at this moment: `skipDuplicates` lets one of them through.
  const made = await tx.passkey.createMany({ data: [data], skipDuplicates: true })
  if (made.count === 0)
    throw new AppError('CONFLICT', 'このパスキーはすでに登録されています。', {
      details: { reason: 'passkey_taken' },
    })
  return tx.passkey.findUniqueOrThrow({ where: { id } })
}
