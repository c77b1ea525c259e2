import { describe, expect, it } from 'vitest'
import { chooseWriting, clientClass, describeUrl, type HostState, hostUrls } from './hosts.ts'

describe('a URL of several hosts', () => {
  it('is one URL for each, whatever stands in login and options', () => {
    expect(
      hostUrls(
        'postgresql://u,ser:p%40,w@h1:5432,[::1]:5433,h3/db?sslmode=verify-full&target_session_attrs=primary',
      ),
    ).toEqual([
      'postgresql://u,ser:p%40,w@h1:5432/db?sslmode=verify-full&target_session_attrs=primary',
      'postgresql://u,ser:p%40,w@[::1]:5433/db?sslmode=verify-full&target_session_attrs=primary',
      'postgresql://u,ser:p%40,w@h3/db?sslmode=verify-full&target_session_attrs=primary',
    ])
    expect(hostUrls('postgres://h1,h2')).toEqual(['postgres://h1', 'postgres://h2'])
  })

  it.each([
    'postgresql://u:p,w@h1:5432/db?target_session_attrs=any',
    'postgresql:///db?host=/run/postgresql',
    'postgresql://u:p@h1/db?options=-c%20search_path%3Da,b',
    'not a url',
    '',
  ])('one host is left as it is: %s', (url) => {
    expect(hostUrls(url)).toEqual([url])
    if (URL.canParse(url)) expect(clientClass(url).name).toBe('Client')
  })

  it.each([
    ['postgresql://u:hunter2@h1,h2/db?target_session_attrs=any', /host that writes/],
    ['postgresql://u:hunter2@h1,h2/db?target_session_attrs=prefer-standby', /host that writes/],
    ['postgresql://u:hunter2@h1,,h2/db', /h1:5432,h2:5432/],
    ['postgresql://u:hunter2@h1,:5432/db', /h1:5432,h2:5432/],
    ['postgresql://u:hunter2@h1:a,h2/db', /h1:5432,h2:5432/],
    ['postgresql://u:hunter2@h1,h1/db', /each host once/],
    ['postgresql://u:hunter2@h1,h2/db?host=h3', /hosts once/],
    ['postgresql://u:hunter2@/db?host=h1,h2', /in front of the database/],
    ['postgresql://u:hunter2@h/db?port=1%2C2', /in front of the database/],
    [`postgresql://u:hunter2@${Array.from({ length: 10 }, (_, n) => `h${n}`).join()}/db`, /9 hosts/],
  ])('is refused without a word of its password: %s', (url, why) => {
    expect(() => hostUrls(url)).toThrow(why)
    expect(() => hostUrls(url)).not.toThrow(/hunter2/)
  })

  it('is shown without its login', () => {
    expect(describeUrl('postgresql://u:hunter2@h1:5432,h2/db?x=y')).toBe('h1:5432,h2/db')
    expect(describeUrl('postgresql://u:hunter2@h1:5432/db')).toBe('h1:5432/db')
    expect(describeUrl('postgresql://u:hunter2@h1,,/db')).toBe('an unreadable URL')
  })

  it('is read in time, however long', () => {
    const began = performance.now()
    expect(hostUrls(`postgresql://${'@'.repeat(200_000)}`)).toHaveLength(1)
    expect(() => hostUrls(`postgresql://${'a,'.repeat(100_000)}/db`)).toThrow()
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

describe('of several hosts that write', () => {
  const writing = (url: string, timeline: number): HostState => ({ url, is: 'writing', timeline })
  const others: HostState[] = [
    { url: 'c', is: 'reading' },
    { url: 'd', is: 'away', error: null },
  ]

  it('the later timeline is taken, whichever answered first and was written to before', () => {
    for (const answers of [
      [writing('a', 1), writing('b', 2)],
      [writing('b', 2), writing('a', 1)],
    ])
      expect(chooseWriting([...others, ...answers], { url: 'a', timeline: 1 })?.url).toBe('b')
  })

  it('none of an earlier timeline than was seen, also where it is the only one that answers', () => {
    expect(chooseWriting([...others, writing('a', 1)], { url: 'b', timeline: 2 })).toBeUndefined()
    expect(chooseWriting([...others, writing('a', 1)], null)?.url).toBe('a')
  })

  it('of one timeline the one that was written to before', () => {
    expect(chooseWriting([writing('a', 2), writing('b', 2)], { url: 'b', timeline: 2 })?.url).toBe('b')
    expect(chooseWriting(others, { url: 'c', timeline: 1 })).toBeUndefined()
  })
})
