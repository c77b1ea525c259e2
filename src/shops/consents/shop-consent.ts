import { z } from 'zod'
import type { ConsentRequest } from '../../generated/prisma/client.ts'
import { Time } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { ConsentExchange, ConsentFlow, Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { CredentialCheck, Lane, TokenStore } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { Logger } from '../../platform/logger.ts'
import { factsOf } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import {
  type Credentials,
  checkCredentials,
  mergeCredentials,
  openCredentials,
  renewed,
  saveGoodCheck,
} from '../credentials/credentials.ts'
import { createHintBook, type HintBook } from '../shops/mall-hints.ts'
import { announce, lockShop, type ShopTools } from '../shops/shops.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import { needGiver } from '../tenants/doors.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import {
  ConsentSecrets,
  claimConsent,
  closeConsent,
  consentContext,
  hashState,
  NOBODY,
  newConsent,
  type Visitor,
} from './browser.ts'
import type { ConsentEnding } from './page.ts'

export interface ConsentBeginTools
  extends Pick<ShopTools, 'db' | 'clock' | 'newId' | 'marketplaces' | 'sealer'> {
  random: Random
  /** Without a slash at the end; null: nobody outside can reach the callback. */
  publicUrl: string | null
}

export const NewConsent = z.strictObject({
  credentials: z
    .record(z.string().max(100), z.unknown())
    .optional()
    .describe(
      'The application’s own credentials, where the shop has none yet or others are to be used; stored together with the ' +
        'consent (アプリケーションの認証情報)',
    ),
})

export const ConsentAnswer = z
  .object({
    url: z.string().describe('The mall’s page, to be opened in a browser (同意画面のURL)'),
    expiresAt: Time.describe('Until then it must be done (有効期限)'),
    code: z
      .string()
      .nullable()
      .describe(
        'For whom consents in a browser where no owner is signed in: to be typed on the page that it comes back to; shown this once. ' +
          'Null where a signed-in browser began it, which alone may end it (確認コード)',
      ),
  })
  .describe('A consent that was begun (同意の開始)')

/**
 * Makes the mall's authorisation URL, good for one answer within ten minutes.
 * @throws AppError NOT_FOUND, NOT_CONFIGURED without PUBLIC_URL, VALIDATION_FAILED naming what the
 * application still needs
 */
export async function beginConsent(
  tools: ConsentBeginTools,
  caller: Caller,
  shopId: string,
  given: Credentials,
  /** Cookie of the browser that begins it; null when a program does. */
  browser: string | null = null,
): Promise<z.infer<typeof ConsentAnswer>> {
  const shop = await tools.db.shop.findFirst({ where: { id: shopId, tenantId: caller.tenantId } })
  if (!shop) throw shopNotFound()
  const mall = tools.marketplaces.get(shop.marketplace)
  if (!mall?.consent) throw noConsent(mall?.label ?? shop.marketplace)
  const redirectUri = redirectUriOf(tools.publicUrl, mall.name)
  const merged = mergeCredentials(mall, openCredentials(tools.sealer, shop), given)
  const credentials = applicationOf(mall, mall.consent, merged)
  const { proof, code, row, old } = newConsent(tools, caller.actor, browser)
  // Null, since JSON would forget that a field is to go.
  const cleaned = Object.fromEntries(Object.keys(given).map((name) => [name, credentials[name] ?? null]))
  const secrets = { verifier: proof.verifier, nonce: proof.nonce, given: cleaned }
  await tools.db.$transaction(async (tx) => {
    await needGiver(tx, caller, dateNow(tools.clock))
    await tx.consentRequest.deleteMany({ where: { shopId, ...old } })
    await tx.consentRequest.create({
      data: {
        ...row,
        tenantId: caller.tenantId,
        shopId,
        marketplace: mall.name,
        redirectUri,
        sealedSecrets: tools.sealer.of(caller.tenantId).sealJson(consentContext(row.id), secrets),
      },
    })
    await audit(tx, tools, noteOf(caller, 'shop.consent_begun', shopId, { marketplace: mall.name }))
  })
  const { state, codeChallenge, nonce } = proof
  const ask = { shopCode: shop.code, credentials, state, redirectUri, codeChallenge, nonce }
  return { url: mall.consent.authorisationUrl(ask), expiresAt: row.expiresAt.toISOString(), code }
}

/** The same rules and words as for pasted credentials, without what the consent brings. */
function applicationOf(mall: Marketplace, consent: ConsentFlow<unknown>, merged: Credentials): Credentials {
  const result = checkCredentials({ ...mall, credentials: consent.application }, merged)
  if (!result.ok) throw invalid(result.fields)
  return result.value
}

const redirectPath = (mall: string) => `/oauth/${mall}/callback`

function redirectUriOf(publicUrl: string | null, mall: string): string {
  if (publicUrl !== null) return `${publicUrl}${redirectPath(mall)}`
  throw new AppError(
    'NOT_CONFIGURED',
    `同意画面を使うには、運営者がサーバーの設定 PUBLIC_URL に、このサービスの公開URL（例 https://torikomi.example.jp）を設定する必要があります。モールには <PUBLIC_URL>${redirectPath(mall)} をコールバックURLとして登録してください。`,
    { details: { setting: 'PUBLIC_URL' } },
  )
}

const noConsent = (label: string) =>
  new AppError(
    'VALIDATION_FAILED',
    `${label}にはブラウザーでの同意がありません。モールの画面で発行したキーを店舗設定に登録してください。`,
    { details: { reason: 'consent_not_supported' } },
  )

export interface ConsentFinishTools extends ShopTools, TryTools {
  random: Pick<Random, 'float'>
}

/** A consent that counts: its mall takes consents, its shop is there, its state was used by nobody before. */
interface OpenConsent {
  row: ConsentRequest
  mall: Marketplace
  flow: ConsentFlow<unknown>
  shop: { id: string; code: string; name: string; settings: unknown }
  stored: Credentials | null
}

/**
 * Ends a consent by what the mall's redirect says: exchanges the code, tries the new credentials and stores
 * them, which opens the shop's lane and wakes it. Whatever goes wrong, the shop's credentials stay as they
 * were.
 */
export async function finishConsent(
  tools: ConsentFinishTools,
  mallName: string,
  query: Readonly<Record<string, string>>,
  visitor: Visitor = NOBODY,
): Promise<ConsentEnding> {
  const claimed = await claim(tools, mallName, query, visitor)
  if ('ending' in claimed) return claimed.ending
  const { open } = claimed
  const ending = await end(tools, open, query).catch((error: unknown) => endingOf(open, error))
  await close(tools, open, ending)
  return ending
}

async function claim(
  tools: ConsentFinishTools,
  mallName: string,
  query: Readonly<Record<string, string>>,
  visitor: Visitor,
): Promise<{ open: OpenConsent } | { ending: ConsentEnding }> {
  const unknown = { ending: { kind: 'bad_state', reason: 'unknown' } } as const
  const state = query.state ?? ''
  const found = await tools.db.consentRequest.findUnique({
    where: { stateHash: hashState(state) },
    include: { shop: { include: { tenant: { select: { status: true, name: true } } } } },
  })
  if (!found || found.marketplace !== mallName) return unknown
  const { shop, ...row } = found
  const mall = tools.marketplaces.get(row.marketplace)
  if (!mall?.consent) return unknown
  const { tenantId } = row
  const owner = { tenantId, tenant: shop.tenant, shopName: shop.name, mallLabel: mall.label }
  const answered = mall.consent.readAnswer(query, shop.code) !== null
  const now = dateNow(tools.clock)
  const ending = await claimConsent(tools.db.consentRequest, row, owner, { state, visitor, now, answered })
  if (ending !== null) return { ending }
  const stored = openCredentials(tools.sealer, shop)
  return { open: { row, mall, flow: mall.consent, shop, stored } }
}

async function end(
  tools: ConsentFinishTools,
  open: OpenConsent,
  query: Readonly<Record<string, string>>,
): Promise<ConsentEnding> {
  const { row, mall, flow, shop, stored } = open
  const names = { shopName: shop.name, mallLabel: mall.label }
  const answer = flow.readAnswer(query, shop.code)
  if (answer?.kind !== 'code') {
    if (answer?.kind === 'failed') throw answer.failure
    return { kind: 'refused', ...names }
  }
  const sealed = row.sealedSecrets ?? new Uint8Array()
  const secrets = ConsentSecrets.parse(tools.sealer.of(row.tenantId).openJson(consentContext(row.id), sealed))
  const granted = await exchangeCode(flow, {
    shopCode: shop.code,
    credentials: mergeCredentials(mall, stored, secrets.given),
    code: answer.code,
    verifier: secrets.verifier,
    nonce: secrets.nonce,
    redirectUri: row.redirectUri,
    tools,
  })
  const added = { ...secrets.given, ...granted }
  const candidate = mall.credentials.safeParse(mergeCredentials(mall, stored, added))
  const tried = candidate.success
    ? await tryCredentials(tools, mall, shop, candidate.data as Credentials)
    : ({ kind: 'unclear', message: null } as const)
  if (tried.kind === 'wrong_account') throw tried.failure
  const credentialsVersion = await store(tools, open, added)
  if (tried.kind === 'unclear') return { kind: 'stored', ...names, findings: [], problem: tried.message }
  const at = dateNow(tools.clock)
  const check = { credentialsVersion, expiries: tried.check.expiries, at }
  await saveGoodCheck(tools.db, shop.id, check, tools.random.float())
  await tried.book.save(tools.db, shop.id, at)
  return { kind: 'stored', ...names, findings: tried.check.messages, problem: null }
}

/** Into what is stored by now: somebody may have saved other fields while the person consented. */
async function store(tools: ConsentFinishTools, open: OpenConsent, added: Credentials): Promise<number> {
  const { row, shop } = open
  const updated = await tools.db.$transaction(async (tx) => {
    // Who was deleted or demoted while the mall asked binds nothing any more.
    await needGiver(tx, { actor: row.requestedBy }, dateNow(tools.clock))
    const before = await lockShop(tx, row.tenantId, shop.id)
    const secrets = renewed(tools, before, added)
    return tx.shop.update({
      where: { id: shop.id },
      data: { ...secrets, updatedAt: dateNow(tools.clock) },
      select: { credentialsVersion: true },
    })
  })
  await announce(tools, shop.id)
  return updated.credentialsVersion
}

function endingOf({ mall, shop }: OpenConsent, error: unknown): ConsentEnding {
  const names = { shopName: shop.name, mallLabel: mall.label }
  if (error instanceof MarketplaceFailure) {
    const { code, message, renew, kind } = error
    return {
      kind: 'failed',
      ...names,
      code,
      away: kind !== 'rejected' && kind !== 'unauthorised',
      message,
      renew,
    }
  }
  // The credentials as a whole are not good any more: somebody changed them meanwhile.
  if (error instanceof AppError) {
    const fields = error.fields.map((field) => field.message).join(' ')
    const message = [error.message, fields].filter(Boolean).join(' ')
    return { kind: 'failed', ...names, code: error.code, away: false, message, renew: undefined }
  }
  return { kind: 'broken', error }
}

async function close(tools: ConsentFinishTools, { row }: OpenConsent, ending: ConsentEnding): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const outcome = await closeConsent(tx.consentRequest, row.id, ending)
    const { tenantId, requestedBy: actor, marketplace, shopId } = row
    await audit(
      tx,
      tools,
      noteOf({ tenantId, actor }, 'shop.consent_ended', shopId, { marketplace, outcome }),
    )
  })
}

