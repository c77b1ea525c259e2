/**
 * Invented people, goods and towns in real cities, whose postal codes fit; phones that belong to nobody.
 * Names with 機種依存文字 come up often.
 */

export const NAMES: readonly string[] = [
  '髙橋 花子',
  '山﨑 太郎',
  '佐久間 遥',
  '濵田 蓮',
  '渡邊 美咲',
  '𠮷田 大翔',
  '鈴木さくら',
  '神﨑 健一',
]

export interface Place {
  prefecture: string
  postalCode: string
  line1: string
  line2?: string
  phone: string
}

export const PLACES: readonly Place[] = [
  {
    prefecture: '神奈川県',
    postalCode: '210-0000',
    line1: '川崎市川崎区見本町3-14-15',
    line2: 'サンプルハイツ①号棟202',
    phone: '044-000-0000',
  },
  { prefecture: '東京都', postalCode: '100-0000', line1: '千代田区例示通4丁目5番6号', phone: '03-0000-0000' },
  {
    prefecture: '大阪府',
    postalCode: '530-0000',
    line1: '大阪市北区見本町1-2-3',
    line2: '㈱髙砂ビル 5F',
    phone: '06-0000-0000',
  },
  { prefecture: '北海道', postalCode: '060-0000', line1: '札幌市中央区見本条7', phone: '011-000-0000' },
  { prefecture: '沖縄県', postalCode: '907-0000', line1: '石垣市字見本123番地', phone: '0980-00-0000' },
]

export interface Product {
  asin: string
  sku: string
  title: string
  price: number
  points: number
}

export const PRODUCTS: readonly Product[] = [
  { asin: 'B0EXAMPLE1', sku: 'TNG-AI-02', title: '藍染め手ぬぐい 2枚組', price: 1980, points: 20 },
  { asin: 'B0EXAMPLE2', sku: 'MUG-II-B', title: '見本マグカップ Ⅱ型 ブルー', price: 1650, points: 0 },
  { asin: 'B0EXAMPLE3', sku: 'TEA-100', title: '例示茶 ㈱見本園 100g', price: 1080, points: 11 },
  { asin: 'B0EXAMPLE4', sku: 'KNF-165', title: '三徳包丁 髙級鋼 165mm', price: 12_800, points: 128 },
  { asin: 'B0EXAMPLE5', sku: 'LMP-08', title: '折りたたみランプ 電球色', price: 2480, points: 0 },
]

export const GIFT_MESSAGES: readonly string[] = [
  'お誕生日おめでとう①',
  '髙橋先生へ\nいつもありがとうございます。',
]
export const DROP_OFF: readonly string[] = ['玄関', '宅配ボックス', 'ガスメーターボックス']
