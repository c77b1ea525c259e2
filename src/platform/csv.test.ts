import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CsvError,
  cp932Length,
  csvLines,
  decodeCp932,
  encodeCp932,
  foldForCp932,
  guardFormula,
  missingInCp932,
  readCsv,
  streamCsv,
  UTF8_BOM,
} from './csv.ts'

const LIMITS = { rows: 100, line: 2_000 }
const cellsOf = (text: string) => readCsv(Buffer.from(text), LIMITS).map(({ cells }) => cells)

describe('CP932', () => {
  test('has the letters that names need, and names those it lacks', () => {
    expect(missingInCp932('髙橋﨑①ｱ㈱')).toEqual([])
    expect(missingInCp932('𠮷野家😀𠮷')).toEqual(['𠮷', '😀'])
    expect(missingInCp932('\ud800')).toEqual(['\ud800'])
  })

  test('takes a sign by whichever code point it comes', () => {
    expect(foldForCp932('10〜12 1−2‐3–4—5 か\u3099 ¥')).toBe('10～12 1－2-3-4―5 が ￥')
    expect(missingInCp932(foldForCp932('〜−‐–—‖¥‾'))).toEqual([])
  })

  test('is one line, with a full-width blank between names as it was', () => {
    expect(foldForCp932(' 山田　花子\r\n様\t \u0000x ')).toBe('山田　花子 様 x')
  })

  test('what is not missing comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = foldForCp932(text)
        const missing = new Set(missingInCp932(folded))
        const kept = [...folded].filter((sign) => !missing.has(sign)).join('')
        expect(decodeCp932(encodeCp932(kept))).toBe(kept)
        expect(folded).not.toMatch(/[\r\n\t]/)
      }),
    )
  })

  test('counts bytes', () => expect(cp932Length('東京ｱa')).toBe(6))
})

describe('reading', () => {
  test('takes CP932 and UTF-8, with and without a mark at the start', () => {
    const text = '"お客様管理番号",伝票番号\r\nT1, 4000 \r\n\r\n"a""b",2\r\n'
    const rows = [
      ['お客様管理番号', '伝票番号'],
      ['T1', '4000'],
      ['a"b', '2'],
    ]
    for (const bytes of [Buffer.from(text), Buffer.from(UTF8_BOM + text), encodeCp932(text)]) {
      expect(readCsv(bytes, LIMITS).map(({ cells }) => cells)).toEqual(rows)
    }
    expect(readCsv(Buffer.from(text), LIMITS).map(({ line }) => line)).toEqual([1, 2, 4])
  })

  test.each([
    ['an open quotation mark', Buffer.from('a,b\n"c,d\ne,f\n')],
    ['a line without end', Buffer.from('x'.repeat(5_000))],
    ['more rows than are taken', Buffer.from('a\n'.repeat(101))],
    ['neither encoding', Buffer.from([0x82, 0x20, 0xff, 0xfe])],
  ])('refuses %s in Japanese', (_, bytes) => {
    expect(() => readCsv(bytes, LIMITS)).toThrow(CsvError)
    expect(() => readCsv(bytes, LIMITS)).toThrow(/ください|ありません/)
  })

  test('reads what was written', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.trim())
    // A row of one empty cell is an empty line.
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 20 })
    fc.assert(
      fc.property(rows, fc.constantFrom('needed' as const, 'all' as const), (written, quoting) => {
        fc.pre(!written[0]?.[0]?.startsWith('\ufeff'))
        expect(cellsOf(csvLines(written, quoting))).toEqual(written)
      }),
    )
  })
})

describe('a file that breaks', () => {
  const LINES = '品名,JAN\r\n'
  test.each([
    ['a mark of quotation within a cell', 'フック "L",1\r\n', '2行目', 'セルの途中'],
    ['a list in JSON', '["2026-02-30","a"]', '2行目', 'セルの途中'],
    ['letters behind a closing mark', '"L"x,1\r\n', '2行目', '引用符'],
    ['an open mark', '"L,1\r\n', '', '閉じ忘れ'],
  ])('%s is told, whole and in pieces', async (_, row, line, words) => {
    const bytes = Buffer.from(LINES + row)
    const whole = await failureOf(async () => readCsv(bytes, LIMITS))
    const pieces = await failureOf(async () => {
      for await (const _batch of streamCsv(inBytes(bytes), 'utf-8', LIMITS));
    })
    for (const error of [whole, pieces]) {
      expect(error.message).toContain(words)
      if (line !== '') expect(`${error.line}行目`).toBe(line)
    }
  })

  test('whatever the bytes are, nothing but a CsvError comes of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'"",\r\n\t ab=あ\ufeff'), maxLength: 60 }), (text) => {
        try {
          readCsv(Buffer.from(text), LIMITS)
        } catch (error) {
          expect(error).toBeInstanceOf(CsvError)
        }
      }),
    )
  })
})

async function failureOf(run: () => Promise<unknown>): Promise<CsvError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof CsvError) return error
    throw error
  }
  throw new Error('was read')
}

async function* inBytes(bytes: Uint8Array) {
  for (const byte of bytes) yield Uint8Array.of(byte)
}

describe('a formula', () => {
  test.each(['=1+1', '+81', '-1', '@SUM(A1)', ' =x', '\t=x', '＝HYPERLINK'])('%s becomes text', (cell) => {
    expect(guardFormula(cell)).toBe(`'${cell}`)
  })
  test.each(['‐1+cmd|x', '﹣1', '–1', '−1', '\u0001=x', '\u0085=x', '\u200b=x', '\ufeff=x'])(
    '%j becomes one in CP932, and text',
    (cell) => {
      expect(guardFormula(cell)).toBe(`'${cell}`)
      expect(foldForCp932(guardFormula(cell))).not.toMatch(/^[=+\-@＝＋－＠]/)
    },
  )
  test.each(['山田', '1-2', '', "'=x"])('%s is none', (cell) => expect(guardFormula(cell)).toBe(cell))
})
