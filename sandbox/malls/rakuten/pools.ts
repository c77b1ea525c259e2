import { houseOf, type Seeded } from '../../kit/seeded.ts'
import type { Address } from './model.ts'
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

// Invented people and towns in real cities, whose postal codes fit (a page full of warnings shows nothing);
// phone numbers that belong to nobody. Names with 機種依存文字 come up often.

const FAMILIES = [
  ['髙橋', 'タカハシ'],
  ['山﨑', 'ヤマザキ'],
  ['佐藤', 'サトウ'],
  ['濵田', 'ハマダ'],
  ['渡邊', 'ワタナベ'],
  ['𠮷田', 'ヨシダ'],
  ['鈴木', 'スズキ'],
  ['齋藤', 'サイトウ'],
  ['田中', 'タナカ'],
  ['神﨑', 'カンザキ'],
  ['小林', 'コバヤシ'],
  ['藤井', 'フジイ'],
] as const
const GIVEN = [
  ['花子', 'ハナコ'],
  ['太郎', 'タロウ'],
  ['陽菜', 'ヒナ'],
  ['蓮', 'レン'],
  ['美咲', 'ミサキ'],
  ['大翔', 'ヒロト'],
  ['さくら', 'サクラ'],
  ['健一', 'ケンイチ'],
  ['由美子', 'ユミコ'],
] as const
export const PLACES = [
  ['100', '0000', '東京都', '千代田区', '03'],
  ['060', '0000', '北海道', '札幌市中央区', '011'],
  ['530', '0000', '大阪府', '大阪市北区', '06'],
  ['812', '0000', '福岡県', '福岡市博多区', '092'],
  ['460', '0000', '愛知県', '名古屋市中区', '052'],
  ['907', '0000', '沖縄県', '石垣市', '0980'],
] as const
const STREETS = [
  '見本町1-2-3',
  '例示通4丁目5番6号',
  '架空ヶ丘７－８ コーポ髙砂①号館203',
  '字見本123番地',
  '大字例示45-6 サンプルハイツⅡ 101号室',
]

export interface Somebody {
  address: Address
  isolatedIsland: boolean
}

/** `turn` walks the family names, so that every name comes up within a dozen orders. */
export function somebody(random: Seeded, turn: number): Somebody {
  const [familyName, familyNameKana] = FAMILIES[turn % FAMILIES.length] as (typeof FAMILIES)[number]
  const [firstName, firstNameKana] = random.pick(GIVEN)
  const [zipCode1, zipCode2, prefecture, city, area] = random.pick(PLACES)
  return {
    address: {
      zipCode1,
      zipCode2,
      prefecture,
      city,
      subAddress: houseOf(STREETS[turn % STREETS.length] as string, turn),
      familyName,
      firstName,
      familyNameKana,
      firstNameKana,
      phoneNumber1: area,
      phoneNumber2: String(random.int(0, 999)).padStart(3, '0'),
      phoneNumber3: '0000',
    },
    isolatedIsland: area === '0980',
  }
}
