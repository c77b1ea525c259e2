import { z } from 'zod'
import { keysOf } from '../../../platform/narrow.ts'
import {
  type ActionRows,
  carrierChoices,
  choicesOf,
  correctsSomething,
  mallActions,
  needed,
  notTaken,
  optional,
  SHIPPED_ON,
  THEN_MOVE_TO,
  type Wished,
} from '../../kit/changes/actions.ts'
import {
  already,
  bareNumber,
  endOf,
  namedOrOnly,
  planned,
  refused,
  refusing,
  sameNumber,
  stateOf,
  stepsOf,
  unknownLine,
} from '../../kit/changes/plans.ts'
import { CARRIERS as CARRIER_NAMES } from '../../port/carriers.ts'
import type { NormalisedOrder, OrderParcel } from '../../port/order.ts'
import {
  CHANGE_LABELS,
  type ChangeAction,
  type ChangePlan,
  type ChangeRules,
  type ChangeStep,
  type LinePieces,
  type StepState,
} from '../../port/site-changes.ts'
import { CANCEL_REASONS, CARRIERS } from '../codes.ts'
import { SHOPIFY } from '../facts.ts'

/**
 * Site changes, as steps that hold no id of a fulfilment order: staff move, split and hold those, so each
 * write looks them up (send.ts).
 */

const lines = z.array(
  z.object({
    lineId: z.string(),
    /** Pieces that are left to send once the step is done: what it sends follows from what it finds. */
    after: z.int(),
    /** Pieces that were left before. */
    before: z.int(),
  }),
)
const tracking = { company: z.string().nullable(), numbers: z.array(z.string()) }
const Payload = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('fulfillmentCreate'), orderId: z.string(), lines, ...tracking }),
  z.object({ operation: z.literal('fulfillmentTrackingInfoUpdate'), fulfilmentId: z.string(), ...tracking }),
  z.object({ operation: z.literal('fulfillmentCancel'), fulfilmentId: z.string() }),
  z.object({
    operation: z.literal('orderCancel'),
    orderId: z.string(),
    reason: z.enum(keysOf(CANCEL_REASONS)),
    restock: z.boolean(),
    detail: z.string(),
  }),
  z.object({
    operation: z.enum(['orderMarkAsPaid', 'fulfillmentOrderHold', 'fulfillmentOrderReleaseHold']),
    orderId: z.string(),
  }),
])
type Payload = z.infer<typeof Payload>
export type ShipPayload = Extract<Payload, { operation: 'fulfillmentCreate' }>

const { step, payloadOf } = stepsOf(Payload)

export { payloadOf }

const refuse = refusing({
  NOT_READ: 'この注文はShopifyのIDなしで保存されています。注文を再取込してから再実行してください。',
  ALREADY_SHIPPED: 'Shopifyで発送済みの注文です。Shopify管理画面を確認してください。',
  NOTHING_TO_SHIP: 'この注文に、発送していない商品はありません。',
  LINES_CHANGED:
    '発送を依頼した後に注文の商品が変更され、依頼した商品は残っていません。注文を再取込し、発送する商品を確認して、あらためて依頼してください。',
  SEVERAL_CARRIERS:
    '内容明細のない個口は1つのフルフィルメントになり、配送会社は1社だけです。個口ごとに内容明細を指定してください。',
  ON_HOLD:
    'Shopifyで保留中の注文です。保留を解除してから発送するか、「保留を解除してから」を指定してください。',
  NOT_PAYABLE: 'Shopifyで入金済みにできない注文です（支払い済み、または決済サービスが管理する支払い）。',
  PARCEL_UNKNOWN: '訂正する発送情報が見つかりません。注文を再取込し、発送明細IDを指定してください。',
})

const orderIdOf = ({ mallFields: { id } }: NormalisedOrder): string =>
  typeof id === 'string' && id.startsWith('gid://shopify/Order/') ? id : ''

const Statuses = z.array(z.string()).catch([])
const statusesOf = ({ mallFields }: NormalisedOrder) => Statuses.parse(mallFields.fulfillmentOrderStatuses)
const isOnHold = (order: NormalisedOrder) => statusesOf(order).includes('ON_HOLD')
const isHoldable = (order: NormalisedOrder) =>
  statusesOf(order).some((status) => status === 'OPEN' || status === 'IN_PROGRESS')

