import { z } from 'zod'
import type { HttpResponse } from '../../platform/http/http-client.ts'
import {
  type AnswerFacts,
  answerFacts,
  bodyText,
  failureOfError,
  failureOfGatewayBody,
  failureOfStatus,
  failureOfWrite,
  malformed,
  rejected,
  throttled,
  unauthorised,
  unavailable,
} from '../kit/failures.ts'
import { withRenewal } from '../kit/oauth.ts'
import { parsed } from '../kit/outcomes.ts'
import { parseForeignJson } from '../kit/texts.ts'
import type { MarketplaceFailure } from '../port/failures.ts'
import type { MarketplaceTools, ShopContext } from '../port/session.ts'
import { baseUrl, createAccess, keyRefused, RENEW, type ShopifyCredentials } from './auth.ts'
import { API_VERSION, SHOPIFY } from './facts.ts'
import type { Document, Read } from './graphql.ts'

/** What a shop's plan allows: the bucket's size, and what comes back in a second. */
export interface Points {
  most: number
  restore: number
}

/** The bucket of a shop as Shopify last told it; our own count knows nothing of other apps' calls. */
export interface Level {
  left: number
  at: number
  points: Points
}

export type ShopifyClient = ReturnType<typeof createClient>

const TIMEOUT_MS = 30_000
const MOST_BYTES = 12 * 1024 * 1024
/** A call waits in place no longer for points; the shop has other work. */
const PATIENCE_MS = 2_000

const Cost = z.object({
  requestedQueryCost: z.number().min(0).max(100_000),
  throttleStatus: z.object({
    maximumAvailable: z.number().min(1).max(10_000_000),
    currentlyAvailable: z.number(),
    restoreRate: z.number().min(0.1).max(1_000_000),
  }),
})

const Errors = z.array(
  z.object({
    message: z.string().catch(''),
    extensions: z.object({ code: z.string().optional().catch(undefined) }).catch({}),
  }),
)

