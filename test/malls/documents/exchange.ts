import type { HttpClient, HttpRequest, HttpResponse } from '../../../src/platform/http/http-client.ts'

/** One call at a mall with its answer, as they went over the wire. */
export interface Exchange {
  request: HttpRequest
  response: HttpResponse
  /** The last part of the path. */
  operation: string
  path: string
}

/** Passes everything on, and keeps it in `into`. */
export const recording = (http: HttpClient, into: Exchange[]): HttpClient => ({
  async request(request, signal) {
    const response = await http.request(request, signal)
    const path = new URL(request.url).pathname
    into.push({ request, response, path, operation: /([^/]+)\/?$/.exec(path)?.[1] ?? path })
    return response
  },
})

export const queryOf = ({ request }: Exchange): Record<string, string> =>
  Object.fromEntries(new URL(request.url).searchParams)

export const sentOf = ({ request }: Exchange): string => String(request.body ?? '')

export const answeredOf = ({ response }: Exchange): string => response.body.toString('utf8')
