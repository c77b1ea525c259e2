import { z } from 'zod'
import type { Application } from '../../generated/prisma/client.ts'
import { anyone, operator } from '../../http/access.ts'
import type { Auth, Routes } from '../../http/app-types.ts'
import { operatorOf } from '../../http/auth.ts'
import { json, operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { Id, IdParams, iso, isoOrNull, NextCursor, pageQuery, Time } from '../../http/schemas.ts'
import { dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { AppError } from '../../platform/errors.ts'
import { given } from '../../platform/narrow.ts'
import { networkOf } from '../../platform/network.ts'
import { lockName } from '../../shops/statements.ts'
import { audit, noteOf, type OperatorCaller } from '../../shops/tenants/audit.ts'
import { needGiver } from '../../shops/tenants/doors.ts'
import { byEmail, Email, mailTo, PersonName, type StaffTools } from '../accounts.ts'
import { InvitationMade, insertInvitation, invitedAnswer, sendInvitation } from '../invitations.ts'
import { lockedOut } from '../second-factor.ts'
import { applicationHashes, stored } from '../secrets.ts'
import type { SignInTools } from '../sign-in.ts'

const DAY_MS = 24 * 60 * 60_000
/** Waiting ones: beyond it somebody plays with the form, and the operator should look. */
const MOST_WAITING = 1_000

const Detail = {
  company: z.string().trim().min(1).max(200).describe('会社名'),
  name: PersonName,
  email: Email,
  phone: z
    .string()
    .trim()
    .max(30)
    .regex(/^[\d+() -]*$/, '電話番号は数字とハイフンで入力してください。')
    .default('')
    .describe('電話番号'),
  shops: z.string().trim().max(1_000).default('').describe('Shops and malls (店舗・モール)'),
  remarks: z.string().trim().max(2_000).default('').describe('備考'),
}
export const NewApplication = z.strictObject(Detail)
const Kept = z.object(Detail)

const ApplicationAnswer = z
  .object({
    id: Id,
    state: z
      .enum(['waiting', 'approved', 'refused'])
      .describe('waiting 審査待ち, approved 承認済, refused 却下 (状態)'),
    ...Detail,
    network: z.string().describe('Where from, without the last part of the address (接続元)'),
    createdAt: Time.describe('申込日時'),
    decidedAt: Time.nullable().describe('審査日時'),
    tenantId: Id.nullable().describe('The tenant that it became (契約店)'),
  })
  .meta({ id: 'Application', description: 'A company that wants to use the service (申し込み)' })

const Approved = z.object({
  tenantId: Id.describe('契約店'),
  invitation: InvitationMade,
})

export const applicationContext = (id: string) => `application:${id}:detail`

const applicationAnswer = ({ sealer }: StaffTools, row: Application): z.infer<typeof ApplicationAnswer> => ({
  ...Kept.parse(sealer.of(null).openJson(applicationContext(row.id), row.sealedDetail)),
  id: row.id,
  state: row.state,
  network: row.network,
  tenantId: row.tenantId,
  createdAt: iso(row.createdAt),
  decidedAt: isoOrNull(row.decidedAt),
})

/** As stored with the detail. */
export const applicationHash = (sealer: Sealer, detail: string): Uint8Array<ArrayBuffer> =>
  stored(applicationHashes(sealer, Kept.parse(JSON.parse(detail)).email))

/**
 * The answer is the same whatever happens: the form is open to everybody and tells nothing. An address gets
 * one mail a day at most, and the second application of a day is not kept.
 */
export async function apply(
  tools: StaffTools,
  input: z.infer<typeof NewApplication>,
  address: string,
): Promise<void> {
  const { db, sealer, newId, clock } = tools
  const now = clock.now()
  const hashes = applicationHashes(sealer, input.email)
  const mine = stored(hashes)
  const kept = await db.$transaction(async (tx) => {
    await tx.$executeRaw(lockName(Buffer.from(mine).toString('hex')))
    const today = await tx.application.count({
      where: { emailHash: { in: hashes }, createdAt: { gt: new Date(now - DAY_MS) } },
    })
    if (today > 0) return null
    if ((await tx.application.count({ where: { state: 'waiting' } })) >= MOST_WAITING)
      throw new AppError(
        'UNAVAILABLE',
        '現在、申し込みを受け付けられません。しばらくしてからお試しください。',
      )
    const id = newId()
    await tx.application.create({
      data: {
        id,
        emailHash: mine,
        network: networkOf(address),
        createdAt: new Date(now),
        sealedDetail: sealer.of(null).sealJson(applicationContext(id), input),
      },
    })
    const by = { tenantId: null, actor: 'nobody', source: address }
    await audit(tx, tools, noteOf(by, 'application.received', id))
    return id
  })
  if (kept === null) return
  await mailTo(tools, input.email, {
    id: kept,
    subject: '【取込】お申し込みを受け付けました',
    // Nothing of what was typed: a stranger's text must not reach somebody in our name.
    lines: [
      '自動受注取込「取込」のお申し込みを受け付けました。',
      '運営者が確認し、利用を開始できるようになりましたら、招待のメールをお送りします。',
      '',
      '心当たりのない場合は、このメールを破棄してください。',
    ],
  })
}

/** Makes the tenant, and its owner's invitation. @throws AppError NOT_FOUND, CONFLICT */
async function approve(
  tools: StaffTools,
  { auth, ...by }: OperatorCaller & { auth: Auth },
  id: string,
): Promise<z.infer<typeof Approved>> {
  const now = dateNow(tools.clock)
  const { tenantId, row, token, email } = await tools.db.$transaction(async (tx) => {
    await needGiver(tx, by, now)
    const tenantId = tools.newId()
    const [application] = await tx.application.updateManyAndReturn({
      where: { id, state: 'waiting' },
      data: { state: 'approved', decidedAt: now, decidedBy: by.actor, tenantId },
    })
    if (!application) throw await whyNot(tools, id)
    const { company, email } = Kept.parse(
      tools.sealer.of(null).openJson(applicationContext(id), application.sealedDetail),
    )
    if (await tx.staffAccount.findFirst({ where: byEmail(tools.sealer, email) }))
      throw new AppError(
        'CONFLICT',
        '申込者のメールアドレスには、すでに担当者の登録があります。別のアドレスで申し込み直してもらってください。',
      )
    await tx.tenant.create({
      data: {
        id: tenantId,
        name: company,
        emails: [email],
        status: 'active',
        createdAt: now,
        updatedAt: now,
      },
    })
    const invitation = await insertInvitation(tools, tx, by, { tenantId, role: 'owner', email })
    await audit(tx, tools, noteOf({ ...by, tenantId }, 'application.approved', id))
    return { ...invitation, tenantId, email }
  })
  const invited = await sendInvitation(tools, row, token, email)
  return { tenantId, invitation: await invitedAnswer(tools, auth, invited) }
}

/** @throws AppError NOT_FOUND, CONFLICT */
async function refuse(tools: StaffTools, by: OperatorCaller, id: string): Promise<Application> {
  return tools.db.$transaction(async (tx) => {
    const [application] = await tx.application.updateManyAndReturn({
      where: { id, state: 'waiting' },
      data: { state: 'refused', decidedAt: dateNow(tools.clock), decidedBy: by.actor },
    })
    if (!application) throw await whyNot(tools, id)
    await audit(tx, tools, noteOf({ ...by, tenantId: null }, 'application.refused', id))
    return application
  })
}

async function whyNot({ db }: StaffTools, id: string): Promise<AppError> {
  const there = await db.application.findUnique({ where: { id } })
  return there
    ? new AppError('CONFLICT', 'この申し込みはすでに審査済みです。')
    : new AppError('NOT_FOUND', '申し込みが見つかりません。ID を確認してください。')
}

const MOST_BY_NETWORK = 10

/** POST /v1/applications: for everybody. */
export const applicationRoutes =
  (tools: SignInTools & { takesApplications: boolean }): Routes =>
  (app) => {
    operation(app, {
      id: 'apply',
      at: 'POST /v1/applications',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('nothing'),
      cost: 'light',
      audit: ['application.received'],
      limit: { rateLimit: { max: 5, timeWindow: 60_000 } },
      summary: 'Apply for the service (申し込み)',
      description:
        'The answer does not tell whether the address has applied before. One application and one mail an address and day; ten from a network in 15 minutes.',
      body: json(
        NewApplication.meta({
          examples: [{ company: '株式会社とりこみ商店', name: '山田 花子', email: 'owner@example.jp' }],
        }),
        '16 KiB',
      ),
      repeat: 'each time',
      answers: { 202: z.object({ state: z.literal('received').describe('受付済') }) },
      run: async (request) => {
        if (!tools.takesApplications)
          throw new AppError(
            'NOT_CONFIGURED',
            'このサーバーでは申し込みを受け付けていません（APPLICATIONS_ENABLED）。利用するには、運営者に招待を依頼してください。',
          )
        const seconds = await tools.failures.note([
          { name: `application:${networkOf(request.ip)}`, most: MOST_BY_NETWORK },
        ])
        if (seconds !== null) throw lockedOut(seconds)
        await apply(tools, request.body, request.ip)
        return { state: 'received' as const }
      },
    })
  }

/** Under /v1/admin. */
export const operatorApplicationRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    operation(app, {
      id: 'listApplications',
      at: 'GET /v1/admin/applications',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['applications.viewed'],
      seen: ({ applications }) => [
        { action: 'applications.viewed', target: '', data: { applications: applications.length } },
      ],
      summary: 'Who wants to use the service (申し込みの一覧)',
      description: 'Oldest first. Decided ones are kept for 90 days.',
      query: z.strictObject({
        state: z.enum(['waiting', 'approved', 'refused']).optional().describe('状態'),
        ...pageQuery(),
      }),
      answers: { 200: z.object({ applications: z.array(ApplicationAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { state } = request.query
        const { rows, nextCursor } = await pageById('asc', request.query, ({ id, orderBy, take }) =>
          tools.db.application.findMany({ where: { ...given({ state }), id }, orderBy, take }),
        )
        return { applications: rows.map((row) => applicationAnswer(tools, row)), nextCursor }
      },
    })

    operation(app, {
      id: 'approveApplication',
      at: 'POST /v1/admin/applications/:id/approve',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['application.approved'],
      summary: 'Let a company in (申し込みの承認)',
      description:
        'Makes the tenant and invites its owner; the link is in the answer where no mail server is set.',
      params: IdParams,
      repeat: { key: 'no answer kept', work: 'several steps' },
      answers: { 200: Approved },
      run: (request) => approve(tools, { ...operatorOf(request), auth: request.auth }, request.params.id),
    })

    operation(app, {
      id: 'refuseApplication',
      at: 'POST /v1/admin/applications/:id/refuse',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['application.refused'],
      summary: 'Refuse an application (申し込みの却下)',
      description: 'The applicant is told by mail, where a mail server is set.',
      params: IdParams,
      repeat: { key: 'same answer', work: 'several steps' },
      answers: { 200: ApplicationAnswer },
      run: async (request) =>
        applicationAnswer(tools, await refuse(tools, operatorOf(request), request.params.id)),
    })
  }
