import { AMAZON_WITH_SETTINGS } from './amazon/shop-settings.ts'
import { AUPAY } from './aupay/facts.ts'
import { CONNECTOR } from './connector/facts.ts'
import type { MallFacts } from './port/marketplace.ts'
import { RAKUTEN } from './rakuten/facts.ts'
import { SHOPIFY_WITH_SETTINGS } from './shopify/shop-settings.ts'
import { YAHOO_WITH_SETTINGS } from './yahoo/shop-settings.ts'

/**
 * Facts of all malls, in the order of MALLS, without their adapters: for settings, and for a process that
 * calls no mall.
 */
export const MALL_FACTS = [
  YAHOO_WITH_SETTINGS,
  RAKUTEN,
  AMAZON_WITH_SETTINGS,
  AUPAY,
  CONNECTOR,
  SHOPIFY_WITH_SETTINGS,
] as const satisfies readonly MallFacts[]

/** Same facts with the general type, for optional fields that only some malls state. */
export const EVERY_MALL: readonly MallFacts[] = MALL_FACTS

/** Clients that were made of 1.0.0's document know these malls alone. */
export const isOfFirstRelease = ({ since }: Pick<MallFacts, 'since'>): boolean => since === '1.0.0'
