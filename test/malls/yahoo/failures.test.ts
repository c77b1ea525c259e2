import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxFault } from '../../../sandbox/kit/faults.ts'
import { startSandboxServer } from '../../../sandbox/kit/http-kit.ts'
import type { FailureKind } from '../../../src/marketplaces/port/failures.ts'
import { createForbiddenBackoff } from '../../../src/marketplaces/yahoo/failures.ts'
import { failureOf, fetchOne, found, NEVER, type YahooKit, yahooKit } from './test-kit.ts'

let kit: YahooKit
let number: string
beforeAll(async () => {
  kit = await yahooKit()
  number = kit.mall.place().orderNumber
})
afterAll(() => kit.close())
beforeEach(() => kit.mall.faults.clear())

describe('what concerns the whole store is thrown', () => {
  it.each<[string, SandboxFault, FailureKind, string]>([
    ['px-04001', { kind: 'px-04001' }, 'unavailable', 'YAHOO_SELLER_ID_MISSING'],
    ['px-04102, the twelve hours', { kind: 'px-04102' }, 'unauthorised', 'YAHOO_SESSION_ENDED'],
    ['px-04303', { kind: 'px-04303' }, 'unauthorised', 'YAHOO_APP_NOT_REGISTERED'],
    ['px-04306', { kind: 'px-04306' }, 'unauthorised', 'YAHOO_IP_NOT_REGISTERED'],
    ['px-04307', { kind: 'px-04307' }, 'unauthorised', 'YAHOO_CONSENT_WITHDRAWN'],
    ['px-14303', { kind: 'px-14303' }, 'unauthorised', 'YAHOO_NO_PERMISSION'],
    ['px-14304', { kind: 'px-14304' }, 'unauthorised', 'YAHOO_STORE_NOT_ALLOWED'],
    ['px-04400', { kind: 'px-04400' }, 'unavailable', 'YAHOO_WRONG_URL'],
    [
      'a px code nobody knows',
      { kind: 'error', status: 403, code: 'px-99999' },
      'unauthorised',
      'YAHOO_ACCESS_REFUSED',
    ],
    [
      'an Error with a namespace',
      { kind: 'error', status: 403, code: 'px-04306', namespace: true },
      'unauthorised',
      'YAHOO_IP_NOT_REGISTERED',
    ],
    [
      'an Error with HTTP 200',
      { kind: 'error', status: 200, code: 'px-04307' },
      'unauthorised',
      'YAHOO_CONSENT_WITHDRAWN',
    ],
    ['the daily cap and the short block', { kind: 'forbidden' }, 'throttled', 'YAHOO_FORBIDDEN'],
    ['an empty 403', { kind: '403-empty' }, 'throttled', 'YAHOO_FORBIDDEN'],
    ['429', { kind: '429' }, 'throttled', 'YAHOO_THROTTLED'],
    ['500', { kind: '500' }, 'unavailable', 'YAHOO_SERVER_ERROR'],
    [
      '500 with an Error without code',
      { kind: 'error', status: 500, message: 'Internal' },
      'unavailable',
      'YAHOO_SERVER_ERROR',
    ],
    ['503 JSON', { kind: '503-json' }, 'unavailable', 'YAHOO_UNAVAILABLE'],
    ['503 HTML', { kind: '503-html' }, 'unavailable', 'YAHOO_UNAVAILABLE'],
    ['503 empty', { kind: '503-empty' }, 'unavailable', 'YAHOO_UNAVAILABLE'],
    ['200 HTML', { kind: '200-html' }, 'unavailable', 'YAHOO_GATEWAY_PAGE'],
    ['200 empty', { kind: '200-empty' }, 'unavailable', 'YAHOO_EMPTY_ANSWER'],
    ['404 HTML of a gateway', { kind: '404-html' }, 'unavailable', 'YAHOO_GATEWAY_PAGE'],
    ['a cut connection', { kind: 'cut' }, 'unavailable', 'YAHOO_CONNECTION_BROKEN'],
    ['a scope that is missing', { kind: 'insufficient-scope' }, 'unauthorised', 'YAHOO_SCOPE_MISSING'],
    ['a token refused twice', { kind: 'expired-token' }, 'unauthorised', 'YAHOO_TOKEN_REFUSED'],
    ['a broken token twice', { kind: 'invalid-token' }, 'unauthorised', 'YAHOO_TOKEN_REFUSED'],
    ['no authorization seen', { kind: 'no-authorization' }, 'unauthorised', 'YAHOO_TOKEN_REFUSED'],
  ])('%s', async (_, fault, kind, code) => {
    kit.mall.faults.set([fault])
    const failure = await failureOf(fetchOne(kit.open().session, number))
    expect(failure).toMatchObject({ kind, code })
    if (kind === 'unauthorised') expect(failure.renew).toMatch(/[ぁ-んァ-ン一-龠]/)
    if (kind === 'unauthorised' && fault.kind.startsWith('px')) {
      expect(failure.mallCode).toBe(fault.kind)
      expect(failure.until?.getTime()).toBeGreaterThan(kit.mall.clock.now())
    }
  })

  it('says that the consent must be given again where only that helps', async () => {
    for (const kind of ['px-04102', 'px-04307', 'expired-token']) {
      kit.mall.faults.set([{ kind }])
      expect((await failureOf(fetchOne(kit.open().session, number))).renew).toContain('同意し直し')
    }
  })

  it('stays away longer after each 403 without code, and starts anew after an answer', async () => {
    const { session } = kit.open()
    const { clock, faults } = kit.mall
    clock.hold()
    // Noon in Japan, so that the day's end does not cut the waits short.
    clock.set((Math.floor(clock.now() / DAY_MS) + 1) * DAY_MS + DAY_MS / 8)
    const wait = async () =>
      ((await failureOf(fetchOne(session, number))).until?.getTime() ?? 0) - clock.now()
    faults.set([{ kind: 'forbidden' }])
    expect([await wait(), await wait()]).toEqual([60_000, 300_000])
    faults.clear()
    await found(session, number)
    faults.set([{ kind: 'forbidden' }])
    expect(await wait()).toBe(60_000)
    clock.release()
  })
})

