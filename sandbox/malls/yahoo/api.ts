import { parseXml, textAt, type XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import type { CallLog } from '../../kit/calls.ts'
import { COMMON_FAULTS, type Faults, spoil } from '../../kit/faults.ts'
import type { SandboxAnswer, SandboxRequest } from '../../kit/http-kit.ts'
import { badParameter } from './answers.ts'
import { OWN_FAULTS, ownFault, px, WARNING_FAULT } from './faults.ts'
import type { Gate } from './gate.ts'
import { orderChange, orderItemAdd } from './operations/order-change.ts'
import { orderList } from './operations/order-list.ts'
import { orderCount, orderHistory, orderInfo } from './operations/reads.ts'
import {
  orderPayStatusChange,
  orderShipStatusChange,
  orderStatusChange,
} from './operations/status-changes.ts'
import type { YahooSettings } from './settings.ts'
import type { Store } from './store.ts'

export const OPERATIONS = [
  ...(['orderCount', 'orderChangeHistory', 'orderInfo', 'orderList', 'orderStatusChange'] as const),
  ...(['orderPayStatusChange', 'orderShipStatusChange', 'orderChange', 'orderItemAdd'] as const),
] as const
type OperationName = (typeof OPERATIONS)[number]

export const API_PATH = '/ShoppingWebService/V1/'

export interface ApiOptions {
  store: Store
  settings: YahooSettings
  gate: Gate
  faults: Faults
  calls: CallLog
  clock: Clock
}

interface Call {
  sellerId: string
  request: XmlElement
  query: URLSearchParams
}

type Operation = (call: Call) => SandboxAnswer

/** Answers calls of the order API: faults first, then the gate, then the operation. */
export function createApi(options: ApiOptions): (request: SandboxRequest) => Promise<SandboxAnswer> {
  const { store, settings, gate, faults, calls, clock } = options
  const updateTools = (sellerId: string) => ({ store, settings, sellerId })
  const reads: Partial<Record<OperationName, Operation>> = {
    orderCount: ({ sellerId }) => orderCount(store, sellerId),
    orderChangeHistory: ({ sellerId, query }) => orderHistory(store, sellerId, query.get('orderId')),
  }
  const writes: Partial<Record<OperationName, Operation>> = {
    orderInfo: ({ sellerId, request }) => orderInfo(store, settings, sellerId, request),
    orderList: ({ sellerId, request }) => orderList(store, sellerId, request),
    orderStatusChange: ({ sellerId, request }) => orderStatusChange(updateTools(sellerId), clock, request),
    orderPayStatusChange: ({ sellerId, request }) => orderPayStatusChange(updateTools(sellerId), request),
    orderShipStatusChange: ({ sellerId, request }) => orderShipStatusChange(updateTools(sellerId), request),
    orderChange: ({ sellerId, request }) => orderChange(updateTools(sellerId), request),
    orderItemAdd: ({ sellerId, request }) => orderItemAdd(updateTools(sellerId), request),
  }

  function operate(
    name: string,
    operation: Operation,
    request: SandboxRequest,
    body: XmlElement | null,
  ): SandboxAnswer {
    const sellerId =
      request.method === 'GET' ? (request.query.get('sellerId') ?? undefined) : textAt(body ?? {}, 'SellerId')
    const { refused, keyStatus } = gate.check(request, sellerId)
    const answer =
      refused ??
      (body
        ? operation({ sellerId: sellerId ?? '', request: body, query: request.query })
        : badParameter('Req'))
    const warned = refused ? answer : withWarning(answer, name, sellerId ?? null)
    return keyStatus === null
      ? warned
      : { ...warned, headers: { ...warned.headers, 'x-sws-authorize-status': keyStatus } }
  }

  /** On demand, an update that was done says that something is odd. */
  function withWarning(answer: SandboxAnswer, name: string, shopCode: string | null): SandboxAnswer {
    if (!answer.body?.includes(' ok="1"')) return answer
    const fault = faults.take(name, shopCode, WARNING_FAULT)
    if (!fault) return answer
    const code = String(fault.code ?? 'od91130')
    const warning = `<Warning><Code>${code}</Code><Message></Message><Detail>${String(fault.detail ?? '')}</Detail></Warning>`
    return { ...answer, body: answer.body.replace('</Status>', `</Status>${warning}`) }
  }

  return async (request) => {
    const name = request.path.slice(API_PATH.length)
    const routes: Partial<Record<string, Operation>> = request.method === 'GET' ? reads : writes
    const operation = routes[name]
    const body = request.method === 'GET' ? {} : readBody(request.body)
    const shopCode = request.query.get('sellerId') ?? textAt(body ?? {}, 'SellerId') ?? null
    const answer = () => (operation ? operate(name, operation, request, body) : px('px-04400'))
    const fault = faults.take(name, shopCode, FAULTS)
    const result = !fault
      ? answer()
      : OWN_FAULTS.has(fault.kind)
        ? ownFault(fault)
        : await spoil(fault, answer)
    calls.add({
      operation: name,
      shopCode,
      orderNumber: textAt(body ?? {}, 'Target', 'OrderId') ?? null,
      status: result.status,
    })
    return result
  }
}

const FAULTS: ReadonlySet<string> = new Set([...COMMON_FAULTS, ...OWN_FAULTS])

/** Null when the body is no `Req` document. */
function readBody(body: string): XmlElement | null {
  try {
    const document = parseXml(body)
    return document.name === 'Req' ? document.content : null
  } catch {
    return null
  }
}
