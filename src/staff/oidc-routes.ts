import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { anyone, session } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { type BrowserSession, cookieName, isSecure, type OpenSession, sessionSecret } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { ifOpens } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { actorOf, WITH_TENANT } from './accounts.ts'
import { openDoor } from './doors.ts'
import {
  bindIdentity,
  findByIdentity,
  findByVerifiedEmail,
  type Identity,
  type IdentityProvider,
  noAccount,
  removeIdentity,
} from './identities.ts'
import { passkeyOffer } from './passkeys.ts'
import { openBySecondFactor, TotpCode } from './second-factor.ts'
import {
  BY_HAND,
  createCurrentSession,
  endSessions,
  fromOf,
  needSignedIn,
  Password,
  seenIn,
  setSession,
} from './sessions.ts'
import { admit, checkOwnPassword, type SignInTools } from './sign-in.ts'

export interface OidcTools extends SignInTools {
  openSession: OpenSession
  /** Null: not set. */
  oidc: { label: string; provider: IdentityProvider } | null
  demoTenant: (() => string | null) | null
  /** The setting or the file that holds the operator key. */
  operatorKeyIn: string
  takesApplications: boolean
}

const TRIP_COOKIE = 'torikomi_oidc'
const TRIP_SECONDS = 600
const TRIP_CONTEXT = 'oidc-trip'
const PATH = '/v1/session/oidc'
const Trip = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  until: z.number(),
  /** The session that asked to bind an identity; absent: the trip signs in and binds nobody. */
  bind: z.object({ accountId: z.string(), sessionId: z.string() }).optional(),
})
type Trip = z.infer<typeof Trip>

/** Full paths. What the sign-in page offers, and the way through an identity provider where one is set. */
export const oidcRoutes =
  (tools: OidcTools): Routes =>
  (app) => {
    waysRoute(app, tools)
    removalRoute(app, tools)
    if (tools.oidc) tripRoutes(app, tools, tools.oidc.provider)
  }

function waysRoute(app: App, tools: OidcTools): void {
  operation(app, {
    id: 'getSignInWays',
    at: 'GET /v1/session/ways',
    since: '1.0.0',
    tag: 'staff',
    who: anyone('nothing'),
    cost: 'light',
    summary: 'What the sign-in page is to offer (ログイン方法)',
    description:
      'What the sign-in page offers: first account, demo, reset by mail, single sign-on, passkeys, applications.',
    answers: {
      200: z.object({
        first: z
          .boolean()
          .describe('No operator account is there yet: POST /v1/session/first (初期設定が必要)'),
        operatorKeyIn: z
          .string()
          .nullable()
          .describe(
            'While no account is there at all: where the operator key is, a setting or a file; null after that (運営者キーの場所)',
          ),
        passwordReset: z
          .boolean()
          .describe('Whether a forgotten password is set anew by mail (再設定メール)'),
        demo: z.boolean().describe('POST /v1/session/demo is there (デモ)'),
        identityProvider: z
          .object({
            label: z.string().describe('On the button (表示名)'),
            url: z.string().describe('To be opened (URL)'),
          })
          .nullable()
          .describe('Null: none is set (シングルサインオン)'),
        passkeys: z
          .object({
            offered: z.boolean().describe('Whether the sign-in page may offer them (利用可否)'),
            why: z
              .enum(['no_public_url', 'not_https', 'no_host_name'])
              .nullable()
              .describe('What is wrong with PUBLIC_URL where they are not offered (使えない理由)'),
          })
          .describe('Since 1.2.0 (パスキー)'),
        applications: z
          .boolean()
          .describe('Whether POST /v1/applications takes any. Since 1.2.0 (申し込みの受付)'),
      }),
    },
    run: async () => {
      const operators = { tenantId: null, state: { not: 'deleted' } } as const
      const first = (await tools.db.staffAccount.count({ where: operators })) === 0
      // Where staff sign in already, nobody of them is asked for the operator's key.
      const offer = passkeyOffer(tools.publicUrl)
      const isNew = first && (await tools.db.staffAccount.count()) === 0
      return {
        first,
        // A stranger learns no path of the server's disk once somebody is there.
        operatorKeyIn: isNew ? tools.operatorKeyIn : null,
        passwordReset: tools.sendMail !== null && tools.publicUrl !== null,
        demo: tools.demoTenant !== null,
        identityProvider: tools.oidc && { label: tools.oidc.label, url: PATH },
        passkeys: 'why' in offer ? { offered: false, why: offer.why } : { offered: true, why: null },
        applications: tools.takesApplications,
      }
    },
  })
}

