import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MailRules } from '../../port/mail-rules.ts'
import { isBelow, matchRules, mergeRules } from './rules.ts'

const base: MailRules = {
  senders: ['Order@Mall.example', '@orders.mall.example'],
  ignoredSenders: ['@relay.mall.example'],
  subjects: [{ contains: '【モール】 注文：', kind: 'new_order' }],
  ignoredSubjects: ['ご注文の確認'],
}
/** With fresh rules each time: prepared ones are kept, so only the first test would prepare them. */
const match = (from: string | string[], subject = '', rules = base) =>
  matchRules({ from: [from].flat(), to: [], subject }, { ...rules })

describe('matchRules', () => {
  it.each([
    ['order@mall.example', 'order@mall.example'],
    ['ORDER@mall.example', 'order@mall.example'],
    ['x@orders.mall.example', '@orders.mall.example'],
    ['x@sub.orders.mall.example', null],
    ['x@evilorders.mall.example', null],
    ['another-order@mall.example', null],
    ['order@mall.example.evil.example', null],
    ['', null],
    ['orders.mall.example', null],
    // A quoted local part may hold an @ of its own: the domain is behind the last one.
    ['"x@orders.mall.example"@evil.example', null],
    ['x@orders.mall.example@evil.example', null],
    ['x@evil.example@orders.mall.example', '@orders.mall.example'],
    [' order@mall.example\t', 'order@mall.example'],
  ])('sender %s', (from, rule) => {
    expect(match(from).sender).toBe(rule)
  })

  it('compares a rule as it is meant, with blanks around it and in capitals', () => {
    const senders = [' Order@Mall.Example ', '\t@Orders.Mall.Example\n']
    expect(match('order@mall.example', '', { ...base, senders }).sender).toBe('order@mall.example')
    expect(match('x@orders.mall.example', '', { ...base, senders }).sender).toBe('@orders.mall.example')
  })

  it('takes a whole address for nobody else below its domain, however short its local part', () => {
    const senders = ['ab@mall.example', 'a@mall.example']
    expect(match('ab@mall.example', '', { ...base, senders }).sender).toBe('ab@mall.example')
    expect(match('x@mall.example', '', { ...base, senders }).sender).toBeNull()
  })

  it('looks at every sender of a mail, and names the first that a rule knows', () => {
    expect(match(['a@b.example', 'order@mall.example']).sender).toBe('order@mall.example')
    expect(match(['order@mall.example', 'x@orders.mall.example']).sender).toBe('order@mall.example')
    expect(match(['a@b.example', 'x@relay.mall.example']).ignoredBy).toBe('@relay.mall.example')
    expect(match([]).sender).toBeNull()
  })

  it('holds `@domain` to that domain and `@*.domain` to those below it, whatever the names', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
    const domain = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
    fc.assert(
      fc.property(domain, fc.option(domain), fc.option(label), (of, below, glued) => {
        const name = `${glued ?? ''}${below === null ? '' : `${below}.`}${of}`
        const sender = `x@${name}`
        const exact = glued === null && below === null
        expect(match(sender, '', { ...base, senders: [`@${of}`] }).sender).toBe(exact ? `@${of}` : null)
        const under = name.endsWith(`.${of}`)
        expect(match(sender, '', { ...base, senders: [`@*.${of}`] }).sender).toBe(under ? `@*.${of}` : null)
        expect(isBelow(name, [of])).toBe(exact || under)
      }),
    )
  })

  it('prepares the rules of a mall once for a burst of mails', () => {
    let prepared = 0
    const counted: MailRules = {
      ...base,
      get senders() {
        prepared += 1
        return base.senders
      },
    }
    const matches = () => matchRules({ from: ['order@mall.example'], to: [], subject: '' }, counted).sender
    expect([matches(), matches(), matches()]).toEqual(Array(3).fill('order@mall.example'))
    expect(prepared).toBe(1)
  })

  it.each([
    ['x@sub.mall.example', '@*.mall.example'],
    ['x@a.b.mall.example', '@*.mall.example'],
    ['x@mall.example', null],
    ['x@evilmall.example', null],
    ['x@mall.example.evil.example', null],
    ['mall.example', null],
  ])('all domains below one: %s', (from, rule) => {
    expect(match(from, '', { ...base, senders: ['@*.Mall.example', '@*.'] }).sender).toBe(rule)
  })

  it('finds a subject whatever its widths, blanks and prefixes', () => {
    expect(match('a@b.example', 'Fwd: 【モール】注文: 1').subject?.kind).toBe('new_order')
    expect(match('a@b.example', '【モール】連絡').subject).toBeNull()
  })

  it('names the sender or subject by which a mail is left alone', () => {
    expect(match('x@relay.mall.example').ignoredBy).toBe('@relay.mall.example')
    expect(match('order@mall.example', 'ご注文の 確認').ignoredBy).toBe('ご注文の確認')
  })

  it.each([
    ['order@mall.example', true],
    ['"a@b"@mall.example', true],
    ['order@mall.example@evil.example', false],
    ['order@evil.example', false],
  ])('takes the domain behind the last @: %s', (from, ofMall) => {
    expect(match(from, 'ご注文', { ...base, domains: ['mall.example'] }).ofMall).toBe(ofMall)
  })

  it('is of the mall by any of its senders, and only where it speaks of orders', () => {
    const rules = { ...base, domains: ['other.example', 'mall.example'] }
    expect(match(['a@b.example', 'order@mall.example'], 'ご注文', rules).ofMall).toBe(true)
    expect(match('order@news.mall.example', '発送のお知らせ', rules).ofMall).toBe(true)
    expect(match('order@mall.example', 'セールのお知らせ', rules).ofMall).toBe(false)
    expect(match('order@mall.example', 'ご注文', base).ofMall).toBe(false)
  })

  it('lets no empty rule match everything', () => {
    const empty = {
      senders: ['', '@', ' '],
      ignoredSenders: [''],
      subjects: [{ contains: ' ', kind: 'changed' as const }],
      ignoredSubjects: [''],
    }
    expect(match('a@b.example', 'x', empty)).toEqual({
      sender: null,
      subject: null,
      ignoredBy: null,
      ofMall: false,
    })
    for (const from of ['', '@', 'a@', '@*.', 'a@*.', 'a@b.'])
      expect(match(from, 'x', { ...empty, senders: ['', '@', ' ', '@*.'] }).sender).toBe(
        ['@*.', 'a@*.'].includes(from) ? '@*.' : null,
      )
  })
})

