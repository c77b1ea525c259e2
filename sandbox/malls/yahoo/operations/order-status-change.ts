import { textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import { toRfc3339 } from '../../../../src/marketplaces/yahoo/wire.ts'
import type { Clock } from '../../../../src/platform/clock.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, notOperable, updateAnswer, type Warning } from '../answers.ts'
import { fieldOf, type SimOrder, setValue } from '../sim-order.ts'
import { isAnswer, readUpdate, type UpdateTools } from './update-request.ts'

/** orderStatusChange: the table of order statuses, cancel reasons, and what completing sets by itself. */
export function orderStatusChange(tools: UpdateTools, clock: Clock, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person, isPointFix } = update
  const to = textAt(given, 'OrderStatus') ?? ''
  if (!/^[1-5]$/.test(to)) return badParameter('OrderStatus')
  if (isPointFix !== 'true' && isPointFix !== 'false') return badParameter('IsPointFix')
  if (to === '5' && isPointFix !== 'true') return badParameter('IsPointFix')
  const badReason = to === '4' ? wrongReason(given) : null
  if (badReason) return badParameter(badReason)
  const from = fieldOf(order, 'OrderStatus')
  if (from === to) return updateAnswer([{ code: 'od91705' }])
  const refused = refusedMove(order, from, to, clock.now()) ?? tooSoon(tools, order, to, clock.now())
  if (refused) return notOperable(refused)
  const changes = { OrderStatus: to, ...consequences(given, to, clock.now()) }
  for (const [field, value] of Object.entries(changes)) setValue(order, field, value)
  tools.store.updated(order, {
    operation: 'orderStatusChange',
    person,
    changes: Object.entries(changes).map(([field, value]) => ({ field, value })),
  })
  return updateAnswer(warningsOf(order, to))
}

function wrongReason(given: XmlElement): string | null {
  const reason = textAt(given, 'CancelReason') || '210'
  if (!REASONS.has(reason)) return 'CancelReason'
  const length = [...(textAt(given, 'CancelReasonDetail') ?? '')].length
  if (length > 0 && (length < 10 || length > 200)) return 'CancelReasonDetail'
  return reason === '230' && length === 0 ? 'CancelReasonDetail' : null
}

const REASONS = new Set('100 110 120 130 140 150 160 170 180 200 210 220 230'.split(' '))

/** From → to; `a`: not marked as prank, `b`: cards and store-run payments, `r`: release date to come. */
const MOVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  1: { 4: '', 5: 'a' },
  2: { 3: '', 4: '', 5: 'a' },
  3: { 1: 'r', 2: 'a', 4: '', 5: 'a' },
  4: {},
  5: { 2: 'b', 4: 'a' },
}

function refusedMove(order: SimOrder, from: string, to: string, now: number): string | null {
  const rule = MOVES[from]?.[to]
  if (rule === undefined) return `OrderStatus ${from} To ${to}`
  if (rule === 'a' && fieldOf(order, 'Suspect') === '1') return 'Suspect Order'
  if (rule === 'b' && !isCardOrStore(fieldOf(order, 'PayMethod'))) return 'PayMethod'
  const today = toRfc3339(new Date(now)).slice(0, 10)
  return rule === 'r' && fieldOf(order, 'ReleaseDate') <= today ? 'ReleaseDate' : null
}

/** Completing right after shipping may fail. */
function tooSoon({ settings }: UpdateTools, order: SimOrder, to: string, now: number): string | null {
  const changedAt = Date.parse(fieldOf(order, 'LastUpdateTime'))
  const fresh = now - changedAt < settings.completeAfterShipSeconds * 1000
  return to === '5' && fieldOf(order, 'ShipStatus') === '3' && fresh ? 'ShipStatus' : null
}

const isCardOrStore = (method: string) => method === 'payment_a1' || /^payment_[b-e]\d+$/.test(method)

function consequences(given: XmlElement, to: string, now: number): Record<string, string> {
  if (to === '4') {
    const detail = textAt(given, 'CancelReasonDetail') ?? ''
    return { CancelReason: textAt(given, 'CancelReason') || '210', CancelReasonDetail: detail }
  }
  if (to !== '5') return {}
  return {
    SettleStatus: '5',
    IsGetPointFixAll: 'true',
    IsRoyaltyFix: 'true',
    RoyaltyFixTime: toRfc3339(new Date(now)),
  }
}

/** Carrier and convenience-store payments that were paid must be given back by the store. */
function warningsOf(order: SimOrder, to: string): Warning[] {
  const refund = ['payment_a6', 'payment_a7', 'payment_a9', 'payment_a10', 'payment_a11']
  const paid = fieldOf(order, 'PayStatus') === '1'
  return to === '4' && paid && refund.includes(fieldOf(order, 'PayMethod')) ? [{ code: 'od91123' }] : []
}
