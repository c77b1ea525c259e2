import { keysOf } from '../../platform/narrow.ts'
import type { Carrier } from '../port/carriers.ts'
import type { MallCarrier } from '../port/site-changes.ts'

/**
 * ShipCompanyCode of 出荷ステータス変更API. 1005 is 西部運輸 here, another company than Rakuten's 1005; 1015 still bears the
 * name 日本トラック, as NXトランスポート was called until 2022. 1000 is その他. Left out is 5001, 店舗受取, which is no carrier.
 */
const CODES = {
  yamato: '1001',
  sagawa: '1002',
  japan_post: '1003',
  seino: '1004',
  seino_super_express: '1000',
  seibu: '1005',
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
  rakuten_express: '1000',
  japan_post_rakuten: '1003',
  yamato_yu_packet: '1001',
  meitetsu_nx: '1007',
  jp_logistics: '1028',
  magical_move: '1029',
  askul: '5000',
  other: '1000',
} as const satisfies Record<Carrier, string>

export const yahooCarriers: readonly MallCarrier[] = keysOf(CODES).map((carrier) => ({
  carrier,
  mallCode: CODES[carrier],
}))

export const shipCompanyCodeOf = (carrier: Carrier): string => CODES[carrier]
