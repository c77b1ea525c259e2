import { describe, expect, it } from 'vitest'
import { amazonCarriers, carrierOf } from '../amazon/codes.ts'
import { CARRIERS as AUPAY } from '../aupay/codes.ts'
import { CARRIERS as RAKUTEN } from '../rakuten/codes.ts'
import { CARRIERS as YAHOO } from '../yahoo/codes.ts'
import { CARRIER_CODES, CARRIERS, type Carrier } from './carriers.ts'
import type { MallCarrier } from './site-changes.ts'

/** Carrier codes that Amazon is known to accept for Japan. */
const AMAZON = ['YAMATO', 'SAGAWA', 'NITTSU', 'FedEx', 'DHL', 'UPS', 'Japan Post', 'Other']

type Names = Partial<Record<Carrier, string>>

/** Carriers whose name at the mall differs from ours: another name, its company, or その他. */
const RAKUTEN_DIFFERS: Names = {
  seibu: 'その他',
  jp_logistics: 'その他',
  magical_move: 'その他',
  askul: 'その他',
}
const YAHOO_DIFFERS: Names = {
  nx_transport: '日本トラック',
  seino_super_express: 'その他',
  rakuten_express: 'その他',
  japan_post_rakuten: '日本郵便',
  yamato_yu_packet: 'ヤマト運輸',
  meitetsu_nx: '名鉄運輸',
}
const AUPAY_HAS: Names = {
  yamato: 'クロネコヤマト',
  yamato_yu_packet: 'クロネコヤマト',
  sagawa: '佐川急便',
  fukuyama: '福山通運',
  seino: '西濃運輸',
  japan_post: '日本郵便',
  japan_post_rakuten: '日本郵便',
  rakuten_express: 'Rakuten EXPRESS',
}

/** Codes and names of each mall's own table, from its documents; the adapter maps ours to its names. */
const DOCUMENTED = {
  both:
    '1000 その他 1001 ヤマト運輸 1002 佐川急便 1003 日本郵便 1004 西濃運輸 1006 福山通運 1007 名鉄運輸 ' +
    '1008 トナミ運輸 1009 第一貨物 1010 新潟運輸 1011 中越運送 1012 岡山県貨物運送 1013 久留米運送 ' +
    '1014 山陽自動車運送 1016 エコ配 1017 EMS 1018 DHL 1019 FedEx 1020 UPS 1021 日本通運 1022 TNT ' +
    '1023 OCS 1024 USPS 1025 SFエクスプレス 1026 Aramex 1027 SGHグローバル・ジャパン',
  rakuten: {
    1005: 'セイノースーパーエクスプレス',
    1015: 'NXトランスポート',
    1028: 'Rakuten EXPRESS',
    1029: '日本郵便 楽天倉庫出荷',
    1030: 'ヤマト運輸 クロネコゆうパケット',
    1031: '名鉄NX運輸',
  },
  yahoo: {
    1005: '西部運輸',
    1015: '日本トラック',
    1028: 'JPロジスティクス',
    1029: 'MagicalMove',
    5000: 'ASKUL LOGIST',
    5001: '店頭受取',
  },
  aupay: {
    1: 'クロネコヤマト',
    2: '佐川急便',
    3: 'JPエクスプレス',
    4: '福山通運',
    5: '西濃運輸',
    6: '日本郵便',
    7: 'Rakuten EXPRESS',
    9: 'その他配送会社',
  },
}
const BOTH = Object.fromEntries(
  [...DOCUMENTED.both.matchAll(/(\d{4}) (\S+)/g)].map(([, code = '', name = '']) => [code, name]),
)

const named = (carriers: readonly MallCarrier[], names: Readonly<Record<string, string>>) =>
  Object.fromEntries(carriers.map(({ carrier, mallCode }) => [carrier, names[mallCode]]))

describe('the one list of carriers', () => {
  it.each([
    ['rakuten', RAKUTEN.all],
    ['yahoo', YAHOO.all],
    ['amazon', amazonCarriers],
    ['aupay', AUPAY.all],
  ])('is taken as a whole by %s', (_, carriers) => {
    expect(carriers.map(({ carrier }) => carrier).toSorted()).toEqual(CARRIER_CODES.toSorted())
  })

  it('means the same company at each mall', () => {
    expect(named(RAKUTEN.all, RAKUTEN.names)).toEqual({ ...CARRIERS, ...RAKUTEN_DIFFERS })
    expect(named(YAHOO.all, YAHOO.names)).toEqual({ ...CARRIERS, ...YAHOO_DIFFERS })
    const others = Object.fromEntries(CARRIER_CODES.map((carrier) => [carrier, 'その他配送会社']))
    expect(named(AUPAY.all, AUPAY.names)).toEqual({ ...others, ...AUPAY_HAS })
  })

  it('has the names that the malls give their codes', () => {
    expect({ ...RAKUTEN.names }).toEqual({ ...BOTH, ...DOCUMENTED.rakuten })
    expect({ ...YAHOO.names }).toEqual({ ...BOTH, ...DOCUMENTED.yahoo })
    expect({ ...AUPAY.names }).toEqual(DOCUMENTED.aupay)
  })

  it.each([
    ['rakuten', RAKUTEN.all, RAKUTEN.names, []],
    ['yahoo', YAHOO.all, YAHOO.names, ['5001']],
    ['aupay', AUPAY.all, AUPAY.names, ['3']],
  ])('reaches all that %s has, but for what is retired or no carrier', (_, carriers, codes, left) => {
    const reached = new Set(carriers.map(({ mallCode }) => mallCode))
    expect(Object.keys(codes).filter((code) => !reached.has(code))).toEqual(left)
  })

  it('names to Amazon in words what it has no code for', () => {
    for (const { carrier, mallCode } of amazonCarriers) {
      expect(AMAZON).toContain(mallCode)
      if (mallCode === 'Other' && carrier !== 'other')
        expect(carrierOf(carrier, undefined)).toEqual({
          carrierCode: 'Other',
          carrierName: CARRIERS[carrier],
        })
    }
    expect(carrierOf('other', '見本運輸')).toEqual({ carrierCode: 'Other', carrierName: '見本運輸' })
  })
})
