import { parseXml, textAt, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import type { CallLog } from '../../kit/call-log.ts'
import { COMMON_FAULTS, type Faults, spoil } from '../../kit/faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import { createLimiter } from '../../kit/limiter.ts'
import type { ControllableClock } from '../../kit/types.ts'
import { element, notAuthorised, refusal, success } from './answers.ts'
import { OWN_FAULTS, ownFault } from './aupay-faults.ts'
import type { Keys, SimShop } from './keys.ts'
import { type SearchContext, searchList, searchNumbers, searchOne } from './search.ts'
import type { AupaySettings } from './settings.ts'
import type { Store } from './store.ts'
import { UPDATES } from './updates.ts'

export const API_PATH = '/wmshopapi/'

export interface ApiOptions {
  store: Store
  keys: Keys
  settings(): AupaySettings
  faults: Faults
  calls: CallLog
  clock: ControllableClock
  /** What the quota runs on. */
  quotaClock: Clock
}

const READS: Readonly<Record<string, (context: SearchContext) => SandboxAnswer>> = {
  searchTradeInfoListProc: searchList,
  searchTradeNoListProc: searchNumbers,
  searchTradeInfoProc: searchOne,
  searchImgCapacity: () => success(element('imgCapacity', '1000')),
  searchSellPerformanceStatus: () => success(),
}

export const METHODS: readonly string[] = [...Object.keys(READS), ...Object.keys(UPDATES)]

const KNOWN_FAULTS: ReadonlySet<string> = new Set([...COMMON_FAULTS, ...OWN_FAULTS])

/** Answers calls under /wmshopapi/: faults first, then key, address, quota, then the shop, then the call. */
export function createApi(options: ApiOptions): (request: SandboxRequest) => Promise<SandboxAnswer> {
  const limiter = createLimiter()

  function answer(request: SandboxRequest, method: string, body: XmlElement): SandboxAnswer {
    const { store, keys, clock } = options
    const settings = options.settings()
    const shop = keys.shopOf(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    if (!shop) return notAuthorised()
    if (isForeign(request, settings)) return notAuthorised(Number(settings.foreignIp))
    if (!limiter.take(shop.code, settings.requestsPerSecond, options.quotaClock.now()))
      return overLimit(settings)
    const wrongShop = shopRefusal(request, body, shop, settings)
    if (wrongShop) return wrongShop
    const read = request.method === 'GET' ? READS[method] : undefined
    if (read) return read({ shopCode: shop.code, query: request.query, store, settings })
    const update = request.method === 'POST' ? UPDATES[method] : undefined
    if (!update)
      return {
        status: 404,
        headers: { 'content-type': 'text/html' },
        body: '<html><head><title>404</title></head></html>',
      }
    return update({
      shopCode: shop.code,
      operation: method,
      request: body,
      store,
      settings,
      now: clock.now(),
    })
  }

  return async (request) => {
    const method = request.path.slice(API_PATH.length)
    const body = request.method === 'POST' ? readBody(request.body) : {}
    const shopCode = request.query.get('shopId') ?? textAt(body, 'shopId') ?? null
    const fault = options.faults.take(method, shopCode, KNOWN_FAULTS)
    const real = () => answer(request, method, body)
    const result = !fault ? real() : OWN_FAULTS.has(fault.kind) ? ownFault(fault) : await spoil(fault, real)
    const orderNumber = request.query.get('orderId') ?? textAt(body, 'orderId') ?? null
    options.calls.add({ operation: method, shopCode, orderNumber, status: result.status })
    return result
  }
}

/** A caller may say where it comes from, since all callers of the sandbox come from one address. */
function isForeign(request: SandboxRequest, { allowedIps }: AupaySettings): boolean {
  const address = String(request.headers['x-forwarded-for'] ?? '127.0.0.1')
  return allowedIps !== null && !allowedIps.includes(address)
}

function overLimit({ overLimit }: AupaySettings): SandboxAnswer | never {
  if (overLimit === 'status-1') return refusal('CME9001', 'アクセス回数の上限を超えました。', 200)
  return OVER_LIMIT[overLimit]
}

const OVER_LIMIT: Readonly<Record<'429' | '503-html' | '503-empty', SandboxAnswer>> = {
  '429': { status: 429 },
  '503-html': {
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>503 Service Unavailable</title></head></html>',
  },
  '503-empty': { status: 503 },
}

function shopRefusal(
  request: SandboxRequest,
  body: XmlElement,
  shop: SimShop,
  { shopErrorStatus }: AupaySettings,
): SandboxAnswer | null {
  const shopId = request.method === 'GET' ? request.query.get('shopId') : textAt(body, 'shopId')
  if (!shopId) return refusal('CME0021', '店舗IDが設定されていません。', shopErrorStatus)
  return shopId === shop.code ? null : refusal('CME0022', '店舗IDが正しくありません。', shopErrorStatus)
}

/** Empty when the body is no `request` document: everything in it is missing then. */
function readBody(body: string): XmlElement {
  try {
    const document = parseXml(body)
    return document.name === 'request' ? document.content : {}
  } catch {
    return {}
  }
}

export const notFound = (): SandboxAnswer => jsonAnswer(404, { message: 'not found' })
