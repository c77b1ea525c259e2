import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseRedisUrl, redisUrls } from './redis-address.ts'

const SENTINELS =
  'redis-sentinel://u:p%40x@s1:26380,s2,[::1]:26381/3?sentinelMasterId=torikomi&sentinelPassword=q'

describe('the address of Redis', () => {
  it('is a URL as it is where it names one server', () => {
    for (const url of ['redis://h:1/2', 'rediss://u:p@h', 'redis://127.0.0.1:6379'])
      expect([parseRedisUrl(url), redisUrls(url)]).toEqual([{ url }, [url]])
  })

  it('is what Sentinels name', () => {
    expect(parseRedisUrl(SENTINELS)).toEqual({
      sentinels: [
        { host: 's1', port: 26_380 },
        { host: 's2', port: 26_379 },
        { host: '::1', port: 26_381 },
      ],
      name: 'torikomi',
      db: 3,
      username: 'u',
      password: 'p@x',
      sentinelPassword: 'q',
      failoverDetector: true,
    })
    expect(redisUrls('rediss-sentinel://s1,s2?sentinelMasterId=x')).toEqual([
      'rediss://s1?sentinelMasterId=x',
      'rediss://s2?sentinelMasterId=x',
    ])
  })

  it('goes to Sentinels and to Redis by TLS where it says so', () => {
    expect(parseRedisUrl('rediss-sentinel://s1?sentinelMasterId=x')).toMatchObject({
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    })
    expect(parseRedisUrl('redis-sentinel://s1?sentinelMasterId=x')).not.toHaveProperty('tls')
  })

  it.each([
    ['http://h', /beginning with redis:\/\//],
    ['nonsense', /beginning with/],
    ['redis-sentinel://s1', /sentinelMasterId/],
    ['redis-sentinel://?sentinelMasterId=x', /h1:26379/],
    ['redis-sentinel://s1,,s2?sentinelMasterId=x', /h1:26379/],
    ['redis-sentinel://s1:99999?sentinelMasterId=x', /h1:26379/],
    ['redis-sentinel://s1/a?sentinelMasterId=x', /number of the database/],
    ['redis-sentinel://s1?masterName=hunter2', /only sentinelMasterId/],
    [`redis-sentinel://${'s,'.repeat(9)}s?sentinelMasterId=x`, /9 Sentinels at most/],
    ['redis-sentinel://u:hunter%@s1?sentinelMasterId=x', /login/],
  ])('refuses %s', (url, why) => {
    expect(() => parseRedisUrl(url)).toThrow(why)
  })
})

test('a refusal holds no part of the URL', () => {
  const secret = fc.stringMatching(/^[A-Z]{8}$/)
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom('redis-sentinel', 'rediss', 'x'),
      fc.string(),
      (word, scheme, rest) => {
        try {
          parseRedisUrl(`${scheme}://${word}:${word}@${rest}?${word}=${word}`)
        } catch (error) {
          expect(String(error)).not.toContain(word)
        }
      },
    ),
  )
})
