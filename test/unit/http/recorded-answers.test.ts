import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { isSameShape, recordAnswers, shortened } from '../../support/http/recorded-answers.ts'

const OLD = {
  id: 'a',
  at: null,
  orders: [{ number: '1', total: 5 }],
  csv: 'number,total\n1,5\n',
  mallFields: { couponKey: 'y' },
}

it.each<[string, unknown, boolean]>([
  ['other values', { ...OLD, id: 'b', orders: [{ number: '2', total: 7 }] }, true],
  ['an empty list', { ...OLD, orders: [] }, true],
  ['other fields of a mall’s own', { ...OLD, mallFields: { nickname: 'x' } }, true],
  ['a value where there was null', { ...OLD, at: '2026-01-01' }, true],
  ['a null where there was a value', { ...OLD, id: null }, true],
  ['another type', { ...OLD, id: 1 }, false],
  ['a field more', { ...OLD, more: 1 }, false],
  ['a field more in a list', { ...OLD, orders: [{ number: '2', total: 7, tax: 1 }] }, false],
  ['the fields in another order', { at: null, id: 'b', orders: [], csv: OLD.csv, mallFields: {} }, false],
  ['other numbers in a text of lines', { ...OLD, csv: 'number,total\n23,7\n' }, true],
  ['other texts in a text of lines', { ...OLD, csv: 'number,total\nx,"y"\n' }, true],
  ['another column in a text of lines', { ...OLD, csv: 'number,tax,total\n1,1,5\n' }, false],
])('%s', (_what, answer, expected) => {
  expect(isSameShape(OLD, answer)).toBe(expected)
})

it('takes a list with something in it for the same as one that was empty', () => {
  expect(isSameShape({ ...OLD, orders: [] }, OLD)).toBe(true)
})

it.each([
  ['{"id":"a","at":1}\n', '{"id":"b","at":2}\n{"id":"c","at":3}\n', true],
  ['{"id":"a","at":1}\n', '{"id":"b","on":2}\n', false],
  ['id: 1\nevent: board\ndata: {"staged":8}\n', 'id: 22\nevent: board\ndata: {"staged":0}\n', true],
  ['id: 1\nevent: board\ndata: {"staged":8}\n', 'id: 1\nevent: gap\ndata: {"staged":8}\n', false],
])('compares lines of JSON and events by their names: %j, %j', (old, answer, expected) => {
  expect(isSameShape(old, answer)).toBe(expected)
})

it('keeps an answer of the same shape, takes another, and forgets what is no longer answered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-recorded-'))
  const file = pathToFileURL(join(folder, 'answers.json'))
  try {
    await recordAnswers(file, { gone: {}, listOrders: OLD, getOrder: { id: 'a' } })
    await recordAnswers(file, { listOrders: { ...OLD, id: 'b' }, getOrder: { id: 'c', version: 1 } })
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      listOrders: OLD,
      getOrder: { id: 'c', version: 1 },
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('cuts lists to two, but the values of a schema, among which its default is', () => {
  const schema = { type: 'string', enum: ['8', '10', ''], default: '' }
  const answer = {
    orders: [1, 2, 3],
    settingsSchema: { properties: { rate: schema }, required: ['a', 'b', 'c'] },
  }
  expect(shortened(answer)).toEqual({
    orders: [1, 2],
    settingsSchema: { properties: { rate: schema }, required: ['a', 'b', 'c'] },
  })
})
