import { z } from 'zod'
import { operator, tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { callerOf, operatorOf, tenantOf } from '../../http/auth.ts'
import { json, operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import { given } from '../../platform/narrow.ts'
import {
  changeTenant,
  createTenant,
  NewTenant,
  readTenants,
  TenantAnswer,
  TenantChange,
  TenantStatus,
  type TenantTools,
  tenantAnswer,
  tenantNotFound,
} from './tenants.ts'

export const tenantRoutes =
  (tools: TenantTools): Routes =>
  (app) => {
    operation(app, {
      id: 'createTenant',
      at: 'POST /v1/admin/tenants',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['tenant.created'],
      summary: 'Add a tenant (契約店の登録)',
      description: 'A tenant that only applied (申込済) has no access until it is set active (利用中).',
      body: json(
        NewTenant.meta({
          examples: [{ name: '株式会社とりこみ商店', emails: ['owner@example.jp'], status: 'active' }],
        }),
        '64 KiB',
      ),
      repeat: { key: 'same answer' },
      answers: { 201: TenantAnswer },
      run: async (request) => tenantAnswer(await createTenant(tools, operatorOf(request), request.body)),
    })

    operation(app, {
      id: 'listTenants',
      at: 'GET /v1/admin/tenants',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      summary: 'Tenants (契約店の一覧)',
      description: 'Oldest first.',
      query: z.strictObject({ status: TenantStatus.optional(), ...pageQuery() }),
      answers: { 200: z.object({ tenants: z.array(TenantAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { status } = request.query
        const { rows, nextCursor } = await pageById('asc', request.query, ({ id, take }) =>
          readTenants(tools.db, { ...given({ status }), id }, take),
        )
        return { tenants: rows, nextCursor }
      },
    })

    operation(app, {
      id: 'getTenant',
      at: 'GET /v1/admin/tenants/:id',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      summary: 'One tenant (契約店)',
      description: 'Its state and settings.',
      params: IdParams,
      answers: { 200: TenantAnswer },
      run: async (request) => {
        const [tenant] = await readTenants(tools.db, { id: request.params.id }, 1)
        if (!tenant) throw tenantNotFound()
        return tenant
      },
    })

    operation(app, {
      id: 'updateTenant',
      at: 'PATCH /v1/admin/tenants/:id',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['tenant.updated'],
      summary: 'Change a tenant: let in, suspend, rename (契約店の変更)',
      description:
        'Suspending (停止) refuses the keys of the tenant with 403 within five seconds; nothing is deleted, and setting it ' +
        'active (再開) takes up where it stopped.',
      params: IdParams,
      body: json(TenantChange.meta({ examples: [{ status: 'active' }] }), '64 KiB'),
      answers: { 200: TenantAnswer },
      run: async (request) =>
        tenantAnswer(await changeTenant(tools, operatorOf(request), request.params.id, request.body)),
    })
  }

const Contract = TenantAnswer.pick({
  id: true,
  name: true,
  emails: true,
  requireSecondFactor: true,
  statusFollowsMall: true,
  registrationNumber: true,
  limits: true,
}).meta({ id: 'Contract', description: 'The tenant as its own people see it (ご契約)' })
const ContractChange = TenantChange.pick({
  emails: true,
  requireSecondFactor: true,
  statusFollowsMall: true,
  registrationNumber: true,
})

/** Settings of a tenant's owner for all of its shops and people. */
export const contractRoutes =
  (tools: TenantTools): Routes =>
  (app) => {
    operation(app, {
      id: 'getContract',
      at: 'GET /v1/contract',
      since: '1.0.0',
      tag: 'staff',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'One’s own tenant and its settings (ご契約の内容)',
      description: 'Name, state and settings.',
      answers: { 200: Contract },
      run: async (request) => {
        const tenant = await tools.db.tenant.findUnique({ where: { id: tenantOf(request) } })
        if (!tenant) throw tenantNotFound()
        return Contract.parse(tenantAnswer(tenant))
      },
    })

    operation(app, {
      id: 'updateContract',
      at: 'PATCH /v1/contract',
      since: '1.0.0',
      tag: 'staff',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['tenant.updated'],
      summary: 'Change the settings of one’s own tenant (ご契約の設定変更)',
      description: 'Only what is given changes.',
      body: json(ContractChange.meta({ examples: [{ requireSecondFactor: true }] }), '64 KiB'),
      answers: { 200: Contract },
      run: async (request) => {
        const { tenantId, ...by } = callerOf(request)
        return Contract.parse(tenantAnswer(await changeTenant(tools, by, tenantId, request.body)))
      },
    })
  }
