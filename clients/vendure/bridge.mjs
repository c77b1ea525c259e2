// Attaches a Vendure server to Torikomi: the connector of ../connector over Vendure's Admin API. Node.js 20 or
// newer, no package. `node bridge.mjs`, with VENDURE_URL, VENDURE_USER, VENDURE_PASSWORD, CONNECTOR_SECRET, PORT.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createConnector, Told } from '../connector/connector.mjs'

const OPEN = ['PaymentAuthorized', 'PaymentSettled', 'PartiallyShipped']
const STATES = {
  Shipped: 'shipped',
  PartiallyDelivered: 'shipped',
  Delivered: 'completed',
  Cancelled: 'cancelled',
}
/** A note at the order for each change that was carried out: how a lost answer is read back. */
const NOTE = 'torikomi '

const LIST = `query($options: OrderListOptions) {
  orders(options: $options) { totalItems items { code state orderPlacedAt updatedAt } } }`
const ORDER = `query($options: OrderListOptions) {
  orders(options: $options) { items {
    id code state orderPlacedAt updatedAt currencyCode totalWithTax shippingWithTax
    customer { firstName lastName emailAddress phoneNumber }
    shippingAddress { fullName company streetLine1 streetLine2 city province postalCode phoneNumber }
    lines { id orderPlacedQuantity unitPriceWithTax taxRate productVariant { sku name } }
    discounts { description amountWithTax }
    surcharges { priceWithTax }
    payments { method state }
    fulfillments { id state method trackingCode createdAt lines { orderLineId quantity } }
    history(options: { take: 100, filter: { type: { eq: "ORDER_NOTE" } } }) { items { createdAt data } }
  } } }`

/** Calls the Admin API; signs in first, and again when the session ended. */
export function createAdmin({ url, username, password }) {
  let token
  async function send(query, variables) {
    const response = await fetch(`${url}/admin-api`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(20_000),
    }).catch(() => {
      throw new Told('unavailable', 'Vendure に接続できません。')
    })
    token = response.headers.get('vendure-auth-token') ?? token
    return response.json().catch(() => {
      throw new Told('unavailable', 'Vendure の応答を読み取れません。')
    })
  }
  const LOGIN = `mutation($u: String!, $p: String!) { login(username: $u, password: $p) { __typename } }`
  return async (query, variables = {}) => {
    let answer = token ? await send(query, variables) : { errors: [{ extensions: { code: 'FORBIDDEN' } }] }
    if (answer.errors?.some(({ extensions }) => extensions?.code === 'FORBIDDEN')) {
      token = undefined
      await send(LOGIN, { u: username, p: password })
      answer = await send(query, variables)
    }
    if (answer.errors) throw new Told('internal', `Vendure: ${answer.errors[0].message}`.slice(0, 300))
    const refused = Object.values(answer.data).find((part) => part?.errorCode)
    if (refused)
      throw new Told('refused', `Vendure が拒否しました（${refused.errorCode}）: ${refused.message}`)
    return answer.data
  }
}

const yenOf = (amount, precision) => amount / 10 ** precision
const revisionOf = ({ updatedAt, state }) => `${Date.parse(updatedAt)} ${state}`
const isPlaced = ({ orderPlacedAt, state }) => orderPlacedAt && (OPEN.includes(state) || STATES[state])
const rowOf = (order) => ({
  number: order.code,
  placedAt: order.orderPlacedAt,
  state: STATES[order.state] ?? 'open',
  revision: revisionOf(order),
})

function personOf(address, customer) {
  const { fullName, company, streetLine1, streetLine2, city, province, postalCode, phoneNumber } =
    address ?? {}
  return {
    fullName: fullName || [customer?.lastName, customer?.firstName].filter(Boolean).join(' ') || null,
    company: company || null,
    prefecture: province || null,
    city: city || null,
    address1: streetLine1 || null,
    address2: streetLine2 || null,
    postalCode: postalCode || null,
    phone: phoneNumber || customer?.phoneNumber || null,
  }
}

