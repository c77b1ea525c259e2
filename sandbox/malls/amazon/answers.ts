import type { SandboxFault } from '../../kit/faults.ts'
import { htmlAnswer, jsonAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'

/** The error list that every operation answers with. */
export const errorAnswer = (status: number, code: string, message: string, details = ''): SandboxAnswer =>
  jsonAnswer(status, { errors: [{ code, message, details }] }, { 'x-amzn-errortype': `${code}Exception` })

export const unauthorised = (details: string): SandboxAnswer =>
  errorAnswer(403, 'Unauthorized', 'Access to requested resource is denied.', details)

export const invalidInput = (
  message = 'The input you have submitted is not valid. Please check your input and try again.',
): SandboxAnswer => errorAnswer(400, 'InvalidInput', message)

export const notFound = (): SandboxAnswer =>
  errorAnswer(404, 'NotFound', 'The requested order was not found.')

export const quotaExceeded = (): SandboxAnswer =>
  errorAnswer(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.')

/** Errors of Login with Amazon. */
export const oauthError = (status: number, error: string, description: string): SandboxAnswer =>
  jsonAnswer(status, { error, error_description: description }, { 'cache-control': 'no-store' })

export const invalidGrant = (parameter: string): SandboxAnswer =>
  oauthError(400, 'invalid_grant', `The request has an invalid grant parameter : ${parameter}`)

/**
 * Faults that only Amazon has. API: `key-refused`, `token-expired`, `access-denied`, `html-400`,
 * `data-outage` {value: one of includedData}, `404-empty` and `empty-order` (how an unknown number is
 * answered), and for `orderNumbers` or all: `bad-request`, `bad-order`. Token host: `invalid-grant`,
 * `invalid-client`, and every common fault whose operation is `token`.
 */
export const API_FAULTS: ReadonlySet<string> = new Set([
  ...[
    'key-refused',
    'token-expired',
    'access-denied',
    'html-400',
    'data-outage',
    'bad-request',
    'bad-order',
    '404-empty',
    'empty-order',
  ],
])
export const TOKEN_FAULTS: ReadonlySet<string> = new Set(['invalid-grant', 'invalid-client'])

export const tokenFault = (fault: SandboxFault): SandboxAnswer =>
  fault.kind === 'invalid-grant'
    ? invalidGrant('refresh_token')
    : oauthError(401, 'invalid_client', 'Client authentication failed')

/** `orderNumber` is empty for a search. */
export function apiFault(
  fault: SandboxFault,
  { query, orderNumber }: { query: URLSearchParams; orderNumber: string },
  real: () => SandboxAnswer,
): SandboxAnswer {
  const numbers = Array.isArray(fault.orderNumbers) ? fault.orderNumbers.map(String) : null
  switch (fault.kind) {
    case 'key-refused':
      return unauthorised('The access token you provided is revoked, malformed or invalid.')
    case 'token-expired':
      return unauthorised('The access token you provided has expired.')
    case 'access-denied':
      return errorAnswer(403, 'AccessDenied', 'Access to requested resource is denied.')
    case '404-empty':
      return { status: 404 }
    case 'empty-order':
      return jsonAnswer(200, {})
    case 'html-400':
      return htmlAnswer(400, BAD_REQUEST)
    case 'data-outage':
      return (query.get('includedData') ?? '').split(',').includes(String(fault.value))
        ? invalidInput()
        : real()
    case 'bad-request':
      return numbers === null || numbers.includes(orderNumber) ? invalidInput() : real()
    default:
      return spoilt(real(), numbers)
  }
}

const BAD_REQUEST =
  '<html>\n<head><title>400 Bad Request</title></head>\n<body><center><h1>400 Bad Request</h1></center></body>\n</html>'

/** A price that is no number. */
function spoilt(answer: SandboxAnswer, numbers: readonly string[] | null): SandboxAnswer {
  if (answer.status !== 200) return answer
  const body = JSON.parse(answer.body ?? '{}') as { order?: Shown; orders?: Shown[] }
  for (const order of [...(body.orders ?? []), ...(body.order ? [body.order] : [])]) {
    if (numbers === null || numbers.includes(order.orderId)) {
      for (const item of order.orderItems)
        item.product.price = { unitPrice: { amount: '一万円', currencyCode: 'JPY' } }
    }
  }
  return jsonAnswer(200, body)
}

interface Shown {
  orderId: string
  orderItems: { product: { price?: unknown } }[]
}
