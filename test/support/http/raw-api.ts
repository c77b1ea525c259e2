/** Calls as a client makes them that gets things wrong: any key, any body, and every answer is looked at. */

export interface RawAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into
  json: any
  headers: Headers
}

export interface RawCall {
  key?: string
  /** Sent as it is. */
  text?: string
  body?: unknown
  headers?: Record<string, string>
}

export async function rawCall(
  baseUrl: string,
  method: string,
  path: string,
  { key, text, body, headers = {} }: RawCall = {},
): Promise<RawAnswer> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  const answer = await fetch(`${baseUrl}/v1${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  })
  const got = await answer.text()
  return { status: answer.status, json: got === '' ? null : JSON.parse(got), headers: answer.headers }
}
