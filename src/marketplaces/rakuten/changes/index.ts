import {
  type ActionRows,
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
import { sameNumber } from '../../kit/changes/plans.ts'
import { outcomeUnknown } from '../../kit/failures.ts'
import { sumOf } from '../../kit/money.ts'
import { names } from '../../kit/wire.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep } from '../../port/site-changes.ts'
import type { RakutenClient } from '../client.ts'
import { CANCEL_REASONS, CARRIERS } from '../codes.ts'
import { RAKUTEN } from '../facts.ts'
import type { WireMessage } from '../wire.ts'
import {
  cancelled,
  planCancel,
  planConfirm,
  planContent,
  planCorrection,
  planMemo,
  planShip,
  planSubStatus,
  shippingTermOf,
  shipsTo,
} from './plan.ts'
import {
  type Answers,
  basketOf,
  bodyOf,
  judge,
  machineTextIn,
  messagesOf,
  NO_DROP_OFF,
  payloadOf,
  type RakutenPayload,
  rakutenStepState,
  type ShippingPayload,
  verdict,
} from './steps.ts'

/** updateOrderShipping: records of one basket. */
const MOST_PARCELS = 20
const CHOICES = carrierChoices(CARRIERS.all)
const NOT_CHANGEABLE = '楽天市場のAPIではこの項目を変更できません。RMSで変更してください。'
/** updateOrderSender: dropOffLocation (since rev 8.0). */
const DROP_OFF_PLACES: readonly string[] = [
  NO_DROP_OFF,
  ...names('宅配ボックス 玄関前 玄関前鍵付容器 メーターボックス 物置 車庫'),
]

/** Actions of 楽天ペイ受注API, named as in RMS. */
const rakutenActions: ActionRows = {
  confirm: {
    label: '注文確認',
    fields: [WAIT_MINUTES],
    preconditions: '注文ステータスが「注文確認待ち」の注文。一度確認すると元に戻せません。',
    calls: ['confirmOrder'],
    plan: (_, order) => planConfirm(order),
  },
  ship: {
    label: '発送完了報告',
    fields: [
      SHIPPED_ON,
      optional('parcels.recipientId', '送付先ID', { help: '送付先が複数ある注文では必須です。' }),
      needed('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号', {
        help: '120文字まで。個口は送付先ごとに20件までです。',
      }),
      optional('confirmFirst', '先に注文確認をする', {
        help: 'confirmOrder を送り、「発送待ち」になるまで待機してから発送情報を送ります。',
      }),
      THEN_MOVE_TO,
    ],
    preconditions:
      '注文ステータスが「発送待ち」の注文。すべての送付先に発送日が入ると、楽天の夜間処理で「発送済」に変わります。別のお荷物伝票番号が登録済みの送付先には送りません。',
    calls: [
      'confirmOrder (注文確認をしてからの場合)',
      'updateOrderShipping (送付先ごと)',
      'updateOrderShippingAsync (10件以上、1回に100件まで)',
      'getResultUpdateOrderShippingAsync (その結果)',
    ],
    limits: [
      notTaken('markPaid', '入金済み', '楽天市場では入金は楽天が管理します。指定を外してください。'),
      notTaken('release', '保留の解除', '楽天市場には保留がありません。指定を外してください。'),
      notTaken('parcels.lines', '個口ごとの内容明細'),
      notTaken('parcels.noNumberReason', '伝票番号がない理由'),
    ],
    check({ parcels }, issue) {
      for (const [index, parcel] of parcels.entries()) {
        const at = ['parcels', index, 'trackingNumber']
        const sameRecipient = (one: Parcel) => one.recipientId === parcel.recipientId
        // Several records without a number would be indistinguishable when the order is read again.
        if (!parcel.trackingNumber && parcels.filter(sameRecipient).length > 1)
          issue(at, '同じ送付先に個口が2件以上あるときは、すべてにお荷物伝票番号を指定してください。')
        const before = parcels.slice(0, index).filter(sameRecipient)
        if (
          parcel.trackingNumber &&
          before.some((one) => sameNumber(one.trackingNumber, parcel.trackingNumber))
        )
          issue(at, '同じお荷物伝票番号が2回指定されています。')
      }
      const named = parcels.filter((parcel) => parcel.recipientId !== undefined).length
      if (named > 0 && named < parcels.length)
        issue(['parcels'], '送付先IDは、すべての個口に指定するか、すべて省略してください。')
      const byRecipient = Object.values(Object.groupBy(parcels, ({ recipientId = '' }) => recipientId))
      if (byRecipient.some((own = []) => own.length > MOST_PARCELS))
        issue(['parcels'], `楽天市場の個口は送付先ごとに${MOST_PARCELS}件までです。`)
    },
    plan: planShip,
  },
  cancel: {
    label: 'キャンセル',
    fields: [
      needed('reason', 'キャンセル理由', { choices: choicesOf(CANCEL_REASONS) }),
      optional('restock', '在庫連動', {
        choices: choicesOf({
          item_setting: '商品の設定に従う',
          restore: '在庫を戻す',
          keep: '在庫を戻さない',
        }),
      }),
    ],
    preconditions:
      '「注文確認待ち」「楽天処理中」「発送待ち」ではキャンセル申請、「発送済」以降では発送後キャンセル（商品が戻ってから）になります。登録済みの発送日は先に取り消します。元に戻せません。',
    calls: [
      'updateOrderShipping (発送日の取消、登録済みのとき)',
      'cancelOrder (発送前)',
      'cancelOrderAfterShipping (発送済以降)',
    ],
    limits: [notTaken('detail', '理由の詳細', '楽天市場では理由の詳細は送れません。指定を外してください。')],
    check({ reason }, issue) {
      if (CANCEL_REASONS[reason] === undefined)
        issue(
          ['reason'],
          `楽天市場のキャンセル理由にない値です。${Object.keys(CANCEL_REASONS).join('、')} のいずれかを指定してください。`,
        )
    },
    plan: planCancel,
  },
  memo: {
    label: 'ひとことメモ',
    fields: [
      needed('memo', 'ひとことメモ', {
        help: '1000文字まで。機種依存文字は使えません。空にすると消えます。',
      }),
    ],
    preconditions: 'どの注文ステータスでも変更できます。',
    calls: ['updateOrderMemo'],
    limits: [{ field: 'memo', label: 'ひとことメモ', characters: 1_000 }],
    check: ({ memo }, issue) => refuseMachineText(memo, ['memo'], issue),
    plan: planMemo,
  },
  sub_status: {
    label: 'サブステータス',
    fields: [
      needed('subStatus', 'サブステータスID', {
        help: 'RMSで設定したサブステータスのIDで、今の注文ステータスに属するもの。一覧は GET /v1/shops/{id}/sub-statuses で取得できます。空（null）にすると外れます。',
      }),
    ],
    preconditions: 'キャンセルされていない注文。サブステータスは注文ステータスごとに決まっています。',
    calls: ['updateOrderSubStatus'],
    check({ subStatus }, issue) {
      if (subStatus !== null && !/^\d{1,15}$/.test(subStatus))
        issue(['subStatus'], 'サブステータスIDは数字です。RMSのサブステータス設定で確認してください。')
    },
    plan: planSubStatus,
  },
  correct_shipment: {
    label: '発送情報の訂正',
    fields: [
      optional('parcels.recipientId', '送付先ID'),
      optional('parcels.parcelId', '発送明細ID', { help: '発送情報が2件以上ある注文では必須です。' }),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号', { help: '空にすると消えます。' }),
      optional('parcels.shippedOn', '発送日'),
      optional('parcels.remove', '発送情報を削除する'),
    ],
    preconditions: '発送情報が登録されている、キャンセルされていない注文。発送済の後でも訂正できます。',
    calls: ['updateOrderShipping (shippingDetailIdを指定)'],
    limits: [notTaken('parcels.shippingMethod', '個口ごとの配送方法')],
    plan: (wished, order) => cancelled(order) ?? planCorrection(wished, order),
  },
  change_content: {
    label: '注文内容の変更',
    fields: [
      optional('recipients', '送付先、送料、お届け希望', {
        help: '変わる項目だけを指定します。置き配の場所（dropOff）も変更できます。機種依存文字は使えません。',
      }),
      optional('shippingFee', '送料', { help: '送付先が1件の注文。送料未確定の注文を確定できます。' }),
      optional('lines', '数量・明細の削除'),
      optional('reason', '減額の理由', { help: '金額が下がるときは必須です。' }),
      optional('buyerNote', '備考', { help: '4000文字まで。機種依存文字は使えません。' }),
      optional('deliveryMethod', '配送方法', { help: 'RMSで設定した配送方法の名称です。' }),
    ],
    preconditions:
      '送付先・送料・数量は「注文確認待ち」「楽天処理中」「発送待ち」と「発送済」以降。「変更確定待ち」とキャンセルはできません。',
    calls: [
      'updateOrderSender (発送前)',
      'updateOrderSenderAfterShipping (発送済以降)',
      'updateOrderMemo (お届け希望)',
      'updateOrderRemarks (備考)',
      'updateOrderDelivery (配送方法)',
    ],
    limits: [
      ...recipientTexts({ characters: 127 }),
      { field: 'buyerNote', label: '備考', characters: 4_000 },
      notTaken('codFee', '手数料', NOT_CHANGEABLE),
      notTaken('giftWrapFee', 'ギフト包装料', NOT_CHANGEABLE),
      notTaken('discount', '値引き', NOT_CHANGEABLE),
      notTaken('adjustment', '調整額', NOT_CHANGEABLE),
      notTaken('addLines', '明細の追加', NOT_CHANGEABLE),
    ],
    check(wished, issue) {
      if (Object.keys(wished).every((name) => name === 'reason'))
        issue([], '変更する項目を1つ以上指定してください。')
      if (wished.reason !== undefined && !/^\d{1,3}$/.test(wished.reason))
        issue(['reason'], '減額の理由は番号で指定してください。')
      refuseMachineText(wished.buyerNote, ['buyerNote'], issue)
      for (const [index, recipient] of (wished.recipients ?? []).entries()) {
        const at = (name: string) => ['recipients', index, name]
        for (const [name, text] of Object.entries(recipient))
          if (typeof text === 'string') refuseMachineText(text, at(name), issue)
        const { dropOff, wishTime } = recipient
        if (dropOff && !DROP_OFF_PLACES.includes(dropOff))
          issue(at('dropOff'), `置き配の場所は ${DROP_OFF_PLACES.join('、')} のいずれかを指定してください。`)
        if (wishTime && shippingTermOf(wishTime) === null)
          issue(at('wishTime'), '「午前」「午後」または「14:00-16:00」の形で指定してください。')
      }
    },
    plan: (wished, order) => cancelled(order) ?? planContent(wished, order),
  },
}

type Parcel = { recipientId?: string | undefined; trackingNumber?: string | undefined }

function refuseMachineText(text: string | undefined, path: PropertyKey[], issue: Issue): void {
  const found = machineTextIn(text ?? '')
  if (found) issue(path, `楽天市場では機種依存文字「${found}」は使えません。ほかの文字に置き換えてください。`)
}

type Tools = Pick<MarketplaceTools, 'clock'>

/** confirmOrder, updateOrderSubStatus and updateOrderShippingAsync take a hundred orders. */
const MOST_ORDERS = 100
/** The asynchronous shipping call takes some seconds and a few calls for its result. */
const LEAST_ORDERS = 10

/**
 * The task may run after the order was read, and add its records then. No result is reported before it must
 * have ended.
 */
const RUNS_FOR_MS = 15 * 60 * 1000

export const rakutenChanges: ChangeRules = {
  ...mallActions(RAKUTEN, rakutenActions),
  carriers: CARRIERS.all,
  shipsTo,
  stepState: rakutenStepState,
  bulk: {
    actions: ['confirm', 'ship', 'sub_status'],
    least: LEAST_ORDERS,
    most: MOST_ORDERS,
    runsForMs: { ship: RUNS_FOR_MS },
  },
}

/** The write calls of 楽天ペイ受注API: one for each step, or one for many orders. */
export function rakutenChangeCalls(client: RakutenClient, { clock }: Tools): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const payload = payloadOf(step)
      const answer = await client.write(payload.operation, bodyOf(orderNumber, payload), signal)
      const judging = { orderNumber, expected: messagesOf(payload) }
      return judge(answer.frame.MessageModelList, judging, answer.text)
    },
    /**
     * Steps of many orders in one call per kind of step. Steps of one order must be of one kind (its
     * baskets). A failure of the whole shop ends the round, and later orders get no answer.
     */
    async applyMany(entries, signal) {
      const round: Round = { client, clock, signal, answers: new Map() }
      for (const group of groupsOf(entries))
        for (let at = 0; at < group.length; at += MOST_ORDERS)
          if (!(await sendTogether(round, group.slice(at, at + MOST_ORDERS)))) return round.answers
      return round.answers
    },
  }
}

