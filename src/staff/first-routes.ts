import { z } from 'zod'
import { anyone } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { sameSecret } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import { networkOf } from '../platform/network.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import { byEmail, Email, emailTaken, newAccount, PersonName, WITH_TENANT } from './accounts.ts'
import { lockedOut } from './second-factor.ts'
import { hashPassword, passwordFaults } from './secrets.ts'
import { BY_HAND, fromOf, Password, SessionAnswer, sessionAnswer, setSession } from './sessions.ts'
import { admit, type SignInTools } from './sign-in.ts'
import { lockFirst } from './statements.ts'

export interface FirstTools extends SignInTools {
  operatorKey: string | null
  /** The demo's tenant, once it is there; null where this is no demo. */
  demoTenant: (() => string | null) | null
}

/** Creates the first person of a new installation, and lets everybody into the demo. */
export const firstRoutes =
  (tools: FirstTools): Routes =>
  (app) => {
    operation(app, {
      id: 'makeFirstOperator',
      at: 'POST /v1/session/first',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('password'),
      cost: 'light',
      audit: ['staff.joined', 'session.begun'],
      limit: BY_HAND,
      summary: 'The first operator account of an installation (最初の運営者の登録)',
      description:
        'Only with the operator key, and only while there is none: 409 after that. Signs in; the second factor is set up next.',
      body: json(
        z
          .strictObject({
            operatorKey: z.string().min(1).max(200).describe('OPERATOR_API_KEY (運営者キー)'),
            email: Email,
            name: PersonName,
            password: Password,
          })
          .meta({
            examples: [
              {
                operatorKey: '…',
                email: 'operator@example.jp',
                name: '運営 太郎',
                password: 'a long pass phrase',
              },
            ],
          }),
        '16 KiB',
      ),
      repeat: 'each time',
      answers: { 200: SessionAnswer },
      run: async (request, reply) => {
        const { operatorKey, email, name, password } = request.body
        const from = fromOf(request)
        const lock = { name: `first:${networkOf(from.address)}`, most: 10 }
        const locked = await tools.failures.lockedFor([lock])
        if (locked !== null) throw lockedOut(locked)
        if (tools.operatorKey === null || !sameSecret(operatorKey, tools.operatorKey)) {
          const seconds = await tools.failures.note([lock])
          if (seconds !== null) throw lockedOut(seconds)
          throw new AppError(
            'SIGN_IN_REFUSED',
            '運営者キーが正しくありません。OPERATOR_API_KEY を確認してください。',
          )
        }
        const faults = passwordFaults(password, email)
        if (faults.length > 0) throw invalid(faults)
        const account = await insertFirst(tools, { email, name, password, source: from.address })
        const begun = await admit(tools, 'session_by_password', account, from)
        setSession(tools, request, reply, begun)
        return sessionAnswer(tools, account, begun)
      },
    })
    if (tools.demoTenant) demoRoute(app, tools, tools.demoTenant)
  }

async function insertFirst(
  tools: FirstTools,
  person: { email: string; name: string; password: string; source: string },
) {
  const passwordHash = await hashPassword(person.password, tools.random)
  return tools.db.$transaction(async (tx) => {
    await tx.$executeRaw(lockFirst())
    const there = await tx.staffAccount.count({ where: { tenantId: null, state: { not: 'deleted' } } })
    if (there > 0)
      throw new AppError(
        'CONFLICT',
        '運営者はすでに登録されています。登録済みの運営者に招待を依頼してください。',
      )
    if (await tx.staffAccount.findFirst({ where: byEmail(tools.sealer, person.email) })) throw emailTaken()
    const account = await tx.staffAccount.create({
      data: newAccount(tools, { ...person, tenantId: null, role: 'operator', passwordHash }),
      include: WITH_TENANT,
    })
    const by = { tenantId: null, actor: 'operator', source: person.source }
    await audit(tx, tools, noteOf(by, 'staff.joined', account.id, { role: 'operator' }))
    return account
  })
}

function demoRoute(app: App, tools: FirstTools, demoTenant: () => string | null): void {
  operation(app, {
    id: 'signInToDemo',
    at: 'POST /v1/session/demo',
    since: '1.0.0',
    tag: 'staff',
    who: anyone('nothing'),
    cost: 'light',
    audit: ['session.begun'],
    limit: BY_HAND,
    summary: 'Sign in as the demo’s owner (デモへのログイン)',
    description: 'Exists in the demo alone.',
    repeat: 'each time',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const tenantId = demoTenant()
      if (tenantId === null)
        throw new AppError('UNAVAILABLE', 'デモの準備中です。しばらくしてからお試しください。')
      const account = await demoOwner(tools, tenantId)
      const begun = await admit(tools, 'session_by_password', account, fromOf(request))
      setSession(tools, request, reply, begun)
      return sessionAnswer(tools, account, begun)
    },
  })
}

async function demoOwner(tools: FirstTools, tenantId: string) {
  const email = 'owner@sandbox.example'
  return tools.db.$transaction(async (tx) => {
    await tx.$executeRaw(lockFirst())
    const there = await tx.staffAccount.findFirst({
      where: byEmail(tools.sealer, email),
      include: WITH_TENANT,
    })
    if (there) return there
    // Everybody may look at it, and no two would share a phone.
    await tx.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })
    const person = { tenantId, role: 'owner', email, name: '見本 太郎', passwordHash: null } as const
    return tx.staffAccount.create({ data: newAccount(tools, person), include: WITH_TENANT })
  })
}
