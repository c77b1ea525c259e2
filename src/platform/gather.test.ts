import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGatherer, Gathering } from './gather.ts'

const chunks = fc.array(
  fc.uint8Array({ maxLength: 9_000, size: 'max' }).map((bytes) => Buffer.from(bytes)),
  {
    maxLength: 60,
  },
)

test('gives back what came, in its order, however it was cut', () => {
  fc.assert(
    fc.property(chunks, (parts) => {
      const gathered = createGatherer()
      for (const part of parts) gathered.add(part)
      expect(gathered.size).toBe(Buffer.concat(parts).length)
      expect(gathered.whole().equals(Buffer.concat(parts))).toBe(true)
    }),
  )
})

test('passes on the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, async (parts) => {
      const passed: Buffer[] = []
      const bytes = Readable.from(parts.filter(({ length }) => length > 0))
      for await (const chunk of bytes.pipe(new Gathering())) passed.push(chunk as Buffer)
      expect(Buffer.concat(passed).equals(Buffer.concat(parts))).toBe(true)
    }),
  )
})

test('passes few chunks on of many', async () => {
  let passed = 0
  const bytes = Readable.from(Array.from({ length: 200_000 }, () => Buffer.from('x')))
  for await (const _chunk of bytes.pipe(new Gathering())) passed += 1
  expect(passed).toBeLessThan(10)
})
