import { z } from 'zod'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CutLater, IdParams, NextCursor, pageQuery } from '../http/schemas.ts'
import { dateNow } from '../platform/clock.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import {
  addBlocked,
  BlockedBuyerAnswer,
  type BlockedTools,
  blockedAnswer,
  deleteBlocked,
  NewBlockedBuyer,
} from './blocked.ts'
import { MARKS, RULE_PREFIX } from './catalogue.ts'
import { openRules, rulesContext } from './marker.ts'
import { NO_RULES, Rules } from './rules.ts'

const tags = ['marks']
const RulesAnswer = Rules.meta({ id: 'MarkRules', description: 'The tenant’s own marks (マークのルール)' })

/** /v1/marks, /v1/mark-rules, /v1/blocked-buyers: relative to /v1, behind a tenant's key. */
export const markRoutes =
  (tools: BlockedTools): Routes =>
  (app) => {
    ruleRoutes(app, tools)
    blockedRoutes(app, tools)
  }

async function readRules({ db, sealer }: BlockedTools, tenantId: string): Promise<Rules> {
  const row = await db.markRules.findUnique({ where: { tenantId } })
  return row ? openRules(sealer, tenantId, row.sealedRules) : NO_RULES
}

function ruleRoutes(app: App, tools: BlockedTools): void {
  app.get(
    '/marks',
    {
      schema: {
        tags,
        operationId: 'listMarks',
        summary: 'All marks with their labels (マークの一覧)',
        description: 'Those that every tenant has, then the own ones of PUT /v1/mark-rules.',
        response: {
          200: z.object({
            marks: z
              .array(
                z.object({
                  code: z.string().describe('As in `marks` of an order (コード)'),
                  label: z.string().describe('Shown to staff (表示名)'),
                  meaning: z.string().describe('Japanese, for staff (説明)'),
                }),
              )
              .describe('All marks (マーク)'),
            nextCursor: CutLater,
          }),
        },
      },
    },
    async (request) => {
      const { rules } = await readRules(tools, tenantOf(request))
      const own = rules.map(({ code, label }) => ({
        code: `${RULE_PREFIX}${code}`,
        label,
        meaning: '独自のルールに当てはまります。',
      }))
      const marks = [...Object.entries(MARKS).map(([code, mark]) => ({ code, ...mark })), ...own]
      return { marks, nextCursor: null }
    },
  )
  app.get(
    '/mark-rules',
    {
      schema: {
        tags,
        operationId: 'getMarkRules',
        summary: 'Own rules for marks (マークのルール)',
        description: 'All rules of the tenant.',
        response: { 200: RulesAnswer },
      },
    },
    (request) => readRules(tools, tenantOf(request)),
  )
  app.put(
    '/mark-rules',
    {
      schema: {
        tags,
        operationId: 'replaceMarkRules',
        summary: 'Replace the own rules for marks (マークのルールの変更)',
        description:
          'All rules at once. They hold for orders that are imported, read again or edited from now on (以後に取り込む受注から適用します).',
        body: z.strictObject(Rules.shape).meta({ examples: [EXAMPLE] }),
        response: { 200: RulesAnswer },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { tenantId } = caller
      const updatedAt = dateNow(tools.clock)
      const sealedRules = new Uint8Array(
        tools.sealer.of(tenantId).sealJson(rulesContext(tenantId), request.body),
      )
      await tools.db.$transaction(async (tx) => {
        await tx.markRules.upsert({
          where: { tenantId },
          create: { tenantId, sealedRules, updatedAt },
          update: { sealedRules, updatedAt },
        })
        const codes = request.body.rules.map(({ code }) => code)
        await audit(tx, tools, noteOf(caller, 'mark_rules.updated', tenantId, { codes }))
      })
      return request.body
    },
  )
}

const EXAMPLE = {
  rules: [
    {
      code: 'big_order',
      label: '高額・代引',
      all: [
        { field: 'payment.kind', is: 'equal', values: ['cod'] },
        { field: 'total.billed', is: 'at_least', value: 10_000 },
      ],
    },
  ],
  islands: { add: ['9071801'], except: [] },
} satisfies Rules

function blockedRoutes(app: App, tools: BlockedTools): void {
  app.get(
    '/blocked-buyers',
    {
      schema: {
        tags,
        operationId: 'listBlockedBuyers',
        summary: 'Blocked buyers (要注意顧客の一覧)',
        description: 'Newest first.',
        querystring: z.strictObject(pageQuery()),
        response: { 200: z.object({ blockedBuyers: z.array(BlockedBuyerAnswer), nextCursor: NextCursor }) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const [before] = cursor === undefined ? [] : decodeCursor(cursor, z.tuple([z.uuid()]))
      const rows = await tools.db.blockedBuyer.findMany({
        where: { tenantId: tenantOf(request), ...(before === undefined ? {} : { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit + 1,
      })
      const page = pageOf(rows, limit, ({ id }) => [id])
      return {
        blockedBuyers: page.rows.map((row) => blockedAnswer(tools, row)),
        nextCursor: page.nextCursor,
      }
    },
  )
  app.post(
    '/blocked-buyers',
    {
      schema: {
        tags,
        operationId: 'createBlockedBuyer',
        summary: 'Block a buyer (要注意顧客の登録)',
        description:
          'Orders whose buyer or recipient has exactly this name, phone, mail address or address get the mark `blocked_buyer` when they are ' +
          'imported or read again; nothing is stopped. Kept, encrypted, until it is removed (削除するまで暗号化して保存します).',
        body: NewBlockedBuyer.meta({
          examples: [{ kind: 'phone', value: '090-0000-0000', reason: '受取拒否' }],
        }),
        response: { 201: BlockedBuyerAnswer },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      return reply.code(201).send(await addBlocked(tools, caller, request.body))
    },
  )
  app.delete(
    '/blocked-buyers/:id',
    {
      schema: {
        tags,
        operationId: 'deleteBlockedBuyer',
        summary: 'Unblock a buyer (要注意顧客の削除)',
        description: 'Marks that orders have already stay until they are read again.',
        params: IdParams,
        response: { 204: z.null().describe('Removed (削除済み)') },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      await deleteBlocked(tools, caller, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
