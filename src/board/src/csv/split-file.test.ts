import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeCp932, readCsv } from '../../../platform/csv.ts'
import { askInParts, partsByOrder, previewInParts, splitFile, toPart } from './split-file.ts'

const HEAD = '"お客様管理番号","伝票番号"'
const number = (index: number) => `4000000${String(index).padStart(5, '0')}`
const file = (count: number) =>
  [
    HEAD,
    ...Array.from({ length: count }, (_, index) => `T${String(index).padStart(9, '0')},${number(index)}`),
  ].join('\r\n')
const LIMITS = { rows: 1_000_000, line: 20_000 }

/** As the service answers: rows by the reader that it has, one order for every pair of lines. */
const service = (asked: string[][]) => (part: Uint8Array) => {
  const [, ...rows] = readCsv(part, LIMITS)
  asked.push(rows.map(({ cells }) => cells[1] ?? ''))
  const read = rows.map(({ line, cells }) => ({
    line,
    orderId: `o${Math.floor(Number((cells[0] ?? '').slice(1)) / 2)}`,
    trackingNumber: cells[1] ?? '',
  }))
  return Promise.resolve({ ready: read.length, requested: 0, refused: 0, rows: read })
}

test('titles and names go in front of each part, and each line keeps its number in the whole file', async () => {
  const text = `出荷履歴一覧,\r\n\r\n${HEAD}\r\n"T000000001","4000\n1"\r\nT000000002,400000000002\r\n`
  const split = splitFile(encodeCp932(text), 1)
  expect([split.head.length, split.rows.map(({ line }) => line)]).toEqual([2, [5, 6]])
  const part = toPart(split.head, split.rows.slice(1))
  const rows = readCsv(part.bytes, LIMITS)
  expect(rows.map(({ cells }) => cells[0])).toEqual(['出荷履歴一覧', 'お客様管理番号', 'T000000002'])
  expect(rows.map(({ line }) => part.lines.get(line))).toEqual([1, 3, 6])
  // A file without names has no head.
  expect(splitFile(encodeCp932('T000000001,0,,400000000002\r\n'), 0).head).toEqual([])
  const { rows: told } = await askInParts(
    split.head.slice(1),
    [split.rows.slice(0, 1), split.rows.slice(1)],
    service([]),
    () => undefined,
  )
  expect(told.map(({ line }) => line)).toEqual([5, 6])
})

test('a file of one call goes as it is, though its last line looks like names', () => {
  const split = splitFile(encodeCp932('受注番号,送り状番号\r\n250-1234567-1,400000000002\r\nx,1\r\n'), 500)
  expect([split.head.length, split.rows.length]).toEqual([0, 3])
})

test('no order is divided among two parts, and each line is in one', async () => {
  const asked: string[][] = []
  const progress: string[] = []
  const { parts, read } = await previewInParts(
    splitFile(encodeCp932(file(1_201)), 401),
    401,
    service(asked),
    (done, of) => progress.push(`${done}/${of}`),
  )
  expect(read.rows.map(({ line }) => line)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 2))
  expect(parts.every(({ length }) => length <= 401)).toBe(true)
  const partOf = new Map(parts.flatMap((part, at) => part.map(({ line }) => [line, at] as const)))
  for (const { line, orderId } of read.rows)
    for (const other of read.rows.slice(line - 3, line + 1))
      if (other.orderId === orderId) expect(partOf.get(other.line)).toBe(partOf.get(line))
  expect(progress.slice(0, 3)).toEqual(['0/3', '1/3', '2/3'])
  expect(asked.slice(3).flat().toSorted()).toEqual(Array.from({ length: 1_201 }, (_, index) => number(index)))
})

