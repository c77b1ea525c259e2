import { expect, test } from 'vitest'
import { agreedRate } from './issuer.ts'

test('the rate of orders whose mall gives none is any tool’s, unless two differ', () => {
  expect(agreedRate([undefined, '', '10'])).toBe(10)
  expect(agreedRate(['8', '8', ''])).toBe(8)
  expect(agreedRate(['8', '10'])).toBeNull()
  expect(agreedRate([undefined, ''])).toBeNull()
})
