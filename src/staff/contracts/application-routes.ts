import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { operatorOf } from '../../http/auth.ts'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import { networkOf } from '../../platform/network.ts'
import { lockedOut } from '../second-factor.ts'
import type { SignInTools } from '../sign-in.ts'
import {
  ApplicationAnswer,
  Approved,
  applicationAnswer,
  apply,
  approve,
  NewApplication,
  refuse,
} from './applications.ts'

const MOST_BY_NETWORK = 10

/** POST /v1/applications: for everybody. */
export const applicationRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    app.post(
      '/v1/applications',
      {
        config: { rateLimit: { max: 5, timeWindow: 60_000 } },
        schema: {
          tags: ['staff'],
          operationId: 'apply',
          summary: 'Apply for the service (申し込み)',
          description:
            'The answer does not tell whether the address has applied before. One application and one mail an address and day; ten from a network in 15 minutes.',
          security: [],
          body: NewApplication.meta({
            examples: [{ company: '株式会社とりこみ商店', name: '山田 花子', email: 'owner@example.jp' }],
          }),
          response: { 202: z.object({ state: z.literal('received').describe('受付済') }) },
        },
      },
      async (request, reply) => {
        const seconds = await tools.failures.note([
          { name: `application:${networkOf(request.ip)}`, most: MOST_BY_NETWORK },
        ])
        if (seconds !== null) throw lockedOut(seconds)
        await apply(tools, request.body, request.ip)
        reply.code(202)
        return { state: 'received' as const }
      },
    )
  }

/** Under /v1/admin. */
export const operatorApplicationRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    const tags = ['operator']
    app.get(
      '/applications',
      {
        schema: {
          tags,
          operationId: 'listApplications',
          summary: 'Who wants to use the service (申し込みの一覧)',
          description: 'Oldest first. Decided ones are kept for 90 days.',
          querystring: z.strictObject({
            state: z.enum(['waiting', 'approved', 'refused']).optional().describe('状態'),
            ...pageQuery(),
          }),
          response: { 200: z.object({ applications: z.array(ApplicationAnswer), nextCursor: NextCursor }) },
        },
      },
      async (request) => {
        const { state, cursor, limit } = request.query
        const [after] = cursor === undefined ? [] : decodeCursor(cursor, z.tuple([z.uuid()]))
        const rows = await tools.db.application.findMany({
          where: {
            ...(state === undefined ? {} : { state }),
            ...(after === undefined ? {} : { id: { gt: after } }),
          },
          orderBy: { id: 'asc' },
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [row.id])
        return {
          applications: page.rows.map((row) => applicationAnswer(tools, row)),
          nextCursor: page.nextCursor,
        }
      },
    )

    app.post(
      '/applications/:id/approve',
      {
        schema: {
          tags,
          operationId: 'approveApplication',
          summary: 'Let a company in (申し込みの承認)',
          description:
            'Makes the tenant and invites its owner; the link is in the answer where no mail server is set.',
          params: IdParams,
          response: { 200: Approved },
        },
      },
      (request) => approve(tools, operatorOf(request), request.params.id),
    )

    app.post(
      '/applications/:id/refuse',
      {
        schema: {
          tags,
          operationId: 'refuseApplication',
          summary: 'Refuse an application (申し込みの却下)',
          description: 'The applicant is told by mail, where a mail server is set.',
          params: IdParams,
          response: { 200: ApplicationAnswer },
        },
      },
      async (request) =>
        applicationAnswer(tools, await refuse(tools, operatorOf(request), request.params.id)),
    )
  }
