import { startSandboxServer } from '../../../../sandbox/kit/http-kit.ts'

/** The made-up mall's side: two orders, one key, and what may be done with an order. */

export const API_KEY = 'tnk_0123456789abcdef'

export const ORDERS = [
  { number: 'T000000001', orderedAt: '2026-01-15T11:30:00+09:00', buyer: '髙﨑', yen: 3_980 },
  { number: 'T000000002', orderedAt: '2026-01-15T11:31:00+09:00', buyer: '山田', yen: 1_200 },
]

export async function startTanuki() {
  const calls: string[] = []
  const orders = ORDERS.map((order): Order => ({ ...order, status: 'new' }))
  const server = await startSandboxServer(0, ({ method, path, headers, body }) => {
    calls.push(path)
    const answer = (status: number, body: unknown) => ({ status, body: JSON.stringify(body) })
    if (headers.authorization !== `Bearer ${API_KEY}`) return answer(401, { error: 'key' })
    if (path === '/v1/orders') return answer(200, orders)
    const [, number, operation] = /^\/v1\/orders\/(\w+)(?:\/(\w+))?$/.exec(path) ?? []
    const order = orders.find((one) => one.number === number)
    if (order === undefined) return answer(404, { error: 'GONE' })
    if (method === 'POST' && !done(order, operation, JSON.parse(body))) return answer(409, { error: 'STATE' })
    return answer(200, order)
  })
  return { ...server, calls, orders }
}

interface Order {
  number: string
  status: string
  parcel?: object
}

/** False where the order's status does not let it. */
function done(order: Order, operation: string | undefined, body: object): boolean {
  const { status } = order
  if (operation === 'confirm' && status === 'new') order.status = 'confirmed'
  else if (operation === 'ship' && status === 'confirmed')
    Object.assign(order, { status: 'shipped', parcel: body })
  else if (operation === 'cancel' && status !== 'shipped') order.status = 'cancelled'
  else return false
  return true
}

export function mailOf(orderNumber: string, to: string): Buffer {
  const subject = Buffer.from('【たぬき市場】ご注文のお知らせ').toString('base64')
  const text = Buffer.from(`たぬき市場です。\n注文番号: ${orderNumber}\nよろしくお願いします。\n`)
  return Buffer.from(
    [
      'From: order@tanuki.example',
      `To: ${to}`,
      `Subject: =?UTF-8?B?${subject}?=`,
      `Message-ID: <${orderNumber}@tanuki.example>`,
      'Date: Thu, 15 Jan 2026 11:30:05 +0900',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=UTF-8',
      'Content-Transfer-Encoding: base64',
      '',
      text.toString('base64'),
    ].join('\r\n'),
  )
}
