import type { MallFacts } from '../port/marketplace.ts'

/** All shops that speak the connector contract: own sites and carts, each behind a URL of its own. */
export const CONNECTOR = {
  name: 'connector',
  since: '1.2.0',
  servedByTenant: true,
  label: 'その他の店舗（コネクター）',
  prefix: 'CONNECTOR',
  console: 'カートの管理画面',
  mailHelp:
    '注文メールがなくても、注文一覧との突合とコネクターからの通知で取り込みます。メールも使うときは、カートの注文通知の宛先に受信箱のアドレスを加え、差出人・件名・注文番号の見出しが店舗のメール判別ルールにあるか確認してください。',
  keyShapes: [{ shape: /^whsec_[A-Za-z0-9+/=]{32,90}$/, name: 'コネクターの共有シークレット' }],
  shopCodeLabel: '店舗コード（コネクターが名乗るもの）',
  // Each shop counts by itself: #1001 is another order at each.
  orderNumberScope: 'shop',
  ownsOrderNumber: () => null,
  settings: {
    allowedPrivateHosts: {
      env: 'CONNECTOR_ALLOWED_PRIVATE_HOSTS',
      kind: 'hosts',
      description:
        'Hosts of connectors that may have a private address and may be asked without TLS, comma separated, written as in the URL; `host:port` at that port alone.',
    },
  },
  reads: [
    'GET /torikomi/v1',
    'GET /torikomi/v1/orders',
    'GET /torikomi/v1/orders/{}',
    'POST /torikomi/v1/orders/lookup',
  ],
} as const satisfies MallFacts
