import type { components } from './api.ts'

export type ProblemBody = components['schemas']['Problem']

/** Codes of the service that are known today; more may come. */
export type ProblemCode = components['schemas']['ProblemCode']

/** Fields of a problem beside the usual ones, by its code. */
export interface ProblemFacts {
  /** Both versions of the order. */
  VERSION_MISMATCH: Pick<components['schemas']['OrderConflict'], 'current' | 'sent'>
  CONFLICT: { readonly reason?: string }
  FORBIDDEN: { readonly reason?: string; readonly requiredRole?: string }
  /** Number of the last batch of the desk here. */
  POSITION_UNKNOWN: { readonly last?: number | null }
}

/** A problem of one code, with what it says. */
export type ProblemOf<C extends string> = Problem & {
  readonly code: C
  readonly body: C extends keyof ProblemFacts ? ProblemFacts[C] : unknown
}

/** A problem of a known code: `switch (problem.code)` tells which, and with it what `body` holds. */
export type KnownProblem = { [C in ProblemCode]: ProblemOf<C> }[ProblemCode]

/** The service has answered, and it is a refusal: RFC 9457. `detail` is Japanese that staff can act on. */
export class Problem extends Error {
  readonly status: number
  /** Stable, for programs; `HTTP_502` and the like when something in between has answered instead of the service. */
  readonly code: string
  readonly detail: string
  readonly errors: NonNullable<ProblemBody['errors']>
  readonly requestId: string | null
  /** How long the service asks to be left alone. */
  readonly retryAfterSeconds: number | null
  /** All that was answered: a 412 holds both versions. */
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers

  constructor(
    status: number,
    body: Readonly<Record<string, unknown>>,
    retryAfterSeconds: number | null,
    headers: Headers = new Headers(),
  ) {
    const { code = `HTTP_${status}`, detail = '', errors = [], requestId } = body as Partial<ProblemBody>
    const fields = errors.map(({ field, message }) => ` ${field}: ${message}`).join('')
    super(`${status} ${code} ${detail}${fields}`)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.detail = detail
    this.errors = errors
    this.requestId = requestId ?? null
    this.retryAfterSeconds = retryAfterSeconds
    this.body = body
    this.headers = headers
  }

  static of({ status, headers }: Response, text: string): Problem {
    const answered = parseJson(text)
    const after = retryAfterSeconds(headers.get('retry-after'), Date.now())
    return new Problem(status, isObject(answered) ? answered : {}, after, headers)
  }

  /** Without a code of the service: something in between has answered, as a proxy with a page. */
  get isForeign(): boolean {
    return this.code === `HTTP_${this.status}`
  }
}

/** Nobody knows whether the service has done it: the line broke, the time was over, or the answer was not the service's. */
export class NoAnswer extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'NoAnswer'
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 9110: seconds or a date. */
function retryAfterSeconds(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d{1,6}$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1_000))
}

/** With a code: whether it is that problem, whose `body` then has its type. */
export function isProblem<C extends ProblemCode>(error: unknown, code: C): error is ProblemOf<C>
export function isProblem(error: unknown, code?: string): error is Problem
export function isProblem(error: unknown, code?: string): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}

/**
 * Whether the same request may have another end later. All that something in between may have said counts: an office's
 * proxy answers 502, and a 503 may come after the work was done.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof Problem && (error.status >= 500 || error.status === 429 || error.status === 408))

/**
 * Whether something in between may have said it, where the service itself never answers 409 or 412 for a state: its own
 * refusals have a code.
 */
export const isInBetween = (error: unknown): boolean =>
  isPassing(error) || (isProblem(error) && (error.isForeign || error.status === 409 || error.status === 412))