interface Round extends Tools {
  client: RakutenClient
  signal: AbortSignal
  answers: Answers
}

type Entries = Parameters<NonNullable<ChangeCalls['applyMany']>>[0]

const HOLDS_FOR_ALL: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'unauthorised'])

/** Sends one group. False stops the round. */
async function sendTogether(round: Round, orders: readonly BulkOrder[]): Promise<boolean> {
  const { answers } = round
  try {
    const [first] = orders[0]?.payloads ?? []
    if (first?.operation === 'updateOrderShipping') await shipTogether(round, orders)
    else if (first) await listTogether(round, first, orders)
    return true
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) {
      if (answers.size > 0) return false
      throw error
    }
    for (const { orderNumber } of orders) if (!answers.has(orderNumber)) answers.set(orderNumber, error)
    return !HOLDS_FOR_ALL.has(error.kind)
  }
}

/** Makes the calls with an orderNumberList: one message per order, some refused while others are done. */
async function listTogether(
  { client, answers, signal }: Round,
  { operation, ...rest }: RakutenPayload,
  orders: readonly BulkOrder[],
): Promise<void> {
  const body = { ...rest, orderNumberList: orders.map(({ orderNumber }) => orderNumber) }
  const { frame } = await client.write(operation, body, signal)
  for (const { orderNumber } of orders)
    answers.set(orderNumber, verdict(frame.MessageModelList, { orderNumber, expected: 1 }))
}

