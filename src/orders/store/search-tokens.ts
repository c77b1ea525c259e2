import type { NormalisedOrder, OrderPerson } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { keysOf } from '../../platform/narrow.ts'

/**
 * The blind index: keyed hashes by which an order is found though its personal data is sealed. A hash stands
 * for a whole name, number or address, so only whole ones are found, never parts of them; of the shop's memo
 * for words. The tenant is part of what is hashed: the same buyer at two tenants cannot be told from the
 * index.
 */

export type SearchKind =
  | 'name'
  | 'phone'
  | 'phone4'
  | 'email'
  | 'address'
  | 'buyer_fold'
  | 'recipient'
  | 'prefecture'
  | 'note'
  | 'tracking'

export interface SearchToken {
  kind: SearchKind
  hash: Uint8Array
}

export type Fingerprints = Pick<Sealer, 'fingerprints'>

/** Hashes each text of one order once: staging, marks and blocked buyers need the same ones. */
export function rememberFingerprints(sealer: Fingerprints): Fingerprints {
  const known = new Map<string, ReturnType<Fingerprints['fingerprints']>>()
  return {
    fingerprints(purpose, text) {
      const key = `${purpose}\0${text}`
      const hashes = known.get(key) ?? sealer.fingerprints(purpose, text)
      known.set(key, hashes)
      return hashes
    },
  }
}

/** Half of the SHA-256 finds as well and takes half the room. */
export const HASH_BYTES = 16

/**
 * Of each key, the first one's in front: what is stored is that, what is found is any of them, so that a
 * change of keys hides no order.
 */
export const searchHashes = (
  sealer: Fingerprints,
  tenantId: string,
  kind: SearchKind,
  text: string,
): Buffer[] =>
  sealer
    .fingerprints(`search:${tenantId}:${kind}`, text)
    .map((hash) => Buffer.from(hash.subarray(0, HASH_BYTES)))

/** Kinds that an erasure names, by which the database empties what comes in later of the buyer. */
const ERASED_BY: ReadonlySet<SearchKind> = new Set(['phone', 'email'])

/**
 * Names of the buyer; phones and mail addresses of the buyer and of all recipients, whose addresses and
 * prefectures too. Each token once. Marks compare the buyers' names as they are written, so folded names and
 * recipients' have kinds of their own, and none where the buyer's says the same: most orders have none of
 * either. By what a buyer's data are erased stands under each key: the erasure may be older than the first.
 * @param under `first key` for what moves all to it (`ops keys rotate`)
 */
export function searchTokens(
  sealer: Fingerprints,
  tenantId: string,
  order: NormalisedOrder,
  under: 'all keys' | 'first key' = 'all keys',
): SearchToken[] {
  const people = [order.buyer, ...order.recipients.map(({ person }) => person)]
  const names = namesOf(order.buyer)
  const folded = names.map(foldName)
  const recipients = order.recipients.flatMap(({ person }) => namesOf(person).map(foldName))
  const phones = people.flatMap((person) => [phoneDigits(person.phone), phoneDigits(person.emergencyPhone)])
  const texts: Record<SearchKind, string[]> = {
    name: names,
    buyer_fold: folded.filter((name) => !names.includes(name)),
    recipient: recipients.filter((name) => !names.includes(name) && !folded.includes(name)),
    prefecture: order.recipients.map(({ person }) => normaliseName(person.prefecture)),
    phone: phones,
    phone4: phones.filter((digits) => digits.length > 4).map((digits) => digits.slice(-4)),
    email: people.map(({ email }) => normaliseEmail(email)),
    address: order.recipients.map(({ person }) => normaliseAddress(person)),
    note: notePhrases(order.notes.shop),
    tracking: trackingNumbers(order),
  }
  return keysOf(texts).flatMap((kind) =>
    [...new Set(texts[kind].filter((text) => text !== ''))].flatMap((text) =>
      searchHashes(sealer, tenantId, kind, text)
        .slice(0, under === 'all keys' && ERASED_BY.has(kind) ? undefined : 1)
        .map((hash) => ({ kind, hash })),
    ),
  )
}

function namesOf(person: OrderPerson): string[] {
  const { fullName, familyName, givenName, familyNameKana, givenNameKana } = person
  return [
    ...[fullName ?? null, familyName, givenName, `${familyName ?? ''}${givenName ?? ''}`],
    ...[familyNameKana, givenNameKana, `${familyNameKana ?? ''}${givenNameKana ?? ''}`],
  ].map(normaliseName)
}

/** As a scanner reads it and staff type it: without hyphens, in capitals. */
export const normaliseTracking = (number: string | null): string =>
  (number ?? '').slice(0, 100).normalize('NFKC').replace(/[-\s]/g, '').toUpperCase()

export const trackingNumbers = (order: NormalisedOrder): string[] =>
  order.recipients
    .flatMap(({ parcels }) => parcels.map(({ trackingNumber }) => normaliseTracking(trackingNumber)))
    .filter((number) => number !== '')

