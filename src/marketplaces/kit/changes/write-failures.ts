import { HttpError, type HttpErrorReason } from '../../../platform/http/http-client.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import { failureOfError, type MallNames } from '../http-failures.ts'

/**
 * Classifies a failed write call, given the error that a read would throw. Writes that may have reached the
 * mall without a clear answer become `outcome_unknown`: a time-out, a cut connection, an abort under way, a
 * 5xx, a gateway's page, an unreadable answer. All others (refused connection, 4xx, 429, keys) were not
 * carried out and keep their error.
 */
export function failureOfWrite(mall: MallNames, error: unknown): unknown {
  if (error instanceof HttpError) {
    return SENT.has(error.reason) ? outcomeUnknown(mall, { cause: error }) : failureOfError(mall, error)
  }
  if (!(error instanceof MarketplaceFailure) || tells(error)) return error
  const { status, mallCode, mallMessage, raw, until } = error
  return outcomeUnknown(mall, { status, mallCode, mallMessage, raw, until, cause: error })
}

const SENT: ReadonlySet<HttpErrorReason> = new Set(['timeout', 'broken', 'too_large', 'aborted'])

function tells({ kind, status }: MarketplaceFailure): boolean {
  if (kind !== 'unavailable' && kind !== 'malformed') return true
  return status !== undefined && status >= 400 && status < 500
}

type Facts = Partial<
  Pick<MarketplaceFailure, 'status' | 'mallCode' | 'mallMessage' | 'raw' | 'until' | 'cause'>
>

/** Failure for a write that was sent without proof that the mall carried it out. */
export function outcomeUnknown(mall: MallNames, facts: Facts = {}): MarketplaceFailure {
  return new MarketplaceFailure({
    ...facts,
    kind: 'outcome_unknown',
    code: `${mall.prefix}_OUTCOME_UNKNOWN`,
    message: `${mall.label}へ変更を送信しましたが、結果を受け取れませんでした。注文を読み直して、反映されたかを確認します。`,
  })
}

/** Meaning of a refusal of one order: the row whose conditions all hold. */
export interface Meaning {
  /** Pattern of the mall's code, which is empty when it gave none. */
  codes?: RegExp
  /** Pattern of the mall's message. */
  words?: RegExp
  /** HTTP. */
  status?: number
  /** Ours. */
  code: string
  /** Japanese. */
  message: string
}

/**
 * Builds the failure of the first matching row, or `general` when none matches. `before`: a sentence put
 * first for staff.
 */
export function refusalBy(
  meanings: readonly Meaning[],
  general: MarketplaceFailure,
  before = '',
): MarketplaceFailure {
  const { mallCode = '', mallMessage = '', status } = general
  const meaning = meanings.find(
    (one) =>
      (one.codes?.test(mallCode) ?? true) &&
      (one.words?.test(mallMessage) ?? true) &&
      (one.status === undefined || one.status === status),
  )
  if (!meaning && before === '') return general
  const { code, message } = meaning ?? general
  return new MarketplaceFailure({
    kind: 'rejected',
    code,
    message: before + message,
    status,
    raw: general.raw,
    mallCode: general.mallCode,
    mallMessage: general.mallMessage,
  })
}
