import type { FastifyReply, FastifyRequest } from 'fastify'
import { cookieName, isSecure, type OpenSession, sessionSecret } from '../../http/auth.ts'
import type { Random } from '../../platform/random.ts'
import { CONSENT_LIFE_MS, hashState } from './secrets.ts'

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
    ...{ httpOnly: true, sameSite: 'lax', path: '/', maxAge: CONSENT_LIFE_MS / 1000 },
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
export const MOST_CODES = 5

/** Eight digits are enough for five tries within ten minutes. */
export const newCode = (random: Pick<Random, 'float'>): string =>
  String(Math.floor(random.float() * 10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')

/** With the state, which is not stored: a hash of the code alone could be guessed. */
export const hashCode = (state: string, code: string): Uint8Array<ArrayBuffer> =>
  hashState(`${state} ${code}`)

/** People type blanks and hyphens, and full-width digits. */
const digitsOf = (typed: string): string =>
  typed
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[^0-9]/g, '')

/**
 * Decides whether this visitor may end a consent that a program began.
 * @param count counts one more code that was typed; false when there were too many
 */
export async function mayEnd(
  { codeHash, tenantId }: { codeHash: Uint8Array | null; tenantId: string },
  { ownerOf, typed }: Visitor,
  state: string,
  count: () => Promise<boolean>,
): Promise<'yes' | 'ask' | 'wrong' | 'too_often'> {
  if (ownerOf === tenantId) return 'yes'
  if (typed === null || typed === '') return 'ask'
  if (!(await count())) return 'too_often'
  const right = codeHash !== null && Buffer.from(codeHash).equals(hashCode(state, digitsOf(typed)))
  return right ? 'yes' : 'wrong'
}

/** True when this browser began the consent, or a program did. */
export const isBrowserOf = (browserHash: Uint8Array | null, browser: string | null): boolean =>
  browserHash === null || Buffer.from(browserHash).equals(hashState(browser ?? ''))
