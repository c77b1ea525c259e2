import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mailServerInTurn } from '../../chaos/ground.ts'

test('of the two runs that CI makes with a seed one has Courier and one Dovecot, and each engine meets both', () => {
  const met = new Set<string>()
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const postgres = mailServerInTurn(seed, 'postgres')
      const redis = mailServerInTurn(seed, 'redis')
      expect([postgres, redis].toSorted()).toEqual(['courier', 'dovecot'])
      met.add(`${postgres} on Postgres`)
    }),
  )
  expect([...met].toSorted()).toEqual(['courier on Postgres', 'dovecot on Postgres'])
})
