import { AMAZON } from './amazon/facts.ts'
import { amazonMailRules, recogniseAmazonMail } from './amazon/mail.ts'
import { AUPAY } from './aupay/facts.ts'
import { aupayMailRules, recogniseAupayMail } from './aupay/mail.ts'
import type { Marketplace } from './port/marketplace.ts'
import { RAKUTEN } from './rakuten/facts.ts'
import { rakutenMailRules, recogniseRakutenMail } from './rakuten/mail.ts'
import { YAHOO } from './yahoo/facts.ts'
import { recogniseYahooMail, yahooMailRules } from './yahoo/mail.ts'

/** What a mall's mails need of it: without the adapters, which a thread that reads mails would hold some 30 MB for. */
export type MallMails = Pick<Marketplace, 'name' | 'label' | 'mailRules' | 'recognise'>

/** In the order of MALLS: a new mall has a line here too, which index.test.ts asks for. */
export const MALL_MAILS: readonly MallMails[] = [
  { ...YAHOO, mailRules: yahooMailRules, recognise: recogniseYahooMail },
  { ...RAKUTEN, mailRules: rakutenMailRules, recognise: recogniseRakutenMail },
  { ...AMAZON, mailRules: amazonMailRules, recognise: recogniseAmazonMail },
  { ...AUPAY, mailRules: aupayMailRules, recognise: recogniseAupayMail },
]
