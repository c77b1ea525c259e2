import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import type { Exchange } from '../../malls/documents/exchange.ts'
import type { CellsOf } from '../changes/change-cells/cell.ts'

/** What tests of all malls have to know of one: `tested` of the file in tested/ that has the mall's name. */
export interface TestedMall {
  /** Every action has at least one case. */
  cells: CellsOf
  /** What of these calls and answers is not as the mall documents it. */
  complaints(exchanges: readonly Exchange[]): string[] | Promise<string[]>
  /** Operation that reads orders. */
  reads: string
  /** A number of the mall's form that no order has. */
  absent: string
  /** Override: the buyer's other phone. */
  anotherPhone: object
  whole: {
    /** Overrides of an order that takes all that the fault run asks for. */
    before?: Record<string, unknown>
    /** Operations that write it, in order. */
    writes: readonly string[]
  }
  /** What its quota takes for so many orders asked for one by one, and the wait for the first call. */
  leastMs(orders: number): number
  /** Besides, for the lists of a run, and how late the list has a new order. */
  listMs: number
  /** Half of the orders of a day: most where a call brings most, so that the test ends in a minute. */
  ofADay: number
  /** Orders for two pages and a bit; what one run costs decides how many there are. */
  pages: { orders: number; runs: number; patch: Record<string, unknown> }
  /** Minutes of one interval of the sweeps, of what they may be spread by, and of the list's delay. */
  oneSweep: number
  /** In the list between the oldest waiting order and the others: the pages of a search are read in vain. */
  between: number
  /** Sweeps, one in five minutes, and the end of a turn; for backlogs of a few seconds more than all else. */
  besideSeconds: number
  /** What a stranger can know: how the mall writes, and the shop's code. */
  forged: {
    from: string
    subject: string
    vouched: string
    label: string
    number(n: number): string
    link?: string
  }
  /** Longest delay beside a stranger's flood: of an order, and of a day's digests. */
  besideFlood: { order: number; digest: number }
  fault: {
    /** Operation that lists orders. */
    lists: string
    /** What it is known or said to answer during maintenance. */
    maintenance: Record<string, unknown>
    /** What it does only after minutes or days would be longer than a whole fault run. */
    withoutWaiting?: Record<string, unknown>
  }
}

export const TESTED_MALLS: ReadonlyMap<string, TestedMall> = new Map(
  await Promise.all(
    SIMULATED_MALLS.map(async (mall): Promise<[string, TestedMall]> => {
      const { tested }: { tested: TestedMall } = await import(`./tested/${mall}.ts`)
      return [mall, tested]
    }),
  ),
)

export function testedMall(mall: SimulatedMall): TestedMall {
  const tested = TESTED_MALLS.get(mall)
  if (!tested) throw new Error(`test/support/malls/tested/ has no ${mall}.ts`)
  return tested
}
