import { z } from 'zod'
import type { Routes } from '../http/app-types.ts'
import { callerOf, operatorOf } from '../http/auth.ts'
import { Id } from '../http/schemas.ts'
import { tenantNotFound } from '../shops/tenants/tenants.ts'
import { buyer, ErasureAnswer, type ErasureDeps, ErasureRequest, eraseBuyer } from './erasure.ts'

const texts = {
  summary: 'Erase one buyer (購入者の個人情報の消去)',
  description:
    'Removes names, addresses, phone numbers, mail addresses, memos and raw answers from every order of this buyer, for good: also an older order that comes in later is stored without them. Numbers, statuses, dates and amounts stay. Orders show `erasedAt`.',
}

export const erasureRoutes =
  (deps: ErasureDeps): Routes =>
  (app) => {
    app.post(
      '/erasure',
      {
        schema: {
          tags: ['orders'],
          operationId: 'eraseBuyer',
          ...texts,
          body: ErasureRequest.meta({ examples: [{ phone: '03-0000-0000' }] }),
          response: { 200: ErasureAnswer },
        },
      },
      (request) => eraseBuyer(deps, callerOf(request), request.body),
    )
  }

export const operatorErasureRoutes =
  (deps: ErasureDeps): Routes =>
  (app) => {
    app.post(
      '/erasure',
      {
        schema: {
          tags: ['operator'],
          operationId: 'eraseBuyerOfTenant',
          ...texts,
          body: z.strictObject({ tenantId: Id.describe('Whose buyer (契約店)'), ...buyer }).meta({
            examples: [{ tenantId: '0199c0de-0000-7000-8000-000000000001', phone: '03-0000-0000' }],
          }),
          response: { 200: ErasureAnswer },
        },
      },
      async (request) => {
        const { tenantId, ...term } = request.body
        if (!(await deps.db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })))
          throw tenantNotFound()
        return eraseBuyer(deps, { tenantId, ...operatorOf(request) }, term)
      },
    )
  }
