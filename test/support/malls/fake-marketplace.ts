import { z } from 'zod'
import { unknownsOf } from '../../../src/marketplaces/kit/unknown-fields.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { MailRules } from '../../../src/marketplaces/port/mail-rules.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceName, NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type {
  FetchHints,
  FetchOutcome,
  ListPage,
  ListWindow,
  MarketplaceSession,
  MarketplaceTools,
  ShopContext,
} from '../../../src/marketplaces/port/session.ts'
import type { ChangeRules } from '../../../src/marketplaces/port/site-changes.ts'
import { createFakeChanges, type FakeChanges } from '../changes/fake-changes.ts'
import { sampleOrder } from './sample-order.ts'

type Answer = FetchOutcome | Error

/** A mall in memory. What it has not been told of it does not know. */
export interface FakeMarketplace extends Marketplace<{ key: string }> {
  /** How its writes behave, and what came of them. */
  readonly site: Pick<FakeChanges, 'onWrite' | 'onRules' | 'writes' | 'bulks' | 'effects' | 'values'>
  /** The order as the mall has it. */
  order(orderNumber: string): NormalisedOrder | null
  /** Somebody changes it at the mall. */
  change(orderNumber: string, change: (order: NormalisedOrder) => NormalisedOrder): void
  /** Makes the order known; the same number again replaces it. */
  place(orderNumber: string, more?: Partial<NormalisedOrder>, rereadAt?: Date): void
  /** What asking for this number gives: an outcome, or an error that breaks the whole call. */
  answer(orderNumber: string, answer: Answer): void
  /** Every call throws this, until null. */
  refuse(error: Error | null): void
  /** checkCredentials alone throws this, until null. */
  refuseChecks(error: Error | null): void
  /** Runs before each call answers. */
  beforeAnswer(hook: (orderNumbers: readonly string[]) => Promise<void> | void): void
  /** The numbers of each fetch call. */
  readonly calls: string[][]
  readonly listCalls: { window: ListWindow; page: string | null }[]
  /** One entry for each call of checkCredentials. */
  readonly checks: readonly number[]
  /** Hints of each fetch call. */
  readonly hints: (FetchHints | undefined)[]
  /** What each session was opened with. */
  readonly opened: { shop: ShopContext<{ key: string }>; tools: MarketplaceTools }[]
  /** Keys of the credentials that sessions were opened with. */
  readonly keys: string[]
}

export interface FakeOptions {
  name?: MarketplaceName
  fetchBatch?: number
  fetchAtOnce?: number
  listWindowDays?: number
  listPage?: number
  /** How a sweep keeps its open orders fresh. */
  freshBy?: 'list' | 'reading'
  /** Site changes that it takes for many orders in one call. */
  bulk?: NonNullable<ChangeRules['bulk']>
}

const NO_MAIL: MailRules = { senders: [], ignoredSenders: [], subjects: [], ignoredSubjects: [] }

