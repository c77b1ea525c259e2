import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import type { Random } from '../platform/random.ts'
import { emailHash } from './secrets.ts'

/** What wrong passwords and codes are counted by, and how many lock it; an address may be mistyped now and then. */

/** Whether the address has an account or not. */
export const emailLock = (sealer: Pick<Sealer, 'fingerprints'>, email: string) => ({
  name: `email:${Buffer.from(emailHash(sealer, email)).toString('hex')}`,
  most: 10,
})

/** What a browser keeps once a person has signed in with it. */
export const DEVICE_SECONDS = 180 * 24 * 60 * 60
const DEVICE_CONTEXT = 'staff-device'
const Device = z.object({ id: z.string(), accountId: z.string(), until: z.number() })

export function newDevice(
  { sealer, random, clock }: { sealer: Pick<Sealer, 'sealJson'>; random: Random; clock: Clock },
  accountId: string,
): string {
  const id = Buffer.from(random.bytes(16)).toString('base64url')
  const device = { id, accountId, until: clock.now() + DEVICE_SECONDS * 1000 }
  return Buffer.from(sealer.sealJson(DEVICE_CONTEXT, device)).toString('base64url')
}

/**
 * Of a browser in which this person has signed in before, failures are counted for itself: a stranger who types an address wrong
 * again and again, or sits in the same network, must not keep its owner out. Null for any other.
 */
export function deviceLock(
  { sealer, clock }: { sealer: Pick<Sealer, 'openJson'>; clock: Clock },
  accountId: string | undefined,
  device: string | null,
) {
  if (device === null || accountId === undefined) return null
  const sealed = Buffer.from(device.slice(0, 1_000), 'base64url')
  const shown = Device.safeParse(ifOpens(() => sealer.openJson(DEVICE_CONTEXT, sealed))).data
  if (shown?.accountId !== accountId || shown.until <= clock.now()) return null
  return { name: `device:${shown.id}`, most: 10 }
}

export const secondFactorLock = (accountId: string) => ({ name: `second-factor:${accountId}`, most: 5 })

/** The own password, asked for again in an open session. */
export const passwordLock = (accountId: string) => ({ name: `password:${accountId}`, most: 10 })

/** All that can lock one person; the network's locks are everybody's. */
export const locksOf = (
  sealer: Pick<Sealer, 'fingerprints'>,
  { id, email }: { id: string; email: string | null },
) => [...(email === null ? [] : [emailLock(sealer, email)]), ...[secondFactorLock(id), passwordLock(id)]]
