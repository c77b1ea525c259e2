import { Resolver } from 'node:dns/promises'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { assertPublicHost, isPublicAddress, portOf, resolvePublicHost } from './address-guard.ts'

const resolveTo =
  (...addresses: string[]) =>
  async () =>
    addresses

describe('isPublicAddress', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '2606:4700::1111%eth0',
    'not an address',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each([
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '202.72.50.10',
    '2400:4000::1',
    '2606:4700::1111',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test('no IPv4 address is public when its mapped form would be', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false)
      }),
    )
  })
})

describe('assertPublicHost', () => {
  test('gives the address that was checked', async () => {
    await expect(
      assertPublicHost('imap.example.jp', { allow: [], resolve: resolveTo('8.8.8.8') }),
    ).resolves.toBe('8.8.8.8')
  })

  test('refuses a name when only one of its addresses is private', async () => {
    const rules = { allow: [], resolve: resolveTo('8.8.8.8', '10.0.0.1') }
    await expect(assertPublicHost('evil.example', rules)).rejects.toMatchObject({
      code: 'HOST_NOT_ALLOWED',
      reason: 'forbidden',
    })
  })

  test.each(['127.0.0.1', '[::1]', '::ffff:127.0.0.1', '169.254.169.254'])(
    'refuses the literal %s without a lookup',
    async (host) => {
      const resolve = async (): Promise<string[]> => {
        throw new Error('no lookup expected')
      }
      await expect(assertPublicHost(host, { allow: [], resolve })).rejects.toMatchObject({
        reason: 'forbidden',
      })
    },
  )

  test('refuses localhost, with a dot at the end too, through the real resolver', async () => {
    await expect(assertPublicHost('localhost.', { allow: [] })).rejects.toMatchObject({ reason: 'forbidden' })
  })

  test('lets through what the operator allows, whatever its case', async () => {
    const rules = { allow: ['Mail.Intern'], resolve: resolveTo('10.0.0.5') }
    await expect(resolvePublicHost('mail.intern', rules)).resolves.toEqual(['10.0.0.5'])
    await expect(assertPublicHost('127.0.0.1', { allow: 'all' })).resolves.toBe('127.0.0.1')
    await expect(assertPublicHost('other.intern', rules)).rejects.toMatchObject({ reason: 'forbidden' })
  })

  test.each([
    ['10.0.0.5:993', '10.0.0.5'],
    ['[fd12::1]:993', 'fd12::1'],
    [' Mail.Intern:993\t', 'mail.intern'],
  ])('allows %s at that port alone', async (entry, host) => {
    const rules = { allow: [entry], resolve: resolveTo('10.0.0.5') }
    await expect(assertPublicHost(host, rules, 993)).resolves.toBe(host === 'fd12::1' ? host : '10.0.0.5')
    for (const port of [143, 22, null])
      await expect(assertPublicHost(host, rules, port)).rejects.toMatchObject({ reason: 'forbidden' })
    await expect(assertPublicHost('10.0.0.6', rules, 993)).rejects.toMatchObject({ reason: 'forbidden' })
  })

  test('takes no part of an entry for a host with a port', async () => {
    const allow = ['10.0.0.5:993x', 'x10.0.0.5:99300000', 'fd12::1:993']
    for (const host of ['10.0.0.5', '1', 'fd12::1'])
      await expect(
        assertPublicHost(host, { allow, resolve: resolveTo('10.0.0.5') }, 993),
      ).rejects.toMatchObject({ reason: 'forbidden' })
    await expect(assertPublicHost('fd12::1:993', { allow }, 22)).resolves.toBe('fd12::1:993')
  })

  test('gives what the system resolves a name to', async () => {
    const addresses = await resolvePublicHost('localhost', { allow: 'all' })
    expect(addresses.map((address) => ['127.0.0.1', '::1'].includes(address))).toContain(true)
  })

  test.each([
    ['https://hook.example/a', 443],
    ['http://hook.example/a', 80],
    ['https://hook.example:8443/', 8443],
    ['http://hook.example:443/', 443],
  ])('%s is connected to at port %i', (url, port) => {
    expect(portOf(new URL(url))).toBe(port)
  })

  test('takes a host in brackets, with blanks and capitals, for the same', async () => {
    const rules = { allow: [' [FD12::1] '], resolve: resolveTo() }
    await expect(assertPublicHost('fd12::1', rules)).resolves.toBe('fd12::1')
    await expect(assertPublicHost('[fd12::1]', rules)).resolves.toBe('fd12::1')
    await expect(assertPublicHost('fd12::2', rules)).rejects.toMatchObject({ reason: 'forbidden' })
    const seen: string[] = []
    const resolve = async (host: string) => {
      seen.push(host)
      return ['8.8.8.8']
    }
    for (const host of ['x[fd12::1]', '[fd12::1]x', 'Imap.Example.jp.'])
      await resolvePublicHost(host, { allow: [], resolve })
    expect(seen).toEqual(['x[fd12::1]', '[fd12::1]x', 'imap.example.jp'])
  })

  test('says in Japanese which host, in bounds, and what to do, with a code of its own and the cause', async () => {
    const long = `${'x'.repeat(300)}.example`
    const cause = Object.assign(new Error('nope'), { code: 'ENOTFOUND' })
    const resolve = () => Promise.reject(cause)
    await expect(resolvePublicHost(long, { allow: [], resolve })).rejects.toMatchObject({
      name: 'AddressError',
      code: 'UNAVAILABLE',
      cause,
      message: `ホスト「${'x'.repeat(255)}」が見つかりません。ホスト名の綴りを確認してください。`,
    })
    await expect(resolvePublicHost('10.0.0.1', { allow: [] })).rejects.toMatchObject({
      name: 'AddressError',
      code: 'HOST_NOT_ALLOWED',
      message: expect.stringContaining('ホスト「10.0.0.1」は社内'),
    })
    await expect(
      resolvePublicHost('no.example', { allow: 'all', resolve: resolveTo() }),
    ).rejects.toMatchObject({
      reason: 'unresolvable',
    })
  })

  test('tells a name that does not resolve from one that is refused', async () => {
    const resolve = async (): Promise<string[]> => {
      throw Object.assign(new Error('nope'), { code: 'ENOTFOUND' })
    }
    await expect(assertPublicHost('nowhere.example', { allow: [], resolve })).rejects.toMatchObject({
      reason: 'unresolvable',
    })
    await expect(
      assertPublicHost('empty.example', { allow: [], resolve: resolveTo() }),
    ).rejects.toMatchObject({
      reason: 'unresolvable',
    })
  })
})

