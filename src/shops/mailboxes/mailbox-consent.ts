import { dateNow } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { Random } from '../../platform/random.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import {
  claimConsent,
  closeConsent,
  hashState,
  NOBODY,
  newConsent,
  type Visitor,
} from '../consents/browser.ts'
import type { ConsentEnding } from '../consents/page.ts'
import { lockMailboxRow } from '../statements.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import { needGiver } from '../tenants/doors.ts'
import { FRESH_START, type MailboxTools, mailboxNotFound } from './mailboxes.ts'
import { applicationMissing, MailAuthFailure, refusedBy, unavailable } from './oauth/failures.ts'
import { clientOf, endpointsOf, PROVIDERS, type StoredAuth, scopeOf } from './oauth/providers.ts'
import {
  type AskTools,
  authContext,
  fetchByCode,
  type MailToken,
  openAuth,
  usernameContext,
} from './sign-in.ts'

/** Consents in the browser for mailboxes: the same steps as for malls, with another row and other words. */

export interface MailboxConsentTools extends MailboxTools, AskTools {
  random: Random
  /** Without a slash at the end; null: nobody outside can reach the callback. */
  publicUrl: string | null
}

export const CALLBACK_PATH = '/oauth/mailbox/callback'
const EXCHANGE_MS = 15_000
const secretsContext = (id: string) => `mailbox_consent:${id}:secrets`

/** @throws AppError NOT_FOUND, NOT_CONFIGURED, VALIDATION_FAILED where no consent is needed */
export async function beginMailboxConsent(
  tools: MailboxConsentTools,
  caller: Caller,
  mailboxId: string,
  /** Cookie of the browser that begins it; null when a program does. */
  browser: string | null = null,
) {
  const row = await tools.db.mailbox.findFirst({ where: { id: mailboxId, tenantId: caller.tenantId } })
  if (!row) throw mailboxNotFound()
  const auth = openAuth(tools.sealer, row)
  if (auth === null || !PROVIDERS[auth.kind].consent) throw noConsent()
  const client = clientOf(auth, tools.mailOAuth)
  if (client === null) throw new AppError('NOT_CONFIGURED', applicationMissing(auth.kind).message)
  if (tools.publicUrl === null) throw noPublicUrl()
  const redirectUri = `${tools.publicUrl}${CALLBACK_PATH}`
  const username = tools.sealer
    .of(caller.tenantId)
    .open(usernameContext(mailboxId), row.sealedUsername)
    .toString('utf8')
  const { proof, code, row: begun, old } = newConsent(tools, caller.actor, browser)
  const { id } = begun
  await tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, dateNow(tools.clock))
    await tx.mailboxConsent.deleteMany({ where: { mailboxId, ...old } })
    await tx.mailboxConsent.create({
      data: {
        ...begun,
        mailboxId,
        redirectUri,
        authVersion: row.authVersion,
        sealedSecrets: tools.sealer.of(caller.tenantId).seal(secretsContext(id), proof.verifier),
      },
    })
    await audit(tx, tools, noteOf(caller, 'mailbox.consent_begun', mailboxId, { kind: auth.kind }))
  })
  const ask = {
    clientId: client.id,
    redirectUri,
    state: proof.state,
    challenge: proof.codeChallenge,
    username,
  }
  return { url: consentUrl(tools, auth, ask), expiresAt: begun.expiresAt.toISOString(), code }
}

