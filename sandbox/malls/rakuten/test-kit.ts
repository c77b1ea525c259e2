import { afterEach, beforeEach } from 'vitest'
import type { SandboxEvent } from '../../kit/types.ts'
import { type RakutenSimulator, startRakutenSimulator } from './index.ts'
import type { OrderModel } from './model.ts'

/** A fresh simulator for each test, its clock held, and the calls that a client makes at it. */

export const SHOPS = [
  { code: '123456', name: '見本商店' },
  { code: '654321', name: '二号店' },
]
export const DAY_SECONDS = 24 * 3600
/** An order paid by card. */
export const card = { overrides: { SettlementModel: { settlementMethodCode: 1 } } }
export const esa = (pair: string) => `ESA ${Buffer.from(pair).toString('base64')}`

export function rakutenKit() {
  let mall: RakutenSimulator
  let events: SandboxEvent[]
  beforeEach(async () => {
    mall = await startRakutenSimulator({ shops: SHOPS, seed: 5 })
    mall.clock.hold()
    mall.clock.set(Date.parse('2026-05-19T10:00:00+09:00'))
    mall.change({ keyExpiresAt: '2027-01-01T23:59:59' })
    events = []
    mall.onEvent((event) => events.push(event))
  })
  afterEach(() => mall.close())

  function auth(shop = '123456'): string {
    const { serviceSecret, licenseKey } = mall.credentialsFor(shop)
    return esa(`${serviceSecret}:${licenseKey}`)
  }

  async function call(operation: string, body: unknown, { authorization = auth(), slash = '/' } = {}) {
    const response = await fetch(`${mall.url}/es/2.0/order/${operation}${slash}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    const json = JSON.parse(text.startsWith('{') ? text : '{}') as Record<string, never>
    const messages = (json.MessageModelList ?? []) as { messageCode: string; messageType: string }[]
    const codes = messages.map((entry) => entry.messageCode.replace('ORDER_EXT_API_', ''))
    return { status: response.status, text, json, codes, headers: response.headers }
  }

  async function control(method: string, path: string, body?: unknown) {
    const response = await fetch(`${mall.url}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, json: (await response.json()) as Record<string, never> & never[] }
  }

  async function read(orderNumber: string): Promise<OrderModel> {
    const { json } = await call('getOrder', { orderNumberList: [orderNumber], version: 10 })
    return (json.OrderModelList as unknown as OrderModel[])[0] as OrderModel
  }
  const progressOf = async (orderNumber: string) => (await read(orderNumber)).orderProgress
  const advance = (seconds: number) => mall.clock.advance(seconds * 1000)

  return {
    get mall() {
      return mall
    },
    get events() {
      return events
    },
    auth,
    call,
    control,
    read,
    progressOf,
    advance,
  }
}
