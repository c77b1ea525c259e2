import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import type { AppError } from '../platform/errors.ts'
import type { App } from './app-types.ts'
import { acceptJsonOnly, brokenPlace } from './bodies.ts'

test.each([
  ['{"a": }', 1, 7],
  ['{"name": "店",\n "code": }', 2, 10],
  ['{"a":1,}', 1, 8],
  ['[1,]', 1, 4],
  ['[1 2]', 1, 4],
  ['{a:1}', 1, 2],
  ["{'a':1}", 1, 2],
  ['{"a" 1}', 1, 6],
  ['{"a":01}', 1, 7],
  ['{"a":"開いたまま}', 1, 6],
  ['{"a":"\\x"}', 1, 6],
  ['{"a":TRUE}', 1, 6],
  ['{"a":1', 1, 7],
  ['{"a":1}\n}', 2, 1],
  ['{"a":[1}', 1, 8],
  ['', 1, 1],
  ['"𠮷𠮷" x', 1, 6],
])('%j breaks at line %i, column %i', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(brokenPlace(text)).toEqual({ line, column })
})

test('finds nothing wrong in what is JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent)
      expect(brokenPlace(`${text}!`)).toEqual(brokenPlace(text))
    }),
  )
})

test('a character too many is found where it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (list) => {
      const text = JSON.stringify(list)
      expect(brokenPlace(`${text.slice(0, -1)}?]`)?.column).toBe([...text].length)
    }),
  )
})

test('a megabyte of open brackets or of values is given up early, and one of text is no trouble', () => {
  const before = process.threadCpuUsage()
  for (const text of ['[', '[1,', '{"":', '1 ', '\n'])
    expect(brokenPlace(`[${text.repeat(400_000)}`)).toBeDefined()
  expect(brokenPlace('['.repeat(1_000_000))).toBeNull()
  expect(brokenPlace(`"${'\\n'.repeat(500_000)}" x`)?.column).toBe(1_000_004)
  // Work that is counted: 1.6 s before it was bounded, 0.05 s now.
  expect(process.threadCpuUsage(before).user).toBeLessThan(500_000)
})

test('a long body is read once others had their turn, a short one at once', async () => {
  const app = Fastify() as unknown as App
  const turn = Promise.withResolvers<void>()
  let asked = 0
  acceptJsonOnly(app, () => {
    asked += 1
    return turn.promise
  })
  app.post('/', async ({ body }) => String(body).length)
  const send = (text: string) =>
    app.inject({ method: 'POST', url: '/', payload: JSON.stringify(text), headers })
  const headers = { 'content-type': 'application/json' }
  const answered: string[] = []
  const long = send('x'.repeat(20_000)).then(({ body }) => answered.push(body))
  expect((await send('x')).body).toBe('1')
  await setImmediate()
  expect([asked, answered]).toEqual([1, []])
  turn.resolve()
  await long
  expect(answered).toEqual(['20000'])
  await app.close()
})

test('brackets in texts are none, however the texts end', async () => {
  const app = Fastify() as unknown as App
  acceptJsonOnly(app)
  app.post('/', async () => 'read')
  const statusOf = async (payload: string) =>
    (await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload }))
      .statusCode
  const deep = '['.repeat(100)
  for (const text of [deep, `"${deep}`, `\\${deep}`, `\\"${deep}\\`, `${deep}\\\\`, '"', '\\'])
    expect(await statusOf(JSON.stringify([text, text]))).toBe(200)
  for (const text of ['\\', '"\\\\', '[[']) {
    const json = `[${JSON.stringify(text)},${deep}${']'.repeat(100)}]`
    expect(JSON.parse(json)).toHaveLength(2)
    expect(await statusOf(json)).not.toBe(200)
  }
  const before = process.threadCpuUsage()
  expect(await statusOf(JSON.stringify('\\'.repeat(250_000)))).toBe(200)
  expect(await statusOf(JSON.stringify('"'.repeat(250_000)))).toBe(200)
  expect(process.threadCpuUsage(before).user).toBeLessThan(300_000)
  await app.close()
})

test('a list or an object with more members than any may have is refused before it is read', async () => {
  const app = Fastify() as unknown as App
  acceptJsonOnly(app)
  app.post('/', async () => 'read')
  app.setErrorHandler<AppError>(({ fields }, _request, reply) => reply.code(422).send(fields[0]?.code))
  const answerOf = async (payload: string) =>
    (await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload }))
      .body
  const list = (count: number) => `[${Array.from({ length: count }, (_, n) => n)}]`
  const object = (count: number) => `{${Array.from({ length: count }, (_, n) => `"${n},":1`)}}`
  expect(await answerOf(`[${list(10_000)},${object(10_000)},${list(10_000)}]`)).toBe('read')
  for (const many of [list(10_001), object(10_001), `[[],${list(10_001)}]`, `{"a":${object(10_001)}`])
    expect(await answerOf(many)).toBe('too_big')
  await app.close()
})
