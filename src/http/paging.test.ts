import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { decodeCursor, encodeCursor, pageById, pageOf } from './paging.ts'
import { CutLater } from './schemas.ts'
import { buildServer } from './server.ts'

const Position = z.tuple([z.string(), z.number()])

test('a cursor comes back as it went out', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (text, number) => {
      expect(decodeCursor(encodeCursor([text, number]), Position)).toEqual([text, number])
    }),
  )
})

test('anything else is refused by name and never throws otherwise', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        decodeCursor(text, Position)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).fields).toMatchObject([{ field: 'cursor', code: 'invalid_cursor' }])
      }
    }),
  )
})

test.each(['asc', 'desc'] as const)('pages by id show each row once, %s', async (direction) => {
  const sign = direction === 'asc' ? 1 : -1
  const all = Array.from({ length: 7 }, (_, n) => ({ id: `01990000-0000-7000-8000-00000000000${n}` }))
  const rows = all.toSorted((a, b) => sign * a.id.localeCompare(b.id))
  const seen: { id: string }[] = []
  for (let cursor: string | undefined | null; cursor !== null; ) {
    const page = await pageById(
      direction,
      { cursor, limit: 3 },
      async ({ id: { gt, lt }, orderBy, take, behind }) => {
        expect([orderBy, gt ?? lt ?? null]).toEqual([{ id: direction }, behind])
        return rows
          .filter(({ id }) => (gt === undefined || id > gt) && (lt === undefined || id < lt))
          .slice(0, take)
      },
    )
    seen.push(...page.rows)
    cursor = page.nextCursor
  }
  expect(seen).toEqual(rows)
  await expect(
    pageById(direction, { cursor: encodeCursor(['x']), limit: 3 }, async () => []),
  ).rejects.toMatchObject({ fields: [{ code: 'invalid_cursor' }] })
})

test('walking all pages shows each row once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }), (count, limit) => {
      const all = Array.from({ length: count }, (_, index) => index)
      const seen: number[] = []
      let after = -1
      for (;;) {
        const page = pageOf(all.filter((row) => row > after).slice(0, limit + 1), limit, (row) => [row])
        seen.push(...page.rows)
        if (page.nextCursor === null) break
        ;[after] = decodeCursor(page.nextCursor, z.tuple([z.number()]))
      }
      expect(seen).toEqual(all)
    }),
  )
})

const Rows = z.array(z.object({ id: z.string().optional(), value: z.int() }))

async function listServer(rows: () => z.infer<typeof Rows>) {
  return buildServer({
    log: pino({ level: 'silent' }),
    newId: () => 'r',
    authenticate: async () => ({
      kind: 'client',
      tenantId: 't',
      apiKeyId: 'k',
      role: 'owner',
      shopIds: null,
    }),
    clientRoutes: [
      (app) => {
        const schema = { response: { 200: z.object({ rows: Rows, nextCursor: CutLater }) } }
        app.get('/rows', { schema }, async () => ({ rows: rows(), nextCursor: null }))
      },
    ],
    operatorRoutes: [],
    readiness: {},
    version: '0',
    documented: false,
    metrics: { contentType: 'text/plain', metrics: async () => '' },
  })
}

test('a list that its route answers whole is whole without a limit, and is walked like any other', async () => {
  let rows: z.infer<typeof Rows> = []
  const app = await listServer(() => rows)
  const get = async (query: string) =>
    app.inject({ url: `/v1/rows${query}`, headers: { authorization: 'Bearer k' } })
  const ask = async (limit: number, cursor: string | null) =>
    (await get(`?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)).json()
  for (const named of [true, false]) {
    rows = Array.from({ length: 7 }, (_, value) => ({ ...(named ? { id: `id ${value}` } : {}), value }))
    expect((await get('')).json()).toEqual({ rows, nextCursor: null })
    for (const limit of [1, 2, 3, 7, 8]) {
      const seen: unknown[] = []
      let cursor: string | null = null
      do {
        const page: { rows: unknown[]; nextCursor: string | null } = await ask(limit, cursor)
        seen.push(...page.rows)
        cursor = page.nextCursor
      } while (cursor !== null)
      expect([limit, seen]).toEqual([limit, rows])
    }
  }
  // Rows that go between two pages, the last one that was sent among them, hide no other.
  rows = Array.from({ length: 5 }, (_, value) => ({ id: `id ${value}`, value }))
  const { nextCursor } = await ask(3, null)
  rows = rows.slice(1)
  expect((await ask(3, nextCursor)).rows.map(({ value }: { value: number }) => value)).toEqual([3, 4])
  rows = [0, 1, 3, 4].map((value) => ({ id: `id ${value}`, value }))
  expect((await ask(3, nextCursor)).rows.map(({ value }: { value: number }) => value)).toEqual([3, 4])
  for (const wrong of ['?limit=0', '?limit=x', '?cursor=x', `?cursor=${encodeCursor([-1, null])}`, '?page=2'])
    expect([wrong, (await get(wrong)).statusCode]).toEqual([wrong, 422])
  await app.close()
})
