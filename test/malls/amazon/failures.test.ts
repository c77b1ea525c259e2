import { describe, expect, it } from 'vitest'
import { createClient, createQuotas } from '../../../src/marketplaces/amazon/client.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const NEVER = new AbortController().signal
const list = (code: string, details = '', message = 'm') =>
  JSON.stringify({ errors: [{ code, message, details }] })
const HTML = '<html><head><title>400 Bad Request</title></head></html>'

interface Canned {
  status: number
  body?: string
  headers?: Record<string, string>
}

/** One getOrder call that is answered so, each time. */
function call({ status, body = '', headers = {} }: Canned) {
  const http: HttpClient = {
    request: async () => ({
      status,
      headers: { 'x-amzn-requestid': 'req-1', ...headers },
      body: Buffer.from(body),
    }),
  }
  let tokens = 0
  const access = {
    async bearer() {
      tokens += 1
      return { accessToken: `Atza|${tokens}`, stored: tokens }
    },
    isFresh: () => true,
    refused: async () => undefined,
  }
  const tools = testTools({ http, clock: systemClock })
  const client = createClient('https://api.example', 'AEXAMPLESELLER', tools, access, createQuotas())
  const answer = client.call({ operation: 'getOrder', method: 'GET', path: '/orders/x' }, NEVER)
  return answer.then(
    (value) => ({ value, tokens }),
    (failure: unknown) => ({ failure, tokens }),
  )
}

describe('every answer that is no order', () => {
  it.each<[string, Canned, Record<string, unknown>]>([
    [
      '403 expired twice',
      { status: 403, body: list('Unauthorized', 'The access token you provided has expired.') },
      {
        kind: 'unauthorised',
        code: 'AMAZON_TOKEN_REFUSED',
        mallMessage: expect.stringContaining('[RequestId req-1]'),
      },
    ],
    [
      '401',
      { status: 401, body: list('Unauthorized') },
      { kind: 'unauthorised', code: 'AMAZON_TOKEN_REFUSED' },
    ],
    [
      '403 for an address that is none',
      { status: 403, body: list('MissingAuthenticationToken') },
      { kind: 'unavailable', code: 'AMAZON_WRONG_URL' },
    ],
    ['403 as HTML', { status: 403, body: HTML }, { kind: 'unavailable', code: 'AMAZON_GATEWAY_PAGE' }],
    ['400 as HTML', { status: 400, body: HTML }, { kind: 'unavailable', code: 'AMAZON_GATEWAY_PAGE' }],
    ['400 without a body', { status: 400 }, { kind: 'unavailable', code: 'AMAZON_EMPTY_ANSWER' }],
    ['404 as HTML', { status: 404, body: HTML }, { kind: 'unavailable' }],
    [
      '404 as JSON of somebody else',
      { status: 404, body: '{"message":"no"}' },
      { kind: 'unavailable', code: 'AMAZON_REQUEST_REFUSED' },
    ],
    [
      '413',
      { status: 413, body: list('RequestTooLarge') },
      { kind: 'unavailable', mallCode: 'RequestTooLarge' },
    ],
    ['415', { status: 415, body: list('UnsupportedMediaType') }, { kind: 'unavailable', status: 415 }],
    ['a redirect', { status: 302 }, { kind: 'unavailable', status: 302 }],
    [
      '429',
      { status: 429, body: list('QuotaExceeded') },
      { kind: 'throttled', mallCode: 'QuotaExceeded', only: undefined },
    ],
    [
      '500',
      { status: 500, body: list('InternalFailure') },
      { kind: 'unavailable', mallCode: 'InternalFailure' },
    ],
    [
      '503',
      { status: 503, body: list('ServiceUnavailable') },
      { kind: 'unavailable', code: 'AMAZON_UNAVAILABLE' },
    ],
    ['200 as HTML', { status: 200, body: HTML }, { kind: 'unavailable' }],
    [
      '200 that is no JSON',
      { status: 200, body: '{"order":' },
      { kind: 'malformed', code: 'AMAZON_MALFORMED' },
    ],
  ])('%s', async (_name, canned, expected) => {
    expect(await call(canned)).toMatchObject({ failure: expected })
  })

  it.each<[string, Canned]>([
    ['403 of a role', { status: 403, body: list('Unauthorized') }],
    ['403 AccessDenied', { status: 403, body: list('AccessDenied') }],
    ['400', { status: 400, body: list('InvalidInput') }],
    ['400 as the static sandbox writes it', { status: 400, body: '[{"code":"InvalidInput","message":"x"}]' }],
    ['404', { status: 404, body: list('NotFound') }],
  ])('%s is left to whoever asked, with no second token', async (_name, canned) => {
    expect(await call(canned)).toMatchObject({ value: { kind: 'refused', status: canned.status }, tokens: 1 })
  })

  it.each([
    'The access token you provided has expired.',
    'The access token you provided is revoked, malformed or invalid.',
  ])(
    'tries one new token after “%s”, and has the token endpoint say whether the consent stands',
    async (details) => {
      expect(await call({ status: 403, body: list('Unauthorized', details) })).toMatchObject({ tokens: 3 })
    },
  )
})

describe('quotas', () => {
  it.each([undefined, '', ' ', 'x', '0', '-1', 'Infinity', '1e9', '0.0000001'])(
    'does not believe %j',
    (header) => {
      const quotas = createQuotas()
      quotas.believe('A', 'getOrder', header)
      expect(quotas.of('A', 'getOrder').perSecond).toBe(0.5)
    },
  )

  it('believes a rate for one seller and one operation', () => {
    const quotas = createQuotas()
    quotas.believe('A', 'getOrder', '0.25')
    expect(quotas.of('A', 'getOrder')).toEqual({
      key: 'amazon:seller:A:getOrder',
      perSecond: 0.25,
      burst: 30,
    })
    expect(quotas.gainMs('A', 'getOrder')).toBe(4000)
    expect(quotas.of('A', 'searchOrders').perSecond).toBe(0.0056)
    expect(quotas.of('B', 'getOrder').perSecond).toBe(0.5)
  })
})
