/**
 * Calls an operation as the documentation page would: with the values that the document itself gives as
 * examples.
 */

export interface DocumentedOperation {
  operationId: string
  method: string
  path: string
  parameters: {
    name: string
    in: string
    required?: boolean
    example?: unknown
    schema?: { default?: unknown }
  }[]
  bodies: unknown[]
  /** Statuses that the document names. */
  statuses: string[]
}

interface Operation {
  operationId: string
  parameters?: DocumentedOperation['parameters']
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
  responses: Record<string, unknown>
}

export async function readOperations(baseUrl: string): Promise<DocumentedOperation[]> {
  const answer = await fetch(`${baseUrl}/openapi.json`)
  const document = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operationId: operation.operationId,
      parameters: operation.parameters ?? [],
      bodies: bodiesOf(operation),
      statuses: Object.keys(operation.responses),
    })),
  )
}

function bodiesOf({ requestBody }: Operation): unknown[] {
  const media = requestBody?.content['application/json']
  if (!media) return []
  return media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example]
}

/** Raises when the document leaves a value open that the call cannot do without. */
export async function callExample(
  baseUrl: string,
  key: string,
  operation: DocumentedOperation,
  body: unknown,
): Promise<{ status: number; text: string; headers: Headers }> {
  const url = new URL(baseUrl)
  url.pathname = operation.path
  const headers: Record<string, string> = { authorization: `Bearer ${key}` }
  for (const parameter of operation.parameters) {
    const value = parameter.example ?? parameter.schema?.default
    if (value === undefined) {
      if (parameter.required) throw new Error(`${operation.operationId}: no example of ${parameter.name}`)
    } else if (parameter.in === 'path') {
      url.pathname = url.pathname.replace(`%7B${parameter.name}%7D`, encodeURIComponent(String(value)))
    } else if (parameter.in === 'query') url.searchParams.set(parameter.name, String(value))
    else headers[parameter.name] = String(value)
  }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const answer = await fetch(url, {
    method: operation.method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
