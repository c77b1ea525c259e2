import { createHash } from 'node:crypto'
import { parseXml, textAt, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import { aboutPerSecond, type CallLog, createBuckets } from '../../kit/calls.ts'
import { COMMON_FAULTS, type Faults, spoil } from '../../kit/faults.ts'
import { htmlAnswer, jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import type { ControllableClock, SimShop } from '../../kit/types.ts'
import { element, notAuthorised, OWN_FAULTS, ownFault, refusal, success, toDay } from './answers.ts'
import { type SearchContext, searchList, searchNumbers, searchOne, UPDATES } from './operations.ts'
import type { AupaySettings } from './settings.ts'
import type { Store } from './store.ts'

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
  const buckets = createBuckets()

  function answer(request: SandboxRequest, method: string, body: XmlElement): SandboxAnswer {
    const { store, keys, clock } = options
    const settings = options.settings()
    const shop = keys.shopOf(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    if (!shop) return notAuthorised()
    if (isForeign(request, settings)) return notAuthorised(Number(settings.foreignIp))
    if (!buckets.take(shop.code, aboutPerSecond(settings.requestsPerSecond), options.quotaClock.now()))
      return overLimit(settings)
    const wrongShop = shopRefusal(request, body, shop, settings)
    if (wrongShop) return wrongShop
    const read = request.method === 'GET' ? READS[method] : undefined
    if (read) return read({ shopCode: shop.code, query: request.query, store, settings })
    const update = request.method === 'POST' ? UPDATES[method] : undefined
    if (!update) return htmlAnswer(404, '<html><head><title>404</title></head></html>')
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
  '503-html': htmlAnswer(503, '<html><head><title>503 Service Unavailable</title></head></html>'),
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

interface Key {
  key: string
  issuedAt: number
}

/** One key a shop, 64 hexadecimal characters, alive for so many days; a new one ends the old. */
export interface Keys {
  /** As the console does on 再発行. */
  issue(shopCode: string): Key
  of(shopCode: string): Key
  /** Day of its end, `YYYY-MM-DD`. */
  expiresOn(shopCode: string): string
  /** The shop whose living key this is. */
  shopOf(key: string): SimShop | null
}

const DAY_MS = 24 * 60 * 60 * 1000

export function createKeys(
  shops: readonly SimShop[],
  seed: number,
  clock: Clock,
  settings: () => AupaySettings,
  keep: Keep,
): Keys {
  const keys = keep('keys', () => new Map<string, Key>())
  const count = keep('key count', () => ({ issued: 0 }))

  const endOf = ({ issuedAt }: Key) => issuedAt + settings().keyDays * DAY_MS

  function issue(shopCode: string): Key {
    if (!shops.some(({ code }) => code === shopCode)) throw new Error(`No such shop: ${shopCode}`)
    count.issued += 1
    const key = createHash('sha256').update(`${seed}:${shopCode}:${count.issued}`).digest('hex')
    const fresh = { key, issuedAt: clock.now() }
    keys.set(shopCode, fresh)
    return fresh
  }

  function of(shopCode: string): Key {
    const key = keys.get(shopCode)
    if (!key) throw new Error(`No such shop: ${shopCode}`)
    return key
  }

  for (const { code } of shops) if (!keys.has(code)) issue(code)
  return {
    issue,
    of,
    expiresOn: (shopCode) => toDay(endOf(of(shopCode))).replaceAll('/', '-'),
    shopOf(text) {
      const owner = shops.find(({ code }) => keys.get(code)?.key === text)
      return owner && clock.now() <= endOf(of(owner.code)) ? owner : null
    },
  }
}
