import { CARRIER_CODES, CARRIERS, type Carrier } from '../../port/carriers.ts'
import type { MallCarrier } from '../../port/site-changes.ts'

/**
 * carrierCode of confirmShipment, from Amazon's XSD amzn-base. For 日本郵便, 西濃運輸, 福山通運 and the rest no code is
 * known to be taken: they go as `Other` with their name in clear text.
 */
const CODES: Partial<Record<Carrier, string>> = {
  yamato: 'YAMATO',
  yamato_yu_packet: 'YAMATO',
  sagawa: 'SAGAWA',
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
