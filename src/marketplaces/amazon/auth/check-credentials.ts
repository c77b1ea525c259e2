import { daysAfter, notedAt } from '../../kit/credentials.ts'
import type { AnswerFacts } from '../../kit/http-failures.ts'
import { isRaw } from '../../kit/wire.ts'
import type { CredentialCheck, MarketplaceTools } from '../../port/session.ts'
import type { AmazonClient } from '../client.ts'
import { toRequestTime } from '../dates.ts'
import { roleMissing } from '../failures.ts'
import {
  LIST_DELAY_MS,
  listRefused,
  ordersReadable,
  pageIn,
  SEARCH_REFUSED,
  searchOrders,
  searchRefusedText,
} from '../operations.ts'
import { PII_ROLE } from '../orders/holds.ts'
import { type AmazonCredentials, CONSENT_DAYS, SECRET_DAYS } from './credentials.ts'

const LOOK_BACK_MS = 14 * 24 * 60 * 60 * 1000

/**
 * One searchOrders call for one order that waits to be shipped, which shows whether names and addresses come
 * with it. Where searches are forbidden, one getOrder call tells whether orders are too.
 */
export async function checkCredentials(
  client: AmazonClient,
  tools: Pick<MarketplaceTools, 'clock' | 'noticeOver'>,
  credentials: AmazonCredentials,
  signal: AbortSignal,
): Promise<CredentialCheck> {
  const now = tools.clock.now()
  const search = {
    createdAfter: toRequestTime(now - LOOK_BACK_MS - LIST_DELAY_MS),
    fulfillmentStatuses: 'UNSHIPPED,PARTIALLY_SHIPPED',
    fulfilledBy: 'MERCHANT',
    includedData: 'RECIPIENT,FULFILLMENT',
    maxResultsPerPage: 1,
  }
  const answer = await searchOrders(client, search, signal)
  if (answer.kind === 'refused') {
    if (answer.status !== 403) throw listRefused(answer, now)
    if (!(await ordersReadable(client, signal))) throw roleMissing(answer.facts)
    return found(searchForbidden(answer.facts), credentials)
  }
  tools.noticeOver?.([SEARCH_REFUSED])
  return found(addressMessage(pageIn(answer).orders[0]), credentials)
}

const found = (message: string, credentials: AmazonCredentials): CredentialCheck => ({
  messages: [
    'Amazonの注文APIに接続できました。',
    message,
    '出品者IDの一致はAPIでは確認できません。セラーセントラルの表示と同じか確かめてください。',
  ],
  expiries: expiries(credentials),
})

const searchForbidden = (facts: AnswerFacts): string =>
  `${searchRefusedText(facts)}送付先を取得できるかは確認できませんでした（ロール「${PII_ROLE}」が必要です）。`

function addressMessage(order: unknown): string {
  if (order === undefined) {
    return `直近14日間に未出荷の注文がないため、送付先を取得できるかは確認できませんでした（ロール「${PII_ROLE}」が必要です）。`
  }
  return hasAddress(order)
    ? '送付先の氏名・住所を取得できます。'
    : `送付先の氏名・住所を取得できません。アプリにロール「${PII_ROLE}」を追加し、認可し直してください。`
}

function hasAddress(order: unknown): boolean {
  const recipient = isRaw(order) ? order.recipient : undefined
  const address = isRaw(recipient) ? recipient.deliveryAddress : undefined
  return isRaw(address) && Boolean(address.name) && Boolean(address.addressLine1)
}

function expiries({ consentedAt, secretIssuedAt }: AmazonCredentials): CredentialCheck['expiries'] {
  const end = (what: string, from: string | undefined, days: number, certain: boolean) => {
    const start = notedAt(from)
    return start === null ? [] : [{ what, at: daysAfter(start, days), certain }]
  }
  return [
    ...end('LWA クライアントシークレット', secretIssuedAt, SECRET_DAYS, true),
    ...end('アプリの認可（公開アプリの場合）', consentedAt, CONSENT_DAYS, false),
  ]
}
