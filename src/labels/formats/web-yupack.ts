import { z } from 'zod'
import { splitAddress } from './address.ts'
import {
  addressCells,
  holdCell,
  hyphenated,
  packagesCell,
  refuseCod,
  refuseCool,
  slotCode,
  withSlashes,
} from './cells.ts'
import { columnsOf, commonSettings, type FillTools, type LabelFormat, type Party } from './format.ts'

/**
 * Webゆうパックプリント: 72 columns, alike in three public implementations. None has its codes of 代引, 保冷 and
 * 時間帯, so those are refused; lengths are ゆうプリR's.
 */
const COLUMNS = columnsOf(`
商品 n1*
着払/代引 n1*
ゴルフ/スキー/空港 往復 書留/特定記録 配達方法
作成数 n2*
お届け先のお名前 b50*
お届け先の敬称 b4*
お届け先のお名前（カナ）
お届け先の郵便番号 b8*
お届け先の都道府県 b8*
お届け先の市区町村郡 b50*
お届け先の丁目番地号 b50*
お届け先の建物名・部屋番号など b50
お届け先の電話番号 b20*
お届け先の法人名 b50
お届け先の部署名 お届け先のメールアドレス 空港略称 空港コード 受取人様のお名前
ご依頼主のお名前 b50*
ご依頼主の敬称 ご依頼主のお名前（カナ）
ご依頼主の郵便番号 b8*
ご依頼主の都道府県 b8*
ご依頼主の市区町村郡 b50*
ご依頼主の丁目番地号 b50*
ご依頼主の建物名・部屋番号など b50
ご依頼主の電話番号 b20*
ご依頼主の法人名 ご依頼主の部署名 ご依頼主のメールアドレス
品名 b50*
品名番号 個数
発送予定日 b10
発送予定時間帯 セキュリティ 重量 損害要償額
保冷 n1
取扱上の注意こわれもの n1
取扱上の注意なまもの n1
取扱上の注意ビン類
取扱上の注意逆さま厳禁 n1
取扱上の注意下積み厳禁 予備 差出予定日 差出予定時間帯
配達希望日 b10
配達希望時間帯 クラブ本数 ご使用日(プレー日) ご使用時間 搭乗日 搭乗時間 搭乗便名 復路発送予定日 お支払方法
摘要/記事 b50
サイズ n3
差出方法
割引 n1
代金引換金額 うち消費税等 配達予定日通知(お届け先) 配達完了通知(お届け先) 不在持戻り通知(お届け先)
郵便局留通知(お届け先)
配達完了通知(依頼主) n1
`)

const Settings = z.strictObject({
  ...commonSettings,
  header: z
    .boolean()
    .default(false)
    .describe(commonSettings.header.description ?? ''),
  size: z
    .enum(['', '60', '80', '100', '120', '140', '160', '170'])
    .default('')
    .describe('Size in cm; empty: none (サイズ)'),
})

const LABEL = 'Webゆうパックプリント'
const CELL = { by: 'bytes', most: 50 } as const

export const webYupack: LabelFormat<z.infer<typeof Settings>> = {
  id: 'web_yupack',
  label: LABEL,
  carrierOf: () => 'japan_post',
  services: [{ code: 'yu_pack', label: 'ゆうパック（元払い）', takesDay: true }],
  settings: Settings,
  columns: COLUMNS,
  // 摘要/記事, which one implementation fills with its order's number.
  keyColumn: 62,
  quoting: 'all',
  // Our own guess: no source has the tool's limit.
  mostRows: 100,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, problem } = tools
    packagesCell(draft, false, problem)
    refuseCod(draft, LABEL, problem)
    refuseCool(draft, LABEL, problem)
    holdCell(draft, null, tools)
    slotCode(draft.wish.slot, [], [], tools)
    const has = (one: (typeof draft.handling)[number]) => (draft.handling.includes(one) ? '1' : '0')
    return new Map([
      [1, '1'],
      [2, '0'],
      [7, '1'],
      [8, draft.to.name],
      [9, '様'],
      [11, hyphenated(draft.to.postalCode)],
      ...placeCells('送付先', draft.to, tools).map((cell, at) => [12 + at, cell] as const),
      [16, draft.to.phone],
      [17, draft.to.company],
      [23, draft.from.name],
      [26, hyphenated(draft.from.postalCode)],
      ...placeCells('ご依頼主', draft.from, tools).map((cell, at) => [27 + at, cell] as const),
      [31, draft.from.phone],
      [35, draft.goods],
      [38, withSlashes(draft.shippedOn)],
      [43, '0'],
      [44, has('fragile')],
      [45, has('raw')],
      [47, has('upright')],
      [52, withSlashes(draft.wish.date)],
      [62, draft.key],
      [63, settings.size],
      [65, '0'],
      [72, '0'],
    ])
  },
}

/** Prefecture, municipality, town with number, and building: each has its own column. */
function placeCells(who: string, party: Party, tools: FillTools<unknown>): readonly string[] {
  const [street = '', building = ''] = party.address
  const split = splitAddress(street, party.postalCode)
  if (split === null) {
    if (street !== '')
      tools.problem(
        `${who}住所`,
        'ADDRESS_UNSPLIT',
        `${who}の住所から都道府県と市区町村が分かりません。${party.mend}都道府県から書いてください。`,
      )
    return ['', '', '', '']
  }
  const { prefecture, city, town } = split
  const lines = addressCells(who, { ...party, address: [town, building] }, [CELL, CELL], tools)
  return [prefecture, city, ...lines]
}
