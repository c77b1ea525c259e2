import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Contestant } from './contestants.ts'
import type { Extent } from './extent.ts'
import { percentile, round } from './statistics.ts'

export interface Latency {
  name: string
  mails: number
  p50Ms: number
  p99Ms: number
}

/** A contestant and the malls and mailbox that are its own. */
export interface Runner {
  sandbox: Sandbox
  contestant: Contestant
}

/** Mails of one contestant before it is another's turn. */
const IN_A_ROW = 25

/**
 * One order at a time; from the moment the mail server has the mail to the commit of the order's row. The
 * contestants take turns, so that whatever else the machine does meets all of them alike.
 */
export async function measureLatencies(
  runners: readonly Runner[],
  { mails, warmUp }: Pick<Extent, 'mails' | 'warmUp'>,
): Promise<Latency[]> {
  for (const { contestant } of runners) await contestant.read()
  const times = runners.map((): number[] => [])
  for (const runner of runners) await sendOneByOne(runner, warmUp)
  for (let sent = 0; sent < mails; sent += IN_A_ROW) {
    for (const [index, runner] of runners.entries())
      times[index]?.push(...(await sendOneByOne(runner, Math.min(IN_A_ROW, mails - sent))))
  }
  return runners.map(({ contestant }, index) => ({
    name: contestant.name,
    mails,
    p50Ms: round(percentile(times[index] ?? [], 0.5), 2),
    p99Ms: round(percentile(times[index] ?? [], 0.99), 2),
  }))
}

/** @returns milliseconds of each */
async function sendOneByOne({ sandbox, contestant }: Runner, mails: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < mails; n += 1) {
    const started = performance.now()
    const order = sandbox.malls.rakuten.place()
    times.push((await contestant.arrivals.of(order.orderNumber)) - started)
    // An uneven pause, so that no timer of the reader falls into step with the mails.
    await new Promise((resolve) => setTimeout(resolve, 5 + ((n * 7) % 23)))
  }
  return times
}
