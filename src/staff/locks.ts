import type { Sealer } from '../platform/crypto/sealer.ts'
import { emailHash } from './secrets.ts'

/** What wrong passwords and codes are counted by, and how many lock it; an address may be mistyped now and then. */

/** Whether the address has an account or not. */
export const emailLock = (sealer: Pick<Sealer, 'fingerprints'>, email: string) => ({
  name: `email:${Buffer.from(emailHash(sealer, email)).toString('hex')}`,
  most: 10,
})

export const secondFactorLock = (accountId: string) => ({ name: `second-factor:${accountId}`, most: 5 })

/** The own password, asked for again in an open session. */
export const passwordLock = (accountId: string) => ({ name: `password:${accountId}`, most: 10 })

/** All that can lock one person; the network's locks are everybody's. */
export const locksOf = (
  sealer: Pick<Sealer, 'fingerprints'>,
  { id, email }: { id: string; email: string | null },
) => [...(email === null ? [] : [emailLock(sealer, email)]), ...[secondFactorLock(id), passwordLock(id)]]
