import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, createApi } from '../../sandbox/demo/client.ts'
import { register } from '../../sandbox/demo/register.ts'
import { READY_TO_SHIP, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { sandboxEnvironment, startSandbox } from '../../sandbox/sandbox.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { OLDER_MALLS } from '../chaos/malls.ts'
import { type RunningService, startService } from '../support/service/service.ts'

/** The service before the sandbox, and orders that come in while the client pulls. */

export interface Stage {
  /** Where the service is; null while it starts. */
  url(): string | null
  restart(): Promise<void>
  /** A contract of its own, so that several clients can be checked at once. */
  openTenant(): Promise<Tenant>
  close(): Promise<void>
}

export interface Tenant {
  apiKey: string
  api(): Api
  /** Places so many orders and has them fetched. One of three is not made ready, so that some have holds. */
  place(count: number): Promise<void>
}

const PER_SECOND = 1_000_000
const AT_ONCE = 200
/** Half a second each: a busy machine takes minutes to start the service again. */
const MOST_TRIES = 600
/** Amazon's own quota lets one shop fetch about one order in two seconds, and no setting changes that. */
const MOST_OF_AMAZON = 200

const HELD_EVERY = 3

/** @param mostOfAmazon orders in all that are placed there */
export async function startStage(
  databaseUrl: string,
  seed: number,
  mostOfAmazon = MOST_OF_AMAZON,
): Promise<Stage> {
  const sandbox = await startSandbox({ seed, random: systemRandom, requestsPerSecond: PER_SECOND })
  const operatorKey = randomBytes(24).toString('base64url')
  const environment = {
    DATABASE_URL: databaseUrl,
    OPERATOR_API_KEY: operatorKey,
    LOG_LEVEL: 'warn',
    ENCRYPTION_KEYS: `check:${randomBytes(32).toString('base64')}`,
    RAKUTEN_REQUESTS_PER_SECOND: '1000',
    YAHOO_REQUESTS_PER_SECOND: '1000',
    AUPAY_REQUESTS_PER_SECOND: '1000',
    // All contracts have the same shops: one would be brought what another has placed.
    SWEEP_INTERVAL_SECONDS: '0',
    ...sandboxEnvironment(sandbox),
  }
  let service: RunningService | null = await startService(environment)
  let starting: Promise<void> = Promise.resolve()
  let placedAtAmazon = 0
  let placed = 0
  const isHeld = () => {
    placed += 1
    return placed % HELD_EVERY === 0
  }
  /** Evenly; what Amazon cannot take goes to the others. */
  const sharesOf = (count: number): [SimulatedMall, number][] => {
    const amazon = Math.min(Math.ceil(count / OLDER_MALLS.length), mostOfAmazon - placedAtAmazon)
    placedAtAmazon += amazon
    const others = OLDER_MALLS.filter((mall) => mall !== 'amazon')
    return [
      ['amazon', amazon],
      ...others.map((mall, index): [SimulatedMall, number] => [
        mall,
        Math.floor((count - amazon + index) / others.length),
      ]),
    ]
  }
  return {
    url: () => service?.url ?? null,
    async openTenant() {
      if (!service) throw new Error('the service is being started')
      // A client that pulls by keys is given no orders of the others.
      const { apiKey, shops } = await register(
        service.url,
        operatorKey,
        sandbox,
        sandbox.mailbox,
        OLDER_MALLS,
      )
      const api = (): Api => {
        if (!service) throw new Error('the service is being started')
        return createApi(service.url, apiKey)
      }
      return {
        apiKey,
        api,
        async place(count) {
          for (const [mall, share] of sharesOf(count)) {
            const numbers = sandbox.withoutMail(() =>
              Array.from(
                { length: share },
                () =>
                  sandbox.malls[mall].place(isHeld() ? {} : { overrides: { ...READY_TO_SHIP[mall] } })
                    .orderNumber,
              ),
            )
            for (let from = 0; from < numbers.length; from += AT_ONCE) {
              const orderNumbers = numbers.slice(from, from + AT_ONCE)
              await untilTaken(() => api().post('/orders/import', { shopId: shops[mall], orderNumbers }))
            }
          }
        },
      }
    },
    async restart() {
      const ending = service
      if (!ending) return
      service = null
      await ending.kill()
      starting = startService(environment).then((again) => {
        service = again
      })
      // Raised where the stage is closed.
      starting.catch(() => undefined)
    },
    async close() {
      await starting.catch(() => undefined)
      await service?.kill()
      await sandbox.close()
    },
  }
}

/** The service may be killed under it; asking twice for a number is harmless. */
async function untilTaken(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await ask()
      return
    } catch (error) {
      if (tries >= MOST_TRIES) throw error
      await sleep(500)
    }
  }
}
