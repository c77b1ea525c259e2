import type { Seeded } from '../../kit/seeded.ts'
import type { Address } from './model.ts'

/** Invented people; postal codes and phone numbers that belong to nobody. Names with 機種依存文字 come up often. */

const FAMILIES = [
  ['髙橋', 'タカハシ'],
  ['山﨑', 'ヤマザキ'],
  ['佐藤', 'サトウ'],
  ['濵田', 'ハマダ'],
  ['渡邊', 'ワタナベ'],
  ['𠮷田', 'ヨシダ'],
  ['鈴木', 'スズキ'],
  ['齋藤', 'サイトウ'],
  ['田中', 'タナカ'],
  ['神﨑', 'カンザキ'],
  ['小林', 'コバヤシ'],
  ['藤井', 'フジイ'],
] as const
const GIVEN = [
  ['花子', 'ハナコ'],
  ['太郎', 'タロウ'],
  ['陽菜', 'ヒナ'],
  ['蓮', 'レン'],
  ['美咲', 'ミサキ'],
  ['大翔', 'ヒロト'],
  ['さくら', 'サクラ'],
  ['健一', 'ケンイチ'],
  ['由美子', 'ユミコ'],
] as const
const PLACES = [
  ['000', '0001', '東京都', '架空区', '03'],
  ['000', '0060', '北海道', '見本市中央区', '011'],
  ['000', '0530', '大阪府', '例示市北区', '06'],
  ['000', '0810', '福岡県', '架空市博多区', '092'],
  ['000', '0460', '愛知県', '見本市中区', '052'],
  ['000', '0907', '沖縄県', '例示郡離島町', '0980'],
] as const
const STREETS = [
  '見本町1-2-3',
  '例示通4丁目5番6号',
  '架空ヶ丘７－８ コーポ髙砂①号館203',
  '字見本123番地',
  '大字例示45-6 サンプルハイツⅡ 101号室',
]

export interface Somebody {
  address: Address
  isolatedIsland: boolean
}

/** `turn` walks the family names, so that every name comes up within a dozen orders. */
export function somebody(random: Seeded, turn: number): Somebody {
  const [familyName, familyNameKana] = FAMILIES[turn % FAMILIES.length] as (typeof FAMILIES)[number]
  const [firstName, firstNameKana] = random.pick(GIVEN)
  const [zipCode1, zipCode2, prefecture, city, area] = random.pick(PLACES)
  return {
    address: {
      zipCode1,
      zipCode2,
      prefecture,
      city,
      subAddress: STREETS[turn % STREETS.length] as string,
      familyName,
      firstName,
      familyNameKana,
      firstNameKana,
      phoneNumber1: area,
      phoneNumber2: String(random.int(0, 999)).padStart(3, '0'),
      phoneNumber3: '0000',
    },
    isolatedIsland: area === '0980',
  }
}