/** Orders whose steps fit into one call. */
const groupsOf = (entries: Entries): BulkOrder[][] =>
  [...Map.groupBy(entries, ({ step }) => keyOf(step)).values()].map((group) =>
    [...Map.groupBy(group, ({ orderNumber }) => orderNumber)].map(([orderNumber, own]) => ({
      orderNumber,
      payloads: own.map(({ step }) => payloadOf(step)),
    })),
  )

function keyOf(step: ChangeStep): string {
  const payload = payloadOf(step)
  switch (payload.operation) {
    case 'confirmOrder':
    case 'updateOrderShipping':
      return payload.operation
    case 'updateOrderSubStatus':
      return `${payload.operation}:${payload.subStatusId}`
    default:
      throw new TypeError(`${step.name} takes one order a call`)
  }
}

/** One order of a call for many; several payloads where it has several baskets. */
interface BulkOrder {
  orderNumber: string
  payloads: RakutenPayload[]
}

/**
 * updateOrderShippingAsync for up to 100 orders, and its result. The whole call is refused when one order in
 * it has a fault of form: such orders are taken out and the rest is sent again.
 */
async function shipTogether(round: Round, orders: readonly BulkOrder[]): Promise<void> {
  let left = [...orders]
  while (left.length > 0) {
    const messages = await send(round, left)
    const requestId = messages.find((entry) => entry.requestId)?.requestId
    if (requestId) return settle(round, requestId, left)
    const named = new Set(messages.map((entry) => entry.orderNumber))
    const faulty = left.filter(({ orderNumber }) => named.has(orderNumber))
    for (const order of faulty.length > 0 ? faulty : left)
      round.answers.set(order.orderNumber, verdictOf(messages, order))
    left = faulty.length > 0 ? left.filter((order) => !faulty.includes(order)) : []
  }
}

