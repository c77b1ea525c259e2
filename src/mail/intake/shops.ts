import type pg from 'pg'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import { mailRulesOf } from '../../shops/shops/settings.ts'
import type { MailboxShop, MailboxShops } from './types.ts'

/**
 * Loads the enabled shops of a mailbox and the rules that they added to their malls' mail rules, in one
 * statement.
 */
export async function listMailboxShops(pool: pg.Pool, mailboxId: string): Promise<MailboxShops> {
  const { rows } = await pool.query<MailboxShop & { settings: unknown }>({ ...SHOPS, values: [mailboxId] })
  const rules = rows
    .map(({ marketplace, settings }) => ({ marketplace, rules: mailRulesOf(settings) }))
    .filter(({ rules }) => Object.keys(rules).length > 0)
  return { shops: rows.map(({ id, marketplace, code }) => ({ id, marketplace, code })), rules }
}

const SHOPS = {
  name: 'torikomi_mailbox_shops',
  text: `select s.id::text, s.marketplace::text, s.code, s.settings
    from mailbox_shops ms join shops s on s.id = ms.shop_id
    where ms.mailbox_id = $1::uuid and s.enabled
    order by s.id`,
}

/**
 * The shops that may own an order: all of its mall whose code does not speak against it. The mall decides
 * among several, and the others' requests end with that (src/imports/results/shared-mailbox.ts).
 */
export function shopsFor(
  orderNumber: string,
  marketplace: MarketplaceName,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
): MailboxShop[] {
  const mall = malls.get(marketplace)
  if (mall === undefined) return []
  return shops.filter(
    (shop) => shop.marketplace === marketplace && mall.ownsOrderNumber(shop.code, orderNumber) !== false,
  )
}

/** Japanese: why no shop was found for the numbers of a mail, and what to do. */
export function noShopReason(
  marketplace: MarketplaceName,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
): string {
  const mall = malls.get(marketplace)
  const label = mall?.label ?? marketplace
  const codes = shops.filter((shop) => shop.marketplace === marketplace).map((shop) => shop.code)
  if (codes.length === 0) {
    return `この受信箱に、有効な${label}の店舗が結び付けられていません。受信箱の設定で店舗を追加してください。`
  }
  const codeLabel = mall?.shopCodeLabel ?? '店舗コード'
  return (
    `この受信箱の${label}の店舗（${codeLabel}: ${codes.join('、')}）のものではない注文番号があります。` +
    `店舗の${codeLabel}を確認するか、該当する店舗を登録して受信箱に追加してください。`
  )
}
