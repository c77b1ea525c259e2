import { createHmac } from 'node:crypto'
import { factsOf } from '../platform/narrow.ts'

/**
 * Replaces what a mall's answer or a mail says of people and shops by invented values of the same form: each
 * character by another of its kind, the same value by the same one throughout an export, check digits right.
 * What is kept is listed, by field and form; all else is replaced.
 */
export interface Inventor {
  value(text: string): string
  /** An answer of a mall: JSON or XML. */
  answer(raw: string): string
  /** A mail's subject or text. `known`: phrases of the mall's own mails, which stay. */
  mail(text: string, known: readonly string[]): string
}

/** @param secret new for each export: nobody can try values against it later */
export function createInventor(secret: Uint8Array): Inventor {
  const made = new Map<string, string>()

  function value(text: string): string {
    const known = made.get(text)
    if (known !== undefined) return known
    const invented = rightCheckDigit(text, invent(text, keyedBytes(secret, text)))
    made.set(text, invented)
    return invented
  }

  return {
    value,
    answer: (raw) => (/^[\s\uFEFF]*[{[]/.test(raw) ? jsonAnswer(raw, value) : xmlAnswer(raw, value)),
    mail: (text, known) => mailText(text, known, made, value),
  }
}

/** Endless bytes that depend on the secret and the text. */
function keyedBytes(secret: Uint8Array, text: string): () => number {
  let [block, turn, at] = [Buffer.alloc(0), 0, 0]
  return () => {
    if (at >= block.length) {
      block = createHmac('sha256', secret).update(`${turn}\0`).update(text).digest()
      turn += 1
      at = 0
    }
    const byte = block[at] ?? 0
    at += 1
    return byte
  }
}

/** Kinds of characters, and what stands for one of them. All of it is in CP932. */
const KINDS: readonly (readonly [kind: RegExp, letters: string])[] = [
  [/[0-9]/, '0123456789'],
  [/[a-z]/, 'abcdefghijklmnopqrstuvwxyz'],
  [/[A-Z]/, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  [/[０-９]/, '０１２３４５６７８９'],
  [/[ａ-ｚ]/, 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ'],
  [/[Ａ-Ｚ]/, 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ'],
  [/[ぁ-ゖ]/, 'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ'],
  [/[ァ-ヺ]/, 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ'],
  [/[ｦ-ﾝ]/, 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜ'],
  // A letter of any other script: kanji, also those outside of the first plane.
  [
    /[\p{L}\p{N}\p{M}\p{Co}\p{So}]/u,
    '見本架空例示仮名試験検査青赤白黒緑東西南北春夏秋冬朝昼夕夜川山海空森林石花草木',
  ],
]

const PREFECTURES = [
  ...[
    '青森県',
    '岩手県',
    '宮城県',
    '秋田県',
    '山形県',
    '福島県',
    '茨城県',
    '栃木県',
    '群馬県',
    '埼玉県',
    '千葉県',
  ],
  ...[
    '東京都',
    '新潟県',
    '富山県',
    '石川県',
    '福井県',
    '山梨県',
    '長野県',
    '岐阜県',
    '静岡県',
    '愛知県',
    '三重県',
  ],
  ...[
    '滋賀県',
    '京都府',
    '大阪府',
    '兵庫県',
    '奈良県',
    '鳥取県',
    '島根県',
    '岡山県',
    '広島県',
    '山口県',
    '徳島県',
  ],
  ...[
    '香川県',
    '愛媛県',
    '高知県',
    '福岡県',
    '佐賀県',
    '長崎県',
    '熊本県',
    '大分県',
    '宮崎県',
    '沖縄県',
    '北海道',
  ],
]
const LONG_PREFECTURES = ['神奈川県', '和歌山県', '鹿児島県']

function invent(text: string, byte: () => number): string {
  for (const list of [PREFECTURES, LONG_PREFECTURES]) {
    const own = list.find((one) => text.startsWith(one))
    if (own !== undefined) return another(own, list, byte) + replaced(text.slice(own.length), byte)
  }
  return replaced(text, byte)
}

/** Number signs such as a phone's leading zero stay where a form demands them: nothing of a person. */
function replaced(text: string, byte: () => number): string {
  const letters = [...text].map((letter, at) => {
    const [, kind] = KINDS.find(([pattern]) => pattern.test(letter)) ?? []
    if (kind === undefined || (at === 0 && letter === '0')) return letter
    return another(letter, [...kind], byte)
  })
  // No number begins with a zero that had none, or it would be a digit shorter as a number.
  if (letters[0] === '0' && !text.startsWith('0')) letters[0] = text.startsWith('1') ? '2' : '1'
  return letters.join('')
}

function another<T>(own: T, list: readonly T[], byte: () => number): T {
  const others = list.filter((one) => one !== own)
  return others[byte() % others.length] ?? own
}

/** A number whose last digit is right stays one: twelve digits by seven (送り状), eight and thirteen (JAN). */
function rightCheckDigit(before: string, after: string): string {
  const digits = before.replaceAll('-', '')
  if (!/^\d{8,13}$/.test(digits)) return after
  const rule = CHECKS.find(
    (check) => check.lengths.includes(digits.length) && check.digit(digits.slice(0, -1)) === digits.at(-1),
  )
  if (!rule) return after
  return after.slice(0, -1) + rule.digit(after.replaceAll('-', '').slice(0, -1))
}

const CHECKS: readonly { lengths: readonly number[]; digit(body: string): string }[] = [
  { lengths: [11, 12], digit: (body: string) => String(Number(BigInt(body) % 7n)) },
  {
    lengths: [8, 13],
    digit(body: string) {
      const sum = [...body]
        .reverse()
        .reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 3 : 1), 0)
      return String((10 - (sum % 10)) % 10)
    },
  },
]

/** Names of fields that never are kept, whatever their end. */
const PERSONAL =
  /zip|postal|phone|tel|mail|kana|address|prefecture|city|region|remark|memo|comment|notes|message|noshi|card|owner|birth|sex|nick|tracking|invoice|shippingNumber|coupon|gift|inscription|option|account|seller|shop|store|merchant|sku|itemNumber|manage|management|lot|title|product|image|url|referer|entry|coupon|auction|usage|settleid|pgorder|customer|buyer|user|orderid|ordernumber|id$/i
/** Ends of names whose values are codes, amounts, counts, days and flags. */
const KEPT =
  /(?:status|state|progress|flag|flg|price|amount|total|tax|rate|ratio|date|datetime|time|day|type|kind|class|code|method|methodname|units?|quantity|quantityordered|quantityfulfilled|quantityunfulfilled|count|version|charge|discount|points?|fee|goods|number_of|currencycode|level|settlementname|deliveryname|term|existflag|resultcount|fulfilledby|marketplacename|channelname)$/i
/** At the beginning alone: `discountCodes` and `displayName` have `is` within. */
const YES_OR_NO = /^(?:[Ii]s|[Nn]eed)[A-Z][A-Za-z]{0,39}$/
/** Matches codes, amounts, days and times: no name has this form under a kept field's name. */
const PLAIN =
  /^(?:[A-Za-z_][A-Za-z0-9_]{0,39}|-?\d{1,9}(?:\.\d{1,4})?|\d{4}[-/]\d{2}[-/]\d{2}(?:[T ][\d:.]{4,12}(?:Z|[+-]\d{2}:?\d{2})?)?|)$/
/** Words of the malls' own lists. A shop's own status is none of them. */
const WORDS: ReadonlySet<string> = new Set([
  ...[
    '新規受付',
    '新規予約',
    '予約中',
    '発送前入金待ち',
    '与信待ち',
    '発送待ち',
    '発送後入金待ち',
    '完了',
    '保留',
    'キャンセル',
  ],
  ...[
    'キャンセル受付中',
    '不正取引審査中',
    '審査保留',
    '審査NG',
    'クレジットカード',
    'クレジットカード決済',
    '代金引換',
    '銀行振込',
  ],
  ...[
    'コンビニ決済',
    '宅配便',
    'なし',
    '午前中',
    'PayPay残高等',
    '後払い決済',

    'au PAY（auかんたん決済）',
  ],
])

const isKept = (name: string, text: string): boolean =>
  WORDS.has(text) || (!PERSONAL.test(name) && (KEPT.test(name) || YES_OR_NO.test(name)) && PLAIN.test(text))

type Replace = (text: string) => string

function jsonAnswer(raw: string, value: Replace): string {
  const walk = (part: unknown, name: string): unknown => {
    if (Array.isArray(part)) return part.map((one) => walk(one, name))
    if (typeof part === 'object' && part !== null)
      return Object.fromEntries(Object.entries(factsOf(part)).map(([key, one]) => [key, walk(one, key)]))
    if (typeof part === 'string') return isKept(name, part) ? part : value(part)
    if (typeof part !== 'number' || isKept(name, String(part))) return part
    return Number(value(String(part)))
  }
  return JSON.stringify(walk(JSON.parse(raw), ''), null, 2)
}

/** An element's text, in CDATA or not; its name is in front. */
const ELEMENT =
  /<([A-Za-z_][\w.-]{0,100})((?:\s[^<>]{0,2000})?)>((?:<!\[CDATA\[[\s\S]*?\]\]>|[^<]){1,200000})<\/\1>/g
const CDATA = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/
const ENTITY = /(&(?:#x?[0-9A-Fa-f]{1,6}|[a-z]{2,6});)/

function xmlAnswer(raw: string, value: Replace): string {
  return raw.replace(ELEMENT, (whole, name: string, attributes: string, text: string) => {
    const inside = CDATA.exec(text)?.[1]
    const plain = inside ?? text
    if (isKept(name, plain.trim())) return whole
    const written =
      inside === undefined
        ? plain
            .split(ENTITY)
            .map((part) => (ENTITY.test(part) ? entity(part) : value(part)))
            .join('')
        : `<![CDATA[${value(plain)}]]>`
    return `<${name}${attributes}>${written}</${name}>`
  })
}

/** A sign stays; a letter by its number is one of a name. */
const entity = (text: string): string => (text.startsWith('&#') ? '〓' : text)

const MOST_VALUES = 20_000

/**
 * Values that the answers had get the ones that stand for them there, so that numbers still fit; the mall's
 * phrases stay; the rest is replaced, line by line and part by part.
 */
function mailText(
  text: string,
  known: readonly string[],
  made: ReadonlyMap<string, string>,
  value: Replace,
): string {
  const values = [...made.keys()].filter((one) => one.trim().length >= 4).slice(0, MOST_VALUES)
  const fixed = new Map([
    ...known.map((one) => [one, one] as const),
    ...values.map((one) => [one, made.get(one) ?? ''] as const),
  ])
  const parts = splitBy(
    text,
    [...fixed.keys()].filter((one) => one !== '').toSorted((a, b) => b.length - a.length),
  )
  return parts
    .map(
      (part) =>
        fixed.get(part) ??
        part
          .split(/([\s、。：:]+)/)
          .map((one) => (/\S/.test(one) ? value(one) : one))
          .join(''),
    )
    .join('')
}

/** The text in order, each of the phrases a part of its own. */
function splitBy(text: string, phrases: readonly string[]): string[] {
  let parts: { text: string; fixed: boolean }[] = [{ text, fixed: false }]
  for (const phrase of phrases) {
    if (!text.includes(phrase)) continue
    parts = parts.flatMap((part) =>
      part.fixed
        ? [part]
        : part.text
            .split(phrase)
            .flatMap((piece, at) => [
              ...(at === 0 ? [] : [{ text: phrase, fixed: true }]),
              { text: piece, fixed: false },
            ]),
    )
  }
  return parts.filter((part) => part.text !== '').map((part) => part.text)
}
