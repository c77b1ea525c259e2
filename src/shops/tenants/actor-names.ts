import type { Sealer } from '../../platform/crypto/sealer.ts'

/** What the name of a staff account is sealed for; timelines open it, too. */
export const staffNameContext = (accountId: string): string => `staff:${accountId}:name`

const STAFF = /^staff:([0-9a-f-]{36})$/

/** The account that an actor names, or null. */
const staffIdOf = (actor: string): string | null => STAFF.exec(actor)?.[1] ?? null

/** A person's name, from the row that was joined to the actor. */
export function staffName(
  sealer: Pick<Sealer, 'open'>,
  actor: string,
  sealedName: Uint8Array | null,
): string | null {
  const id = staffIdOf(actor)
  if (id === null) return null
  return sealedName === null ? '削除された担当者' : sealer.open(staffNameContext(id), sealedName).toString()
}