const Left = z.object({ unfulfilledQuantity: z.int().min(0) })
/** Pieces not sent yet, by line; a removed line has none. */
const leftOf = (order: NormalisedOrder): Map<string, number> =>
  new Map(
    order.items.map(({ lineId, deleted, quantity, mallFields }) => {
      const left = Left.safeParse(mallFields).data?.unfulfilledQuantity ?? quantity
      return [lineId, deleted ? 0 : Math.min(left, quantity)]
    }),
  )

const parcelsOf = ({ recipients }: NormalisedOrder): OrderParcel[] =>
  recipients.flatMap(({ parcels }) => parcels)

const isShown = (number: string, order: NormalisedOrder): boolean =>
  parcelsOf(order).some(({ trackingNumber }) => sameNumber(trackingNumber, number))

/** Shopify takes any name; those that it knows make a link of the number. */
function companyOf(carrier: Wished<'ship'>['parcels'][number]['carrier'], name: string | undefined): string {
  const code = CARRIERS.codeOf(carrier)
  return code === 'Other' ? (name ?? CARRIER_NAMES[carrier]) : code
}

function planShip(
  wished: Wished<'ship'>,
  order: NormalisedOrder,
  asked: readonly LinePieces[] | null,
): ChangePlan {
  const orderId = orderIdOf(order)
  const numbers = wished.parcels.flatMap(({ trackingNumber }) => trackingNumber || [])
  const isTold = numbers.length > 0 && numbers.every((number) => isShown(number, order))
  const done = already('同じお荷物伝票番号で発送済みです。')
  if (order.mallState !== 'open') return isTold ? done : refuse('ALREADY_SHIPPED')
  const unknown = wished.parcels
    .map((parcel) => unknownLine(parcel.lines, order))
    .find((plan) => plan !== null)
  if (unknown) return unknown
  const left = leftOf(order)
  const steps: ChangeStep[] = []
  const send = (of: readonly LinePieces[], parcels: Wished<'ship'>['parcels']) => {
    const step = shipStep(orderId, of, parcels, left)
    if (step) steps.push(step)
  }
  const whole = wished.parcels.filter(({ lines: own }) => !own?.length)
  const unsentOf = unsentAfter(order)
  for (const parcel of wished.parcels)
    if (parcel.lines?.length) send(unsentOf(parcel.lines, parcel.trackingNumber), [parcel])
  if (new Set(whole.map(({ carrier, carrierName }) => companyOf(carrier, carrierName))).size > 1)
    return refuse('SEVERAL_CARRIERS')
  const rest = toPieces(left)
  if (whole.length > 0) send(asked === null ? rest : restOf(asked, wished, unsentOf), whole)
  // A number alone says nothing: each location has a fulfilment of its own, and the second may be missing.
  if (steps.length === 0)
    return isTold ? done : refuse(asked && rest.length > 0 ? 'LINES_CHANGED' : 'NOTHING_TO_SHIP')
  if (isOnHold(order) && !wished.release) return refuse('ON_HOLD')
  return planned(
    ...(isOnHold(order) ? [releaseStep(order)] : []),
    ...(wished.markPaid && order.mallFields.canMarkAsPaid === true ? [paidStep(order)] : []),
    ...steps,
  )
}

const toPieces = (left: ReadonlyMap<string, number>): LinePieces[] =>
  [...left].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))

/** What was asked for and is in no parcel that names its lines, nor sent under the numbers of the others. */
function restOf(
  asked: readonly LinePieces[],
  { parcels }: Wished<'ship'>,
  unsentOf: Unsent,
): readonly LinePieces[] {
  const rest = new Map(asked.map(({ lineId, quantity }) => [lineId, quantity]))
  for (const { lineId, quantity } of parcels.flatMap(({ lines: own }) => own ?? []))
    rest.set(lineId, (rest.get(lineId) ?? 0) - quantity)
  return parcels
    .filter(({ lines: own }) => !own?.length)
    .reduce((pieces, { trackingNumber }) => unsentOf(pieces, trackingNumber), toPieces(rest))
}

type Unsent = (wished: readonly LinePieces[], number: string | undefined) => LinePieces[]

/** Leaves out pieces that were sent under the same number, each once: several boxes may share a number. */
function unsentAfter(order: NormalisedOrder): Unsent {
  const sent = parcelsOf(order).flatMap(({ trackingNumber, lines: own }) =>
    (own ?? []).map((piece) => ({ ...piece, trackingNumber })),
  )
  return (wished, number) =>
    wished.map(({ lineId, quantity }) => {
      let left = quantity
      for (const one of sent) {
        if (number === undefined || one.lineId !== lineId || !sameNumber(one.trackingNumber, number)) continue
        const taken = Math.min(left, one.quantity)
        left -= taken
        one.quantity -= taken
      }
      return { lineId, quantity: left }
    })
}

