import type { Clock } from '../../../src/platform/clock.ts'
import type { Buckets } from '../../kit/calls.ts'
import { COMMON_FAULTS, spoil } from '../../kit/faults.ts'
import type { SandboxAnswer, SandboxRequest } from '../../kit/http-kit.ts'
import type { ControllableClock } from '../../kit/types.ts'
import {
  API_FAULTS,
  apiFault,
  errorAnswer,
  invalidInput,
  quotaExceeded,
  TOKEN_FAULTS,
  tokenFault,
  unauthorised,
} from './answers.ts'
import type { RestrictedTokens } from './consents.ts'
import type { Control } from './control.ts'
import { confirmShipment } from './operations/confirm-shipment.ts'
import type { OperationHandler } from './operations/operation.ts'
import { getOrder, searchOrders } from './operations/reads.ts'
import { isV0Read, readV0 } from './operations/v0-reads.ts'
import type { Operation } from './settings.ts'

/** Steps before the operations: headers, token, path, quota, in this order, and faults where switched on. */
export interface Gateway {
  control: Control
  clock: ControllableClock
  /** The service's lanes run on real time, the orders on the simulator's. */
  quotaClock: Clock
  buckets: Buckets
  restricted: RestrictedTokens
  count(operation: string): void
  newRequestId(): string
}

/** Faults that every mall has, as SP-API words them: its error list, with a code for each status. */
function inAmazonsWords(answer: SandboxAnswer): SandboxAnswer {
  if (!answer.headers?.['content-type']?.startsWith('application/json')) return answer
  const own = { 429: quotaExceeded(), 500: INTERNAL, 503: UNAVAILABLE }[answer.status]
  return own ? { ...answer, body: own.body ?? '', headers: { ...answer.headers, ...own.headers } } : answer
}

const INTERNAL = errorAnswer(500, 'InternalFailure', 'We encountered an internal error. Please try again.')
const UNAVAILABLE = errorAnswer(
  503,
  'ServiceUnavailable',
  'Service is temporarily unavailable. Please try again.',
)

const HANDLERS: Record<
  Exclude<Operation, 'restrictedDataToken'>,
  { method: string; handler: OperationHandler }
> = {
  getOrder: { method: 'GET', handler: getOrder },
  searchOrders: { method: 'GET', handler: searchOrders },
  confirmShipment: { method: 'POST', handler: confirmShipment },
  v0Reads: { method: 'GET', handler: readV0 },
}

export async function answerToken(request: SandboxRequest, gateway: Gateway): Promise<SandboxAnswer> {
  const { control, count } = gateway
  count('token')
  const meant = control.faults.list().some((fault) => fault.operation === 'token')
  const fault = control.faults.take('token', null, meant ? undefined : TOKEN_FAULTS)
  if (fault && TOKEN_FAULTS.has(fault.kind)) return tokenFault(fault)
  const real = () => control.consents.answer(request)
  return fault ? spoil(fault, real) : real()
}

export async function answerApi(request: SandboxRequest, gateway: Gateway): Promise<SandboxAnswer> {
  const route = routeOf(request)
  gateway.count(route?.operation ?? 'unknown')
  const { answer, rate } = await checked(request, route, gateway)
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-amzn-requestid': gateway.newRequestId(),
      // Never with 403 and 429.
      ...(rate !== null && RATED.has(answer.status) ? { 'x-amzn-ratelimit-limit': String(rate) } : {}),
    },
  }
}

const LONGEST_AGENT = 500
const TOKEN_PATH = '/tokens/2021-03-01/restrictedDataToken'

const RATED = new Set([200, 201, 202, 204, 400, 404])

interface Route {
  operation: Operation
  orderNumber: string
}

function routeOf({ method, path }: SandboxRequest): Route | null {
  const [, id] = /^\/orders\/2026-01-01\/orders\/([^/]+)$/.exec(path) ?? []
  const [, shipped] = /^\/orders\/v0\/orders\/([^/]+)\/shipmentConfirmation$/.exec(path) ?? []
  const route: Route | null =
    path === '/orders/2026-01-01/orders'
      ? { operation: 'searchOrders', orderNumber: '' }
      : id !== undefined
        ? { operation: 'getOrder', orderNumber: decodeURIComponent(id) }
        : shipped !== undefined
          ? { operation: 'confirmShipment', orderNumber: decodeURIComponent(shipped) }
          : isV0Read(path)
            ? { operation: 'v0Reads', orderNumber: '' }
            : path === TOKEN_PATH
              ? { operation: 'restrictedDataToken', orderNumber: '' }
              : null
  const wanted =
    route?.operation === 'restrictedDataToken' ? 'POST' : route && HANDLERS[route.operation].method
  return wanted === method ? route : null
}

async function checked(
  request: SandboxRequest,
  route: Route | null,
  { control, clock, quotaClock, buckets, restricted }: Gateway,
): Promise<{ answer: SandboxAnswer; rate: number | null }> {
  const refuse = (answer: SandboxAnswer) => ({ answer, rate: null })
  const settings = control.settings()
  const sent = request.headers['x-amz-access-token']
  // A restricted data token stands in for the access token at the paths that it names, and nowhere else.
  const opened = typeof sent === 'string' ? restricted.open(sent, request.method, request.path) : null
  const token = opened?.accessToken ?? sent
  if (typeof token !== 'string') return refuse(unauthorised('Access token is missing in the request header.'))
  const who = control.consents.shopOf(token)
  if ('refusal' in who) return refuse(unauthorised(who.refusal))
  // Documented as `App/1.0 (Language=…)`, and not held to it: clients with other ones are in wide use.
  const agent = request.headers['user-agent'] ?? ''
  if (agent === '' || agent.length > LONGEST_AGENT) {
    return refuse(invalidInput('The User-Agent header is missing or not valid.'))
  }
  if (!route) return refuse(errorAnswer(403, 'MissingAuthenticationToken', 'Missing Authentication Token'))
  if (!settings.roles.orders) return refuse(unauthorised(''))
  const { operation, orderNumber } = route
  const { shop } = who
  const plan = settings.quotas[operation]
  if (!buckets.take(`${shop.code}:${operation}`, plan, quotaClock.now())) return refuse(quotaExceeded())
  const context = {
    shop,
    store: control.store,
    clock,
    settings,
    orderNumber,
    restricted: opened?.elements ?? null,
  }
  const real = () =>
    operation === 'restrictedDataToken'
      ? restricted.issue(request, token, settings.roles.directToConsumer)
      : HANDLERS[operation].handler(request, context)
  const rate = settings.rateHeader ? plan.perSecond : null
  const fault = control.faults.take(operation, shop.code, new Set([...COMMON_FAULTS, ...API_FAULTS]))
  if (!fault) return { answer: real(), rate }
  if (COMMON_FAULTS.has(fault.kind)) return { answer: inAmazonsWords(await spoil(fault, real)), rate }
  return { answer: apiFault(fault, { query: request.query, orderNumber }, real), rate }
}
