import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App, Routes } from '../http/app-types.ts'
import type { OpenSession } from '../http/auth.ts'
import { sessionSecret } from '../http/auth.ts'
import { AppError } from '../platform/errors.ts'
import { byEmail } from './accounts.ts'
import type { Identity, IdentityProvider } from './identity-provider.ts'
import { oidcHashes, staffContext, stored } from './secrets.ts'
import { BY_HAND, fromOf, setSession } from './session-cookie.ts'
import { type AccountWithTenant, admit, type SignInTools, WITH_TENANT } from './sign-in.ts'

export interface OidcTools extends SignInTools {
  openSession: OpenSession
  /** Null: not set. */
  oidc: { label: string; provider: IdentityProvider } | null
  demoTenant: (() => string | null) | null
}

const TRIP_COOKIE = 'torikomi_oidc'
const TRIP_SECONDS = 600
const TRIP_CONTEXT = 'oidc-trip'
const PATH = '/v1/session/oidc'
const Trip = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), until: z.number() })

/** Full paths. What the sign-in page offers, and the way through an identity provider where one is set. */
export const oidcRoutes =
  (tools: OidcTools): Routes =>
  (app) => {
    waysRoute(app, tools)
    if (tools.oidc) tripRoutes(app, tools, tools.oidc.provider)
  }

function waysRoute(app: App, tools: OidcTools): void {
  app.get(
    '/v1/session/ways',
    {
      schema: {
        tags: ['staff'],
        operationId: 'getSignInWays',
        summary: 'What the sign-in page is to offer (ログイン方法)',
        description: 'What the sign-in page offers: first account, demo, reset by mail, single sign-on.',
        security: [],
        response: {
          200: z.object({
            first: z
              .boolean()
              .describe('No operator account is there yet: POST /v1/session/first (初期設定が必要)'),
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
          }),
        },
      },
    },
    async () => ({
      first:
        (await tools.db.staffAccount.count({ where: { tenantId: null, state: { not: 'deleted' } } })) === 0,
      passwordReset: tools.sendMail !== null && tools.publicUrl !== null,
      demo: tools.demoTenant !== null,
      identityProvider: tools.oidc && { label: tools.oidc.label, url: PATH },
    }),
  )
}

function tripRoutes(app: App, tools: OidcTools, provider: IdentityProvider): void {
  app.get(
    PATH,
    {
      config: BY_HAND,
      // HEAD would begin a trip.
      exposeHeadRoute: false,
      schema: {
        tags: ['staff'],
        operationId: 'beginOidc',
        summary: 'Sign in at the identity provider (シングルサインオン)',
        description: 'Sends the browser there. Whoever is signed in binds that identity to the own account.',
        security: [],
        response: { 302: z.undefined().describe('To the provider (認証サービスへ)') },
      },
    },
    async (_request, reply) => {
      const { url, trip } = await provider.begin()
      const until = tools.clock.now() + TRIP_SECONDS * 1000
      const sealed = Buffer.from(tools.sealer.sealJson(TRIP_CONTEXT, { ...trip, until }))
      reply.setCookie(TRIP_COOKIE, sealed.toString('base64url'), {
        ...{ httpOnly: true, sameSite: 'lax', path: PATH, maxAge: TRIP_SECONDS },
        secure: tools.publicUrl?.startsWith('https:') === true,
      })
      return reply.redirect(url.href)
    },
  )

  app.get(
    `${PATH}/callback`,
    {
      config: BY_HAND,
      exposeHeadRoute: false,
      schema: {
        tags: ['staff'],
        operationId: 'endOidc',
        summary: 'Where the identity provider sends the browser back to (シングルサインオンの結果)',
        description: 'Sends the browser to the board; what went wrong stands behind `error` there.',
        security: [],
        querystring: z.looseObject({}),
        response: { 302: z.undefined().describe('To the board (状況ボードへ)') },
      },
    },
    async (request, reply) => {
      try {
        const identity = await provider.finish(answerOf(tools, request), openTrip(tools, request))
        const account = await accountOf(tools, identity, await signedInAs(tools, request))
        await letIn(tools, request, reply, account, identity)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        request.log.info({ code: error.code }, 'a sign-in by the identity provider was refused')
        return reply.redirect(`/board/#/sign-in?error=${error.code}`)
      } finally {
        reply.clearCookie(TRIP_COOKIE, { path: PATH })
      }
      return reply.redirect('/board/')
    },
  )
}

/** As the provider knows our address, whatever a proxy made of it. */
const answerOf = ({ publicUrl }: OidcTools, request: FastifyRequest): URL =>
  new URL(`${publicUrl ?? ''}${request.url.slice(0, 8_000)}`)

function openTrip({ sealer, clock }: OidcTools, request: FastifyRequest): z.infer<typeof Trip> {
  const sealed = Buffer.from((request.cookies[TRIP_COOKIE] ?? '').slice(0, 4_000), 'base64url')
  try {
    const trip = Trip.parse(sealer.openJson(TRIP_CONTEXT, sealed))
    if (trip.until > clock.now()) return trip
  } catch {
    // Not one of ours, or of a key that is gone.
  }
  throw new AppError('SIGN_IN_REFUSED', 'ログインの途中で時間が経ちすぎました。もう一度お試しください。')
}

async function signedInAs(tools: OidcTools, request: FastifyRequest): Promise<string | null> {
  const secret = sessionSecret(request)
  if (secret === null) return null
  const session = await tools.openSession(secret).catch(() => null)
  return session?.state === 'signed_in' ? session.accountId : null
}

const nobody = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'この認証サービスのアカウントに結び付いた担当者がいません。契約店の管理者に招待を依頼してください。',
  )

/** By the identity that was bound before; else bound now, to who is signed in or to a verified address. Nobody is made by it. */
async function accountOf(
  tools: OidcTools,
  identity: Identity,
  signedInId: string | null,
): Promise<AccountWithTenant> {
  const { db, sealer } = tools
  const known = JSON.stringify([identity.issuer, identity.subject])
  const hashes = oidcHashes(sealer, known)
  const bound = await db.staffAccount.findFirst({
    where: { oidcHash: { in: hashes } },
    include: WITH_TENANT,
  })
  if (bound) {
    if (bound.state !== 'active' || (signedInId !== null && signedInId !== bound.id)) throw nobody()
    return bound
  }
  const email = identity.verifiedEmail
  if (signedInId === null && email === null) throw nobody()
  const where = signedInId === null ? byEmail(sealer, email ?? '') : { id: signedInId }
  const free = { ...where, state: 'active', oidcHash: null } as const
  const found = await db.staffAccount.findFirst({ where: free, include: WITH_TENANT })
  if (!found) throw nobody()
  const mine = await db.staffAccount.updateMany({
    where: { ...free, id: found.id },
    data: {
      oidcHash: stored(hashes),
      sealedOidc: sealer.seal(staffContext(found.id, 'oidc'), known),
    },
  })
  if (mine.count === 0) throw nobody()
  return found
}

/** A second factor at the provider counts for a tenant's people; the operator's show ours. */
async function letIn(
  tools: OidcTools,
  request: FastifyRequest,
  reply: FastifyReply,
  account: AccountWithTenant,
  { secondFactor }: Identity,
): Promise<void> {
  const begun = await admit(tools, account, fromOf(request), secondFactor && account.tenantId !== null)
  setSession(tools, request, reply, begun)
}
