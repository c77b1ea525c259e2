import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Passkey } from '../generated/prisma/client.ts'
import { anyone, session } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { cookieName, isSecure, type OpenSession, sessionSecret } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { CutLater, Id, IdParams, iso, isoOrNull, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import {
  type AccountWithTenant,
  actorOf,
  emailOf,
  mailTo,
  needsSecondFactor,
  WITH_TENANT,
} from './accounts.ts'
import { openDoor } from './doors.ts'
import { machineLock, secondFactorLock } from './locks.ts'
import {
  beginRegistering,
  beginShowing,
  CHALLENGE_MS,
  findPasskey,
  insertPasskey,
  MOST_PASSKEYS,
  needOffer,
  opensAlone,
  passkeyName,
  passwordMark,
  Registered,
  Shown,
  sealedPasskeyName,
  usePasskey,
  verifyRegistered,
  verifyShown,
} from './passkeys.ts'
import { lockedOut, RecoveryCodes, renewRecoveryCodes } from './second-factor.ts'
import { hashToken, newToken } from './secrets.ts'
import {
  BY_HAND,
  beginSession,
  type Current,
  type CurrentSession,
  createCurrentSession,
  endSessions,
  fromOf,
  needSignedIn,
  noteOwn,
  Password,
  raiseSession,
  SessionAnswer,
  seenIn,
  sessionAnswer,
  setSession,
} from './sessions.ts'
import { checkOwnPassword, noteRefusal, noteSignedIn, type SignInTools } from './sign-in.ts'

const COOKIE = 'torikomi_passkey'

/** Full paths. Passkeys: how a browser signs in with one, and how a person looks after their own. */
export const passkeyRoutes =
  (tools: SignInTools & { openSession: OpenSession }): Routes =>
  (app) => {
    const current = createCurrentSession(tools, tools.openSession)
    signInRoutes(app, tools)
    secondFactorRoutes(app, tools, current)
    recoveryCodeRoutes(app, tools, current)
    registrationRoutes(app, tools, current)
    ownRoutes(app, tools, current)
  }

const OPTIONS = z
  .looseObject({ challenge: z.string().describe('Good once, for five minutes (一度だけ使う値)') })
  .describe('PublicKeyCredential options as JSON; hand them to the browser unread (ブラウザーに渡す内容)')
const Options = z.object({ options: OPTIONS })
const RESPONSE = { id: 'AAAA', rawId: 'AAAA', type: 'public-key' as const }
const SHOWN_EXAMPLE = {
  response: {
    ...RESPONSE,
    response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
  },
}

const refused = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'このパスキーではログインできません。登録が削除されたか、時間が経ちすぎました。もう一度試すか、パスワードでログインしてください。',
  )

const passwordFirst = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'パスワードが変更されたため、今回はパスワードでログインし、続けてパスキーで確認してください。次からはパスキーだけでログインできます。',
    { details: { reason: 'password_changed' } },
  )

