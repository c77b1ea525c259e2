import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatchWriter } from './import-job.ts'

describe('the group writer', () => {
  it('writes every item once, in groups of the size allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        async (pauses, most) => {
          const groups: number[][] = []
          const writer = createBatchWriter<number>(async (items) => {
            await new Promise(setImmediate)
            groups.push(items)
          }, most)
          for (const [index, pause] of pauses.entries()) {
            await writer.add(index)
            if (pause) await new Promise(setImmediate)
          }
          await writer.drain()
          expect(groups.flat().toSorted((a, b) => a - b)).toEqual(pauses.map((_, index) => index))
          expect(Math.max(0, ...groups.map((group) => group.length))).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  it('puts what comes in one turn into one write', async () => {
    const groups: number[][] = []
    const writer = createBatchWriter<number>(async (items) => void groups.push(items), 100)
    for (let item = 0; item < 50; item++) await writer.add(item)
    await writer.drain()
    expect(groups).toHaveLength(1)
  })

  it('raises what a write raised and writes no more', async () => {
    let writes = 0
    const writer = createBatchWriter<number>(async () => {
      writes += 1
      throw new Error('disk full')
    }, 1)
    await writer.add(1)
    await expect(writer.drain()).rejects.toThrow('disk full')
    await expect(writer.add(2)).rejects.toThrow('disk full')
    expect(writes).toBe(1)
  })

  it('writes the only item at once', async () => {
    const written: number[][] = []
    const writer = createBatchWriter<number>(async (items) => void written.push(items), 100, 1)
    const adding = writer.add(1)
    expect(written).toEqual([[1]])
    await adding
    await writer.drain()
  })
})
