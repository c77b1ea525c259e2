import { houseOf, phoneOf } from '../../kit/seeded.ts'

/** Invented people and goods. Names and towns hold the characters that old code pages break (髙, 﨑, ①). */

export interface PoolPerson {
  family: string
  familyKana: string
  given: string
  givenKana: string
}

export const PEOPLE: readonly PoolPerson[] = [
  { family: '星野', familyKana: 'ホシノ', given: '小春', givenKana: 'コハル' },
  { family: '髙橋', familyKana: 'タカハシ', given: '蓮', givenKana: 'レン' },
  { family: '山﨑', familyKana: 'ヤマザキ', given: '美咲', givenKana: 'ミサキ' },
  { family: '渡邉', familyKana: 'ワタナベ', given: '大輔', givenKana: 'ダイスケ' },
  { family: '佐々木', familyKana: 'ササキ', given: '陽菜', givenKana: 'ヒナ' },
  { family: '長谷川', familyKana: 'ハセガワ', given: '翔太', givenKana: 'ショウタ' },
  { family: '𠮷田', familyKana: 'ヨシダ', given: '結衣', givenKana: 'ユイ' },
  { family: '小林', familyKana: 'コバヤシ', given: '健太郎', givenKana: 'ケンタロウ' },
  { family: '五十嵐', familyKana: 'イガラシ', given: '凜', givenKana: 'リン' },
  { family: '德永', familyKana: 'トクナガ', given: '悠真', givenKana: 'ユウマ' },
]

export interface PoolAddress extends House {
  mail: string
}

interface House {
  zip: string
  prefecture: string
  city: string
  address1: string
  address2: string
  phone: string
}

export const ADDRESSES: readonly House[] = [
  {
    zip: '0600001',
    prefecture: '北海道',
    city: '札幌市中央区',
    address1: '星空町1-2-3',
    address2: '',
    phone: '011-000-0001',
  },
  {
    zip: '100-0001',
    prefecture: '東京都',
    city: '千代田区',
    address1: '見本町4丁目5-6',
    address2: '髙層マンション①号棟1203',
    phone: '03-0000-0002',
  },
  {
    zip: '5300001',
    prefecture: '大阪府',
    city: '大阪市北区',
    address1: '仮名町7-8',
    address2: 'ビル﨑2F',
    phone: '06-0000-0003',
  },
  {
    zip: '980-0811',
    prefecture: '宮城県',
    city: '仙台市青葉区',
    address1: '一番町9-10-11',
    address2: '',
    phone: '022-000-0004',
  },
  {
    zip: '9071801',
    prefecture: '沖縄県',
    city: '八重山郡与那国町',
    address1: '字与那国12',
    address2: '',
    phone: '090-0000-0005',
  },
  {
    zip: '460-0008',
    prefecture: '愛知県',
    city: '名古屋市中区',
    address1: '栄13-14',
    address2: '見本荘201',
    phone: '080-0000-0006',
  },
]

/** Where the buyer of a shop's order lives, by its place in the sequence. */
export function homeOf(sequence: number): PoolAddress {
  const house = ADDRESSES[sequence % ADDRESSES.length] as House
  const digits = house.zip.replace(/\D/g, '')
  return {
    ...house,
    address1: houseOf(house.address1, sequence),
    phone: phoneOf(house.phone, sequence),
    mail: `${houseOf(digits, sequence)}@example.jp`,
  }
}

export interface PoolProduct {
  code: string
  title: string
  price: number
  rate: 8 | 10
  /** Name of the choice and its values with the ending of their sub codes. */
  choice?: { name: string; values: readonly [label: string, ending: string][] }
  jan: string
}

export const PRODUCTS: readonly PoolProduct[] = [
  {
    code: 'lamp-01',
    title: '星空ランプ',
    price: 1980,
    rate: 10,
    jan: '4900000000017',
    choice: {
      name: 'カラー',
      values: [
        ['ブルー', 'bl'],
        ['ホワイト', 'wh'],
      ],
    },
  },
  { code: 'tea-07', title: '夜カフェ茶葉 ①番摘み 100g', price: 750, rate: 8, jan: '4900000000024' },
  {
    code: 'shirt-22',
    title: '【送料込】天体柄Tシャツ',
    price: 2480,
    rate: 10,
    jan: '',
    choice: {
      name: 'サイズ',
      values: [
        ['S', 's'],
        ['M', 'm'],
        ['L', 'l'],
      ],
    },
  },
  { code: '0012', title: '月齢カレンダー & 手帳 <2027年版>', price: 1320, rate: 10, jan: '0490000000048' },
  { code: 'choco-3', title: '惑星チョコレート 9個入', price: 1620, rate: 8, jan: '4900000000055' },
  { code: 'scope-5', title: '天体望遠鏡 スターター Ⅱ型', price: 19800, rate: 10, jan: '4900000000062' },
]

export const COMMENTS: readonly string[] = [
  '',
  '平日は不在です。',
  '領収書をお願いします。\n宛名は「株式会社髙﨑商店」でお願いします。',
  '',
  '玄関前に置いてください & チャイム不要です <お願いします>',
]

export const TIME_BANDS: readonly string[] = [
  '',
  '午前中',
  '12:00～14:00',
  '14:00～16:00',
  '18:00～20:00',
  '19:00～21:00',
]