/** Takes the pieces out of `left`. Null where none of them is left. */
function shipStep(
  orderId: string,
  of: readonly LinePieces[],
  parcels: Wished<'ship'>['parcels'],
  left: Map<string, number>,
): ChangeStep | null {
  const taken = of.flatMap(({ lineId, quantity }) => {
    const before = left.get(lineId) ?? 0
    const after = Math.max(0, before - quantity)
    left.set(lineId, after)
    return before > after ? [{ lineId, before, after }] : []
  })
  const [first] = parcels
  if (taken.length === 0 || first === undefined) return null
  const numbers = parcels.flatMap(({ trackingNumber }) => trackingNumber || [])
  const company = companyOf(first.carrier, first.carrierName)
  const end = endOf(numbers[0])
  return step(
    `ship:${numbers[0] === undefined ? taken.map(({ lineId }) => lineId).join(',') : bareNumber(numbers[0])}`.slice(
      0,
      100,
    ),
    `発送（${company}、伝票番号 ${end ?? 'なし'}）`,
    { operation: 'fulfillmentCreate', orderId, lines: taken, company, numbers },
    { company, trackingNumber: end, lines: taken.length },
  )
}

const releaseStep = (order: NormalisedOrder) =>
  step('release', '保留の解除', { operation: 'fulfillmentOrderReleaseHold', orderId: orderIdOf(order) })
const paidStep = (order: NormalisedOrder) =>
  step('mark_paid', '入金済みにする', { operation: 'orderMarkAsPaid', orderId: orderIdOf(order) })

/** `12`, and `12:2` for its second number. */
const fulfilmentOf = ({ id }: OrderParcel): string => (id ?? '').split(':')[0] ?? ''

function planCorrection({ parcels: wished }: Wished<'correct_shipment'>, order: NormalisedOrder): ChangePlan {
  const shown = parcelsOf(order)
  const changed = new Map<OrderParcel, Wished<'correct_shipment'>['parcels'][number]>()
  for (const one of wished) {
    const parcel = namedOrOnly(shown, one.parcelId, ({ id }) => id)
    if (parcel === undefined) return refuse('PARCEL_UNKNOWN')
    if (!changed.has(parcel)) changed.set(parcel, one)
  }
  const steps = [...Map.groupBy(changed.keys(), fulfilmentOf)].flatMap(([key, [first]]): ChangeStep[] => {
    const own = shown.filter((parcel) => fulfilmentOf(parcel) === key)
    const fulfilmentId = `gid://shopify/Fulfillment/${key}`
    if (own.every((parcel) => changed.get(parcel)?.remove))
      return [step(`remove:${key}`, '発送情報の削除', { operation: 'fulfillmentCancel', fulfilmentId })]
    const numbers = own.flatMap((parcel) => {
      const change = changed.get(parcel)
      return change?.remove ? [] : (change?.trackingNumber ?? parcel.trackingNumber) || []
    })
    const change = first && changed.get(first)
    const company = change?.carrier
      ? companyOf(change.carrier, change.carrierName)
      : (first?.carrierCode ?? null)
    const payload = { operation: 'fulfillmentTrackingInfoUpdate', fulfilmentId, company, numbers } as const
    if (shows(own, payload)) return []
    const end = endOf(numbers[0])
    return [
      step(
        `correct:${key}`,
        `発送情報の訂正（${company ?? '配送会社なし'}、伝票番号 ${end ?? 'なし'}）`,
        payload,
        {
          company,
          trackingNumber: end,
        },
      ),
    ]
  })
  return steps.length === 0 ? already('発送情報はすでに正しい内容です。') : planned(...steps)
}

const shows = (
  own: readonly OrderParcel[],
  { company, numbers }: Pick<ShipPayload, 'company' | 'numbers'>,
): boolean => {
  const shown = own.flatMap(({ trackingNumber }) => trackingNumber ?? [])
  return (
    shown.length === numbers.length &&
    numbers.every((number) => shown.some((one) => sameNumber(one, number))) &&
    own.every(({ carrierCode }) => carrierCode === company)
  )
}

