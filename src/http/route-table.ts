import { factsOf } from '../platform/narrow.ts'
import { type Need, needOf } from './access.ts'
import type { App } from './app-types.ts'

export interface RouteEntry {
  method: string
  /** As registered: `/v1/shops/:id`. */
  url: string
  /** In the OpenAPI document. */
  documented: boolean
  /** Who may use it. */
  need: Need
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
          need: needOf(method, route.url),
        })
    }
  })
}

/** Methods that the path takes. */
export function methodsFor(table: readonly RouteEntry[], path: string): string[] {
  return [...new Set(table.filter((route) => patternOf(route.url).test(path)).map((route) => route.method))]
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[^\w-]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}$`)
}
