import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../http/idempotency.ts'
import { json, operation } from '../http/operation.ts'
import { IdParams } from '../http/schemas.ts'
import { withUnknownOrders } from './requests/check-changes.ts'
import { readChange, readChangePage } from './requests/read-changes.ts'
import {
  dismissChange,
  previewChanges,
  previewEach,
  type RequestDeps,
  requestChanges,
  requestEach,
  retryChange,
} from './requests/request.ts'
import {
  ChangeRequest,
  MOST_CHANGES,
  SiteChangeAnswer,
  SiteChangeList,
  SiteChangeQuery,
  SiteChangesAccepted,
} from './schemas.ts'

const EXAMPLE = {
  changes: [
    {
      orderId: '0199c0de-0000-7000-8000-000000000003',
      action: 'ship',
      shippedOn: '2026-04-01',
      parcels: [{ carrier: 'yamato', trackingNumber: '400000000001' }],
    },
  ],
}

const Each = z.strictObject({
  changes: z.array(z.unknown()).min(1).max(MOST_CHANGES),
  mode: z.literal('each'),
  dryRun: z.boolean().optional(),
})

/** A request whose changes are looked at one by one; null for any other. */
const eachOf = (body: unknown): z.infer<typeof Each> | null => Each.safeParse(body).data ?? null

/** サイト変更: asking for changes, and what becomes of them. Paths are relative to /v1, behind a tenant's key. */
export const createChangeRoutes =
  (deps: RequestDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'requestSiteChanges',
      at: 'POST /v1/site-changes',
      since: '1.0.0',
      tag: 'site-changes',
      who: tenant('staff', 'by orders'),
      cost: 'light',
      audit: [],
      checked: 'by the route',
      summary: 'Change orders at their malls (サイト変更)',
      description:
        'Takes all changes or none and answers at once; they run in the background. `mode: "each"` takes those without a fault, and ' +
        '`results` says of each what became of it, malformed ones too. What each mall offers is in `GET /v1/marketplaces`. With an order of a bundle (同梱) the others of its parcel are shipped under the same number; they stand behind those asked for. Send a new `Idempotency-Key` with every request, and the same one when an answer was lost. `dryRun` says of each change whether it would be taken, and what would be shipped with it.',
      headers: idempotencyHeader(
        'Required, but with `dryRun`: 1 to 255 visible characters, new for each request (冪等キー)',
        '3f0f6b1e-6f0e-4b0e-9a53-0f5b6f2b7c11',
      ),
      body: json(ChangeRequest.meta({ examples: [EXAMPLE] }), '1 MiB'),
      repeat: { key: 'same rows' },
      answers: { 202: SiteChangesAccepted },
      run: async (request) => {
        const isWrong = request.validationError !== undefined
        // Whose orders they are was not looked at where a body is wrong: not for a key of some shops.
        const each = isWrong && shopsOf(request) !== null ? null : eachOf(request.body)
        if (isWrong && each === null) throw await withUnknownOrders(deps, request)
        const tenantId = tenantOf(request)
        const reach = { shops: shopsOf(request) }
        if (each?.dryRun) return previewEach(deps, tenantId, each.changes, reach)
        if (request.body.dryRun) return previewChanges(deps, tenantId, request.body, reach)
        const idempotencyKey = idempotencyKeyOf(request.headers['idempotency-key'], 'サイト変更')
        const caller = { ...callerOf(request), idempotencyKey }
        return each
          ? requestEach(deps, caller, each.changes, reach)
          : requestChanges(deps, caller, request.body, reach)
      },
    })

    operation(app, {
      id: 'listSiteChanges',
      at: 'GET /v1/site-changes',
      since: '1.0.0',
      tag: 'site-changes',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      tools: ['failed_changes'],
      revision: 'of the answer',
      summary: 'Site changes, with the reason of what did not end well (サイト変更の一覧)',
      description: 'Newest first. Warnings and failures say why and what to do.',
      query: SiteChangeQuery,
      answers: { 200: SiteChangeList },
      run: (request) => readChangePage(deps, tenantOf(request), request.query, shopsOf(request)),
    })

    operation(app, {
      id: 'getSiteChange',
      at: 'GET /v1/site-changes/:id',
      since: '1.0.0',
      tag: 'site-changes',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      summary: 'One site change (サイト変更の状況)',
      description: 'Its state, and what came of each step that was sent.',
      params: IdParams,
      answers: { 200: SiteChangeAnswer },
      run: (request) => readChange(deps, tenantOf(request), request.params.id),
    })

    operation(app, {
      id: 'retrySiteChange',
      at: 'POST /v1/site-changes/:id/retry',
      since: '1.0.0',
      tag: 'site-changes',
      who: tenant('staff', 'by path'),
      cost: 'light',
      audit: [],
      tools: ['retry'],
      summary: 'Try again from the step that failed (サイト変更の再実行)',
      description: 'For warnings and failures. What is known to be done at the mall is not sent again.',
      params: IdParams,
      repeat: { key: 'same answer' },
      answers: { 200: SiteChangeAnswer },
      run: (request) => retryChange(deps, callerOf(request), request.params.id),
    })

    operation(app, {
      id: 'dismissSiteChange',
      at: 'POST /v1/site-changes/:id/dismiss',
      since: '1.0.0',
      tag: 'site-changes',
      who: tenant('staff', 'by path'),
      cost: 'light',
      audit: [],
      summary: 'Mark a warning or failure as seen (サイト変更を確認済みにする)',
      description: 'The order shows it no more; the change itself stays in the list.',
      params: IdParams,
      repeat: { key: 'same answer' },
      answers: { 200: SiteChangeAnswer },
      run: (request) => dismissChange(deps, callerOf(request), request.params.id),
    })
  }
