import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fits, layOut, toFullWidth, tooLongPiece } from './cells.ts'
import type { Measure } from './format.ts'

const wide = (most: number): Measure => ({ by: 'wide', most })
const three = [wide(16), wide(16), wide(16)]

describe('an address in three cells of sixteen', () => {
  test.each([
    [
      ['東京都千代田区丸の内1-2-3', 'ビル5階'],
      ['東京都千代田区丸の内1-2-3', 'ビル5階', ''],
    ],
    [
      ['東京都新宿区西新宿2丁目8番1号', '都庁第一本庁舎45階'],
      ['東京都新宿区西新宿2丁目8番1号', '都庁第一本庁舎45階', ''],
    ],
    // The house number stays together, in the next cell.
    [
      ['神奈川県横浜市都筑区茅ケ崎中央1234-56', ''],
      ['神奈川県横浜市都筑区茅ケ崎中央', '1234-56', ''],
    ],
    [
      ['北海道札幌市中央区北一条西2丁目', 'グランド大通 札幌 A-1203号室'],
      ['北海道札幌市中央区北一条西2丁目', 'グランド大通 札幌', 'A-1203号室'],
    ],
  ])('%j', (parts, cells) => expect(layOut(parts, three)).toEqual(cells))

  test('the building goes on behind the number where it would need a cell too many', () => {
    expect(layOut(['東京都港区1-1', 'ABC 12345678901234 12345678901234'], three)).toEqual([
      '東京都港区1-1 ABC',
      '12345678901234',
      '12345678901234',
    ])
  })

  test('what has no break is told, not cut', () => {
    const parts = ['東京都港区1-1', 'グランドメゾンレジデンスタワーズ東京']
    expect(layOut(parts, three)).toBeNull()
    expect(tooLongPiece(parts, three)).toBe('グランドメゾンレジデンスタワーズ東京')
  })

  test('more than there is room for', () => {
    expect(
      layOut(
        ['あ い う え お', 'か'].map((text) => text.replaceAll(' ', ' 0000000000 ')),
        three,
      ),
    ).toBeNull()
  })
})

test('nothing is lost, no cell is too long, and no number is in two', () => {
  const sign = fc.constantFrom(...'東京都港区丁目番地号の1234567890-－ABCｱ 　ハイツ室棟')
  const part = fc.string({ unit: sign, maxLength: 40 }).map((text) => text.replace(/[ 　]+/g, ' ').trim())
  const cells = fc.array(fc.integer({ min: 4, max: 32 }).map(wide), { minLength: 1, maxLength: 4 })
  const plain = (text: string) => text.replace(/[ 　]/g, '')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), cells, (parts, measures) => {
      const laid = layOut(parts, measures)
      if (laid === null) return
      expect(laid).toHaveLength(measures.length)
      expect(plain(laid.join(''))).toBe(plain(parts.join('')))
      for (const [index, text] of laid.entries()) expect(fits(measures[index] as Measure, text)).toBe(true)
      for (const word of parts.join(' ').split(/[ 　]/)) {
        for (const [number] of word.matchAll(/\d+(?:[-－]\d+)*/g)) {
          expect(laid.some((text) => text.includes(number))).toBe(true)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('full-width: kana with their marks are one letter', () => {
  expect(toFullWidth('ｶﾞﾊﾟｱ A-1 1F')).toBe('ガパア　Ａ－１　１Ｆ')
})
