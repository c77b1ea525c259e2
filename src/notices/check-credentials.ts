import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import type { Random } from '../platform/random.ts'
import { abortAfter, TimedOut } from '../platform/timeout.ts'
import { attentionMessage, raiseAttention } from '../shops/attention.ts'
import { nextCheckAt, saveGoodCheck } from '../shops/credentials/credentials.ts'
import type { OpenedSession, ShopSessions } from '../shops/shops/sessions.ts'
import { claimDueChecks } from './statements.ts'

export interface CheckTools {
  db: Db
  clock: Clock
  random: Pick<Random, 'float'>
  log: Logger
  sessions: Pick<ShopSessions, 'open'>
}

interface DueCheck {
  shopId: string
  credentialsVersion: number
}

/** A check is one or two calls; after this time another process may take it. */
const LEASE_MS = 2 * 60_000
const CHECK_MS = 45_000
const AGAIN_MS = 30 * 60_000

/**
 * Claims shops whose credentials are due for a check: new or changed ones at once, the others about once a
 * day. Never shops under attention or with a closed lane. Of several processes one gets each shop.
 */
export async function claimChecks(
  tools: Pick<CheckTools, 'db' | 'clock'>,
  most: number,
): Promise<DueCheck[]> {
  const now = dateNow(tools.clock)
  const until = new Date(now.getTime() + LEASE_MS)
  return tools.db.$queryRaw<DueCheck[]>(claimDueChecks(now, until, most))
}

/** One harmless call. A refused key puts the shop under attention, as its work would. */
export async function checkShop(tools: CheckTools, due: DueCheck, signal: AbortSignal): Promise<void> {
  const { shopId } = due
  const held: OpenedSession[] = []
  try {
    const { check, credentialsVersion } = await abortAfter(CHECK_MS, signal, async (limit) => {
      const opened = await tools.sessions.open(shopId)
      held.push(opened)
      const { credentialsVersion } = opened.shop
      return { check: await opened.session.checkCredentials(limit), credentialsVersion }
    })
    const { expiries, capabilities } = check
    const good = { credentialsVersion, expiries, capabilities, at: dateNow(tools.clock) }
    await saveGoodCheck(tools.db, shopId, good, tools.random.float())
  } catch (error) {
    if (signal.aborted) await release(tools, due)
    else await failed(tools, due, error)
  }
  await held[0]?.saveHints()
}

async function failed(tools: CheckTools, due: DueCheck, error: unknown): Promise<void> {
  const { shopId, credentialsVersion } = due
  const at = dateNow(tools.clock)
  if (error instanceof MarketplaceFailure && error.kind === 'unauthorised') {
    const { code } = error
    const message = attentionMessage(error)
    await raiseAttention(tools.db, shopId, { code, message, credentialsVersion, at })
  }
  if (!(error instanceof MarketplaceFailure) && !(error instanceof TimedOut))
    tools.log.error({ err: error, shopId }, 'credentials could not be checked')
  await tools.db.credentialCheck.updateMany({
    where: { shopId, credentialsVersion },
    data: { code: codeOf(error), nextCheckAt: againAt(tools, error, at), leaseUntil: null, updatedAt: at },
  })
}

function codeOf(error: unknown): string {
  if (error instanceof MarketplaceFailure) return error.code
  return error instanceof TimedOut ? 'TIMEOUT' : 'INTERNAL'
}

/** Retries a passing failure soon. A failure that a person must fix waits for the next day's check. */
function againAt(tools: CheckTools, error: unknown, at: Date): Date {
  const spread = tools.random.float()
  const kind = error instanceof MarketplaceFailure ? error.kind : 'unavailable'
  if (kind !== 'unavailable' && kind !== 'throttled') return nextCheckAt(at, spread)
  const until = error instanceof MarketplaceFailure ? (error.until?.getTime() ?? 0) : 0
  return new Date(Math.max(until, at.getTime() + AGAIN_MS * (1 + spread)))
}

/** Releases the check when this process stops, so that another may continue at once. */
const release = (tools: CheckTools, { shopId, credentialsVersion }: DueCheck) =>
  tools.db.credentialCheck.updateMany({
    where: { shopId, credentialsVersion },
    data: { leaseUntil: null },
  })
