import { someKeysOf } from '../../platform/narrow.ts'

/**
 * One list of carriers for clients (配送会社); each mall maps all of it to its own codes: to the company behind a
 * service that it does not tell apart, and to その他 where it does not know the company.
 */
export const CARRIERS = {
  yamato: 'ヤマト運輸',
  sagawa: '佐川急便',
  japan_post: '日本郵便',
  seino: '西濃運輸',
  seino_super_express: 'セイノースーパーエクスプレス',
  seibu: '西部運輸',
  fukuyama: '福山通運',
  meitetsu: '名鉄運輸',
  tonami: 'トナミ運輸',
  daiichi: '第一貨物',
  niigata: '新潟運輸',
  chuetsu: '中越運送',
  okayama: '岡山県貨物運送',
  kurume: '久留米運送',
  sanyo: '山陽自動車運送',
  nx_transport: 'NXトランスポート',
  ecohai: 'エコ配',
  ems: 'EMS',
  dhl: 'DHL',
  fedex: 'FedEx',
  ups: 'UPS',
  nippon_express: '日本通運',
  tnt: 'TNT',
  ocs: 'OCS',
  usps: 'USPS',
  sf_express: 'SFエクスプレス',
  aramex: 'Aramex',
  sgh_global: 'SGHグローバル・ジャパン',
  rakuten_express: 'Rakuten EXPRESS',
  japan_post_rakuten: '日本郵便 楽天倉庫出荷',
  yamato_yu_packet: 'ヤマト運輸 クロネコゆうパケット',
  meitetsu_nx: '名鉄NX運輸',
  jp_logistics: 'JPロジスティクス',
  magical_move: 'MagicalMove',
  askul: 'ASKUL LOGIST',
  other: 'その他',
} as const
export type Carrier = keyof typeof CARRIERS
export const CARRIER_CODES = someKeysOf(CARRIERS)
