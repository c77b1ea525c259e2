import { z } from 'zod'
import { Time } from '../../http/schemas.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { CredentialCheck } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { attentionMessage, clearAttention, raiseAttention } from '../attention.ts'
import { saveGoodCheck } from '../credentials/credentials.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import type { OpenedSession, ShopSessions } from './sessions.ts'

export const ShopCheck = z
  .object({
    ok: z.boolean().describe('The mall took the credentials (成功)'),
    code: z.string().nullable().describe('Failure code, null when all is well (コード)'),
    messages: z.array(z.string()).describe('What was found, Japanese, for the person who asked (結果)'),
    expiries: z
      .array(
        z.object({
          what: z.string().describe('What ends (対象)'),
          at: Time.describe('有効期限'),
          certain: z.boolean().describe('false: worked out, the mall does not say (確実)'),
        }),
      )
      .describe('What ends when (有効期限)'),
  })
  .describe('Result of a connection test (接続テスト結果)')

export interface ShopTestTools {
  db: Db
  clock: Clock
  sessions: Pick<ShopSessions, 'open'>
  onShopChanged: (shopId: string) => Promise<void> | void
  /** Longest time for the whole test. */
  timeoutMs: number
}

type Result = z.infer<typeof ShopCheck>

/**
 * Makes one harmless call with the stored credentials. A good answer heals the shop at once; a refused key
 * puts it under attention, as its work would. A mall that is busy or down changes nothing.
 */
export async function testShop(
  tools: ShopTestTools,
  tenantId: string,
  shopId: string,
  signal: AbortSignal,
): Promise<Result> {
  const shop = await tools.db.shop.findFirst({
    where: { id: shopId, tenantId },
    select: { credentialsVersion: true },
  })
  if (!shop) throw shopNotFound()
  let opened: OpenedSession | null = null
  try {
    const check = await abortAfter(tools.timeoutMs, signal, async (limit) => {
      opened = await tools.sessions.open(shopId)
      return opened.session.checkCredentials(limit)
    })
    await heal(tools, shopId, opened, check)
    return passed(check, opened)
  } catch (error) {
    if (error instanceof TimedOut) return failed('TIMEOUT', [lateText(tools.timeoutMs)])
    if (!(error instanceof MarketplaceFailure)) throw error
    if (error.kind === 'unauthorised') {
      const { credentialsVersion } = shop
      const attention = { code: error.code, message: attentionMessage(error), credentialsVersion }
      await raiseAttention(tools.db, shopId, { ...attention, at: dateNow(tools.clock) })
    }
    return failed(error.code, failureTexts(error))
  } finally {
    await saveHints(opened)
  }
}

const saveHints = async (opened: OpenedSession | null): Promise<void> => opened?.saveHints()

async function heal(
  tools: ShopTestTools,
  shopId: string,
  opened: OpenedSession | null,
  { expiries }: CredentialCheck,
): Promise<void> {
  if (!opened) return
  const { credentialsVersion } = opened.shop
  const at = dateNow(tools.clock)
  // A person's time of day is spread enough.
  await saveGoodCheck(tools.db, shopId, { credentialsVersion, expiries, at }, 0.5)
  const healed = await clearAttention(tools.db, shopId, { credentialsVersion, at })
  if (healed) await tools.onShopChanged(shopId)
}

function passed(check: CredentialCheck, opened: OpenedSession | null): Result {
  return {
    ok: true,
    code: null,
    messages: [...check.messages, ...(opened?.hints.map((hint) => hint.message) ?? [])],
    expiries: check.expiries.map(({ what, at, certain }) => ({ what, at: at.toISOString(), certain })),
  }
}

const failed = (code: string, messages: string[]): Result => ({ ok: false, code, messages, expiries: [] })

function failureTexts(failure: MarketplaceFailure): string[] {
  const said = [failure.mallCode, failure.mallMessage].filter((text) => text !== undefined && text !== '')
  return [
    failure.message,
    ...(failure.renew ? [`更新する項目：${failure.renew}`] : []),
    ...(said.length > 0 ? [`モールの応答: ${said.join(' ')}`] : []),
  ]
}

const lateText = (ms: number) =>
  `モールから ${Math.round(ms / 1000)} 秒以内に応答がありませんでした。しばらくしてから再度お試しください。`
