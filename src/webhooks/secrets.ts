import type { RowSealer } from '../platform/crypto/sealer.ts'

const addressContext = (webhookId: string): string => `webhook:${webhookId}:url`

/** Returns the part of an address that lists show: its path and query often carry the receiver's secret. */
export function shownUrlOf(url: string): string {
  const { origin, pathname, search, hash } = new URL(url)
  return pathname + search + hash === '/' ? `${origin}/` : `${origin}/…`
}

export const sealedAddress = (sealer: RowSealer, id: string, url: string) => ({
  url: '',
  sealedUrl: sealer.seal(addressContext(id), url),
  shownUrl: shownUrlOf(url),
})

/**
 * One in clear was written by a process of the release before, later than the sealed one beside it. @throws
 * SealError
 */
export const addressOf = (
  sealer: RowSealer,
  { id, url, sealedUrl }: { id: string; url: string; sealedUrl: Uint8Array | null },
): string => (sealedUrl === null || url !== '' ? url : sealer.open(addressContext(id), sealedUrl).toString())

/** Bound to the row, not to the column: a rotation moves what is sealed from one column to the other. */
export const secretContext = (webhookId: string): string => `webhook:${webhookId}:secret`

export interface SealedSecrets {
  sealedSecret: Uint8Array
  sealedOldSecret: Uint8Array | null
  oldSecretUntil: Date | null
}

/** The ones that sign now, the new one first. */
export function signingSecrets(sealer: RowSealer, id: string, row: SealedSecrets, now: number): string[] {
  const open = (sealed: Uint8Array) => sealer.open(secretContext(id), sealed).toString('utf8')
  const old = row.sealedOldSecret !== null && (row.oldSecretUntil?.getTime() ?? 0) > now
  return [open(row.sealedSecret), ...(old && row.sealedOldSecret ? [open(row.sealedOldSecret)] : [])]
}
