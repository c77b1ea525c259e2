import { createHash } from 'node:crypto'
import type { SandboxAnswer } from '../../kit/http-kit.ts'
import type { Consents } from './consents.ts'
import type { SimShop } from './shops.ts'

/** `amzn1.sp.solution.…` of the application that holds the shop's client id. */
export function applicationIdOf(shop: Pick<SimShop, 'code'>): string {
  const hex = createHash('sha256').update(`application:${shop.code}`).digest('hex')
  return `amzn1.sp.solution.${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * `GET /apps/authorize/consent`: Seller Central's page, on which the seller of the application's shop
 * authorises it at once. `approve=no` in the query refuses; `seller` plays another seller who is logged in.
 */
export function consentPage(
  shops: readonly SimShop[],
  consents: Consents,
  query: URLSearchParams,
): SandboxAnswer {
  const shop = shops.find((one) => applicationIdOf(one) === query.get('application_id'))
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!shop || !URL.canParse(redirectUri)) return { status: 400, body: 'MD1000: unknown application' }
  const target = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) target.searchParams.set('state', state)
  if (query.get('approve') === 'no') {
    target.searchParams.set('error', 'access_denied')
  } else {
    target.searchParams.set('selling_partner_id', query.get('seller') ?? shop.code)
    target.searchParams.set('spapi_oauth_code', consents.code(shop.code))
  }
  return { status: 302, headers: { location: target.href } }
}
