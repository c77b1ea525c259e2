import { afterAll, beforeAll, expect, it } from 'vitest'
import type { App, ClientRole } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import { savedViewRoutes } from '../../../src/orders/saved-views.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import { newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let app: App
const hanako = newId()
const taro = newId()

beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
  const other = await importBench(database)
  const at = new Date()
  for (const id of [hanako, taro])
    await database.db.staffAccount.create({
      data: {
        id,
        tenantId: bench.tenantId,
        role: 'staff',
        sealedName: new Uint8Array(1),
        createdAt: at,
        updatedAt: at,
      },
    })
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => {
      const [who = '', role = 'staff'] = key.split('.') as [string, ClientRole?]
      const tenantId = who === 'other' ? other.tenantId : bench.tenantId
      return who === 'key' || who === 'other'
        ? { kind: 'client', tenantId, role, apiKeyId: 'a', shopIds: null }
        : { kind: 'client', tenantId, role, accountId: who }
    },
    clientRoutes: [savedViewRoutes(bench.deps)],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
})
afterAll(async () => {
  await app?.close()
  await database.close()
})

async function call(key: string, method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object) {
  const reply = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { payload: body }),
  })
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
}

const namesOf = async (key: string) =>
  (await call(key, 'GET', '/views')).body.views.map(({ name }: { name: string }) => name)

it('follows a person everywhere, and is all people’s where it is said so', async () => {
  const mine = await call(hanako, 'PUT', '/views', {
    name: '山田商店の急ぎ',
    query: { status: 'auto_imported', hold: 'false', sort: 'oldest' },
  })
  expect(mine.body).toMatchObject({ shared: false, count: null, query: { hold: 'false' } })
  await call(taro, 'PUT', '/views', { name: '発送待ち', query: { tracking: 'none' }, shared: true })
  expect(await namesOf(hanako)).toEqual(['山田商店の急ぎ', '発送待ち'])
  expect([await namesOf(taro), await namesOf('key')]).toEqual([['発送待ち'], ['発送待ち']])
  expect(await namesOf('other')).toEqual([])
  const again = await call(hanako, 'PUT', '/views', { name: '山田商店の急ぎ', query: {} })
  expect(again.body).toMatchObject({ id: mine.body.id, query: {} })
  const gone = await call(taro, 'DELETE', `/views/${mine.body.id}`)
  expect([gone.status, (await namesOf(hanako)).length]).toEqual([404, 2])
  await call(hanako, 'DELETE', `/views/${mine.body.id}`)
  expect(await namesOf(hanako)).toEqual(['発送待ち'])
  // Names that staff give may be a buyer's.
  expect(await dumpDatabase(database.url)).not.toContain('発送待ち')
})

it('counts what fits when it is asked to', async () => {
  const wanted = numbers(3)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  await call(hanako, 'PUT', '/views', { name: '未取込', query: { status: 'auto_imported' } })
  await call(hanako, 'PUT', '/views', { name: '送り状あり', query: { tracking: 'some' } })
  const { body } = await call(hanako, 'GET', '/views?counts=true')
  expect(body.views).toMatchObject([
    { name: '発送待ち', count: 3, countIsCapped: false },
    { name: '未取込', count: 3 },
    { name: '送り状あり', count: 0 },
  ])
})

it('refuses what names a buyer, what nobody knows, and what the role does not allow', async () => {
  const save = (key: string, query: object, shared = false) =>
    call(key, 'PUT', '/views', { name: '条件', query, shared })
  for (const query of [{ buyer: '山田' }, { phone: '0001' }, { email: 'a@example.jp' }, { status: 'none' }])
    expect((await save(hanako, query)).status, JSON.stringify(query)).toBe(422)
  expect((await save(`${hanako}.read_only`, {})).status).toBe(200)
  expect((await save(`${hanako}.read_only`, {}, true)).body.code).toBe('FORBIDDEN')
  const [all] = (await call('key', 'GET', '/views')).body.views
  expect((await call(`${hanako}.read_only`, 'DELETE', `/views/${all.id}`)).status).toBe(403)
  expect((await save('key', {})).body.errors).toMatchObject([{ field: 'shared' }])
})

it('keeps fifty a person', async () => {
  const answers = await Promise.all(
    Array.from({ length: 52 }, (_, at) => call(taro, 'PUT', '/views', { name: `${at}`, query: {} })),
  )
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(2)
  expect((await call(taro, 'PUT', '/views', { name: '条件', query: {}, shared: true })).status).toBe(200)
})
