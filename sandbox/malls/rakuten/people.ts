import { houseOf } from '../../kit/houses.ts'
import type { Seeded } from '../../kit/seeded.ts'
import type { Address } from './model.ts'

/**
 * Invented people and towns in real cities, whose postal codes fit (a page full of warnings shows nothing);
 * phone numbers that belong to nobody. Names with 機種依存文字 come up often.
 */

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
export const PLACES = [
  ['100', '0000', '東京都', '千代田区', '03'],
  ['060', '0000', '北海道', '札幌市中央区', '011'],
  ['530', '0000', '大阪府', '大阪市北区', '06'],
  ['812', '0000', '福岡県', '福岡市博多区', '092'],
  ['460', '0000', '愛知県', '名古屋市中区', '052'],
  ['907', '0000', '沖縄県', '石垣市', '0980'],
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
      subAddress: houseOf(STREETS[turn % STREETS.length] as string, turn),
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