function consentUrl(
  tools: AskTools,
  auth: StoredAuth,
  ask: { clientId: string; redirectUri: string; state: string; challenge: string; username: string },
): string {
  const url = new URL(endpointsOf(auth, tools.mailOAuth).authorization ?? '')
  const query = {
    response_type: 'code',
    client_id: ask.clientId,
    redirect_uri: ask.redirectUri,
    scope: scopeOf(auth),
    state: ask.state,
    code_challenge: ask.challenge,
    code_challenge_method: 'S256',
    ...(ask.username.includes('@') ? { login_hint: ask.username } : {}),
    // Google gives a refresh token only when it is asked for, and a second one only with the page shown
    // again.
    ...(auth.kind === 'google' ? { access_type: 'offline', prompt: 'consent' } : {}),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

type Row = NonNullable<Awaited<ReturnType<typeof findConsent>>>

const findConsent = (tools: MailboxConsentTools, state: string) =>
  tools.db.mailboxConsent.findUnique({
    where: { stateHash: hashState(state) },
    include: { mailbox: { include: { tenant: { select: { status: true, name: true } } } } },
  })

/** Ends a consent by the provider's redirect. Whatever goes wrong, the mailbox keeps what it had. */
export async function finishMailboxConsent(
  tools: MailboxConsentTools,
  query: Readonly<Record<string, string>>,
  visitor: Visitor = NOBODY,
): Promise<ConsentEnding> {
  const state = query.state ?? ''
  const row = await findConsent(tools, state)
  if (!row) return { kind: 'bad_state', reason: 'unknown' }
  const { mailbox } = row
  const { tenantId, tenant } = mailbox
  const owner = { tenantId, tenant, shopName: mailbox.name, mallLabel: 'メール' }
  const answered = Boolean(query.code || query.error)
  const now = new Date(tools.clock.now())
  const refused = await claimConsent(tools.db.mailboxConsent, row, owner, { state, visitor, now, answered })
  if (refused !== null) return refused
  const ending = await end(tools, row, query).catch((error: unknown): ConsentEnding => endingOf(row, error))
  await close(tools, row, ending)
  return ending
}

async function end(
  tools: MailboxConsentTools,
  row: Row,
  query: Readonly<Record<string, string>>,
): Promise<ConsentEnding> {
  const { mailbox } = row
  const auth = openAuth(tools.sealer, mailbox)
  // Another application was entered meanwhile: what was consented to is not what is stored.
  if (auth === null || mailbox.authVersion !== row.authVersion)
    return { kind: 'bad_state', reason: 'expired' }
  const names = { shopName: mailbox.name, mallLabel: PROVIDERS[auth.kind].label }
  if (query.error === 'access_denied' && !/AADSTS/.test(query.error_description ?? ''))
    return { kind: 'refused', ...names }
  if (query.error) throw refusedBy(auth.kind, query.error, query.error_description ?? '')
  const verifier = tools.sealer
    .of(mailbox.tenantId)
    .open(secretsContext(row.id), row.sealedSecrets ?? new Uint8Array())
    .toString()
  const answer = { code: query.code ?? '', verifier, redirectUri: row.redirectUri }
  const token = await exchange(tools, auth, answer)
  if (token.refreshToken === undefined)
    throw new MailAuthFailure(
      'MAILBOX_CONSENT_NEEDED',
      '事業者がリフレッシュトークンを返しませんでした。アプリの設定で offline_access（オフラインアクセス）を許可し、もう一度同意してください。',
    )
  await store(tools, row, auth, token)
  return { kind: 'stored', ...names, findings: [], problem: null }
}

const exchange = (
  tools: AskTools,
  auth: StoredAuth,
  answer: { code: string; verifier: string; redirectUri: string },
): Promise<MailToken> =>
  abortAfter(EXCHANGE_MS, new AbortController().signal, (signal) =>
    fetchByCode(tools, auth, answer, signal),
  ).catch((error: unknown) => {
    throw error instanceof TimedOut ? unavailable('timeout') : error
  })

/** The mailbox is tried at once; that is all that it needs to heal. */
async function store(
  tools: MailboxConsentTools,
  row: Row,
  auth: StoredAuth,
  token: MailToken,
): Promise<void> {
  const { mailbox } = row
  const now = new Date(tools.clock.now())
  const sealed = tools.sealer
    .of(mailbox.tenantId)
    .sealJson(authContext(mailbox.id), { ...auth, refreshToken: token.refreshToken })
  const stored = await tools.db.$transaction(async (tx) => {
    // Who was deleted or demoted while the provider asked binds nothing any more.
    await needGiver(tx, { actor: row.requestedBy }, now)
    // Read again: it may have been switched off, or on, while the provider was asked.
    await tx.$queryRaw(lockMailboxRow(mailbox.tenantId, mailbox.id))
    const current = await tx.mailbox.findUnique({ where: { id: mailbox.id }, select: { enabled: true } })
    return tx.mailbox.updateMany({
      where: { id: mailbox.id, authVersion: row.authVersion },
      data: {
        ...FRESH_START,
        sealedAuth: sealed,
        authVersion: { increment: 1 },
        settingsVersion: { increment: 1 },
        consentedAt: now,
        consentEndsAt: token.consentEndsAt === undefined ? null : new Date(token.consentEndsAt),
        state: current?.enabled ? 'waiting' : 'disabled',
        updatedAt: now,
      },
    })
  })
  if (stored.count === 0)
    throw new AppError('CONFLICT', '受信箱の設定が同時に変更されました。もう一度同意してください。')
  await tools.onMailboxChanged()
}

function endingOf({ mailbox }: Row, error: unknown): ConsentEnding {
  const names = { shopName: mailbox.name, mallLabel: 'メール' }
  if (error instanceof MailAuthFailure) {
    const { code, message, needsPerson } = error
    return { kind: 'failed', ...names, code, away: !needsPerson, message, renew: undefined }
  }
  if (error instanceof AppError)
    return {
      kind: 'failed',
      ...names,
      code: error.code,
      away: false,
      message: error.message,
      renew: undefined,
    }
  return { kind: 'broken', error }
}

async function close(tools: MailboxConsentTools, row: Row, ending: ConsentEnding): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const outcome = await closeConsent(tx.mailboxConsent, row.id, ending)
    const by = { tenantId: row.mailbox.tenantId, actor: row.requestedBy }
    await audit(tx, tools, noteOf(by, 'mailbox.consent_ended', row.mailboxId, { outcome }))
  })
}

const noConsent = () =>
  new AppError('VALIDATION_FAILED', 'この受信箱のログインの方法では、ブラウザーでの同意は不要です。', {
    details: { reason: 'consent_not_supported' },
  })

const noPublicUrl = () =>
  new AppError(
    'NOT_CONFIGURED',
    `同意画面を使うには、運営者がサーバーの設定 PUBLIC_URL に、このサービスの公開URLを設定する必要があります。事業者には <PUBLIC_URL>${CALLBACK_PATH} をリダイレクトURIとして登録してください。`,
    { details: { setting: 'PUBLIC_URL' } },
  )
