import type { z } from 'zod'
import type { MarketplaceFailure } from './failures.ts'
import type { CredentialCheck, MarketplaceTools } from './session.ts'

/** What a shop is let in with: the form's fields, how long they live, and consents in the browser. */

/** One field of a mall's credentials, as a settings form shows it. */
export interface CredentialField {
  name: string
  /** Japanese label, as the mall's own screen calls it. */
  label: string
  /** Where staff find it, Japanese. */
  help: string
  secret: boolean
  required: boolean
  /** Another mall's key pasted here is told by its form (`MallFacts.keyShapes`) and named. */
  onlyOwnKeys?: true
  /** How long it lives, Japanese, when it does. */
  lifetime?: string
  /** The field that this one tells of (its date, its version): a new value there makes what is stored here untrue. */
  belongsTo?: string
}

/** One thing of a shop's credentials that ends by itself. */
export interface Lifetime {
  /** Stable, for programs: `licenseKey`, `consent`, `session`. */
  key: string
  /** Japanese, as the mall's screen calls it. */
  label: string
  /** Null when nothing tells. */
  endsAt: Date | null
  /** When it began, if that is known: a warning that falls before it makes no sense. */
  startsAt: Date | null
  /** The mall said so, or it follows from what the mall says. False: an estimate. Either may end earlier by a person's act. */
  certain: boolean
  /** Japanese: what to do before it ends, and where. */
  action: string
  /** It should not exist (a session without its key check): tell as soon as it is seen, not only before its end. */
  tellAtOnce?: boolean
}

/** All that lifetimes are worked out from; pure data. */
export interface LifetimeFacts<C> {
  credentials: C
  /** Per field, when its value last changed. */
  setAt: Readonly<Record<string, Date>>
  /** What the last good check of these very credentials said; null when there was none. */
  check: { at: Date; expiries: readonly CredentialCheck['expiries'][number][] } | null
  /** Codes of what the mall's answers complained of (`notice`) and did not take back. */
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

/** What the mall's redirect back says. */
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
  /** What must be known before: the application's own part of the credentials. Issues name the field. */
  application: z.ZodType<Partial<C>>
  /** The page on which a person consents. */
  authorisationUrl(ask: ConsentAsk<C>): string
  /** Reads the query of the redirect back. Null when it is none of this mall's. */
  readAnswer(query: Readonly<Record<string, string>>, shopCode: string): ConsentAnswer | null
  /**
   * Makes tokens of the code, which the mall takes once. Gives the credential fields to store. Throws MarketplaceFailure;
   * after `unavailable` the same code may be tried again.
   */
  exchange(exchange: ConsentExchange<C>): Promise<Partial<C>>
  /** Failure codes of checkCredentials that mean: a person without a right to this shop consented. */
  wrongAccount: readonly string[]
}