test('a hundred thousand lines go in parts of five hundred, each line and each order in one of them', async () => {
  const of = 100_000
  const asked: number[] = []
  const progress: string[] = []
  // The two lines of an order are as far apart as can be.
  const orderOf = (key: string) => `o${Number(key.slice(1)) % (of / 2)}`
  const text = new TextDecoder()
  const ask = (part: Uint8Array) => {
    const [, ...rows] = text.decode(part).trimEnd().split('\r\n')
    asked.push(rows.length)
    const read = rows.map((row, at) => {
      const [key = '', trackingNumber = ''] = row.split(',')
      return { line: at + 2, orderId: orderOf(key), trackingNumber }
    })
    return Promise.resolve({ ready: read.length, requested: 0, refused: 0, rows: read })
  }
  const split = splitFile(new TextEncoder().encode(file(of)), 500)
  const { parts, read } = await previewInParts(split, 500, ask, (done, all) =>
    progress.push(`${done}/${all}`),
  )
  expect(read.ready).toBe(of)
  expect(
    read.rows.every(({ line, trackingNumber }, at) => line === at + 2 && trackingNumber === number(at)),
  ).toBe(true)
  // Once as the file stands, once by orders: each with its own progress.
  expect(asked).toEqual(Array.from({ length: 400 }, () => 500))
  expect(progress).toEqual(Array.from({ length: 400 }, (_, at) => `${at % 200}/200`))
  const partOf = new Map(parts.flatMap((part, at) => part.map(({ line }) => [line, at] as const)))
  expect(partOf.size).toBe(of)
  for (let line = 2; line < of / 2 + 2; line += 1)
    if (partOf.get(line) !== partOf.get(line + of / 2)) throw new Error(`line ${line} is parted`)
})

test('what a spreadsheet made of all numbers joins nothing; one number filled down stays within each call', async () => {
  const rows = Array.from({ length: 1_201 }, (_, index) => ({ line: index + 1, bytes: new Uint8Array() }))
  const readAs = (number: string) => rows.map(({ line }) => ({ line, orderId: `o${line % 600}`, number }))
  for (const number of ['4.00E+11', '4E+11', '400000000002']) {
    const parts = partsByOrder(rows, readAs(number), 500)
    expect(
      parts
        .flat()
        .map(({ line }) => line)
        .toSorted((a, b) => a - b),
    ).toEqual(rows.map(({ line }) => line))
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(500)
      // A single line under a number is one that nobody would know to stand elsewhere, too.
      expect(part.length).toBeGreaterThan(1)
    }
    const orders = parts.map((part) => new Set(part.map(({ line }) => line % 600)))
    expect(orders.reduce((sum, { size }) => sum + size, 0)).toBe(600)
  }
})

test('one number filled down is on more than one order in each part, however many lines an order has', () => {
  fc.assert(
    fc.property(fc.integer({ min: 501, max: 1_600 }), fc.integer({ min: 1, max: 3 }), (count, each) => {
      const rows = Array.from({ length: count }, (_, index) => ({ line: index + 1, bytes: new Uint8Array() }))
      const orderOf = (line: number) => `o${Math.floor((line - 1) / each)}`
      const read = rows.map(({ line }) => ({ line, orderId: orderOf(line), number: '400000000002' }))
      const parts = partsByOrder(rows, read, 500)
      expect(parts.flat().length).toBe(count)
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(500)
        expect(new Set(part.map(({ line }) => orderOf(line))).size).toBeGreaterThan(1)
      }
    }),
    { examples: [[502, 2]], numRuns: 40 },
  )
})

test('one number on two orders stands in one part, where it is noticed', () => {
  const rows = Array.from({ length: 6 }, (_, index) => ({ line: index + 1, bytes: new Uint8Array() }))
  const read = rows.map(({ line }) => ({
    line,
    orderId: `o${line}`,
    number: line === 1 || line === 6 ? '400000000002' : `${line}`,
  }))
  const [first] = partsByOrder(rows, read, 3)
  expect(first?.map(({ line }) => line)).toEqual([1, 6, 2])
})

test('a hundred thousand lines of one order are joined at once', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ line: index + 1, bytes: new Uint8Array() }))
  const read = rows.map(({ line }) => ({ line, orderId: 'o', number: `${line % 7}` }))
  expect(partsByOrder(rows, read, 500)).toHaveLength(1)
})
