import { storable } from '../../platform/storable.ts'

/**
 * Kinds of failure of a mall. Every adapter converts its mall's errors into one of these. Workers decide by
 * `kind` alone, people read `message`, programs read `code`.
 */
export type FailureKind =
  /** Too many calls: nothing before `until`. The shop's lane closes, its requests wait. */
  | 'throttled'
  /** The mall is down, in maintenance, unreachable or too slow: nothing before `until`. */
  | 'unavailable'
  /** Key, token or consent refused: the lane closes until the credentials change; `renew` says what to do. */
  | 'unauthorised'
  /** The mall understood and refused; asking again changes nothing. */
  | 'rejected'
  /** An unreadable answer; the raw answer is kept for the operator. */
  | 'malformed'
  /** A write was sent and its answer lost: read the order before anything else. */
  | 'outcome_unknown'

export interface FailureFacts {
  kind: FailureKind
  /** Ours, stable, upper case: `RAKUTEN_KEY_REFUSED`. */
  code: string
  /** Japanese, for staff: what happened and what to do. Never holds personal data or secrets. */
  message: string
  /** The mall's own code and words, when it gave any. */
  mallCode?: string | undefined
  mallMessage?: string | undefined
  /** throttled, unavailable: earliest time for the next call, when the mall said one. */
  until?: Date | undefined
  /**
   * Set for failures of the mall's order list alone: single orders and writes still work, the lane stays
   * open, and the listing waits until `until`, whatever the kind.
   */
  only?: 'list' | undefined
  /** unauthorised: which credential field, or which consent, must be renewed and where (Japanese). */
  renew?: string | undefined
  /** HTTP status, when there was an answer. */
  status?: number | undefined
  /** The raw answer (cut to 64 KiB). May hold personal data: stored only sealed, never logged. */
  raw?: string | undefined
  cause?: unknown
}

export class MarketplaceFailure extends Error {
  readonly kind: FailureKind
  readonly code: string
  readonly mallCode: string | undefined
  readonly mallMessage: string | undefined
  readonly until: Date | undefined
  readonly only: 'list' | undefined
  readonly renew: string | undefined
  readonly status: number | undefined
  readonly raw: string | undefined

  constructor(facts: FailureFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'MarketplaceFailure'
    this.kind = facts.kind
    this.code = facts.code
    this.mallCode = storable(facts.mallCode)
    this.mallMessage = storable(facts.mallMessage)
    this.until = facts.until
    this.only = facts.only
    this.renew = facts.renew
    this.status = facts.status
    this.raw = facts.raw?.slice(0, RAW_KEPT)
  }
}

/** Bytes of a broken answer that are kept: enough to see its nature, few enough to keep thousands. */
const RAW_KEPT = 64 * 1024
