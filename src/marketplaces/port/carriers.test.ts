import { describe, expect, it } from 'vitest'
import { amazonCarriers, carrierOf } from '../amazon/changes/carriers.ts'
import { aupayCarriers } from '../aupay/changes/carriers.ts'
import { CARRIERS as AUPAY } from '../aupay/codes.ts'
import { rakutenCarriers } from '../rakuten/changes/carriers.ts'
import { CARRIERS as RAKUTEN } from '../rakuten/codes.ts'
import { yahooCarriers } from '../yahoo/carriers.ts'
import { CARRIERS as YAHOO } from '../yahoo/codes.ts'
import { CARRIER_CODES, CARRIERS, type Carrier } from './carriers.ts'
import type { MallCarrier } from './site-changes.ts'

/** What Amazon is known to take for Japan. */
const AMAZON = ['YAMATO', 'SAGAWA', 'NITTSU', 'FedEx', 'DHL', 'UPS', 'Japan Post', 'Other']

type Names = Partial<Record<Carrier, string>>

/** Where the mall's name for what it is sent is not ours: another name, its company, or その他. */
const RAKUTEN_DIFFERS: Names = {
  ...{ seibu: 'その他', jp_logistics: 'その他', magical_move: 'その他', askul: 'その他' },
}
const YAHOO_DIFFERS: Names = {
  ...{ nx_transport: '日本トラック', seino_super_express: 'その他', rakuten_express: 'その他' },
  ...{ japan_post_rakuten: '日本郵便', yamato_yu_packet: 'ヤマト運輸', meitetsu_nx: '名鉄運輸' },
}
const AUPAY_HAS: Names = {
  ...{
    yamato: 'クロネコヤマト',
    yamato_yu_packet: 'クロネコヤマト',
    sagawa: '佐川急便',
    fukuyama: '福山通運',
  },
  ...{ seino: '西濃運輸', japan_post: '日本郵便', japan_post_rakuten: '日本郵便' },
  rakuten_express: 'Rakuten EXPRESS',
}

const named = (carriers: readonly MallCarrier[], names: Readonly<Record<string, string>>) =>
  Object.fromEntries(carriers.map(({ carrier, mallCode }) => [carrier, names[mallCode]]))

describe('the one list of carriers', () => {
  it.each([
    ['rakuten', rakutenCarriers],
    ['yahoo', yahooCarriers],
    ['amazon', amazonCarriers],
    ['aupay', aupayCarriers],
  ])('is taken as a whole by %s', (_, carriers) => {
    expect(carriers.map(({ carrier }) => carrier).toSorted()).toEqual(CARRIER_CODES.toSorted())
  })

  it('means the same company at each mall', () => {
    expect(named(rakutenCarriers, RAKUTEN)).toEqual({ ...CARRIERS, ...RAKUTEN_DIFFERS })
    expect(named(yahooCarriers, YAHOO)).toEqual({ ...CARRIERS, ...YAHOO_DIFFERS })
    const others = Object.fromEntries(CARRIER_CODES.map((carrier) => [carrier, 'その他配送会社']))
    expect(named(aupayCarriers, AUPAY)).toEqual({ ...others, ...AUPAY_HAS })
  })

  it.each([
    ['rakuten', rakutenCarriers, RAKUTEN, []],
    ['yahoo', yahooCarriers, YAHOO, ['5001']],
    ['aupay', aupayCarriers, AUPAY, ['3']],
  ])('reaches all that %s has, but for what is retired or no carrier', (_, carriers, codes, left) => {
    const reached = new Set(carriers.map(({ mallCode }) => mallCode))
    expect(Object.keys(codes).filter((code) => !reached.has(code))).toEqual(left)
  })

  it('names to Amazon in words what it has no code for', () => {
    for (const { carrier, mallCode } of amazonCarriers) {
      expect(AMAZON).toContain(mallCode)
      if (mallCode === 'Other' && carrier !== 'other')
        expect(carrierOf(carrier, undefined)).toEqual({
          ...{ carrierCode: 'Other', carrierName: CARRIERS[carrier] },
        })
    }
    expect(carrierOf('other', '見本運輸')).toEqual({ carrierCode: 'Other', carrierName: '見本運輸' })
  })
})
