import { describe, expect, it } from 'vitest'
import type { HttpClient } from '../../platform/http/http-client.ts'
import { type DiscoverTools, discover } from './discover.ts'
import { PRESETS } from './presets.ts'

const ADDRESSES: Readonly<Record<string, string[]>> = {
  'imap.shop.example': ['8.8.8.8'],
  'inside.shop.example': ['10.0.0.1'],
}

interface World {
  srv?: Record<string, { name: string; port: number; priority: number }[]>
  mx?: string[]
  xml?: string
}

function tools({ srv = {}, mx = [], xml }: World, asked: string[] = []): DiscoverTools {
  const http: HttpClient = {
    async request({ url }) {
      asked.push(url)
      return { status: xml === undefined ? 404 : 200, headers: {}, body: Buffer.from(xml ?? '') }
    },
  }
  return {
    http,
    dns: {
      srv: async (name) => srv[name] ?? Promise.reject(new Error('ENOTFOUND')),
      mx: async () => mx.map((exchange, priority) => ({ exchange, priority })),
    },
    addressRules: {
      allow: [],
      resolve: async (host) => ADDRESSES[host] ?? Promise.reject(new Error('ENOTFOUND')),
    },
  }
}

const server = (host: string, more = '') =>
  `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x"><incomingServer type="pop3"><hostname>pop.shop.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer><incomingServer type="imap"><hostname>${host}</hostname><port>993</port><socketType>SSL</socketType></incomingServer>${more}</emailProvider></clientConfig>`

describe('the mail server of an address', () => {
  it('is known for big providers without asking anybody', async () => {
    const asked: string[] = []
    const found = await discover(tools({}, asked), 'gmail.com')
    expect(found).toMatchObject({ by: 'domain', host: 'imap.gmail.com', preset: { id: 'google' } })
    expect(asked).toEqual([])
  })

  it.each([
    ['example-co-jp.mail.protection.outlook.com', 'microsoft', 'outlook.office365.com'],
    ['aspmx.l.google.com.', 'google', 'imap.gmail.com'],
    ['sv12345.xserver.jp', 'xserver', null],
    ['mail12.conoha.ne.jp', 'conoha_wing', null],
    ['mx01.muumuu-mail.com', 'muumuu_mail', 'imap4.muumuu-mail.com'],
    ['mas12.kagoya.net', 'kagoya', null],
  ])('is told by where its mail goes: %s', async (exchange, id, host) => {
    expect(await discover(tools({ mx: [exchange] }), 'shop.example')).toMatchObject({
      by: 'mx',
      host,
      preset: { id },
    })
  })

  it('is not believed of an exchanger that only ends alike', async () => {
    expect(await discover(tools({ mx: ['evil-google.com'] }), 'shop.example')).toMatchObject({
      by: 'none',
      preset: null,
    })
  })

  it('is taken from SRV records, by priority, and never inside our own network', async () => {
    const records = [
      { name: 'inside.shop.example', port: 993, priority: 0 },
      { name: 'imap.shop.example', port: 993, priority: 5 },
    ]
    const found = await discover(tools({ srv: { '_imaps._tcp.shop.example': records } }), 'shop.example')
    expect(found).toMatchObject({ by: 'srv', host: 'imap.shop.example', port: 993, security: 'tls' })
    const only = await discover(
      tools({ srv: { '_imaps._tcp.shop.example': records.slice(0, 1) } }),
      'shop.example',
    )
    expect(only.by).toBe('none')
    const none = [{ name: '', port: 0, priority: 0 }]
    expect((await discover(tools({ srv: { '_imaps._tcp.shop.example': none } }), 'shop.example')).by).toBe(
      'none',
    )
  })

  it('is taken from autoconfig over https, and never inside our own network', async () => {
    const asked: string[] = []
    const found = await discover(tools({ xml: server('imap.shop.example') }, asked), 'shop.example')
    expect(found).toMatchObject({ by: 'autoconfig', host: 'imap.shop.example', port: 993, security: 'tls' })
    expect(asked).toEqual(['https://autoconfig.shop.example/mail/config-v1.1.xml'])
    expect((await discover(tools({ xml: server('inside.shop.example') }), 'shop.example')).by).toBe('none')
    expect((await discover(tools({ xml: server('127.0.0.1') }), 'shop.example')).by).toBe('none')
  })

  it.each([
    [
      'entities',
      '<!DOCTYPE x [<!ENTITY a "imap.shop.example">]><clientConfig><emailProvider><incomingServer type="imap"><hostname>&a;</hostname><port>993</port><socketType>SSL</socketType></incomingServer></emailProvider></clientConfig>',
    ],
    ['no XML', 'x'.repeat(1000)],
    ['a broken one', '<clientConfig><emailProvider>'],
    ['a plain server', server('imap.shop.example').replaceAll('SSL', 'plain')],
    ['deep nesting', '<a>'.repeat(5_000)],
  ])('is not taken from %s', async (_name, xml) => {
    expect((await discover(tools({ xml }), 'shop.example')).by).toBe('none')
  })
})

describe('what is known of mail hosts', () => {
  it.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s', (_id, preset) => {
    // An order mail in another folder is missed until the sweep, and nothing tells of it.
    expect(preset.traps.join()).toContain('迷惑メールと判定')
    expect(preset.source).toMatch(
      preset.certain ? /事業者自身の説明に基づきます/ : /接続テストで確認してください/,
    )
    expect(preset.host === null).toBe(preset.hostHelp !== '')
  })

  it('has no two with one id', () => {
    expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length)
  })

  it('tells users of さくら ビジネス that their own password is the mailbox’s', () => {
    const sakura = PRESETS.find(({ id }) => id === 'sakura')
    expect(sakura?.enable.join()).toContain('ユーザパスワード')
    expect(sakura?.traps.join()).toMatch(/ビジネス.*「ユーザ名@ドメイン名」/)
  })
})
