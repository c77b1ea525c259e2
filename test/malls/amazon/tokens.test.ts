import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import { type AmazonSimulator, NO_QUOTAS } from '../../../sandbox/malls/amazon/index.ts'
import { USER_AGENT } from '../../../src/marketplaces/amazon/client.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import { memoryTokens, testTools } from '../../support/malls/test-kit.ts'
import { NEVER, openAmazon, SHOP, startHeldMall } from './test-kit.ts'

let mall: AmazonSimulator
let clock: ControllableClock
beforeEach(async () => {
  ;({ mall, clock } = await startHeldMall({ quotas: NO_QUOTAS }))
})
afterEach(() => mall.close())

const place = () => mall.place({ shopCode: SHOP }).orderNumber
const kindOf = async (fetch: (numbers: string[]) => Promise<Map<string, { kind: string }>>) =>
  [...(await fetch([place()])).values()][0]?.kind

/** The machine sleeps for hours between token and call, so many times. */
const sleepyLane = (times: number) => ({
  async take() {
    if (times > 0) clock.advance(12 * 3600_000)
    times -= 1
  },
})

describe('access tokens', () => {
  it('serve until two minutes before their end', async () => {
    const { fetch } = openAmazon(mall)
    await fetch([place()])
    clock.advance(3600_000 - 121_000)
    await fetch([place()])
    expect(mall.calls().token).toBe(1)
    clock.advance(2_000)
    await fetch([place()])
    expect(mall.calls()).toEqual({ token: 2, getOrder: 3 })
  })

  it('are renewed once when the API says that one has expired', async () => {
    const { fetch } = openAmazon(mall)
    await fetch([place()])
    mall.consents.expireTokens()
    expect(await kindOf(fetch)).toBe('found')
    expect(mall.calls()).toEqual({ token: 2, getOrder: 3 })
  })

  it('that are refused although new put the shop under attention, after one repetition', async () => {
    mall.faults.set([{ kind: 'token-expired' }])
    await expect(openAmazon(mall).fetch([place()])).rejects.toMatchObject({
      kind: 'unauthorised',
      code: 'AMAZON_TOKEN_REFUSED',
      mallMessage: expect.stringContaining('RequestId'),
    })
    // The third token is asked for only to learn whether the consent has ended meanwhile.
    expect(mall.calls()).toEqual({ token: 3, getOrder: 2 })
  })

  it('whose consent ends between the new token and its call are told as that', async () => {
    const waits = [() => mall.consents.expireTokens(), () => mall.consents.revoke(SHOP)]
    const { fetch } = openAmazon(mall, { lane: { take: async () => waits.shift()?.() } })
    await expect(fetch([place()])).rejects.toMatchObject({ code: 'AMAZON_CONSENT_ENDED' })
    expect(mall.calls()).toEqual({ token: 3, getOrder: 2 })
  })

  it('that run out on their way, twice in a row, say nothing of the consent', async () => {
    const { fetch } = openAmazon(mall, { lane: sleepyLane(2) })
    expect(await kindOf(fetch)).toBe('found')
    expect(mall.calls()).toEqual({ token: 3, getOrder: 3 })
  })

  it('that run out on their way again and again end as refused', async () => {
    const { fetch } = openAmazon(mall, { lane: sleepyLane(100) })
    await expect(fetch([place()])).rejects.toMatchObject({ code: 'AMAZON_TOKEN_REFUSED' })
    expect(mall.calls()).toEqual({ token: 11, getOrder: 10 })
  })

  it('are asked for once by ten who find the old one expired', async () => {
    const tokens = memoryTokens()
    const amazon = createAmazon({ apiUrl: mall.url, authUrl: mall.authUrl })
    const credentials = amazon.credentials.parse(mall.credentialsFor(SHOP))
    const run = async () => {
      const session = amazon.open(
        { shopId: 'shop', shopCode: SHOP, credentials },
        testTools({ clock, tokens }),
      )
      for await (const outcome of session.fetchOrders([place()], NEVER)) expect(outcome.kind).toBe('found')
    }
    await Promise.all(Array.from({ length: 10 }, run))
    expect(mall.calls()).toEqual({ token: 1, getOrder: 10 })
    clock.advance(3_600_000)
    await Promise.all(Array.from({ length: 10 }, run))
    expect(mall.calls().token).toBe(2)
  })

  it('of an old consent never meet new credentials', async () => {
    const { open } = openAmazon(mall)
    await open().checkCredentials(NEVER)
    const refreshToken = mall.consents.renew(SHOP)
    await open({ ...mall.credentialsFor(SHOP), refreshToken }).checkCredentials(NEVER)
    expect(mall.calls().token).toBe(2)
  })

  it('travel in one header, with the user agent that Amazon asks for', async () => {
    const seen: Record<string, string>[] = []
    const { http } = testTools({ clock })
    const tools = testTools({
      clock,
      http: {
        request(request, signal) {
          seen.push(request.headers ?? {})
          return http.request(request, signal)
        },
      },
    })
    const amazon = createAmazon({ apiUrl: mall.url, authUrl: mall.authUrl })
    const credentials = amazon.credentials.parse(mall.credentialsFor(SHOP))
    await amazon.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools).checkCredentials(NEVER)
    expect(seen.at(-1)).toMatchObject({
      'x-amz-access-token': expect.stringMatching(/^Atza\|/),
      'user-agent': USER_AGENT,
    })
    expect(Object.keys(seen.at(-1) ?? {})).not.toContain('authorization')
  })
})

