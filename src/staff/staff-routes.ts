import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App, Routes } from '../http/app-types.ts'
import { operatorOf, tenantOf } from '../http/auth.ts'
import { CutLater, Id, IdParams } from '../http/schemas.ts'
import { tenantNotFound } from '../shops/tenants/tenants.ts'
import {
  ClientRoleSchema,
  Email,
  OperatorRoleSchema,
  PersonName,
  RoleSchema,
  StaffAnswer,
} from './accounts.ts'
import {
  acceptInvitation,
  findInvitation,
  InvitationAnswer,
  InvitationMade,
  invitationAnswer,
  invite,
  openInvitations,
} from './invitations.ts'
import { BY_HAND, fromOf, Password, SessionAnswer, sessionAnswer, setSession } from './session-cookie.ts'
import { admit, type SignInTools } from './sign-in.ts'
import {
  changePerson,
  deleteStaff,
  listStaff,
  type PeopleTools,
  revokeInvitation,
  StaffChange,
} from './staff.ts'

/** A tenant's people under /v1/staff, the operator's under /v1/admin/staff: alike but for whose they are. */
export const staffRoutes =
  (tools: PeopleTools): Routes =>
  (app) =>
    peopleRoutes(app, tools, { tag: 'staff', name: 'Staff', role: ClientRoleSchema, tenantOf })

export const operatorStaffRoutes =
  (tools: PeopleTools): Routes =>
  (app) => {
    peopleRoutes(app, tools, {
      tag: 'operator',
      name: 'Operators',
      role: OperatorRoleSchema,
      tenantOf: () => null,
    })

    app.post(
      '/tenants/:id/invitations',
      {
        config: BY_HAND,
        schema: {
          tags: ['operator'],
          operationId: 'inviteOwner',
          summary: 'Invite an owner of a tenant (契約店の管理者の招待)',
          description:
            'Good for seven days and one person; the link before, of the same address, opens nothing any more. Where no mail server is ' +
            'set the link is in the answer.',
          params: IdParams,
          body: z.strictObject({ email: Email }).meta({ examples: [{ email: 'owner@example.jp' }] }),
          response: { 201: InvitationMade },
        },
      },
      async (request, reply) => {
        const tenantId = request.params.id
        if ((await tools.db.tenant.count({ where: { id: tenantId } })) === 0) throw tenantNotFound()
        reply.code(201).header('cache-control', 'no-store')
        return invite(tools, operatorOf(request), { tenantId, role: 'owner', email: request.body.email })
      },
    )
  }

interface People {
  tag: string
  /** In operation ids. */
  name: 'Staff' | 'Operators'
  role: typeof ClientRoleSchema | typeof OperatorRoleSchema
  tenantOf: (request: FastifyRequest) => string | null
}

