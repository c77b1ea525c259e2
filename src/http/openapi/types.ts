/** As much of an OpenAPI document as is touched here. */
export interface OpenApiOperation {
  operationId?: string
  description?: string
  parameters?: {
    name: string
    in: string
    required?: boolean
    example?: unknown
    description?: string
    schema?: { $ref?: string }
  }[]
  requestBody?: { content: Record<string, { example?: unknown; examples?: unknown }> }
  responses: Record<string, unknown>
  security?: unknown[]
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>
  components?: {
    schemas?: Record<string, unknown>
    responses?: Record<string, unknown>
    [more: string]: unknown
  }
  [more: string]: unknown
}
