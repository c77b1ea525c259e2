import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MallSimulator, PlaceOptions } from '../../sandbox/kit/types.ts'
import { MarketplaceFailure } from '../../src/marketplaces/port/failures.ts'
import type { Marketplace } from '../../src/marketplaces/port/marketplace.ts'
import { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import type {
  FetchOutcome,
  ListWindow,
  MarketplaceSession,
  UnknownField,
} from '../../src/marketplaces/port/session.ts'
import type { HttpClient } from '../../src/platform/http/http-client.ts'
import { storable } from '../../src/platform/storable.ts'
import { cappedHttp, testTools } from '../support/malls/test-kit.ts'

/** What every mall's adapter does alike, tried against its simulator over HTTP. */

/** Situations at the mall; each stays until `clearFaults`. */
export type ConformanceFault =
  | 'throttled'
  | 'throttled-with-retry-after-120'
  | 'server-error'
  | 'unavailable-json'
  | 'unavailable-html'
  | 'unavailable-empty'
  | 'success-html'
  | 'success-empty'
  | 'broken-body'
  | 'too-large'
  | 'silent'
  | 'cut'
  | 'key-refused'

/** Each of them by the simulators' own means. */
export const FAULTS: Readonly<
  Record<ConformanceFault, { kind: string; delayMs?: number; retryAfterSeconds?: number }>
> = {
  throttled: { kind: '429' },
  'throttled-with-retry-after-120': { kind: '429', retryAfterSeconds: 120 },
  'server-error': { kind: '500' },
  'unavailable-json': { kind: '503-json' },
  'unavailable-html': { kind: '503-html' },
  'unavailable-empty': { kind: '503-empty' },
  'success-html': { kind: '200-html' },
  'success-empty': { kind: '200-empty' },
  'broken-body': { kind: 'broken-body' },
  'too-large': { kind: 'huge' },
  silent: { kind: 'slow', delayMs: 3_000 },
  cut: { kind: 'cut' },
  'key-refused': { kind: 'key-refused' },
}

export interface ConformanceMall {
  marketplace: Marketplace
  simulator: MallSimulator
  shopCode: string
  /** A number in the mall's form that no order has. */
  unknownNumber: string
  fault(fault: ConformanceFault): void
  clearFaults(): void
  /** From now on this order's part of the answer cannot be understood (a price that is no number). */
  corrupt(orderNumber: string): void
  /**
   * An answer of the mall's list in which this order's entry has lost its number, and all else stands as it
   * was.
   */
  spoilEntry(list: string, orderNumber: string): string
  /** The mall's list does not say how many orders there are. */
  listWithoutTotal?: boolean
  /** It is known only on the last page how many there are. */
  listTotalAtEnd?: boolean
  /** How old an order must be before the mall lists it (ms). */
  listDelayMs?: number
  /** How an item's name begins in its answers; absent: as in those of the four malls. */
  itemName?: RegExp
  /** Something of the buyer that must never be in an error's message. */
  secretTexts(): string[]
}

/** au PAY's simulator adds an element now and then, as that mall does. */
const isNoInvention = ({ field }: UnknownField): boolean => field !== 'order.newElementOf2027'

const TEXTS = ['髙', '﨑', '①']

export function marketplaceConformance(name: string, setup: () => Promise<ConformanceMall>): void {
  describe(`${name}: what all malls do alike`, () => {
    let mall: ConformanceMall
    beforeAll(async () => {
      mall = await setup()
    })
    afterAll(() => mall.simulator.close())
    beforeEach(() => mall.clearFaults())

    const session = (capMs = 5_000, http = cappedHttp(capMs)): MarketplaceSession => {
      const tools = testTools({ clock: mall.simulator.clock, http })
      const credentials = mall.marketplace.credentials.parse(mall.simulator.credentialsFor(mall.shopCode))
      return mall.marketplace.open({ shopId: 'shop', shopCode: mall.shopCode, credentials }, tools)
    }
    const untilListed = () => mall.simulator.clock.advance(mall.listDelayMs ?? 0)
    const place = (options: PlaceOptions = {}) =>
      mall.simulator.place({ shopCode: mall.shopCode, ...options }).orderNumber

    describe('fetchOrders', () => {
      it('yields one outcome for every number, more than one call takes', async () => {
        const numbers = Array.from({ length: mall.marketplace.limits.fetchBatch + 3 }, () => place())
        const outcomes = await fetchAll(session(), numbers)
        expect(outcomes.map((outcome) => outcome.orderNumber).sort()).toEqual([...numbers].sort())
        for (const outcome of outcomes) {
          expect(outcome.kind).toBe('found')
          if (outcome.kind === 'found') {
            expect(NormalisedOrder.parse(outcome.order)).toEqual(outcome.order)
            expect(outcome.order.orderNumber).toBe(outcome.orderNumber)
            expect(outcome.order.warnings).toEqual([])
            expect(mall.marketplace.unknowns(outcome.order).filter(isNoInvention)).toEqual([])
            expect(outcome.raw).toContain(outcome.orderNumber)
          }
        }
      })

      it('tells fields and codes that the mall’s documents do not name, without any value', async () => {
        const [outcome] = await fetchAll(session(), [place()])
        if (outcome?.kind !== 'found') throw new Error('an order that was placed is found')
        const { order } = outcome
        const more = { inventedField: '花子', 'a\u0000<b>': { c: 1 } }
        const changed: NormalisedOrder = {
          ...order,
          mallFields: { ...order.mallFields, ...more },
          payment: {
            ...order.payment,
            mallFields: { ...order.payment.mallFields, inventedField: '20270101' },
          },
          items: order.items.map((item) => ({ ...item, mallFields: { ...item.mallFields, ...more } })),
        }
        const found = mall.marketplace.unknowns(changed).filter(isNoInvention)
        expect(found.map(({ field, shape }) => `${field} ${shape}`).sort()).toEqual([
          ...['item.? object(1 fields)', 'item.inventedField text(2)', 'order.? object(1 fields)'],
          ...['order.inventedField text(2)', 'payment.inventedField digits(8)'],
        ])
        expect(JSON.stringify(found)).not.toContain('花子')
      })

      it('asks for a number given twice only once', async () => {
        const number = place()
        expect(await fetchAll(session(), [number, number])).toHaveLength(1)
      })

      it('does nothing for no numbers', async () => {
        expect(await fetchAll(session(), [])).toEqual([])
      })

      it('tells an unknown number and one that is not readable yet from the known ones', async () => {
        const early = place({ visibleAfterSeconds: 3600 })
        const known = place()
        const kinds = await kindsOf(session(), [mall.unknownNumber, early, known])
        expect(kinds).toEqual({ [mall.unknownNumber]: 'not_found', [early]: 'not_found', [known]: 'found' })
        mall.simulator.clock.advance(3_601_000)
        expect(await kindsOf(session(), [early])).toEqual({ [early]: 'found' })
      })

      it('fails one order that cannot be understood alone and keeps its raw answer', async () => {
        const numbers = [place(), place(), place()]
        const bad = numbers[1] as string
        mall.corrupt(bad)
        const outcomes = await fetchAll(session(), numbers)
        expect(outcomes.filter((outcome) => outcome.kind === 'found')).toHaveLength(2)
        const failed = outcomes.find((outcome) => outcome.orderNumber === bad)
        expect(failed?.kind).toBe('failed')
        if (failed?.kind === 'failed') {
          expect(failed.failure.kind).toBe('malformed')
          expect(failed.failure.raw).toContain(bad)
        }
      })

      it('reads a cancelled order as cancelled', async () => {
        const number = place()
        mall.simulator.cancel(number)
        const [outcome] = await fetchAll(session(), [number])
        expect(outcome?.kind).toBe('found')
        if (outcome?.kind !== 'found') return
        expect(outcome.order.mallState).toBe('cancelled')
        expect(outcome.order.flags).toContain('cancelled_at_mall')
      })

      it('brings machine-dependent characters through unchanged', async () => {
        const numbers = Array.from({ length: 60 }, () => place())
        const text = JSON.stringify(await fetchAll(session(), numbers))
        for (const character of TEXTS) expect(text).toContain(character)
      })

      it('makes texts storable and keeps in the raw answer how they came', async () => {
        const number = place()
        const spoil = (body: string) =>
          body
            .replace(mall.itemName ?? /"(?:itemName|title)":"/g, '$&A\\u0000B\\ud83dC')
            .replace(/<(?:Title|itemName)>/g, '$&A\0B\uFFFDC')
        const [outcome] = await fetchAll(session(5_000, spoilingHttp(number, spoil)), [number])
        if (outcome?.kind !== 'found') throw new Error('such an order is found')
        for (const { name } of outcome.order.items) expect(name).toMatch(/^AB\uFFFDC/)
        expect(storable(outcome.order)).toBe(outcome.order)
        expect(outcome.raw).toMatch(/A(\\u0000B\\ud83d|\0?B\uFFFD)C/)
      })

      it('stops when it is told to', async () => {
        const numbers = [place(), place()]
        const reason = new Error('stop')
        await expect(fetchAll(session(), numbers, AbortSignal.abort(reason))).rejects.toThrow()
        mall.fault('silent')
        const controller = new AbortController()
        const waiting = fetchAll(session(), numbers, controller.signal)
        setTimeout(() => controller.abort(reason), 50)
        await expect(waiting).rejects.not.toBeInstanceOf(MarketplaceFailure)
      })

      it.each<[ConformanceFault, MarketplaceFailure['kind']]>([
        ['throttled', 'throttled'],
        ['server-error', 'unavailable'],
        ['unavailable-json', 'unavailable'],
        ['unavailable-html', 'unavailable'],
        ['unavailable-empty', 'unavailable'],
        ['success-html', 'unavailable'],
        ['success-empty', 'unavailable'],
        ['silent', 'unavailable'],
        ['cut', 'unavailable'],
        ['key-refused', 'unauthorised'],
      ])('throws for the whole shop when the mall is %s: %s', async (fault, kind) => {
        const number = place()
        mall.fault(fault)
        const failure = await failureOf(fetchAll(session(fault === 'silent' ? 300 : 5_000), [number]))
        expect(failure.kind).toBe(kind)
        expectReadable(failure, mall)
        mall.clearFaults()
        expect(await kindsOf(session(), [number])).toEqual({ [number]: 'found' })
      })

      it('says when to come back if the mall said so', async () => {
        mall.fault('throttled-with-retry-after-120')
        const failure = await failureOf(fetchAll(session(), [place()]))
        const wait = (failure.until?.getTime() ?? 0) - mall.simulator.clock.now()
        expect(wait).toBeGreaterThan(110_000)
        expect(wait).toBeLessThanOrEqual(120_000)
      })

      it.each<ConformanceFault>(['broken-body', 'too-large'])(
        'fails a lone order alone on %s',
        async (fault) => {
          const number = place()
          mall.fault(fault)
          const [outcome] = await fetchAll(session(), [number])
          expect(outcome?.kind).toBe('failed')
          if (outcome?.kind !== 'failed') return
          expect(outcome.failure.kind).toBe('malformed')
          expectReadable(outcome.failure, mall)
        },
      )
    })

    describe('listOrders', () => {
      it('answers an empty page for a window without orders', async () => {
        const from = new Date(mall.simulator.clock.now() - 20 * DAY_MS)
        const page = await session().listOrders({ from, to: new Date(from.getTime() + 60_000) }, null, NEVER)
        expect(page).toEqual({ orders: [], next: null, total: mall.listWithoutTotal ? null : 0 })
      })

      it('walks page by page and names every order of the window once', async () => {
        const from = nextSecond(mall)
        const numbers = Array.from({ length: PAGED_ORDERS }, () => place())
        const window = { from, to: nextSecond(mall) }
        untilListed()
        const listed = await listAll(session(), window)
        expect(listed.numbers.sort()).toEqual(numbers.sort())
        expect(listed.pages).toBeGreaterThan(1)
        const told = mall.listTotalAtEnd ? listed.totals.slice(-1) : listed.totals
        expect(new Set(told)).toEqual(new Set([mall.listWithoutTotal ? null : PAGED_ORDERS]))
      }, 60_000)

      it('takes the start of the window in and leaves its end out', async () => {
        const start = nextSecond(mall)
        const first = place()
        const end = nextSecond(mall)
        const second = place()
        const after = nextSecond(mall)
        untilListed()
        expect((await listAll(session(), { from: start, to: end })).numbers).toEqual([first])
        expect((await listAll(session(), { from: end, to: after })).numbers).toEqual([second])
      })

      it.each(['without its number', 'with a number that none is'])(
        'names an entry %s by its place, and the others are known',
        async (how) => {
          const from = nextSecond(mall)
          const [before, bad, after] = [place(), place(), place()] as const
          const window = { from, to: nextSecond(mall) }
          untilListed()
          const spoil = (list: string) =>
            how === 'without its number' ? mall.spoilEntry(list, bad) : list.replaceAll(bad, '注文 1')
          const listed = await listAll(session(5_000, spoilingHttp(bad, spoil)), window)
          expect(listed.numbers.sort()).toEqual([before, after].sort())
          expect(listed.unreadable).toHaveLength(1)
          expect(listed.unreadable[0]).toMatch(/^[123]件目$/)
        },
      )

      it('refuses a window that the mall would refuse, without asking', async () => {
        const to = new Date(mall.simulator.clock.now())
        const days = mall.marketplace.limits.listWindowDays + 1
        const from = new Date(to.getTime() - days * DAY_MS)
        expect((await failureOf(session().listOrders({ from, to }, null, NEVER))).kind).toBe('rejected')
      })

      it.each<[ConformanceFault, MarketplaceFailure['kind']]>([
        ['throttled', 'throttled'],
        ['unavailable-html', 'unavailable'],
        ['key-refused', 'unauthorised'],
        ['broken-body', 'malformed'],
        ['too-large', 'malformed'],
      ])('throws when the mall is %s: %s', async (fault, kind) => {
        mall.fault(fault)
        const to = new Date(mall.simulator.clock.now())
        const window = { from: new Date(to.getTime() - DAY_MS), to }
        expect((await failureOf(session().listOrders(window, null, NEVER))).kind).toBe(kind)
      })
    })

    describe('checkCredentials', () => {
      it('says in Japanese what it found', async () => {
        const check = await session().checkCredentials(NEVER)
        expect(check.messages.length).toBeGreaterThan(0)
        for (const message of check.messages) expect(message).toMatch(JAPANESE)
      })

      it('throws unauthorised with what to renew when the key is refused', async () => {
        mall.fault('key-refused')
        const failure = await failureOf(session().checkCredentials(NEVER))
        expect(failure.kind).toBe('unauthorised')
        expect(failure.renew).toMatch(JAPANESE)
        expectReadable(failure, mall)
      })
    })

    it('names every credential field, and parses what the simulator accepts', () => {
      const fields = mall.marketplace.credentialFields.map((field) => field.name)
      const credentials = mall.simulator.credentialsFor(mall.shopCode)
      for (const field of Object.keys(credentials)) expect(fields).toContain(field)
      expect(mall.marketplace.credentials.safeParse(credentials).success).toBe(true)
      expect(mall.marketplace.shopCode.safeParse(mall.shopCode).success).toBe(true)
    })
  })
}

/**
 * The last of several pages holds one order at every mall: Rakuten gives 1,000 a page, Yahoo! 2,000, au PAY
 * 500, Amazon 100.
 */
const PAGED_ORDERS = 2_001
const DAY_MS = 24 * 60 * 60 * 1000
const NEVER = new AbortController().signal
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/

/** Malls count by whole seconds, so windows that meet must meet on one. */
function nextSecond(mall: ConformanceMall): Date {
  const { clock } = mall.simulator
  clock.hold()
  clock.set(Math.floor(clock.now() / 1000) * 1000 + 2_000)
  return new Date(clock.now())
}

/** Answers that name this order are changed on their way. */
function spoilingHttp(orderNumber: string, spoil: (body: string) => string): HttpClient {
  const http = cappedHttp(5_000)
  return {
    async request(request, signal) {
      const answer = await http.request(request, signal)
      const body = answer.body.toString('utf8')
      return body.includes(orderNumber) ? { ...answer, body: Buffer.from(spoil(body)) } : answer
    },
  }
}

async function fetchAll(
  session: MarketplaceSession,
  numbers: readonly string[],
  signal: AbortSignal = NEVER,
): Promise<FetchOutcome[]> {
  const outcomes: FetchOutcome[] = []
  for await (const outcome of session.fetchOrders(numbers, signal)) outcomes.push(outcome)
  return outcomes
}

async function kindsOf(session: MarketplaceSession, numbers: string[]): Promise<Record<string, string>> {
  const outcomes = await fetchAll(session, numbers)
  return Object.fromEntries(outcomes.map((outcome) => [outcome.orderNumber, outcome.kind]))
}

async function listAll(session: MarketplaceSession, window: ListWindow) {
  const listed = { numbers: [] as string[], totals: [] as (number | null)[], pages: 0 }
  const unreadable = new Set<string>()
  let page: string | null = null
  do {
    const answer = await session.listOrders(window, page, NEVER)
    listed.numbers.push(...answer.orders.map((order) => order.orderNumber))
    listed.totals.push(answer.total)
    for (const name of answer.unreadable ?? []) unreadable.add(name)
    listed.pages += 1
    page = answer.next
  } while (page !== null)
  return { ...listed, unreadable: [...unreadable] }
}

async function failureOf(promise: Promise<unknown>): Promise<MarketplaceFailure> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(MarketplaceFailure)
  return failure as MarketplaceFailure
}

function expectReadable(failure: MarketplaceFailure, mall: ConformanceMall): void {
  expect(failure.message).toMatch(JAPANESE)
  expect(failure.code).toMatch(/^[A-Z]+(_[A-Z0-9]+)+$/)
  const credentials = Object.values(mall.simulator.credentialsFor(mall.shopCode))
  for (const secret of [...credentials, ...mall.secretTexts()]) expect(failure.message).not.toContain(secret)
}
