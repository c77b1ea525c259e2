import { z } from 'zod'
import { addressCells, hyphenated, nameCells, type SlotCodes, slotCode, withoutHyphens } from './cells.ts'
import { cellText, columnsOf, commonSettings, type LabelFormat, temperatureWords } from './format.ts'

/**
 * ゆうパックプリントR 発送予定: 117 columns. The contents of a parcel (102–117) stay empty, above all prices, which a gift
 * must not show.
 */
const YUPRI_COLUMNS = columnsOf(`
お客様側管理番号 b15
発送予定日 n8
発送予定時間区分 出荷期限日 到着期限日
郵便種別 n1*
保冷種別 n1
元払/着払/代引 n1*
書留/セキュリティ/特定記録 時間帯指定郵便
送り状種別 n20*
お届け先コード
お届け先郵便番号 b8*
お届け先住所１ b50*
お届け先住所２ b50
お届け先住所３ b50
お届け先名称１ b50*
お届け先名称２ b50
お届け先敬称区分
お届け先電話番号 b20*
お届け先メールアドレス 局留め区分 局留め局名 局留めメールアドレス 局留め郵便番号 配達予告メール
再配達予告メール ご依頼主コード 集荷先同一区分
ご依頼主郵便番号 b8*
ご依頼主住所１ b50*
ご依頼主住所２ b50
ご依頼主住所３ b50
ご依頼主名称１ b50*
ご依頼主名称２ b50
ご依頼主敬称区分
ご依頼主電話番号 b20*
ご依頼主メールアドレス ご依頼主指図 配達通知メール 配達通知はがき 集荷先コード 集荷先郵便番号
集荷先住所１ 集荷先住所２ 集荷先住所３ 集荷先名称１ 集荷先名称２ 集荷先敬称区分 集荷先電話番号
集荷先メールアドレス 集荷先予備１ 集荷先予備２
受注番号 b50
こわれもの なまもの ビン類 逆さま厳禁 下積み厳禁
サイズ b3
重量 25kg超 損害要償額 速達/配達日指定
配達希望日 n8
配達希望時間帯 n2
差出方法 割引１ 割引２ セット商品１ セット商品２ 複数個口数
記事名１ b50
記事名２ フリー項目０１ フリー項目０２ フリー項目０３ フリー項目０４ フリー項目０５ フリー項目０６
フリー項目０７ フリー項目０８ フリー項目０９ フリー項目１０ 空港１ 空港２ 空港３ 空港４ 空港５
レジャー１ レジャー２ レジャー３ レジャー４ レジャー５ 集荷１ 集荷２ 支店１ 支店２
代引金額 n7
代引消費税 n7
発行日 商品番号 商品名 個数 商品重量 単価 金額 備考１ 備考２ 備考３ 備考４ 備考５ 備考６ 備考７ 備考８
備考９ 備考１０
`)

const YupriSettings = z.strictObject({
  ...commonSettings,
  header: z
    .boolean()
    .default(false)
    .describe(commonSettings.header.description ?? ''),
  slipKind: z
    .string()
    .regex(/^\d{1,20}$/, { error: '半角数字で入力してください（例: 1100780）。' })
    .describe('Kind of label form as the tool lists it (送り状種別)'),
  size: z
    .enum(['', '060', '080', '100', '120', '140', '160', '170'])
    .default('')
    .describe('Size in cm; empty: none (サイズ)'),
})

const YUPRI_SLOTS: SlotCodes = [
  { from: 'am', to: 12, code: '51' },
  { from: 12, to: 14, code: '52' },
  { from: 14, to: 16, code: '53' },
  { from: 16, to: 18, code: '54' },
  { from: 18, to: 20, code: '55' },
  { from: 19, to: 21, code: '57' },
]

const CELL = { by: 'bytes', most: 50 } as const
const COOL = { normal: '0', cool: '1', frozen: '2' } as const

