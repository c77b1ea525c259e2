import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { normaliseItemText, toItemParts } from '../../../src/orders/store/search-tokens.ts'
import { asTenant } from '../../../src/platform/db/tenant-scope.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId } from '../../support/fixtures.ts'
import { importBench } from '../../support/imports/import-bench.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const IN_SQL = `
select array(select distinct t from unnest(torikomi_item_tokens($1::uuid, $2, $3) || torikomi_number_tokens($1::uuid, $2, $4)) as t order by t) as wanted,
  array(select distinct hashtext($1::uuid::text || $2::text || part) as t from unnest(string_to_array($5, E'\\n')) as u (part) order by t) as made`

const letters = fc.oneof(
  fc.constantFrom(
    'a',
    'z',
    '0',
    '9',
    ' ',
    '\t',
    '\n',
    '#',
    '-',
    '鉢',
    '器',
    'ｶﾞ',
    'Ａ',
    '　',
    '𠮷',
    '👨‍👩‍👧',
    'é',
    'e\u0301',
  ),
  fc.string({ unit: 'binary', maxLength: 2 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
)
const line = fc.array(letters, { maxLength: 12 }).map((parts) => normaliseItemText(parts.join('')))
const itemsText = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'))
const orderNumber = fc.stringMatching(/^[A-Za-z0-9#-]{1,20}$/)

it('makes the tokens that a search looks for, and no search misses one', async () => {
  await fc.assert(
    fc.asyncProperty(itemsText, orderNumber, fc.nat(40_000), async (text, number, month) => {
      const { rows } = await database.pool.query<{ wanted: number[]; made: number[] }>(IN_SQL, [
        newId(),
        month,
        text,
        number,
        toItemParts(text, number),
      ])
      const [{ wanted, made } = { wanted: [], made: [] }] = rows
      expect(made).toEqual(wanted)
    }),
    { numRuns: 300 },
  )
})

const TOKENS = `select s.tokens, torikomi_item_tokens(o.tenant_id, torikomi_month(o.ordered_at), o.items_text)
    || torikomi_number_tokens(o.tenant_id, torikomi_month(o.ordered_at), o.order_number) as wanted
  from orders o left join order_item_search s on s.order_id = o.id where o.shop_id = $1`
const sorted = (tokens: number[]) => [...new Set(tokens)].sort((a, b) => a - b)

it('stores them with a staged order', async () => {
  const bench = await importBench(database)
  bench.mall.place('no-1')
  await bench.want(['no-1'])
  await bench.run()
  const { rows } = await database.pool.query<{ tokens: number[]; wanted: number[] }>(TOKENS, [bench.shopId])
  expect(rows).toHaveLength(1)
  for (const { tokens, wanted } of rows) expect(sorted(tokens)).toEqual(sorted(wanted))
})

it('leaves nothing of orders that are deleted, by a tenant’s request too', async () => {
  const bench = await importBench(database)
  bench.mall.place('no-3')
  await bench.want(['no-3'])
  await bench.run()
  await database.pool.query(`update orders set marks = '{duplicate}' where shop_id = $1`, [bench.shopId])
  const { rows } = await database.pool.query<{ id: string }>(
    'select id::text from orders where shop_id = $1',
    [bench.shopId],
  )
  const left = async () => {
    const of = { where: { orderId: { in: rows.map(({ id }) => id) } } }
    const { orderSearch, orderItemSearch, orderMark } = database.db
    return Promise.all([orderSearch.count(of), orderItemSearch.count(of), orderMark.count(of)])
  }
  expect(await left()).toEqual([expect.any(Number), 1, 1])
  await asTenant(bench.tenantId, () => database.db.order.deleteMany({ where: { shopId: bench.shopId } }))
  expect(await left()).toEqual([0, 0, 0])
})
