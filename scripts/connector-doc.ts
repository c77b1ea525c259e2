import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import * as contract from '../src/marketplaces/connector/contract.ts'

/**
 * The connector contract as OpenAPI 3.1, and its order as JSON Schema, of the schemas by which the service
 * reads a connector's answers: `npm run docs`.
 */

const ORDER = 'docs/connector-order.schema.json'
const DOCUMENT = 'docs/connector.openapi.json'

const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'input') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const NAMES = ['Capabilities', 'ListEntry', 'Order', 'Lookup', 'Change', 'Changed', 'Problem'] as const

const ref = (name: (typeof NAMES)[number]) => ({ $ref: `#/components/schemas/${name}` })
const list = (name: (typeof NAMES)[number]) => ({ type: 'array', items: ref(name) })
const answer = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
})
const asked = (name: (typeof NAMES)[number]) => ({
  required: true,
  content: { 'application/json': { schema: ref(name) } },
})
const number = { name: 'number', in: 'path', required: true, schema: { type: 'string' } }
const query = (name: string, description: string, required = true) => ({
  name,
  in: 'query',
  required,
  description,
  schema: { type: 'string' },
})
const problem = {
  description: 'One of the eleven words; 404 without one: the path is not implemented',
  content: { 'application/problem+json': { schema: ref('Problem') } },
}
const operation = (operationId: string, summary: string, ok: object, more: object = {}) => ({
  operationId,
  summary,
  ...more,
  responses: { 200: ok, default: problem },
})

const object = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

const page = object({
  orders: list('ListEntry'),
  cursor: { type: ['string', 'null'] },
  total: { type: 'integer', description: 'Orders of the whole window' },
})

export const connectorDocument = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Torikomi connector contract',
    version: '1',
    description:
      'Served by a shop, called by Torikomi. Each request is signed as Standard Webhooks says, over ' +
      '`METHOD /torikomi/v1/…\\n<body>`, or bears a token.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: 'https://shop.example.jp' }],
  security: [{ signature: [] }, { token: [] }],
  paths: {
    '/torikomi/v1': {
      get: operation('capabilities', 'What the shop can do', answer('ok', ref('Capabilities'))),
    },
    '/torikomi/v1/orders': {
      get: operation('listOrders', 'Orders placed in a window', answer('a page', page), {
        parameters: [
          query('since', 'RFC 3339; orders of this very moment are in the window'),
          query('until', 'RFC 3339; orders of this very moment are not'),
          query('cursor', 'Of the page before', false),
        ],
      }),
    },
    '/torikomi/v1/orders/lookup': {
      post: operation(
        'lookUpOrders',
        'Several by number; those that are not there are left out',
        answer('ok', object({ orders: list('Order') })),
        { requestBody: asked('Lookup') },
      ),
    },
    '/torikomi/v1/orders/{number}': {
      get: operation('getOrder', 'One by number', answer('ok', ref('Order')), { parameters: [number] }),
    },
    '/torikomi/v1/orders/{number}/changes': {
      post: operation('changeOrder', 'Carries a change out, once for each id', answer('ok', ref('Changed')), {
        parameters: [number, { name: 'idempotency-key', in: 'header', schema: { type: 'string' } }],
        requestBody: asked('Change'),
      }),
    },
  },
  components: {
    securitySchemes: {
      signature: { type: 'apiKey', in: 'header', name: 'webhook-signature' },
      token: { type: 'http', scheme: 'bearer' },
    },
    schemas: Object.fromEntries(NAMES.map((name) => [name, schemaOf(contract[name])])),
  },
})

export const connectorOrderSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Order of a Torikomi connector',
  ...schemaOf(contract.Order),
})

export const CONNECTOR_PAGES: readonly (readonly [string, () => object])[] = [
  [DOCUMENT, connectorDocument],
  [ORDER, connectorOrderSchema],
]

if (import.meta.main)
  for (const [path, make] of CONNECTOR_PAGES) await writeFile(path, `${JSON.stringify(make(), null, 2)}\n`)
