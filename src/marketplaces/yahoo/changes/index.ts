import {
  type ActionRows,
  AFTER_DAYS,
  carrierChoices,
  choicesOf,
  type Issue,
  mallActions,
  needed,
  notTaken,
  optional,
  recipientTexts,
  SHIPPED_ON,
  THEN_MOVE_TO,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import { answered, sameNumber } from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/codes.ts'
import {
  type Meaning,
  outcomeUnknown,
  type RefusedCall,
  refusalBy,
  rejectedCall,
} from '../../kit/failures.ts'
import { elementsAt, textAt, type XmlElement } from '../../kit/xml.ts'
import type { Carrier } from '../../port/carriers.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
import type { YahooAnswer, YahooClient } from '../client.ts'
import { CARRIERS, EMPTY_REASONS, STORE_CANCEL_REASONS } from '../codes.ts'
import { YAHOO } from '../facts.ts'
import { RECIPIENT_ID } from '../orders/to-recipient.ts'
import type { settingsOf } from '../shop-settings.ts'
import {
  closed,
  planCancel,
  planComplete,
  planConfirm,
  planContent,
  planHold,
  planMemo,
  planPaid,
  planRelease,
  planStoreStatus,
} from './plan.ts'
import { invoiceNumberOf, planCorrection, planShip } from './plan-ship.ts'
import { payloadOf, yahooStepState } from './steps.ts'

const NOT_IN_WINDOW = '注文から約10分間（購入者がキャンセルできる間）は変更できません。'
const OPENED_BY_IT = `保留中、キャンセル済みの注文はできません。未閲覧の注文は閲覧済みになります。${NOT_IN_WINDOW}`
const CHOICES = carrierChoices(CARRIERS.all)
/** ShipInvoiceNumber1 and ShipInvoiceNumber2. */
const MOST_PARCELS = 2
const OTHER_REASON = '230'

/** Actions of Yahoo!ショッピング's order API, named as in ストアクリエイターPro. */
const yahooActions: ActionRows = {
  confirm: {
    label: '注文確認（閲覧済み）',
    fields: [WAIT_MINUTES],
    preconditions: `未閲覧の注文。保留中の注文はできません。一度閲覧済みにすると元に戻せません。${NOT_IN_WINDOW}`,
    calls: ['orderChange (IsSeen)'],
    plan: (_, order) => planConfirm(order),
  },
  ship: {
    label: '出荷済み',
    fields: [
      SHIPPED_ON,
      needed('parcels.carrier', '配送会社', { choices: CHOICES, help: '1注文に1社です。' }),
      optional('parcels.trackingNumber', '配送伝票番号', {
        help: '2件まで。ヤマト運輸は数字とハイフンで14文字まで、日本郵便は英数字11～13文字です。',
      }),
      optional('markPaid', '先に入金済みにする', {
        help: '銀行振込や代引など、ストアが入金を受け取る支払方法だけです。',
      }),
      optional('release', '先に保留を解除する'),
      optional('confirmFirst', '先に注文確認（閲覧済み）にする'),
      optional('parcels.noNumberReason', '伝票番号がない理由', {
        choices: choicesOf(EMPTY_REASONS),
        help: '伝票番号と同時には指定できません。',
      }),
      THEN_MOVE_TO,
    ],
    preconditions: `「処理中」で出荷できる注文。予約中、不正注文の審査中、入金待ちの注文はできません。別の伝票番号が登録済みの注文には送りません。${NOT_IN_WINDOW}`,
    calls: [
      'orderStatusChange (2、保留を解除するとき)',
      'orderChange (IsSeen、先に注文確認にするとき)',
      'orderPayStatusChange (1、入金済みにするとき)',
      'orderShipStatusChange (3)',
    ],
    limits: [
      {
        field: 'parcels',
        label: '伝票番号',
        most: MOST_PARCELS,
        words: `Yahoo!ショッピングに登録できる伝票番号は${MOST_PARCELS}件までです。`,
      },
      notTaken('parcels.lines', '個口ごとの内容明細'),
    ],
    check({ parcels }, issue) {
      oneCarrier(parcels, 'すべての個口を同じ配送会社にしてください。', issue)
      if (parcels.length > 1 && parcels.some((parcel) => !parcel.trackingNumber))
        issue(['parcels'], '個口が2件のときは、両方に伝票番号を指定してください。')
      if (
        parcels.length === MOST_PARCELS &&
        sameNumber(parcels[0]?.trackingNumber, parcels[1]?.trackingNumber)
      )
        issue(['parcels', 1, 'trackingNumber'], '同じ伝票番号が2回指定されています。')
      onlyRecipient('parcels', parcels, issue)
      for (const [index, { carrier, trackingNumber, noNumberReason: reason }] of parcels.entries()) {
        const problem = trackingNumber ? invoiceNumberOf(carrier, trackingNumber).problem : null
        if (problem) issue(['parcels', index, 'trackingNumber'], problem)
        if (reason === undefined) continue
        if (EMPTY_REASONS[reason] === undefined)
          issue(['parcels', index, 'noNumberReason'], `Yahoo!ショッピングの理由に${oneOf(EMPTY_REASONS)}`)
        else if (trackingNumber)
          issue(
            ['parcels', index, 'noNumberReason'],
            '伝票番号があるときは、伝票番号がない理由を指定できません。',
          )
      }
    },
    plan: planShip,
  },
  mark_paid: {
    label: '入金済み',
    fields: [optional('paidOn', '入金日')],
    preconditions: `銀行振込や代引など、ストアが入金を受け取る支払方法の注文。${NOT_IN_WINDOW}`,
    calls: ['orderPayStatusChange (1)'],
    plan: planPaid,
  },
  complete: {
    label: '完了',
    fields: [AFTER_DAYS],
    preconditions: `入金済みで出荷済みの注文。出荷済みにした直後は10秒ほど待ってから送ります。ポイントが確定します。${NOT_IN_WINDOW}`,
    calls: ['orderStatusChange (5)'],
    plan: (_, order) => planComplete(order),
  },
  hold: {
    label: 'モール側保留',
    fields: [],
    preconditions: `「処理中」の注文。保留中は注文内容を変更できません。${NOT_IN_WINDOW}`,
    calls: ['orderStatusChange (3)'],
    plan: (_, order) => planHold(order),
  },
  release: {
    label: 'モール側保留の解除',
    fields: [],
    preconditions: `保留中の注文。いたずら注文として登録されている注文はできません。${NOT_IN_WINDOW}`,
    calls: ['orderStatusChange (2)'],
    plan: (_, order) => planRelease(order),
  },
  cancel: {
    label: 'キャンセル',
    fields: [
      needed('reason', 'キャンセル理由', { choices: choicesOf(STORE_CANCEL_REASONS) }),
      optional('detail', '理由の詳細', {
        help: '10～200文字。理由が「ストア都合:その他」のときは必須です。',
      }),
    ],
    preconditions: `キャンセルされていない注文。購入者にメールが送られ、元に戻せません。返金が必要な支払方法では注意が返ります。${NOT_IN_WINDOW}`,
    calls: ['orderStatusChange (4)'],
    check({ reason, detail = '', restock }, issue) {
      if (STORE_CANCEL_REASONS[reason] === undefined)
        issue(['reason'], `Yahoo!ショッピングのキャンセル理由に${oneOf(STORE_CANCEL_REASONS)}`)
      const length = [...detail].length
      if (reason === OTHER_REASON && length === 0)
        issue(['detail'], '理由が「ストア都合:その他」のときは、詳細を10～200文字で入力してください。')
      else if (length > 0 && (length < 10 || length > 200))
        issue(['detail'], '詳細は10～200文字で入力してください。')
      if (restock === 'restore' || restock === 'keep')
        issue(['restock'], 'Yahoo!ショッピングでは在庫の扱いを指定できません。指定を外してください。')
    },
    plan: planCancel,
  },
  memo: {
    label: '社内メモ',
    fields: [needed('memo', '社内メモ', { help: '1,500バイト（全角500文字）まで。空にすると消えます。' })],
    preconditions: OPENED_BY_IT,
    calls: ['orderChange (Notes)'],
    limits: [{ field: 'memo', label: '社内メモ', bytes: 1_500 }],
    plan: planMemo,
  },
  sub_status: {
    label: 'ストアステータス',
    fields: [
      needed('subStatus', 'ストアステータス', {
        choices: Array.from({ length: 10 }, (_, index) => ({
          code: String(index + 1),
          label: `ストアステータス${index + 1}`,
        })),
        help: '名称はストアクリエイターProで設定したものです。',
      }),
    ],
    preconditions: OPENED_BY_IT,
    calls: ['orderChange (StoreStatus)'],
    check({ subStatus }, issue) {
      if (!/^([1-9]|10)$/.test(subStatus ?? ''))
        issue(['subStatus'], 'ストアステータスは1～10の番号です。外すことはAPIではできません。')
    },
    plan: planStoreStatus,
  },
  correct_shipment: {
    label: '発送情報の訂正',
    fields: [
      optional('parcels.parcelId', '個口のID', { help: '伝票番号が2件ある注文では必須です（1 または 2）。' }),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', '配送伝票番号'),
      optional('parcels.shippedOn', '出荷日'),
      optional('parcels.remove', '伝票番号を削除する'),
    ],
    preconditions: `出荷済みまたは着荷済みの注文。${NOT_IN_WINDOW}`,
    calls: ['orderShipStatusChange (今の出荷ステータスのまま)'],
    check({ parcels }, issue) {
      oneCarrier(parcels, 'すべて同じ配送会社にしてください。', issue)
      onlyRecipient('parcels', parcels, issue)
      for (const [index, { parcelId }] of parcels.entries())
        if (parcelId !== undefined && !/^[12]$/.test(parcelId))
          issue(['parcels', index, 'parcelId'], '個口のIDは 1 または 2 です（伝票番号1、伝票番号2）。')
    },
    plan: planCorrection,
  },
  change_content: {
    label: '注文内容の変更',
    fields: [
      optional('recipients', 'お届け先とお届け希望', { help: '変わる項目だけを指定します。' }),
      optional('shippingFee', '送料'),
      optional('codFee', '手数料'),
      optional('giftWrapFee', 'ギフト包装料'),
      optional('discount', '値引き'),
      optional('adjustment', '調整額', { help: '50,000円まで。負の値も指定できます。' }),
      optional('lines', '数量', { help: '明細の削除はできません。' }),
      optional('addLines', '明細の追加', {
        help: '単価は税込です。商品名と単価を省略すると、ストアに登録した内容になります。金額の変更が購入者にメールで通知されます。',
      }),
      optional('buyerNote', '購入者からの要望', { help: '750バイト（全角250文字）まで。' }),
    ],
    preconditions: `保留中、キャンセル済み、いたずら注文、LINEギフトの注文はできません。完了した注文は調整額だけです。未閲覧の注文は閲覧済みになります。${NOT_IN_WINDOW}`,
    calls: ['orderChange (Ship、Detail、Item)', 'orderItemAdd (明細を追加するとき)'],
    limits: [
      ...recipientTexts({ bytes: 297 }),
      { field: 'recipients.phone', label: '電話番号', bytes: 14 },
      { field: 'recipients.wishTime', label: 'お届け希望時間', bytes: 13 },
      notTaken('recipients.dropOff', '置き配の場所'),
      notTaken(
        'recipients.shippingFee',
        '送付先ごとの送料',
        '送料は注文全体の shippingFee に指定してください。',
      ),
      {
        field: 'recipients',
        label: '送付先',
        most: 1,
        words: 'Yahoo!ショッピングの注文の送付先は1件です。',
      },
      { field: 'adjustment', label: '調整額', most: 50_000 },
      { field: 'buyerNote', label: '購入者からの要望', bytes: 750 },
      { field: 'lines.quantity', label: '数量', most: 999 },
      { field: 'addLines.name', label: '商品名', bytes: 225 },
      { field: 'addLines.sku', label: 'サブコード', bytes: 99 },
      { field: 'addLines.quantity', label: '数量', most: 999 },
      notTaken('deliveryMethod', '配送方法'),
      notTaken('reason', '減額の理由'),
    ],
    check(wished, issue) {
      const { recipients = [], lines = [], addLines = [] } = wished
      if (Object.keys(wished).length === 0) issue([], '変更する項目を1つ以上指定してください。')
      onlyRecipient('recipients', recipients, issue)
      for (const [index, { name, unitPrice }] of addLines.entries())
        if ((name === undefined) !== (unitPrice === undefined))
          issue(
            ['addLines', index, name === undefined ? 'name' : 'unitPrice'],
            '商品名と単価（税込）は両方を指定してください。両方を省略すると、ストアに登録した商品名と価格になります。',
          )
      for (const [index, { quantity }] of lines.entries())
        if (quantity === 0)
          issue(
            ['lines', index, 'quantity'],
            'Yahoo!ショッピングのAPIでは明細を削除できません。ストアクリエイターProで変更してください。',
          )
    },
    plan: planContent,
  },
}

function oneCarrier(
  parcels: readonly { carrier?: Carrier | undefined }[],
  advice: string,
  issue: Issue,
): void {
  const companies = parcels.flatMap(({ carrier }) => (carrier ? [CARRIERS.codeOf(carrier)] : []))
  if (new Set(companies).size > 1)
    issue(['parcels'], `Yahoo!ショッピングの配送会社は1注文に1社です。${advice}`)
}

/** Yahoo! sends an order to one recipient. */
function onlyRecipient(
  field: string,
  entries: readonly { recipientId?: string | undefined }[],
  issue: Issue,
): void {
  for (const [index, { recipientId = RECIPIENT_ID }] of entries.entries())
    if (recipientId !== RECIPIENT_ID)
      issue(
        [field, index, 'recipientId'],
        'Yahoo!ショッピングの注文の送付先は1件です。指定を外してください。',
      )
}

const oneOf = (codes: Readonly<Record<string, string>>): string =>
  `ない値です。${Object.keys(codes).join('、')} のいずれかを指定してください。`

export const yahooChanges: ChangeRules = {
  ...mallActions(YAHOO, yahooActions, closed),
  carriers: CARRIERS.all,
  stepState: yahooStepState,
}

/** An update answers a status and a few warnings. */
const ANSWER_MAX_BYTES = 1024 * 1024

/** The update calls of the order API, one for each step, one order each. */
export function yahooChangeCalls(
  client: Pick<YahooClient, 'write'>,
  { fixPointsOnCancel, couponUpdateAllowed }: ReturnType<typeof settingsOf> = {},
): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const { operation, isPointFix, isQuotation, order } = payloadOf(step)
      const request = {
        Target: {
          OrderId: orderNumber,
          IsPointFix: isPointFix === false && step.name === 'cancel' ? !!fixPointsOnCancel : isPointFix,
          IsQuotation: isQuotation,
        },
        IsCouponUpdateAllowed: step.name === 'content' ? couponUpdateAllowed : undefined,
        Order: order,
      }
      return judge(await client.write({ operation, request, maxBytes: ANSWER_MAX_BYTES }, signal))
    },
  }
}

