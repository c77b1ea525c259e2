import { CARRIER_CODES, CARRIERS, type Carrier } from '../../port/carriers.ts'
import type { MallCarrier } from '../../port/site-changes.ts'
import type { CarrierCodes } from '../shop-settings.ts'

/**
 * carrierCode of confirmShipment, from Amazon's XSD amzn-base. 日本郵便 is
 * `Japan Post` in sellers' tools, though older copies of that list lack it: a shop may send it, like 西濃運輸, 福山通運 and
 * the rest, as `Other` with its name in clear text (`carrierCodes` of its settings).
 */
const CODES: Partial<Record<Carrier, string>> = {
  yamato: 'YAMATO',
  yamato_yu_packet: 'YAMATO',
  sagawa: 'SAGAWA',
  japan_post: 'Japan Post',
  japan_post_rakuten: 'Japan Post',
  nippon_express: 'NITTSU',
  fedex: 'FedEx',
  dhl: 'DHL',
  ups: 'UPS',
}

const OTHER = 'Other'

export const amazonCarriers: readonly MallCarrier[] = CARRIER_CODES.map((carrier) => ({
  carrier,
  mallCode: CODES[carrier] ?? OTHER,
}))

/** carrierName is needed with `Other` alone. `name` is what staff wrote for a carrier that is in no list. */
export function carrierOf(carrier: Carrier, name: string | undefined) {
  const carrierCode = CODES[carrier] ?? OTHER
  if (carrierCode !== OTHER) return { carrierCode }
  return { carrierCode, carrierName: carrier === 'other' ? (name ?? '') : CARRIERS[carrier] }
}

/**
 * What is sent again of a carrier as Amazon shows it: its code where it is one, else the name that went with `Other`.
 * Null where it shows none.
 */
export function codeOfShown(shown: string | null | undefined) {
  if (!shown) return null
  const same = Object.values(CODES).find((code) => code.toUpperCase() === shown.toUpperCase())
  return same ? { carrierCode: same } : { carrierCode: OTHER, carrierName: shown }
}

/** A shop's own codes, where Amazon takes another one than the list has. `Other` sends the name. */
export function withOwnCode<D extends { carrierCode: string; carrierName?: string | undefined }>(
  detail: D,
  carrier: Carrier | undefined,
  own: CarrierCodes,
): D {
  const code = carrier && own[carrier]
  if (!code) return detail
  const { carrierName: _, ...rest } = detail
  const name = code === OTHER ? { carrierName: CARRIERS[carrier] } : {}
  return { ...rest, ...name, carrierCode: code } as D
}
