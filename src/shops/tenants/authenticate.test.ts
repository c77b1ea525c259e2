import { pino } from 'pino'
import { expect, it } from 'vitest'
import { systemRandom } from '../../platform/random.ts'
import { type AuthenticatorTools, createAuthenticator, newApiKey } from './authenticate.ts'

const AT = Date.parse('2026-11-30T03:00:00.000Z')

/** A table with one key; reads are answered when the test says so. */
function keys({ revokedAt = null }: { revokedAt?: Date | null } = {}) {
  const row = {
    id: 'key-1',
    tenantId: 'tenant-1',
    role: 'owner',
    shopIds: [],
    revokedAt,
    expiresAt: null,
    lastUsedAt: null,
    tenant: { status: 'active' },
  }
  const reads: ((found: object | null) => void)[] = []
  const failures: ((error: Error) => void)[] = []
  let notes = 0
  const db = {
    apiKey: {
      findUnique: () => {
        const { promise, resolve, reject } = Promise.withResolvers<object | null>()
        reads.push(resolve)
        failures.push(reject)
        return promise
      },
      updateMany: async () => {
        notes += 1
      },
    },
  } as unknown as AuthenticatorTools['db']
  const clock = { now: () => AT } as AuthenticatorTools['clock']
  const tools = { db, clock, log: pino({ level: 'silent' }), operatorKey: null }
  return { row, reads, failures, notes: () => notes, authenticator: createAuthenticator(tools) }
}

const { key } = newApiKey(systemRandom)

it('asks once for a key that a thousand requests show at a moment, and notes its use once', async () => {
  const { row, reads, notes, authenticator } = keys()
  const asked = Array.from({ length: 1_000 }, () => authenticator.authenticate(key))
  expect(reads).toHaveLength(1)
  reads[0]?.(row)
  const answers = await Promise.all(asked)
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['client']))
  expect([reads.length, notes()]).toEqual([1, 1])
  await authenticator.authenticate(key)
  expect(reads).toHaveLength(1)
})

it('keeps nothing that was being read when a key was revoked', async () => {
  const { row, reads, authenticator } = keys()
  const before = authenticator.authenticate(key)
  authenticator.forget()
  const after = authenticator.authenticate(key)
  expect(reads).toHaveLength(2)
  reads[1]?.({ ...row, revokedAt: new Date(AT) })
  await expect(after).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  reads[0]?.(row)
  await before
  // A late answer is not put over a newer one.
  await expect(authenticator.authenticate(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

it('asks anew where the database did not answer', async () => {
  const { row, reads, failures, authenticator } = keys()
  const asked = [authenticator.authenticate(key), authenticator.authenticate(key)]
  failures[0]?.(new Error('away'))
  for (const one of asked) await expect(one).rejects.toThrow('away')
  const again = authenticator.authenticate(key)
  reads[1]?.(row)
  expect((await again).kind).toBe('client')
})
