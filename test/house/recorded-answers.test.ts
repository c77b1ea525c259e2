import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'

/**
 * The examples of the document are answers that the demo gave: each must be of the shape that the document
 * promises.
 */

interface Media {
  schema?: object
  example?: unknown
}
const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, { content?: Record<string, Media> }> }>
  >
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(document, 'doc')

const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { operationId, responses }]) =>
    Object.entries(responses).flatMap(([status, { content }]) => {
      const media = content?.['application/json']
      if (!status.startsWith('2') || media === undefined) return []
      const pointer = ['paths', path, method, 'responses', status, 'content', 'application/json', 'schema']
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/')
      return [{ name: `${operationId} ${status}`, pointer, example: media.example }]
    }),
  ),
)

test.each(answers)('$name has an example of its own shape', ({ pointer, example }) => {
  expect(example).toBeDefined()
  const validate = ajv.compile({ $ref: `doc#/${pointer}` })
  validate(example)
  expect(validate.errors ?? []).toEqual([])
})
