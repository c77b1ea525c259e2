/** The simulated shop's items, in yen; `taxIncluded` false: prices before tax, as old shops keep them. */

export interface Product {
  id: number
  number: string
  name: string
  price: number
  taxRate: number
  taxIncluded: boolean
  /** SKU axes; none: a single SKU. */
  variants: { variantId: string; sku: string; info: string }[]
  choices: string[]
  lead: string | null
}

const product = (
  id: number,
  number: string,
  name: string,
  price: number,
  more: Partial<Product> = {},
): Product => ({
  id,
  number,
  name,
  price,
  taxRate: 0.1,
  taxIncluded: true,
  variants: [],
  choices: [],
  lead: null,
  ...more,
})

export const PRODUCTS: readonly Product[] = [
  product(10000119, 'shirt-01', '見本シャツ 綿100％ ①', 3200, {
    variants: [
      { variantId: 'shirt-01-m', sku: '4900000000011', info: 'サイズ:M\nカラー:白' },
      { variantId: 'shirt-01-l', sku: '4900000000028', info: 'サイズ:L\nカラー:紺' },
    ],
    choices: ['領収書:不要', '領収書:必要'],
    lead: '1～2日以内に発送',
  }),
  product(10000120, 'cookie-02', '見本クッキー 12枚入', 540, { taxRate: 0.08 }),
  product(10000121, 'tea-03', '例示茶 ㈱見本園 100g', 1080, { taxRate: 0.08, lead: '3日以内に発送' }),
  product(10000122, 'mug-04', '見本マグカップ Ⅱ型(名入れ可)', 1650, {
    choices: ['名入れ:あり「HANA」', '名入れ:なし'],
  }),
  product(10000123, 'towel-05', '今治風見本タオル', 900, { taxIncluded: false }),
  product(10000124, 'knife-06', '三徳包丁 髙級鋼 165mm', 12800, { lead: '5～7日以内に発送' }),
  product(10000125, 'rice-07', '見本米 10kg', 4980, { taxRate: 0.08 }),
  product(10000126, 'lamp-08', '折りたたみランプ', 2480, {
    variants: [
      { variantId: 'lamp-08-w', sku: 'LAMP-W', info: '色:電球色' },
      { variantId: 'lamp-08-d', sku: 'LAMP-D', info: '色:昼光色' },
    ],
  }),
]

/** Weighted: cards are the most common by far. */
export const PAYMENTS: readonly { code: number; name: string; share: number; settles: Settles }[] = [
  { code: 1, name: 'クレジットカード', share: 0.6, settles: 'card' },
  { code: 2, name: '代金引換', share: 0.1, settles: 'onDelivery' },
  { code: 9, name: '銀行振込', share: 0.05, settles: 'prepaid' },
  { code: 13, name: 'セブンイレブン（前払）', share: 0.05, settles: 'prepaid' },
  { code: 14, name: 'ファミリーマート、ローソン等（前払）', share: 0.05, settles: 'prepaid' },
  { code: 21, name: '後払い決済', share: 0.1, settles: 'card' },
  { code: 12, name: 'Apple Pay', share: 0.05, settles: 'card' },
]

export type Settles = 'card' | 'onDelivery' | 'prepaid'

export const settlesBy = (code: number): Settles =>
  PAYMENTS.find((payment) => payment.code === code)?.settles ??
  (code === 2 || code === 7 ? 'onDelivery' : 'card')

export const WISHES: readonly { term: number; text: string }[] = [
  { term: 1, text: '午前中' },
  { term: 1416, text: '14:00-16:00' },
  { term: 1618, text: '16:00-18:00' },
  { term: 1921, text: '19:00-21:00' },
]

export const COMMENTS: readonly string[] = [
  '丁寧な梱包をお願いします①',
  '不在の場合は宅配ボックスへ。\n髙橋宛でお願いします。',
  '領収書の宛名は「㈱見本」でお願いします。',
]
