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
  toFullWidth,
  withoutHyphens,
  withSlashes,
} from './cells.ts'
import {
  cellText,
  columnsOf,
  commonSettings,
  contentWords,
  type Draft,
  digits,
  type LabelFormat,
  NO_SENDER,
  type Report,
  temperatureWords,
} from './format.ts'

/** 荷扱い as words, where a form has lines of text for them. */
const HANDLING = { fragile: 'ワレ物注意', upright: '天地無用', raw: 'ナマモノ' } as const

/** 西濃 カンガルー・マジックⅡ: 44 columns, alike in three public implementations. */
const SEINO_COLUMNS = columnsOf(`
荷送人コード n11*
西濃発店コード
出荷予定日 b10*
お問合せ番号
管理番号 b20*
元着区分 n1*
原票区分 n1
個数 n3*
重量区分 重量(Ｋ) 重量(才)
荷送人名称 b40*
荷送人住所１ b40*
荷送人住所２ b40
荷送人電話番号 b15*
部署コード 部署名 重量契約区分
お届け先郵便番号 b8*
お届け先名称１ b40*
お届け先名称２ b40
お届け先住所１ b40*
お届け先住所２ b40
お届け先電話番号 b15*
お届け先コード お届け先JIS市町村コード 着店コード付け区分 着地コード 着店コード 保険金額 輸送指示１ 輸送指示２
記事１ b30
記事２ b30
記事３ b30
記事４ b30
記事５
輸送指示（配達指定日付） n5
輸送指示コード１ n2
輸送指示コード２ n2
輸送指示（止め店所名） b40
予備 品代金 消費税等
`)

const SeinoSettings = z.strictObject({
  ...commonSettings,
  senderCode: digits(1, 11).describe('Code of the sender, from the contract (荷送人コード)'),
  slipType: z
    .enum(['', '0', '8'])
    .default('')
    .describe('Kind of slip: 8 通販便; empty: as the tool has it (原票区分)'),
})

const SEINO_CELL = { by: 'bytes', most: 40 } as const
const MAIL_ORDER = '8'
/** Times of 通販便 have other codes, whose hours no source has. */
const MORNING: SlotCodes = [{ from: 'am', to: 12, code: '1' }]
const SEINO = '西濃 カンガルー・マジックⅡ'

export const seinoKangaroo: LabelFormat<z.infer<typeof SeinoSettings>> = {
  id: 'seino_kangaroo',
  label: SEINO,
  carrierOf: () => 'seino',
  services: [{ code: 'kangaroo', label: 'カンガルー便（元払い）', takesDay: true }],
  settings: SeinoSettings,
  columns: SEINO_COLUMNS,
  keyColumn: 5,
  quoting: 'needed',
  mostRows: 1_000,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, problem } = tools
    refuseCod(draft, SEINO, problem)
    refuseCool(draft, SEINO, problem)
    const hold = holdCell(draft, 'name', tools)
    const to = addressCells('送付先', draft.to, [SEINO_CELL, SEINO_CELL], tools)
    const toName = nameCells('送付先', draft.to, [SEINO_CELL, SEINO_CELL], problem)
    const from = addressCells('ご依頼主', draft.from, [SEINO_CELL, SEINO_CELL], tools)
    const [fromName = ''] = nameCells('ご依頼主', draft.from, [SEINO_CELL], problem)
    const slot = slotCode(draft.wish.slot, settings.slipType === MAIL_ORDER ? [] : MORNING, [], tools)
    const day = withoutHyphens(draft.wish.date).slice(4)
    return new Map([
      [1, settings.senderCode],
      [3, withSlashes(draft.shippedOn)],
      [5, draft.key],
      [6, '1'],
      [7, settings.slipType],
      [8, packagesCell(draft, true, problem) || '1'],
      [12, fromName],
      ...from.map((line, at) => [13 + at, line] as const),
      [15, draft.from.phone],
      [19, hyphenated(draft.to.postalCode)],
      ...toName.map((line, at) => [20 + at, line] as const),
      ...to.map((line, at) => [22 + at, line] as const),
      [24, draft.to.phone],
      [33, draft.goods],
      ...draft.handling.map((one, at) => [34 + at, HANDLING[one]] as const),
      [38, day || slot ? `${day || '0000'}${slot || '0'}` : ''],
      [39, day || slot ? '02' : ''],
      [40, hold ? '01' : ''],
      [41, hold?.name ?? ''],
    ])
  },
}

