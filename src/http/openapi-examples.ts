import type { OpenApiDocument, OpenApiOperation } from './openapi-problems.ts'

export interface DocExamples {
  /** Id by the collection in the path: `{ shops: '0199…' }` fills `{id}` of /v1/shops/{id}. */
  ids?: Readonly<Record<string, string>>
  /** Body by operation id: `{ createMailbox: { host: … } }`. */
  bodies?: Readonly<Record<string, unknown>>
}

/** Puts what exists right now into the document, so that "Try it out" works without looking up an id first. */
export function fillExamples(document: OpenApiDocument, examples: DocExamples): OpenApiDocument {
  for (const [path, operations] of Object.entries(document.paths)) {
    const id = examples.ids?.[collectionOf(path)]
    for (const operation of Object.values(operations)) {
      if (id !== undefined) fillId(operation, id)
      const body = examples.bodies?.[operation.operationId ?? '']
      if (body !== undefined) fillBody(operation, body)
    }
  }
  return document
}

/** `shops` of `/v1/shops/{id}/test`. */
const collectionOf = (path: string): string => /\/([^/{}]+)\/\{id\}/.exec(path)?.[1] ?? ''

function fillId(operation: OpenApiOperation, id: string): void {
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'path' && parameter.name === 'id') parameter.example = id
  }
}

function fillBody(operation: OpenApiOperation, body: unknown): void {
  for (const media of Object.values(operation.requestBody?.content ?? {})) {
    delete media.examples
    media.example = body
  }
}
