/**
 * Settings of a tenant that this page has no field for, and the call that makes them: told on the page, and
 * held against the OpenAPI document by a test. `settings`: operation and property as the document has them.
 */
export const ELSEWHERE: readonly {
  ja: string
  en: string
  call: string
  settings: readonly string[]
}[] = [
  {
    ja: '配送会社の置き換え、モールへ送る配送会社コード（店舗ごと）',
    en: 'Carriers of a shop sent as others, carrier codes for the mall',
    call: 'PATCH /v1/shops/{id} settings.carriers, settings.carrierCodes',
    settings: ['settings.carriers', 'settings.carrierCodes'],
  },
  {
    ja: 'お届け希望日と時間帯の項目名（カートのアプリが注文に書く名前）',
    en: 'Names of the details in which a cart’s app keeps wishes of delivery',
    call: 'PATCH /v1/shops/{id} settings.wishDayName, settings.wishBandName',
    settings: ['settings.wishDayName', 'settings.wishBandName'],
  },
  {
    ja: '取込と同時に行うサイト変更の内容（メモの文面、サブステータスなど）',
    en: 'What a site change on import says (memo, sub-status)',
    call: 'PATCH /v1/shops/{id} settings.onImport.parameters',
    settings: ['settings.onImport.parameters'],
  },
  {
    ja: '離島の郵便番号の追加と除外',
    en: 'Postcodes of islands',
    call: 'PUT /v1/mark-rules islands',
    settings: ['islands', 'islands.add', 'islands.except'],
  },
  {
    ja: 'モールからのプッシュ通知の署名鍵、モールの注文通知の登録',
    en: 'Key of pushed orders, a mall’s order notifications',
    call: 'POST /v1/shops/{id}/push-secret, POST /v1/shops/{id}/notifications',
    settings: ['setPushSecret', 'subscribeNotifications'],
  },
  {
    ja: '注文ファイルの配送会社の言葉、支払方法の言葉、商品の行の絞り込み（その他の店舗。列の対応は「注文ファイルを取り込む」で変えられます）',
    en: 'Words of carriers and payments, rows of goods in order files',
    call: 'PUT /v1/shops/{id}/order-form form',
    settings: ['form.shipped.carriers', 'form.values.payment', 'form.items', 'form.items.are'],
  },
  {
    ja: '購入者の個人情報の消去',
    en: 'Erasing a buyer',
    call: 'POST /v1/erasure',
    settings: ['eraseBuyer'],
  },
]