const DAY_MS = 24 * 60 * 60_000
/** Days from shipping to the wished day; the tool's own program refuses more. */
const MOST_WISH_DAYS = 14

function tellFarWish({ wish: { date }, shippedOn }: Draft, problem: Report): void {
  if (date === null || Date.parse(date) - Date.parse(shippedOn) <= MOST_WISH_DAYS * DAY_MS) return
  problem(
    'お届け希望日',
    'WISH_DATE_FAR',
    `お届け希望日 ${date} が出荷予定日から${MOST_WISH_DAYS}日より先です。${FUKUYAMA}では指定できません。希望日か出荷予定日を直してください。`,
  )
}

/** 福山 iSTAR-2 (CSVエントリー, 記事3行): 26 columns by the tool's own program and two others. */
const FUKUYAMA_COLUMNS = columnsOf(`
荷受人コード
電話番号 b15*
住所 w20*
住所２ w20
住所３ w20
名前 w20*
名前２ w20
郵便番号 b8*
特殊計 着店コード
荷送人コード b12*
個数 n2*
才数 重量 輸送商品１ 輸送商品２
品名記事１ b30
品名記事２ b30
品名記事３ b30
配達指定日 n8
お客様管理番号 b16
予備
元払区分 n1*
保険金額
出荷日付 n8*
登録日付
`)

const FukuyamaSettings = z.strictObject({
  senderCode: cellText(12)
    .refine((code) => /^[\w-]+$/.test(code), { error: '半角英数字12文字までで入力してください。' })
    .describe('Code of the sender, as it is registered in the tool (荷送人コード)'),
  goodsName: commonSettings.goodsName,
  ...temperatureWords,
  ...contentWords,
  fragileWords: commonSettings.fragileWords,
  uprightWords: commonSettings.uprightWords,
  rawWords: commonSettings.rawWords,
})

const LINE = { by: 'wide', most: 20 } as const
const FUKUYAMA = '福山 iSTAR-2'
const ARTICLES = 2

export const fukuyamaIstar: LabelFormat<
  typeof NO_SENDER & Pick<z.infer<typeof FukuyamaSettings>, 'senderCode'>
> = {
  id: 'fukuyama_istar2',
  label: FUKUYAMA,
  carrierOf: () => 'fukuyama',
  services: [{ code: 'parcel', label: '元払い', takesDay: true }],
  settings: FukuyamaSettings.transform((settings) => ({ ...NO_SENDER, ...settings })),
  columns: FUKUYAMA_COLUMNS,
  keyColumn: 21,
  quoting: 'needed',
  mostRows: 1_000,
  // The tool's own program refuses later days.
  mostDaysAhead: 14,
  header: 'always',
  fill(draft, tools) {
    const { settings, problem } = tools
    refuseCod(draft, FUKUYAMA, problem)
    refuseCool(draft, FUKUYAMA, problem)
    holdCell(draft, null, tools)
    slotCode(draft.wish.slot, [], [], tools)
    const to = {
      ...draft.to,
      address: draft.to.address.map(toFullWidth),
      company: toFullWidth(draft.to.company),
      name: toFullWidth(draft.to.name),
    }
    tellFarWish(draft, problem)
    if (draft.handling.length > ARTICLES)
      tools.warning('荷扱い', 'HANDLING_LEFT_OUT', '荷扱いの欄は2つのため、出力しない荷扱いがあります。')
    return new Map([
      [2, draft.to.phone],
      ...addressCells('送付先', to, [LINE, LINE, LINE], tools).map(
        (line, at) => [3 + at, toFullWidth(line)] as const,
      ),
      ...nameCells('送付先', to, [LINE, LINE], problem).map(
        (line, at) => [6 + at, toFullWidth(line)] as const,
      ),
      [8, hyphenated(draft.to.postalCode)],
      [11, settings.senderCode],
      [12, packagesCell(draft, true, problem) || '1'],
      [17, draft.goods],
      ...draft.handling.slice(0, ARTICLES).map((one, at) => [18 + at, HANDLING[one]] as const),
      [20, withoutHyphens(draft.wish.date)],
      [21, draft.key],
      [23, '1'],
      [25, withoutHyphens(draft.shippedOn)],
    ])
  },
}
