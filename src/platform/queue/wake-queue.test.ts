import { expect, test } from 'vitest'
import { createPlaces } from './wake-queue.ts'

/** Places whose turns end when the test says so; a shop is called after its tenant: `a1`. */
function placesOf(count: number, shareOf = (shopId: string): string | undefined => shopId[0]) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const places = createPlaces(
    count,
    (shopId) => {
      begun.push(shopId)
      return new Promise<void>((resolve) => ends.set(shopId, resolve))
    },
    shareOf,
  )
  const end = async (shopId: string): Promise<void> => {
    ends.get(shopId)?.()
    await new Promise(setImmediate)
  }
  return { places, begun, end }
}

test('a tenant with many shops that wait leaves the next place to one that has none', async () => {
  const { places, begun, end } = placesOf(2)
  places.wake(['a1', 'a2', 'a3', 'a4', 'a5'])
  places.wake(['b1', 'b2', 'c1'])
  expect(begun).toEqual(['a1', 'a2'])
  await end('a1')
  await end('a2')
  expect(begun.slice(2)).toEqual(['b1', 'c1'])
  await end('b1')
  // Of two that have none at work, the one that was served longest ago.
  expect(begun.slice(4)).toEqual(['a3'])
  await end('c1')
  expect(begun.slice(5)).toEqual(['b2'])
  await end('b2')
  await end('a3')
  // Alone, a tenant has all places.
  expect(begun.slice(6)).toEqual(['a4', 'a5'])
})

test('shops of which nobody knows whose they are go first, in their order', async () => {
  const { places, begun, end } = placesOf(1, (shopId) => (shopId.startsWith('new') ? undefined : 'a'))
  places.wake(['a1', 'a2', 'new1', 'new2'])
  for (const shopId of ['a1', 'new1', 'new2']) await end(shopId)
  expect(begun).toEqual(['a1', 'new1', 'new2', 'a2'])
})