const WORDS = new Intl.Segmenter('ja', { granularity: 'word' })
/** 領収書 and のし are two words to the segmenter, 折り返し電話待ち four. */
const MOST_NEIGHBOURS = 4
/** Words of a memo that are indexed: about 120 letters, at most 240 hashes. */
const MOST_NOTE_WORDS = 60
/** Segmenting costs by length. */
const MOST_NOTE_LETTERS = 1_000

const noteWords = (text: string): string[] =>
  [...WORDS.segment(text.normalize('NFKC').slice(0, MOST_NOTE_LETTERS))]
    .map(({ segment }) => normaliseName(segment))
    .filter((word) => word !== '')
    .slice(0, MOST_NOTE_WORDS)

/** Words of a memo and runs of neighbouring ones, as staff search for either. */
export function notePhrases(text: string | null): string[] {
  const words = noteWords(text ?? '')
  const runs = words.flatMap((_, at) =>
    Array.from({ length: MOST_NEIGHBOURS }, (_, more) => words.slice(at, at + 1 + more).join('')),
  )
  return [...new Set(runs)].filter((run) => /[\p{L}\p{N}]/u.test(run))
}

/** The key of a memo: the typed text, or its first words where it has more than are hashed together. */
export const notePhraseOf = (typed: string): string => noteWords(typed).slice(0, MOST_NEIGHBOURS).join('')

/** Forms of one character that staff type as the common one. */
const COMMON_FORMS: Readonly<Record<string, string>> = {
  髙: '高',
  﨑: '崎',
  濵: '浜',
  濱: '浜',
  邊: '辺',
  邉: '辺',
}

/** Full and half width, capitals, blanks and the two kanas make no difference. */
export function normaliseName(name: string | null): string {
  return (name ?? '')
    .normalize('NFKC')
    .replace(/[\s・]/g, '')
    .toLowerCase()
    .replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
    .replace(/[髙﨑濵濱邊邉]/g, (letter) => COMMON_FORMS[letter] ?? letter)
}

/**
 * Variants of letters in names, the common one first: staff read 𠮷田 and type 吉田. Hashes are stored under the
 * first table and looked up under each: a changed table goes in front of this one, so that orders stay found
 * until a backfill has hashed them anew.
 */
const FOLDS = [
  foldTable(
    '吉𠮷 斉斎齋齊 崎嵜碕 島嶋嶌 沢澤 広廣 国國 桜櫻 瀬瀨 徳德 恵惠 真眞 円圓 栄榮 豊豐 竜龍 滝瀧 淵渕渊 弥彌 与與 会會 学學 実實 条條 寿壽 壮壯 ' +
      '槙槇 桑桒 館舘 薮藪 曽曾 凛凜 穂穗 富冨 黒黑 横橫 清淸 青靑 郷鄕鄉 関關 増增 内內 呉吳 戸戶 歩步 緒緖 柳栁桺 峰峯 船舩 蔵藏 万萬 灯燈 鉄鐵 ' +
      '宝寶寳 野埜 恒恆 奥奧 応應 来來 礼禮 静靜 顕顯 暁曉 聡聰 巌巖 勲勳 園薗 梅楳 鴎鷗 遥遙 祢禰 彦彥 節莭 兎兔 桧檜 条絛 松枩 亀龜 浅淺 稲稻 塩鹽',
  ),
] as const

function foldTable(groups: string): ReadonlyMap<string, string> {
  const pairs = groups.split(' ').flatMap((group) => {
    const [common = '', ...variants] = group
    return variants.map((variant) => [variant, common] as const)
  })
  return new Map(pairs)
}

/** The common form of a letter that people cannot type; undefined where it has none. */
export const commonForm = (letter: string): string | undefined => FOLDS[0].get(letter)

const foldBy = (table: ReadonlyMap<string, string>, name: string): string =>
  [...name].map((letter) => table.get(letter) ?? letter).join('')

const foldName = (name: string): string => foldBy(FOLDS[0], name)

/** Forms under which a name that somebody typed may be stored, each once. */
export const foldedNames = (name: string | null): string[] => [
  ...new Set(FOLDS.map((table) => foldBy(table, normaliseName(name)))),
]

/** Empty where the mall gives no name. */
export const wholeNameOf = ({ fullName, familyName, givenName }: OrderPerson): string =>
  normaliseName(fullName ?? `${familyName ?? ''}${givenName ?? ''}`)

/** Unifies spellings of one place: 1丁目2番地の3 is 1-2-3, 大字 and 字 come and go, ヶ is ケ, ガ or が. */
export const normalisePlace = (text: string): string =>
  normaliseName(text)
    .replace(/[‐-―−ｰー－]/g, '-')
    .replace(/(\d)(?:丁目|番地ノ|番地|番ノ|番|号|ノ)(?=\d)/g, '$1-')
    .replace(/(\d)(?:丁目|番地|番|号)/g, '$1')
    .replace(/大字|字/g, '')
    .replace(/[ヶヵガ]/g, 'ケ')

