import { randomUUID } from 'node:crypto'
import type { DocExamples } from '../../src/http/openapi/document.ts'
import { SANDBOX_SHOPS, SIMULATED_MALLS } from '../malls/index.ts'
import { RAKUTEN_READY } from '../malls/rakuten/control.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Api, waitFor } from './client.ts'
import type { Registration } from './register.ts'

/**
 * Rows that the documentation page names, so that every call works when it is tried: orders that wait to be
 * pulled, one whose mail was lost, a request that still waits, and things that may be deleted. All of it is
 * made over REST.
 */

interface Created {
  id: string
}

/** Orders per mall that wait in 自動受注取込 for whoever opens the page. */
const STAGED_PER_MALL = 2
const ITEMS = Buffer.from('商品コード,棚番,JAN\r\nsample-tee-wt,A-01-02,4901234567894\r\n').toString('base64')
const DAY_MS = 24 * 60 * 60_000

export async function prepareExamples(
  sandbox: Sandbox,
  registration: Registration,
  operator: Api,
): Promise<() => DocExamples> {
  const { client, tenantId, shops, mailboxId } = registration
  const spare = await makeSpares(sandbox, registration, operator)
  const imports = await askForImports(registration)
  await stageOrders(sandbox, client)
  const pulled = await client.get<{ orders: { id: string; pullId: string }[] }>('/orders?status=new&limit=1')
  const [order] = pulled.orders
  if (!order) throw new Error('no order was pulled before')
  const edited = await editOnce(client, order.id)
  const { orders } = await client.get<{ orders: Created[] }>('/orders?limit=2')
  const another = orders.find(({ id }) => id !== order.id) ?? order
  const { reimportId } = await client.post<{ reimportId: string }>('/orders/reimport', {
    orderIds: [order.id],
    apply: 'none',
  })
  await applyForSubscription(sandbox)
  const changes = await changesOfCancelled(client, shops.rakuten)
  const bundle = await makeBundle(sandbox, client)
  const files = await makeOrderFiles(client)
  const hooks = await makeWebhooks(sandbox, client)
  const channels = await makeChannels(sandbox, client)
  let readings = 0
  return () => {
    readings += 1
    // A new one for each reading: the sweep finds it within minutes.
    const lost = sandbox.withoutMail(() => sandbox.malls.rakuten.place())
    return {
      ids: {
        tenants: tenantId,
        shops: shops.rakuten,
        mailboxes: mailboxId,
        webhooks: hooks.id,
        'notice-channels': channels.id,
        orders: order.id,
        pulls: order.pullId,
        reimports: reimportId,
        ...imports.ids,
      },
      parameters: {
        editOrder: { 'If-Match': '*' },
        setPapers: { 'If-Match': '*' },
        getOrderVersion: { number: edited },
        getWhy: { number: lost.orderNumber },
        dismissImportRequest: { id: imports.unwanted },
        getSiteChange: { id: changes.retried },
        retrySiteChange: { id: changes.retried },
        dismissSiteChange: { id: changes.dismissed },
        requestSiteChanges: { 'Idempotency-Key': randomUUID() },
        streamEvents: { maxSeconds: '1' },
        redeliverWebhook: { id: hooks.id, deliveryId: hooks.deliveryId },
        deleteWebhook: { id: hooks.spareId },
        deleteNoticeChannel: { id: channels.spareId },
        deleteShop: { id: spare.shopId },
        endBundle: { id: bundle.bundleId },
        findParcels: { code: bundle.orderNumber },
        ...Object.fromEntries(REHEARSAL.map((operation) => [operation, { id: spare.rehearsedId }])),
        ...files,
        deleteMailbox: { id: spare.mailboxId },
        revokeApiKey: { id: spare.apiKeyId },
        beginConsent: { id: shops.yahoo },
        endConsent: { marketplace: 'yahoo', state: 'made-by-beginConsent', code: 'given-by-the-mall' },
      },
      bodies: {
        beginConsent: [{}],
        eraseBuyerOfTenant: [{ tenantId, phone: '03-0000-0000' }],
        createApiKey: [{ tenantId, name: '受注管理ソフト 2台目' }],
        createShop: [newShop(String(FREE_CODES_FROM + readings))],
        createMailbox: [secondMailbox(sandbox)],
        createWebhook: [webhook(sandbox)],
        createNoticeChannel: [channel(sandbox)],
        bundleOrders: [{ orderIds: bundle.orderIds }],
        importItems: [{ file: ITEMS, replace: true }],
        matchItems: [{ orderIds: [order.id] }],
        moveOrders: [{ orderIds: [order.id], to: 'new' }],
        requestSiteChanges: [{ changes: [{ orderId: changes.orderId, action: 'memo', memo: '至急' }] }],
        reimportOrders: [{ orderIds: [another.id], apply: 'none' }],
        actOnWhy: [{ action: 'import_now', shopId: shops.rakuten, number: lost.orderNumber }],
        importOrders: [
          { shopId: shops.rakuten, orderNumbers: [lost.orderNumber] },
          { shopId: shops.yahoo, ...lastDay() },
        ],
      },
    }
  }
}

