import { describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../port/order.ts'
import { parcelProblems } from './plans.ts'

const order = (recipients: string[], quantities: number[]) =>
  ({
    recipients: recipients.map((id) => ({ id })),
    items: quantities.map((quantity, index) => ({
      lineId: String(index + 1),
      quantity,
      deleted: quantity === 0,
    })),
  }) as NormalisedOrder
const line = (lineId: string, quantity: number) => ({ lineId, quantity })

describe('recipients', () => {
  it.each([
    ['the only one, left out', ['7'], [{}, {}]],
    ['the only one, named', ['7'], [{ recipientId: '7' }]],
    ['each of two', ['7', '8'], [{ recipientId: '8' }, { recipientId: '7' }]],
    ['one of two', ['7', '8'], [{ recipientId: '8' }]],
    ['none known', [], [{ recipientId: '8' }]],
  ])('fit: %s', (_, recipients, parcels) => {
    expect(parcelProblems(order(recipients, [1]), parcels)).toEqual([])
  })

  it('are told with what is there and what to do', () => {
    expect(parcelProblems(order(['7', '8'], [1]), [{ recipientId: '7' }, {}, { recipientId: '9' }])).toEqual([
      {
        field: '[1].recipientId',
        code: 'required',
        message: '送付先が2件ある注文です。個口ごとに送付先ID（7、8）を指定してください。',
      },
      {
        field: '[2].recipientId',
        code: 'not_found',
        message: expect.stringMatching(/^この注文にない送付先IDです（この注文の送付先ID: 7、8）。.*再取込/),
      },
    ])
  })

  it('that nothing can be sent to count for nothing', () => {
    const active = ({ id }: { id: string }) => id !== '7'
    expect(parcelProblems(order(['7', '8'], [1]), [{}], active)).toEqual([])
    expect(parcelProblems(order(['7', '8'], [1]), [{ recipientId: '7' }], active)).toMatchObject([
      { field: '[0].recipientId', code: 'not_found' },
    ])
  })

  it('are listed up to ten', () => {
    const many = Array.from({ length: 300 }, (_, index) => `r${index}`)
    const [problem] = parcelProblems(order(many, [1]), [{}])
    expect(problem?.message).toContain('r9 など300件')
    expect(problem?.message).not.toContain('r10')
  })
})

describe('contents', () => {
  it.each([
    ['all in two parcels', [{ lines: [line('1', 2)] }, { lines: [line('1', 1), line('2', 1)] }]],
    ['the rest in the one without', [{ lines: [line('1', 3)] }, {}]],
    ['less than all', [{ lines: [line('1', 1)] }]],
  ])('fit: %s', (_, parcels) => {
    expect(parcelProblems(order(['7'], [3, 1]), parcels)).toEqual([])
  })

  it.each([
    [
      'a line that is not there',
      [{ lines: [line('1', 1), line('4', 1)] }],
      '[0].lines[1].lineId',
      'not_found',
    ],
    ['a line that was deleted', [{ lines: [line('3', 1)] }], '[0].lines[0].lineId', 'not_found'],
    ['too many', [{ lines: [line('1', 4)] }], '[0].lines[0].quantity', 'too_big'],
    [
      'too many in all parcels',
      [{ lines: [line('1', 2)] }, { lines: [line('1', 2)] }],
      '[1].lines[0].quantity',
      'too_big',
    ],
    ['nothing left', [{}, { lines: [line('1', 3), line('2', 1)] }], '[0].lines', 'invalid'],
  ])('do not fit: %s', (_, parcels, field, code) => {
    expect(parcelProblems(order(['7'], [3, 1, 0]), parcels)).toEqual([
      { field, code, message: expect.stringMatching(/ください。$/) },
    ])
  })
})
