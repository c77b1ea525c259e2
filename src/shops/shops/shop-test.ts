import { z } from 'zod'
import { Time } from '../../http/schemas.ts'
import { type FailureKind, MarketplaceFailure } from '../../marketplaces/port/failures.ts'
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
    conclusive: z
      .boolean()
      .describe('False: the mall was busy or away, which says nothing of the credentials (判定できたか)'),
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
      return checkTwice(tools.clock, opened.session, limit)
    })
    await heal(tools, shopId, opened, check)
    return passed(check, opened)
  } catch (error) {
    if (error instanceof TimedOut) return failed('TIMEOUT', [lateText(tools.timeoutMs)], false)
    if (!(error instanceof MarketplaceFailure)) throw error
    if (error.kind === 'unauthorised') {
      const { credentialsVersion } = shop
      const attention = { code: error.code, message: attentionMessage(error), credentialsVersion }
      await raiseAttention(tools.db, shopId, { ...attention, at: dateNow(tools.clock) })
    }
    return failed(error.code, failureTexts(error), !PASSING.has(error.kind))
  } finally {
    await saveHints(opened)
  }
}

/** Failures that pass by themselves: of the mall or of the way to it, not of the credentials. */
const PASSING: ReadonlySet<FailureKind> = new Set([
  'throttled',
  'unavailable',
  'malformed',
  'outcome_unknown',
])

/** Longest wait for the second try: a person sits before it. */
const AGAIN_WITHIN_MS = 5_000

/**
 * Tries once more where the mall was busy for a moment: a person who reads that it does not work changes a
 * key that is right.
 */
async function checkTwice(
  clock: Clock,
  session: OpenedSession['session'],
  signal: AbortSignal,
): Promise<CredentialCheck> {
  try {
    return await session.checkCredentials(signal)
  } catch (error) {
    if (!(error instanceof MarketplaceFailure) || !PASSING.has(error.kind)) throw error
    const waitMs = Math.max(1_000, (error.until?.getTime() ?? 0) - clock.now())
    if (waitMs > AGAIN_WITHIN_MS) throw error
    await clock.sleep(waitMs, signal)
    return session.checkCredentials(signal)
  }
}

const saveHints = async (opened: OpenedSession | null): Promise<void> => opened?.saveHints()

async function heal(
  tools: ShopTestTools,
  shopId: string,
  opened: OpenedSession | null,
  { expiries, capabilities }: CredentialCheck,
): Promise<void> {
  if (!opened) return
  const { credentialsVersion } = opened.shop
  const at = dateNow(tools.clock)
  // A person's time of day is spread enough.
  await saveGoodCheck(tools.db, shopId, { credentialsVersion, expiries, capabilities, at }, 0.5)
  const healed = await clearAttention(tools.db, shopId, { credentialsVersion, at })
  if (healed) await tools.onShopChanged(shopId)
}

function passed(check: CredentialCheck, opened: OpenedSession | null): Result {
  return {
    ok: true,
    conclusive: true,
    code: null,
    messages: [...check.messages, ...(opened?.hints.map((hint) => hint.message) ?? [])],
    expiries: check.expiries.map(({ what, at, certain }) => ({ what, at: at.toISOString(), certain })),
  }
}

const failed = (code: string, messages: string[], conclusive: boolean): Result => ({
  ok: false,
  conclusive,
  code,
  messages,
  expiries: [],
})

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
