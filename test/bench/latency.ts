import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Contestant } from './contestants.ts'
import { percentile, round } from './statistics.ts'

export interface Latency {
  name: string
  mails: number
  p50Ms: number
  p99Ms: number
}

const WARM_UP = 50

/** One order at a time; from the moment the mail server has the mail to the commit of the order's row. */
export async function measureLatency(
  sandbox: Sandbox,
  contestant: Contestant,
  mails: number,
): Promise<Latency> {
  await contestant.read()
  const times: number[] = []
  for (let n = 0; n < WARM_UP + mails; n += 1) {
    const started = performance.now()
    const order = sandbox.malls.rakuten.place()
    const arrived = await contestant.arrivals.of(order.orderNumber)
    if (n >= WARM_UP) times.push(arrived - started)
    // An uneven pause, so that no timer of the reader falls into step with the mails.
    await new Promise((resolve) => setTimeout(resolve, 5 + ((n * 7) % 23)))
  }
  return {
    name: contestant.name,
    mails,
    p50Ms: round(percentile(times, 0.5), 2),
    p99Ms: round(percentile(times, 0.99), 2),
  }
}