/** Classifies Yahoo!'s answer to an update, once failures of the whole store were thrown. */
export function judge(answer: YahooAnswer): StepAnswer {
  if (answer.kind === 'refused') throw refusedWrite(answer)
  const { document, raw } = answer
  const [result] = elementsAt(document.content, 'Result')
  const status = result && textAt(result, 'Status')?.toUpperCase()
  if (document.name !== 'ResultSet' || !result || status !== 'OK') throw outcomeUnknown(YAHOO, { raw })
  const warnings = elementsAt(result, 'Warning').map(warningOf)
  const real = warnings.filter((warning) => !NOTHING_TO_DO.has(warning.code))
  const [first] = warnings
  return answered(first?.code ?? 'OK', first?.words ?? null, {
    warnings: real.map(({ code, message }) => ({ code, message })),
  })
}

/** The status was that already (od91705); for the others Yahoo!'s pages say 対応不要, so none is reported. */
const NOTHING_TO_DO: ReadonlySet<string> = new Set(['od91705', 'od91058', 'od91059'])

/** Codes of updates that were done (注文ステータス変更API, 出荷ステータス変更API, 注文内容変更API). */
const WARNINGS: Readonly<Record<string, string>> = codeTable<string>({
  od91113: 'カードの売上はすでに確定しています。金額をストアクリエイターProで確認してください。',
  od91115:
    'カードのオーソリ（与信）の期限が切れています。ストアクリエイターProで決済の状態を確認してください。',
  od91123: '購入者への返金が必要です。ストアクリエイターProで返金の手続きをしてください。',
  od91130: '在庫の連動に失敗しました。ストアクリエイターProで在庫数を確認してください。',
  od91703:
    '決済はすでに取り消されており、金額の変更は決済に反映されていません。ストアクリエイターProで確認してください。',
  od91704:
    'キャンセルは受け付けられましたが、処理は後で行われます。ストアクリエイターProで結果を確認してください。',
})

