import { z } from 'zod'
import { splitAddress } from './address.ts'
import {
  type AddressTools,
  addressCells,
  fits,
  holdCell,
  hyphenated,
  layOutAddress,
  nameCells,
  packagesCell,
  type SlotCodes,
  slotCode,
  withSlashes,
} from './cells.ts'
import {
  columnsOf,
  commonSettings,
  type Draft,
  digits,
  type FillTools,
  type LabelFormat,
  type Measure,
  type Party,
} from './format.ts'

/** ヤマト B2クラウド 基本レイアウト: 97 columns. */
const COLUMNS = columnsOf(`
お客様管理番号 b50*
送り状種類 b1*
クール区分 n1
伝票番号
出荷予定日 b10*
お届け予定日 b10
配達時間帯 n4
お届け先コード
お届け先電話番号 b15*
お届け先電話番号枝番
お届け先郵便番号 b8*
お届け先住所 b64*
お届け先アパートマンション名 b32
お届け先会社・部門１ b50
お届け先会社・部門２ b50
お届け先名 b32*
お届け先名(ｶﾅ) 敬称 ご依頼主コード
ご依頼主電話番号 b15*
ご依頼主電話番号枝番
ご依頼主郵便番号 b8*
ご依頼主住所 b64*
ご依頼主アパートマンション b32
ご依頼主名 b32*
ご依頼主名(ｶﾅ) 品名コード１
品名１ b50*
品名コード２ 品名２
荷扱い１ b20
荷扱い２ b20
記事
コレクト代金引換額（税込) n7
内消費税額等 n7
止置き n1
営業所コード n6
発行枚数 n2
個数口表示フラグ
請求先顧客コード n12*
請求先分類コード n3
運賃管理番号 n2*
クロネコwebコレクトデータ登録 クロネコwebコレクト加盟店番号 クロネコwebコレクト申込受付番号１
クロネコwebコレクト申込受付番号２ クロネコwebコレクト申込受付番号３ お届け予定eメール利用区分
お届け予定eメールe-mailアドレス 入力機種 お届け予定eメールメッセージ お届け完了eメール利用区分
お届け完了eメールe-mailアドレス お届け完了eメールメッセージ クロネコ収納代行利用区分 予備
収納代行請求金額(税込) 収納代行内消費税額等 収納代行請求先郵便番号 収納代行請求先住所
収納代行請求先住所（アパートマンション名） 収納代行請求先会社・部門名１ 収納代行請求先会社・部門名２
収納代行請求先名(漢字) 収納代行請求先名(カナ) 収納代行問合せ先名(漢字) 収納代行問合せ先郵便番号
収納代行問合せ先住所 収納代行問合せ先住所（アパートマンション名） 収納代行問合せ先電話番号
収納代行管理番号 収納代行品名 収納代行備考 複数口くくりキー 検索キータイトル1 検索キー1
検索キータイトル2 検索キー2 検索キータイトル3 検索キー3 検索キータイトル4 検索キー4 検索キータイトル5
検索キー5 予備1 予備2 投函予定メール利用区分 投函予定メールe-mailアドレス 投函予定メールメッセージ
投函完了メール（お届け先宛）利用区分 投函完了メール（お届け先宛）e-mailアドレス
投函完了メール（お届け先宛）メールメッセージ 投函完了メール（ご依頼主宛）利用区分
投函完了メール（ご依頼主宛）e-mailアドレス 投函完了メール（ご依頼主宛）メールメッセージ 連携管理番号
通知メールアドレス
`)

/**
 * 置き場所コード is the last column of two implementations with 96, and of one behind the two that newer ones have
 * at 96 and 97. So its place is a setting, to be compared with the tool.
 */
const DROP_OFF = { name: '置き場所コード', measure: { by: 'digits', most: 2 }, required: false } as const
const WITH_DROP_OFF = { '': COLUMNS, '96': [...COLUMNS.slice(0, 95), DROP_OFF], '98': [...COLUMNS, DROP_OFF] }

const Settings = z.strictObject({
  ...commonSettings,
  eazyColumn: z
    .enum(['', '96', '98'])
    .default('')
    .describe(
      'Column of 置き場所コード, as compared with the tool; empty: EAZY is refused (置き場所コードの列)',
    ),
  billingCode: digits(10, 12).describe('Code of who is billed, from the contract (請求先顧客コード)'),
  billingBranch: digits(3, 3).or(z.literal('')).default('').describe('請求先分類コード'),
  freightNumber: digits(2, 2).describe('From the contract (運賃管理番号)'),
})

