import { expect, test } from 'vitest'
import { encodeCp932, readCsv } from '../platform/csv.ts'
import { createItemReader, fitsCheckDigit, itemKey, itemLines } from './item-file.ts'

function parse(text: string | Buffer) {
  const [head, ...rows] = readCsv(Buffer.from(text), { rows: 100, line: 5_000 })
  const reader = createItemReader(head)
  for (const row of rows) reader?.take(row)
  return reader?.file ?? null
}

test('columns are found by the names that programs give them, in CP932 too', () => {
  const text = 'ロケーションコード,"SKU",ＪＡＮコード,温度帯,品名\r\nA-01,Tee-WT,4901234567894,冷蔵,衣類\r\n'
  for (const bytes of [Buffer.from(text), encodeCp932(text)])
    expect(parse(bytes)).toMatchObject({
      items: [
        {
          key: 'tee-wt',
          code: 'Tee-WT',
          shelf: 'A-01',
          goodsName: '衣類',
          temperature: 'cool',
          jan: '4901234567894',
        },
      ],
      faults: [],
    })
  expect(parse('棚番,JAN\nA-01,\n')).toBeNull()
  const { has = () => null } = parse('商品コード,棚番\nx,1\n') ?? {}
  expect([has('shelf'), has('jan')]).toEqual([true, false])
})

test('each fault is told by its row', () => {
  const file = parse(
    [
      '商品コード,棚番,品名,温度帯,JAN',
      ',A,,,',
      `a,${'棚'.repeat(31)},,,`,
      `b,,${'衣'.repeat(26)},,`,
      'c,,𠮷野,,',
      'd,,,ぬるい,',
      'e,,,,4.90123E+12',
      'f,,,,901234567894',
      'g,,,,4901234567893',
      'Ｇ,,,,',
      '4.9E+12,,,,',
      `${'x'.repeat(101)},,,,`,
    ].join('\n'),
  )
  expect(file?.faults.map(({ line, code }) => `${line} ${code}`)).toEqual([
    ...[
      '2 REQUIRED',
      '3 TOO_LONG',
      '4 TOO_LONG',
      '5 NOT_IN_CP932',
      '6 UNKNOWN',
      '7 EXPONENT',
      '8 CHECK_DIGIT',
    ],
    ...['9 CHECK_DIGIT', '10 ROW_TWICE', '11 EXPONENT', '12 TOO_LONG'],
  ])
  expect(file?.faults[8]?.message).toContain('9行目')
})

test('an exported list is read as it was, zeros and signs included', () => {
  const items = [
    {
      code: '0600001',
      shelf: '=A1',
      goodsName: '衣類',
      temperature: 'frozen' as const,
      jan: '0012345678905',
    },
    { code: '-m', shelf: '001', goodsName: '', temperature: '' as const, jan: '' },
    { code: 'a,"b"', shelf: '@x', goodsName: '', temperature: 'normal' as const, jan: '49123456' },
  ]
  const text = itemLines(items, true)
  // No cell that a spreadsheet would run, but for texts of digits.
  expect(text).toContain('"=""0600001"""')
  expect(text).toContain("'-m")
  expect(parse(text)).toMatchObject({
    items: items.map((item) => ({ ...item, key: itemKey(item.code) })),
    faults: [],
  })
})

test('check digits of JAN, UPC and GTIN', () => {
  expect(['4901234567894', '49123456', '012345678905', '14901234567891'].map(fitsCheckDigit)).toEqual([
    ...[true, true, true, true],
  ])
  expect(['4901234567895', '49123457'].map(fitsCheckDigit)).toEqual([false, false])
})
