/** As much of an OpenAPI document as is touched here, and ways through it. */

export interface OpenApiSchema {
  [word: string]: unknown
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  properties?: Record<string, OpenApiSchema>
  required?: string[] | undefined
  items?: OpenApiSchema
  propertyNames?: OpenApiSchema
  anyOf?: OpenApiSchema[]
  oneOf?: OpenApiSchema[]
  allOf?: OpenApiSchema[]
  additionalProperties?: boolean | OpenApiSchema
}

export interface OpenApiMedia {
  schema?: OpenApiSchema
  example?: unknown
  examples?: unknown
}

export interface OpenApiAnswer {
  $ref?: string
  description?: string
  headers?: Record<string, unknown>
  content?: Record<string, OpenApiMedia>
}

export interface OpenApiParameter {
  name: string
  in: string
  required?: boolean
  example?: unknown
  description?: string
  schema?: OpenApiSchema
}

export interface OpenApiOperation {
  operationId?: string
  deprecated?: boolean
  tags?: string[]
  summary?: string
  description?: string
  parameters?: OpenApiParameter[]
  requestBody?: { content: Record<string, OpenApiMedia> }
  responses: Record<string, OpenApiAnswer>
  security?: unknown[]
}

export interface OpenApiDocument {
  tags?: { name: string; description: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components?: {
    schemas?: Record<string, OpenApiSchema>
    responses?: Record<string, OpenApiAnswer>
    [more: string]: unknown
  }
  [more: string]: unknown
}

export interface PlacedOperation {
  path: string
  method: string
  operation: OpenApiOperation
}

export const operationsOf = ({ paths }: OpenApiDocument): PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** Names of the schemas that a part refers to, also by others. A discriminator's mapping is a use. */
export function schemasOf(part: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const used = new Set<string>()
  const waiting = [part]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
    for (const [, name = ''] of JSON.stringify(one).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      waiting.push(schemas[name] ?? null)
    }
  return used
}
