import { expect, test } from 'vitest'
import { doorOf } from './door.ts'

const TOKEN = 'a'.repeat(43)

test.each([
  [`#/invitation/${TOKEN}`, { kind: 'invitation', token: TOKEN }],
  [`#/password-reset/${TOKEN}`, { kind: 'password-reset', token: TOKEN }],
  ['#/sign-in?error=SIGN_IN_REFUSED', { kind: 'error', code: 'SIGN_IN_REFUSED' }],
  ['#/sign-in?error=<b>', null],
  ['#/invitation/../admin', null],
  ['#warning', null],
  ['', null],
])('%s', (hash, door) => {
  expect(doorOf(hash)).toEqual(door)
})