describe('what Login with Amazon refuses', () => {
  it('a consent that was taken back: nothing works until a new one', async () => {
    const { fetch, open } = openAmazon(mall)
    await fetch([place()])
    mall.consents.revoke(SHOP)
    const number = place()
    await expect(fetch([number])).rejects.toMatchObject({
      kind: 'unauthorised',
      code: 'AMAZON_CONSENT_ENDED',
      mallCode: 'invalid_grant',
      renew: expect.stringContaining('認可し直し'),
    })
    mall.consents.renew(SHOP)
    for await (const outcome of open().fetchOrders([number], NEVER)) expect(outcome.kind).toBe('found')
  })

  it('a secret whose 180 days are over; the refresh token outlives it', async () => {
    const old = mall.credentialsFor(SHOP)
    mall.consents.rotateSecret(SHOP)
    const { open } = openAmazon(mall)
    await expect(open(old).checkCredentials(NEVER)).rejects.toMatchObject({
      kind: 'unauthorised',
      code: 'AMAZON_CLIENT_REFUSED',
    })
    expect((await open().checkCredentials(NEVER)).messages[0]).toContain('接続できました')
  })

  it.each([
    ['429', 'throttled', 'AMAZON_THROTTLED'],
    ['503-html', 'unavailable', 'AMAZON_UNAVAILABLE'],
    ['200-html', 'unavailable', 'AMAZON_GATEWAY_PAGE'],
    ['200-empty', 'unavailable', 'AMAZON_EMPTY_ANSWER'],
    ['broken-body', 'unavailable', 'AMAZON_AUTH_UNREADABLE'],
    ['huge', 'unavailable', 'AMAZON_AUTH_UNREADABLE'],
    ['cut', 'unavailable', 'AMAZON_CONNECTION_BROKEN'],
  ])('%s of the token host concerns the shop, not the order', async (fault, kind, code) => {
    mall.faults.set([{ kind: fault, operation: 'token' }])
    const failure = await openAmazon(mall)
      .fetch([place()])
      .then(
        () => null,
        (error: unknown) => error,
      )
    expect(failure).toMatchObject({ kind, code })
    const { clientSecret = '', refreshToken = '' } = mall.credentialsFor(SHOP)
    expect(JSON.stringify([failure, String((failure as Error).cause)])).not.toContain(clientSecret)
    expect(JSON.stringify(failure)).not.toContain(refreshToken)
    expect(mall.calls().getOrder).toBeUndefined()
  })
})
