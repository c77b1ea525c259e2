import { describe, expect, it } from 'vitest'
import { HttpError, type HttpErrorReason } from '../../platform/http/http-client.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import { failureOfWrite } from './failures.ts'

const MALL = { label: '例示モール', prefix: 'MALL', console: '例示画面' }
const seen = (error: unknown) => failureOfWrite(MALL, error) as MarketplaceFailure
const failure = (kind: MarketplaceFailure['kind'], status?: number) =>
  new MarketplaceFailure({ kind, code: 'MALL_X', message: '例', status, mallCode: 'od1', raw: 'body' })

describe('a write that failed', () => {
  it.each<[HttpErrorReason, string]>([
    ['timeout', 'outcome_unknown'],
    ['broken', 'outcome_unknown'],
    ['too_large', 'outcome_unknown'],
    ['aborted', 'outcome_unknown'],
    ['unreachable', 'unavailable'],
    ['forbidden_address', 'unavailable'],
  ])('without an answer (%s) is %s', (reason, kind) => {
    expect(seen(new HttpError(reason, 'x'))).toMatchObject({ kind })
  })

  it.each<[MarketplaceFailure['kind'], number | undefined, string]>([
    ['unavailable', 503, 'outcome_unknown'],
    ['unavailable', 200, 'outcome_unknown'],
    ['unavailable', 404, 'unavailable'],
    ['malformed', undefined, 'outcome_unknown'],
    ['throttled', 429, 'throttled'],
    ['unauthorised', 401, 'unauthorised'],
    ['rejected', 400, 'rejected'],
    ['outcome_unknown', undefined, 'outcome_unknown'],
  ])('with an answer (%s, HTTP %s) is %s', (kind, status, expected) => {
    const told = seen(failure(kind, status))
    expect(told).toMatchObject({ kind: expected, mallCode: 'od1', raw: 'body', status })
    if (expected === 'outcome_unknown' && kind !== expected) expect(told.code).toBe('MALL_OUTCOME_UNKNOWN')
  })

  it('leaves what is no failure of the mall alone', () => {
    const bug = new TypeError('x')
    expect(failureOfWrite(MALL, bug)).toBe(bug)
  })
})
