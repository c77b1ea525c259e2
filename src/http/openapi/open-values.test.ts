import { expect, test } from 'vitest'
import type { OpenApiDocument, OpenApiSchema } from './model.ts'
import { openAnswers } from './open-values.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: OpenApiSchema, more = {}) => ({ 'application/json': { schema, ...more } })

const DOCUMENT: OpenApiDocument = {
  paths: {
    '/v1/orders': {
      post: {
        requestBody: {
          content: json({ type: 'object', properties: { mall: ref('Mall'), detail: ref('Detail') } }),
        },
        responses: {
          '200': { content: json(ref('Order'), { example: { enum: ['yahoo', 'rakuten'] } }) },
        },
      },
    },
  },
  components: {
    schemas: {
      Mall: { type: 'string', enum: ['yahoo', 'rakuten'], description: 'Mall (モール)' },
      State: { type: 'string', enum: ['open', 'shipped'] },
      Order: {
        type: 'object',
        properties: {
          mall: { description: 'Where', ...ref('Mall') },
          state: ref('State'),
          kind: { type: 'string', enum: ['order'] },
          level: { type: 'integer', enum: [1, 2] },
          detail: ref('Detail'),
        },
      },
      Detail: { type: 'object', properties: { paid: ref('Paid') } },
      Paid: { type: 'string', enum: ['card', 'cash'] },
    },
  },
}

test('values of answers are open and named, those that are sent closed, and examples are data', () => {
  const before = structuredClone(DOCUMENT)
  const { paths, components } = openAnswers(DOCUMENT)
  expect(components?.schemas).toEqual({
    Mall: before.components?.schemas?.Mall,
    MallValue: {
      type: 'string',
      description: 'Mall (モール) Known: yahoo, rakuten. More values may come (値は追加されることがあります)',
      'x-known-values': ['yahoo', 'rakuten'],
    },
    State: {
      type: 'string',
      description: 'Known: open, shipped. More values may come (値は追加されることがあります)',
      'x-known-values': ['open', 'shipped'],
    },
    Order: {
      type: 'object',
      properties: {
        mall: { description: 'Where', ...ref('MallValue') },
        state: ref('State'),
        kind: { type: 'string', enum: ['order'] },
        level: { type: 'integer', enum: [1, 2] },
        detail: ref('Detail'),
      },
    },
    // Read and sent back by the same class.
    Detail: before.components?.schemas?.Detail,
    Paid: {
      type: 'string',
      description: 'Known: card, cash. More values may come (値は追加されることがあります)',
      'x-known-values': ['card', 'cash'],
    },
  })
  const post = paths['/v1/orders']?.post
  expect(post?.requestBody).toEqual(before.paths['/v1/orders']?.post?.requestBody)
  expect(post?.responses['200']?.content?.['application/json']?.example).toEqual({
    enum: ['yahoo', 'rakuten'],
  })
})