function planCancel({ reason, detail, restock }: Wished<'cancel'>, order: NormalisedOrder): ChangePlan {
  if (order.mallState === 'cancelled') return already('Shopifyですでにキャンセルされています。')
  if (order.mallState !== 'open') return refuse('ALREADY_SHIPPED')
  const known = keysOf(CANCEL_REASONS).find((one) => one === reason) ?? 'OTHER'
  return planned(
    step(
      'cancel',
      `注文のキャンセル（${CANCEL_REASONS[known]}）`,
      {
        operation: 'orderCancel',
        orderId: orderIdOf(order),
        reason: known,
        restock: restock !== 'keep',
        detail: detail ?? '',
      },
      { reason: known, characters: detail?.length ?? 0 },
    ),
  )
}

const CHOICES = carrierChoices(CARRIERS.all)
const NUMBER = { field: 'parcels.trackingNumber', label: 'お荷物伝票番号', characters: 100 }

const rows: ActionRows = {
  ship: {
    label: '商品を発送',
    fields: [
      { ...SHIPPED_ON, help: 'Shopifyでは、送信した日が発送日になります。' },
      needed('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号'),
      optional('parcels.lines', '個口ごとの内容明細', { help: '指定した商品だけを発送します（分割発送）。' }),
      optional('markPaid', '入金済みにしてから発送'),
      optional('release', '保留を解除してから発送'),
      THEN_MOVE_TO,
    ],
    preconditions:
      '発送していない商品がある注文。ロケーションが複数の場合は、ロケーションごとに1つのフルフィルメントになります。保留中の注文は受け付けません。',
    calls: [
      'fulfillmentOrderReleaseHold (保留中で、解除を指定したとき)',
      'orderMarkAsPaid (入金済みを指定したとき)',
      'fulfillmentCreate (ロケーションごと)',
    ],
    limits: [
      notTaken('confirmFirst', '注文確認をしてから'),
      notTaken('parcels.noNumberReason', '伝票番号がない理由'),
      notTaken('parcels.shippingMethod', '配送方法'),
      NUMBER,
    ],
    plan: planShip,
  },
  mark_paid: {
    label: '支払い済みとしてマーク',
    fields: [],
    preconditions: '支払い待ちの注文（銀行振込、代金引換などの手動決済）。',
    calls: ['orderMarkAsPaid'],
    limits: [notTaken('paidOn', '入金日')],
    plan(_, order) {
      if (order.payment.status === 'paid') return already('Shopifyですでに支払い済みです。')
      return order.mallFields.canMarkAsPaid === true ? planned(paidStep(order)) : refuse('NOT_PAYABLE')
    },
  },
  hold: {
    label: 'フルフィルメントを保留',
    fields: [],
    preconditions: '発送していない商品がある注文。すべてのロケーションの分を保留にします。',
    calls: ['fulfillmentOrderHold (ロケーションごと)'],
    plan(_, order) {
      if (isHoldable(order))
        return planned(step('hold', '保留', { operation: 'fulfillmentOrderHold', orderId: orderIdOf(order) }))
      return isOnHold(order) ? already('Shopifyですでに保留中です。') : refuse('NOTHING_TO_SHIP')
    },
  },
  release: {
    label: '保留を解除',
    fields: [],
    preconditions: '保留中の注文。ほかのアプリによる保留も含めて解除します。',
    calls: ['fulfillmentOrderReleaseHold (ロケーションごと)'],
    plan: (_, order) =>
      isOnHold(order) ? planned(releaseStep(order)) : already('Shopifyで保留中ではありません。'),
  },
  cancel: {
    label: '注文をキャンセル',
    fields: [
      needed('reason', '理由', { choices: choicesOf(CANCEL_REASONS) }),
      optional('detail', '理由の詳細', { help: 'スタッフだけに表示されるメモになります。' }),
      optional('restock', '在庫を戻すか', {
        help: '「keep」以外は在庫に戻します。返金は、店舗設定「キャンセル時に返金する」がオンの場合だけ行います。',
      }),
    ],
    preconditions:
      '発送前の注文。Shopifyはキャンセルを受け付けてから実行するため、注文がキャンセルになったことを読み直して確認します。取り消せません。',
    calls: ['orderCancel'],
    limits: [{ field: 'detail', label: '理由の詳細', characters: 255 }],
    check({ reason }, issue) {
      if (!Object.hasOwn(CANCEL_REASONS, reason))
        issue(['reason'], `理由は ${Object.keys(CANCEL_REASONS).join('、')} のいずれかです。`)
    },
    plan: planCancel,
  },
  correct_shipment: {
    label: '追跡情報を編集',
    fields: [
      optional('parcels.parcelId', '発送明細ID'),
      optional('parcels.carrier', '配送会社', { choices: CHOICES }),
      optional('parcels.trackingNumber', 'お荷物伝票番号'),
      optional('parcels.remove', '発送情報を削除', {
        help: 'フルフィルメントを取り消し、商品は未発送に戻ります。',
      }),
    ],
    preconditions: '発送済みまたは一部発送済みの注文。',
    calls: ['fulfillmentTrackingInfoUpdate', 'fulfillmentCancel (削除のとき)'],
    limits: [notTaken('parcels.shippedOn', '発送日'), notTaken('parcels.shippingMethod', '配送方法'), NUMBER],
    check: ({ parcels }, issue) =>
      correctsSomething(
        parcels,
        ['trackingNumber', 'carrier', 'remove'],
        'お荷物伝票番号、配送会社、削除',
        issue,
      ),
    plan: planCorrection,
  },
}

