import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Makes clients/postman/torikomi.postman_collection.json from docs/openapi.json, for Postman, Bruno and Insomnia. */

const DOCUMENT = new URL('../docs/openapi.json', import.meta.url)
export const COLLECTION = new URL('../clients/postman/torikomi.postman_collection.json', import.meta.url)

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  example?: unknown
  schema?: { default?: unknown; description?: string; examples?: unknown[] }
}

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
}

interface Document {
  info: { title: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}

export async function collection(): Promise<string> {
  const document = JSON.parse(await readFile(DOCUMENT, 'utf8')) as Document
  const requests = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags?.[0],
      item: requestOf(method, path, operation),
    })),
  )
  const folders = document.tags.map(({ name, description }) => ({
    ...{ name, description },
    item: requests.filter(({ tag }) => tag === name).map(({ item }) => item),
  }))
  const whole = {
    info: {
      name: document.info.title,
      description: document.info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiKey}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: 'http://127.0.0.1:3000' },
      { key: 'apiKey', value: '' },
      { key: 'operatorKey', value: '' },
    ],
    item: folders,
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

function requestOf(method: string, path: string, operation: Operation) {
  const of = (place: string) => (operation.parameters ?? []).filter((parameter) => parameter.in === place)
  const segments = path
    .split('/')
    .slice(1)
    .map((part) => part.replace(/^\{(\w+)\}$/, ':$1'))
  const media = operation.requestBody?.content['application/json']
  const body = media?.example ?? Object.values(media?.examples ?? {})[0]?.value
  return {
    name: operation.summary ?? path,
    request: {
      method: method.toUpperCase(),
      ...{ description: operation.description ?? '' },
      header: [
        // A new key each time it is sent.
        ...of('header').map((parameter) => ({
          ...entry(parameter),
          ...(parameter.name.toLowerCase() === 'idempotency-key' ? { value: '{{$guid}}' } : {}),
        })),
        ...(body === undefined ? [] : [{ key: 'content-type', value: 'application/json' }]),
      ],
      url: {
        raw: `{{baseUrl}}/${segments.join('/')}`,
        ...{
          host: ['{{baseUrl}}'],
          path: segments,
          query: of('query').map(entry),
          variable: of('path').map(entry),
        },
      },
      ...(path.startsWith('/v1/admin/')
        ? { auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{operatorKey}}', type: 'string' }] } }
        : {}),
      ...(body === undefined
        ? {}
        : {
            body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } },
          }),
    },
  }
}

const entry = ({ name, required, description, example, schema }: Parameter) => ({
  key: name,
  value: String(example ?? schema?.examples?.[0] ?? schema?.default ?? ''),
  description: description ?? schema?.description ?? '',
  ...(required ? {} : { disabled: true }),
})

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(COLLECTION, await collection())
