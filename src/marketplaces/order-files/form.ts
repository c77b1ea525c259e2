import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { CARRIER_CODES } from '../port/carriers.ts'
import { MALL_STATES, NormalisedOrder, PAYMENT_KINDS } from '../port/order.ts'
import base from './presets/base.json' with { type: 'json' }
import colorme from './presets/colorme.json' with { type: 'json' }
import eccube from './presets/eccube.json' with { type: 'json' }
import futureshop from './presets/futureshop.json' with { type: 'json' }
import makeshop from './presets/makeshop.json' with { type: 'json' }
import neHanyo from './presets/ne_hanyo.json' with { type: 'json' }
import shopify from './presets/shopify.json' with { type: 'json' }

/** Column map (列の対応) of a shop's order files: which column becomes which field of an order. */

const person = (prefix: string, whose: string) =>
  ({
    [`${prefix}Name`]: `${whose}氏名`,
    [`${prefix}FamilyName`]: `${whose}姓`,
    [`${prefix}GivenName`]: `${whose}名`,
    [`${prefix}Kana`]: `${whose}カナ`,
    [`${prefix}FamilyKana`]: `${whose}姓カナ`,
    [`${prefix}GivenKana`]: `${whose}名カナ`,
    [`${prefix}Company`]: `${whose}会社・部署`,
    [`${prefix}PostalCode`]: `${whose}郵便番号`,
    [`${prefix}Prefecture`]: `${whose}都道府県`,
    [`${prefix}City`]: `${whose}市区町村`,
    [`${prefix}Address1`]: `${whose}住所1`,
    [`${prefix}Address2`]: `${whose}住所2`,
    [`${prefix}Phone`]: `${whose}電話番号`,
  }) as const

const OF_ORDER = {
  orderNumber: '受注番号',
  orderedAt: '注文日時',
  changedAt: '更新日時',
  state: '発送・キャンセルの状態',
  cancelledAt: 'キャンセル日時',
  currency: '通貨',
  total: '請求金額',
  shippingFee: '送料',
  codFee: '代引手数料',
  paymentFee: '決済手数料',
  otherFee: 'その他の料金',
  adjustment: '調整額',
  discount: '値引き',
  coupon: 'クーポン',
  points: 'ポイント利用',
  paymentName: '支払方法',
  paymentStatus: '入金状態',
  deliveryMethod: '配送方法',
  gift: 'ギフト',
  buyerNote: '備考',
  shopNote: '店舗メモ',
  buyerEmail: '注文者メールアドレス',
} as const

const OF_RECIPIENT = {
  recipientId: '送付先ID',
  wishDate: 'お届け希望日',
  wishTime: '希望時間帯',
  noshi: 'のし',
  wrapping: 'ラッピング',
  giftMessage: 'ギフトメッセージ',
} as const

const OF_LINE = {
  lineId: '明細ID',
  itemCode: '商品コード',
  sku: 'SKU',
  jan: 'JAN',
  itemName: '商品名',
  itemOption: '項目・選択肢',
  unitPrice: '単価',
  quantity: '数量',
  taxRate: '税率',
} as const

const BUYER = person('buyer', '注文者')
const RECIPIENT = person('recipient', '送付先')

/** Every field that a column may become, with its name among staff. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  ...OF_ORDER,
  ...BUYER,
  ...OF_RECIPIENT,
  ...RECIPIENT,
  ...OF_LINE,
}

/** Fields that name nobody: an example of them may be shown to all of a tenant. */
export const isImpersonal = (field: string): boolean => IMPERSONAL.has(field)

const IMPERSONAL: ReadonlySet<string> = new Set([
  ...([
    'orderNumber',
    'orderedAt',
    'changedAt',
    'state',
    'cancelledAt',
    'currency',
    'total',
    'shippingFee',
    'codFee',
  ] as const),
  ...([
    'paymentFee',
    'otherFee',
    'adjustment',
    'discount',
    'coupon',
    'points',
    'paymentName',
    'wishDate',
  ] as const),
  ...(['paymentStatus', 'deliveryMethod', 'wishTime', 'recipientId'] as const),
  ...Object.keys(OF_LINE).filter((name) => name !== 'itemOption'),
])

const ofLine = new Set(Object.keys(OF_LINE))
const ofRecipient = new Set([...Object.keys(OF_RECIPIENT), ...Object.keys(RECIPIENT)])

