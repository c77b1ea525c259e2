import { AMAZON_WITH_SETTINGS } from './amazon/shop-settings.ts'
import { AUPAY } from './aupay/facts.ts'
import type { MallFacts } from './port/marketplace.ts'
import { RAKUTEN } from './rakuten/facts.ts'
import { YAHOO_WITH_SETTINGS } from './yahoo/shop-settings.ts'

/**
 * What each mall states of itself, in the order of MALLS, without what asks it: for settings, and for a process that asks no mall and would hold all
 * adapters for it.
 */
export const MALL_FACTS = [
  YAHOO_WITH_SETTINGS,
  RAKUTEN,
  AMAZON_WITH_SETTINGS,
  AUPAY,
] as const satisfies readonly MallFacts[]

/** The same, for who asks what only some of them state: their exact types know of nothing else. */
export const EVERY_MALL: readonly MallFacts[] = MALL_FACTS