/** A change of an order that its buyer has cancelled ends as 警告あり: one to retry, one to mark as seen. */
async function changesOfCancelled(client: Api, shopId: string) {
  const { orders } = await client.get<{ orders: (Created & { flags: string[] })[] }>(
    `/orders?shopId=${shopId}&limit=100`,
  )
  const order = orders.find(({ flags }) => flags.includes('cancelled_at_mall'))
  if (!order) throw new Error('no order was cancelled before')
  const change = { orderId: order.id, action: 'confirm' }
  // One request takes an order and action once.
  for (const changes of [[change], [change]])
    await client.post('/site-changes', { changes }, { 'idempotency-key': randomUUID() })
  const ended = await waitFor(
    'site changes that ended',
    () => client.get<{ siteChanges: (Created & { state: string })[] }>(`/site-changes?orderId=${order.id}`),
    ({ siteChanges }) =>
      siteChanges.length === 2 && siteChanges.every(({ state }) => state === 'warning' || state === 'failed'),
  )
  const [retried, dismissed] = ended.siteChanges as unknown as [Created, Created]
  return { orderId: order.id, retried: retried.id, dismissed: dismissed.id }
}

const ORDERS = Buffer.from(
  '店舗伝票番号,受注日,商品名,商品価格,受注数量\r\nF-1001,2026/04/01,りんご,980,1\r\n',
)

/** A shop whose orders come as files, with one that was looked at and one on its way. */
async function makeOrderFiles(client: Api) {
  const { id } = await client.post<Created>('/shops', {
    marketplace: 'connector',
    code: 'by-file',
    name: '注文ファイルの店舗',
  })
  await client.put(`/shops/${id}/order-form`, { preset: 'ne_hanyo' })
  const send = (more: object) =>
    client.post<Created>(`/shops/${id}/order-files`, { fileName: 'orders.csv', ...more })
  const looked = await send({ file: ORDERS.toString('base64'), dryRun: true })
  const coming = await send({ parts: 2, dryRun: true })
  const file = await waitFor(
    'an order file that was read',
    () => client.get<Created & { state: string }>(`/shops/${id}/order-files/${looked.id}`),
    ({ state }) => state === 'done',
  )
  return {
    ...Object.fromEntries(
      ['getOrderForm', 'setOrderForm', 'createOrderFile', 'listOrderFiles'].map((one) => [one, { id }]),
    ),
    getOrderFile: { id, fileId: file.id },
    putOrderFilePart: { id, fileId: coming.id, number: '1' },
    exportShippedOrders: { id, from: '2026-04-01T00:00:00+09:00' },
  }
}

/** Two orders of one buyer to one address, in one parcel: asked for again, the same bundle is answered. */
async function makeBundle(sandbox: Sandbox, client: Api) {
  const who = {
    familyName: '同梱',
    firstName: '花子',
    phoneNumber1: '03',
    phoneNumber2: '0000',
    phoneNumber3: '0001',
    zipCode1: '100',
    zipCode2: '0001',
    prefecture: '東京都',
    city: '千代田区',
    subAddress: '千代田1-1',
  }
  const overrides = {
    ...RAKUTEN_READY,
    // The simulator draws gifts, and a wrapped order is no parcel with one that is not.
    giftCheckFlag: 0,
    WrappingModel1: null,
    deliveryDate: null,
    shippingTerm: 0,
    remarks: '',
    OrdererModel: who,
    PackageModelList: [{ SenderModel: who, noshi: null }],
  }
  // A shape with one recipient: without one the simulator draws.
  const placed = [1, 2].map(() => sandbox.malls.rakuten.place({ shape: 'cancelled_line', overrides }))
  const orderIds: string[] = []
  for (const { orderNumber } of placed) {
    const { orders } = await waitFor(
      'an order to bundle',
      () => client.get<{ orders: Created[] }>(`/orders?number=${orderNumber}`),
      (found) => found.orders.length > 0,
    )
    orderIds.push(...orders.map(({ id }) => id))
  }
  const { bundleId } = await client.post<{ bundleId: string }>('/bundles', { orderIds })
  return { orderIds, bundleId, orderNumber: placed[0]?.orderNumber ?? '' }
}

/** So that there is an older version to read. Gives its number. */
async function editOnce(client: Api, orderId: string): Promise<string> {
  const { version } = await client.get<{ version: number }>(`/orders/${orderId}`)
  const patch = { notes: { shop: '電話で日時を確認済み' } }
  await client.patch(`/orders/${orderId}`, patch, { 'if-match': `"${version}"` })
  return String(version)
}

const FREE_CODES_FROM = 400_000
const SECOND_USER = 'second@sandbox.example'