/** A browser waits, and the whole request must end before the server's own limit. */
const EXCHANGE_MS = 15_000
const PAUSES_MS = [500, 2_000]

/**
 * Exchanges the code, again after a passing failure. After an unheard success the mall refuses: only this
 * consent is lost. @throws MarketplaceFailure `unavailable` when the time is up
 */
export async function exchangeCode(
  consent: ConsentFlow<unknown>,
  exchange: Omit<ConsentExchange<unknown>, 'signal'>,
  limitMs = EXCHANGE_MS,
): Promise<Credentials> {
  const never = new AbortController().signal
  try {
    return await abortAfter(limitMs, never, async (signal) => {
      for (const pause of PAUSES_MS) {
        try {
          return (await consent.exchange({ ...exchange, signal })) as Credentials
        } catch (error) {
          if (!isPassing(error)) throw error
          await exchange.tools.clock.sleep(pause, signal)
        }
      }
      return (await consent.exchange({ ...exchange, signal })) as Credentials
    })
  } catch (error) {
    throw error instanceof TimedOut ? tooLate() : error
  }
}

const isPassing = (error: unknown) =>
  error instanceof MarketplaceFailure && (error.kind === 'unavailable' || error.kind === 'throttled')

const tooLate = () =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code: 'CONSENT_TIMEOUT',
    message:
      'モールの認証サーバーから時間内に応答がありませんでした。時間をおいて、もう一度同意の手続きを行ってください。',
  })

