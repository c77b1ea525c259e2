import { CARRIER_CODES, CARRIERS, type Carrier } from '../../port/carriers.ts'
import type { MallCarrier } from '../../port/site-changes.ts'
import { carrierName } from '../codes.ts'
import type { CarrierCodes } from '../shop-settings.ts'

/**
 * carrierCode of confirmShipment, from Amazon's XSD amzn-base. Carriers in no public copy of that list go as
 * `Other` with their name: 西濃運輸, 福山通運 and 日本郵便 too. A shop may set `Japan Post`, which sellers' tools use for
 * it (`carrierCodes`).
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

/** Returns carrierName only for `Other`. `name` is the staff's text for a carrier that is in no list. */
export function carrierOf(carrier: Carrier, name: string | undefined) {
  const carrierCode = CODES[carrier] ?? OTHER
  if (carrierCode !== OTHER) return { carrierCode }
  return { carrierCode, carrierName: carrier === 'other' ? (name ?? '') : CARRIERS[carrier] }
}

/** Further codes of the list, which sellers' other tools may have sent. */
const LISTED = ['YamatoTransport', 'SagawaExpress', 'NipponExpress', 'JP_EXPRESS', 'FEDEX_JP']

/**
 * Finds what to re-send for a carrier as Amazon shows it: its code, else the code of the carrier it names
 * (`Yamato Transport`, `佐川急便`), else the name that went with `Other`. `carrier` is ours, so that a shop's own
 * code can replace it. Null when Amazon shows none.
 */
export function codeOfShown(shown: string | null | undefined) {
  if (!shown) return null
  const code = [...Object.values(CODES), ...LISTED].find((one) => one.toUpperCase() === shown.toUpperCase())
  const name = carrierName(shown)
  const carrier = CARRIER_CODES.find((one) => CARRIERS[one] === name)
  const known = code ?? (carrier && CODES[carrier])
  const detail = known
    ? { carrierCode: known }
    : { carrierCode: OTHER, carrierName: carrier ? CARRIERS[carrier] : shown }
  return { carrier, detail }
}

/** The shop's own code, where Amazon accepts another than the list has. `Other` sends the name. */
export function withOwnCode<D extends { carrierCode: string; carrierName?: string | undefined }>(
  detail: D,
  carrier: Carrier | undefined,
  own: CarrierCodes,
): D {
  // A code of the shop's own, which Amazon shows as it was sent.
  const shown = Object.values(own).find((code) => code.toUpperCase() === detail.carrierName?.toUpperCase())
  const code = (carrier && own[carrier]) ?? shown
  if (!code) return detail
  const { carrierName: _, ...rest } = detail
  const name = code === OTHER && carrier ? { carrierName: CARRIERS[carrier] } : {}
  return { ...rest, ...name, carrierCode: code } as D
}
