import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { FetchOutcome } from '../../../src/marketplaces/port/session.ts'
import { HttpError } from '../../../src/platform/http/http-client.ts'
import {
  type Canned,
  canned,
  error,
  errors,
  fetchOne,
  HTML,
  KEYS,
  messages,
  NUMBER,
  oldResults,
  results,
} from './fixtures/canned.ts'

describe('every answer that is no order', () => {
  it.each<[string, Canned, string, Partial<MarketplaceFailure>]>([
    [
      '401 GA0001 in errors[]',
      { status: 401, body: errors('GA0001') },
      'unauthorised',
      { mallCode: 'GA0001' },
    ],
    [
      '401 ES01-01 in Results',
      { status: 401, body: results('ES01-01') },
      'unauthorised',
      { mallCode: 'ES01-01' },
    ],
    [
      'GA0001 in Results with HTTP 200',
      { status: 200, body: results('GA0001') },
      'unauthorised',
      { status: 200 },
    ],
    [
      'ES01-01 with errorMessage and HTTP 200',
      { status: 200, body: oldResults('ES01-01') },
      'unauthorised',
      { mallMessage: 'Un-Authorised' },
    ],
    ['401 without a body', { status: 401 }, 'unauthorised', { mallCode: undefined }],
    ['401 as HTML', { status: 401, body: HTML }, 'unauthorised', { code: 'RAKUTEN_KEY_REFUSED' }],
    ['401 as plain text', { status: 401, body: 'Un-Authorised' }, 'unauthorised', {}],
    ['403', { status: 403, body: '{}' }, 'unauthorised', {}],
    ['403 as HTML', { status: 403, body: HTML }, 'unavailable', { code: 'RAKUTEN_GATEWAY_REFUSED' }],
    ['403 without a body', { status: 403 }, 'unavailable', { code: 'RAKUTEN_GATEWAY_REFUSED' }],
    [
      '400 GK0001',
      { status: 400, body: errors('GK0001') },
      'unauthorised',
      { code: 'RAKUTEN_KEY_MALFORMED' },
    ],
    ['400 GK0005', { status: 400, body: errors('GK0005') }, 'unauthorised', { mallCode: 'GK0005' }],
    [
      '400 GK0006 in Results',
      { status: 400, body: results('GK0006') },
      'unauthorised',
      { mallCode: 'GK0006' },
    ],
    ['400 ES04-01', { status: 400, body: results('ES04-01') }, 'unauthorised', { mallCode: 'ES04-01' }],
    ['400 without a body', { status: 400 }, 'unauthorised', { code: 'RAKUTEN_KEY_MALFORMED' }],
    ['400 as HTML', { status: 400, body: HTML }, 'unavailable', { code: 'RAKUTEN_GATEWAY_REFUSED' }],
    ['415 ES04-03', { status: 415, body: errors('ES04-03') }, 'unavailable', { mallCode: 'ES04-03' }],
    ['404', { status: 404, body: HTML }, 'unavailable', { status: 404 }],
    ['405', { status: 405 }, 'unavailable', { status: 405 }],
    ['a redirect', { status: 302, headers: { location: '/' } }, 'unavailable', { status: 302 }],
    [
      'an unknown gateway code with HTTP 200',
      { status: 200, body: results('XX99-99') },
      'unavailable',
      { mallCode: 'XX99-99' },
    ],
    ['429', { status: 429, body: '{}' }, 'throttled', { until: undefined }],
    ['429 as HTML', { status: 429, body: HTML }, 'throttled', { code: 'RAKUTEN_THROTTLED' }],
    [
      '500 as JSON',
      { status: 500, body: '{"message":"x"}' },
      'unavailable',
      { code: 'RAKUTEN_SERVER_ERROR' },
    ],
    ['500 with messages', { status: 500, body: messages(error('GET_ORDER_ERROR_901')) }, 'unavailable', {}],
    ['503 as JSON', { status: 503, body: errors('GE0503') }, 'unavailable', { code: 'RAKUTEN_UNAVAILABLE' }],
    ['503 as HTML', { status: 503, body: HTML }, 'unavailable', { raw: HTML }],
    ['503 without a body', { status: 503 }, 'unavailable', { raw: '' }],
    ['504', { status: 504 }, 'unavailable', {}],
    ['200 as HTML', { status: 200, body: HTML }, 'unavailable', { code: 'RAKUTEN_GATEWAY_PAGE' }],
    ['200 without a body', { status: 200 }, 'unavailable', { code: 'RAKUTEN_EMPTY_ANSWER' }],
  ])('%s is thrown for the whole shop: %s', async (_name, answer, kind, facts) => {
    const failure = await fetchOne(() => canned(answer))
    expect(failure).toBeInstanceOf(MarketplaceFailure)
    expect(failure).toMatchObject({ kind, ...facts })
    const { message, renew, raw } = failure as MarketplaceFailure
    expect(message).toMatch(/[ぁ-ん]/)
    expect(message).not.toMatch(/secretsecret|keykey/)
    expect(raw).toBe(answer.body ?? '')
    if (kind === 'unauthorised') expect(renew).toContain('licenseKey')
  })

  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '90' }, 90_000],
    ['a wrong number of them', { 'retry-after': '99999999' }, 12 * 3_600_000],
    ['a date', { 'retry-after': new Date(Date.now() + 600_000).toUTCString() }, 600_000],
  ])('Retry-After in %s says when', async (_name, headers, wait) => {
    for (const status of [429, 503]) {
      const failure = (await fetchOne(() => canned({ status, headers }))) as MarketplaceFailure
      expect(Math.abs((failure.until?.getTime() ?? 0) - Date.now() - wait)).toBeLessThan(3_000)
    }
  })

  it.each<[string, Canned, string, Record<string, unknown>]>([
    ['truncated JSON', { status: 200, body: '{"MessageModelList":[' }, 'malformed', {}],
    ['plain text', { status: 200, body: 'OK' }, 'malformed', {}],
    ['JSON of something else', { status: 200, body: '{"hello":"world"}' }, 'malformed', {}],
    ['a JSON list', { status: 200, body: '[]' }, 'malformed', {}],
    [
      'an ERROR naming the order',
      { status: 200, body: messages(error('GET_ORDER_ERROR_016', { orderNumber: NUMBER })) },
      'rejected',
      { mallCode: 'ORDER_EXT_API_GET_ORDER_ERROR_016' },
    ],
    [
      '400 with an ERROR for all',
      { status: 400, body: messages(error('GET_ORDER_ERROR_011')) },
      'rejected',
      { mallMessage: '指定された値が不正です。' },
    ],
    [
      'several ERRORs at once',
      { status: 400, body: messages(error('GET_ORDER_ERROR_011'), error('GET_ORDER_ERROR_023')) },
      'rejected',
      {},
    ],
    [
      'an order without a number',
      { status: 200, body: '{"MessageModelList":[],"OrderModelList":[{"orderProgress":100}]}' },
      'malformed',
      {},
    ],
  ])('%s fails the order alone', async (_name, answer, kind, facts) => {
    const outcome = (await fetchOne(() => canned(answer))) as FetchOutcome
    expect(outcome).toMatchObject({ kind: 'failed', orderNumber: NUMBER, failure: { kind, ...facts } })
  })

  it.each<[string, Canned]>([
    [
      'INFO_102 with the number',
      {
        status: 200,
        body: messages({
          messageType: 'INFO',
          messageCode: 'ORDER_EXT_API_GET_ORDER_INFO_102',
          message: '受注情報が取得できませんでした。',
          orderNumber: NUMBER,
        }),
      },
    ],
    [
      'INFO_102 without the number',
      {
        status: 200,
        body: messages({ messageType: 'INFO', messageCode: 'ORDER_EXT_API_GET_ORDER_INFO_102' }),
      },
    ],
    ['no word of it', { status: 200, body: messages() }],
  ])('%s means that it is not there (yet)', async (_name, answer) => {
    expect(await fetchOne(() => canned(answer))).toMatchObject({ kind: 'not_found', orderNumber: NUMBER })
  })

  it.each(['unreachable', 'timeout', 'broken', 'forbidden_address'] as const)(
    'no answer (%s) is unavailable',
    async (reason) => {
      const failure = await fetchOne(() => {
        throw new HttpError(reason, `POST https://api.example/?licenseKey=${KEYS.licenseKey}`)
      })
      expect(failure).toMatchObject({ kind: 'unavailable' })
      const { message, cause } = failure as MarketplaceFailure
      expect(`${message} ${(cause as Error).message}`).not.toContain(KEYS.licenseKey)
    },
  )
})
