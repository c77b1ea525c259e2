import { CARRIER_CODES, type Carrier } from '../../port/carriers.ts'
import type { MallCarrier } from '../../port/site-changes.ts'

/** shippingCarrier of 受注情報更新API: eight companies, of which 3 (JPエクスプレス) is retired. The rest is その他配送会社. */
const CODES: Partial<Record<Carrier, string>> = {
  yamato: '1',
  yamato_yu_packet: '1',
  sagawa: '2',
  fukuyama: '4',
  seino: '5',
  japan_post: '6',
  japan_post_rakuten: '6',
  rakuten_express: '7',
}

const OTHER = '9'

export const shippingCarrierOf = (carrier: Carrier): string => CODES[carrier] ?? OTHER

export const aupayCarriers: readonly MallCarrier[] = CARRIER_CODES.map((carrier) => ({
  carrier,
  mallCode: shippingCarrierOf(carrier),
}))