/** Rows of one order agree in its fields; rows of one recipient agree in the recipient's. */
export const scopeOf = (field: string): 'order' | 'recipient' | 'line' =>
  ofLine.has(field) ? 'line' : ofRecipient.has(field) ? 'recipient' : 'order'

const word = (most: number) => z.string().trim().min(1).max(most)
const isField = (name: string): boolean => Object.hasOwn(FIELD_LABELS, name)
const isCarrier = (name: string): boolean => CARRIER_CODES.some((code) => code === name)
const cellWord = z.string().max(100)

const SHIPPED_VALUES = [
  ...(['orderNumber', 'recipientId', 'carrier', 'trackingNumber', 'shippedOn', 'empty'] as const),
] as const

/** Meanings of a file's words of state: a cart may list what nobody has ordered yet. */
export const FILE_STATES = [...MALL_STATES, 'not_placed'] as const
export type FileState = (typeof FILE_STATES)[number]

export const OrderForm = z
  .strictObject({
    label: word(40).describe('Name among staff (形式の名前)'),
    encoding: z
      .enum(['auto', 'utf-8', 'cp932'])
      .default('auto')
      .describe('auto: UTF-8 where the file is, else CP932 (文字コード)'),
    delimiter: z
      .enum(['comma', 'tab', 'semicolon'])
      .default('comma')
      .describe('Between two values (区切り文字)'),
    columns: z
      .record(z.string().max(40), z.array(word(100)).min(1).max(4))
      .refine((columns) => Object.keys(columns).every(isField), {
        error: '項目名は GET /v1/shops/{id}/order-form の fields にあるものだけです。',
      })
      .describe('Headings of each field; several are joined by a blank (項目ごとの見出し)'),
    values: z
      .strictObject({
        state: z
          .record(cellWord, z.enum(FILE_STATES))
          .optional()
          .describe(
            'Words of `state`; orders of another word are told, and left out of a file that nobody looked at. not_placed: no order yet (注文前), left out and changes nothing here',
          ),
        payment: z
          .record(cellWord, z.enum(PAYMENT_KINDS))
          .optional()
          .describe('Words within `paymentName` (支払方法の言葉)'),
        paymentStatus: z
          .record(cellWord, NormalisedOrder.shape.payment.shape.status)
          .optional()
          .describe('Words of `paymentStatus`; of `state` where no column is that (入金状態の言葉)'),
      })
      .default({})
      .describe('What words of the file mean (値の対応)'),
    items: z
      .strictObject({
        column: word(100).describe('Heading (見出し)'),
        are: z.array(cellWord).min(1).max(10).describe('Its values in rows of goods (商品の行の値)'),
      })
      .optional()
      .describe('Rows that are goods, by a column; left out: all (商品の行)'),
    taxIncluded: z.boolean().default(true).describe('unitPrice has tax in it (税込)'),
    severalRecipients: z
      .boolean()
      .default(false)
      .describe('Rows of one order may go to several addresses (複数の送付先)'),
    shipped: z
      .strictObject({
        encoding: z.enum(['utf-8', 'cp932']).default('cp932'),
        columns: z
          .array(
            z.strictObject({
              heading: word(100).describe('見出し'),
              value: z.enum(SHIPPED_VALUES).describe('What stands there; empty: nothing (値)'),
            }),
          )
          .min(1)
          .max(30),
        carriers: z
          .record(z.string().max(40), word(60))
          .refine((words) => Object.keys(words).every(isCarrier), {
            error: '配送会社は GET /v1/marketplaces の carrier のコードで指定してください。',
          })
          .default({})
          .describe('The cart’s words for carriers; left out: ours (配送会社の言葉)'),
      })
      .describe('The file of tracking numbers that the cart reads (追跡番号CSV)'),
  })
  .refine(({ columns }) => REQUIRED.every((name) => columns[name] !== undefined), {
    path: ['columns'],
    error: () => `${REQUIRED.map((name) => FIELD_LABELS[name]).join('、')}の列は必ず指定してください。`,
  })
  .describe('Column map of order files (注文ファイルの列の対応)')
export type OrderForm = z.infer<typeof OrderForm>

/** Fields of one column each: two numbers that are joined would be another one. */
export const SINGLE: ReadonlySet<string> = new Set([
  ...(['orderNumber', 'total', 'shippingFee', 'codFee', 'paymentFee', 'otherFee', 'adjustment'] as const),
  ...(['discount', 'coupon', 'points', 'unitPrice', 'quantity', 'taxRate'] as const),
])

