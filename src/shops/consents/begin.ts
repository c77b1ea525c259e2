import { z } from 'zod'
import { Time } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import type { ConsentFlow } from '../../marketplaces/port/credentials.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { AppError } from '../../platform/errors.ts'
import type { Random } from '../../platform/random.ts'
import { type Credentials, checkCredentials } from '../credentials/credentials.ts'
import { mergeCredentials, openCredentials } from '../credentials/stored-credentials.ts'
import type { ShopTools } from '../shops/shops.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import { newConsent } from './browser.ts'
import { consentContext } from './secrets.ts'

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
