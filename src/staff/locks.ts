import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import { networkOf, subnetOf } from '../platform/network.ts'
import type { Random } from '../platform/random.ts'
import { emailHash } from './secrets.ts'

/** Locks after wrong passwords and codes, with their limits. An address may be mistyped now and then. */

/** Group that shows and clears wrong passwords of one address, whether it has an account or not. */
const emailGroup = (sealer: Pick<Sealer, 'fingerprints'>, email: string) =>
  `email:${Buffer.from(emailHash(sealer, email)).toString('hex')}`

/**
 * By address and network together: a stranger elsewhere locks nobody out. From everywhere together more are
 * needed, as an attacker with many networks has; and of one machine fewer people can be tried than it takes
 * to guess.
 */
export function signInLocks(sealer: Pick<Sealer, 'fingerprints'>, email: string, address: string) {
  const group = emailGroup(sealer, email)
  return [
    { group, name: `${group}:${networkOf(address)}`, most: 10 },
    { group, name: `${group}:everywhere`, most: 100 },
  ]
}

/** All locks of one address. */
export const emailLock = (sealer: Pick<Sealer, 'fingerprints'>, email: string) => {
  const group = emailGroup(sealer, email)
  return { group, name: group, most: 10 }
}

/** Tries of one machine, for whatever people; not of its whole network, which others share. */
export const machineLock = (address: string) => ({ name: `sign-in:${subnetOf(address)}`, most: 50 })

/** Lifetime of the device cookie that a browser gets once a person has signed in. */
export const DEVICE_SECONDS = 180 * 24 * 60 * 60
const DEVICE_CONTEXT = 'staff-device'
const Device = z.object({ id: z.string(), accountId: z.string(), until: z.number() })

export function newDevice(
  { sealer, random, clock }: { sealer: Pick<Sealer, 'of'>; random: Random; clock: Clock },
  accountId: string,
): string {
  const id = Buffer.from(random.bytes(16)).toString('base64url')
  const device = { id, accountId, until: clock.now() + DEVICE_SECONDS * 1000 }
  return Buffer.from(sealer.of(null).sealJson(DEVICE_CONTEXT, device)).toString('base64url')
}

/**
 * Counts failures of a browser in which this person has signed in before apart: a stranger who
 * types an address wrong again and again, or sits in the same network, must not keep its owner out. Null for
 * any other.
 */
export function deviceLock(
  { sealer, clock }: { sealer: Pick<Sealer, 'of'>; clock: Clock },
  accountId: string | undefined,
  device: string | null,
) {
  const shown = openDevice({ sealer, clock }, device)
  if (accountId === undefined || shown?.accountId !== accountId) return null
  return { name: `device:${shown.id}`, most: 10 }
}

/**
 * Key whose turn a sign-in takes: the browser's, if a person has signed in with it before, which goes
 * first; else its machine's.
 */
export function turnOf(
  tools: { sealer: Pick<Sealer, 'of'>; clock: Clock },
  { device, address }: { device: string | null; address: string },
): { key: string; known: boolean } {
  const shown = openDevice(tools, device)
  return shown ? { key: `device:${shown.id}`, known: true } : { key: subnetOf(address), known: false }
}

function openDevice(
  { sealer, clock }: { sealer: Pick<Sealer, 'of'>; clock: Clock },
  device: string | null,
): z.infer<typeof Device> | null {
  if (device === null) return null
  const sealed = Buffer.from(device.slice(0, 1_000), 'base64url')
  const shown = Device.safeParse(ifOpens(() => sealer.of(null).openJson(DEVICE_CONTEXT, sealed))).data
  return shown !== undefined && shown.until > clock.now() ? shown : null
}

export const secondFactorLock = (accountId: string) => ({ name: `second-factor:${accountId}`, most: 5 })

/** The own password, asked for again in an open session. */
export const passwordLock = (accountId: string) => ({ name: `password:${accountId}`, most: 10 })

/** All that can lock one person; the network's locks are everybody's. */
export const locksOf = (
  sealer: Pick<Sealer, 'fingerprints'>,
  { id, email }: { id: string; email: string | null },
): { name: string; most: number; group?: string }[] => [
  ...(email === null ? [] : [emailLock(sealer, email)]),
  ...[secondFactorLock(id), passwordLock(id)],
]
