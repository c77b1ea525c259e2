import { t } from '../i18n.ts'

type Words = readonly [ja: string, en: string]
function wordsOf<Name extends string>(words: Record<Name, Words>): Readonly<Record<Name, Words>> {
  return words
}

/** Fields of a person in an address's order: one word each for showing, editing, changing and history. */
export const PERSON_WORDS = wordsOf({
  familyName: ['姓', 'Family name'],
  givenName: ['名', 'Given name'],
  fullName: ['氏名', 'Name'],
  familyNameKana: ['姓カナ', 'Family name in kana'],
  givenNameKana: ['名カナ', 'Given name in kana'],
  postalCode: ['郵便番号', 'Postcode'],
  prefecture: ['都道府県', 'Prefecture'],
  city: ['市区町村', 'City'],
  address1: ['町域・番地', 'Street'],
  address2: ['建物名・部屋番号', 'Building'],
  company: ['会社・部署', 'Company'],
  phone: ['電話番号', 'Phone'],
  email: ['メール', 'Mail'],
})

/** The parts of an order's fields as the desk calls them; a mall's own fields keep the mall's name. */
const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>([
  ...Object.entries<Words>(PERSON_WORDS),
  ['buyer', ['注文者', 'Buyer']],
  ['recipients', ['送付先', 'Recipient']],
  ['person', ['', '']],
  ['items', ['商品', 'Item']],
  ['parcels', ['荷物', 'Parcel']],
  ['options', ['選択肢', 'Option']],
  ['notes', ['', '']],
  ['shop', ['店舗メモ', 'Memo']],
  ['operator', ['担当者', 'In charge']],
  ['gift', ['ギフト', 'Gift']],
  ['wish', ['お届け希望', 'Wish']],
  ['date', ['日', 'Day']],
  ['timeText', ['時間帯', 'Time']],
  ['name', ['名称', 'Name']],
  ['quantity', ['数量', 'Quantity']],
  ['unitPrice', ['単価', 'Price']],
  ['subtotal', ['小計', 'Sum']],
  ['trackingNumber', ['送り状番号', 'Tracking number']],
  ['shippedOn', ['発送日', 'Shipped on']],
  ['methodName', ['配送方法', 'Method']],
  ['status', ['ステータス', 'Status']],
  ['payment', ['支払', 'Payment']],
  ['temperature', ['温度帯', 'Temperature']],
  ['delivery', ['', '']],
  ['shipBy', ['発送期限', 'Ship by']],
  ['discounts', ['値引', 'Discounts']],
  ['taxSummary', ['税率ごとの合計', 'Sums by tax rate']],
  ['charges', ['費用', 'Charges']],
  ['shipping', ['送料', 'Postage']],
  ['totals', ['合計', 'Totals']],
  ['billed', ['請求金額', 'Billed']],
  ['message', ['メッセージ', 'Message']],
  ['deleted', ['削除', 'Removed']],
  ['mallStatus', ['モールのステータス', "The mall's status"]],
  ['mallState', ['モールの状態', "The mall's state"]],
  ['mallFields', ['モール固有項目', "The mall's own fields"]],
  ['flags', ['モールの印', "The mall's flags"]],
  ['holds', ['モール側保留', 'Holds']],
  ['updatedAt', ['更新日時', 'Updated']],
])

/** `/recipients/0/person/city` as 送付先1 市区町村. */
export function fieldWord(pointer: string): string {
  const words: string[] = []
  for (const step of pointer.split('/').slice(1)) {
    const known = WORDS.get(step)
    if (/^\d+$/.test(step) && words.length > 0) words.push(`${words.pop()}${t('', ' ')}${Number(step) + 1}`)
    else words.push(known ? t(...known) : step)
  }
  return words.filter(Boolean).join(' ')
}
