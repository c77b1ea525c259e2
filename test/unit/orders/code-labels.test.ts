import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { labelsOf } from '../../../src/orders/order-json.ts'

test('every flag that the board has words for has one in the API', () => {
  const board = readFileSync('src/board/src/list/marks.tsx', 'utf8')
  const [, table = ''] = /const FLAGS[^=]*= new Map\(\[([\s\S]*?)\n\]\)/.exec(board) ?? []
  const flags = [...table.matchAll(/^ {2}\['(\w+)'/gm)].map(([, flag = '']) => flag)
  expect(flags.length).toBeGreaterThan(20)
  const { flags: labels } = labelsOf({ ...ORDER, flags })
  expect(labels.filter((label, index) => label === flags[index])).toEqual([])
})

test('a code that is not known stands for itself, whatever it is called', () => {
  const labels = labelsOf({ ...ORDER, holds: ['unpaid', 'new_hold'], paymentKind: 'valueOf' })
  expect(labels).toMatchObject({
    holds: ['未入金', 'new_hold'],
    paymentKind: 'valueOf',
    changeState: '変更中',
  })
})

const ORDER = {
  status: 'new',
  changeState: 'changing',
  mallState: 'open',
  paymentKind: null,
  holds: [] as string[],
  flags: [] as string[],
}
