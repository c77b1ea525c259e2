import type { MarketplaceName } from '../port/order.ts'

/** How keys look that can only be another mall's: a form was mistaken for another. Opaque keys are not in the list. */
const SHAPES: readonly { mall: MarketplaceName; shape: RegExp; name: string }[] = [
  { mall: 'rakuten', shape: /^S[PL]\d{4,}_\w+$/, name: '楽天市場のserviceSecretまたはlicenseKey' },
  { mall: 'yahoo', shape: /^dj0[0-9A-Za-z]{30,}-{0,2}$/, name: 'Yahoo!ショッピングのClient ID' },
  { mall: 'amazon', shape: /^(?:amzn1\.|Atz[ar]\|)/, name: 'Amazonの認証情報' },
  { mall: 'aupay', shape: /^[0-9a-f]{64}$/, name: 'au PAY マーケットのAPIキー' },
]

/** What the value is at another mall, Japanese; null when it may well belong to this one. */
export const foreignKey = (own: MarketplaceName, value: string): string | null =>
  SHAPES.find(({ mall, shape }) => mall !== own && shape.test(value))?.name ?? null
