import type { Carrier, MallCarrier } from '../changes.ts'

/**
 * ShipCompanyCode of 出荷ステータス変更API. 1005 is 西部運輸 here, another company than Rakuten's 1005; 1015 still bears the
 * name 日本トラック, as NXトランスポート was called until 2022.
 */
const CODES = {
  yamato: '1001',
  sagawa: '1002',
  japan_post: '1003',
  seino: '1004',
  fukuyama: '1006',
  meitetsu: '1007',
  tonami: '1008',
  daiichi: '1009',
  niigata: '1010',
  chuetsu: '1011',
  okayama: '1012',
  kurume: '1013',
  sanyo: '1014',
  nx_transport: '1015',
  ecohai: '1016',
  ems: '1017',
  dhl: '1018',
  fedex: '1019',
  ups: '1020',
  nippon_express: '1021',
  tnt: '1022',
  ocs: '1023',
  usps: '1024',
  sf_express: '1025',
  aramex: '1026',
  sgh_global: '1027',
  other: '1000',
} as const satisfies Partial<Record<Carrier, string>>

export const yahooCarriers: readonly MallCarrier[] = Object.entries(CODES).map(([carrier, mallCode]) => ({
  carrier: carrier as Carrier,
  mallCode,
}))

/** Undefined for a carrier that Yahoo! has no code for. */
export const shipCompanyCodeOf = (carrier: Carrier): string | undefined =>
  (CODES as Partial<Record<Carrier, string>>)[carrier]
