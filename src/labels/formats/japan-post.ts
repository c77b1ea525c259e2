import { z } from 'zod'
import {
  addressCells,
  holdCell,
  hyphenated,
  nameCells,
  packagesCell,
  refuseCod,
  refuseCool,
  type SlotCodes,
  slotCode,
  withoutHyphens,
} from './cells.ts'
import {
  type CommonSettings,
  cellText,
  columnsOf,
  commonSettings,
  contentWords,
  type LabelFormat,
  NO_SENDER,
  temperatureWords,
} from './format.ts'

/**
 * ゆうパックプリントR 発送予定: 117 columns, or 118. Of the contents of a parcel (102–117) only 品名 is filled: a gift
 * must not show a price.
 */
const YUPRI_COLUMNS = columnsOf(`
お客様側管理番号 b15
発送予定日 n8
発送予定時間区分 出荷期限日 到着期限日
郵便種別 n1*
保冷種別 n1
元／着払／代引 n1*
書留／セキュリティ／特定記録種別 配達時間帯指定郵便種別
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
お届け先メールアドレス１
お届け先局留め区分 n1
お届け先局留め郵便局名 b60
お届け先局留めメール使用区分
お届け先局留め郵便番号 b8
お届け先配達予告メール使用区分 お届け先再配達予告メール使用区分 ご依頼主コード
ご依頼主集荷先と同一区分
ご依頼主郵便番号 b8*
ご依頼主住所１ b50*
ご依頼主住所２ b50
ご依頼主住所３ b50
ご依頼主名称１ b50*
ご依頼主名称２ b50
ご依頼主敬称
ご依頼主電話番号 b20*
ご依頼主メールアドレス１ ご依頼主荷送人指図区分 ご依頼主お届け通知メール使用区分
ご依頼主お届け通知はがき使用区分 集荷先コード 集荷先連携可否区分 集荷先会社コード 集荷先依頼先店所コード
集荷先郵便番号 集荷先住所１ 集荷先住所２ 集荷先住所３ 集荷先名称１ 集荷先名称２ 集荷先敬称 集荷先電話番号
受注番号 b50
こわれもの区分 n1
なまもの区分 n1
ビン類区分
逆さま厳禁区分 n1
下積み厳禁区分
商品サイズ区分 b3
重量合計（ｇ） 25kg超重量物区分 損害要償額 速達・配達日指定種別
配達指定日／希望日 n8
配達時間帯区分 n2
差出方法区分 ゆうパック複数個割引 ゆうパック同一割引 セット商品コード セット品名ラベル印字区分
複数個口数 n2
記事名１ b50
記事名２ フリー項目０１ フリー項目０２ フリー項目０３ フリー項目０４ フリー項目０５ フリー項目０６
フリー項目０７ フリー項目０８ フリー項目０９ フリー項目１０ 空港利用区分 空港・局／支店名 航空会社名
利用便名 レジャー区分 プレー・搭乗日 プレー・搭乗時間 クラブ本数 復路集貨日 出荷先登録名 集荷希望区分
集荷日付 集荷時間帯区分 支店連携先選択用名称
代引金額 n7
代引消費税金額 n7
送り状発行年月日 商品番号
品名 b50
個数 重量（ｇ） 単価 金額 商品備考０１ 商品備考０２ 商品備考０３ 商品備考０４ 商品備考０５ 商品備考０６
商品備考０７ 商品備考０８ 商品備考０９ 商品備考１０
`)

/** Some installations have 倉庫数 here, and all that follows one column later. */
const EXTRA = 72
const WITH_EXTRA = [
  ...YUPRI_COLUMNS.slice(0, EXTRA - 1),
  { name: '倉庫数', required: false },
  ...YUPRI_COLUMNS.slice(EXTRA - 1),
]

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
  layout: z
    .enum(['117', '118'])
    .default('117')
    .describe('Columns of the import: 117, or 118 with 倉庫数 at 72 (列の並び)'),
  codLayout: z
    .enum(['', '117', '118'])
    .default('')
    .describe(
      'The layout whose amounts of 代引 were looked at in the tool; 代引 needs it (代引を確かめた並び)',
    ),
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
/** 郵便種別. */
const MAIL_KINDS: ReadonlyMap<string, string> = new Map([
  ['yu_pack', '0'],
  ['yu_mail', '1'],
  ['letter', '2'],
  ['letter_large', '3'],
  ['yu_packet', '9'],
])
const COOL = { normal: '0', cool: '1', frozen: '2' } as const

