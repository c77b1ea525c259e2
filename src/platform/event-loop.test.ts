import { expect, it, onTestFinished, test, vi } from 'vitest'
import { createBreathing, createShortFirst } from './event-loop.ts'

/** Turns of the event loop, which are no time. */
async function turns(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await new Promise(setImmediate)
}

function giveWay(shortFirst: ReturnType<typeof createShortFirst>, share: string): { goes: boolean } {
  const state = { goes: false }
  shortFirst.giveWay(share).then(() => {
    state.goes = true
  })
  return state
}

test('long work waits until the last short request of others has ended, and for none of its own share', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const shortFirst = createShortFirst()
  const own = shortFirst.begin('a')
  const [first, second] = [shortFirst.begin('b'), shortFirst.begin('c')]
  const long = giveWay(shortFirst, 'a')
  await turns()
  first()
  // Ended twice, as an answer that is sent and then closed, it counts once.
  first()
  await turns()
  expect(long.goes).toBe(false)
  second()
  await turns()
  expect(long.goes).toBe(true)
  const again = giveWay(shortFirst, 'a')
  await turns()
  expect(again.goes).toBe(true)
  own()
  expect(vi.getTimerCount()).toBe(0)
})

test('a share that asks for many at once goes first no more, and is told so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const shortFirst = createShortFirst()
  const ends = [shortFirst.begin('flood'), shortFirst.begin('flood')]
  const long = giveWay(shortFirst, 'b')
  await turns()
  expect([long.goes, shortFirst.hasMany('flood')]).toEqual([false, false])
  ends.push(shortFirst.begin('flood'))
  await turns()
  expect([long.goes, shortFirst.hasMany('flood')]).toEqual([true, true])
  // And gives way itself to who has few.
  const few = shortFirst.begin('c')
  const next = giveWay(shortFirst, 'flood')
  await turns()
  expect(next.goes).toBe(false)
  few()
  await turns()
  expect(next.goes).toBe(true)
  for (const end of ends) end()
  expect(shortFirst.hasMany('flood')).toBe(false)
})

test('long work goes on after 8 ms, however many short requests there are', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const shortFirst = createShortFirst()
  shortFirst.begin('b')
  const long = giveWay(shortFirst, 'a')
  await turns()
  await vi.advanceTimersByTimeAsync(7)
  await turns()
  expect(long.goes).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await turns()
  expect(long.goes).toBe(true)
})

test('a share is alone once no other has come for a minute', () => {
  let now = 0
  const shortFirst = createShortFirst(() => now)
  const come = (share: string, at: number) => {
    now = at
    shortFirst.note(share)
  }
  for (const at of [0, 1]) come('a', at)
  expect(shortFirst.isAlone('a')).toBe(true)
  come('b', 1_000)
  for (const at of [2_000, 61_000]) come('a', at)
  expect([shortFirst.isAlone('a'), shortFirst.isAlone('b')]).toEqual([false, false])
  come('a', 61_001)
  expect(shortFirst.isAlone('a')).toBe(true)
  come('b', 61_002)
  expect(shortFirst.isAlone('a')).toBe(false)
})

test('a share rests for others unless one has more than twice as many requests', () => {
  const { note, mayRest, atWork } = createShortFirst(() => 0)
  for (const share of ['a', 'b']) note(share)
  for (const share of ['a', 'a', 'a', 'b']) atWork.add(share)
  expect([mayRest('a'), mayRest('b')]).toEqual([true, false])
  atWork.remove('a')
  expect([mayRest('a'), mayRest('b')]).toEqual([true, true])
})

it('lets others in once it has worked for its time, and not before', async () => {
  let now = 0
  const breathe = createBreathing(() => now)
  let others = 0
  const piece = async (ms: number) => {
    now += ms
    const before = others
    setImmediate(() => {
      others += 1
    })
    await breathe()
    return others > before
  }
  expect(await piece(10)).toBe(false)
  expect(await piece(9)).toBe(false)
  expect(await piece(1)).toBe(true)
  expect(await piece(19)).toBe(false)
  expect(await piece(50)).toBe(true)
})