/** Of the right shape; that the mall knows neither shop nor key is told by `test`. */
const newShop = (code: string) => ({
  marketplace: 'rakuten',
  code,
  name: `追加の店舗 ${code}`,
  credentials: { serviceSecret: 'SP000000_exampleexample12', licenseKey: 'SL000000_exampleexample34' },
})

const secondMailbox = ({ mailbox: { host, port, password } }: Sandbox) => ({
  name: '注文メール 2',
  host,
  port,
  security: 'plain',
  username: SECOND_USER,
  password,
  shopIds: [],
})

const lastDay = () => ({
  from: new Date(Date.now() - DAY_MS).toISOString(),
  to: new Date().toISOString(),
})

/** Nobody answers there: what is sent to it stands in the log of deliveries, to be sent again. */
const webhook = (sandbox: Sandbox) => ({
  name: '基幹システム',
  url: `http://${sandbox.mailbox.host}:9/torikomi`,
  kinds: ['attention'],
})

/** As of webhooks: its test says that nobody answers. */
const channel = (sandbox: Sandbox) => ({
  kind: 'webhook',
  name: '社内チャット',
  url: `http://${sandbox.mailbox.host}:9/notices`,
  topics: ['attention', 'report'],
})

async function makeChannels(sandbox: Sandbox, client: Api) {
  const { id } = await client.post<Created>('/notice-channels', channel(sandbox))
  const spare = await client.post<Created>('/notice-channels', channel(sandbox))
  return { id, spareId: spare.id }
}

async function makeWebhooks(sandbox: Sandbox, client: Api) {
  const { id } = await client.post<Created>('/webhooks', webhook(sandbox))
  const spare = await client.post<Created>('/webhooks', webhook(sandbox))
  await client.post(`/webhooks/${id}/test`, {})
  const { deliveries } = await client.get<{ deliveries: Created[] }>(`/webhooks/${id}/deliveries`)
  return { id, spareId: spare.id, deliveryId: deliveries[0]?.id ?? id }
}

/** Of a shop that rehearses: those of the demo go on sending. */
const REHEARSAL = [
  ...['startRehearsal', 'getRehearsal', 'getRehearsalFile', 'compareRehearsal', 'endRehearsal'],
] as const

async function makeSpares(sandbox: Sandbox, { client, tenantId }: Registration, operator: Api) {
  sandbox.imap.addUser(SECOND_USER, sandbox.mailbox.password)
  const shop = await client.post<Created>('/shops', {
    marketplace: 'rakuten',
    code: String(FREE_CODES_FROM),
    name: '削除してよい店舗',
    enabled: false,
  })
  const rehearsed = await client.post<Created>('/shops', {
    marketplace: 'rakuten',
    code: String(FREE_CODES_FROM - 1),
    name: 'リハーサルの店舗',
    enabled: false,
  })
  await client.post(`/shops/${rehearsed.id}/rehearsal`, {})
  const mailbox = await client.post<Created>('/mailboxes', {
    ...secondMailbox(sandbox),
    name: '削除してよい受信箱',
    enabled: false,
  })
  const apiKey = await operator.post<Created>('/admin/api-keys', { tenantId, name: '取り消してよいキー' })
  const rehearsedId = rehearsed.id
  return { shopId: shop.id, rehearsedId, mailboxId: mailbox.id, apiKeyId: apiKey.id }
}

/** A number that the mall does not know is asked for during a day, so its request can be asked for again. */
async function askForImports({ client, shops }: Registration) {
  const unknown = ['1', '2'].map((end) => `${SANDBOX_SHOPS.rakuten.code}-20260115-000000000${end}`)
  await client.post('/orders/import', { shopId: shops.rakuten, orderNumbers: unknown })
  const { scan } = await client.post<{ scan: Created }>('/orders/import', {
    shopId: shops.yahoo,
    ...lastDay(),
  })
  const { importRequests } = await client.get<{ importRequests: (Created & { orderNumber: string })[] }>(
    `/import-requests?shopId=${shops.rakuten}`,
  )
  const [waiting, unwanted] = unknown.map(
    (number) => importRequests.find(({ orderNumber }) => orderNumber === number) as Created,
  ) as [Created, Created]
  return { ids: { 'import-requests': waiting.id, 'import-scans': scan.id }, unwanted: unwanted.id }
}

async function stageOrders(sandbox: Sandbox, client: Api): Promise<void> {
  const rounds = Array.from({ length: STAGED_PER_MALL }, () => SIMULATED_MALLS)
  for (const mall of rounds.flat()) sandbox.malls[mall].place()
  await waitFor(
    'orders to try the documentation with',
    () => client.get<{ staged: number }>('/board'),
    (board) => board.staged >= rounds.flat().length,
  )
}

/** 購入申込 that is no order yet. */
async function applyForSubscription({ malls }: Sandbox): Promise<void> {
  const body = JSON.stringify({ reserveType: 1, deliveries: 2 })
  const answer = await fetch(`${malls.rakuten.url}/_control/applications`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`no application: ${await answer.text()}`)
}
