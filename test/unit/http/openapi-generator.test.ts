import { readFileSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import type { z } from 'zod'
import { toOpenApi30 } from '../../../src/http/openapi/to-3-0.ts'
import { withoutNulls } from '../../../src/http/validation.ts'
import { PullRequest } from '../../../src/orders/schemas.ts'
import { ChangeRequest } from '../../../src/site-changes/schemas.ts'
import {
  resolved,
  type Schema,
  type Schemas,
  sentByOpenApiGenerator,
} from '../../generators/openapi-generator.ts'

/** openapi-generator's clients by its rules, at the 3.0 document that they are made from. */

interface Document {
  components: { schemas: Schemas }
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>
}
const OPENAPI = JSON.parse(readFileSync('docs/openapi.json', 'utf8'))
const { components, paths } = toOpenApi30(OPENAPI) as unknown as Document
const { schemas } = components

/** Every schema of a request by its name, with those inside. */
function requestSchemas(): Map<string, Schema> {
  const found = new Map<string, Schema>()
  const add = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { $ref } = part as Schema
    const name = $ref?.split('/').at(-1) ?? ''
    if (name !== '' && !found.has(name)) {
      found.set(name, resolved(part as Schema, schemas))
      add(schemas[name])
    }
    Object.values(part).forEach(add)
  }
  for (const { requestBody } of Object.values(paths).flatMap((methods) => Object.values(methods)))
    add(requestBody?.content['application/json']?.schema)
  // The shapes of a choice extend it, and nothing else names them.
  for (const [name, { allOf = [] }] of Object.entries(schemas))
    if (allOf.some(({ $ref }) => found.has($ref?.split('/').at(-1) ?? '')))
      add({ $ref: `#/components/schemas/${name}` })
  return found
}
const requests = [...requestSchemas()]

test('no request has an optional field that a language with value types would invent', () => {
  expect(requests.length).toBeGreaterThan(60)
  const invented = requests.flatMap(([name, schema]) => {
    const sent = sentByOpenApiGenerator({ ...schema, required: [] }, {}, schemas) as Record<string, unknown>
    return Object.entries(sent)
      .filter(
        ([field, value]) =>
          (value === 0 || value === false) && !('default' in (schema.properties?.[field] ?? {})),
      )
      .filter(([field]) => !schema.required?.includes(field))
      .map(([field]) => `${name}.${field}`)
  })
  expect(invented).toEqual([])
})

test('what changes something has no defaults: a client that sends them would set them back', () => {
  const preset = requests.flatMap(([name, { properties = {} }]) =>
    Object.entries(properties).flatMap(([field, schema]) =>
      schema.default === undefined || !/Patch|^SiteChangeRequest/.test(name) ? [] : [`${name}.${field}`],
    ),
  )
  expect(preset).toEqual([])
})

const orderId = '0190a7c0-0000-7000-8000-000000000001'
const parcel = { carrier: 'yamato', trackingNumber: '400000000001' }
it.each<[string, z.ZodType, string, unknown, unknown]>([
  // Null is before the first batch, as is nothing.
  ['a pull', PullRequest, 'PullOrdersRequest', { limit: 10 }, { limit: 10, after: null }],
  ...[
    { action: 'ship', shippedOn: '2026-11-28', parcels: [parcel] },
    { action: 'change_content', buyerNote: '玄関前' },
    { action: 'complete' },
    { action: 'cancel', reason: 'out_of_stock' },
  ].map((change): [string, z.ZodType, string, unknown, unknown] => {
    const name = change.action.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())
    const asked = { orderId, ...change }
    return [change.action, ChangeRequest, `SiteChangeRequest${name}`, asked, { changes: [asked] }]
  }),
])('%s with all its unset fields null asks for what was set alone', (_what, schema, name, given, meant) => {
  const sent = sentByOpenApiGenerator({ $ref: `#/components/schemas/${name}` }, given, schemas) as object
  expect(Object.values(sent)).toContain(null)
  const body = schema === ChangeRequest ? { changes: [sent] } : sent
  expect(withoutNulls(schema, body)).toEqual(meant)
})

/**
 * An unset field of these empties something, so a client that sends nulls must not be used for them:
 * docs/client.md says so.
 */
test('the requests in which a null has a meaning of its own are these', () => {
  const isNull = (part: { type?: unknown; anyOf?: { type?: unknown }[] }): boolean =>
    [part, ...(part.anyOf ?? [])].some(
      ({ type }) => type === 'null' || (Array.isArray(type) && type.includes('null')),
    )
  const names = requests.flatMap(([name]) => {
    const { properties = {}, required = [] } = OPENAPI.components.schemas[name] ?? {}
    const optional = Object.entries(properties).filter(([field]) => !required.includes(field))
    return optional.some(([, field]) => isNull(field as object)) ? [name] : []
  })
  expect(names.filter((name) => !name.startsWith('OrderPatch')).sort()).toEqual([
    ...[
      'CreateBlockedBuyerRequest',
      'CreateMailboxRequest',
      'CreateTenantRequestLimits',
      'PasskeyAssertionInput',
    ],
    ...[
      'Person',
      'PullOrdersRequest',
      'RegisteredPasskeyInput',
      'SetOrderFormRequest',
      'SetPushSecretRequest',
      'ShownPasskeyInput',
      'SiteChangeRequestChangeContentRecipient',
      'UpdateContractPatch',
    ],
    ...['UpdateMailboxPatch', 'UpdateTenantPatch'],
  ])
})
