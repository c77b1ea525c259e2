import { constants, createPrivateKey, generateKeyPair, type KeyObject, privateDecrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type { YahooSettings } from './settings.ts'

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

export interface SignatureCheck {
  key: StoreKey
  sellerId: string
  signature: string | undefined
  version: string | undefined
  settings: YahooSettings
  /** The sandbox's time and the machine's, milliseconds: moving the sandbox's clock moves no caller's. */
  times: readonly number[]
}

/** The value of X-SWS-Authorize-Status. */
export function checkSignature({
  key,
  sellerId,
  signature,
  version,
  settings,
  times,
}: SignatureCheck): string {
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
