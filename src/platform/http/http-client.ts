/** The only way out to HTTP. Bounds time, size and redirects; refuses private addresses unless allowed. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Whole exchange, connect to last byte. Default 30 s. */
  timeoutMs?: number
  /** Answers longer than this are cut off and raise `too_large`. Default 16 MiB. */
  maxBytes?: number
}

export interface HttpResponse {
  status: number
  /** Names in lower case; of repeated headers the values joined with ", ". */
  headers: Record<string, string>
  body: Buffer
}

export type HttpErrorReason =
  /** Never connected, so nothing was sent: safe to repeat. */
  | 'unreachable'
  /** The server's certificate is not to be trusted (run out, another host's), so nothing was sent. */
  | 'untrusted'
  /** Sent, and the answer did not come in time. */
  | 'timeout'
  /** Sent, and the connection broke before the answer was whole. */
  | 'broken'
  | 'too_large'
  /** Address not allowed (SSRF guard). */
  | 'forbidden_address'
  | 'aborted'

export class HttpError extends Error {
  readonly reason: HttpErrorReason
  constructor(reason: HttpErrorReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'HttpError'
    this.reason = reason
  }
}

export interface HttpClient {
  /** Any status is an answer. Redirects are not followed. @throws HttpError when there is no answer */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
}