export const yupriR: LabelFormat<z.infer<typeof YupriSettings>> = {
  id: 'yupri_r',
  label: 'ゆうパックプリントR',
  carrierOf: () => 'japan_post',
  services: [
    { code: 'yu_pack', label: 'ゆうパック', takesDay: true },
    { code: 'yu_packet', label: 'ゆうパケット', takesDay: false },
    { code: 'yu_mail', label: 'ゆうメール（追跡番号なし）', takesDay: false },
    { code: 'letter', label: '定形郵便（追跡番号なし）', takesDay: false },
    { code: 'letter_large', label: '定形外郵便（追跡番号なし）', takesDay: false },
  ],
  settings: YupriSettings,
  columns: YUPRI_COLUMNS,
  layoutOf: ({ layout }) => (layout === '118' ? WITH_EXTRA : YUPRI_COLUMNS),
  keyColumn: 1,
  quoting: 'needed',
  mostRows: 1_000,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, service, problem } = tools
    const parcel = service === 'yu_pack'
    if (draft.cod && !parcel) {
      problem(
        '元／着払／代引',
        'COD_NOT_OFFERED',
        'この送り状の種類では代金引換を使えません。ゆうパックを選んでください。',
      )
    }
    if (draft.cod && settings.codLayout !== settings.layout) {
      const where = settings.layout === '118' ? '100・101' : '99・100'
      if (tools.testCod)
        tools.warning(
          '代引金額',
          'LAYOUT_TEST',
          `確認用の出力です。ゆうプリRに取り込み、代引金額 ${draft.cod.amount} 円と消費税 ${draft.cod.tax ?? ''} 円が正しい欄に入ることを確かめてから、送り状の設定の「代引を確かめた並び」を選んでください。`,
        )
      else
        problem(
          '代引金額',
          'LAYOUT_UNCONFIRMED',
          `代引金額の列（${where}列目）がお使いのゆうプリRと合うか、まだ確かめられていません。「代引の確認用に出力する」で1件だけ出力して取り込み、送り状の設定の「代引を確かめた並び」を選んでください。`,
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
    const hold = holdCell(draft, parcel ? 'name' : null, tools)
    const slots = parcel ? YUPRI_SLOTS : []
    const slot = slotCode(draft.wish.slot, slots, parcel ? [{ from: 20, to: 21 }] : [], tools)
    const cells: [number, string][] = [
      [1, draft.key],
      [2, withoutHyphens(draft.shippedOn)],
      [6, MAIL_KINDS.get(service) ?? ''],
      [7, parcel ? COOL[draft.temperature] : ''],
      [8, draft.cod ? '2' : '0'],
      [11, settings.slipKind],
      [13, hyphenated(draft.to.postalCode)],
      ...to.map((line, index): [number, string] => [14 + index, line]),
      ...toName.map((line, index): [number, string] => [17 + index, line]),
      [20, draft.to.phone],
      [22, hold ? '1' : ''],
      [23, hold?.name ?? ''],
      [25, hyphenated(hold?.postalCode ?? '')],
      [30, hyphenated(draft.from.postalCode)],
      ...from.map((line, index): [number, string] => [31 + index, line]),
      ...fromName.map((line, index): [number, string] => [34 + index, line]),
      [37, draft.from.phone],
      [54, draft.orderNumber],
      [55, parcel && draft.handling.includes('fragile') ? '1' : ''],
      [56, parcel && draft.handling.includes('raw') ? '1' : ''],
      [58, parcel && draft.handling.includes('upright') ? '1' : ''],
      [60, parcel ? settings.size : ''],
      [65, withoutHyphens(draft.wish.date)],
      [66, slot || (parcel ? '00' : '')],
      [72, packagesCell(draft, parcel, problem)],
      [73, draft.goods],
      [99, draft.cod ? String(draft.cod.amount) : ''],
      [100, draft.cod?.tax == null ? '' : String(draft.cod.tax)],
      [103, draft.goods],
    ]
    const later = settings.layout === '118' ? 1 : 0
    return new Map(cells.map(([at, text]) => [at < EXTRA ? at : at + later, text]))
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
  keyInGoods: z
    .enum(['no', 'yes'])
    .default('no')
    .describe(
      'yes: 内容品 ends with our key, by which the tracking file finds the order (内容品に管理番号を付ける)',
    ),
  ...temperatureWords,
  ...contentWords,
})

const LINE = { by: 'bytes', most: 40 } as const

/** クリックポスト accepts 40 rows per file and has no field for the sender or for our number. */
export const clickPost: LabelFormat<CommonSettings & Pick<z.infer<typeof ClickSettings>, 'keyInGoods'>> = {
  id: 'click_post',
  label: 'クリックポスト',
  carrierOf: () => 'japan_post',
  services: [{ code: 'click_post', label: 'クリックポスト', takesDay: false }],
  settings: ClickSettings.transform((settings) => ({ ...NO_SENDER, ...settings })),
  columns: CLICK_COLUMNS,
  keyColumn: 0,
  keyWithin: 8,
  quoting: 'needed',
  mostRows: 40,
  header: 'always',
  fill(draft, tools) {
    const { problem, settings } = tools
    packagesCell(draft, false, problem)
    refuseCod(draft, 'クリックポスト', problem)
    refuseCool(draft, 'クリックポスト', problem)
    holdCell(draft, null, tools)
    slotCode(draft.wish.slot, [], [], tools)
    // Puts a company into the address, because there is only one cell for the name.
    const party = { ...draft.to, address: [...draft.to.address, draft.to.company] }
    const lines = addressCells('送付先', party, [LINE, LINE, LINE, LINE], tools)
    return new Map([
      [1, hyphenated(draft.to.postalCode)],
      [2, draft.to.name],
      [3, '様'],
      ...lines.map((line, index) => [4 + index, line] as const),
      [8, settings.keyInGoods === 'yes' ? `${draft.goods} ${draft.key}`.trim() : draft.goods],
    ])
  },
}