function signInRoutes(app: App, tools: SignInTools): void {
  operation(app, {
    id: 'beginPasskeySignIn',
    at: 'POST /v1/session/passkey/options',
    since: '1.2.0',
    tag: 'staff',
    who: anyone('nothing'),
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin to sign in by a passkey (パスキーでのログイン開始)',
    description:
      'Hand `options` to `navigator.credentials.get()`. They name no passkey: who has an account is not told. Good once, for five ' +
      'minutes, in the browser that asked (cookie `torikomi_passkey`).',
    repeat: 'each time',
    answers: { 200: Options },
    run: async (request, reply) => {
      needOffer(tools.publicUrl)
      const holder = cookieOf(request) ?? newToken(tools.random).token
      reply.header('cache-control', 'no-store')
      reply.setCookie(cookieName(request, COOKIE), holder, {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        maxAge: CHALLENGE_MS / 1000,
        secure: isSecure(request),
      })
      return { options: { ...(await beginShowing(tools, 'sign_in', holder)) } }
    },
  })

  operation(app, {
    id: 'signInByPasskey',
    at: 'POST /v1/session/passkey',
    since: '1.2.0',
    tag: 'staff',
    who: anyone('signature'),
    cost: 'light',
    audit: ['session.begun', 'session.refused'],
    limit: BY_HAND,
    summary: 'Sign in by a passkey (パスキーでログイン)',
    description:
      'The whole sign-in: the device has verified the person, so no second factor is asked for. After a new password a passkey is shown ' +
      'once behind it (`showPasskey`) before it signs in alone again.',
    body: json(z.strictObject({ response: Shown }).meta({ examples: [SHOWN_EXAMPLE] }), '16 KiB'),
    repeat: 'each time',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const { account, begun } = await signInByPasskey(tools, request, request.body.response)
      const before = sessionSecret(request)
      if (before !== null) await tools.db.staffSession.deleteMany({ where: { hash: hashToken(before) } })
      reply.clearCookie(cookieName(request, COOKIE), { path: '/', secure: isSecure(request) })
      setSession(tools, request, reply, begun)
      return sessionAnswer(tools, account, begun)
    },
  })
}

const cookieOf = (request: FastifyRequest): string | null => {
  const token = request.cookies[cookieName(request, COOKIE)] ?? ''
  return /^[\w-]{43}$/.test(token) ? token : null
}

/** @throws AppError SIGN_IN_REFUSED, TOO_MANY_REQUESTS, or what its tenant's state forbids */
async function signInByPasskey(tools: SignInTools, request: FastifyRequest, response: z.infer<typeof Shown>) {
  const from = fromOf(request)
  const machine = [machineLock(from.address)]
  const locked = await tools.failures.lockedFor(machine)
  if (locked !== null) throw lockedOut(locked)
  const passkey = await findPasskey(tools, response)
  const account = passkey && (await findHolder(tools, passkey))
  const holder = cookieOf(request)
  const shown =
    passkey && account && holder !== null && isHandleOf(account, response)
      ? await verifyShown(tools, { purpose: 'sign_in', holder }, account, passkey, response)
      : null
  if (!passkey || !account || shown === null || account.state !== 'active') {
    await tools.failures.note(machine)
    if (account)
      setImmediate(() => {
        noteRefusal(tools, account, from).catch((err: unknown) =>
          tools.log.error({ err }, 'a refused sign-in was not noted'),
        )
      })
    throw refused()
  }
  if (!opensAlone(tools, account, passkey)) throw passwordFirst()
  const begun = await openDoor(
    tools,
    'session_by_passkey',
    { account, passkey: shown },
    async (tx, now) => {
      const made = await beginSession(tools, tx, now, 'signed_in', from)
      await usePasskey(tools, tx, now, shown)
      await noteSignedIn(tools, tx, now, from)
      return made
    },
    refused,
  )
  return { account, begun }
}

const findHolder = ({ db }: SignInTools, { accountId }: Passkey): Promise<AccountWithTenant | null> =>
  db.staffAccount.findUnique({ where: { id: accountId }, include: WITH_TENANT })

const isHandleOf = ({ passkeyHandle }: AccountWithTenant, { response }: z.infer<typeof Shown>): boolean =>
  passkeyHandle !== null && Buffer.from(passkeyHandle).toString('base64url') === response.userHandle

/** The holder of a challenge that a signed-in browser, or one that owes the second factor, was given. */
const holderOf = ({ begun }: Current): string => `session:${begun.session.id}`

function secondFactorRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  const needed = async (request: FastifyRequest) => {
    const now = await current(request)
    if (now.begun.session.stage === 'second_factor_required') return now
    throw new AppError(
      'CONFLICT',
      'このログインでは二段階認証の確認は必要ありません。画面を読み込み直してください。',
    )
  }

  operation(app, {
    id: 'beginShowingPasskey',
    at: 'POST /v1/session/second-factor/passkey/options',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin to complete the sign-in by a passkey (パスキーでの二段階認証の開始)',
    description:
      'Hand `options` to `navigator.credentials.get()`. Good once, for five minutes, in this session.',
    repeat: 'each time',
    answers: { 200: Options },
    run: async (request, reply) => {
      const now = await needed(request)
      const passkeys = await tools.db.passkey.findMany({ where: { accountId: now.account.id } })
      reply.header('cache-control', 'no-store')
      const of = { account: now.account, passkeys }
      return { options: { ...(await beginShowing(tools, 'second_factor', holderOf(now), of)) } }
    },
  })

  operation(app, {
    id: 'showPasskey',
    at: 'POST /v1/session/second-factor/passkey',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['session.begun'],
    limit: BY_HAND,
    summary: 'Complete the sign-in by a passkey (パスキーでの二段階認証)',
    description: 'In place of a code. Failures count with those of codes: five lock it for 15 minutes.',
    body: json(z.strictObject({ response: Shown }).meta({ examples: [SHOWN_EXAMPLE] }), '16 KiB'),
    repeat: 'each time',
    answers: { 200: SessionAnswer },
    run: async (request, reply) => {
      const now = await needed(request)
      const raised = await openByOwnPasskey(tools, now, {
        door: 'session_raised_by_passkey',
        holder: holderOf(now),
        response: request.body.response,
        work: async (tx, open) => {
          await noteSignedIn(tools, tx, open, fromOf(request))
          return raiseSession(tools, tx, open, now.begun.session.id)
        },
      })
      setSession(tools, request, reply, raised)
      return sessionAnswer(tools, now.account, raised)
    },
  })
}

/**
 * Opens a door by a passkey of one's own, shown in this session. Failures count with those of codes.
 * @throws AppError SIGN_IN_REFUSED, or TOO_MANY_REQUESTS once too many were wrong
 */
async function openByOwnPasskey<T>(
  tools: SignInTools,
  now: Current,
  opens: {
    door: 'session_raised_by_passkey' | 'recovery_codes_by_passkey'
    holder: string
    response: z.infer<typeof Shown>
    work: (tx: Tx, account: AccountWithTenant) => Promise<T>
  },
): Promise<T> {
  const { door, holder, response, work } = opens
  const { account } = now
  const lock = secondFactorLock(account.id)
  const locked = await tools.failures.take(lock)
  if (locked !== null) throw lockedOut(locked)
  const passkey = await findPasskey(tools, response)
  const shown =
    passkey?.accountId === account.id
      ? await verifyShown(tools, { purpose: 'second_factor', holder }, account, passkey, response)
      : null
  if (shown === null) throw refused()
  // Behind the password any counts. Within a session, one of before a new password must not count anew.
  if (door === 'recovery_codes_by_passkey' && !opensAlone(tools, account, shown.passkey))
    throw passwordFirst()
  const use = async (tx: Tx, open: AccountWithTenant) => {
    await usePasskey(tools, tx, open, shown)
    return work(tx, open)
  }
  const opened = await openDoor(tools, door, { ...seenIn(now), passkey: shown }, use, refused)
  await tools.failures.forget(lock)
  return opened
}

function recoveryCodeRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  const signedIn = async (request: FastifyRequest) => {
    const now = await current(request)
    needSignedIn(now)
    return { now, holder: `${holderOf(now)}:recovery-codes` }
  }

  operation(app, {
    id: 'beginRecoveryCodesByPasskey',
    at: 'POST /v1/session/recovery-codes/passkey/options',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin new recovery codes by a passkey (パスキーでのリカバリーコード再発行の開始)',
    description:
      'Hand `options` to `navigator.credentials.get()`. Good once, for five minutes, in this session.',
    repeat: 'each time',
    answers: { 200: Options },
    run: async (request, reply) => {
      const { now, holder } = await signedIn(request)
      const passkeys = await tools.db.passkey.findMany({ where: { accountId: now.account.id } })
      if (passkeys.length === 0)
        throw new AppError(
          'CONFLICT',
          'パスキーが登録されていません。認証アプリの確認コードを使ってください。',
        )
      reply.header('cache-control', 'no-store')
      const of = { account: now.account, passkeys }
      return { options: { ...(await beginShowing(tools, 'second_factor', holder, of)) } }
    },
  })

  operation(app, {
    id: 'renewRecoveryCodesByPasskey',
    at: 'POST /v1/session/recovery-codes/passkey',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.recovery_codes_made'],
    limit: BY_HAND,
    summary: 'New recovery codes by a passkey (パスキーでのリカバリーコード再発行)',
    description: 'For a person without an authenticator app. The ones before stop working.',
    body: json(z.strictObject({ response: Shown }).meta({ examples: [SHOWN_EXAMPLE] }), '16 KiB'),
    repeat: 'each time',
    answers: { 200: z.object({ recoveryCodes: RecoveryCodes }) },
    run: async (request, reply) => {
      const { now, holder } = await signedIn(request)
      const recoveryCodes = await openByOwnPasskey(tools, now, {
        door: 'recovery_codes_by_passkey',
        holder,
        response: request.body.response,
        work: async (tx, { id }) => {
          await noteOwn(tx, tools, now, request.ip, 'staff.recovery_codes_made')
          return renewRecoveryCodes(tools, tx, id)
        },
      })
      reply.header('cache-control', 'no-store')
      return { recoveryCodes }
    },
  })
}

const PasskeyName = z.string().trim().min(1).max(60).describe('Name by which its owner knows it (名前)')

const PasskeyRow = z
  .object({
    id: Id,
    name: PasskeyName,
    createdAt: Time.describe('登録日時'),
    lastUsedAt: Time.nullable().describe('最終利用日時'),
    synced: z.boolean().describe('Kept on several devices by a password manager (複数の端末で同期)'),
    signsIn: z
      .boolean()
      .describe(
        'False after a new password, until it is shown once behind that (パスワードなしでログインできるか)',
      ),
  })
  .meta({ id: 'Passkey', description: 'A passkey of one’s own (パスキー)' })

const toPasskeyRow = (tools: SignInTools, account: AccountWithTenant, passkey: Passkey) => ({
  id: passkey.id,
  name: passkeyName(tools, account, passkey),
  createdAt: iso(passkey.createdAt),
  lastUsedAt: isoOrNull(passkey.lastUsedAt),
  synced: passkey.backedUp,
  signsIn: opensAlone(tools, account, passkey),
})

/** Marks a registration with the present password: a later one does not match. */
function registrarOf(tools: SignInTools, now: Current): string {
  const mark = passwordMark(tools, now.account)
  return `${holderOf(now)}:${mark && Buffer.from(mark).toString('hex')}`
}

function registrationRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  /** A session that owes the second factor must not add another one. */
  const mayRegister = async (request: FastifyRequest) => {
    const now = await current(request)
    if (now.begun.session.stage === 'second_factor_required') needSignedIn(now)
    return now
  }

  operation(app, {
    id: 'beginPasskey',
    at: 'POST /v1/session/passkeys/options',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin to add a passkey (パスキーの追加開始)',
    description:
      'Hand `options` to `navigator.credentials.create()`. Needs the password again, but where a second factor is being set up at the ' +
      'sign-in.',
    body: json(
      z
        .strictObject({ currentPassword: Password.optional() })
        .meta({ examples: [{ currentPassword: 'a long pass phrase' }] }),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: { 200: Options },
    run: async (request, reply) => {
      needOffer(tools.publicUrl)
      const now = await mayRegister(request)
      // Else whoever sits down at an open browser would leave with a way in of their own.
      if (now.begun.session.stage === 'signed_in')
        await needPassword(tools, now, request.body.currentPassword)
      reply.header('cache-control', 'no-store')
      return { options: { ...(await beginRegistering(tools, now.account, registrarOf(tools, now))) } }
    },
  })

  operation(app, {
    id: 'addPasskey',
    at: 'POST /v1/session/passkeys',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.passkey_added', 'session.begun'],
    limit: BY_HAND,
    summary: 'Add a passkey (パスキーの追加)',
    description:
      `It signs in alone, and counts as the second factor. ${MOST_PASSKEYS} at most. The person gets a mail. The first second factor ends ` +
      'all other sessions, and comes with recovery codes.',
    body: json(
      z.strictObject({ name: PasskeyName, response: Registered }).meta({
        examples: [
          {
            name: '事務所のパソコン',
            response: { ...RESPONSE, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } },
          },
        ],
      }),
      '16 KiB',
    ),
    repeat: 'each time',
    answers: {
      200: SessionAnswer.extend({
        passkey: PasskeyRow,
        recoveryCodes: z
          .array(z.string())
          .nullable()
          .describe('Shown this once; null where there are some already (リカバリーコード)'),
      }),
    },
    run: async (request, reply) => {
      const now = await mayRegister(request)
      const added = await addPasskey(tools, now, request, request.body)
      if (added.raised) setSession(tools, request, reply, added.raised)
      reply.header('cache-control', 'no-store')
      const { account, passkey, recoveryCodes } = added
      return {
        ...sessionAnswer(tools, account, added.raised ?? now.begun),
        passkey: toPasskeyRow(tools, account, passkey),
        recoveryCodes,
      }
    },
  })
}

async function needPassword(tools: SignInTools, { account }: Current, password: string | undefined) {
  if (account.sealedPassword === null)
    throw new AppError(
      'CONFLICT',
      'パスキーを追加するにはパスワードが必要です。先にパスワードの再設定をしてください。',
      { details: { reason: 'no_password' } },
    )
  if (password === undefined)
    throw invalid([
      { field: 'currentPassword', message: '現在のパスワードを入力してください。', code: 'required' },
    ])
  await checkOwnPassword(tools, account, password)
}

async function addPasskey(
  tools: SignInTools,
  now: Current,
  request: FastifyRequest,
  { name, response }: { name: string; response: z.infer<typeof Registered> },
) {
  const registered = await verifyRegistered(tools, registrarOf(tools, now), response)
  const { session: own } = now.begun
  const add = async (tx: Tx, account: AccountWithTenant) => {
    const passkey = await insertPasskey(tools, tx, account, name, registered)
    await audit(
      tx,
      tools,
      noteOf(actorOf(account, request.ip), 'staff.passkey_added', account.id, { passkeyId: passkey.id }),
    )
    // As with the app: sessions that were opened without a second factor end with the first one.
    const isFirst = account.sealedTotp === null && account._count.passkeys === 0
    if (isFirst) await endSessions(tx, account.id, own.id)
    const recoveryCodes =
      account.recoveryCodes.length === 0 ? await renewRecoveryCodes(tools, tx, account.id) : null
    const raised = own.stage === 'signed_in' ? null : await raiseSession(tools, tx, account, own.id)
    if (raised) await noteSignedIn(tools, tx, account, fromOf(request))
    const after = { ...account, _count: { passkeys: account._count.passkeys + 1 } }
    return { account: after, passkey, recoveryCodes, raised }
  }
  const added = await openDoor(tools, 'passkey', seenIn(now), add)
  const to = emailOf(tools.sealer, added.account)
  if (to !== null)
    await mailTo(tools, to, {
      id: tools.newId(),
      subject: '【取込】パスキーを追加しました',
      lines: [
        'あなたの担当者アカウントにパスキーを追加しました。このパスキーだけでログインできます。',
        '',
        `確認と削除は「自分のアカウント」で行えます: ${tools.publicUrl}/board/account`,
        '',
        '心当たりのない場合は、すぐにパスキーを削除してパスワードを変更し、契約店の管理者に連絡してください。',
      ],
    })
  return added
}

