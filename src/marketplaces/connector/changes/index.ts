import { z } from 'zod'
import { given } from '../../../platform/narrow.ts'
import {
  type ActionRows,
  carrierChoices,
  mallActions,
  needed,
  optional,
  SHIPPED_ON,
  WAIT_MINUTES,
} from '../../kit/changes/actions.ts'
import {
  already,
  answered,
  bareNumber,
  endOf,
  planned,
  refused,
  sameNumber,
  stateOf,
  stepsOf,
} from '../../kit/changes/plans.ts'
import { carrierTable } from '../../kit/codes.ts'
import { type MallNames, malformed, outcomeUnknown } from '../../kit/failures.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import {
  CHANGE_LABELS,
  type ChangeAction,
  type ChangeCalls,
  type ChangePlan,
  type ChangeRules,
} from '../../port/site-changes.ts'
import { type ConnectorClient, digestOf, refusedBy } from '../client.ts'
import { type Capabilities, Changed, CONNECTOR_ACTIONS } from '../contract.ts'

/** Site changes of a shop: those that it offers, each one call with an id, read back from the order. */

type Action = (typeof CONNECTOR_ACTIONS)[number]

const { step, payloadOf } = stepsOf(
  z.object({
    operation: z.enum(CONNECTOR_ACTIONS),
    id: z.string(),
    parameters: z.record(z.string(), z.unknown()),
  }),
)

const Applied = z
  .array(z.object({ id: z.string(), state: z.enum(['applied', 'running', 'refused']) }))
  .catch([])

/** A sent id says whether it was carried out, wherever the order names it. */
const stateById = (order: NormalisedOrder, id: string) =>
  Applied.parse(order.mallFields.changes).find((one) => one.id === id)?.state

/**
 * The same change of the same order as it was read has the same id: a retry meets its own call, and a second
 * hold after a release is another one.
 */
const idOf = (order: NormalisedOrder, operation: Action, parameters: object): string =>
  `chg_${digestOf(JSON.stringify([order.orderNumber, operation, parameters, order.mallFields.revision]))}`

const Ship = z.object({ parcels: z.array(z.object({ trackingNumber: z.string().optional() })) })
const numbersIn = (parameters: unknown): string[] =>
  (Ship.safeParse(parameters).data?.parcels ?? []).flatMap((one) => one.trackingNumber ?? [])

function planOf(operation: Action, wished: object, order: NormalisedOrder): ChangePlan {
  const parameters = { ...wished }
  const [number] = numbersIn(parameters)
  const label = number ? `${CHANGE_LABELS[operation]}（伝票番号 ${endOf(number)}）` : CHANGE_LABELS[operation]
  const facts = number ? { trackingNumber: endOf(number) } : {}
  const id = idOf(order, operation, parameters)
  return planned(step(operation, label, { operation, id, parameters }, facts))
}

const shownNumbers = ({ recipients }: NormalisedOrder): (string | null)[] =>
  recipients.flatMap(({ parcels }) => parcels.map(({ trackingNumber }) => trackingNumber))

const isShown = (numbers: readonly string[], order: NormalisedOrder): boolean =>
  numbers.length > 0 &&
  numbers.every((number) => shownNumbers(order).some((shown) => sameNumber(shown, number)))