// Tries credentials before they are stored, so that a wrong person's consent replaces nothing.

interface TryTools {
  http: HttpClient
  clock: Clock
  lanes: { lane(): Lane }
  log: Logger
}

type TriedCredentials =
  | { kind: 'good'; check: CredentialCheck; book: HintBook }
  | { kind: 'wrong_account'; failure: MarketplaceFailure }
  /** Another obstacle, which this consent did not cause. Japanese; null when nothing can be said. */
  | { kind: 'unclear'; message: string | null }

const CHECK_MS = 8_000

async function tryCredentials(
  tools: TryTools,
  mall: Marketplace,
  shop: { id: string; code: string; settings: unknown },
  credentials: Credentials,
): Promise<TriedCredentials> {
  const book = createHintBook()
  try {
    const session = mall.open(
      {
        shopId: shop.id,
        shopCode: shop.code,
        credentials,
        settings: factsOf(shop.settings),
      },
      {
        http: tools.http,
        clock: tools.clock,
        lane: tools.lanes.lane(),
        tokens: ownToken(),
        notice: book.add,
        noticeOver: book.over,
      },
    )
    const never = new AbortController().signal
    const check = await abortAfter(CHECK_MS, never, (signal) => session.checkCredentials(signal))
    return { kind: 'good', check, book }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) {
      tools.log.warn({ err: error, shopId: shop.id }, 'credentials of a consent could not be tried')
      return { kind: 'unclear', message: null }
    }
    if (mall.consent?.wrongAccount.includes(error.code)) return { kind: 'wrong_account', failure: error }
    return { kind: 'unclear', message: error.renew ? `${error.message} ${error.renew}` : error.message }
  }
}

/** A session of this one check: the shop's own row belongs to the credentials that are stored. */
function ownToken(): TokenStore<unknown> {
  let token: unknown = null
  return {
    async get(isFresh, renew) {
      if (token === null || !isFresh(token)) token = await renew(token)
      return token
    },
    async invalidate() {
      token = null
    },
  }
}
