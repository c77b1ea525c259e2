import { describe, expect, it } from 'vitest'
import { isReply, normaliseSubject, normaliseText } from './rules.ts'

describe('normaliseText', () => {
  it.each([
    ['full-width digits, letters, colons and blanks', '注文ＩＤ　：ａ－１２', '注文ID :a-12'],
    ['hyphens of all sorts', '1‐2‑3–4−5－6', '1-2-3-4-5-6'],
    ['half-width kana', 'ｶﾞｷﾞ', 'ガギ'],
    ['invisible characters', '\uFEFF1\u200B2\u00AD3', '123'],
    ['quote marks, nested, spaced and full-width', '> a\r\n>> b\n > > c\n＞ d\n| e', 'a\nb\nc\nd\ne'],
    ['asterisks around labels', '*注文ID：*x', ' 注文ID: x'],
  ])('evens out %s', (_name, text, expected) => {
    expect(normaliseText(text)).toBe(expected)
  })

  it('leaves the prolonged sound mark and the case of letters alone', () => {
    expect(normaliseText('オーダー Shop-A')).toBe('オーダー Shop-A')
  })
})

describe('normaliseSubject', () => {
  it('drops blanks, widths and case', () => {
    expect(normaliseSubject(' Fw: 【Ｙａｈｏｏ！ショッピング】　注文確認： ')).toBe(
      'fw:【yahoo!ショッピング】注文確認:',
    )
  })
})

describe('isReply', () => {
  it.each([
    ['Re: x', true],
    ['RE: Fw: x', true],
    ['返信：x', true],
    ['Re[2]: x', true],
    ['Fw: x', false],
    ['転送: Re: x', false],
    ['Fwd: Fw: x', false],
    ['Reform: x', false],
  ])('%s: %s', (subject, expected) => {
    expect(isReply(normaliseSubject(subject))).toBe(expected)
  })
})
