import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MailRules, ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { authservIdFor, isSenderProven, pathOf, trustOf } from './trust.ts'

const own: MailRules = {
  senders: ['order@mall.example'],
  ignoredSenders: [],
  subjects: [],
  ignoredSubjects: [],
  domains: ['mall.example'],
}
const added: MailRules = { ...own, senders: ['shop@own.example', ...own.senders] }

const mail = (from: string[], ...authentication: string[]): ReadableMail => ({
  from,
  to: [],
  subject: '',
  text: '',
  forwarded: [],
  authentication,
})
const HOST = 'mx.host.example'
const trust = (it: ReadableMail, authservId: string | null = HOST) => trustOf(it, own, added, { authservId })
const FROM = ['order@mall.example']

describe('the sender of a mail', () => {
  it.each([
    ['dkim', `${HOST}; dkim=pass header.d=mall.example`],
    ['dkim by its identity', `${HOST}; dkim=pass (2048 bit) header.i=@mall.example header.s=k`],
    ['spf', `${HOST}; spf=pass smtp.mailfrom=bounce@mail.mall.example`],
    ['spf of an address with an @ of its own', `${HOST}; spf=pass smtp.mailfrom=a@b@mall.example`],
    ['dmarc', `${HOST} 1; spf=fail smtp.mailfrom=x@other.example; dmarc=pass header.from=mall.example`],
    ['a host in another case', `MX.Host.Example; dkim=pass header.d=MALL.example`],
  ])('is verified by %s', (_name, result) => expect(trust(mail(FROM, result))).toBe('verified'))

  it.each([
    ['no result', []],
    ['another host’s', ['mx.other.example; dkim=pass header.d=mall.example']],
    [
      'a failed check',
      [`${HOST}; dkim=fail header.d=mall.example; spf=softfail smtp.mailfrom=a@mall.example`],
    ],
    ['a stranger’s own key', [`${HOST}; dkim=pass header.d=evil.example`]],
    ['a look-alike', [`${HOST}; dkim=pass header.d=evilmall.example`]],
    ['a domain in front of another', [`${HOST}; dkim=pass header.d=mall.example.evil.example`]],
    ['a comment', [`${HOST}; dkim=fail (; dkim=pass header.d=mall.example ;)`]],
    ['quoted text', [`${HOST}; dkim=fail reason="; dkim=pass header.d=mall.example"`]],
    ['one below the topmost', [`${HOST}; dkim=none`, `${HOST}; dkim=pass header.d=mall.example`]],
    ['a domain in a local part', [`${HOST}; spf=pass smtp.mailfrom=a@mall.example@evil.example`]],
    ['a property that the check does not prove', [`${HOST}; spf=pass header.d=mall.example`]],
  ])('is unknown by %s', (_name, results) => expect(trust(mail(FROM, ...results))).toBe('unknown'))

  it('is not verified where another stands beside the mall', () => {
    const result = `${HOST}; dkim=pass header.d=mall.example`
    expect(trust(mail([...FROM, 'a@evil.example'], result))).toBe('unknown')
    expect(trust(mail([], result))).toBe('unknown')
    expect(trust(mail(['order@mall.example@evil.example'], result))).toBe('unknown')
    expect(trust(mail(['"a@b"@mall.example'], result))).toBe('verified')
  })

  it('is nobody’s word where no host is believed', () => {
    expect(trust(mail(FROM, `${HOST}; dkim=pass header.d=mall.example`), null)).toBe('unknown')
  })

  it('is the shop’s forwarder when a shop entered it, and the host does not speak against it', () => {
    expect(trust(mail(['shop@own.example']), null)).toBe('forwarder')
    expect(trust(mail(['shop@own.example'], `${HOST}; spf=pass smtp.mailfrom=shop@own.example`))).toBe(
      'forwarder',
    )
    expect(trust(mail(['shop@own.example'], `${HOST}; spf=fail smtp.mailfrom=shop@own.example`))).toBe(
      'unknown',
    )
  })

  it('is unknown from a hosted cart, where any stranger opens a trial shop, and so is its path', () => {
    const cart: MailRules = { ...own, sharedDomains: ['cart.example'], domains: ['cart.example'] }
    const entered: MailRules = { ...cart, senders: ['no-reply@mail.cart.example', ...cart.senders] }
    const result = `${HOST}; dkim=pass header.d=mail.cart.example`
    const hosted = mail(['no-reply@mail.cart.example'], result)
    expect(trustOf(hosted, cart, entered, { authservId: HOST })).toBe('unknown')
    expect(trustOf(hosted, cart, entered, { authservId: null })).toBe('unknown')
    expect(pathOf(hosted, cart)).toBeNull()
    expect(pathOf(mail(FROM, result), cart)).not.toBeNull()
  })

  it('is nobody’s word below what the host wrote, with the host’s own name, in every position and dress', () => {
    const forged = `${HOST}; dkim=pass header.d=mall.example; dmarc=pass header.from=mall.example`
    const dress = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => ` \t${text}`,
      (text: string) => `(x) ${text}`,
      (text: string) => text.replace(';', ' 1 ;'),
    )
    const others = fc.array(
      fc.constantFrom('mx.other.example; spf=pass', 'i=1; mx.other.example; dkim=pass', ''),
      {
        maxLength: 3,
      },
    )
    // The host writes its own results above everything in the mail; here they say that no check passes for
    // the mall.
    const verdict = fc.constantFrom(
      `${HOST}; dkim=none`,
      `${HOST}; none`,
      `${HOST}; dkim=fail header.d=mall.example; spf=pass smtp.mailfrom=a@evil.example`,
      `${HOST} 1; dmarc=fail header.from=mall.example`,
    )
    fc.assert(
      fc.property(verdict, others, dress, others, (own, between, wear, below) => {
        expect(trust(mail(FROM, own, ...between, wear(forged), ...below))).toBe('unknown')
      }),
    )
    // A sender cannot write results into the texts that the host repeats from the mail.
    const where = fc.constantFrom<(text: string) => string>(
      (text) => `${HOST}; spf=fail (${text}) smtp.mailfrom=a@evil.example`,
      (text) => `${HOST}; spf=fail reason="${text}" smtp.mailfrom=a@evil.example`,
      (text) => `${HOST}; spf=fail reason="\\"${text}" smtp.mailfrom=a@evil.example`,
      (text) => `${HOST}; spf=fail ((${text}) x) smtp.mailfrom=a@evil.example`,
    )
    fc.assert(
      fc.property(
        where,
        (inside) => trust(mail(FROM, inside(`; ${forged.slice(HOST.length + 2)}`))) === 'unknown',
      ),
    )
  })

  it('stays cheap whatever stands in the header', () => {
    const started = performance.now()
    trust(mail(FROM, ...Array.from({ length: 10 }, () => `${HOST}; ${'(a="\\'.repeat(1_000)}`)))
    expect(performance.now() - started).toBeLessThan(100)
  })
})

