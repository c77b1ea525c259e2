import { z } from 'zod'
import {
  addressCells,
  holdCell,
  hyphenated,
  nameCells,
  packagesCell,
  type SlotCodes,
  slotCode,
  toFullWidth,
  withoutHyphens,
} from './cells.ts'
import { columnsOf, commonSettings, digits, type LabelFormat, type Party } from './format.ts'

/** 佐川 e飛伝Ⅲ, template 標準_飛脚宅配便_CSV_ヘッダ有 (or ヘッダ無): 74 columns. Names and addresses become full-width there. */
const COLUMNS = columnsOf(`
お届け先コード取得区分 お届け先コード
お届け先電話番号 b14*
お届け先郵便番号 b8*
お届け先住所１ w16*
お届け先住所２ w16
お届け先住所３ w16
お届け先名称１ w16*
お届け先名称２ w16
お客様管理番号 b16
お客様コード n12
部署ご担当者コード取得区分 部署ご担当者コード 部署ご担当者名称 荷送人電話番号 ご依頼主コード取得区分
ご依頼主コード
ご依頼主電話番号 b14*
ご依頼主郵便番号 b8*
ご依頼主住所１ w16*
ご依頼主住所２ w16
ご依頼主名称１ w16*
ご依頼主名称２ w16
荷姿 n3
品名１ b32
品名２ 品名３ 品名４ 品名５ 荷札荷姿 荷札品名１ 荷札品名２ 荷札品名３ 荷札品名４ 荷札品名５ 荷札品名６
荷札品名７ 荷札品名８ 荷札品名９ 荷札品名１０ 荷札品名１１
出荷個数 n3*
スピード指定 n3
クール便指定 n3
配達日 n8
配達指定時間帯 n2
配達指定時間（時分）
代引金額 n7
消費税 n7
決済種別 n1
保険金額
指定シール１ n3
指定シール２ n3
指定シール３ n3
営業所受取 n1
SRC区分
営業所受取営業所コード n10
元着区分 n1
メールアドレス ご不在時連絡先
出荷日 n8
お問い合せ送り状No. 出荷場印字区分 集約解除指定 編集０１ 編集０２ 編集０３ 編集０４ 編集０５ 編集０６
編集０７ 編集０８ 編集０９ 編集１０
`)

const Settings = z.strictObject({
  ...commonSettings,
  customerCode: digits(1, 12).or(z.literal('')).default('').describe('From the contract (お客様コード)'),
  packaging: z
    .enum(['', '001', '002', '003', '004', '008'])
    .default('')
    .describe('001 箱, 002 バッグ, 003 スーツケース, 004 封筒, 008 その他 (荷姿)'),
  slots: z
    .enum(['five', 'six'])
    .default('six')
    .describe('Slots of the contract: six 18-20 and 19-21, five 18-21 (時間帯の数)'),
})

/**
 * Daytime slots, equal in both contracts; only the evening slots differ. SEALS has the 指定シール of each slot
 * code.
 */
const DAY = [
  { from: 'am', to: 12, code: '01' },
  { from: 12, to: 14, code: '12' },
  { from: 14, to: 16, code: '14' },
  { from: 16, to: 18, code: '16' },
] as const
const SLOTS: Readonly<Record<'five' | 'six', SlotCodes>> = {
  five: [...DAY, { from: 18, to: 21, code: '04' }],
  six: [...DAY, { from: 18, to: 20, code: '18' }, { from: 19, to: 21, code: '19' }],
}
const SEALS: ReadonlyMap<string, string> = new Map([
  ...[['01', '020'] as const, ['04', '021'] as const, ['12', '022'] as const, ['14', '023'] as const],
  ...[['16', '024'] as const, ['18', '025'] as const, ['19', '026'] as const],
])
const SEAL_HOLD = '004'
const SEAL_DATE = '005'
const SEAL_COOL = { normal: '', cool: '001', frozen: '002' } as const
/** 取扱注意, 天地無用; there is none for なまもの. */
const SEAL_HANDLING = { fragile: '011', upright: '013', raw: '' } as const
const MOST_SEALS = 3
const COOL = { normal: '001', cool: '002', frozen: '003' } as const
/** eコレクト 全て. */
const ANY_PAYMENT = '1'

