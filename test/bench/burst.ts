import type { Contestant } from './contestants.ts'
import { round } from './statistics.ts'

export interface Burst {
  name: string
  mails: number
  seconds: number
  ordersPerSecond: number
}

/** All mails wait in the mailbox; from the start of reading to the commit of the last order's row. */
export async function measureBurst(contestant: Contestant, mails: number): Promise<Burst> {
  const started = performance.now()
  await contestant.read()
  const ended = await contestant.arrivals.reached(mails)
  const seconds = (ended - started) / 1000
  return {
    name: contestant.name,
    mails,
    seconds: round(seconds, 2),
    ordersPerSecond: round(mails / seconds, 0),
  }
}
