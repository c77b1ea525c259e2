import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNumberFinder, matchesPattern, parseNumberPattern } from './numbers.ts'
import { normaliseText } from './rules.ts'

const matches = (pattern: string, text: string) => {
  const parsed = parseNumberPattern(pattern)
  return parsed === null ? null : matchesPattern(text, parsed)
}

describe('a number pattern', () => {
  it.each([
    ['#########', '300000001', true],
    ['#########', '30000001', false],
    ['#{9}', '300000001', true],
    ['#{8-10}', '30000001', true],
    ['#{8-10}', '3000000001', true],
    ['#{8-10}', '3000001', false],
    ['#{8-10}', '30000000001', false],
    ['74#{5-7}', '7412345', true],
    ['74#{5-7}', '7512345', false],
    ['#{2-4}9', '1239', true],
    ['#{2-4}9', '12399', true],
    ['#{2-4}9', '123999', false],
    ['WM-#{6}', 'wm-123456', true],
    ['ＷＭ－＃｛６｝', 'WM-123456', true],
    ['#', '', false],
  ])('%s and %s: %s', (pattern, text, fits) => expect(matches(pattern, text)).toBe(fits))

  it.each([
    ['nothing', ''],
    ['blanks', '  '],
    ['no digit', 'WM-'],
    ['two ranges', '#{1-9}-#{1-9}'],
    ['a range backwards', '#{9-1}'],
    ['none at all', '#{0}'],
    ['more than a number has', '#{41}'],
    ['more than a pattern has', '#'.repeat(41)],
    ['an expression', '(a+)+$'],
    ['a class', '[0-9]+'],
    ['an open brace', '#{8'],
    ['an inner blank', '# #'],
  ])('is none: %s', (_name, pattern) => expect(parseNumberPattern(pattern)).toBeNull())

  it('matches what it describes, and its text alone', () => {
    const part = fc.oneof(
      fc.constantFrom('#', '7', 'a', '-').map((text) => ({ text, sample: text.replace('#', '5') })),
      fc.integer({ min: 1, max: 6 }).map((n) => ({ text: `#{${n}}`, sample: '5'.repeat(n) })),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(part, { maxLength: 3 }),
        (before, least, more, after) => {
          const join = (key: 'text' | 'sample', middle: string) =>
            before.map((one) => one[key]).join('') + middle + after.map((one) => one[key]).join('')
          const pattern = join('text', `#{${least}-${least + more}}`)
          for (let count = least; count <= least + more; count += 1)
            expect(matches(pattern, join('sample', '5'.repeat(count)))).toBe(true)
          expect(matches(pattern, join('sample', '5'.repeat(least + more + 20)))).toBe(false)
          expect(matches(pattern, `${join('sample', '5'.repeat(least))}x`)).toBe(false)
        },
      ),
    )
  })
})

const find = (text: string, labels = ['注文番号', 'orderId'], patterns = ['#{8-10}']) => [
  ...createNumberFinder(labels, patterns).find(normaliseText(text)),
]

describe('numbers behind a label', () => {
  it.each([
    ['注文番号：300000001', ['300000001']],
    ['【注文番号】300000001', ['300000001']],
    ['[注文番号]  300000001', ['300000001']],
    ['■ご注文番号　：　３０００００００01', ['3000000001']],
    ['注文番号\n\t300000001', ['300000001']],
    ['注 文 番 号 : 300000001', ['300000001']],
    ['注文番号は300000001です。', ['300000001']],
    ['注文番号は：「300000001」', ['300000001']],
    ['注文番号 No.300000001', ['300000001']],
    ['注文番号：№300000001', ['300000001']],
    ['注文番号：#300000001', ['300000001']],
    ['| 注文番号 | 300000001 |', ['300000001']],
    ['> 注文番号：300000001', ['300000001']],
    ['*注文番号*：*300000001*', ['300000001']],
    ['https://x.example/?ORDERID=300000001&a=1', ['300000001']],
    ['注文番号：300000001、300000002 / 300000003', ['300000001', '300000002', '300000003']],
    [
      '注文番号：300000001\n注文番号：300000002\n注文番号：300000001',
      ['300000001', '300000002', '300000001'],
    ],
    ['注文番号：300000001件名', []],
    ['注文番号：12345678円', []],
    ['注文番号：03-0000-0000', []],
    ['注文番号：300000001-1', []],
    ['注文番号：300000001234', []],
    ['注文番号：1234567', []],
    ['注文番号：abc300000001', []],
    ['注文番号：なし 取引ナンバー：700000001', []],
    ['ロットナンバー：500000001', []],
    ['電話番号：0300000000', []],
    ['300000001', []],
  ])('%s', (text, numbers) => expect(find(text)).toEqual(numbers))

  it('takes labels and patterns as they are typed', () => {
    expect(find('ご購入ＩＤ(管理用)＝ WM-123456', ['ご購入ID(管理用)'], ['WM-#{6}'])).toEqual(['WM-123456'])
    expect(find('a.c 12345678 abc 12345678', ['a.c'])).toEqual(['12345678'])
    expect(find('(a+)+ 12345678', ['(a+)+'])).toEqual(['12345678'])
  })

  it('leaves unusable ones out', () => {
    expect(find('注文番号：12345678', [], ['#{8}'])).toEqual([])
    expect(find('注文番号：12345678', ['', ' ', 'あ'.repeat(41)], ['#{8}'])).toEqual([])
    expect(find('注文番号：12345678', ['注文番号'], ['(bad', ''])).toEqual([])
  })

  it('stays quick on any text, whatever the labels and patterns', () => {
    const labels = fc.array(
      fc.string({ unit: fc.constantFrom(...'aA1 *+(){}\\^$注文番号'), maxLength: 40 }),
      {
        maxLength: 50,
      },
    )
    const patterns = fc.array(fc.string({ unit: fc.constantFrom(...'#{}-0123456789a+*()'), maxLength: 40 }), {
      maxLength: 50,
    })
    const piece = fc.constantFrom('注文番号', 'a', ' '.repeat(90), '\n', '12345678', '-', '：', '、', '*')
    fc.assert(
      fc.property(labels, patterns, piece, piece, piece, (some, forms, ...pieces) => {
        const text = normaliseText(pieces.join('').repeat(2_000)).slice(0, 256 * 1024)
        const started = performance.now()
        for (const number of createNumberFinder([...some, '注文番号'], [...forms, '#{8-10}']).find(text))
          expect(number.length).toBeLessThanOrEqual(40)
        expect(performance.now() - started).toBeLessThan(2_000)
      }),
      { numRuns: 60 },
    )
  })
})
