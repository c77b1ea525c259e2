import { z } from 'zod'
import { checkSignature } from '../../platform/crypto/signed-message.ts'
import { factsOf } from '../../platform/narrow.ts'
import { credentialField, optionally, pasted, readWith, shopCodeOf } from '../kit/credentials.ts'
import type { MallNames } from '../kit/failures.ts'
import { parsed } from '../kit/outcomes.ts'
import { parseForeignJson } from '../kit/texts.ts'
import { unknownsOf } from '../kit/unknown-fields.ts'
import { fileShopOf } from '../order-files/form.ts'
import type { MallPush, Marketplace, OptionsOf } from '../port/marketplace.ts'
import type { MarketplaceSession, MarketplaceTools, ShopContext } from '../port/session.ts'
import { changeCalls, changeRules } from './changes/index.ts'
import { type ConnectorCredentials, createConnectorClient, refusedBy } from './client.ts'
import { Capabilities, CONNECTOR_ACTIONS, PATH } from './contract.ts'
import { CONNECTOR } from './facts.ts'
import { fileMarketplace } from './file-shop.ts'
import { connectorMailRules, recogniseConnectorMail } from './mail.ts'
import { fetchOrders, listOrders } from './orders.ts'

type Options = OptionsOf<typeof CONNECTOR.settings>

/** Until the shop has been asked what it can do: reads alone, by the narrowest bounds. */
const UNTOLD: Capabilities = Capabilities.parse({
  contract: '1',
  shop: { code: '-', name: CONNECTOR.label },
  list: { windowDays: 7, historyDays: 30 },
})

const WHOLE: Capabilities = {
  ...UNTOLD,
  actions: CONNECTOR_ACTIONS.map((action) => ({ action, preconditions: '', limits: [] })),
}

const asTold = (capabilities: unknown): Capabilities => Capabilities.safeParse(capabilities).data ?? UNTOLD

function createConnector({ allowedPrivateHosts }: Options): Marketplace<ConnectorCredentials> {
  const open = allowedPrivateHosts.split(',').map((host) => host.trim())
  const general: Marketplace<ConnectorCredentials> = {
    ...CONNECTOR,
    ...unknownsOf({ names: new Set(['revision', 'changes', 'id', 'state']), codes: () => [] }),
    shopCode: shopCodeOf(
      '店舗コードを入力してください。',
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/,
      '店舗コードは、コネクターの capabilities にある shop.code を半角で入力してください。',
    ),
    credentials: z
      .object({
        url: readWith(URL_FORM, (text) => baseUrl(text, open)),
        secret: optionally(
          pasted('共有シークレット').pipe(
            z
              .string()
              .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, '共有シークレットは whsec_ で始まる文字列です。'),
          ),
        ),
        token: optionally(pasted('トークン')),
      })
      .refine(({ secret, token }) => (secret === undefined) !== (token === undefined), {
        path: ['secret'],
        message: '共有シークレットとトークンのどちらか一方を登録してください。',
      }),
    credentialFields: [
      credentialField('url', 'コネクターのURL', `${PATH} の前までのURL。https:// で始めます。`, {
        required: true,
      }),
      credentialField('secret', '共有シークレット', 'コネクターの設定画面にある whsec_ で始まる文字列。', {
        secret: true,
        onlyOwnKeys: true,
      }),
      credentialField('token', 'トークン', '署名に対応しないコネクターだけで使います。', {
        secret: true,
        onlyOwnKeys: true,
      }),
    ],
    limits: limitsOf(UNTOLD),
    mailRules: connectorMailRules,
    recognise: recogniseConnectorMail,
    push,
    takesFiles: true,
    // All that a shop may offer; each says which of them it does.
    changes: changeRules(CONNECTOR, WHOLE),
    ofShop: (capabilities) => {
      const files = fileShopOf(capabilities)
      if (files) return fileMarketplace(general, files)
      const can = asTold(capabilities)
      const label = can === UNTOLD ? CONNECTOR.label : can.shop.name
      const colour = can.shop.colour ?? undefined
      const names = { ...CONNECTOR, label }
      return {
        ...general,
        label,
        ...(colour ? { colour } : {}),
        limits: limitsOf(can),
        changes: changeRules(names, can),
      }
    },
    open: openSession,
  }
  return general
}

