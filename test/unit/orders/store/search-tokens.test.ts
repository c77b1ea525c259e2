import { describe, expect, it } from 'vitest'
import {
  foldedNames,
  itemsText,
  normaliseName,
  notePhraseOf,
  notePhrases,
  phoneDigits,
  searchTokens,
} from '../../../../src/orders/store/search-tokens.ts'
import { sampleOrder, testSealer } from '../../../support/fixtures.ts'

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
      'prefecture',
      'recipient',
      'recipient',
    ])
  })

  it('has none for a recipient whom the buyer’s name finds, and folds what people cannot type', () => {
    const order = sampleOrder('1')
    const called = (name: string, recipient: string) => {
      const recipients = order.recipients.map((one) => ({
        ...one,
        person: { ...one.person, familyName: recipient },
      }))
      const buyer = { ...order.buyer, familyName: name }
      return searchTokens(testSealer, 'a', { ...order, buyer, recipients }).map(({ kind }) => kind)
    }
    const more = (kinds: string[]) => kinds.filter((kind) => kind === 'buyer_fold' || kind === 'recipient')
    expect(more(called('髙橋', '高橋'))).toEqual([])
    expect(more(called('吉田', '𠮷田'))).toEqual([])
    expect(more(called('𠮷田', '吉田'))).toEqual(['buyer_fold', 'buyer_fold'])
  })

  it.each([
    ['𠮷田', '吉田'],
    ['斎藤', '齋藤'],
    ['渡邊', '渡邉'],
    ['嶋﨑', '島崎'],
    ['廣澤', '広沢'],
  ])('%s is found as %s, and the other way', (one, other) => {
    expect(foldedNames(one)).toEqual(foldedNames(other))
    expect(foldedNames(one)).toHaveLength(1)
  })

  it('has a memo’s words and runs of four at most, and is bounded however long the memo is', () => {
    const phrases = notePhrases('お電話済。のし変更 ＡＢＣ-12')
    expect(phrases).toEqual(expect.arrayContaining(['電話', '電話済', 'ノシ', 'ノシ変更', 'abc-12']))
    expect(phrases).not.toContain('。')
    expect([notePhraseOf('のし変更'), notePhraseOf('abc - 12')]).toEqual(['ノシ変更', 'abc-12'])
    expect(notePhrases('東京 大阪 '.repeat(5_000)).length).toBeLessThanOrEqual(240)
    expect([notePhrases(null), notePhrases(' 。、'), notePhraseOf('。')]).toEqual([[], [], '。'])
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
