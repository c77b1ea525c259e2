import type { FieldReader } from '../../kit/field-reader.ts'
import { STATUSES } from '../codes.ts'
import type { ReadLine } from './to-items.ts'
import { type OrderCodes, toMallState } from './to-status.ts'

export interface FlagFacts {
  codes: OrderCodes
  order: FieldReader
  lines: readonly ReadLine[]
  gift: boolean
}

/** Marks for lists. The fields behind them stay where they are. */
export function toFlags({ codes, order, lines, gift }: FlagFacts): string[] {
  const cancelled = toMallState(codes) === 'cancelled'
  const marks: Readonly<Record<string, boolean>> = {
    cancelled_at_mall: cancelled,
    cancel_pending: codes.status === 'キャンセル受付中',
    partly_cancelled: !cancelled && lines.some(({ item }) => item.deleted),
    caution: codes.status === '審査NG',
    custom_status: codes.status !== '' && STATUSES[codes.status] === undefined,
    gift,
    reservation: codes.reservation,
    pickup: order.peek('senderShopCd') !== null || order.peek('senderShopCD') !== null,
    cross_border: order.peek('crossBorderEcTradeKbn') === 'R',
    remarks: !['なし', null].includes(order.peek('tradeRemarks')),
  }
  return Object.keys(marks).filter((mark) => marks[mark])
}
