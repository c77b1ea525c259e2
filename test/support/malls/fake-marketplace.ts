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
import {
  type ChangeAction,
  type ChangeCalls,
  ChangeParameters,
  type ChangePlan,
  type ChangeRules,
  type ChangeStep,
  type MallAction,
  type StepAnswer,
  type StepState,
} from '../../../src/marketplaces/port/site-changes.ts'
import { sampleOrder } from '../fixtures.ts'

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
    since: '1.0.0',
    label: '楽天市場',
    prefix: 'FAKE',
    console: 'RMS',
    mailHelp: '',
    keyShapes: [],
    settings: {},
    reads: [],
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
    orderNumberScope: 'mall',
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

/**
 * Calls of each action of the fake mall, in order. What is done stands in the order's `mallStatuses` under
 * the call's name.
 */
export const CALLS = {
  confirm: ['confirm'],
  ship: ['delivery', 'ship'],
  mark_paid: ['pay'],
  hold: ['hold'],
  cancel: ['cancel'],
  memo: ['memo'],
  complete: ['complete'],
  correct_shipment: ['correct'],
  change_content: ['lines', 'wish', 'remarks'],
} as const satisfies Partial<Record<ChangeAction, readonly string[]>>

export interface FakeWrite {
  orderNumber: string
  step: ChangeStep
  /** Lets the mall do it; each time counts, as at a mall that adds a second parcel. */
  apply(): void
  signal: AbortSignal
}

type OnWrite = (
  write: FakeWrite,
) => Promise<Partial<StepAnswer> | undefined> | Partial<StepAnswer> | undefined

interface FakeChanges {
  rules: ChangeRules
  calls: ChangeCalls
  /** Instead of doing what is asked and saying so. */
  onWrite(hook: OnWrite | null): void
  /** Runs before planChange and stepState look at an order. */
  onRules(hook: (() => void) | null): void
  /** Calls that came in, as `number:step`. */
  readonly writes: string[]
  /** Orders in each call for many. */
  readonly bulks: number[]
  /** What the mall really did, as `number:step`. */
  readonly effects: string[]
  /** The values of these, in the same order. */
  readonly values: string[]
}

/** Numbers whose steps cannot be read back have this flag. */
export const UNREADABLE_STEPS = 'unreadable_steps'
/** Orders that the mall's rules refuse to change have this flag. */
export const REFUSES_CHANGES = 'refuses_changes'
/** Orders that the mall does not let go yet have this flag: changes but a cancel look again until it does. */
export const WAITS_FOR_MALL = 'waits_for_mall'
/** For longer and longer. */
const LOOKS_MS = [5_000, 60_000, 900_000] as const

function createFakeChanges(
  change: (orderNumber: string, change: (order: NormalisedOrder) => NormalisedOrder) => void,
  bulk?: NonNullable<ChangeRules['bulk']>,
): FakeChanges {
  const writes: string[] = []
  const bulks: number[] = []
  const effects: string[] = []
  const values: string[] = []
  let hook: OnWrite | null = null
  let rulesHook: (() => void) | null = null

  const apply = (orderNumber: string, { name, payload }: ChangeStep): void => {
    effects.push(`${orderNumber}:${name}`)
    values.push(String(payload.value))
    change(orderNumber, (order) => ({
      ...order,
      ...(name === 'ship' ? { mallState: 'shipped', mallStatus: { code: '500', name: '発送済' } } : {}),
      ...(name === 'cancel'
        ? { mallState: 'cancelled', mallStatus: { code: '900', name: 'キャンセル' } }
        : {}),
      mallStatuses: { ...order.mallStatuses, [name]: String(payload.value) },
    }))
  }

  async function applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
    writes.push(`${orderNumber}:${step.name}`)
    const write = { orderNumber, step, signal, apply: () => apply(orderNumber, step) }
    if (!hook) write.apply()
    const answer = await hook?.(write)
    return { mallCode: 'OK', mallMessage: '受け付けました', warnings: [], ...answer }
  }

  const applyMany: ChangeCalls['applyMany'] = async (entries, signal) => {
    bulks.push(entries.length)
    const answers = new Map<string, StepAnswer | MarketplaceFailure>()
    for (const { orderNumber, step } of entries) {
      const answer = await applyStep(orderNumber, step, signal).catch((error: unknown) => {
        if (error instanceof MarketplaceFailure) return error
        throw error
      })
      answers.set(orderNumber, answer)
    }
    return answers
  }

  return {
    rules: {
      ...(bulk ? { bulk } : {}),
      actions: (Object.keys(CALLS) as (keyof typeof CALLS)[]).map(toAction),
      carriers: [
        { carrier: 'yamato', mallCode: '1001' },
        { carrier: 'sagawa', mallCode: '1002' },
      ],
      planChange(wanted, order) {
        rulesHook?.()
        return plan(wanted, order)
      },
      stepState(step, order) {
        rulesHook?.()
        return stateOf(step, order)
      },
    },
    calls: { applyStep, ...(bulk ? { applyMany } : {}) },
    onWrite: (next) => {
      hook = next
    },
    onRules: (next) => {
      rulesHook = next
    },
    writes,
    bulks,
    effects,
    values,
  }
}

const toAction = (action: keyof typeof CALLS): MallAction => ({
  action,
  label: action,
  fields: [],
  limits: [],
  preconditions: 'いつでも',
  parameters: action === 'ship' ? ShipWithNumber : ChangeParameters[action],
  calls: [...CALLS[action]],
})

/** Stricter than the general form: this mall wants a tracking number. */
const ShipWithNumber = ChangeParameters.ship.extend({
  parcels: z.array(ChangeParameters.ship.shape.parcels.element.required({ trackingNumber: true })).max(3),
})

function plan(wanted: { action: ChangeAction; parameters: unknown }, order: NormalisedOrder): ChangePlan {
  if (order.flags.includes(REFUSES_CHANGES))
    return { kind: 'refused', code: 'NOT_NOW', message: 'いまは変更できません。' }
  if (order.flags.includes(WAITS_FOR_MALL) && wanted.action !== 'cancel')
    return { kind: 'refused', code: 'NOT_YET', message: 'まだ変更できません。', looksAfterMs: LOOKS_MS }
  const names: readonly string[] = CALLS[wanted.action as keyof typeof CALLS]
  const value = JSON.stringify(wanted.parameters)
  const steps = names
    .filter((name) => order.mallStatuses[name] !== value)
    .map((name) => ({ name, label: `${name}の更新`, payload: { value } }))
  return steps.length === 0 ? { kind: 'already', message: 'すでに反映済みです。' } : { kind: 'steps', steps }
}

function stateOf({ name, payload }: ChangeStep, order: NormalisedOrder): StepState {
  if (order.flags.includes(UNREADABLE_STEPS)) return 'unknown'
  return order.mallStatuses[name] === payload.value ? 'applied' : 'not_applied'
}