const IDENTITY_PROOF = z
  .union([z.strictObject({ currentPassword: Password }), z.strictObject({ code: TotpCode })])
  .meta({ examples: [{ currentPassword: 'a long pass phrase' }] })

function removalRoute(app: App, tools: OidcTools): void {
  const current = createCurrentSession(tools, tools.openSession)
  operation(app, {
    id: 'removeIdentity',
    at: `DELETE ${PATH}`,
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: ['staff.identity_removed'],
    limit: BY_HAND,
    summary: 'Remove one’s bound identity (シングルサインオンの解除)',
    description: 'Ends all other sessions. Refused without a password: nothing would sign in any more.',
    answers: { 204: z.undefined().describe('Removed (解除済)') },
    run: async (request) => {
      const now = await current(request)
      needSignedIn(now)
      const { account, begun } = now
      if (account.sealedPassword === null)
        throw new AppError(
          'CONFLICT',
          'パスワードがないため、解除するとログインできなくなります。先にパスワードの再設定をしてください。',
          { details: { reason: 'no_password' } },
        )
      const by = actorOf(account, request.ip)
      await openDoor(tools, 'password_changed', seenIn(now), async (tx) => {
        await removeIdentity(tx, tools, account, by)
        await endSessions(tx, account.id, begun.session.id)
      })
    },
  })
}

function tripRoutes(app: App, tools: OidcTools, provider: IdentityProvider): void {
  const current = createCurrentSession(tools, tools.openSession)
  async function beginTrip(
    request: FastifyRequest,
    reply: FastifyReply,
    bind?: Trip['bind'],
  ): Promise<string> {
    const { url, trip } = await provider.begin()
    const until = tools.clock.now() + TRIP_SECONDS * 1000
    const sealed = Buffer.from(tools.sealer.of(null).sealJson(TRIP_CONTEXT, { ...trip, until, bind }))
    reply.setCookie(cookieName(request, TRIP_COOKIE), sealed.toString('base64url'), {
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      maxAge: TRIP_SECONDS,
      secure: isSecure(request),
    })
    return url.href
  }

  operation(app, {
    id: 'beginOidc',
    at: `GET ${PATH}`,
    since: '1.0.0',
    tag: 'staff',
    who: anyone('nothing'),
    cost: 'light',
    limit: BY_HAND,
    head: false,
    summary: 'Sign in at the identity provider (シングルサインオン)',
    description: 'Sends the browser there. It signs in alone: POST binds an identity to the own account.',
    answers: { 302: z.undefined().describe('To the provider (認証サービスへ)') },
    run: async (request, reply) => reply.redirect(await beginTrip(request, reply)),
  })

  // Not a GET: a page of another site could send a signed-in person there and bind an identity of its own.
  operation(app, {
    id: 'bindIdentity',
    at: `POST ${PATH}`,
    since: '1.0.0',
    tag: 'staff',
    who: session,
    cost: 'light',
    audit: [],
    limit: BY_HAND,
    summary: 'Begin to bind an identity to one’s account (シングルサインオンの設定)',
    description: 'Needs the password or a code of the second factor again. Open `url` in the same browser.',
    body: json(IDENTITY_PROOF, '16 KiB'),
    repeat: 'each time',
    answers: { 200: z.object({ url: z.string().describe('At the provider (認証サービスのURL)') }) },
    run: async (request, reply) => {
      const now = await current(request)
      needSignedIn(now)
      const { account, begun } = now
      if ('code' in request.body)
        await openBySecondFactor(tools, 'second_factor', seenIn(now), request.body, async () => undefined)
      else await checkOwnPassword(tools, account, request.body.currentPassword)
      reply.header('cache-control', 'no-store')
      return { url: await beginTrip(request, reply, { accountId: account.id, sessionId: begun.session.id }) }
    },
  })

  operation(app, {
    id: 'endOidc',
    at: `GET ${PATH}/callback`,
    since: '1.0.0',
    tag: 'staff',
    who: anyone('link'),
    cost: 'light',
    audit: ['staff.identity_bound', 'session.begun'],
    limit: BY_HAND,
    head: false,
    summary: 'Where the identity provider sends the browser back to (シングルサインオンの結果)',
    description: 'Sends the browser to the board; what went wrong stands behind `error` there.',
    query: z.looseObject({}),
    answers: { 302: z.undefined().describe('To the board (状況ボードへ)') },
    run: async (request, reply) => {
      const back = openTrip(tools, request)
      const failed = back?.bind ? '/board/account#error=' : '/board/#/sign-in?error='
      try {
        if (back === null) throw tripOver()
        const identity = await provider.finish(answerOf(tools, request), back)
        if (back.bind) await bindOwn(tools, request, back.bind, identity)
        else await letIn(tools, request, reply, identity)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        request.log.info({ code: error.code }, 'the identity of a provider was refused')
        return reply.redirect(`${failed}${error.code}`)
      } finally {
        reply.clearCookie(cookieName(request, TRIP_COOKIE), { path: '/', secure: isSecure(request) })
      }
      return reply.redirect(back.bind ? '/board/account' : '/board/')
    },
  })
}

