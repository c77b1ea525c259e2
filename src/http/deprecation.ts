import type { z } from 'zod'
import type { App } from './app-types.ts'

export interface Deprecated {
  /** The day it was said, in UTC: `2027-04-01`. */
  since: string
  /** From this day on it may be gone; twelve months after `since` or later (docs/api-changes.md). */
  sunset: string
  /** Path that does the same, when there is one. */
  successor?: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    deprecated?: Deprecated
  }
}

/** Marks a route that will go, in its answers (RFC 9745, RFC 8594) and the document. Register it first. */
export function markDeprecation(app: App): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.deprecated !== undefined && route.schema !== undefined) route.schema.deprecated = true
  })
  app.addHook('onRequest', async (request, reply) => {
    const { deprecated } = request.routeOptions.config
    if (deprecated !== undefined) reply.headers(deprecationHeaders(deprecated))
  })
}

/** Also for one way to use a route that stays for the others. */
export const deprecationHeaders = ({ since, sunset, successor }: Deprecated): Record<string, string> => ({
  deprecation: `@${Date.parse(since) / 1000}`,
  sunset: new Date(sunset).toUTCString(),
  ...(successor === undefined ? {} : { link: `<${successor}>; rel="successor-version"` }),
})

/** Marks a renamed field, in the document alone: no answer shows whether a client reads it. */
export const renamedTo = <T extends z.ZodType>(name: string, field: T): T =>
  field.meta({ ...field.meta(), deprecated: true, description: `Deprecated: use \`${name}\` (旧名)` })
