import { expect, test } from 'vitest'
import { marksOf, usualMarks, wordsBy } from './marks.tsx'

test('a flag stands beside the marks only when none of them says the same, and what needs a look comes first', () => {
  expect(
    marksOf({
      marks: ['repeat_buyer', 'rule:vip', 'remote_island', 'blocked_buyer', 'multi_recipient'],
      flags: ['gift', 'remote_area', 'multi_recipient', 'changed_at_mall'],
    }),
  ).toEqual([
    'blocked_buyer',
    'changed_at_mall',
    'rule:vip',
    'remote_island',
    'multi_recipient',
    'repeat_buyer',
    'gift',
  ])
})

test('an order from before there were marks shows all of its flags', () => {
  expect(marksOf({ marks: [], flags: ['express', 'remote_area'] })).toEqual(['express', 'remote_area'])
})

test('what nearly every order of a list has is usual, but never what needs a look, and nothing in a short list', () => {
  const order = (...marks: string[]) => ({ marks, flags: [] as string[] })
  const orders = Array.from({ length: 40 }, (_, n) =>
    order('repeat_buyer', 'blocked_buyer', ...(n % 2 === 0 ? ['buyer_note'] : [])),
  ) as never[]
  expect([...usualMarks(orders)]).toEqual(['repeat_buyer'])
  expect([...usualMarks(orders.slice(0, 19))]).toEqual([])
})

test('a tag of the shop at its cart is its own word, and its first letter the sign; an unknown code is a dot', () => {
  const wordOf = wordsBy(new Map([['rule:vip', '上客']]))
  expect(wordOf('#𠮷野 VIP')).toEqual({ sign: '𠮷', word: '𠮷野 VIP' })
  expect(wordOf('rule:vip')).toEqual({ sign: '上', word: '上客' })
  expect(wordOf('rule:gone')).toEqual({ sign: '●', word: 'rule:gone' })
})