it('the names that Gmail and iCloud write are known, and a setting goes before', () => {
  expect(authservIdFor('imap.mail.me.com', null)).toBe('dmarc.icloud.com')
  expect(authservIdFor('IMAP.gmail.com', null)).toBe('mx.google.com')
  expect(authservIdFor('imap.gmail.com', 'a')).toBe('a')
  expect(authservIdFor('imap.host.example', null)).toBeNull()
})

it('iCloud, which writes one header for each check, is believed by that of DMARC above what came with the mail', () => {
  const icloud = { authservId: 'dmarc.icloud.com' }
  const results = (domain: string) => [
    'bimi.icloud.com; bimi=none',
    `dmarc.icloud.com; dmarc=pass header.from=${domain}`,
    'dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d=mailer.example header.i=@mailer.example',
    'spf.icloud.com; spf=pass smtp.mailfrom=bounce@mailer.example',
  ]
  const judged = (...authentication: string[]) => trustOf(mail(FROM, ...authentication), own, added, icloud)
  expect(judged(...results('mall.example'))).toBe('verified')
  expect(judged(...results('stranger.example'), ...results('mall.example'))).toBe('unknown')
})

describe('the way of a mail', () => {
  const way = (more: Partial<ReadableMail>) => pathOf({ ...mail(FROM), ...more }, own)
  const whole: Partial<ReadableMail> = {
    returnPath: '<bounce-1@mall.example>',
    signatures: ['v=1; a=rsa-sha256; d=mall.example; s=k; b=x'],
    authentication: [`${HOST}; dkim=pass header.d=mall.example`],
  }

  it.each<[string, Partial<ReadableMail>]>([
    ['sender', { from: ['order@mail.mall.example'] }],
    ['bounce domain', { returnPath: '<a@forwarder.example>' }],
    ['signer', { signatures: ['v=1; d=forwarder.example; b=x'] }],
    ['receiving host', { authentication: ['mx.other.example; dkim=pass header.d=mall.example'] }],
    ['result', { authentication: [`${HOST}; dkim=fail header.d=mall.example`] }],
  ])('is another by another %s', (_name, more) => {
    expect(way({ ...whole, ...more })).not.toBe(way(whole))
  })

  it('is the same whoever a bounce goes to, and none where its From alone tells it', () => {
    expect(way({ ...whole, returnPath: '<bounce-2@MALL.example>' })).toBe(way(whole))
    expect(way({})).toBeNull()
    expect(way({ ...whole, from: [] })).toBeNull()
  })
})

describe('the sender of an attached file', () => {
  const isProven = (from: string, check: string) =>
    isSenderProven(mail([from], `${HOST}; ${check}`), ['cart.example'], { authservId: HOST })

  it.each([
    ['a signature', 'a@own.example', 'dkim=pass header.d=own.example', true],
    ['DMARC', 'a@own.example', 'dmarc=pass header.from=own.example', true],
    ['SPF of its own address', 'a@own.example', 'spf=pass smtp.mailfrom=a@own.example', true],
    ['SPF of a neighbour', 'a@own.example', 'spf=pass smtp.mailfrom=b@own.example', false],
    ['SPF of the domain alone', 'a@own.example', 'spf=pass smtp.mailfrom=own.example', false],
    ['a longer local part', 'a@own.example', 'spf=pass smtp.mailfrom=x@a@own.example', false],
    ['an empty bounce address', 'a@own.example', 'spf=pass smtp.mailfrom=', false],
    ['a domain of all shops', 'a@cart.example', 'dkim=pass header.d=cart.example', false],
    ['one below it', 'a@mail.cart.example', 'dkim=pass header.d=mail.cart.example', false],
  ])('%s', (_name, from, check, expected) => expect(isProven(from, check)).toBe(expected))
})
