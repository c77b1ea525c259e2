import { expect, it } from 'vitest'
import type { FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { fetchBisecting } from '../../../src/worker/fetch-bisect.ts'
import { watchStalls } from '../../support/stalls.ts'

const MS = 1_000

function work(ms: number): void {
  const from = process.threadCpuUsage()
  for (;;) {
    const { user, system } = process.threadCpuUsage()
    if (user + system - from.user - from.system >= ms * MS) return
  }
}

// A page of au PAY's list kept the process for 700 ms: a hundred orders were read and sealed without anything
// else coming in between.
it('what a hundred orders of one answer cost lets others in all the while', async () => {
  const numbers = Array.from({ length: 100 }, (_, index) => `n${index}`)
  const stalls = watchStalls()
  const answered: string[] = []
  await fetchBisecting(
    {
      session: {
        async *fetchOrders(wanted): AsyncGenerator<FetchOutcome> {
          for (const orderNumber of wanted) {
            work(4)
            yield { kind: 'not_found', orderNumber }
          }
        },
      },
      clock: { now: () => 0, sleep: async () => undefined },
      deadline: 1,
      signal: new AbortController().signal,
      onAnswer: async ({ orderNumber }) => void answered.push(orderNumber),
    },
    numbers.map((orderNumber) => ({ orderNumber })),
    [],
  )
  expect(answered).toEqual(numbers)
  expect(stalls.stop()).toBeLessThan(100)
})
