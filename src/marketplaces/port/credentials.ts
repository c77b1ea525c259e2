import type { z } from 'zod'
import type { MarketplaceFailure } from './failures.ts'
import type { CredentialCheck, MarketplaceTools } from './session.ts'

/** Credentials of a shop: the form's fields, their lifetimes, and consents in the browser. */

/** One field of a mall's credentials, as a settings form shows it. */
export interface CredentialField {
  name: string
  /** Japanese label, as the mall's own screen calls it. */
  label: string
  /** Place where staff find it, in Japanese. */
  help: string
  secret: boolean
  required: boolean
  /** Rejects another mall's key, recognised by its form (`MallFacts.keyShapes`), by name. */
  onlyOwnKeys?: true
  /** Its lifetime, in Japanese, when limited. */
  lifetime?: string
  /**
   * Field that this one describes (its date, its version): a new value there makes the stored one here wrong.
   */
  belongsTo?: string
}

/** One part of a shop's credentials that ends by itself. */
export interface Lifetime {
  /** Stable, for programs: `licenseKey`, `consent`, `session`. */
  key: string
  /** Japanese, as the mall's screen calls it. */
  label: string
  /** Null when unknown. */
  endsAt: Date | null
  /** Start, if known: warnings before it make no sense. */
  startsAt: Date | null
  /**
   * True when the mall says so or it follows from what it says; false for an estimate. Either may end earlier
   * by a person's act.
   */
  certain: boolean
  /** Japanese: the remedy before it ends, and where. */
  action: string
  /**
   * Notify at once, not only before its end, because it should not exist (a session without its key check).
   */
  tellAtOnce?: boolean
}

/** Input for computing lifetimes; pure data. */
export interface LifetimeFacts<C> {
  credentials: C
  /** Time of the last change of each field. */
  setAt: Readonly<Record<string, Date>>
  /** Result of the last successful check of these very credentials; null when there was none. */
  check: { at: Date; expiries: readonly CredentialCheck['expiries'][number][] } | null
  /** Codes of notices (`notice`) from the mall's answers that are still open. */
  notices: readonly string[]
}

export interface ConsentAsk<C> {
  shopCode: string
  credentials: Partial<C>
  /** Unguessable; comes back with the answer. */
  state: string
  /** Must be registered with the mall, letter for letter. */
  redirectUri: string
  /** PKCE, S256 of the verifier. */
  codeChallenge: string
  nonce: string
}

/** Answer in the mall's redirect back. */
export type ConsentAnswer =
  | { kind: 'code'; code: string }
  /** The person did not consent. */
  | { kind: 'refused' }
  | { kind: 'failed'; failure: MarketplaceFailure }

export interface ConsentExchange<C> {
  shopCode: string
  credentials: Partial<C>
  code: string
  verifier: string
  nonce: string
  redirectUri: string
  tools: Pick<MarketplaceTools, 'http' | 'clock'>
  signal: AbortSignal
}

/** Consent in the browser (OAuth 2.0 authorisation code), for malls that have it. */
export interface ConsentFlow<C> {
  /**
   * Schema of the application's part of the credentials, required before a consent. Issues name the field.
   */
  application: z.ZodType<Partial<C>>
  /** The page on which a person consents. */
  authorisationUrl(ask: ConsentAsk<C>): string
  /** Reads the query of the redirect back. Null when it is none of this mall's. */
  readAnswer(query: Readonly<Record<string, string>>, shopCode: string): ConsentAnswer | null
  /**
   * Exchanges the code, which the mall takes once, for tokens. Returns the credential fields to store.
   * @throws MarketplaceFailure; after `unavailable` the same code may be tried again
   */
  exchange(exchange: ConsentExchange<C>): Promise<Partial<C>>
  /** Failure codes of checkCredentials for a consent by a person without rights to this shop. */
  wrongAccount: readonly string[]
}
