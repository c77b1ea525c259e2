// A connector for Torikomi (docs/connector.md): Node.js 20 or newer, no package. Put your orders in `shop`.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const PATH = '/torikomi/v1'

export class Told extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}
const STATUS = { key_refused: 401, not_found: 404, refused: 422, unreadable: 400, unavailable: 503 }
const json = (status, body, type = 'json') => ({
  status,
  headers: { 'content-type': `application/${type}; charset=utf-8` },
  body: JSON.stringify(body),
})
const problem = ({ code = 'internal', message = '' }) =>
  json(STATUS[code] ?? (code === 'internal' ? 500 : 409), { code, message }, 'problem+json')

/** Standard Webhooks over "METHOD /torikomi/v1/…\n<body>". During a rotation two secrets hold for a day. */
function checkKey(secrets, headers, signed, now) {
  const { 'webhook-id': id = '', 'webhook-timestamp': at = '', 'webhook-signature': given = '' } = headers
  const fits = secrets.some((secret) => {
    const mac = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    const expected = mac.update(`${id}.${at}.${signed}`).digest()
    return given.split(' ', 5).some((one) => {
      const bytes = Buffer.from(one.slice(3), 'base64')
      return one.startsWith('v1,') && bytes.length === expected.length && timingSafeEqual(bytes, expected)
    })
  })
  const isFresh = Math.abs(now - Number(at) * 1_000) <= 5 * 60_000
  if (!fits || !isFresh) throw new Told('key_refused', '署名が違うか、時刻が5分以上ずれています。')
}

/**
 * @param shop `placed(since, until)` orders of a window (ms), `get(number)` one or undefined, `apply(order, change)`
 * carries a change out or throws Told, `saved(order)` keeps it; each may answer with a promise
 */
export function createConnector({ capabilities, secrets, shop, now = Date.now }) {
  async function list(query) {
    const [since, until] = [Date.parse(query.get('since')), Date.parse(query.get('until'))]
    const days = (until - since) / 86_400_000
    if (!(days >= 0 && days <= capabilities.list.windowDays)) throw new Told('unreadable', '期間が不正です。')
    // Sorted by a key that never changes, so that pages hold.
    const keyOf = (order) => `${new Date(order.placedAt).toISOString()} ${order.number}`
    const within = (await shop.placed(since, until)).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    const after = Buffer.from(query.get('cursor') ?? '', 'base64url').toString()
    const left = within.filter((order) => keyOf(order) > after)
    const page = left.slice(0, 500)
    const last = left.length > 500 ? Buffer.from(keyOf(page.at(-1))).toString('base64url') : null
    const orders = page.map(({ number, placedAt, state, revision }) => ({
      number,
      placedAt,
      state,
      revision,
    }))
    return { orders, cursor: last, total: within.length }
  }

  async function find(number) {
    const order = await shop.get(number)
    if (order) return order
    throw new Told('not_found', 'この注文番号の注文はありません。')
  }

  // One change after the other: the same id is carried out once, and the order tells which ones were.
  let turn = Promise.resolve()
  async function change(number, { id, action, parameters }) {
    const order = await find(number)
    if (!id || !capabilities.actions.some((one) => one.action === action))
      throw new Told('unreadable', 'この操作には対応していません。')
    const known = (order.changes ?? []).filter(({ at }) => now() - Date.parse(at) < 7 * 86_400_000)
    if (!known.some((one) => one.id === id)) {
      if (order.state === 'cancelled') throw new Told('refused', 'キャンセル済みの注文です。')
      await shop.apply(order, { action, parameters })
      order.changes = [...known, { id, state: 'applied', at: new Date(now()).toISOString() }]
      order.revision = String(Number(order.revision) + 1)
      await shop.saved(order)
    }
    return { state: 'applied' }
  }

  return async ({ method, url, headers, body }) => {
    try {
      const { pathname, searchParams, search } = new URL(url, 'http://connector')
      const path = pathname.slice(pathname.indexOf(PATH) + PATH.length)
      checkKey(secrets, headers, `${method} ${PATH}${path}${search}\n${body}`, now())
      const [, first, number = '', last] = path.split('/').map(decodeURIComponent)
      if (method === 'GET' && path === '') return json(200, capabilities)
      if (method === 'GET' && path === '/orders') return json(200, await list(searchParams))
      if (method === 'POST' && path === '/orders/lookup') {
        const numbers = JSON.parse(body).numbers.slice(0, capabilities.batch)
        const orders = await Promise.all(numbers.map((one) => shop.get(one)))
        return json(200, { orders: orders.filter(Boolean) })
      }
      if (first === 'orders' && method === 'GET' && last === undefined) return json(200, await find(number))
      if (first === 'orders' && method === 'POST' && last === 'changes') {
        turn = turn.catch(() => {}).then(() => change(number, JSON.parse(body)))
        return json(200, await turn)
      }
      return { status: 404, headers: {}, body: '' }
    } catch (error) {
      return problem(
        error instanceof Told ? error : error instanceof SyntaxError ? { code: 'unreadable' } : {},
      )
    }
  }
}

export function applyToOrder(order, { action, parameters }) {
  if (action === 'ship') {
    const numbers = order.recipients.flatMap(({ parcels = [] }) => parcels.map((one) => one.trackingNumber))
    if (parameters.parcels.some((one) => one.trackingNumber && numbers.includes(one.trackingNumber)))
      throw new Told('already_done', 'この伝票番号は登録済みです。')
    for (const { recipientId, carrierCode, trackingNumber } of parameters.parcels) {
      const to = order.recipients.find(({ id }) => id === recipientId) ?? order.recipients[0]
      to.parcels = [...(to.parcels ?? []), { carrierCode, trackingNumber, shippedOn: parameters.shippedOn }]
    }
    order.state = 'shipped'
  } else if (action === 'cancel' && order.state !== 'open') throw new Told('refused', '発送済みの注文です。')
  else if (action === 'cancel') order.state = 'cancelled'
  else if (action === 'memo') order.notes = { ...order.notes, shop: parameters.memo }
}

/** `node connector.mjs orders.json`, a copy of example.json: serves its orders and keeps its secret in it. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2]
  const kept = JSON.parse(readFileSync(file, 'utf8'))
  kept.secret ??= `whsec_${randomBytes(32).toString('base64')}`
  const saved = () => writeFileSync(file, JSON.stringify(kept, null, 2))
  saved()
  const placed = (since, until) =>
    kept.orders.filter(({ placedAt }) => Date.parse(placedAt) >= since && Date.parse(placedAt) < until)
  const shop = { placed, get: (one) => kept.orders.find(({ number }) => number === one) }
  const secrets = [kept.secret, kept.oldSecret].filter(Boolean)
  const answer = createConnector({ ...kept, secrets, shop: { ...shop, apply: applyToOrder, saved } })
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) if (body.length < 1_000_000) body += chunk
    const { method, url, headers } = request
    const told = await answer({ method, url, headers, body })
    response.writeHead(told.status, told.headers).end(told.body)
  })
  server.listen(Number(process.env.PORT ?? 8089), '127.0.0.1')
  console.log(`secret: ${kept.secret}`)
}