describe('a name that anybody may have entered', () => {
  const answers = (four: string[] | Error, six: string[] | Error) => {
    const asked = ([name, answer]: ['resolve4' | 'resolve6', string[] | Error]) =>
      vi.spyOn(Resolver.prototype, name).mockImplementation((async () => {
        if (answer instanceof Error) throw answer
        return answer
      }) as never)
    const spies = (
      [
        ['resolve4', four],
        ['resolve6', six],
      ] as ['resolve4' | 'resolve6', string[] | Error][]
    ).map(asked)
    onTestFinished(() => {
      for (const spy of spies) spy.mockRestore()
    })
    return spies
  }

  test('is asked of name servers, which takes no thread from malls and the database', async () => {
    answers(['8.8.8.8'], ['2400:4000::1'])
    expect(await resolvePublicHost('Shop.Example.JP.', { allow: [] })).toEqual(['8.8.8.8', '2400:4000::1'])
    answers(new Error('ENODATA'), ['2400:4000::1'])
    expect(await resolvePublicHost('shop.example.jp', { allow: [] })).toEqual(['2400:4000::1'])
    answers(['8.8.8.8'], ['::1'])
    await expect(resolvePublicHost('shop.example.jp', { allow: [] })).rejects.toMatchObject({
      reason: 'forbidden',
    })
    answers(new Error('ENOTFOUND'), new Error('ENOTFOUND'))
    await expect(resolvePublicHost('none.example.jp', { allow: [] })).rejects.toMatchObject({
      reason: 'unresolvable',
    })
  })

  test('one that the operator has set is resolved as the machine does', async () => {
    const spies = answers(['8.8.8.8'], [])
    expect(await resolvePublicHost('localhost', { allow: ['localhost'] })).toContain('127.0.0.1')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })
})
