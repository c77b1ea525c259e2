/** The demo is a client like any other: it knows the service by its REST surface alone. */

export interface Api {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  patch<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T>
}

/** `repeats`: how often a call that a busy service turned away is sent again. */
export function createApi(baseUrl: string, key: string, repeats = 0): Api {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    left = repeats,
  ): Promise<T> => {
    const answer = await fetch(`${baseUrl}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    })
    const text = await answer.text()
    const wait = Number(answer.headers.get('retry-after'))
    if (left > 0 && answer.status === 503 && text.includes('"UNAVAILABLE"') && wait > 0) {
      await new Promise((resolve) => setTimeout(resolve, wait * 1_000))
      return call(method, path, body, headers, left - 1)
    }
    if (!answer.ok) throw new Error(`${method} ${path} → ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
  }
}

/** Asks again every `everyMs` until `done` is true; throws after `limitMs` saying what was waited for. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  { everyMs = 50, limitMs = 90_000 } = {},
): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const value = await ask()
    if (done(value)) return value
    if (Date.now() > end)
      throw new Error(`Waited ${limitMs / 1000} s in vain for: ${what}. Last seen: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