/** Vendure's order in the contract's form. Pure; amounts keep Vendure's precision until here. */
export function toOrder(order, precision) {
  const yen = (amount) => yenOf(amount, precision)
  const { customer, shippingAddress, fulfillments = [], history } = order
  const sent = (fulfillments ?? []).filter(({ state }) => state === 'Shipped' || state === 'Delivered')
  const items = order.lines.map(({ id, orderPlacedQuantity, unitPriceWithTax, taxRate, productVariant }) => ({
    lineId: id,
    name: productVariant.name,
    sku: productVariant.sku,
    itemCode: productVariant.sku,
    unitPrice: yen(unitPriceWithTax),
    quantity: orderPlacedQuantity,
    taxRate: Math.round(taxRate),
  }))
  const goods = items.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0)
  const [shipping, other] = [yen(order.shippingWithTax), yen(sumOf(order.surcharges, 'priceWithTax'))]
  const off = yen(-sumOf(order.discounts, 'amountWithTax'))
  // A cancelled order has lost its amounts.
  const total = order.state === 'Cancelled' ? goods + shipping + other - off : yen(order.totalWithTax)
  const notes = history.items.map(({ createdAt, data }) => ({ at: createdAt, note: String(data.note ?? '') }))
  return {
    ...rowOf(order),
    changedAt: order.updatedAt,
    status: { code: order.state },
    currency: order.currencyCode,
    total,
    buyer: { ...personOf(shippingAddress, customer), email: customer?.emailAddress ?? null },
    recipients: [
      {
        id: '1',
        person: personOf(shippingAddress, customer),
        parcels: sent.map(({ id, method, trackingCode, createdAt, lines }) => ({
          id,
          carrierCode: method,
          trackingNumber: trackingCode || null,
          shippedOn: new Date(Date.parse(createdAt) + 9 * 3_600_000).toISOString().slice(0, 10),
          lines: lines.map(({ orderLineId, quantity }) => ({ lineId: orderLineId, quantity })),
        })),
      },
    ],
    items,
    charges: { shipping, other },
    discounts: off > 0 ? [{ kind: 'coupon', borneBy: 'shop', amount: off, name: null }] : [],
    payment: {
      kind: 'other',
      name: order.payments?.[0]?.method ?? null,
      status: order.payments?.some(({ state }) => state === 'Settled') ? 'paid' : 'authorised',
    },
    changes: notes
      .filter(({ note }) => note.startsWith(NOTE))
      .map(({ at, note }) => ({ id: note.slice(NOTE.length), state: 'applied', at })),
    vendure: order,
  }
}

const sumOf = (list, name) => (list ?? []).reduce((sum, one) => sum + one[name], 0)

const ERROR = '... on ErrorResult { errorCode message }'