/** As the provider knows our address, whatever a proxy made of it. */
const answerOf = ({ publicUrl }: OidcTools, request: FastifyRequest): URL =>
  new URL(`${publicUrl ?? ''}${request.url.slice(0, 8_000)}`)

/** Null for a trip that is over, or not one of ours. */
function openTrip({ sealer, clock }: OidcTools, request: FastifyRequest): Trip | null {
  const sealed = Buffer.from(
    (request.cookies[cookieName(request, TRIP_COOKIE)] ?? '').slice(0, 4_000),
    'base64url',
  )
  const trip = Trip.safeParse(ifOpens(() => sealer.of(null).openJson(TRIP_CONTEXT, sealed))).data
  return trip !== undefined && trip.until > clock.now() ? trip : null
}

const tripOver = () =>
  new AppError('SIGN_IN_REFUSED', 'ログインの途中で時間が経ちすぎました。もう一度お試しください。')

async function openOwn(tools: OidcTools, request: FastifyRequest): Promise<BrowserSession | null> {
  const secret = sessionSecret(request)
  const session = secret === null ? null : await tools.openSession(secret).catch(() => null)
  return session?.state === 'signed_in' ? session : null
}

/** Binds to the account whose session began the trip, and only while that session is still this browser's. */
async function bindOwn(
  tools: OidcTools,
  request: FastifyRequest,
  bind: NonNullable<Trip['bind']>,
  identity: Identity,
): Promise<void> {
  const session = await openOwn(tools, request)
  if (session?.id !== bind.sessionId || session.accountId !== bind.accountId) throw tripOver()
  const account = await tools.db.staffAccount.findUnique({
    where: { id: bind.accountId },
    include: WITH_TENANT,
  })
  const row = await tools.db.staffSession.findUnique({ where: { id: session.id } })
  if (account === null || row === null) throw tripOver()
  await bindIdentity(tools, { account, session: row }, identity, request.ip)
}

/**
 * Signs in whoever the identity is bound to; binds it first to the account that has the verified address. It
 * makes no account. A second factor at the provider counts for a tenant's people; the operator's show ours.
 */
async function letIn(
  tools: OidcTools,
  request: FastifyRequest,
  reply: FastifyReply,
  identity: Identity,
): Promise<void> {
  const signedIn = await openOwn(tools, request)
  const bound = await findByIdentity(tools, identity)
  // A signed-in person is neither bound here nor exchanged for somebody else.
  if (signedIn !== null && signedIn.accountId !== bound?.id) throw noAccount()
  const found = bound ?? (await findByVerifiedEmail(tools, identity.verifiedEmail))
  if (found?.state !== 'active') throw noAccount()
  const account = bound ?? (await bindIdentity(tools, { account: found }, identity, request.ip))
  const shown = identity.secondFactor && account.tenantId !== null
  const begun = await admit(tools, 'session_by_identity', account, fromOf(request), shown)
  setSession(tools, request, reply, begun)
}
