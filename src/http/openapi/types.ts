/** As much of an OpenAPI document as is touched here. */
export interface OpenApiSchema {
  [word: string]: unknown
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  properties?: Record<string, OpenApiSchema>
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
