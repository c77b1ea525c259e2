import { describe, expect, it } from 'vitest'
import { decideMails, mailNotArriving } from './take.ts'

const NOW = 1_000_000_000
const order = (minutesAgo: number, mailed = false) => ({
  mailed,
  listedAt: new Date(NOW - minutesAgo * 60_000),
})

describe('whether mails arrive', () => {
  it.each([
    ['three in a row without one', [order(10), order(20), order(30)], 'missing'],
    ['only two', [order(10), order(20)], 'unknown'],
    ['one of three is too young', [order(9), order(20), order(30)], 'unknown'],
    ['one of the newest three has one', [order(10), order(20, true), order(30)], 'arriving'],
    ['the newest has one, young as it is', [order(1, true), order(20), order(30), order(40)], 'arriving'],
    ['mails stopped after the fourth', [order(10), order(20), order(30), order(40, true)], 'missing'],
    ['no order', [], 'unknown'],
  ])('%s', (_, orders, expected) => {
    expect(decideMails(orders, NOW)).toBe(expected)
  })

  it('says where to look at that mall', () => {
    const { message } = mailNotArriving({ mailHelp: '店舗管理の「通知先」を確認してください。' })
    expect(message).toContain('店舗管理の「通知先」を確認してください。迷惑メール')
  })
})
