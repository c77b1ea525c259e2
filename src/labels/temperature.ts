import type { NormalisedOrder, OrderItem, OrderRecipient } from '../marketplaces/port/order.ts'
import type { FindItem } from '../packing/items.ts'
import type { Report, Temperature } from './formats/format.ts'

/**
 * クール便: the class in which a parcel travels. Derived whenever a label is made and never stored: a stored
 * class would show as a difference from the mall.
 */

type Cooled = Exclude<Temperature, 'normal'>

const WORDS: Readonly<Record<Temperature, string>> = { normal: '常温', cool: '冷蔵', frozen: '冷凍' }

/** The shop's own words, separated by 、 or a line break. */
export interface TemperatureWords {
  coolWords: string
  frozenWords: string
}

/** Longest text that is searched; no mall has a longer name of an item. */
const MOST_CHARACTERS = 2_000

export const plain = (text: string | null | undefined): string =>
  (text ?? '').slice(0, MOST_CHARACTERS).normalize('NFKC').toLowerCase()

/** A freezer, what can be frozen, what was thawed: goods that travel uncooled. */
const NOT_FROZEN =
  '庫|車|室|機|器|ケース|ショーケース|ストッカー|保存|貯蔵|可|不可|ok|ng|対応|兼用|用|後|前|焼け|耐|もでき|でき|も可|または|又は|しない|せず|禁止'
const FROZEN = new RegExp(`(?<![解非未不])冷凍(?!${NOT_FROZEN}|[・/,、]?冷蔵)`)
const COOL = new RegExp(`(?<![非未不])冷蔵(?!${NOT_FROZEN}|[・/,、]?冷凍)|チルド(?!レン)`)
/** Anything that may mean クール便; what it means is for a person to decide. */
const HINT = /冷|凍|クール|チルド(?!レン)/

interface Source {
  /** For staff: 配送方法, 商品名 … */
  where: string
  text: string
  /** A buyer's words ask for a look and decide nothing. */
  decides: boolean
}

/** Without the items whose class the tenant's own list has: there is nothing to guess. */
function sourcesOf(order: NormalisedOrder, recipient: OrderRecipient, find: FindItem): Source[] {
  const items = itemsTo(order, recipient).filter((item) => !find(item)?.temperature)
  return [
    { where: '配送方法', text: plain(order.delivery.methodName), decides: true },
    ...items.map((item) => ({ where: '商品', text: textOf(item), decides: true })),
    { where: '店舗メモ', text: plain(order.notes.shop), decides: true },
    { where: '購入者の備考', text: plain(order.notes.buyer), decides: false },
    { where: '担当者の欄', text: plain(order.notes.operator), decides: false },
    ...[order.gift, recipient.gift].map((gift) => ({
      where: 'ギフト',
      text: giftText(gift),
      decides: false,
    })),
  ].filter(({ text }) => text !== '')
}

const giftText = ({ message, noshi, wrappings }: OrderRecipient['gift']): string =>
  [message, noshi, ...wrappings.map(({ name }) => name)].map(plain).join(' ').trim()

export const itemsTo = (order: NormalisedOrder, recipient: OrderRecipient): OrderItem[] =>
  order.items.filter(({ deleted, recipientId }) => !deleted && recipientId === recipient.id)

/** Texts of each item for a recipient: name, codes and choices. */
export const itemTexts = (order: NormalisedOrder, recipient: OrderRecipient): string[] =>
  itemsTo(order, recipient).map(textOf)

const textOf = ({ name, itemCode, sku, merchantSku, options }: OrderItem): string =>
  [name, itemCode, sku, merchantSku, ...options.flatMap((one) => [one.name, one.value])].map(plain).join(' ')

export const listOf = (words: string): string[] =>
  words
    .split(/[、,\n]/)
    .map((word) => plain(word).trim())
    .filter(Boolean)