const DAY_MS = 24 * 60 * 60 * 1000

describe('the wait after 403', () => {
  const noon = Date.parse('2026-07-01T12:00:00+09:00')
  it('grows to an hour, by client id, and is forgotten after an answer', () => {
    const backoff = createForbiddenBackoff()
    const minutes = () => (backoff.next('app', noon).getTime() - noon) / 60_000
    expect([minutes(), minutes(), minutes(), minutes(), minutes()]).toEqual([1, 5, 15, 60, 60])
    expect(backoff.next('other', noon).getTime() - noon).toBe(60_000)
    backoff.reset('app')
    expect(minutes()).toBe(1)
  })

  it('does not go past the day whose calls are used up', () => {
    const backoff = createForbiddenBackoff()
    const late = Date.parse('2026-07-01T23:30:00+09:00')
    for (let times = 0; times < 3; times += 1) backoff.next('app', late)
    expect(backoff.next('app', late).toISOString()).toBe('2026-07-01T15:01:00.000Z')
  })
})

describe('what concerns one order stays with it', () => {
  it.each<[string, SandboxFault, string]>([
    [
      'od91801 with 404',
      { kind: 'error', status: 404, code: 'od91801', message: 'Not Exists : OrderId' },
      'not_found',
    ],
    ['od91801 with another status', { kind: 'error', status: 400, code: 'od91801' }, 'not_found'],
    ['404 with an Error without code', { kind: 'error', status: 404, message: 'gone' }, 'not_found'],
    ['404 without a body', { kind: '404-empty' }, 'not_found'],
    [
      'a message Not Exists',
      { kind: 'error', status: 400, code: 'od91000', message: 'Order Not Exists' },
      'not_found',
    ],
    ['Status NG', { kind: 'ng' }, 'not_found'],
    ['nothing found, without a Result', { kind: 'nothing-found' }, 'not_found'],
    ['Status NG with od91801', { kind: 'ng', code: 'od91801', message: 'Not Exists' }, 'not_found'],
    ['Status NG for another reason', { kind: 'ng', code: 'od91234', message: 'no' }, 'failed'],
    ['another od code', { kind: 'error', status: 400, code: 'od90150', message: 'refused' }, 'failed'],
    ['403 with an od code', { kind: 'error', status: 403, code: 'od90150', message: 'refused' }, 'failed'],
    ['500 with an od code', { kind: 'error', status: 500, code: 'od99999', message: 'failed' }, 'failed'],
    ['a cut document', { kind: 'broken-body' }, 'failed'],
    ['a DOCTYPE', { kind: 'doctype' }, 'failed'],
    ['200 MB', { kind: 'huge' }, 'failed'],
  ])('%s', async (_, fault, kind) => {
    kit.mall.faults.set([fault])
    expect((await fetchOne(kit.open().session, number)).kind).toBe(kind)
  })

  it('keeps Yahoo!’s code and words', async () => {
    kit.mall.faults.set([{ kind: 'error', status: 400, code: 'od90150', message: '  Some\n  words ' }])
    const outcome = await fetchOne(kit.open().session, number)
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rejected', mallCode: 'od90150', mallMessage: 'Some words', status: 400 },
    })
  })
})

describe('an access token that is refused', () => {
  it('is renewed once and the call made again', async () => {
    const { session, tools } = kit.open()
    await found(session, number)
    kit.mall.faults.set([{ kind: 'expired-token', times: 1 }])
    const before = kit.mall.calls()
    await found(session, number)
    expect((kit.mall.calls().token ?? 0) - (before.token ?? 0)).toBe(1)
    expect((kit.mall.calls().orderInfo ?? 0) - (before.orderInfo ?? 0)).toBe(2)
    // Each call to the mall takes its turn in the lane, repeated ones too.
    expect(tools.quotas).toHaveLength(3)
  })

  it('is not renewed for the end of the twelve hours', async () => {
    const { session } = kit.open()
    await found(session, number)
    kit.mall.faults.set([{ kind: 'px-04102', times: 1 }])
    const before = kit.mall.calls().token
    await failureOf(fetchOne(session, number))
    expect(kit.mall.calls().token).toBe(before)
  })
})

it('a refused check of the keys sends nobody to an order', async () => {
  kit.mall.faults.set([
    { kind: 'error', operation: 'orderCount', status: 400, code: 'od90101', message: 'no' },
  ])
  expect(await failureOf(kit.open().session.checkCredentials(NEVER))).toMatchObject({
    kind: 'rejected',
    message: expect.stringMatching(/店舗の情報の取得を.*ストアクリエイターProで店舗の設定/),
  })
  kit.mall.faults.clear()
})

describe('no answer at all', () => {
  it('is unavailable when nobody listens', async () => {
    const server = await startSandboxServer(0, () => ({ status: 200 }))
    await server.close()
    const { session } = kit.open({ http: elsewhere(server.url) })
    expect(await failureOf(session.checkCredentials(NEVER))).toMatchObject({
      kind: 'unavailable',
      code: 'YAHOO_UNREACHABLE',
    })
  })
})

/** Everything sent to another address. */
function elsewhere(url: string) {
  const { http } = kit.open().tools
  return {
    request: (request: Parameters<typeof http.request>[0], signal?: AbortSignal) =>
      http.request({ ...request, url }, signal),
  }
}
