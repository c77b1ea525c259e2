import { MarketplaceFailure } from '../../port/failures.ts'
import type { CredentialCheck, MarketplaceTools } from '../../port/session.ts'
import type { AupayClient } from '../client.ts'
import { failureOfCheck } from '../failures.ts'
import { ordersIn } from '../orders/read-order.ts'
import { searchPage } from '../orders/search-page.ts'
import { type AupayCredentials, keyExpiry } from './credentials.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const JST_OFFSET_MS = 9 * 60 * 60 * 1000

/**
 * Fetches one row of the last day's order list, the call of the import itself, so that its rights are tested
 * too.
 */
export async function checkCredentials(
  client: AupayClient,
  credentials: AupayCredentials,
  tools: Pick<MarketplaceTools, 'clock'>,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const now = tools.clock.now()
  const { response } = await searchPage(
    client,
    {
      method: 'searchTradeInfoListProc',
      start: new Date(now - DAY_MS),
      end: new Date(now),
      startCount: 1,
      rows: 1,
    },
    signal,
  ).catch((error: unknown) => {
    throw error instanceof MarketplaceFailure ? failureOfCheck(error) : error
  })
  const recent = ordersIn(response).length > 0 ? 'あり' : 'なし'
  const end = keyExpiry(credentials)
  return {
    messages: [
      `au PAY マーケットの受注APIに接続できました（直近24時間の注文:${recent}）。`,
      end ? expiryMessage(end, now) : NO_DAY,
    ],
    expiries: end ? [{ what: 'APIキー', at: end, certain: credentials.keyExpiresOn !== undefined }] : [],
  }
}

function expiryMessage(end: Date, now: number): string {
  const day = new Date(end.getTime() + JST_OFFSET_MS).toISOString().slice(0, 10)
  return end.getTime() < now
    ? `登録されたAPIキーの有効期限（${day}）は過ぎていますが、キーは使えています。Wow!managerで有効期限を確認し、登録し直してください。`
    : `APIキーは${day}に期限を迎えます（登録された日付による目安）。`
}

const NO_DAY =
  'APIキーの有効期限が登録されていません。Wow!manager ＞ 各種お申し込み ＞ API利用申請 に表示される日付を登録すると、期限が近づいたことを知らせます。'
