import type { MailMalls } from '../../../src/marketplaces/mails.ts'
import { rakutenMailRules, recogniseRakutenMail } from '../../../src/marketplaces/rakuten/mail.ts'
import { recogniseYahooMail, yahooMailRules } from '../../../src/marketplaces/yahoo/mail.ts'

/** The mail half of the malls, for tests that speak with no API. */
export const mailMalls: MailMalls = new Map([
  [
    'rakuten',
    { name: 'rakuten', label: '楽天市場', mailRules: rakutenMailRules, recognise: recogniseRakutenMail },
  ],
  [
    'yahoo',
    { name: 'yahoo', label: 'Yahoo!ショッピング', mailRules: yahooMailRules, recognise: recogniseYahooMail },
  ],
])