function warningOf(element: XmlElement) {
  const code = textAt(element, 'Code') || 'YAHOO_WARNING'
  const words = textAt(element, 'Message') || null
  // Only od91130's detail is known to be free of personal data: a list of line ids.
  const lines = code === 'od91130' ? textAt(element, 'Detail') : undefined
  const known =
    WARNINGS[code] ??
    'Yahoo!ショッピングから注意がありました。ストアクリエイターProで注文を確認してください。'
  return { code, words, message: lines ? `${known}（明細 ${lines.slice(0, 100)}）` : known }
}

function refusedWrite(refused: RefusedCall) {
  const { error, status, raw } = refused
  // The API reports a failure on this order, which may be before or after the change.
  if (status >= 500)
    return outcomeUnknown(YAHOO, { mallCode: error.code, mallMessage: error.message, status, raw })
  return refusalBy(MEANINGS, rejectedCall(YAHOO, refused))
}

const ORDER_UNKNOWN = {
  code: 'YAHOO_ORDER_UNKNOWN',
  message: 'Yahoo!ショッピングに注文が見つかりません。注文IDとストアの設定を確認してください。',
}

/** Classified by the known words; the texts of most codes are not published. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /Cannot Be Operated\s*:\s*CancelOrder/i,
    code: 'ORDER_CANCELLED_AT_MALL',
    message:
      'Yahoo!ショッピングでキャンセルされているため、変更できませんでした。発送せず、キャンセルとして処理してください。',
  },
  {
    words: /Cannot Be Operated/i,
    code: 'YAHOO_NOT_OPERABLE',
    message:
      'Yahoo!ショッピングが、今の注文の状態ではこの変更を受け付けませんでした。ストアクリエイターProで注文の状態を確認してください。',
  },
  { codes: /^od91801$/, ...ORDER_UNKNOWN },
  { words: /not exists/i, ...ORDER_UNKNOWN },
  { status: 404, codes: /^$/, ...ORDER_UNKNOWN },
  {
    codes: /^od90101$/,
    code: 'YAHOO_PARAMETER_REFUSED',
    message:
      'Yahoo!ショッピングが入力内容を受け付けませんでした。文字数や伝票番号の形式を確認し、直してから再実行してください。',
  },
]
