import type { FastifyContextConfig } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import { type App, type Auth, CLIENT_ROLES, type ClientRole, type OperatorRole } from './app-types.ts'

/**
 * Rights that a route requires. `anyone`: none; `session`: a signed-in browser, whatever it still owes; then
 * the roles of a tenant, and the operator's two.
 */
export type Need = Who['need']

/**
 * What a key that is bound to shops (店舗限定キー) opens: nothing; a list of what is of its shops, by `shopsOf()`;
 * what the path, a `shopId` or orders name, if it is of its shops; what is of no shop.
 */
export type BoundToShops = 'refused' | 'filtered' | 'by path' | 'by shop' | 'by orders' | 'open'

/** What stands in the request in place of a key; a `probe` is a supervisor's look at the process. */
type Proof = 'probe' | 'password' | 'link' | 'state' | 'signature' | 'metrics key' | 'nothing'

export type Who =
  | { kind: 'tenant'; need: ClientRole; bound: BoundToShops }
  | { kind: 'operator'; need: OperatorRole; report: boolean }
  | { kind: 'session'; need: 'session' }
  | { kind: 'anyone'; need: 'anyone'; proof: Proof }

/** All of the tenant's people and keys of this role and above. */
export const tenant = (need: ClientRole, bound: BoundToShops): Who => ({ kind: 'tenant', need, bound })

/**
 * The operator's people. A `report` counts and lists over all tenants: it runs as a role of the database that
 * reads no sealed column, and changes nothing.
 */
export const operator = (sees: 'personal data' | 'no personal data' | 'report'): Who => ({
  kind: 'operator',
  need: sees === 'personal data' ? 'operator' : 'operator_without_personal_data',
  report: sees === 'report',
})

/**
 * One of two twins: what the operator does for anybody below /v1/admin, and what a tenant's owners do for
 * their own.
 */
export interface Side {
  under: '/v1' | '/v1/admin'
  tag: 'staff' | 'operator'
  reads: Who
  changes: Who
}

const owner = tenant('owner', 'refused')
export const OWNERS: Side = { under: '/v1', tag: 'staff', reads: owner, changes: owner }

export const operators = (reads: 'no personal data' | 'report'): Side => ({
  under: '/v1/admin',
  tag: 'operator',
  reads: operator(reads),
  changes: operator('personal data'),
})

export const session: Who = { kind: 'session', need: 'session' }

export const anyone = (proof: Proof): Who => ({ kind: 'anyone', need: 'anyone', proof })

const NAMES: Readonly<Record<ClientRole, string>> = {
  owner: '管理者',
  staff: '担当者',
  read_only: '閲覧のみ',
}

/** @throws AppError FORBIDDEN where the caller's role is not enough */
export function checkRole(auth: Auth, need: Need): void {
  if (need === 'operator' && auth.kind === 'operator' && auth.role !== 'operator')
    throw new AppError(
      'FORBIDDEN',
      'この操作には、個人情報を扱える運営者の権限が必要です。権限のある運営者に依頼してください。',
    )
  if (auth.kind !== 'client') return
  const least = CLIENT_ROLES.find((role) => role === need)
  if (least !== undefined && CLIENT_ROLES.indexOf(least) > CLIENT_ROLES.indexOf(auth.role))
    throw new AppError(
      'FORBIDDEN',
      `この操作には「${NAMES[least]}」の権限が必要です（現在は「${NAMES[auth.role]}」）。契約店の管理者に依頼してください。`,
      { details: { requiredRole: need } },
    )
}

interface RouteEntry {
  method: string
  /** As registered: `/v1/shops/:id`. */
  url: string
  /** In the OpenAPI document. */
  documented: boolean
  /** Who may use it. */
  need: Need
  bodyLimit: number
  /** What else its record says (src/http/operation.ts). */
  config: FastifyContextConfig
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route, in the order of registration, without the HEAD twins of GET. */
    routeTable: readonly RouteEntry[]
  }
}

/** Keeps the list of routes, for 405 answers and for tests that must not forget a route. */
export function recordRouteTable(app: App): void {
  const table: RouteEntry[] = []
  app.decorate('routeTable', table)
  app.addHook('onRoute', (route) => {
    const hidden = factsOf(route.schema).hide === true
    for (const method of [route.method].flat()) {
      if (method !== 'HEAD')
        table.push({
          method,
          url: route.url,
          documented: route.schema !== undefined && !hidden,
          need: route.config?.who?.need ?? 'anyone',
          bodyLimit: route.bodyLimit ?? 0,
          config: route.config ?? {},
        })
    }
  })
}

/** Methods that the path takes. */
export function methodsFor(table: readonly RouteEntry[], path: string): string[] {
  return [...new Set(table.filter((route) => patternOf(route.url).test(path)).map((route) => route.method))]
}

/** Route that a path leads to: a fixed one goes before one with parameters. */
export const routeAt = (
  table: readonly RouteEntry[],
  method: string,
  path: string,
): RouteEntry | undefined => {
  const found = table.filter((route) => route.method === method && patternOf(route.url).test(path))
  return found.find(({ url }) => !url.includes(':')) ?? found[0]
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[^\w-]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}$`)
}
