import { MarketplaceFailure } from '../../port/failures.ts'
import type { CredentialCheck, MarketplaceTools } from '../../port/session.ts'
import type { RakutenClient } from '../client.ts'
import { toRfc3339, toWireDatetime } from '../dates.ts'
import { shopCodeOf } from '../order-number.ts'
import { foundIn } from '../orders/list-orders.ts'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

/** Searches one order of the last week, compares its shop id, then fetches the end of the licence key. */
export async function checkCredentials(
  client: RakutenClient,
  tools: MarketplaceTools,
  shopCode: string,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const now = tools.clock.now()
  const search = {
    dateType: 1,
    startDatetime: toWireDatetime(now - WEEK_MS),
    endDatetime: toWireDatetime(now),
    PaginationRequestModel: { requestRecordsAmount: 1, requestPage: 1 },
  }
  const found = foundIn(await client.order('searchOrder', search, signal), 1)
  const owner = shopCodeOf(String(found.entries[0] ?? ''))
  if (owner !== null && owner !== shopCode) throw otherShop(owner)
  const messages = [`楽天の受注APIに接続できました。直近7日間の注文は${found.total}件です。`]
  if (owner === null) messages.push('直近7日間に注文がないため、店舗IDの一致は確認できませんでした。')
  const expiry = await keyExpiry(client, signal)
  if (expiry instanceof Date) {
    messages.push(`licenseKeyの有効期限は ${toWireDatetime(expiry.getTime()).slice(0, 10)} です。`)
    return { messages, expiries: [{ what: 'licenseKey', at: expiry, certain: true }] }
  }
  return { messages: [...messages, expiry], expiries: [] }
}

/** The order API works with this key, so a failing expiry call is reported, not thrown. */
async function keyExpiry(client: RakutenClient, signal: AbortSignal): Promise<Date | string> {
  try {
    const text = await client.keyExpiry(signal)
    const expiry = toRfc3339(text)
    return expiry === null ? 'licenseKeyの有効期限を読み取れませんでした。' : new Date(expiry)
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return error.kind === 'unauthorised'
      ? 'licenseKeyの有効期限を確認できません。RMSの利用設定で「license.expiryDate.get」を利用中にすると確認できます。'
      : 'licenseKeyの有効期限を確認できませんでした。時間をおいて再度お試しください。'
  }
}

const otherShop = (owner: string) =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'RAKUTEN_OTHER_SHOP',
    message: `このキーは別の店舗（店舗ID ${owner}）のものです。店舗IDまたはキーを確認してください。`,
  })