async function send({ client, clock, signal }: Round, orders: readonly BulkOrder[]) {
  const OrderShippingModelList = orders.map(({ orderNumber, payloads }) => ({
    orderNumber,
    BasketidModelList: shippingOf(payloads).map(basketOf),
  }))
  try {
    const { frame } = await client.write('updateOrderShippingAsync', { OrderShippingModelList }, signal)
    return frame.MessageModelList
  } catch (error) {
    const unknown = error instanceof MarketplaceFailure && error.kind === 'outcome_unknown'
    throw unknown ? stillRunning(clock) : error
  }
}

/** Milliseconds between looks for the result: about a minute in all. */
const LOOKS_MS = [1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 20_000]

async function settle(round: Round, requestId: string, orders: readonly BulkOrder[]): Promise<void> {
  const results = await resultsOf(round, requestId)
  for (const order of orders) {
    const messages = results?.get(order.orderNumber)
    round.answers.set(order.orderNumber, messages ? verdictOf(messages, order) : stillRunning(round.clock))
  }
}

/** Null when there is no result. Whatever prevents it, the task was accepted. */
async function resultsOf({ client, clock, signal }: Round, requestId: string) {
  for (const wait of LOOKS_MS) {
    try {
      await clock.sleep(wait, signal)
      const results = await client.shippingResults(requestId, signal)
      if (results) return results
    } catch (error) {
      if (signal.aborted || !(error instanceof MarketplaceFailure)) return null
    }
  }
  return null
}

const stillRunning = (clock: Tools['clock']) =>
  outcomeUnknown(RAKUTEN, { until: new Date(clock.now() + RUNS_FOR_MS) })

const verdictOf = (messages: readonly WireMessage[], { orderNumber, payloads }: BulkOrder) =>
  verdict(messages, { orderNumber, expected: sumOf(shippingOf(payloads), ({ records }) => records.length) })

const shippingOf = (payloads: BulkOrder['payloads']): ShippingPayload[] =>
  payloads.filter((payload) => payload.operation === 'updateOrderShipping')