const WIDE = { by: 'wide', most: 16 } as const

export const sagawaEhiden: LabelFormat<z.infer<typeof Settings>> = {
  id: 'sagawa_ehiden3',
  label: '佐川 e飛伝Ⅲ',
  carrierOf: () => 'sagawa',
  services: [{ code: 'hikyaku', label: '飛脚宅配便', takesDay: true }],
  settings: Settings,
  columns: COLUMNS,
  keyColumn: 10,
  quoting: 'all',
  mostRows: 1_000,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, problem } = tools
    const [to, from] = [wide(draft.to), wide(draft.from)]
    const [line1 = '', line2 = '', line3 = ''] = addressCells('送付先', to, [WIDE, WIDE, WIDE], tools).map(
      toFullWidth,
    )
    const [name1 = '', name2 = ''] = nameCells('送付先', to, [WIDE, WIDE], problem).map(toFullWidth)
    const [sender1 = '', sender2 = ''] = addressCells('ご依頼主', from, [WIDE, WIDE], tools).map(toFullWidth)
    const [senderName1 = '', senderName2 = ''] = nameCells('ご依頼主', from, [WIDE, WIDE], problem).map(
      toFullWidth,
    )
    const slot = slotCode(draft.wish.slot, SLOTS[settings.slots], [{ from: 20, to: 21 }], tools)
    // One seal for the wish: the one for the time, or, without a time, the one for the day.
    const wishSeal = SEALS.get(slot) ?? (draft.wish.date ? SEAL_DATE : '')
    const hold = holdCell(draft, 'code', tools, 10)
    const seals = [
      SEAL_COOL[draft.temperature],
      hold ? SEAL_HOLD : '',
      wishSeal,
      ...draft.handling.map((one) => SEAL_HANDLING[one]),
    ].filter(Boolean)
    if (seals.length > MOST_SEALS || draft.handling.includes('raw'))
      tools.warning(
        '指定シール',
        'HANDLING_LEFT_OUT',
        '指定シールは3枚までで、なまもののシールはありません。出力しない荷扱いがあります。',
      )
    return new Map([
      [3, draft.to.phone],
      [4, hyphenated(draft.to.postalCode)],
      ...[[5, line1] as const, [6, line2] as const, [7, line3] as const],
      ...[[8, name1] as const, [9, name2] as const],
      [10, draft.key],
      [11, settings.customerCode],
      [18, draft.from.phone],
      [19, hyphenated(draft.from.postalCode)],
      ...[[20, sender1] as const, [21, sender2] as const],
      ...[[22, senderName1] as const, [23, senderName2] as const],
      [24, settings.packaging],
      [25, draft.goods],
      [42, packagesCell(draft, true, problem) || '1'],
      [43, '000'],
      [44, COOL[draft.temperature]],
      [45, withoutHyphens(draft.wish.date)],
      [46, slot],
      [48, draft.cod ? String(draft.cod.amount) : ''],
      [49, draft.cod?.tax == null ? '' : String(draft.cod.tax)],
      [50, draft.cod ? ANY_PAYMENT : '0'],
      ...[[52, seals[0] ?? ''] as const, [53, seals[1] ?? ''] as const, [54, seals[2] ?? ''] as const],
      [55, hold ? '1' : ''],
      [57, hold?.code ?? ''],
      [58, '1'],
      [61, withoutHyphens(draft.shippedOn)],
    ])
  },
}

const wide = (party: Party): Party => ({
  ...party,
  address: party.address.map(toFullWidth),
  company: toFullWidth(party.company),
  name: toFullWidth(party.name),
})
