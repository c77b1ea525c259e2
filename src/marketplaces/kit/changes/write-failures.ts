import { HttpError, type HttpErrorReason } from '../../../platform/http/http-client.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import { failureOfError, type MallNames } from '../http-failures.ts'

/**
 * What a failed write call means: takes what a read of the same mall would throw. What may have reached the mall, and was
 * not answered in words that tell, becomes `outcome_unknown`: a time-out, a cut connection, an abort under way, a 5xx, a
 * gateway's page, an answer that cannot be read. All else (refused connection, 4xx, 429, keys) was not carried out and
 * stays what it is.
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

/** A write was sent and nothing tells whether the mall carried it out. */
export function outcomeUnknown(mall: MallNames, facts: Facts = {}): MarketplaceFailure {
  return new MarketplaceFailure({
    ...facts,
    kind: 'outcome_unknown',
    code: `${mall.prefix}_OUTCOME_UNKNOWN`,
    message: `${mall.label}へ変更を送信しましたが、結果を受け取れませんでした。注文を読み直して、反映されたかを確認します。`,
  })
}

/** What a refusal of one order means: the row whose conditions all hold. */
export interface Meaning {
  /** Of the mall's code, empty where it gave none. */
  codes?: RegExp
  /** Of the mall's words. */
  words?: RegExp
  /** HTTP. */
  status?: number
  /** Ours. */
  code: string
  /** Japanese. */
  message: string
}

/** The failure that the first fitting row words; `general` where none fits. `before`: what else staff must know of it. */
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
    ...{ kind: 'rejected', code, message: before + message, status, raw: general.raw },
    ...{ mallCode: general.mallCode, mallMessage: general.mallMessage },
  })
}
