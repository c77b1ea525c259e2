import type { ConsentRequest } from '../../generated/prisma/client.ts'
import type { ConsentExchange, ConsentFlow } from '../../marketplaces/port/credentials.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { dateNow } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { Random } from '../../platform/random.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { saveGoodCheck } from '../credentials/credential-checks.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { mergeCredentials, openCredentials, renewed } from '../credentials/stored-credentials.ts'
import { announce, lockShop, type ShopTools } from '../shops/shops.ts'
import { audit } from '../tenants/audit.ts'
import { claimConsent, closeConsent, NOBODY, type Visitor } from './browser.ts'
import { type TryTools, tryCredentials } from './check.ts'
import type { ConsentEnding } from './result.ts'
import { ConsentSecrets, consentContext, hashState } from './secrets.ts'

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
    await audit(tx, tools, {
      tenantId: row.tenantId,
      actor: row.requestedBy,
      action: 'shop.consent_ended',
      target: row.shopId,
      data: { marketplace: row.marketplace, outcome },
    })
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