export function createShop(admin, precision) {
  async function find(code) {
    const { orders } = await admin(ORDER, { options: { take: 1, filter: { code: { eq: code } } } })
    const [order] = orders.items
    return order && isPlaced(order) ? order : undefined
  }

  async function ship({ vendure: order }, { parcels }) {
    for (const { trackingNumber = '', carrierCode, lines } of parcels) {
      const known = order.fulfillments?.find(
        (one) => one.trackingCode === trackingNumber && trackingNumber !== '',
      )
      if (known && known.state !== 'Pending' && known.state !== 'Created')
        throw new Told('already_done', 'この伝票番号は登録済みです。')
      const id = known?.id ?? (await fulfil(order, trackingNumber, carrierCode, lines))
      await admin(
        `mutation($id: ID!) { transitionFulfillmentToState(id: $id, state: "Shipped") { __typename ${ERROR} } }`,
        { id },
      )
    }
  }

  async function fulfil(order, trackingCode, method, lines) {
    const sent = (id) =>
      (order.fulfillments ?? [])
        .filter(({ state }) => state !== 'Cancelled')
        .flatMap((one) => one.lines)
        .reduce((sum, line) => sum + (line.orderLineId === id ? line.quantity : 0), 0)
    const left = order.lines.map(({ id, orderPlacedQuantity }) => ({
      orderLineId: id,
      quantity: orderPlacedQuantity - sent(id),
    }))
    const wanted = lines?.map(({ lineId, quantity }) => ({ orderLineId: lineId, quantity })) ?? left
    const input = {
      lines: wanted.filter(({ quantity }) => quantity > 0),
      handler: {
        code: 'manual-fulfillment',
        arguments: [
          { name: 'method', value: method },
          { name: 'trackingCode', value: trackingCode },
        ],
      },
    }
    if (input.lines.length === 0) throw new Told('refused', '未発送の商品がありません。')
    const { addFulfillmentToOrder } = await admin(
      `mutation($input: FulfillOrderInput!) {
        addFulfillmentToOrder(input: $input) { ... on Fulfillment { id } ${ERROR} } }`,
      { input },
    )
    return addFulfillmentToOrder.id
  }

  return {
    async placed(since, until) {
      const between = { start: new Date(since).toISOString(), end: new Date(until).toISOString() }
      const rows = []
      for (let skip = 0; ; skip += 100) {
        const options = {
          take: 100,
          skip,
          sort: { orderPlacedAt: 'ASC' },
          filter: { orderPlacedAt: { between } },
        }
        const { orders } = await admin(LIST, { options })
        rows.push(...orders.items)
        if (orders.items.length === 0 || rows.length >= orders.totalItems) break
      }
      const isIn = ({ orderPlacedAt: at }) => Date.parse(at) >= since && Date.parse(at) < until
      return rows.filter((order) => isPlaced(order) && isIn(order)).map(rowOf)
    },
    async get(code) {
      const order = await find(code)
      return order && toOrder(order, precision)
    },
    async apply(order, { action, parameters }) {
      if (action === 'ship') return ship(order, parameters)
      const input = { orderId: order.vendure.id, reason: parameters.reason, cancelShipping: true }
      if (order.state !== 'open') throw new Told('refused', '発送済みの注文です。')
      await admin(
        `mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename ${ERROR} } }`,
        { input },
      )
    },
    async saved({ vendure, changes }) {
      const input = { id: vendure.id, isPublic: false, note: NOTE + changes.at(-1).id }
      await admin(`mutation($input: AddNoteToOrderInput!) { addNoteToOrder(input: $input) { id } }`, {
        input,
      })
    },
  }
}

export const capabilitiesOf = (code, name) => ({
  contract: '1',
  system: 'Vendure 3 / bridge 1',
  shop: { code, name, currency: 'JPY' },
  list: { windowDays: 31, historyDays: 730, delaySeconds: 0 },
  batch: 20,
  actions: [
    { action: 'ship', preconditions: '支払済み・未発送の注文。' },
    { action: 'cancel', preconditions: '未発送の注文。' },
  ],
  changes: { idempotent: true },
  carriers: ['yamato', 'sagawa', 'japan_post', 'other'].map((carrier) => ({ carrier, code: carrier })),
  cancelReasons: [{ code: 'stock', name: '在庫切れ' }],
  quota: { perSecond: 5, burst: 10 },
})

export async function startBridge({
  url,
  username,
  password,
  secret,
  port = 0,
  code = 'vendure',
  name = 'Vendure',
}) {
  const admin = createAdmin({ url, username, password })
  const PRECISION = '{ globalSettings { serverConfig { moneyStrategyPrecision } } }'
  const { globalSettings } = await admin(PRECISION)
  const shop = createShop(admin, globalSettings.serverConfig.moneyStrategyPrecision)
  const answer = createConnector({ capabilities: capabilitiesOf(code, name), secrets: [secret], shop })
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) if (body.length < 1_000_000) body += chunk
    const { method, url: path, headers } = request
    const { status, headers: named, body: text } = await answer({ method, url: path, headers, body })
    response.writeHead(status, named).end(text)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { VENDURE_URL: url, VENDURE_USER: username, VENDURE_PASSWORD: password, ...env } = process.env
  const bridge = await startBridge({
    url,
    username,
    password,
    secret: env.CONNECTOR_SECRET,
    port: env.PORT ?? 8090,
  })
  console.log(bridge.url)
}
