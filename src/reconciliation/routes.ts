import type { Pool } from 'pg'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { IdParams } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import { Completeness, CompletenessQuery, readCompleteness } from './completeness.ts'

/** Routes for the results of 突合. Paths are relative to /v1, behind a tenant's key. */
export const createReconciliationRoutes =
  (deps: { pool: Pool; clock: Clock }): Routes =>
  (app) => {
    app.get(
      '/shops/:id/completeness',
      {
        schema: {
          tags: ['imports'],
          operationId: 'getCompleteness',
          summary: 'Is everything here? By day: at the mall, here, missing (日別の突合結果)',
          description:
            'From comparing with the mall’s own list of orders (突合), which goes on in the background all the time.',
          params: IdParams,
          querystring: CompletenessQuery,
          response: { 200: Completeness },
        },
      },
      (request) => readCompleteness(deps, tenantOf(request), request.params.id, request.query),
    )
  }
