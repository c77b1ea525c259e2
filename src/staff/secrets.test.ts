import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { systemRandom } from '../platform/random.ts'
import { hashPassword, passwordFits } from './secrets.ts'

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
