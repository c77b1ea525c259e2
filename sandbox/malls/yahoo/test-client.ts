import {
  buildXml,
  parseXml,
  textAt,
  type XmlElement,
  type XmlTree,
} from '../../../src/marketplaces/kit/xml.ts'
import { signatureHeaders } from '../../../src/marketplaces/yahoo/client.ts'
import { startYahooSimulator, type YahooSimulator, type YahooSimulatorOptions } from './index.ts'

/** For the tests of this folder: the simulator, spoken to over HTTP without the adapter. */

export const SHOP = 'hoshizora-tools'
export const OTHER = 'tsukiyo-books'

export interface Reply {
  status: number
  headers: Headers
  text: string
  root: string
  content: XmlElement
  code: string | undefined
  message: string | undefined
}

export interface TestClient {
  mall: YahooSimulator
  /** A bearer token by the refresh token. */
  login(shop?: string): Promise<string>
  token(form: Record<string, string>): Promise<{ status: number; json: Record<string, unknown> }>
  call(operation: string, request: XmlTree | null, options?: CallOptions): Promise<Reply>
  control(method: string, path: string, body?: unknown): Promise<unknown>
}

interface CallOptions {
  shop?: string
  bearer?: string | null
  headers?: Record<string, string>
  /** Whether to send the store's key; yes. */
  signed?: boolean
  query?: string
}

export async function testClient(options: Partial<YahooSimulatorOptions> = {}): Promise<TestClient> {
  const mall = await startYahooSimulator({
    shops: [
      { code: SHOP, name: '星空道具店' },
      { code: OTHER, name: '月夜書房' },
    ],
    ...options,
  })
  const bearers = new Map<string, string>()

  async function token(form: Record<string, string>) {
    const { clientId, clientSecret } = mall.credentialsFor(SHOP)
    const response = await fetch(`${mall.authUrl}/yconnect/v2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }

  async function login(shop = SHOP): Promise<string> {
    const { refreshToken } = mall.credentialsFor(shop)
    const { json } = await token({ grant_type: 'refresh_token', refresh_token: refreshToken as string })
    bearers.set(shop, String(json.access_token))
    return String(json.access_token)
  }

  return {
    mall,
    token,
    login,
    async call(operation, request, { shop = SHOP, bearer, headers = {}, signed = true, query = '' } = {}) {
      const authorization = bearer === undefined ? (bearers.get(shop) ?? (await login(shop))) : bearer
      const get = request === null
      const response = await fetch(
        `${mall.url}/ShoppingWebService/V1/${operation}${get ? `?sellerId=${shop}${query}` : ''}`,
        {
          method: get ? 'GET' : 'POST',
          headers: {
            ...(authorization === null ? {} : { authorization: `Bearer ${authorization}` }),
            ...(signed ? signatureHeaders(shop, mall.credentialsFor(shop), mall.clock.now()) : {}),
            ...headers,
          },
          ...(get ? {} : { body: buildXml('Req', { SellerId: shop, ...request }) }),
        },
      )
      return reply(response.status, response.headers, await response.text())
    },
    async control(method, path, body) {
      const response = await fetch(`${mall.url}/_control/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return response.json()
    },
  }
}

function reply(status: number, headers: Headers, text: string): Reply {
  const { name, content } = text.startsWith('<?xml') ? parseXml(text) : { name: '', content: {} }
  const error = name === 'Error' ? content : {}
  return {
    status,
    headers,
    text,
    root: name,
    content,
    code: textAt(error, 'Code'),
    message: textAt(error, 'Message'),
  }
}
