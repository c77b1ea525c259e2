import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { CONNECTOR_PAGES, connectorOrderSchema } from '../../scripts/connector-doc.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test.each(CONNECTOR_PAGES)('%s is as `npm run docs` makes it', (path, make) => {
  expect(read(path)).toBe(`${JSON.stringify(make(), null, 2)}\n`)
})

test('the example of clients/connector is an order by the published schema', () => {
  const ajv = new Ajv2020({ strict: false })
  formats.default(ajv)
  const validate = ajv.compile(connectorOrderSchema())
  const { orders } = JSON.parse(read('clients/connector/example.json'))
  expect(orders.map((order: object) => validate(order) || validate.errors)).toEqual([true])
  expect(validate({ ...orders[0], total: '3850' })).toBe(false)
})

test('the reference connector has at most 150 lines and needs no package', () => {
  const text = read('clients/connector/connector.mjs')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name)
  expect(imported.length).toBeGreaterThan(2)
  expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([])
})