export function changeRules(mall: MallNames, can: Capabilities): ChangeRules {
  const { other = 'other', ...codes } = Object.fromEntries(
    can.carriers.map(({ carrier, code }) => [carrier, code]),
  )
  const carriers = carrierTable(codes, other)
  const reasons = can.cancelReasons.map(({ code, name }) => ({ code, label: name }))
  const base = (action: Action) => {
    const said = can.actions.find((one) => one.action === action)
    return {
      label: CHANGE_LABELS[action],
      preconditions: said?.preconditions || 'カートが受け付ける状態の注文。',
      calls: ['changeOrder'],
      limits: (said?.limits ?? []).map(({ field, label, ...bounds }) => ({ field, label, ...given(bounds) })),
    }
  }
  const plain = (action: Action) => ({
    ...base(action),
    fields: [],
    plan: (wished: object, order: NormalisedOrder) => planOf(action, wished, order),
  })
  const every: ActionRows = {
    confirm: {
      ...base('confirm'),
      fields: [WAIT_MINUTES],
      plan: ({ waitMinutes: _wait, ...wished }, order) => planOf('confirm', wished, order),
    },
    ship: {
      ...base('ship'),
      fields: [
        SHIPPED_ON,
        needed('parcels.carrier', '配送会社', { choices: carrierChoices(carriers.all) }),
        optional('parcels.trackingNumber', 'お荷物伝票番号'),
      ],
      plan({ shippedOn, parcels }, order) {
        if (isShown(numbersIn({ parcels }), order)) return already('同じお荷物伝票番号で発送済みです。')
        const named = parcels.map((one) => ({ ...one, carrierCode: carriers.codeOf(one.carrier) }))
        return planOf('ship', { shippedOn, parcels: named }, order)
      },
    },
    mark_paid: plain('mark_paid'),
    complete: {
      ...base('complete'),
      fields: [],
      plan: (_, order) =>
        order.mallState === 'completed' ? already('すでに完了しています。') : planOf('complete', {}, order),
    },
    hold: plain('hold'),
    release: plain('release'),
    cancel: {
      ...base('cancel'),
      fields: [needed('reason', '理由', reasons.length > 0 ? { choices: reasons } : {})],
      check({ reason }, issue) {
        if (reasons.length > 0 && !reasons.some(({ code }) => code === reason))
          issue(
            ['reason'],
            `理由は ${reasons
              .map(({ code }) => code)
              .join('、')
              .slice(0, 200)} のいずれかです。`,
          )
      },
      plan: (wished, order) => planOf('cancel', wished, order),
    },
    memo: { ...plain('memo'), fields: [needed('memo', 'メモ')] },
  }
  const offers = (action: ChangeAction) => can.actions.some((one) => one.action === action)
  const { actions, planChange } = mallActions(mall, every, (order, action) => {
    if (!offers(action))
      return refused('ACTION_NOT_SUPPORTED', `${mall.label}では今この操作を送信できません。`)
    return order.mallState === 'cancelled'
      ? refused('ORDER_CANCELLED_AT_MALL', `${mall.label}で注文がキャンセルされています。`)
      : null
  })
  const { idempotent, runsForSeconds } = can.changes
  return {
    actions: actions.filter(({ action }) => offers(action)),
    planChange,
    carriers: carriers.all,
    stepState(of, order) {
      const { operation, id, parameters } = payloadOf(of)
      const told = stateById(order, id)
      if (told === 'applied') return 'applied'
      if (told !== undefined) return told === 'refused' ? 'not_applied' : 'unknown'
      if (operation === 'cancel') return order.mallState === 'cancelled' ? 'applied' : 'unknown'
      if (operation === 'complete') return order.mallState === 'completed' ? 'applied' : 'unknown'
      const numbers = operation === 'ship' ? numbersIn(parameters).map(bareNumber) : []
      if (numbers.length > 0 && isShown(numbers, order)) return stateOf(true)
      return order.mallState === 'cancelled' ? 'not_applied' : 'unknown'
    },
    ...(idempotent ? { repeatAfterMs: REPEAT_AFTER_MS } : {}),
    ...(runsForSeconds > 0 ? { showsWithinMs: runsForSeconds * 1_000 } : {}),
  }
}

/** Time for a first call that is still being worked on. */
const REPEAT_AFTER_MS = 60_000

export const changeCalls = (client: ConnectorClient): ChangeCalls => ({
  async applyStep(orderNumber, of, signal) {
    const { operation: action, id, parameters } = payloadOf(of)
    const path = `/orders/${encodeURIComponent(orderNumber)}/changes`
    const call = { method: 'POST', path, body: { id, action, parameters }, id, maxBytes: 256 * 1024 } as const
    const answer = await client.call(call, signal)
    if (answer.kind === 'told') {
      if (answer.code === 'already_done') return answered('already_done', answer.message || null)
      throw refusedBy(client.mall, answer)
    }
    const { data } = Changed.safeParse(answer.body)
    if (data === undefined)
      throw outcomeUnknown(client.mall, malformed(client.mall, '変更の結果', answer.raw))
    return answered(data.state, null)
  },
})