function ownRoutes(app: App, tools: SignInTools, current: CurrentSession): void {
  const signedIn = async (request: FastifyRequest) => {
    const now = await current(request)
    needSignedIn(now)
    return now
  }

  operation(app, {
    id: 'listPasskeys',
    at: 'GET /v1/session/passkeys',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    summary: 'One’s own passkeys (パスキーの一覧)',
    description: 'Oldest first.',
    answers: { 200: z.object({ passkeys: z.array(PasskeyRow), nextCursor: CutLater }) },
    run: async (request, reply) => {
      const { account } = await signedIn(request)
      reply.header('cache-control', 'no-store')
      const rows = await tools.db.passkey.findMany({
        where: { accountId: account.id },
        orderBy: { createdAt: 'asc' },
        take: MOST_PASSKEYS,
      })
      return { passkeys: rows.map((row) => toPasskeyRow(tools, account, row)), nextCursor: null }
    },
  })

  operation(app, {
    id: 'renamePasskey',
    at: 'PATCH /v1/session/passkeys/:id',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Rename a passkey (パスキーの名前の変更)',
    description: 'The name is for its owner alone.',
    params: IdParams,
    body: json(
      z.strictObject({ name: PasskeyName }).meta({ examples: [{ name: 'スマートフォン' }] }),
      '16 KiB',
    ),
    answers: { 200: PasskeyRow },
    run: async (request) => {
      const { account } = await signedIn(request)
      const where = { id: request.params.id, accountId: account.id }
      const sealedName = sealedPasskeyName(tools, account, where.id, request.body.name)
      if ((await tools.db.passkey.updateMany({ where, data: { sealedName } })).count === 0) throw noPasskey()
      const row = await tools.db.passkey.findFirst({ where })
      if (row === null) throw noPasskey()
      return toPasskeyRow(tools, account, row)
    },
  })

  operation(app, {
    id: 'removePasskey',
    at: 'DELETE /v1/session/passkeys/:id',
    since: '1.2.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.passkey_removed'],
    limit: BY_HAND,
    summary: 'Remove a passkey (パスキーの削除)',
    description:
      'Ends all other sessions. Refused for the last way to sign in, and for the last second factor where one is required.',
    params: IdParams,
    answers: { 204: z.undefined().describe('Removed (削除済)') },
    run: async (request) => {
      const now = await signedIn(request)
      const { id } = request.params
      await openDoor(tools, 'password_changed', seenIn(now), async (tx, account) => {
        if ((await tx.passkey.deleteMany({ where: { id, accountId: account.id } })).count === 0)
          throw noPasskey()
        needWayOut(account)
        await endSessions(tx, account.id, now.begun.session.id)
        const by = actorOf(account, request.ip)
        await audit(tx, tools, noteOf(by, 'staff.passkey_removed', account.id, { passkeyId: id }))
      })
    },
  })
}

/** @throws AppError CONFLICT where nothing would sign the person in after their last passkey */
function needWayOut(account: AccountWithTenant): void {
  if (account._count.passkeys > 1) return
  if (account.sealedPassword === null && account.sealedOidc === null)
    throw new AppError(
      'CONFLICT',
      'ほかのログイン方法がないため、削除するとログインできなくなります。先にパスワードの再設定をしてください。',
      { details: { reason: 'last_way' } },
    )
  if (account.sealedTotp === null && needsSecondFactor(account))
    throw new AppError(
      'CONFLICT',
      '2段階認証が必要なため、最後のパスキーは削除できません。先に認証アプリを設定するか、別のパスキーを追加してください。',
      { details: { reason: 'last_second_factor' } },
    )
}

const noPasskey = () => new AppError('NOT_FOUND', 'パスキーが見つかりません。すでに削除されています。')