export function createClient(
  apiUrl: string,
  { shopCode, credentials }: ShopContext<ShopifyCredentials>,
  tools: MarketplaceTools,
  /** Outlives the session: the worker opens a new one for each slice of work. */
  levels: Map<string, Level>,
  points: Points,
) {
  const base = baseUrl(apiUrl, shopCode)
  const { accessToken, clientId = '', clientSecret = '' } = credentials
  const access = accessToken === undefined ? createAccess(base, { clientId, clientSecret }, tools) : null
  const quota = {
    key: `shopify:shop:${shopCode}`,
    perSecond: points.restore,
    burst: points.most,
  }

  /** Waits until the bucket holds what Shopify reserves. @throws MarketplaceFailure `throttled` for longer */
  async function untilAffordable({ points: needed }: Document, signal: AbortSignal): Promise<void> {
    const level = levels.get(shopCode)
    if (level === undefined) return
    const now = tools.clock.now()
    const { most, restore } = level.points
    const left = Math.min(most, level.left + (Math.max(0, now - level.at) / 1_000) * restore)
    const waitMs = Math.ceil(((Math.min(needed, most) - left) / restore) * 1_000)
    if (waitMs <= 0) return
    if (waitMs > PATIENCE_MS) throw outOfPoints({ until: new Date(now + waitMs) })
    await tools.clock.sleep(waitMs, signal)
  }

  function remember(extensions: unknown): z.infer<typeof Cost> | undefined {
    const { data } = z.object({ cost: Cost }).safeParse(extensions)
    if (data === undefined) return undefined
    const {
      maximumAvailable: most,
      currentlyAvailable: left,
      restoreRate: restore,
    } = data.cost.throttleStatus
    levels.set(shopCode, { left, at: tools.clock.now(), points: { most, restore } })
    return data.cost
  }

  async function send(document: Document, variables: object, signal: AbortSignal): Promise<HttpResponse> {
    const post = (token: string) =>
      tools.http.request(
        {
          method: 'POST',
          url: `${base}/admin/api/${API_VERSION}/graphql.json`,
          headers: {
            accept: 'application/json',
            'content-type': 'application/json; charset=utf-8',
            'x-shopify-access-token': token,
          },
          body: JSON.stringify({ query: document.text, variables }),
          timeoutMs: TIMEOUT_MS,
          maxBytes: MOST_BYTES,
        },
        signal,
      )
    if (access === null) return post(accessToken ?? '')
    return withRenewal(access, ({ status }) => status === 401, post, signal)
  }

  function read(response: HttpResponse, isWrite: boolean): unknown {
    const failure = failureOfHttp(response, tools)
    if (failure) throw failure
    const raw = bodyText(response)
    const body = parseForeignJson(raw)
    const answer = z.record(z.string(), z.unknown()).safeParse(body).data
    if (answer === undefined) throw malformed(SHOPIFY, 'JSONではありません', raw)
    const cost = remember(answer.extensions)
    const errors = Errors.safeParse(answer.errors ?? [])
    if (!errors.success) throw malformed(SHOPIFY, 'エラーの形', raw)
    const [first] = errors.data
    if (first === undefined) return answer.data
    const codes = errors.data.map(({ extensions }) => extensions.code)
    // Fields of the buyer that the app is not approved for come as null, and everything else as it is.
    const isWithheld = codes.every((code) => code === 'ACCESS_DENIED')
    if (isWithheld && !isWrite && isFilled(answer.data)) {
      tools.notice({ code: WITHHELD, message: WITHHELD_TEXT })
      return answer.data
    }
    const { extensions, message } = first
    const facts = answerFacts(response, { code: extensions.code, message: message.slice(0, 500) })
    throw failureOfErrors(codes, facts, { isWrite, until: untilPaid(cost) })
  }

  function untilPaid(cost: z.infer<typeof Cost> | undefined): Date | undefined {
    if (cost === undefined) return undefined
    const { requestedQueryCost, throttleStatus } = cost
    const seconds = (requestedQueryCost - throttleStatus.currentlyAvailable) / throttleStatus.restoreRate
    return new Date(tools.clock.now() + Math.min(Math.max(1, seconds), 600) * 1_000)
  }

  async function call(
    document: Document,
    variables: object,
    signal: AbortSignal,
    isWrite: boolean,
  ): Promise<unknown> {
    await tools.lane.take({ ...quota, cost: document.usual }, signal)
    await untilAffordable(document, signal)
    try {
      return read(await send(document, variables, signal), isWrite)
    } catch (error) {
      throw isWrite ? failureOfWrite(SHOPIFY, error) : failureOfError(SHOPIFY, error)
    }
  }

  return {
    tools,
    /** The bucket as last told. */
    points: (): Points => levels.get(shopCode)?.points ?? points,
    /**
     * One query, in a known shape.
     * @throws MarketplaceFailure `malformed` for another one
     */
    async query<T>(document: Read<T>, variables: object, signal: AbortSignal): Promise<T> {
      const data = await call(document, variables, signal, false)
      return parsed(document.shape, data, SHOPIFY, 'data')
    },
    /**
     * One mutation; its data as it came.
     * @throws MarketplaceFailure `outcome_unknown` when it was sent without a clear answer
     */
    mutate: (document: Document, variables: object, signal: AbortSignal): Promise<unknown> =>
      call(document, variables, signal, true),
  }
}

const isFilled = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && Object.values(data).every((value) => value !== null)

/** Notice: the app is not approved for the buyer's data. */
export const WITHHELD = 'SHOPIFY_FIELDS_WITHHELD'
const WITHHELD_TEXT =
  'Shopifyが購入者の情報の一部を返しません。Dev Dashboard ＞ アプリ ＞ 「保護された顧客データへのアクセス」で、氏名・住所・電話番号・メールアドレスの利用を申請してください。注文は取り込みました。'