export const yupriR: LabelFormat<z.infer<typeof YupriSettings>> = {
  id: 'yupri_r',
  label: 'ゆうパックプリントR',
  carrierOf: () => 'japan_post',
  services: [
    { code: 'yu_pack', label: 'ゆうパック' },
    { code: 'yu_packet', label: 'ゆうパケット' },
  ],
  settings: YupriSettings,
  columns: YUPRI_COLUMNS,
  keyColumn: 1,
  quoting: 'needed',
  mostRows: 1_000,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, service, problem } = tools
    const parcel = service === 'yu_pack'
    if (draft.cod && !parcel) {
      problem(
        '元払/着払/代引',
        'COD_NOT_OFFERED',
        'ゆうパケットでは代金引換を使えません。ゆうパックを選んでください。',
      )
    }
    if (draft.temperature !== 'normal' && !parcel) {
      problem(
        '保冷種別',
        'COOL_NOT_OFFERED',
        '保冷はゆうパックだけです。送り状の種類を選び直すか、常温で送る受注なら温度帯を「普通」にしてください。',
      )
    }
    const to = addressCells('送付先', draft.to, [CELL, CELL, CELL], tools)
    const toName = nameCells('送付先', draft.to, [CELL, CELL], problem)
    const from = addressCells('ご依頼主', draft.from, [CELL, CELL, CELL], tools)
    const fromName = nameCells('ご依頼主', draft.from, [CELL, CELL], problem)
    const slots = parcel ? YUPRI_SLOTS : []
    const slot = slotCode(draft.wish.slot, slots, parcel ? [{ from: 20, to: 21 }] : [], tools)
    return new Map([
      [1, draft.key],
      [2, withoutHyphens(draft.shippedOn)],
      [6, parcel ? '0' : '9'],
      [7, parcel ? COOL[draft.temperature] : ''],
      [8, draft.cod ? '2' : '0'],
      [11, settings.slipKind],
      [13, hyphenated(draft.to.postalCode)],
      ...to.map((line, index) => [14 + index, line] as const),
      ...toName.map((line, index) => [17 + index, line] as const),
      [20, draft.to.phone],
      [30, hyphenated(draft.from.postalCode)],
      ...from.map((line, index) => [31 + index, line] as const),
      ...fromName.map((line, index) => [34 + index, line] as const),
      [37, draft.from.phone],
      [54, draft.orderNumber],
      [60, parcel ? settings.size : ''],
      [65, parcel ? withoutHyphens(draft.wish.date) : ''],
      [66, slot || (parcel ? '00' : '')],
      [73, draft.goods],
      [99, draft.cod ? String(draft.cod.amount) : ''],
      [100, draft.cod?.tax == null ? '' : String(draft.cod.tax)],
    ])
  },
}

const CLICK_COLUMNS = columnsOf(`
お届け先郵便番号 b8*
お届け先氏名 b40*
お届け先敬称 b4*
お届け先住所1行目 b40*
お届け先住所2行目 b40
お届け先住所3行目 b40
お届け先住所4行目 b40
内容品 b30*
`)

const ClickSettings = z.strictObject({
  goodsName: cellText(15).describe(commonSettings.goodsName.description ?? ''),
  ...temperatureWords,
})

const LINE = { by: 'bytes', most: 40 } as const

/**
 * クリックポスト accepts 40 rows per file and has no field for the sender or for our number, so staff enter its
 * tracking numbers by hand.
 */
export const clickPost: LabelFormat = {
  id: 'click_post',
  label: 'クリックポスト',
  carrierOf: () => 'japan_post',
  services: [{ code: 'click_post', label: 'クリックポスト' }],
  settings: ClickSettings.transform((settings) => ({
    ...settings,
    header: true,
    giftSender: 'shop' as const,
    sendersByShop: {},
    sender: { name: '', postalCode: '', address: '', building: '', phone: '' },
  })),
  columns: CLICK_COLUMNS,
  keyColumn: 0,
  quoting: 'needed',
  mostRows: 40,
  header: 'always',
  fill(draft, tools) {
    const { problem } = tools
    if (draft.cod) problem('代引', 'COD_NOT_OFFERED', 'クリックポストでは代金引換を使えません。')
    if (draft.temperature !== 'normal') {
      problem(
        '保冷',
        'COOL_NOT_OFFERED',
        'クリックポストでは保冷を指定できません。常温で送る受注なら温度帯を「普通」にしてください。',
      )
    }
    slotCode(draft.wish.slot, [], [], tools)
    // Puts a company into the address, because there is only one cell for the name.
    const party = { ...draft.to, address: [...draft.to.address, draft.to.company] }
    const lines = addressCells('送付先', party, [LINE, LINE, LINE, LINE], tools)
    return new Map([
      [1, hyphenated(draft.to.postalCode)],
      [2, draft.to.name],
      [3, '様'],
      ...lines.map((line, index) => [4 + index, line] as const),
      [8, draft.goods],
    ])
  },
}