const SLOTS: SlotCodes = [
  { from: 'am', to: 12, code: '0812' },
  { from: 14, to: 16, code: '1416' },
  { from: 16, to: 18, code: '1618' },
  { from: 18, to: 20, code: '1820' },
  { from: 19, to: 21, code: '1921' },
]
const WITHDRAWN = [
  { from: 12, to: 14 },
  { from: 20, to: 21 },
]

/** 送り状種類. 7 was ネコポス before クロネコゆうパケット took it over. */
const SERVICES = [
  { code: 'takkyubin', label: '宅急便（発払い・代引は宅急便コレクト）', takesDay: true },
  { code: 'compact', label: '宅急便コンパクト', takesDay: true },
  { code: 'eazy', label: 'EAZY（置き配）', takesDay: true },
  { code: 'nekopos', label: 'ネコポス', takesDay: false },
  { code: 'yu_packet', label: 'クロネコゆうパケット', takesDay: false },
  { code: 'yu_mail', label: 'クロネコゆうメール（追跡番号なし）', takesDay: false },
] as const

const KINDS: ReadonlyMap<string, { plain: string; cod?: string; most?: number }> = new Map([
  ['takkyubin', { plain: '0', cod: '2', most: 300_000 }],
  ['compact', { plain: '8', cod: '9', most: 30_000 }],
  ['eazy', { plain: '1' }],
  ['nekopos', { plain: 'A' }],
  ['yu_packet', { plain: '7' }],
  ['yu_mail', { plain: '3' }],
])

/** B2 divides the cell of the address itself: 都道府県 z4, 市区郡町村 z12, 町・番地 z16; more is its error ES001014. */
const ADDRESS = { by: 'bytes', most: 64 } as const
const CITY = { by: 'bytes', most: 24 } as const
const TOWN = { by: 'bytes', most: 32 } as const
const BUILDING = { by: 'bytes', most: 32 } as const
const HANDLING = { fragile: 'ワレ物注意', upright: '天地無用', raw: 'ナマモノ' } as const

const SECTION = { by: 'bytes', most: 50 } as const

/** 置き場所コード by the malls' words; three implementations have the same codes. */
const PLACES: readonly (readonly [words: RegExp, code: string])[] = [
  [/対面|手渡し|利用しない/, '00'],
  [/宅配(?:ボックス|BOX)/i, '02'],
  [/メーター/, '03'],
  [/物置/, '04'],
  [/車庫|ガレージ/, '05'],
  [/自転車/, '06'],
  [/受付|管理人|フロント/, '07'],
  [/玄関|ドア/, '01'],
]
const IN_PERSON = '00'

export const yamatoB2: LabelFormat<z.infer<typeof Settings>> = {
  id: 'yamato_b2',
  label: 'ヤマト B2クラウド',
  carrierOf: (service) => (service === 'yu_packet' ? 'yamato_yu_packet' : 'yamato'),
  services: SERVICES,
  settings: Settings,
  columns: COLUMNS,
  layoutOf: ({ eazyColumn }) => WITH_DROP_OFF[eazyColumn],
  dropOffServices: ['eazy'],
  keyColumn: 1,
  quoting: 'needed',
  mostRows: 1_000,
  mostDaysAhead: 30,
  header: 'by_setting',
  fill(draft, tools) {
    const { settings, service, problem } = tools
    const delivered = ['takkyubin', 'compact', 'eazy'].includes(service)
    const hold = holdCell(draft, service === 'takkyubin' || service === 'compact' ? 'code' : null, tools)
    const { kind, amount, tax } = slipKind(draft, service, problem)
    if (draft.temperature !== 'normal' && service !== 'takkyubin') {
      problem(
        'クール区分',
        'COOL_NOT_OFFERED',
        'クール便は宅急便だけです。送り状の種類を選び直すか、常温で送る受注なら温度帯を「普通」にしてください。',
      )
    }
    // A building that does not fit its cell continues in 会社・部門, which is printed below it.
    const sections = draft.to.company === '' ? [SECTION, SECTION] : [SECTION]
    const [address = '', building = '', over = '', last = ''] = b2Address('送付先', draft.to, sections, tools)
    const [sender = '', senderBuilding = ''] = b2Address('ご依頼主', draft.from, [], tools)
    const [handling1 = '', handling2 = '', ...left] = draft.handling.map((one) => HANDLING[one])
    if (left.length > 0)
      tools.warning(
        '荷扱い',
        'HANDLING_LEFT_OUT',
        `荷扱いの欄は2つのため、${left.join('、')}は出力しません。`,
      )
    return new Map([
      [1, draft.key],
      [2, kind],
      [3, { normal: '', cool: '2', frozen: '1' }[draft.temperature]],
      [5, withSlashes(draft.shippedOn)],
      [6, withSlashes(draft.wish.date)],
      [7, slotCode(draft.wish.slot, delivered ? SLOTS : [], delivered ? WITHDRAWN : [], tools)],
      [9, draft.to.phone],
      [11, hyphenated(draft.to.postalCode)],
      [12, address],
      [13, building],
      [14, draft.to.company || over],
      [15, draft.to.company ? over : last],
      [16, draft.to.name],
      [20, draft.from.phone],
      [22, hyphenated(draft.from.postalCode)],
      [23, sender],
      [24, senderBuilding],
      [25, senderName(draft, problem)],
      [28, draft.goods],
      [31, handling1],
      [32, handling2],
      [34, amount],
      [35, tax],
      [36, hold ? '1' : ''],
      [37, hold?.code ?? ''],
      [38, packagesCell(draft, service === 'takkyubin', problem)],
      [40, settings.billingCode],
      [41, settings.billingBranch],
      [42, settings.freightNumber],
      ...(service === 'eazy' ? [dropOffCell(draft, settings.eazyColumn, problem)] : []),
    ])
  },
}

