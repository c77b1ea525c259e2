import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Random } from '../../platform/random.ts'
import { CONSENT_LIFE_MS, hashState } from './secrets.ts'

/**
 * A consent that a signed-in browser began ends in that browser alone: somebody who was lured into the mall's or provider's page by another
 * would give their consent to that one's account.
 */

const COOKIE = 'torikomi_consent'

/** Null where a program begins it: whose browser will end it is not known. */
export function keepBrowser(
  { random, publicUrl }: { random: Random; publicUrl: string | null },
  request: FastifyRequest,
  reply: FastifyReply,
): string | null {
  const { auth } = request
  if (auth.kind !== 'client' || auth.apiKeyId !== undefined) return null
  const given = request.cookies[COOKIE] ?? ''
  // Two consents side by side go through the same browser.
  const browser = /^[\w-]{43}$/.test(given) ? given : Buffer.from(random.bytes(32)).toString('base64url')
  reply.setCookie(COOKIE, browser, {
    ...{ httpOnly: true, sameSite: 'lax', path: '/', maxAge: CONSENT_LIFE_MS / 1000 },
    secure: request.protocol === 'https' || publicUrl?.startsWith('https:') === true,
  })
  return browser
}

export const keptBrowser = (request: FastifyRequest): string | null => request.cookies[COOKIE] ?? null

/** Whether the consent, by what its row holds of the browser that began it, may end in this one. */
export const isBrowserOf = (browserHash: Uint8Array | null, browser: string | null): boolean =>
  browserHash === null || Buffer.from(browserHash).equals(hashState(browser ?? ''))
