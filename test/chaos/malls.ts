import { createControllableClock } from '../../sandbox/kit/clock.ts'
import { SandboxFault } from '../../sandbox/kit/faults.ts'
import type { MallSimulator, SandboxWrite } from '../../sandbox/kit/types.ts'
import { type ConnectorSimulator, startConnectorSimulator } from '../../sandbox/malls/connector/index.ts'
import { SIMULATED_MALLS, type SimulatedMall, sandboxShops } from '../../sandbox/malls/index.ts'
import { EVERY_MALL, isOfFirstRelease } from '../../src/marketplaces/facts.ts'
import { systemClock } from '../../src/platform/clock.ts'

/** The sandbox's malls, and shops behind connectors, each with a server of its own. */

export type ChaosMall = SimulatedMall | 'connector'
export const CHAOS_MALLS: readonly ChaosMall[] = [...SIMULATED_MALLS, 'connector']
/** Those that a release beside this one can read. */
export const OLDER_MALLS = SIMULATED_MALLS.filter((mall) =>
  EVERY_MALL.some((facts) => facts.name === mall && isOfFirstRelease(facts)),
)

export const chaosShops = (
  mall: ChaosMall,
  count: number,
): { code: string; name: string; title: string }[] =>
  mall === 'connector'
    ? Array.from({ length: count }, (_, n) => ({
        code: `own-${n + 1}`,
        name: `自社サイト${n + 1}`,
        title: `自社サイト ${n + 1}`,
      }))
    : sandboxShops(mall, count)

/** Rules that a connector's shop enters for its own mails; the malls' are the adapters' own. */
export const mailRulesFor = (mall: ChaosMall, code: string): { settings?: object } =>
  mall === 'connector'
    ? {
        settings: {
          mailRules: {
            senders: [`order@${code}.example`],
            subjects: [{ contains: 'ご注文がありました', kind: 'new_order' }],
            numberLabels: ['注文番号'],
            numberPatterns: ['#{7-8}'],
          },
        },
      }
    : {}

/** Orders of so many between the first numbers of two shops: here a number names one order. */
const NUMBERS_APART = 1_000_000

/** Most that the contract knows. */
const MOST_CALLS = { perSecond: 50, burst: 100 }

export interface Connectors extends MallSimulator {
  control(method: string, path: string, body: unknown): unknown
}

/** Shops behind connectors, to be used as one mall with its control API. */
export async function startConnectors({ seed, shops }: { seed: number; shops: number }): Promise<Connectors> {
  const clock = createControllableClock(systemClock)
  const byCode = new Map<string, ConnectorSimulator>()
  for (const [index, shop] of chaosShops('connector', shops).entries()) {
    const firstNumber = NUMBERS_APART * (index + 1) + 1
    const quota = MOST_CALLS
    byCode.set(
      shop.code,
      await startConnectorSimulator({
        shop,
        seed: seed + index,
        clock,
        firstNumber,
        capabilities: { quota },
      }),
    )
  }
  const all = [...byCode.values()]
  const first = all[0] as ConnectorSimulator
  const of = (code: string | undefined) => byCode.get(code ?? '') ?? first
  const ofNumber = (number: string) => all[Math.floor(Number(number) / NUMBERS_APART) - 1] ?? first
  return {
    name: 'connector',
    url: first.url,
    clock,
    credentialsFor: (code) => of(code).credentialsFor(code),
    place: ({ shopCode, visibleAfterSeconds = 0 } = {}) => of(shopCode).place({ visibleAfterSeconds }),
    cancel: (number) => ofNumber(number).cancel(number),
    onEvent: (listener) => {
      for (const one of all) one.onEvent(listener)
    },
    close: async () => void (await Promise.all(all.map((one) => one.close()))),
    control(method, path, body) {
      if (path === 'writes') return { writes: all.flatMap((one) => (one.writes?.() ?? []).map(withNumbers)) }
      for (const { faults } of all) faults.set(method === 'PUT' ? SandboxFault.array().parse(body) : [])
      return {}
    },
  }
}

/** Tracking numbers in place of the parameters that the call carried. */
function withNumbers(write: SandboxWrite): SandboxWrite {
  const content = (write.content ?? []).flatMap((text) =>
    [...text.matchAll(/"trackingNumber":"([^"]+)"/g)].map(([, number]) => String(number)),
  )
  return { ...write, content }
}
