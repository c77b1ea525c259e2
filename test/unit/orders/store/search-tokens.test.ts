import { describe, expect, it } from 'vitest'
import {
  itemsText,
  normaliseName,
  phoneDigits,
  searchTokens,
} from '../../../../src/orders/store/search-tokens.ts'
import { testSealer } from '../../../support/fixtures.ts'
import { sampleOrder } from '../../../support/malls/sample-order.ts'

describe('search tokens', () => {
  it.each([
    ['髙橋　花子', '高橋花子'],
    ['ﾀｶﾊｼ', 'タカハシ'],
    ['たかはし はなこ', 'タカハシハナコ'],
    ['ＳＭＩＴＨ', 'smith'],
    [null, ''],
  ])('a name: %s', (name, normal) => {
    expect(normaliseName(name)).toBe(normal)
  })

  it.each([
    ['03-1234-5678', '0312345678'],
    ['０９０（１２３４）５６７８', '09012345678'],
    ['+81 90-1234-5678', '09012345678'],
    ['+81(0)90 1234 5678', '09012345678'],
    [null, ''],
  ])('a phone: %s', (phone, digits) => {
    expect(phoneDigits(phone)).toBe(digits)
  })

  it('has each token once, differs by tenant, and holds nothing in clear', () => {
    const order = sampleOrder('1')
    const ours = searchTokens(testSealer, 'a', order)
    const theirs = searchTokens(testSealer, 'b', order)
    const hex = (tokens: typeof ours) =>
      tokens.map(({ kind, hash }) => `${kind} ${Buffer.from(hash).toString('hex')}`)
    expect(new Set(hex(ours)).size).toBe(ours.length)
    expect(hex(ours).filter((token) => hex(theirs).includes(token))).toEqual([])
    expect(ours.map(({ kind }) => kind).sort()).toEqual([
      'address',
      'name',
      'name',
      'name',
      'phone',
      'phone4',
    ])
  })

  it('leaves inscriptions out of the text of the items', () => {
    const order = sampleOrder('1')
    const items = order.items.map((item) => ({
      ...item,
      options: [{ name: '名入れ', value: '花子', price: null }],
    }))
    expect(itemsText({ ...order, items })).toBe('item-1\n抹茶セット\nitem-2')
  })
})
