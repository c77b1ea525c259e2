import { type ShopifySimulator, startShopifySimulator } from '../../../sandbox/malls/shopify/index.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { FetchOutcome, ListWindow } from '../../../src/marketplaces/port/session.ts'
import type {
  ChangeAction,
  ChangePlan,
  ChangeStep,
  LinePieces,
} from '../../../src/marketplaces/port/site-changes.ts'
import { createShopify } from '../../../src/marketplaces/shopify/index.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { present } from '../../../src/platform/narrow.ts'
import { cappedHttp, memoryTokens, testTools } from '../../support/malls/test-kit.ts'

export const SHOP = 'mihon-shop'
export const NEVER = new AbortController().signal

export interface Opened {
  http?: HttpClient
  settings?: Record<string, unknown>
  credentials?: Record<string, string>
  capabilities?: unknown
}

/** One shop at its simulator, and what tests do with it. */
export async function shopifyRig(options: Partial<Parameters<typeof startShopifySimulator>[0]> = {}) {
  const mall: ShopifySimulator = await startShopifySimulator({
    shops: [{ code: SHOP, name: '見本商店' }],
    seed: 3,
    ...options,
  })
  const marketplace = createShopify({ apiUrl: mall.url })
  const tokens = memoryTokens()
  const open = ({ http = cappedHttp(5_000), settings = {}, ...more }: Opened = {}) => {
    const tools = testTools({ clock: mall.clock, http, tokens: more.credentials ? memoryTokens() : tokens })
    const credentials = marketplace.credentials.parse(more.credentials ?? mall.credentialsFor(SHOP))
    const { capabilities } = more
    const shop = { shopId: 'shop', shopCode: SHOP, credentials, settings, capabilities }
    return { session: marketplace.open(shop, tools), tools }
  }
  const rules = present(marketplace.changes)
  async function fetchAll(numbers: readonly string[], opened: Opened = {}): Promise<FetchOutcome[]> {
    const outcomes: FetchOutcome[] = []
    for await (const one of open(opened).session.fetchOrders(numbers, NEVER)) outcomes.push(one)
    return outcomes
  }
  async function read(number: string, opened: Opened = {}): Promise<NormalisedOrder> {
    const [outcome] = await fetchAll([number], opened)
    if (outcome?.kind !== 'found') throw new Error(`not found: ${JSON.stringify(outcome)}`)
    return outcome.order
  }
  async function plan(
    number: string,
    action: ChangeAction,
    parameters: object = {},
    lines: readonly LinePieces[] | null = null,
  ): Promise<ChangePlan> {
    const own = rules.actions.find((one) => one.action === action)
    const wanted = { action, parameters: own?.parameters.parse(parameters), lines }
    return rules.planChange(wanted, await read(number))
  }
  async function steps(number: string, action: ChangeAction, parameters: object = {}): Promise<ChangeStep[]> {
    const planned = await plan(number, action, parameters)
    if (planned.kind !== 'steps') throw new Error(`no steps but ${JSON.stringify(planned)}`)
    return planned.steps
  }
  const apply = (number: string, step: ChangeStep, opened: Opened = {}) =>
    present(open(opened).session.changes).applyStep(number, step, NEVER)
  return {
    mall,
    marketplace,
    rules,
    open,
    fetchAll,
    read,
    plan,
    steps,
    apply,
    place: (overrides: Record<string, unknown> = {}) => mall.place({ overrides }).orderNumber,
    stateOf: async (number: string, step: ChangeStep) => rules.stepState(step, await read(number)),
    /** Makes the plan anew before each step, as it is done. */
    async run(number: string, action: ChangeAction, parameters: object = {}, opened: Opened = {}) {
      const done: string[] = []
      for (let turn = 0; turn < 10; turn += 1) {
        const planned = await plan(number, action, parameters)
        if (planned.kind !== 'steps') break
        const [step] = planned.steps
        if (!step) break
        await apply(number, step, opened)
        done.push(step.name)
      }
      return done
    },
    async listAll(window: ListWindow) {
      const numbers: string[] = []
      let page: string | null = null
      do {
        const answer = await open().session.listOrders(window, page, NEVER)
        numbers.push(...answer.orders.map(({ orderNumber }) => orderNumber))
        page = answer.next
      } while (page !== null)
      return numbers
    },
  }
}

export type ShopifyRig = Awaited<ReturnType<typeof shopifyRig>>
