import { z } from 'zod'
import {
  failureOfError,
  failureOfStatus,
  failureOfWrite,
  malformed,
} from '../../../../src/marketplaces/kit/failures.ts'
import { recogniserOf } from '../../../../src/marketplaces/kit/mail/recogniser.ts'
import type { MailRules } from '../../../../src/marketplaces/port/mail-rules.ts'
import type { Marketplace, OptionsOf } from '../../../../src/marketplaces/port/marketplace.ts'
import type {
  FetchOutcome,
  MarketplaceTools,
  ShopContext,
} from '../../../../src/marketplaces/port/session.ts'
import { factsOf } from '../../../../src/platform/narrow.ts'
import { sampleOrder } from '../../../support/fixtures.ts'
import { CARRIERS, tanukiChangeCalls, tanukiChanges } from './changes.ts'
import { TANUKI } from './facts.ts'

/**
 * A made-up mall with an API of two reads, GET /v1/orders/<number> and GET /v1/orders?from=&to=, and three
 * writes.
 */

type Options = OptionsOf<typeof TANUKI.settings>
interface Credentials {
  apiKey: string
}

const WireOrder = z.object({
  number: z.string(),
  orderedAt: z.string(),
  buyer: z.string(),
  yen: z.int(),
  status: z.enum(['new', 'confirmed', 'shipped', 'cancelled']),
  parcel: z.object({ carrier: z.string(), number: z.string(), day: z.string() }).optional(),
})
type WireOrder = z.infer<typeof WireOrder>

const STATES = {
  new: { name: '受付', state: 'open' },
  confirmed: { name: '確認済み', state: 'open' },
  shipped: { name: '発送済み', state: 'shipped' },
  cancelled: { name: 'キャンセル', state: 'cancelled' },
} as const

const mailRules: MailRules = {
  senders: ['order@tanuki.example'],
  ignoredSenders: [],
  subjects: [{ contains: '【たぬき市場】ご注文', kind: 'new_order' }],
  ignoredSubjects: [],
}

const recognise = recogniserOf(TANUKI, {
  names: ['たぬき市場'],
  *findOrderNumbers(text) {
    for (const [number] of text.matchAll(/(?<![\w-])T\d{9}(?![\w-])/g)) yield number
  },
  explainMissing: () => null,
})

function createTanuki({ apiUrl, requestsPerSecond }: Options): Marketplace<Credentials> {
  const quota = (code: string) => ({
    key: `tanuki:shop:${code}`,
    perSecond: requestsPerSecond,
    burst: 1,
  })

  async function call(
    shop: ShopContext<Credentials>,
    tools: MarketplaceTools,
    path: string,
    signal: AbortSignal,
  ) {
    await tools.lane.take(quota(shop.shopCode), signal)
    const request = { method: 'GET' as const, url: `${apiUrl}/v1/orders${path}`, headers: headersOf(shop) }
    const answer = await tools.http.request(request, signal).catch((error: unknown) => {
      throw failureOfError(TANUKI, error)
    })
    if (answer.status === 404) return null
    const failure = failureOfStatus(TANUKI, answer, tools.clock)
    if (failure !== null) throw failure
    return answer.body.toString('utf8')
  }

  const headersOf = (shop: ShopContext<Credentials>) => ({
    authorization: `Bearer ${shop.credentials.apiKey}`,
    'content-type': 'application/json',
  })

  const writer =
    (shop: ShopContext<Credentials>, tools: MarketplaceTools) =>
    async (orderNumber: string, operation: string, body: object, signal: AbortSignal) => {
      await tools.lane.take(quota(shop.shopCode), signal)
      const url = `${apiUrl}/v1/orders/${orderNumber}/${operation}`
      const request = { method: 'POST' as const, url, headers: headersOf(shop), body: JSON.stringify(body) }
      try {
        const answer = await tools.http.request(request, signal)
        const failure = failureOfStatus(TANUKI, answer, tools.clock)
        if (failure !== null) throw failure
        const raw = answer.body.toString('utf8')
        const error =
          answer.status === 200 ? null : { code: String(factsOf(parsed(raw)).error), message: raw }
        return { status: answer.status, raw, error }
      } catch (error) {
        throw failureOfWrite(TANUKI, error)
      }
    }

  async function fetchOne(
    shop: ShopContext<Credentials>,
    tools: MarketplaceTools,
    orderNumber: string,
    signal: AbortSignal,
  ): Promise<FetchOutcome> {
    const raw = await call(shop, tools, `/${orderNumber}`, signal)
    if (raw === null) return { kind: 'not_found', orderNumber }
    const { data } = z.string().transform(parsed).pipe(WireOrder).safeParse(raw)
    if (data === undefined) return { kind: 'failed', orderNumber, failure: malformed(TANUKI, '注文', raw) }
    return { kind: 'found', orderNumber, order: toOrder(data, shop.shopCode), raw }
  }

  return {
    ...TANUKI,
    unknowns: () => [],
    shopCode: z.string().regex(/^\d{4}$/, { error: '店舗番号は数字4桁です。' }),
    credentials: z.object({ apiKey: z.string().min(1, { error: 'APIキーを入力してください。' }) }),
    credentialFields: [
      {
        name: 'apiKey',
        label: 'APIキー',
        help: 'たぬき管理画面',
        secret: true,
        required: true,
        onlyOwnKeys: true,
      },
    ],
    limits: { fetchBatch: 1, listWindowDays: 30, historyDays: 90, freshBy: 'reading' },
    mailRules,
    recognise,
    changes: tanukiChanges,
    open: (shop, tools) => ({
      changes: tanukiChangeCalls(writer(shop, tools)),
      async *fetchOrders(numbers, signal, hints) {
        for (const number of numbers) {
          if (hints?.goesOn?.() === false) return
          yield await fetchOne(shop, tools, number, signal)
        }
      },
      async listOrders({ from, to }, _page, signal) {
        const raw = await call(shop, tools, `?from=${from.toISOString()}&to=${to.toISOString()}`, signal)
        const listed = z.array(WireOrder).parse(JSON.parse(raw ?? '[]'))
        const orders = listed.map(({ number, orderedAt }) => ({
          orderNumber: number,
          orderedAt: new Date(orderedAt),
          mallStatus: null,
          mallState: null,
        }))
        return { orders, next: null, total: orders.length }
      },
      async checkCredentials(signal) {
        await call(shop, tools, '?from=&to=', signal)
        return { messages: ['たぬき市場に接続できました。'], expiries: [] }
      },
    }),
  }
}

function toOrder({ number, buyer: name, yen, status, orderedAt, parcel }: WireOrder, shopCode: string) {
  const { buyer, recipients } = sampleOrder(number)
  const parcels = parcel
    ? [
        {
          id: '1',
          carrierCode: parcel.carrier,
          carrierName: CARRIERS.names[parcel.carrier] ?? null,
          trackingNumber: parcel.number,
          shippedOn: parcel.day,
          arrivedOn: null,
        },
      ]
    : []
  return sampleOrder(number, {
    marketplace: TANUKI.name,
    shopCode,
    orderedAt,
    recipients: recipients.map((recipient) => ({ ...recipient, parcels })),
    mallState: STATES[status].state,
    mallStatus: { code: status, name: STATES[status].name },
    buyer: { ...buyer, familyName: name },
    totals: { total: yen, billed: yen },
  })
}

/** What is no JSON becomes null, which is no order. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const tanuki = { ...TANUKI, create: createTanuki }
