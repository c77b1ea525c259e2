import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { cookieName, isSecure, type OpenSession, sessionSecret } from '../../http/auth.ts'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Random } from '../../platform/random.ts'
import type { BadState, ConsentEnding } from './page.ts'

/**
 * Who may end a consent. Somebody who was lured into the mall's or provider's page by another would give
 * their consent to that one's account: so one that a signed-in browser began ends in that browser alone, and
 * one that a program began ends where an owner of its tenant is signed in, or where the code is typed that
 * the program was given.
 */

const COOKIE = 'torikomi_consent'

/** Null where a program begins it: whose browser will end it is not known. */
export function keepBrowser(
  { random }: { random: Random },
  request: FastifyRequest,
  reply: FastifyReply,
): string | null {
  const { auth } = request
  if (auth.kind !== 'client' || auth.apiKeyId !== undefined) return null
  const given = request.cookies[cookieName(request, COOKIE)] ?? ''
  // Two consents side by side go through the same browser.
  const browser = /^[\w-]{43}$/.test(given) ? given : Buffer.from(random.bytes(32)).toString('base64url')
  reply.setCookie(cookieName(request, COOKIE), browser, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    maxAge: CONSENT_LIFE_MS / 1000,
    secure: isSecure(request),
  })
  return browser
}

/** Who comes back from a mall or provider. */
export interface Visitor {
  /** Cookie that the browser has kept since it began a consent. */
  browser: string | null
  /** Tenant whose owner is signed in there. */
  ownerOf: string | null
  /** The code that was typed. */
  typed: string | null
}

export const NOBODY: Visitor = { browser: null, ownerOf: null, typed: null }

export async function visitorOf(
  request: FastifyRequest,
  openSession: OpenSession,
  typed: string | undefined,
): Promise<Visitor> {
  const secret = sessionSecret(request)
  // An ended session is as good as none: there is the code.
  const session = secret === null ? null : await openSession(secret).catch(() => null)
  const auth = session?.state === 'signed_in' ? session.auth : null
  const ownerOf = auth?.kind === 'client' && auth.role === 'owner' ? auth.tenantId : null
  return { browser: request.cookies[cookieName(request, COOKIE)] ?? null, ownerOf, typed: typed ?? null }
}

const CODE_DIGITS = 8
const MOST_CODES = 5
const KEPT_MS = 24 * 60 * 60 * 1000

/** With the state, which is not stored: a hash of the code alone could be guessed. */
const hashCode = (state: string, code: string): Uint8Array<ArrayBuffer> => hashState(`${state} ${code}`)

/** People type blanks and hyphens, and full-width digits. */
const digitsOf = (typed: string): string =>
  typed
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[^0-9]/g, '')

/**
 * Creates the parts that consents of shops and of mailboxes begin with: the proof, the columns that their
 * rows share, and the code where a program begins it. Eight digits are enough for five tries within ten
 * minutes.
 */
export function newConsent(
  tools: { random: Random; clock: Clock; newId: NewId },
  requestedBy: string,
  browser: string | null,
) {
  const proof = newConsentProof(tools.random)
  const now = tools.clock.now()
  const digits = () => String(Math.floor(tools.random.float() * 10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')
  const code = browser === null ? digits() : null
  const row = {
    id: tools.newId(),
    stateHash: proof.stateHash,
    requestedBy,
    browserHash: browser === null ? null : hashState(browser),
    codeHash: code === null ? null : hashCode(proof.state, code),
    createdAt: new Date(now),
    expiresAt: new Date(now + CONSENT_LIFE_MS),
  }
  return { proof, code, row, old: { createdAt: { lt: new Date(now - KEPT_MS) } } }
}

/** The table of a kind of consent, as far as both kinds are ended alike. */
interface ConsentTable {
  updateMany(args: {
    where: { id: string; usedAt?: null; codeTries?: { lt: number } }
    data: { codeTries?: { increment: number }; usedAt?: Date; sealedSecrets?: null; outcome?: string }
  }): PromiseLike<{ count: number }>
  findUnique(args: { where: { id: string } }): PromiseLike<{ usedAt: Date | null } | null>
}

interface ConsentRow {
  id: string
  browserHash: Uint8Array | null
  codeHash: Uint8Array | null
  usedAt: Date | null
  expiresAt: Date
}

interface ConsentOwner {
  tenantId: string
  tenant: { name: string; status: string }
  shopName: string
  mallLabel: string
}

/**
 * Claims a consent for the visitor who comes back with its state.
 * @param answered whether an answer came with the redirect; without one the person may still go back
 * @returns null when it is theirs now, otherwise the ending that keeps them from it
 */
export async function claimConsent(
  table: ConsentTable,
  row: ConsentRow,
  { tenantId, tenant, ...names }: ConsentOwner,
  { state, visitor, now, answered }: { state: string; visitor: Visitor; now: Date; answered: boolean },
): Promise<ConsentEnding | null> {
  const bad = (reason: BadState) => ({ kind: 'bad_state', reason }) as const
  const { id, browserHash } = row
  if (browserHash !== null && !Buffer.from(browserHash).equals(hashState(visitor.browser ?? '')))
    return bad('unknown')
  if (row.usedAt) return bad('used')
  if (row.expiresAt <= now) return bad('expired')
  if (!answered) return { kind: 'no_answer' }
  if (browserHash === null && visitor.ownerOf !== tenantId) {
    const { typed } = visitor
    const needsCode = { kind: 'needs_code', tenantName: tenant.name, ...names } as const
    if (typed === null || typed === '') return { ...needsCode, wrong: false }
    const where = { id, usedAt: null, codeTries: { lt: MOST_CODES } }
    const counted = await table.updateMany({ where, data: { codeTries: { increment: 1 } } })
    if (counted.count === 0) {
      const after = await table.findUnique({ where: { id } })
      return bad(after?.usedAt ? 'used' : 'too_often')
    }
    const { codeHash } = row
    if (codeHash === null || !Buffer.from(codeHash).equals(hashCode(state, digitsOf(typed))))
      return { ...needsCode, wrong: true }
  }
  const mine = await table.updateMany({ where: { id, usedAt: null }, data: { usedAt: now } })
  if (mine.count === 0) return bad('used')
  return tenant.status === 'active' ? null : { kind: 'suspended' }
}

/** Stores the outcome without the secrets. @returns it, for the audit entry */
export async function closeConsent(table: ConsentTable, id: string, ending: ConsentEnding): Promise<string> {
  const outcome = ending.kind === 'failed' ? ending.code : ending.kind
  await table.updateMany({ where: { id }, data: { sealedSecrets: null, outcome } })
  return outcome
}

/** Time limit for logging in at the mall and consenting. */
const CONSENT_LIFE_MS = 10 * 60 * 1000

/** Ties the mall's answer to the request. The state passes the browser; the verifier never leaves here. */
interface ConsentProof {
  state: string
  stateHash: Uint8Array<ArrayBuffer>
  verifier: string
  /** PKCE S256 (RFC 7636). */
  codeChallenge: string
  nonce: string
}

function newConsentProof(random: Random): ConsentProof {
  const text = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('base64url')
  const state = text(32)
  const verifier = text(32)
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
  return { state, stateHash: hashState(state), verifier, codeChallenge, nonce: text(16) }
}

export const hashState = (state: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(state).digest())

/** Sealed beside the request until it is used. */
export const ConsentSecrets = z.object({
  verifier: z.string(),
  nonce: z.string(),
  /** Credential fields that were given with the request, cleaned. */
  given: z.record(z.string(), z.unknown()),
})

export const consentContext = (id: string) => `consent:${id}:secrets`