const WHERE_TO = [
  'Name',
  'FamilyName',
  'GivenName',
  'PostalCode',
  'Prefecture',
  'City',
  'Address1',
  'Address2',
]

/** Fields without which an order is shipped twice, or to its buyer: nobody need look at a file with them. */
const GUARDS = {
  state: ['state'],
  cancelledAt: ['cancelledAt'],
  recipient: WHERE_TO.map((name) => `recipient${name}`),
}
export const GUARD_NAMES = ['state', 'cancelledAt', 'recipient'] as const
export type GuardName = (typeof GUARD_NAMES)[number]

export const guardedHeadings = ({ columns }: OrderForm, guard: GuardName): string[] =>
  GUARDS[guard].flatMap((field) => columns[field] ?? [])

export const REQUIRED = ['orderNumber', 'orderedAt', 'itemName', 'unitPrice', 'quantity']

const FILES = {
  ne_hanyo: neHanyo,
  shopify,
  eccube,
  makeshop,
  colorme,
  futureshop,
  base,
}
export const PRESET_IDS = [
  ...(['ne_hanyo', 'shopify', 'eccube', 'makeshop', 'colorme', 'futureshop', 'base'] as const),
] as const
export type PresetId = (typeof PRESET_IDS)[number]

export const presetOf = (id: PresetId): OrderForm => OrderForm.parse(FILES[id])

const PART_LABELS = {
  encoding: '文字コード',
  delimiter: '区切り文字',
  items: '商品の行',
  taxIncluded: '税込',
  severalRecipients: '複数の送付先',
  shipped: '追跡番号CSV',
} as const
const WORD_LABELS = {
  state: '発送・キャンセルの状態の言葉',
  payment: '支払方法の言葉',
  paymentStatus: '入金状態の言葉',
} as const

/** Lists by their names among staff what a preset reads otherwise than a map that was saved from it. */
export function presetChanges(saved: OrderForm, preset: OrderForm): string[] {
  const differing = (labels: Readonly<Record<string, string>>, one: object, other: object) =>
    Object.entries(labels).flatMap(([name, label]) =>
      isDeepStrictEqual(valueIn(one, name), valueIn(other, name)) ? [] : [label],
    )
  return [
    ...differing(FIELD_LABELS, saved.columns, preset.columns),
    ...differing(WORD_LABELS, saved.values, preset.values),
    ...differing(PART_LABELS, saved, preset),
  ]
}

const valueIn = (record: object, name: string): unknown =>
  Object.entries(record).find(([key]) => key === name)?.[1]

/** `Shop.capabilities` of a shop whose orders come as files: it has no server that could be asked. */
export const FileShop = z.object({
  contract: z.literal('files'),
  label: word(40),
  form: OrderForm,
  /** Absent: the map is the shop's own. */
  preset: z.enum(PRESET_IDS).optional().catch(undefined),
  /** Of state and recipient, as its files had them: one that lacks any is taken by a person alone. */
  seenHeadings: z.array(word(100)).default([]),
  /** A person took a file that has no heading of these. */
  takenWithout: z.array(z.enum(GUARD_NAMES)).optional().catch(undefined),
})
export type FileShop = z.infer<typeof FileShop>

/** Headings that files had and lacked, for a preset that is renewed without a look at a file. */
export function keptHeadings(
  { form: before, seenHeadings: had, takenWithout = [] }: FileShop,
  made: OrderForm,
) {
  const renamed = Object.values(GUARDS)
    .flat()
    .flatMap((field) =>
      before.columns[field]?.some((heading) => had.includes(heading)) ? (made.columns[field] ?? []) : [],
    )
  const isSame = (guard: GuardName) =>
    isDeepStrictEqual(guardedHeadings(before, guard), guardedHeadings(made, guard))
  return {
    seenHeadings: [...new Set([...had, ...renamed])],
    takenWithout: takenWithout.filter(isSame),
  }
}

/** Null for every other shop. */
export const fileShopOf = (capabilities: unknown): FileShop | null =>
  FileShop.safeParse(capabilities).data ?? null

/** SQL, of a shop `s`: its orders come as files, as `fileShopOf` tells. */
export const HAS_ORDER_FILES = `s.capabilities ->> 'contract' is not distinct from 'files'`
