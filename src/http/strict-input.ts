import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { App } from './app-types.ts'

/**
 * A misspelt field that is quietly dropped is a setting that somebody believes to be set. So bodies and queries refuse
 * what they do not know, whether or not the route's author thought of it.
 */
export function refuseUnknownFields(app: App): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    const schema = route.schema as { body?: unknown; querystring?: unknown } | undefined
    if (!schema) return
    route.schema = {
      ...schema,
      ...(schema.body === undefined ? {} : { body: strict(schema.body) }),
      ...(schema.querystring === undefined ? {} : { querystring: strict(schema.querystring) }),
    }
  })
}

function strict(schema: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return schema
  const { id: _, ...meta } = schema.meta() ?? {}
  return schema.strict().meta(meta)
}
