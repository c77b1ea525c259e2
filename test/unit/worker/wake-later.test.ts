import { expect, it } from 'vitest'
import { createWakeLater } from '../../../src/worker/scheduler.ts'
import { heldClock } from '../../support/fixtures.ts'

function later() {
  const clock = heldClock()
  const woken: string[] = []
  const wakeLater = createWakeLater({
    clock,
    wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
  })
  const advance = async (ms: number) => {
    clock.advance(ms)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, woken, wakeLater, advance }
}

it('wakes a shop at its time, once, by the earliest of several', async () => {
  const { clock, woken, wakeLater, advance } = later()
  const now = clock.now()
  wakeLater.at('a', now + 2_000)
  wakeLater.at('a', now + 1_000)
  wakeLater.at('a', now + 3_000)
  wakeLater.at('b', now + 5_000)
  await advance(999)
  expect(woken).toEqual([])
  await advance(1)
  expect(woken).toEqual(['a'])
  await advance(5_000)
  expect(woken).toEqual(['a', 'b'])
})

it('can be asked again for a shop that was woken, and for a time that is over', async () => {
  const { clock, woken, wakeLater, advance } = later()
  wakeLater.at('a', clock.now() - 1)
  await advance(0)
  wakeLater.at('a', clock.now() + 10)
  await advance(10)
  expect(woken).toEqual(['a', 'a'])
})

it('leaves nothing behind when it stops', async () => {
  const { clock, woken, wakeLater, advance } = later()
  wakeLater.at('a', clock.now() + 10)
  wakeLater.stop()
  wakeLater.at('b', clock.now() + 10)
  expect(clock.sleeping()).toBe(0)
  await advance(100)
  expect(woken).toEqual([])
})