function peopleRoutes(app: App, tools: PeopleTools, { tag, name, role, tenantOf: whose }: People): void {
  const tags = [tag]
  app.get(
    '/staff',
    {
      schema: {
        tags,
        operationId: `list${name}`,
        summary: 'People with an account (担当者の一覧)',
        description: 'Oldest first; deleted ones are left out.',
        response: { 200: z.object({ staff: z.array(StaffAnswer), nextCursor: CutLater }) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { staff: await listStaff(tools, whose(request)), nextCursor: null }
    },
  )

  app.patch(
    '/staff/:id',
    {
      schema: {
        tags,
        operationId: `update${name}`,
        summary: 'Change a person’s name, role or state (担当者の変更)',
        description:
          'What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets ' +
          'up a new one; `unlock` lets somebody try again at once who typed too much wrong. The last active owner (or operator) stays.',
        params: IdParams,
        body: StaffChange.extend({ role: role.optional() }).meta({ examples: [{ state: 'disabled' }] }),
        response: { 200: StaffAnswer },
      },
    },
    (request) => changePerson(tools, operatorOf(request), whose(request), request.params.id, request.body),
  )

  app.delete(
    '/staff/:id',
    {
      schema: {
        tags,
        operationId: `delete${name}`,
        summary: 'Delete an account (担当者の削除)',
        description:
          'Address, password and second factor are gone; the name stays for timelines and the audit.',
        params: IdParams,
        response: { 204: z.undefined().describe('Deleted (削除済)') },
      },
    },
    async (request, reply) => {
      await deleteStaff(tools, operatorOf(request), whose(request), request.params.id)
      return reply.code(204).send()
    },
  )

  app.post(
    '/staff/invitations',
    {
      config: BY_HAND,
      schema: {
        tags,
        operationId: `invite${name}`,
        summary: 'Invite a person (担当者の招待)',
        description:
          'Good for seven days and one person. Where no mail server is set the link is in the answer.',
        body: z
          .strictObject({ email: Email, role })
          .meta({ examples: [{ email: 'staff@example.jp', role: name === 'Staff' ? 'staff' : 'operator' }] }),
        response: { 201: InvitationMade },
      },
    },
    async (request, reply) => {
      reply.code(201).header('cache-control', 'no-store')
      return invite(tools, operatorOf(request), { tenantId: whose(request), ...request.body })
    },
  )

  app.get(
    '/staff/invitations',
    {
      schema: {
        tags,
        operationId: `list${name}Invitations`,
        summary: 'Invitations that nobody has accepted yet (承諾待ちの招待)',
        description: 'Oldest first; those whose time is over are left out.',
        response: { 200: z.object({ invitations: z.array(InvitationAnswer), nextCursor: CutLater }) },
      },
    },
    async (request) => {
      const rows = await openInvitations(tools, whose(request))
      return { invitations: rows.map((row) => invitationAnswer(tools, row)), nextCursor: null }
    },
  )

  app.delete(
    '/staff/invitations/:id',
    {
      schema: {
        tags,
        operationId: `withdraw${name}Invitation`,
        summary: 'Withdraw an invitation (招待の取消)',
        description: 'Its link stops working at once.',
        params: IdParams,
        response: { 204: z.undefined().describe('Withdrawn (取消済)') },
      },
    },
    async (request, reply) => {
      await revokeInvitation(tools, operatorOf(request), whose(request), request.params.id)
      return reply.code(204).send()
    },
  )
}

const Token = z.object({
  token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .describe('Of the link (招待の鍵)'),
})

/** Full paths: whoever follows the link of an invitation has no account yet. */
export const invitationRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    app.get(
      '/v1/invitations/:token',
      {
        config: BY_HAND,
        schema: {
          tags: ['staff'],
          operationId: 'getInvitation',
          summary: 'What an invitation is for (招待の内容)',
          description: 'The company and the role; 404 for one that is used or over.',
          security: [],
          params: Token,
          response: {
            200: z.object({
              email: z.string().describe('メールアドレス'),
              role: RoleSchema,
              tenantId: Id.nullable().describe('契約店'),
              tenantName: z.string().nullable().describe('契約店名'),
            }),
          },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store')
        const { row, email } = await findInvitation(tools, request.params.token)
        const { tenantId, role } = row
        const tenant =
          tenantId === null ? null : await tools.db.tenant.findUnique({ where: { id: tenantId } })
        return { email, role, tenantId, tenantName: tenant?.name ?? null }
      },
    )

    app.post(
      '/v1/invitations/:token/accept',
      {
        config: BY_HAND,
        schema: {
          tags: ['staff'],
          operationId: 'acceptInvitation',
          summary: 'Accept an invitation (招待の承諾)',
          description: 'Makes the account and signs in, as POST /v1/session does.',
          security: [],
          params: Token,
          body: z
            .strictObject({ name: PersonName, password: Password })
            .meta({ examples: [{ name: '山田 花子', password: 'a long pass phrase' }] }),
          response: { 200: SessionAnswer },
        },
      },
      async (request, reply) => {
        const account = await acceptInvitation(tools, request.params.token, request.body, request.ip)
        const begun = await admit(tools, account, fromOf(request))
        setSession(tools, request, reply, begun)
        return sessionAnswer(tools, account, begun)
      },
    )
  }