describe('isBelow', () => {
  it.each([
    ['mall.example', true],
    [' Mall.Example ', true],
    ['a.b.mall.example', true],
    ['second.example', true],
    ['evilmall.example', false],
    ['mall.example.evil.example', false],
    ['', false],
  ])('%s', (domain, below) => {
    expect(isBelow(domain, ['mall.example', 'second.example'])).toBe(below)
  })
})

describe('mergeRules', () => {
  it('keeps the mall’s rules and puts those of the shops first', () => {
    const rules = mergeRules(base, [
      { senders: ['orders@shop.example'] },
      { subjects: [{ contains: '【モール】注文：至急', kind: 'changed' }], ignoredSubjects: ['広告'] },
    ])
    expect(match('orders@shop.example', '【モール】注文：至急', rules)).toMatchObject({
      sender: 'orders@shop.example',
      subject: { kind: 'changed' },
    })
    expect(match('order@mall.example', '広告', rules).ignoredBy).toBe('広告')
    expect(match('a@b.example', '【モール】注文：1', rules).subject?.kind).toBe('new_order')
  })

  it('puts the shops’ labels and patterns beside the mall’s, and has none where nobody has', () => {
    const mall = { ...base, numberLabels: ['注文番号'], numberPatterns: ['#{8-10}'] }
    expect(mergeRules(mall, [{ numberLabels: ['購入ID'] }, {}])).toMatchObject({
      numberLabels: ['購入ID', '注文番号'],
      numberPatterns: ['#{8-10}'],
    })
  })

  it('adds nothing for what a shop leaves out, and keeps what only the mall may say', () => {
    expect(mergeRules(base, [{}])).toEqual(base)
    expect(Object.keys(mergeRules(base, [{}])).sort()).toEqual(Object.keys(base).sort())
    const mall = { ...base, domains: ['mall.example'], ordersPerMail: 20 }
    const added = { ...mall, domains: ['evil.example'], ordersPerMail: 5_000 }
    expect(mergeRules(mall, [{}])).toEqual(mall)
    expect(mergeRules(mall, [added])).toMatchObject({ domains: ['mall.example'], ordersPerMail: 20 })
    expect(mergeRules(base, [added])).not.toHaveProperty('domains')
    expect(mergeRules(base, [added])).not.toHaveProperty('ordersPerMail')
  })

  it('hands out the same rules when nothing was added', () => {
    expect(mergeRules(base, [])).toBe(base)
  })
})