const URL_FORM =
  'コネクターのURLは https:// で始まるURLです（例: https://shop.example.jp/plugins）。? や # より後ろ、ユーザー名、パスワードは含めません。'

/** Null for what is no address to call. Plain HTTP only where the operator opened a private host. */
function baseUrl(text: string, open: readonly string[]): string | null {
  const url = text.length <= 300 && URL.canParse(text) ? new URL(text) : null
  if (!url || url.username || url.password || url.search || url.hash) return null
  const isOpen = open.includes(url.hostname) || open.includes(url.host)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOpen)) return null
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(new RegExp(`${PATH}$`), '')
}

const limitsOf = ({ batch, list, quota }: Capabilities): Marketplace['limits'] => ({
  fetchBatch: Math.max(1, batch),
  ordersPerMinute: Math.max(1, Math.floor(quota.perSecond * 60 * Math.max(1, batch))),
  listWindowDays: list.windowDays,
  historyDays: list.historyDays,
  ...(list.delaySeconds > 0 ? { lagMinutes: Math.ceil(list.delaySeconds / 60) } : {}),
  freshBy: 'list',
})

function openSession(shop: ShopContext<ConnectorCredentials>, tools: MarketplaceTools): MarketplaceSession {
  const can = asTold(shop.capabilities)
  const mall: MallNames = can === UNTOLD ? CONNECTOR : { ...CONNECTOR, label: can.shop.name }
  const quota = { key: `connector:shop:${shop.shopId}`, ...can.quota }
  const client = createConnectorClient(mall, shop, tools, quota)
  const reading = { client, can, shopCode: shop.shopCode, now: () => tools.clock.now() }
  return {
    changes: changeCalls(client),
    fetchOrders: (numbers, signal, hints) => fetchOrders(numbers, reading, signal, hints),
    listOrders: (window, page, signal) => listOrders(reading, window, page, signal),
    async checkCredentials(signal) {
      const answer = await client.call({ method: 'GET', path: '', maxBytes: CAPABILITIES_BYTES }, signal)
      if (answer.kind === 'told') throw refusedBy(mall, answer)
      const told = parsed(Capabilities, answer.body, mall, 'capabilities')
      const { shop: own, system, actions } = told
      const to = new Date(tools.clock.now())
      const window = { from: new Date(to.getTime() - DAY_MS), to }
      const { total } = await listOrders({ ...reading, can: told }, window, null, signal)
      const isOther = own.code !== shop.shopCode
      return {
        messages: [
          `「${own.name}」のコネクター（${system || '名称なし'}）に接続できました（直近24時間の注文: ${total ?? 0}件、操作: ${actions.length}種類）。`,
          ...(isOther
            ? [
                `店舗コードが違います（登録: ${shop.shopCode}、コネクター: ${own.code}）。別の店舗のURLではないか確認してください。`,
              ]
            : []),
        ],
        expiries: [],
        capabilities: told,
      }
    },
  }
}

const CAPABILITIES_BYTES = 64 * 1024
const DAY_MS = 24 * 60 * 60 * 1000

const Pushed = z.strictObject({
  orderNumbers: z.array(z.string().trim().min(1).max(100)).min(1).max(100),
  news: z.enum(['new', 'changed']).optional(),
})

/** The shared secret signs both ways, so that a connector needs no second one to tell of its orders. */
const push: MallPush = {
  verify({ headers, body, now }, { secrets }) {
    const signed = {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    }
    const checks = secrets.map((secret) => checkSignature(secret, signed, body, now))
    const good = checks.find((check) => check.ok)
    if (!good?.ok) {
      const reasons = checks.flatMap((check) => (check.ok ? [] : [check.reason]))
      return { refusal: reasons.includes('stale') ? 'stale' : (reasons[0] ?? 'forged') }
    }
    const { data } = Pushed.safeParse(parseForeignJson(Buffer.from(body).toString('utf8')))
    if (data === undefined) return { refusal: 'unreadable' }
    const { news } = data
    return {
      orders: [...new Set(data.orderNumbers)].map((orderNumber) => ({
        orderNumber,
        id: good.id,
        ...(news ? { news } : {}),
      })),
    }
  },
  secretsOf: (credentials) => [factsOf(credentials).secret].filter((one) => typeof one === 'string'),
}

export const connector = { ...CONNECTOR, create: createConnector }
