import {
  createMarketplaces,
  MALLS,
  type MarketplaceEndpoints,
  type Marketplaces,
} from '../../../src/marketplaces/index.ts'
import type { MallFacts, MallOptions, MallSetting } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'

/** Where a mall's calls go: a simulator, for one. */
interface Place {
  url: string
  authUrl?: string | undefined
}

type Places = string | Place | Partial<Record<MarketplaceName, Place>>

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

interface TestMallOptions {
  perSecond?: number
  /** Settings of one mall, beside its URLs and its rate. */
  more?: Partial<Record<MarketplaceName, MallOptions>>
}

/**
 * The settings of every mall, by its facts: all at one place, or each at its own, and those that have none
 * nowhere. No test lists the malls for it.
 */
export function testEndpoints(
  places: Places = NOWHERE,
  { perSecond = 1_000, more = {} }: TestMallOptions = {},
): MarketplaceEndpoints {
  const placeOf = (name: MarketplaceName): Place => {
    if (typeof places === 'string') return { url: places }
    return 'url' in places ? places : (places[name] ?? { url: NOWHERE })
  }
  const endpoints = MALLS.map(({ name, settings }: MallFacts) => {
    const { url, authUrl = url } = placeOf(name)
    const toValue = (option: string, { kind }: MallSetting) => {
      if (kind === 'rate') return perSecond
      return kind === 'list' ? '' : kind === 'hosts' ? '127.0.0.1' : option === 'authUrl' ? authUrl : url
    }
    const values = Object.entries(settings).map(([option, one]) => [option, toValue(option, one)])
    return [name, { ...Object.fromEntries(values), ...more[name] }]
  })
  return Object.fromEntries(endpoints) as MarketplaceEndpoints
}

export const testMalls = (...given: Parameters<typeof testEndpoints>): Marketplaces =>
  createMarketplaces(testEndpoints(...given))
