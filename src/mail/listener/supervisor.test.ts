import { expect, it } from 'vitest'
import { createHeldLeases } from './supervisor.ts'

it('keeps hold of a session that began while the one before it was told to end a second time', async () => {
  const signals: AbortSignal[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => {
      signals.push(signal)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    onGone: () => {},
  })
  heldLeases.begin('a', 1)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  expect(heldLeases.has('a', first)).toBe(true)
  await heldLeases.end('a', first)
  heldLeases.begin('a', 2)
  expect(heldLeases.has('a', first)).toBe(false)
  await heldLeases.end('a', first)
  expect([heldLeases.size(), signals[1]?.aborted]).toEqual([1, false])
  await heldLeases.endAll()
  expect(signals[1]?.aborted).toBe(true)
})

it('begins no session of a mailbox whose last one is still ending', async () => {
  const sessions: { signal: AbortSignal; over(): void }[] = []
  const gone: string[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => new Promise((over) => sessions.push({ signal, over })),
    onGone: (id) => void gone.push(id),
  })
  heldLeases.begin('a', 1)
  heldLeases.begin('a', 2)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  const ended = heldLeases.end('a', first)
  heldLeases.begin('a', 2)
  expect([heldLeases.size(), heldLeases.running(), sessions.length]).toEqual([0, ['a'], 1])
  sessions[0]?.over()
  await ended
  heldLeases.begin('a', 2)
  expect([heldLeases.running(), sessions.length, gone]).toEqual([['a'], 2, ['a']])
})

it('is done with a mailbox once, however often it is told to end it', async () => {
  const gone: string[] = []
  const heldLeases = createHeldLeases({
    keep: (_id, signal) => new Promise((over) => signal.addEventListener('abort', () => over())),
    onGone: (id) => {
      gone.push(id)
      // A listener of this event may begin the mailbox again; the second end must not touch that session.
      if (gone.length === 1) heldLeases.begin(id, 2)
    },
  })
  heldLeases.begin('a', 1)
  const [[, first] = []] = heldLeases.all()
  if (!first) throw new Error('nothing is held')
  await Promise.all([heldLeases.end('a', first), heldLeases.end('a', first), heldLeases.end('a', first)])
  expect([gone, heldLeases.running()]).toEqual([['a'], ['a']])
  await heldLeases.endAll()
  expect([gone, heldLeases.running()]).toEqual([['a', 'a'], []])
})
