import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import type { FindItem } from '../packing/items.ts'
import type { Handling } from './formats/format.ts'
import { itemsTo, itemTexts, listOf, plain } from './temperature.ts'

/** A parcel's contents on its label, by the shop's own words. */

/**
 * The name that the tenant's item list has for one of the items; else by `シャツ=衣類、ケーキ=洋菓子`, whose first
 * rule with a word of an item names the goods.
 */
export function goodsOf(
  order: NormalisedOrder,
  recipient: OrderRecipient,
  { goodsName, goodsRules }: { goodsName: string; goodsRules: string },
  find: FindItem,
): string {
  const [own] = itemsTo(order, recipient).flatMap((item) => find(item)?.goodsName || [])
  if (own) return own
  const texts = itemTexts(order, recipient)
  const named = goodsPairs(goodsRules).find(([word]) => texts.some((text) => text.includes(plain(word))))
  return named?.[1] ?? goodsName
}

/** Word and name of each rule that has both. */
const goodsPairs = (rules: string): [word: string, name: string][] =>
  rules.split(/[、,\n]/).flatMap((rule) => {
    const [word = '', name = ''] = rule.split(/[=＝]/).map((part) => part.trim())
    return word === '' || name === '' ? [] : [[word, name]]
  })

/** 荷扱い, in the order in which a form with less room takes them. */
export function handlingOf(
  order: NormalisedOrder,
  recipient: OrderRecipient,
  words: { fragileWords: string; uprightWords: string; rawWords: string },
): Handling[] {
  const texts = itemTexts(order, recipient)
  const has = (list: string) => listOf(list).some((word) => texts.some((text) => text.includes(word)))
  const found: Handling[] = []
  if (has(words.fragileWords)) found.push('fragile')
  if (has(words.uprightWords)) found.push('upright')
  if (has(words.rawWords)) found.push('raw')
  return found
}
