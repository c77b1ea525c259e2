/** The code that Node, pg, Prisma or ImapFlow put on an error, or on what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

/**
 * Codes of domain errors for requests that cannot be done. `code` is for programs, `message` is Japanese for
 * staff. HTTP statuses are chosen in src/http alone.
 */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'SIGN_IN_REFUSED'
  | 'SECOND_FACTOR_REQUIRED'
  | 'CSRF_TOKEN_WRONG'
  | 'TENANT_NOT_ACTIVE'
  | 'TENANT_SUSPENDED'
  | 'TENANT_MOVED'
  | 'NOT_FOUND'
  | 'VALIDATION_FAILED'
  | 'CONFLICT'
  | 'VERSION_MISMATCH'
  | 'IF_MATCH_MISSING'
  | 'POSITION_EXPIRED'
  | 'POSITION_UNKNOWN'
  | 'IDEMPOTENCY_KEY_MISSING'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_PROGRESS'
  | 'HOST_NOT_ALLOWED'
  | 'MARKETPLACE_REFUSED'
  | 'MARKETPLACE_UNAVAILABLE'
  | 'NOT_CONFIGURED'
  | 'TOO_MANY_REQUESTS'
  | 'UNAVAILABLE'

export interface FieldError {
  /** Path as the client sent it: `changes[3].trackingNumber`. */
  field: string
  /** Japanese: what was expected and what to do. */
  message: string
  code?: string
}

export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldError[]
  /** Further members of the problem document, no secrets; personal data only for callers who may see it. */
  readonly details: Record<string, unknown>

  constructor(
    code: ErrorCode,
    message: string,
    more: { fields?: FieldError[]; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'AppError'
    this.code = code
    this.fields = more.fields ?? []
    this.details = more.details ?? {}
  }
}

/** Somebody else holds it by now, or moved it: whoever gets this stops. Nothing was stored. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`${what} is held by another process`)
    this.name = 'LeaseLost'
  }
}

/** A failed start as one sentence that says what to set or do; shown to a person without a stack. */
export class StartError extends Error {
  override name = 'StartError'
}

/** A listen that failed, told with the setting that chooses the port; everything else as it is. */
export function cannotListen(error: unknown, at: { host: string; port: number; setting: string }): unknown {
  const { host, port, setting } = at
  const nowhere = `this machine has no address ${host}: set HOST to one that it has.`
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is taken: end the process that holds it, or set ${setting} to another one.`,
    EACCES: `port ${port} is not open to this user: set ${setting} to one from 1024 upwards.`,
    EADDRNOTAVAIL: nowhere,
    ENOTFOUND: nowhere,
    EAI_AGAIN: nowhere,
  }
  const remedy = remedies[codeOf(error) ?? '']
  return remedy === undefined ? error : new StartError(remedy, { cause: error })
}
