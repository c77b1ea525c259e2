import { type AddedMailRules, mergeRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailRules } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'

/**
 * Rules that the shops of a mailbox added to their malls' rules, in no order. Keep the array: its rules are
 * compiled once.
 */
export type ShopMailRules = readonly { marketplace: MarketplaceName; rules: AddedMailRules }[]

const merged = new WeakMap<ShopMailRules, Map<MarketplaceName, MailRules>>()

/** Returns a mall's rules merged with those that the shops added. */
export function rulesOf(
  mall: { name: MarketplaceName; mailRules: MailRules },
  shopRules: ShopMailRules,
): MailRules {
  if (shopRules.length === 0) return mall.mailRules
  const byMall = merged.get(shopRules) ?? new Map<MarketplaceName, MailRules>()
  merged.set(shopRules, byMall)
  const known = byMall.get(mall.name)
  if (known) return known
  const added = shopRules.filter((one) => one.marketplace === mall.name).map((one) => one.rules)
  const rules = mergeRules(mall.mailRules, added)
  byMall.set(mall.name, rules)
  return rules
}
