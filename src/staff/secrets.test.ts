import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { systemRandom } from '../platform/random.ts'
import { hashPassword, passwordFaults, passwordFits } from './secrets.ts'

test('a password fits its own hash, and no other does', async () => {
  const stored = await hashPassword('見本の長いパスワード', systemRandom)
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await passwordFits(stored, '見本の長いパスワード')).toBe(true)
  expect(await passwordFits(stored, '見本の長いパスワート')).toBe(false)
  expect(await passwordFits(null, '見本の長いパスワード')).toBe(false)
  expect(await hashPassword('見本の長いパスワード', systemRandom)).not.toBe(stored)
})

test('what the library before wrote, with these costs and others, goes on opening', async () => {
  const before =
    '$argon2id$v=19$m=19456,t=2,p=1$ieva3Lu22xPh+vLOZI+xzg$F+PrjuG/YrZHsxIik0dvDj+T/lJeABl9hzV3KQ3bYOg'
  expect(await passwordFits(before, 'pass word')).toBe(true)
  expect(await passwordFits(before, 'pass  word')).toBe(false)
  await expect(passwordFits('$2b$10$bcrypt', 'pass word')).rejects.toThrow('no known form')
})

test('of many hashes two are worked on at once, with a lower priority than the rest of the process', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'threads have priorities of their own on Linux alone')
  await Promise.all(Array.from({ length: 10 }, () => hashPassword('見本の長いパスワード', systemRandom)))
  const threads = readdirSync('/proc/self/task').map((id) =>
    readFileSync(`/proc/self/task/${id}/stat`, 'utf8'),
  )
  // The name of a thread, in parentheses, may hold blanks.
  const niceness = threads.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
  expect(niceness.filter((nice) => nice >= 10)).toHaveLength(2)
  expect(getPriority()).toBeLessThan(10)
})

test('what lists of leaked passwords begin with is refused, and no text takes long to be read', () => {
  const codeOf = (password: string) => passwordFaults(password, 'hanako@example.jp')[0]?.code
  for (const weak of [
    '1234567890123',
    '012345678901',
    '123456789123456789',
    'password1234',
    'ｔｏｒｉｋｏｍｉ１２３４',
  ])
    expect(codeOf(weak)).toBe('too_weak')
  for (const strong of ['1234567890 と少し', '012345678 9012']) expect(codeOf(strong)).toBeUndefined()
  // Ten digits each by NFKC; a pattern that may read them in two ways would not come to its end.
  expect(codeOf(`${'⑫㉞567890'.repeat(24)}x`)).toBeUndefined()
})