export function createFakeMarketplace(options: FakeOptions = {}): FakeMarketplace {
  const { name = 'rakuten', fetchBatch = 100, listWindowDays = 63, listPage = 100 } = options
  const answers = new Map<string, Answer>()
  const calls: string[][] = []
  const listCalls: FakeMarketplace['listCalls'] = []
  const keys: string[] = []
  const checks: number[] = []
  const hints: FakeMarketplace['hints'] = []
  const opened: FakeMarketplace['opened'] = []
  const site = createFakeChanges(change, options.bulk)
  let refusal: Error | null = null
  let checkRefusal: Error | null = null
  let hook: (orderNumbers: readonly string[]) => Promise<void> | void = () => undefined

  function order(orderNumber: string): NormalisedOrder | null {
    const answer = answers.get(orderNumber)
    return answer && 'kind' in answer && answer.kind === 'found' ? answer.order : null
  }

  function change(orderNumber: string, how: (order: NormalisedOrder) => NormalisedOrder): void {
    const answer = answers.get(orderNumber)
    if (!answer || !('kind' in answer) || answer.kind !== 'found') return
    const order = how(answer.order)
    // Each change makes another answer of it, as at a real mall.
    answers.set(orderNumber, { ...answer, order, raw: `${answer.raw} `, revision: order.updatedAt })
  }

  async function* fetchOrders(
    numbers: readonly string[],
    signal: AbortSignal,
    given?: FetchHints,
  ): AsyncGenerator<FetchOutcome> {
    for (let from = 0; from < numbers.length; from += fetchBatch) {
      if (given?.goesOn?.() === false) return
      const call = numbers.slice(from, from + fetchBatch)
      calls.push([...call])
      hints.push(given)
      await hook(call)
      signal.throwIfAborted()
      if (refusal) throw refusal
      const found = call.map((orderNumber) => ({ orderNumber, answer: answers.get(orderNumber) }))
      for (const { answer } of found) if (answer instanceof Error) throw answer
      for (const { orderNumber, answer } of found) {
        yield answer instanceof Error || !answer ? { kind: 'not_found', orderNumber } : answer
      }
    }
  }

  async function listOrders(window: ListWindow, page: string | null): Promise<ListPage> {
    listCalls.push({ window, page })
    if (refusal) throw refusal
    const all = [...answers.values()].flatMap((answer) =>
      'kind' in answer && answer.kind === 'found' ? [answer.order] : [],
    )
    const inWindow = all.filter(({ orderedAt }) => {
      const at = Date.parse(orderedAt)
      return at >= window.from.getTime() && at < window.to.getTime()
    })
    const start = Number(page ?? 0)
    const more = inWindow.length > start + listPage
    return {
      orders: inWindow.slice(start, start + listPage).map((order) => ({
        orderNumber: order.orderNumber,
        orderedAt: new Date(order.orderedAt),
        mallStatus: options.freshBy === 'reading' ? null : order.mallStatus.code,
        mallState: options.freshBy === 'reading' ? null : order.mallState,
        revision: options.freshBy === 'reading' ? null : order.updatedAt,
      })),
      next: more ? String(start + listPage) : null,
      total: inWindow.length,
    }
  }

  const session: MarketplaceSession = {
    changes: {
      applyStep: async (orderNumber, step, signal) => {
        if (refusal) throw refusal
        return site.calls.applyStep(orderNumber, step, signal)
      },
      ...(site.calls.applyMany ? { applyMany: site.calls.applyMany } : {}),
    },
    fetchOrders,
    listOrders,
    checkCredentials: async () => {
      checks.push(checks.length)
      if (refusal ?? checkRefusal) throw refusal ?? checkRefusal
      return { messages: [], expiries: [] }
    },
  }

  return {
    // This mall's documents name nothing at all.
    ...unknownsOf({ names: new Set(), codes: () => [] }),
    name,
    label: '楽天市場',
    prefix: 'FAKE',
    console: 'RMS',
    mailHelp: '',
    keyShapes: [],
    settings: {},
    shopCode: z.string(),
    shopCodeLabel: '店舗ID',
    credentials: z.looseObject({ key: z.string().default('first') }),
    credentialFields: [{ name: 'key', label: 'キー', help: '', secret: true, required: false }],
    limits: {
      fetchBatch,
      listWindowDays,
      historyDays: 730,
      freshBy: options.freshBy ?? 'list',
      ...(options.fetchAtOnce === undefined ? {} : { fetchAtOnce: options.fetchAtOnce }),
    },
    changes: site.rules,
    site,
    order,
    change,
    mailRules: NO_MAIL,
    recognise: () => null,
    ownsOrderNumber: (shopCode, orderNumber) => orderNumber.startsWith(`${shopCode}-`),
    open(shop, tools) {
      opened.push({ shop, tools })
      keys.push(shop.credentials.key)
      return session
    },
    place(orderNumber, more, rereadAt) {
      const order = sampleOrder(orderNumber, { marketplace: name, ...more })
      const raw = JSON.stringify({ orderNumber, 'raw-marker': '生データ' })
      const revision = order.updatedAt
      answers.set(orderNumber, {
        kind: 'found',
        orderNumber,
        order,
        raw,
        revision,
        ...(rereadAt ? { rereadAt } : {}),
      })
    },
    answer: (orderNumber, answer) => void answers.set(orderNumber, answer),
    refuse: (error) => {
      refusal = error
    },
    refuseChecks: (error) => {
      checkRefusal = error
    },
    beforeAnswer: (next) => {
      hook = next
    },
    calls,
    listCalls,
    keys,
    checks,
    hints,
    opened,
  }
}

export const failure = (
  kind: MarketplaceFailure['kind'],
  more: Partial<ConstructorParameters<typeof MarketplaceFailure>[0]> = {},
): MarketplaceFailure =>
  new MarketplaceFailure({ kind, code: `TEST_${kind.toUpperCase()}`, message: 'テスト', ...more })
