import type { Clock } from '../../../platform/clock.ts'

/** Newest getOrder version known here, and the oldest one supported. */
export const NEWEST_VERSION = 10
const OLDEST_VERSION = 3

/**
 * getOrder version that Rakuten accepts, for all shops of this process. A refusal lowers it by one. The
 * preferred one is tried again later, because a refusal may be a passing fault and an older version lacks
 * fields.
 */
export interface VersionChoice {
  current(clock: Clock): number
  /** Returns the version to try now, or null when there is no lower one. */
  refused(version: number, clock: Clock): number | null
  /** Forgets refusals that turned out to have another cause. */
  reset(): void
}

export function createVersionChoice(preferred: number): VersionChoice {
  let chosen = preferred
  let chosenAt = 0
  return {
    current(clock) {
      if (chosen !== preferred && clock.now() - chosenAt >= RETRY_PREFERRED_MS) chosen = preferred
      return chosen
    },
    refused(version, clock) {
      if (version <= OLDEST_VERSION) return null
      chosen = version - 1
      chosenAt = clock.now()
      return chosen
    },
    reset() {
      chosen = preferred
    },
  }
}

const RETRY_PREFERRED_MS = 6 * 60 * 60 * 1000
