import type { Clock } from '../../../platform/clock.ts'

/** getOrder's newest version that is known here, and the oldest one that is understood. */
export const NEWEST_VERSION = 10
const OLDEST_VERSION = 3

/**
 * Which getOrder version Rakuten accepts, for all shops of this process. After a refusal the next lower one is used; the
 * preferred one is tried again later, because a refusal may have been a passing fault and an older version lacks fields.
 */
export interface VersionChoice {
  current(clock: Clock): number
  /** Notes that `version` was refused; the version to try now, or null when there is no lower one. */
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
