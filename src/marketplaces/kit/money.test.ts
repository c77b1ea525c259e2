import { describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../port/order.ts'
import { checkSums, type SumCheck, sumOf } from './money.ts'

const line = (patch: Partial<NormalisedOrder['items'][number]> = {}) =>
  ({
    lineId: '1',
    recipientId: 'r',
    unitPrice: 10,
    quantity: 1,
    deleted: false,
    ...patch,
  }) as NormalisedOrder['items'][number]

const orderOf = (items: NormalisedOrder['items']) =>
  ({ items, recipients: [{ id: 'r' }] }) as unknown as NormalisedOrder

const sum = (expected: number | null, actual: number | null): SumCheck => ({
  code: 'TOTAL_DIFFERS',
  field: 'totals.total',
  label: '合計',
  expected,
  actual,
})

describe('checkSums', () => {
  it('says nothing of what fits or cannot be compared', () => {
    const sums = [sum(100, 100), sum(null, 100), sum(100, null), sum(0, 0)]
    expect(checkSums(orderOf([line(), line({ lineId: '2' })]), sums)).toEqual([])
  })

  it('names both amounts of a difference, in Japanese', () => {
    const [warning] = checkSums(orderOf([]), [sum(1234, 1000)])
    expect(warning).toMatchObject({
      code: 'TOTAL_DIFFERS',
      field: 'totals.total',
      expected: 1234,
      actual: 1000,
    })
    expect(warning?.message).toContain('1,234円')
    expect(warning?.message).toContain('1,000円')
  })

  it.each<[string, Partial<NormalisedOrder['items'][number]>, string[]]>([
    ['a negative price', { unitPrice: -1 }, ['NEGATIVE_PRICE']],
    ['no quantity', { quantity: 0 }, ['QUANTITY_NOT_POSITIVE']],
    ['no quantity on a removed line', { quantity: 0, deleted: true }, []],
    ['a recipient that is not there', { recipientId: 'x' }, ['RECIPIENT_MISSING']],
  ])('warns of %s', (_name, patch, codes) => {
    const warnings = checkSums(orderOf([line(patch)]), [])
    expect(warnings.map((warning) => warning.code)).toEqual(codes)
  })

  it('says which line, counted from one, and which field', () => {
    const strange = checkSums(
      orderOf([
        line(),
        line({ lineId: '2', unitPrice: -5, quantity: -1 }),
        line({ lineId: '3', recipientId: 'x' }),
      ]),
      [],
    )
    expect(strange.map(({ field, message }) => [field, message.slice(0, 3)])).toEqual([
      ['items[1].unitPrice', '2行目'],
      ['items[1].quantity', '2行目'],
      ['items[2]', '3行目'],
    ])
    expect(checkSums(orderOf([line({ unitPrice: 0 })]), [])).toEqual([])
    expect(checkSums(orderOf([line(), line()]), [])[0]?.message).toContain('2行目の明細ID')
  })

  it('warns of a line id given twice', () => {
    expect(checkSums(orderOf([line(), line()]), []).map((warning) => [warning.code, warning.field])).toEqual([
      ['LINE_ID_TWICE', 'items[1]'],
    ])
  })
})

describe('sumOf', () => {
  it('adds up, 0 for nothing', () => {
    expect(sumOf([], () => 5)).toBe(0)
    expect(sumOf([1, 2, 3], (value) => value * 2)).toBe(12)
  })
})
