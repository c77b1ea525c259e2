import { AMAZON } from './amazon/facts.ts'
import { amazonMailRules, recogniseAmazonMail } from './amazon/mail.ts'
import { AUPAY } from './aupay/facts.ts'
import { aupayMailRules, recogniseAupayMail } from './aupay/mail.ts'
import { CONNECTOR } from './connector/facts.ts'
import { connectorMailRules, recogniseConnectorMail } from './connector/mail.ts'
import type { Marketplace } from './port/marketplace.ts'
import type { MarketplaceName } from './port/order.ts'
import { RAKUTEN } from './rakuten/facts.ts'
import { rakutenMailRules, recogniseRakutenMail } from './rakuten/mail.ts'
import { SHOPIFY } from './shopify/facts.ts'
import { recogniseShopifyMail, shopifyMailRules } from './shopify/mail.ts'
import { YAHOO } from './yahoo/facts.ts'
import { recogniseYahooMail, yahooMailRules } from './yahoo/mail.ts'

/** Mail rules of a mall without its adapter, which would cost a thread that reads mails some 30 MB. */
export type MallMails = Pick<
  Marketplace,
  | 'name'
  | 'since'
  | 'label'
  | 'mailRules'
  | 'recognise'
  | 'shopCodeLabel'
  | 'orderNumberScope'
  | 'ownsOrderNumber'
>

/** In the order of MALLS. A new mall needs a line here too, which index.test.ts checks. */
export const MALL_MAILS: readonly MallMails[] = [
  { ...YAHOO, mailRules: yahooMailRules, recognise: recogniseYahooMail },
  { ...RAKUTEN, mailRules: rakutenMailRules, recognise: recogniseRakutenMail },
  { ...AMAZON, mailRules: amazonMailRules, recognise: recogniseAmazonMail },
  { ...AUPAY, mailRules: aupayMailRules, recognise: recogniseAupayMail },
  { ...CONNECTOR, mailRules: connectorMailRules, recognise: recogniseConnectorMail },
  { ...SHOPIFY, mailRules: shopifyMailRules, recognise: recogniseShopifyMail },
]

/** Facts of the malls for reading a mail; a `Marketplaces` map fits, and so does the next type. */
export type MailMalls = ReadonlyMap<
  MarketplaceName,
  Pick<MallMails, 'name' | 'label' | 'mailRules' | 'recognise'>
>

/** Facts of the malls for listening: to read a mail, and to find the shop of its numbers. */
export type ListenedMalls = ReadonlyMap<MarketplaceName, MallMails>

export const LISTENED_MALLS: ListenedMalls = new Map(MALL_MAILS.map((mall) => [mall.name, mall]))
