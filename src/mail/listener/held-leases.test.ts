import { expect, it } from 'vitest'
import { createHoldings } from './held-leases.ts'

it('keeps hold of a session that began while the one before it was told to end a second time', async () => {
  const signals: AbortSignal[] = []
  const holdings = createHoldings({
    keep: (_id, signal) => {
      signals.push(signal)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    onGone: () => {},
  })
  holdings.begin('a', 1, 0)
  const [[, first] = []] = holdings.all()
  if (!first) throw new Error('nothing is held')
  await holdings.end('a', first)
  holdings.begin('a', 2, 0)
  expect(holdings.has('a', first)).toBe(false)
  await holdings.end('a', first)
  expect([holdings.size(), signals[1]?.aborted]).toEqual([1, false])
  await holdings.endAll()
  expect(signals[1]?.aborted).toBe(true)
})

it('begins no session of a mailbox whose last one is still ending', async () => {
  const sessions: { signal: AbortSignal; over(): void }[] = []
  const gone: string[] = []
  const holdings = createHoldings({
    keep: (_id, signal) => new Promise((over) => sessions.push({ signal, over })),
    onGone: (id) => void gone.push(id),
  })
  holdings.begin('a', 1, 0)
  holdings.begin('a', 2, 0)
  const [[, first] = []] = holdings.all()
  if (!first) throw new Error('nothing is held')
  const ended = holdings.end('a', first)
  holdings.begin('a', 2, 0)
  expect([holdings.size(), holdings.running(), sessions.length]).toEqual([0, ['a'], 1])
  sessions[0]?.over()
  await ended
  holdings.begin('a', 2, 0)
  expect([holdings.running(), sessions.length, gone]).toEqual([['a'], 2, ['a']])
})
