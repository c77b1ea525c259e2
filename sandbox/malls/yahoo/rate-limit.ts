import type { Clock } from '../../../src/platform/clock.ts'
import type { SandboxAnswer } from '../../kit/http-kit.ts'
import type { YahooSettings } from './settings.ts'
import { forbidden } from './yahoo-faults.ts'

/** One query a second and 50,000 a day, by client id; the simulator has one client. */
export interface RateLimit {
  /** The answer to a call above the limits; null when it may pass. */
  take(): SandboxAnswer | null
}

/** Some calls in a row are no heavy access; only what goes on above the rate is. */
const TOLERATED_SECONDS = 3
const DAY_MS = 24 * 60 * 60 * 1000
const JST_OFFSET_MS = 9 * 60 * 60 * 1000

/** The rate counts real time, as a held sandbox clock would never refill it; the day is the sandbox's. */
export function createRateLimit(settings: YahooSettings, realClock: Clock, clock: Clock): RateLimit {
  let tokens = capacity(settings)
  let filledAt = realClock.now()
  let blockedUntil = 0
  let day = 0
  let today = 0

  function refill(): void {
    const now = realClock.now()
    tokens = Math.min(capacity(settings), tokens + ((now - filledAt) / 1000) * settings.requestsPerSecond)
    filledAt = now
  }

  return {
    take() {
      const currentDay = Math.floor((clock.now() + JST_OFFSET_MS) / DAY_MS)
      if (currentDay !== day) [day, today] = [currentDay, 0]
      if (today >= settings.dailyCap) return forbidden()
      if (realClock.now() < blockedUntil) return forbidden(settings.blockStatus)
      refill()
      if (tokens < 1) {
        blockedUntil = realClock.now() + settings.blockSeconds * 1000
        return forbidden(settings.blockStatus)
      }
      tokens -= 1
      today += 1
      return null
    },
  }
}

const capacity = (settings: YahooSettings) =>
  Math.max(TOLERATED_SECONDS, settings.requestsPerSecond * TOLERATED_SECONDS)
