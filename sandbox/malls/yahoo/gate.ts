import { constants, createPrivateKey, generateKeyPair, type KeyObject, privateDecrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../../../src/platform/clock.ts'
import { createBuckets } from '../../kit/calls.ts'
import type { SandboxAnswer, SandboxRequest } from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import { errorAnswer } from './answers.ts'
import { forbidden, px, tokenError } from './faults.ts'
import type { YahooSettings } from './settings.ts'
import type { AccessToken, Consents } from './yconnect.ts'

/** What every call of the order API passes before it reaches its operation. */
export interface Gate {
  /** Null: may pass. `keyStatus` is X-SWS-Authorize-Status, null where the check was not reached. */
  check(
    request: SandboxRequest,
    sellerId: string | undefined,
  ): { refused: SandboxAnswer | null; keyStatus: string | null }
}

export interface GateOptions {
  clock: Clock
  /** The machine's time. */
  realClock: Clock
  settings: YahooSettings
  consents: Consents
  keys: ReadonlyMap<string, StoreKey>
}

const SESSION_MS = 12 * 60 * 60 * 1000

export function createGate(options: GateOptions): Gate {
  const { clock, realClock, settings, consents, keys } = options
  const overLimit = createRateLimit(settings, realClock, clock)

  function checkKey(request: SandboxRequest, sellerId: string): string {
    const key = keys.get(sellerId)
    if (!key) return 'invalid-sellerid'
    return checkSignature({
      key,
      sellerId,
      signature: headerOf(request, 'x-sws-signature'),
      version: headerOf(request, 'x-sws-signature-version'),
      settings,
      times: [clock.now(), realClock.now()],
    })
  }

  return {
    check(request, sellerId) {
      const refuse = (refused: SandboxAnswer, keyStatus: string | null = null) => ({ refused, keyStatus })
      const token = bearer(request, consents)
      if (token === 'absent')
        return refuse(errorAnswer({ status: 401, message: 'Service Requires Authentication' }))
      if (token === 'unknown') return refuse(tokenError('invalid token format'))
      if (token.expiresAt <= clock.now()) return refuse(tokenError('expired token'))
      const limited = overLimit()
      if (limited) return refuse(limited)
      if (!isRegistered(request, settings)) return refuse(px('px-04306'))
      if (token.consent.revoked) return refuse(px('px-04307'))
      if (!sellerId) return refuse(px('px-04001'))
      if (!token.consent.sellers.includes(sellerId)) return refuse(px('px-14304'))
      const keyStatus = checkKey(request, sellerId)
      const old = clock.now() >= token.consent.consentedAt + SESSION_MS
      return { refused: old && keyStatus !== 'authorized' ? px('px-04102') : null, keyStatus }
    },
  }
}

function bearer(request: SandboxRequest, consents: Consents): AccessToken | 'absent' | 'unknown' {
  const match = /^Bearer (.+)$/.exec(headerOf(request, 'authorization') ?? '')
  return match?.[1] ? (consents.accessToken(match[1]) ?? 'unknown') : 'absent'
}

/** All calls come from this machine; a test plays another address by the header that a proxy would add. */
function isRegistered(request: SandboxRequest, { allowedIps }: YahooSettings): boolean {
  return allowedIps === null || allowedIps.includes(headerOf(request, 'x-forwarded-for') ?? '127.0.0.1')
}

function headerOf(request: SandboxRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A store's key pair of 暗号鍵管理: the store gets the public half, Yahoo! keeps the other. */
export interface StoreKey {
  publicPem: string
  privateKey: KeyObject
}

export async function createStoreKeys(
  codes: readonly string[],
  keep: Keep = keepNothing,
): Promise<ReadonlyMap<string, StoreKey>> {
  const kept = keep('store keys', () => new Map<string, { publicPem: string; privatePem: string }>())
  const keyOf = async (code: string): Promise<[string, StoreKey]> => {
    const pems = kept.get(code) ?? (await createPems())
    kept.set(code, pems)
    return [code, { publicPem: pems.publicPem, privateKey: createPrivateKey(pems.privatePem) }]
  }
  return new Map(await Promise.all(codes.map(keyOf)))
}

async function createPems(): Promise<{ publicPem: string; privatePem: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { publicPem: publicKey, privatePem: privateKey }
}

interface SignatureCheck {
  key: StoreKey
  sellerId: string
  signature: string | undefined
  version: string | undefined
  settings: YahooSettings
  /** The sandbox's time and the machine's, milliseconds: moving the sandbox's clock moves no caller's. */
  times: readonly number[]
}

/** The value of X-SWS-Authorize-Status. */
function checkSignature({ key, sellerId, signature, version, settings, times }: SignatureCheck): string {
  if (!signature && !version) return 'none'
  if (!version || !/^\d+$/.test(version)) return 'invalid-key-version'
  if (version !== settings.keyVersion) return 'not-found-key-version'
  if (settings.keyExpired) return 'expired-key-version'
  const text = decrypt(key.privateKey, signature ?? '')
  const match = text === null ? null : /^(.*):([^:]*)$/.exec(text)
  if (!match) return 'invalid-authorize-value'
  if (match[1] !== sellerId) return 'invalid-sellerid'
  const seconds = match[2] ?? ''
  if (!/^\d{1,12}$/.test(seconds)) return 'invalid-timestamp'
  const tolerance = settings.timestampToleranceSeconds * 1000
  const near = times.some((time) => Math.abs(time - Number(seconds) * 1000) <= tolerance)
  return near ? 'authorized' : 'expired-timestamp'
}

/**
 * Undoes PKCS#1 v1.5 by hand: Node.js since February 2024 may refuse that padding in privateDecrypt
 * (CVE-2023-46809), and a newer OpenSSL answers wrong padding with random bytes. Null when the block is none.
 */
export function decrypt(privateKey: KeyObject, base64: string): string | null {
  const encrypted = Buffer.from(base64, 'base64')
  const size = (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  if (encrypted.length !== size) return null
  let block: Buffer
  try {
    block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted)
  } catch {
    return null
  }
  const end = block.indexOf(0, 2)
  // 00 02, at least eight bytes of padding, 00, the text.
  return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1).toString('utf8') : null
}

/** Some calls in a row are no heavy access; only what goes on above the rate is. */
const TOLERATED_SECONDS = 3
const DAY_MS = 24 * 60 * 60 * 1000
const JST_OFFSET_MS = 9 * 60 * 60 * 1000

/**
 * One query a second and 50,000 a day, by client id; the simulator has one client. The rate counts real time,
 * as a held sandbox clock would never refill it; the day is the sandbox's.
 */
function createRateLimit(settings: YahooSettings, realClock: Clock, clock: Clock) {
  const buckets = createBuckets()
  let blockedUntil = 0
  let day = 0
  let today = 0

  /** The answer to a call above the limits; null when it may pass. */
  return (): SandboxAnswer | null => {
    const currentDay = Math.floor((clock.now() + JST_OFFSET_MS) / DAY_MS)
    if (currentDay !== day) [day, today] = [currentDay, 0]
    if (today >= settings.dailyCap) return forbidden()
    if (realClock.now() < blockedUntil) return forbidden(settings.blockStatus)
    const { requestsPerSecond: perSecond } = settings
    const burst = Math.max(1, perSecond) * TOLERATED_SECONDS
    if (!buckets.take('client', { perSecond, burst }, realClock.now())) {
      blockedUntil = realClock.now() + settings.blockSeconds * 1000
      return forbidden(settings.blockStatus)
    }
    today += 1
    return null
  }
}