const { actions, planChange } = mallActions(SHOPIFY, rows, (order, action) => {
  // A cancellation of before is told by its own plan.
  if (order.mallState === 'cancelled' && action !== 'cancel')
    return refused('ORDER_CANCELLED_AT_MALL', 'Shopifyで注文がキャンセルされています。')
  return orderIdOf(order) === '' && action !== 'correct_shipment' ? refuse('NOT_READ') : null
})

/** An accepted cancellation is a job; the others show at once, but for the search that finds the order. */
const SHOWS_WITHIN_MS = 10 * 60_000

export const shopifyChanges: ChangeRules = {
  actions,
  carriers: CARRIERS.all,
  planChange,
  linesToShip: (order) => toPieces(leftOf(order)),
  stepState,
  showsWithinMs: SHOWS_WITHIN_MS,
}

function stepState(of: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(of)
  switch (payload.operation) {
    case 'fulfillmentCreate':
      return shipState(payload, order)
    case 'fulfillmentTrackingInfoUpdate':
      return stateOf(shows(parcelsIn(payload, order), payload))
    case 'fulfillmentCancel':
      return stateOf(parcelsIn(payload, order).length === 0)
    case 'orderCancel':
      return order.mallState === 'cancelled' ? 'applied' : 'not_applied'
    case 'orderMarkAsPaid':
      return stateOf(order.payment.status === 'paid')
    case 'fulfillmentOrderHold':
      return stateOf(!isHoldable(order))
    case 'fulfillmentOrderReleaseHold':
      return stateOf(!isOnHold(order))
  }
}

const parcelsIn = ({ fulfilmentId }: { fulfilmentId: string }, order: NormalisedOrder): OrderParcel[] =>
  parcelsOf(order).filter((parcel) => fulfilmentId.endsWith(`/${fulfilmentOf(parcel)}`))

/** Done once as few pieces are left, under these numbers; a half, at one of two locations, is not. */
function shipState({ lines: wanted, numbers }: ShipPayload, order: NormalisedOrder): StepState {
  const left = leftOf(order)
  const isSent = wanted.every(({ lineId, after }) => (left.get(lineId) ?? 0) <= after)
  return stateOf(isSent && numbers.every((number) => isShown(number, order)))
}

/** Scopes of the app that an action needs. */
const WRITES_ORDERS: ReadonlySet<ChangeAction> = new Set(['cancel', 'mark_paid'])
const scopesOf = (action: ChangeAction): readonly string[] =>
  WRITES_ORDERS.has(action) ? ['write_orders'] : ['write_merchant_managed_fulfillment_orders']

/** The actions that a shop's app may carry out; all of them before anybody has asked. */
export function changesWith(scopes: readonly string[] | null): ChangeRules {
  if (scopes === null) return shopifyChanges
  const isAllowed = (action: ChangeAction) => scopesOf(action).every((scope) => scopes.includes(scope))
  return {
    ...shopifyChanges,
    actions: actions.filter(({ action }) => isAllowed(action)),
    planChange: (change, order) =>
      isAllowed(change.action)
        ? planChange(change, order)
        : refused(
            'ACTION_NOT_SUPPORTED',
            `Shopifyのアプリに、${CHANGE_LABELS[change.action]}を行う権限（${scopesOf(change.action).join('、')}）がありません。権限を追加して承認し、接続テストを行ってください。`,
          ),
  }
}
