import { createPublicKey } from 'node:crypto'

/** The public key a store pastes from Store Creator Pro (設定 > 暗号鍵管理). */

const BEGIN = '-----BEGIN PUBLIC KEY-----'
const END = '-----END PUBLIC KEY-----'

/**
 * Brings a pasted key into PEM form: blanks of every width, missing or doubled line ends and missing BEGIN/END lines are
 * mended, full-width letters narrowed. Null when what is left is not Base64 of a DER structure, or is another kind of PEM.
 */
export function cleanPem(pasted: string): string | null {
  const narrow = pasted.normalize('NFKC').replaceAll('\\n', '\n').replaceAll('\\r', '')
  const label = /BEGIN([A-Z0-9 ]*?)KEY/i.exec(narrow)
  if (label && label[1]?.replace(/\s/g, '').toUpperCase() !== 'PUBLIC') return null
  const body = narrow
    .replace(/[-‐‑–—−ー]*\s*(BEGIN|END)\s*PUBLIC\s*KEY\s*[-‐‑–—−ー]*/gi, '')
    .replace(/[\s\u200b\ufeff]/g, '')
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(body)) return null
  const lines = body.match(/.{1,64}/g) ?? []
  return [BEGIN, ...lines, END, ''].join('\n')
}

/** Bits of an RSA public key in PEM; null when the PEM holds no RSA public key. */
export function rsaKeyBits(pem: string): number | null {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? null) : null
  } catch {
    return null
  }
}

/** A private key or certificate pasted where the public key belongs: worth its own words, because it must not be stored. */
export const looksPrivate = (pasted: string): boolean => /PRIVATE\s*KEY/i.test(pasted.normalize('NFKC'))
