import { z } from 'zod'
import { failureOfError, failureOfStatus, malformed } from '../../../../src/marketplaces/kit/http-failures.ts'
import { type MallMail, recogniseWith } from '../../../../src/marketplaces/kit/mail/recogniser.ts'
import type { MailRules } from '../../../../src/marketplaces/port/mail-rules.ts'
import type { Marketplace, OptionsOf } from '../../../../src/marketplaces/port/marketplace.ts'
import type {
  FetchOutcome,
  MarketplaceTools,
  ShopContext,
} from '../../../../src/marketplaces/port/session.ts'
import { sampleOrder } from '../../../support/malls/sample-order.ts'
import { TANUKI } from './facts.ts'

/** A made-up mall with an API of two calls: GET /v1/orders/<number>, GET /v1/orders?from=&to=. */

type Options = OptionsOf<typeof TANUKI.settings>
interface Credentials {
  apiKey: string
}

const WireOrder = z.object({ number: z.string(), orderedAt: z.string(), buyer: z.string(), yen: z.int() })

const mailRules: MailRules = {
  senders: ['order@tanuki.example'],
  ignoredSenders: [],
  subjects: [{ contains: '【たぬき市場】ご注文', kind: 'new_order' }],
  ignoredSubjects: [],
}

const mail: MallMail = {
  marketplace: TANUKI.name,
  label: TANUKI.label,
  names: ['たぬき市場'],
  *findOrderNumbers(text) {
    for (const [number] of text.matchAll(/(?<![\w-])T\d{9}(?![\w-])/g)) yield number
  },
  explainMissing: () => null,
}

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
    const headers = { authorization: `Bearer ${shop.credentials.apiKey}` }
    const answer = await tools.http
      .request({ method: 'GET', url: `${apiUrl}/v1/orders${path}`, headers }, signal)
      .catch((error: unknown) => {
        throw failureOfError(TANUKI, error)
      })
    if (answer.status === 404) return null
    const failure = failureOfStatus(TANUKI, answer, tools.clock)
    if (failure !== null) throw failure
    return answer.body.toString('utf8')
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
    const { buyer, recipients, charges } = sampleOrder(orderNumber)
    const order = sampleOrder(orderNumber, {
      ...{
        marketplace: TANUKI.name,
        shopCode: shop.shopCode,
        orderedAt: data.orderedAt,
        recipients,
        charges,
      },
      buyer: { ...buyer, familyName: data.buyer },
      totals: { total: data.yen, billed: data.yen },
    })
    return { kind: 'found', orderNumber, order, raw }
  }

  return {
    ...TANUKI,
    unknowns: () => [],
    shopCode: z.string().regex(/^\d{4}$/, { error: '店舗番号は数字4桁です。' }),
    credentials: z.object({ apiKey: z.string().min(1, { error: 'APIキーを入力してください。' }) }),
    credentialFields: [
      {
        ...{ name: 'apiKey', label: 'APIキー', help: 'たぬき管理画面', secret: true, required: true },
        onlyOwnKeys: true,
      },
    ],
    limits: { fetchBatch: 1, listWindowDays: 30, historyDays: 90, freshBy: 'reading' },
    mailRules,
    recognise: (seen, rules) => recogniseWith(mail, seen, rules),
    open: (shop, tools) => ({
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
          ...{ orderNumber: number, orderedAt: new Date(orderedAt), mallStatus: null, mallState: null },
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

/** What is no JSON becomes null, which is no order. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const tanuki = { ...TANUKI, create: createTanuki }
