import type { ConsentExchange, ConsentFlow } from '../../marketplaces/port/credentials.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import type { Credentials } from '../credentials/credentials.ts'

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
