import type { FastifyRequest } from 'fastify'
import { operatorOf } from '../http/auth.ts'
import type { ViewRecorder } from '../http/server.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { besideReport } from '../platform/db/tenant-scope.ts'
import type { NewId } from '../platform/ids.ts'
import { factsOf } from '../platform/narrow.ts'
import { type AuditNote, auditAll } from '../shops/tenants/audit.ts'

type Seen = Pick<AuditNote, 'action' | 'target' | 'data' | 'orderIds'> & { tenantId?: string }

/** As far as an answer is looked into. */
interface Payload {
  id?: string
  pullId?: string
  orders?: { id?: string; orderId?: string; detail?: unknown }[]
  mails?: { tenantId: string }[]
  applications?: unknown[]
  notifications?: { text?: string | null }[]
  blockedBuyers?: unknown[]
}

type Look = (payload: Payload, request: FastifyRequest) => Seen | Seen[] | null

const idOf = (request: FastifyRequest): string => String(factsOf(request.params).id ?? '')

const one: Look = (_payload, request) => {
  const { number } = factsOf(request.params)
  const id = idOf(request)
  return {
    action: 'order.viewed',
    target: id,
    orderIds: [id],
    data: number === undefined ? {} : { version: String(number) },
  }
}

const pulled: Look = ({ pullId = '', orders = [] }) =>
  // Each order keeps its pull, so its number is enough.
  orders.length === 0 ? null : { action: 'orders.pulled', target: pullId, data: { orders: orders.length } }

/** Summaries hold no personal data; whoever polls them leaves nothing behind. */
const listed: Look = ({ orders = [] }) => {
  const orderIds = orders.flatMap(({ id, detail }) => (detail === undefined || id === undefined ? [] : [id]))
  return orderIds.length === 0
    ? null
    : { action: 'orders.listed', target: '', orderIds, data: { orders: orderIds.length } }
}

const compared: Look = ({ id = '', orders = [] }) => ({
  action: 'orders.listed',
  target: id,
  orderIds: orders.flatMap(({ orderId }) => orderId ?? []),
  data: { orders: orders.length },
})

/** Every route whose answer names buyers, or whoever else is no account's own matter. */
export const VIEWS: ReadonlyMap<string, Look> = new Map<string, Look>([
  ['GET /v1/orders', listed],
  ['GET /v1/orders/:id', one],
  ['PATCH /v1/orders/:id', one],
  ['GET /v1/orders/:id/versions/:number', one],
  ['POST /v1/orders/pull', pulled],
  ['GET /v1/pulls/:id', pulled],
  ['GET /v1/reimports/:id', compared],
  [
    'GET /v1/blocked-buyers',
    ({ blockedBuyers: { length } = [] }) =>
      length === 0 ? null : { action: 'blocked_buyers.viewed', target: '', data: { blockedBuyers: length } },
  ],
  [
    'GET /v1/admin/mails',
    // One for each tenant: its owners see who read its mails.
    ({ mails = [] }) =>
      [...Map.groupBy(mails, ({ tenantId }) => tenantId)].map(([tenantId, { length }]) => ({
        tenantId,
        action: 'mails.viewed',
        target: '',
        data: { mails: length },
      })),
  ],
  [
    'GET /v1/admin/applications',
    ({ applications = [] }) => ({
      action: 'applications.viewed',
      target: '',
      data: { applications: applications.length },
    }),
  ],
  [
    'GET /v1/admin/notifications',
    ({ notifications = [] }) => {
      const { length } = notifications.filter(({ text }) => typeof text === 'string')
      return length === 0
        ? null
        : { action: 'notifications.viewed', target: '', data: { notifications: length } }
    },
  ],
])

/** Kept before the answer leaves: data seen and not logged would be worse than an error. */
export const createViewRecorder =
  (tools: { db: Db; clock: Clock; newId: NewId }): ViewRecorder =>
  async (request, payload) => {
    const look = VIEWS.get(`${request.method} ${request.routeOptions.url ?? ''}`)
    const seen = [look?.((payload ?? {}) as Payload, request) ?? []].flat()
    if (seen.length === 0) return
    const { auth } = request
    const who = { tenantId: auth.kind === 'client' ? auth.tenantId : null, ...operatorOf(request) }
    const notes = seen.map((one) => ({ ...who, ...one }))
    await besideReport('who saw it is kept', () => auditAll(tools.db, tools, notes))
  }
