import { describe, expect, test } from 'vitest'
import { type Checked, countLine, countOne, isWhole, linesOf, recipientOf, scanned, stopOf } from './check.ts'

const item = (lineId: string, quantity: number, more: object = {}) => ({
  lineId,
  recipientId: 'r1',
  deleted: false,
  name: `item ${lineId}`,
  options: [],
  quantity,
  itemCode: `code-${lineId}`,
  mallItemId: null,
  sku: null,
  merchantSku: null,
  jan: null,
  ...more,
})
const recipient = (id: string, ...numbers: string[]) => ({
  id,
  parcels: numbers.map((trackingNumber) => ({ trackingNumber })),
})
const order = (items: object[], more: object = {}) =>
  ({
    id: 'o1',
    orderNumber: 'A-1',
    status: 'ready_to_ship',
    mallState: 'open',
    holds: [],
    detail: { items, recipients: [recipient('r1')] },
    ...more,
  }) as unknown as Checked
const lines = (items: object[], find: Parameters<typeof linesOf>[1] = () => undefined) =>
  linesOf([{ order: order(items), recipientId: 'r1' }], find)

describe('codes', () => {
  test('are compared without width, case, and zeros that a UPC lacks', () => {
    expect(scanned('ａｂ－1 ')).toBe('AB-1')
    expect(scanned('0012345678905')).toBe(scanned('012345678905'))
    expect(scanned('007')).toBe('007')
  })

  test('count a line by its JAN, its own code or those of the item list', () => {
    const all = lines([item('1', 1, { jan: '4901234567894' }), item('2', 1), item('3', 1)], (_, lineId) =>
      lineId === '3' ? { code: 'OWN-3', shelf: 'A', jan: '49123456' } : undefined,
    )
    expect(all.map(({ key }) => key)).toEqual(['o1 3', 'o1 1', 'o1 2'])
    let counted: typeof all = all
    for (const code of ['4901234567894', 'CODE-2', '49123456']) {
      const next = countOne(counted, code)
      expect(next.result).toBe('counted')
      counted = [...next.lines]
    }
    expect(isWhole(counted)).toBe(true)
    expect(countOne(counted, 'own-3').result).toBe('too many')
    expect(countOne(counted, 'else').result).toBe('unknown')
  })

  test('of two lines with the same goods fill one after the other; of two sizes one must be named', () => {
    const twice = lines([
      item('1', 1, { jan: '49123456' }),
      item('2', 2, { jan: '49123456', itemCode: 'code-1' }),
    ])
    let now: readonly (typeof twice)[number][] = twice
    for (const _ of [1, 2, 3]) now = countOne(now, '49123456').lines
    expect([isWhole(now), countOne(now, '49123456').result]).toEqual([true, 'too many'])
    const sizes = lines([
      item('1', 1, { itemCode: 'tee', sku: '-s', name: 'S' }),
      item('2', 1, { itemCode: 'tee', sku: '-m', name: 'M' }),
    ])
    expect(countOne(sizes, 'tee').result).toBe('several')
    expect(countOne(sizes, 'tee-m').lines.map(({ counted }) => counted)).toEqual([0, 1])
  })

  test('by hand no line has more than was ordered, or less than nothing', () => {
    const [one] = lines([item('1', 2)])
    const all = one ? [one] : []
    expect(countLine(all, 'o1 1', 5)[0]?.counted).toBe(2)
    expect(countLine(all, 'o1 1', -1)[0]?.counted).toBe(0)
  })
})

test('lines that were taken out, or go to others, are none of this parcel', () => {
  expect(lines([item('1', 1, { deleted: true }), item('2', 1, { recipientId: 'r2' })])).toEqual([])
  expect(isWhole([])).toBe(false)
})

test('the recipient is the one of the label or of the tracking number; a code of both names none', () => {
  const two = order([item('1', 1), item('2', 1, { recipientId: 'r2' })], {
    detail: {
      items: [item('1', 1), item('2', 1, { recipientId: 'r2' })],
      recipients: [recipient('r1', '4000-0000-0001'), recipient('r2', '400000000012')],
    },
  })
  expect(recipientOf(two, '400000000001', null)).toBe('r1')
  expect(recipientOf(two, '4000-0000-0012', null)).toBe('r2')
  expect(recipientOf(two, 'T0000', 'r2')).toBe('r2')
  expect(recipientOf(two, 'A-1', null)).toBeNull()
  expect(recipientOf(order([item('1', 1)]), 'A-1', null)).toBe('r1')
})

test.each([
  ['cancelled', { status: 'cancelled' }],
  ['cancelled', { mallState: 'cancelled', holds: ['unpaid'] }],
  ['cancelling', { cancelUnderWay: true, holds: ['unpaid'] }],
  ['held', { status: 'on_hold' }],
  ['held', { holds: ['fraud_check'] }],
  [null, {}],
])('%s', (stop, more) => {
  expect(stopOf([order([]), order([], more)])).toBe(stop)
})
