import type { FieldReader } from './read-fields.ts'
import type { OrderCodes } from './to-status.ts'

export interface FlagFacts {
  codes: OrderCodes
  order: FieldReader
  ship: FieldReader
  gift: boolean
  subscription: string | null
}

/** Marks for lists. The fields behind them stay in mallFields too. */
export function toFlags({ codes, order, ship, gift, subscription }: FlagFacts): string[] {
  const yes = (name: string) => order.peek(name) === 'true' || order.peek(name) === '1'
  const marks: [string, boolean][] = [
    ['cancelled_at_mall', codes.status === '4'],
    ['split_source', codes.split],
    ['split_child', order.peek('ParentOrderId') !== null],
    ['caution', codes.prank || codes.fraudHold === '3'],
    ['read_only', codes.readOnly],
    ['drug', yes('IsFirstClassDrugIncludes')],
    ['gift', gift],
    ['multi_ship', yes('IsMultiShip')],
    ['auction', yes('IsYahooAuctionOrder')],
    ['line_gift', yes('IsLineGiftOrder')],
    ['social_gift', !['0', null].includes(order.peek('SocialGiftType'))],
    ['subscription', subscription === 'true'],
    ['pickup', ship.peek('ReceiveShopCode') !== null || ship.peek('ShipCompanyCode') === '5001'],
  ]
  return marks.filter(([, set]) => set).map(([name]) => name)
}
