import { expect, test } from 'vitest'
import { systemRandom } from './random.ts'

test('what is handed out is never handed out again, and is nobody else’s memory', () => {
  const nonces = Array.from({ length: 2_000 }, () => systemRandom.bytes(12))
  const texts = nonces.map((nonce) => Buffer.from(nonce).toString('hex'))
  expect(new Set(texts).size).toBe(nonces.length)
  expect(nonces.every((nonce) => nonce.length === 12 && nonce.buffer.byteLength === 12)).toBe(true)
  for (const nonce of nonces) nonce.fill(0)
  expect(texts).not.toContain(Buffer.from(systemRandom.bytes(12)).toString('hex'))
})

test('keys have the length that was asked for', () => {
  expect([0, 1, 16, 17, 32, 64].map((n) => systemRandom.bytes(n).length)).toEqual([0, 1, 16, 17, 32, 64])
})
