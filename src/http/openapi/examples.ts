import type { OpenApiDocument, OpenApiOperation } from './types.ts'

export interface DocExamples {
  /** Id by the collection in the path: `{ shops: '0199…' }` fills `{id}` of /v1/shops/{id}. */
  ids?: Readonly<Record<string, string>>
  /** By operation id and parameter name, before `ids`: `{ deleteShop: { id: '0199…' } }`. */
  parameters?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Bodies by operation id, the first one is what the page shows: `{ createMailbox: [{ host: … }] }`. */
  bodies?: Readonly<Record<string, readonly unknown[]>>
}

/** Puts what exists right now into the document, so that "Try it out" works without looking up an id. */
export function fillExamples(document: OpenApiDocument, examples: DocExamples): OpenApiDocument {
  for (const [path, operations] of Object.entries(document.paths)) {
    const id = examples.ids?.[collectionOf(path)]
    for (const operation of Object.values(operations)) {
      const name = operation.operationId ?? ''
      const values = { ...(id === undefined ? {} : { id }), ...examples.parameters?.[name] }
      fillParameters(operation, values)
      fillBody(operation, examples.bodies?.[name] ?? [])
    }
  }
  return document
}

/** `shops` of `/v1/shops/{id}/test`. */
const collectionOf = (path: string): string => /\/([^/{}]+)\/\{id\}/.exec(path)?.[1] ?? ''

function fillParameters(operation: OpenApiOperation, values: Readonly<Record<string, string>>): void {
  for (const parameter of operation.parameters ?? []) {
    const value = values[parameter.name]
    if (value !== undefined) parameter.example = value
  }
}

function fillBody(operation: OpenApiOperation, bodies: readonly unknown[]): void {
  if (bodies.length === 0) return
  for (const media of Object.values(operation.requestBody?.content ?? {})) {
    delete media.example
    delete media.examples
    if (bodies.length === 1) media.example = bodies[0]
    else media.examples = Object.fromEntries(bodies.map((value, index) => [`example${index + 1}`, { value }]))
  }
}
