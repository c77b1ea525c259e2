import type { Sealer } from '../platform/crypto/sealer.ts'

/** Bound to the row, not to the column: a rotation moves what is sealed from one column to the other. */
export const secretContext = (webhookId: string): string => `webhook:${webhookId}:secret`

export interface SealedSecrets {
  sealedSecret: Uint8Array
  sealedOldSecret: Uint8Array | null
  oldSecretUntil: Date | null
}

/** The ones that sign now, the new one first. */
export function signingSecrets(sealer: Sealer, id: string, row: SealedSecrets, now: number): string[] {
  const open = (sealed: Uint8Array) => sealer.open(secretContext(id), sealed).toString('utf8')
  const old = row.sealedOldSecret !== null && (row.oldSecretUntil?.getTime() ?? 0) > now
  return [open(row.sealedSecret), ...(old && row.sealedOldSecret ? [open(row.sealedOldSecret)] : [])]
}
