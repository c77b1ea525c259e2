import { expect, test } from 'vitest'
import { fillExamples } from './document.ts'
import type { OpenApiDocument, OpenApiOperation } from './model.ts'

const operation = (operationId: string, more: Partial<OpenApiOperation> = {}): OpenApiOperation => ({
  operationId,
  responses: {},
  parameters: [{ name: 'id', in: 'path' }],
  ...more,
})

const body = () => ({ content: { 'application/json': { examples: { example1: { value: 'as written' } } } } })

const document = (): OpenApiDocument => ({
  paths: {
    '/v1/things/{id}': { get: operation('getThing'), delete: operation('deleteThing') },
    '/v1/things/{id}/parts': { post: operation('addPart', { requestBody: body() }) },
    '/v1/others/{id}': { put: operation('putOther', { requestBody: body() }) },
  },
})

const examplesOf = (filled: OpenApiDocument) =>
  Object.fromEntries(
    Object.values(filled.paths)
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId, parameters }) => [operationId, parameters?.[0]?.example]),
  )

test('an id goes to every operation of its collection, unless an operation has its own', () => {
  const filled = fillExamples(document(), {
    ids: { things: 'a-thing' },
    parameters: { deleteThing: { id: 'may-be-deleted' }, putOther: { size: 'no such parameter' } },
  })
  expect(examplesOf(filled)).toEqual({
    getThing: 'a-thing',
    addPart: 'a-thing',
    deleteThing: 'may-be-deleted',
    putOther: undefined,
  })
})

test('bodies replace the written examples, the first one first', () => {
  const filled = fillExamples(document(), { bodies: { addPart: [{ n: 1 }, { n: 2 }], putOther: [{ n: 3 }] } })
  const media = (path: string, method: string) =>
    filled.paths[path]?.[method]?.requestBody?.content['application/json']
  expect(media('/v1/things/{id}/parts', 'post')).toEqual({
    examples: { example1: { value: { n: 1 } }, example2: { value: { n: 2 } } },
  })
  expect(media('/v1/others/{id}', 'put')).toEqual({ example: { n: 3 } })
})

test('without examples the document stays as it is', () => {
  expect(fillExamples(document(), {})).toEqual(document())
})