/** Whole address with its postcode, for comparing; empty without a street. */
export function normaliseAddress(person: OrderPerson): string {
  const { postalCode, prefecture, city, address1, address2 } = person
  if (!address1 && !city) return ''
  return `${phoneDigits(postalCode)}:${normalisePlace([prefecture, city, address1, address2].join(''))}`
}

/** Digits alone; a number written with Japan's country code is the same as without. */
export function phoneDigits(phone: string | null): string {
  const text = (phone ?? '').normalize('NFKC').trim()
  const digits = text.replace(/\D/g, '')
  return /^\+81/.test(text) ? `0${digits.slice(2).replace(/^0/, '')}` : digits
}

export const normaliseEmail = (email: string | null): string =>
  (email ?? '').normalize('NFKC').trim().toLowerCase()

export const normaliseItemText = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()

const MOST_ITEM_TEXT = 8_000

/** Builds the item search's text: codes and names. Choices and inscriptions may name a person: left out. */
export function itemsText(order: Pick<NormalisedOrder, 'items'>): string {
  const words = order.items.flatMap(({ itemCode, mallItemId, sku, merchantSku, jan, name }) => [
    ...[itemCode, mallItemId, sku, merchantSku, jan, name],
  ])
  const texts = words.flatMap((word) => (word ? [normaliseItemText(word)] : []))
  return [...new Set(texts)].join('\n').slice(0, MOST_ITEM_TEXT)
}

/** Tokens of several orders as columns for `unnest`: order ids, kinds, hashes. */
export function tokenColumns(
  orders: readonly { orderId: string; search: readonly SearchToken[] }[],
): [string[], string[], Uint8Array[]] {
  const rows = orders.flatMap(({ orderId, search }) => search.map((token) => ({ orderId, ...token })))
  return [rows.map(({ orderId }) => orderId), rows.map(({ kind }) => kind), rows.map(({ hash }) => hash)]
}

/** A plain letter or digit alone finds nearly every order, and white space finds nothing. */
const ALONE = /[^a-z0-9\s]/

/**
 * Lists the parts by which the item search finds an order: two neighbouring letters of its items' text, each
 * sign that is no plain letter or digit, and the last two, three and four characters of its number behind a
 * `#`. STAGE hashes them with tenant and month. `torikomi_item_tokens` and `torikomi_number_tokens` find the
 * same parts in SQL, for searches and updates; a property test compares both
 * (test/integration/orders/item-parts.test.ts).
 * @returns the parts joined by line breaks, which no part holds
 */
export function toItemParts(itemsText: string, orderNumber: string): string {
  const parts = new Set<string>()
  let before = '\n'
  for (const letter of itemsText) {
    if (letter !== '\n' && before !== '\n') parts.add(before + letter)
    if (ALONE.test(letter)) parts.add(letter)
    before = letter
  }
  const number = [...orderNumber.toLowerCase()]
  for (const length of [2, 3, 4]) parts.add(`#${number.slice(-length).join('')}`)
  return [...parts].join('\n')
}

// By what a buyer who is erased is found where no index leads to them: in free text.

/** `text` as in the blind index: digits of a phone, a tidy mail address or whole name, an order number. */
export interface ErasureTerm {
  kind: 'phone' | 'email' | 'number' | 'name'
  text: string
}

/** True when free text names the buyer by one of these terms, also spaced apart or in full width. */
export function namesBuyer(terms: readonly ErasureTerm[], where: string): boolean {
  const plain = where.normalize('NFKC').toLowerCase()
  const digits = plain.replace(/\+81[ -]?/g, '0').replace(/[^\d\n]/g, '')
  const name = normaliseName(where)
  return terms.some(({ kind, text }) => {
    if (kind === 'phone') return digits.includes(text)
    return kind === 'name' ? name.includes(text) : plain.includes(text.normalize('NFKC').toLowerCase())
  })
}

/** A part of a number would erase other people's orders. */
export const LEAST_DIGITS = 9
/** A shorter name is a part of too many words. */
const LEAST_NAME = 3

/**
 * Of an order that was named all people; otherwise those who have the number or the address, as others may
 * share the order with them.
 */
export function termsIn({ buyer, recipients }: NormalisedOrder, { kind, text }: ErasureTerm): ErasureTerm[] {
  return [buyer, ...recipients.map(({ person }) => person)]
    .map((person) => ({
      phone: [phoneDigits(person.phone), phoneDigits(person.emergencyPhone)],
      email: [normaliseEmail(person.email)],
      name: [
        wholeNameOf(person),
        normaliseName(`${person.familyNameKana ?? ''}${person.givenNameKana ?? ''}`),
      ],
    }))
    .filter((known) => kind === 'number' || (kind !== 'name' && known[kind].includes(text)))
    .flatMap(({ phone, email, name }): ErasureTerm[] => [
      ...phone
        .filter((digits) => digits.length >= LEAST_DIGITS)
        .map((one) => ({ kind: 'phone' as const, text: one })),
      ...email.filter((one) => one !== '').map((one) => ({ kind: 'email' as const, text: one })),
      ...name.filter((one) => one.length >= LEAST_NAME).map((one) => ({ kind: 'name' as const, text: one })),
    ])
}