function dropOffCell(
  { dropOff }: Draft,
  column: z.infer<typeof Settings>['eazyColumn'],
  problem: FillTools<unknown>['problem'],
): readonly [at: number, code: string] {
  const place = dropOff?.slice(0, 60).normalize('NFKC') ?? ''
  const code = dropOff === null ? IN_PERSON : (PLACES.find(([words]) => words.test(place))?.[1] ?? '')
  if (column === '')
    problem(
      '置き場所コード',
      'EAZY_UNCONFIRMED',
      '置き場所コードの列がお使いのB2クラウドと合うか、まだ確かめられていません。送り状の設定の「置き場所コードの列」を選んでください。',
    )
  else if (code === '')
    problem(
      '置き場所コード',
      'DROP_OFF_UNKNOWN',
      `置き配の場所「${place}」が分かりません。受注の「置き配の場所」を 玄関前、宅配ボックス、メーターボックス、物置、車庫、自転車かご、受付 のいずれかに直してください。`,
    )
  return [Number(column || COLUMNS.length), column === '' ? '' : code]
}

/** Address, building and what goes on in `sections`, each part within B2's own limit. */
function b2Address(
  who: string,
  party: Party,
  sections: readonly Measure[],
  tools: AddressTools,
): readonly string[] {
  const [street = '', building = ''] = party.address
  const split = splitAddress(street, party.postalCode)
  if (split === null) {
    if (street !== '')
      tools.warning(
        `${who}住所`,
        'ADDRESS_UNSPLIT',
        `${who}の住所から市区町村が分からず、B2クラウドの桁数を確かめられません。住所を確認してください。`,
      )
    return addressCells(who, party, [ADDRESS, BUILDING, ...sections], tools)
  }
  const { prefecture, city, town } = split
  if (!fits(CITY, city))
    tools.problem(
      `${who}住所（市区郡町村）`,
      'ADDRESS_TOO_LONG',
      `${who}の市区郡町村「${city.slice(0, 40)}」が長く、全角12文字に収まりません。${party.mend}直してください。`,
    )
  const cells = [TOWN, BUILDING, ...sections]
  const partOf = () => (layOutAddress([town], cells) === null ? '（町・番地）' : '（アパートマンション名）')
  const [first = '', ...others] = addressCells(
    who,
    { ...party, address: [town, building] },
    cells,
    tools,
    partOf,
  )
  return [first === '' && town !== '' ? '' : prefecture + city + first, ...others]
}

/** B2 has one cell for the sender's name. */
const senderName = ({ from }: Draft, problem: FillTools<unknown>['problem']): string =>
  nameCells(
    'ご依頼主',
    { ...from, company: '', name: [from.company, from.name].filter(Boolean).join(' ') },
    [{ by: 'bytes', most: 32 }],
    problem,
  )[0] ?? ''

function slipKind({ cod }: Draft, service: string, problem: FillTools<unknown>['problem']) {
  const { plain, cod: collect, most = 0 } = KINDS.get(service) ?? { plain: '0' }
  if (cod === null) return { kind: plain, amount: '', tax: '' }
  if (collect === undefined) {
    problem(
      '送り状種類',
      'COD_NOT_OFFERED',
      'この送り状の種類では代金引換を使えません。宅急便を選んでください。',
    )
  } else if (cod.amount > most) {
    problem(
      'コレクト代金引換額',
      'COD_TOO_MUCH',
      `代金引換額 ${cod.amount.toLocaleString('ja-JP')} 円が上限 ${most.toLocaleString('ja-JP')} 円を超えています。`,
    )
  }
  return { kind: collect ?? plain, amount: String(cod.amount), tax: cod.tax === null ? '' : String(cod.tax) }
}