const outOfPoints = throttled(
  'SHOPIFY_THROTTLED',
  'ShopifyのAPIの利用量（ポイント）が上限に達しました。時間をおいて自動で再試行します。',
)

export const scopeMissing = unauthorised(
  'SHOPIFY_SCOPE_MISSING',
  'Shopifyのアプリに、注文を読み取る権限（read_orders、read_merchant_managed_fulfillment_orders）がありません。',
  'Dev Dashboard ＞ アプリ ＞ バージョン で権限を追加してリリースし、ストアで承認してから、接続テストを行ってください。',
)

const HOUR_MS = 60 * 60_000

/** What the status line decides, before a word of GraphQL is read. */
function failureOfHttp(response: HttpResponse, { clock }: MarketplaceTools): MarketplaceFailure | null {
  const { status } = response
  const facts = answerFacts(response, null)
  const busy = failureOfStatus(SHOPIFY, response, clock)
  if (busy) return busy
  if (status === 401) return keyRefused(facts)
  if (status === 403) return scopeMissing(facts)
  if (status === 402 || status === 423)
    return unavailable(
      'SHOPIFY_SHOP_FROZEN',
      'Shopifyのストアが停止されています（料金の未払いなど）。Shopify管理画面を確認してください。再開後は自動で取り込みます。',
    )({ ...facts, until: new Date(clock.now() + HOUR_MS) })
  if (status === 404)
    return unauthorised(
      'SHOPIFY_SHOP_UNKNOWN',
      'このストア名のストアがShopifyに見つかりません。店舗設定のストア名を確認してください。',
      `店舗設定の「${SHOPIFY.shopCodeLabel}」を確認してください。${RENEW}`,
    )(facts)
  // Never followed: the token would go to a host that an answer names.
  if (status >= 300 && status < 400)
    return unavailable(
      'SHOPIFY_MOVED',
      'Shopifyがほかのアドレスへ転送しようとしたため、接続していません。ストア名が変更された場合は、店舗設定のストア名を登録し直してください。',
    )(facts)
  const gateway = failureOfGatewayBody(SHOPIFY, response)
  if (gateway) return gateway
  return status >= 400 ? malformed(SHOPIFY, `HTTP ${status}`, bodyText(response)) : null
}

/** Errors beside the data (`errors[].extensions.code`), HTTP 200. */
function failureOfErrors(
  codes: readonly (string | undefined)[],
  facts: AnswerFacts,
  { isWrite, until }: { isWrite: boolean; until: Date | undefined },
): MarketplaceFailure {
  const has = (code: string) => codes.includes(code)
  if (has('THROTTLED')) return outOfPoints({ ...facts, until })
  if (has('ACCESS_DENIED'))
    return isWrite
      ? rejected(
          'SHOPIFY_WRITE_SCOPE_MISSING',
          'Shopifyのアプリに、この変更を行う権限がありません。Dev Dashboardで権限を追加し、ストアで承認してから、再実行してください。',
        )(facts)
      : scopeMissing(facts)
  if (has('SHOP_INACTIVE'))
    return unavailable(
      'SHOPIFY_SHOP_INACTIVE',
      'Shopifyのストアが閉じられています。Shopify管理画面を確認してください。再開後は自動で取り込みます。',
    )(facts)
  if (has('INTERNAL_SERVER_ERROR') || has('TIMEOUT'))
    return unavailable(
      'SHOPIFY_SERVER_ERROR',
      'Shopifyの内部でエラーが発生しました。時間をおいて自動で再試行します。',
    )(facts)
  if (!isWrite) return malformed(SHOPIFY, facts.mallCode ?? 'errors', facts.raw ?? '')
  return rejected(
    'SHOPIFY_WRITE_REFUSED',
    `Shopifyが要求の形を受け付けませんでした（${facts.mallCode ?? 'エラー'}）。運営者へ連絡してください。`,
  )(facts)
}
