import type { Sealer } from '../../platform/crypto/sealer.ts'

/** What the name of a staff account is sealed for; timelines open it, too. */
export const staffNameContext = (accountId: string): string => `staff:${accountId}:name`

const STAFF = /^staff:([0-9a-f-]{36})$/

/** The account that an actor names, or null. */
const staffIdOf = (actor: string): string | null => STAFF.exec(actor)?.[1] ?? null

/**
 * A person's name, from the row of the tenant's account that was joined to the actor. Deleted accounts stay as rows: who is not among
 * them is one of the operator's people, whose name is no tenant's matter.
 */
export function staffName(
  sealer: Pick<Sealer, 'open'>,
  actor: string,
  sealedName: Uint8Array | null,
): string | null {
  const id = staffIdOf(actor)
  if (id === null) return null
  return sealedName === null ? '運営者' : sealer.open(staffNameContext(id), sealedName).toString()
}
