import { z } from 'zod'
import {
  type ActionRows,
  carrierChoices,
  choicesOf,
  mallActions,
  needed,
  notTaken,
  optional,
  WAIT_MINUTES,
} from '../../../../src/marketplaces/kit/changes/actions.ts'
import {
  already,
  answered,
  planned,
  refused,
  sameNumber,
  stateOf,
  stepsOf,
} from '../../../../src/marketplaces/kit/changes/plans.ts'
import { carrierTable, codeTable } from '../../../../src/marketplaces/kit/codes.ts'
import {
  type MallError,
  type Meaning,
  refusalBy,
  rejectedCall,
} from '../../../../src/marketplaces/kit/failures.ts'
import type { NormalisedOrder } from '../../../../src/marketplaces/port/order.ts'
import type { ChangeCalls, ChangePlan, ChangeRules } from '../../../../src/marketplaces/port/site-changes.ts'
import { TANUKI } from './facts.ts'

/** Three site changes, as a real mall has them: POST /v1/orders/<number>/<operation>. */

export const CARRIERS = carrierTable({ yamato: 'Y', sagawa: 'S' }, 'Z')
const REASONS = codeTable({ stock: '在庫切れ', buyer: 'お客様都合' })

const { step, payloadOf } = stepsOf(
  z.discriminatedUnion('operation', [
    z.object({ operation: z.literal('confirm') }),
    z.object({ operation: z.literal('ship'), carrier: z.string(), number: z.string(), day: z.string() }),
    z.object({ operation: z.literal('cancel'), reason: z.string() }),
  ]),
)

const rows: ActionRows = {
  confirm: {
    label: '注文確認',
    fields: [WAIT_MINUTES],
    preconditions: '「受付」の注文。',
    calls: ['confirm'],
    plan: (_, order) =>
      order.mallStatus.code === 'new'
        ? planned(step('confirm', '注文確認', { operation: 'confirm' }))
        : already('すでに確認済みです。'),
  },
  ship: {
    label: '発送',
    fields: [
      needed('shippedOn', '発送日'),
      needed('parcels.carrier', '配送会社', { choices: carrierChoices(CARRIERS.all) }),
      optional('parcels.trackingNumber', '伝票番号', { help: '12文字までです。' }),
    ],
    preconditions: '「確認済み」の注文。',
    calls: ['ship'],
    limits: [
      { field: 'parcels', label: '個口', most: 1 },
      { field: 'parcels.trackingNumber', label: '伝票番号', characters: 12 },
      notTaken('parcels.lines', '個口ごとの内容明細'),
    ],
    check({ parcels }, issue) {
      if (!parcels[0]?.trackingNumber)
        issue(['parcels', 0, 'trackingNumber'], 'たぬき市場の発送には伝票番号が必要です。')
    },
    plan({ shippedOn, parcels: [parcel] }, order) {
      if (order.mallState === 'shipped') return already('すでに発送済みです。')
      if (order.mallStatus.code === 'new')
        return refused('NOT_CONFIRMED', 'まだ確認されていない注文です。先に注文確認をしてください。')
      const { carrier = 'other' as const, trackingNumber: number = '' } = parcel ?? {}
      const payload = { carrier: CARRIERS.codeOf(carrier), number, day: shippedOn }
      return planned(step('ship', '発送の登録', { operation: 'ship', ...payload }))
    },
  },
  cancel: {
    label: 'キャンセル',
    fields: [needed('reason', '理由', { choices: choicesOf(REASONS) })],
    preconditions: '発送前の注文。',
    calls: ['cancel'],
    check({ reason }, issue) {
      if (REASONS[reason] === undefined) issue(['reason'], '理由は stock または buyer です。')
    },
    plan: ({ reason }, order) =>
      order.mallState === 'shipped'
        ? refused('ALREADY_SHIPPED', 'すでに発送済みです。返品として処理してください。')
        : planned(step('cancel', 'キャンセル', { operation: 'cancel', reason })),
  },
}

const cancelled = ({ mallState }: NormalisedOrder): ChangePlan | null =>
  mallState === 'cancelled'
    ? refused('ORDER_CANCELLED_AT_MALL', 'たぬき市場で注文がキャンセルされています。')
    : null

export const tanukiChanges: ChangeRules = {
  ...mallActions(TANUKI, rows, cancelled),
  carriers: CARRIERS.all,
  stepState(of, { mallStatus, mallState, recipients }) {
    const payload = payloadOf(of)
    switch (payload.operation) {
      case 'confirm':
        return stateOf(mallStatus.code !== 'new')
      case 'cancel':
        return stateOf(mallState === 'cancelled')
      case 'ship':
        return stateOf(
          recipients.some(({ parcels }) =>
            parcels.some((parcel) => sameNumber(parcel.trackingNumber, payload.number)),
          ),
        )
    }
  },
}

const MEANINGS: readonly Meaning[] = [
  { codes: /^GONE$/, code: 'TANUKI_ORDER_UNKNOWN', message: 'たぬき市場にこの注文がありません。' },
]

type Write = (
  orderNumber: string,
  operation: string,
  body: object,
  signal: AbortSignal,
) => Promise<WriteAnswer>
interface WriteAnswer {
  status: number
  raw: string
  error: MallError | null
}

export const tanukiChangeCalls = (write: Write): ChangeCalls => ({
  async applyStep(orderNumber, of, signal) {
    const { operation, ...body } = payloadOf(of)
    const { status, raw, error } = await write(orderNumber, operation, body, signal)
    if (error) throw refusalBy(MEANINGS, rejectedCall(TANUKI, { error, status, raw }))
    return answered('OK', null)
  },
})