/** Null where a text names neither class, or both: 冷蔵・冷凍保存容器. */
function classOf(text: string, words: { cool: string[]; frozen: string[] }): Cooled | null {
  const [cool, frozen] = [words.cool, words.frozen].map((list) => list.some((word) => text.includes(word)))
  const [isCool, isFrozen] = cool || frozen ? [cool, frozen] : [COOL.test(text), FROZEN.test(text)]
  if (isCool === isFrozen) return null
  return isCool ? 'cool' : 'frozen'
}

/** The mall's class or the one that staff wrote: 普通, 冷蔵, 冷凍. Null where there is none, or an unknown one. */
function statedClass(words: string | null): Temperature | null {
  const text = plain(words)
  if (text.includes('凍')) return 'frozen'
  if (text.includes('冷') || text.includes('チルド')) return 'cool'
  return /普通|通常|常温/.test(text) ? 'normal' : null
}

/** `by_order`: as mall, staff and the order's own words say. */
export type TemperatureChoice = 'by_order' | Temperature

/**
 * Decides the class of one recipient's parcel: the choice at export, else the class that mall or staff set,
 * else what the tenant's item list, method, items and memo name.
 */
export function temperatureOf(
  order: NormalisedOrder,
  recipient: OrderRecipient,
  choice: TemperatureChoice,
  words: TemperatureWords,
  tools: { problem: Report; warning: Report; find: FindItem },
): Temperature {
  const lists = { cool: listOf(words.coolWords), frozen: listOf(words.frozenWords) }
  const sources = sourcesOf(order, recipient, tools.find)
  const listed = itemsTo(order, recipient).flatMap((item) => {
    const found = tools.find(item)?.temperature
    return found === 'cool' || found === 'frozen' ? [{ where: '商品リスト', found }] : []
  })
  const named = [
    ...listed,
    ...sources.flatMap(({ where, text, decides }) => {
      const found = decides ? classOf(text, lists) : null
      return found === null ? [] : [{ where, found }]
    }),
  ]
  const classes = [...new Set(named.map(({ found }) => found))]
  const stated = statedClass(order.delivery.temperature)
  const set = choice === 'by_order' ? stated : choice
  if (set !== null) {
    tellOthers(set, choice === 'by_order' ? [] : [stated], named, tools.warning)
    return set
  }
  if (classes.length > 1) {
    tools.problem(
      '温度帯',
      'COOL_MIXED',
      `冷蔵と冷凍の両方があります（${joined(named.map(({ where, found }) => `${where}: ${WORDS[found]}`))}）。荷物を2つに分けてください。受注の温度帯を「冷蔵」か「冷凍」に決めて1枚出力し、もう1枚は送り状ソフトで作成します。`,
    )
    return 'normal'
  }
  if (classes[0]) return classes[0]
  const hint = sources.find(({ text }) => HINT.test(text))
  if (hint)
    tools.warning(
      '温度帯',
      'COOL_UNSET',
      `${hint.where}に「${HINT.exec(hint.text)?.[0]}」の文字がありますが、クール便の指定がないため常温で出力します。クール便なら、受注の温度帯を選んでください。`,
    )
  return 'normal'
}

const joined = (parts: readonly string[]): string => [...new Set(parts)].slice(0, 5).join('、')

/** A class that was set holds, also against the order's words: but whoever packs is to know. */
function tellOthers(
  set: Temperature,
  stated: readonly (Temperature | null)[],
  named: readonly { where: string; found: Cooled }[],
  warning: Report,
): void {
  const others = [
    ...stated.flatMap((found) => (found === null || found === set ? [] : [`受注: ${WORDS[found]}`])),
    ...named.flatMap(({ where, found }) => (found === set ? [] : [`${where}: ${WORDS[found]}`])),
  ]
  if (others.length === 0) return
  warning(
    '温度帯',
    'COOL_DIFFERS',
    `${WORDS[set]}で出力しますが、受注にはほかの温度帯があります（${joined(others)}）。荷物を分けるか確認してください。`,
  )
}
