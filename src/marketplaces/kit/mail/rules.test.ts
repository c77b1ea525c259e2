import { describe, expect, it } from 'vitest'
import type { MailRules } from '../../port/mail-rules.ts'
import { matchRules, mergeRules } from './rules.ts'

const base: MailRules = {
  senders: ['Order@Mall.example', '@orders.mall.example'],
  ignoredSenders: ['@relay.mall.example'],
  subjects: [{ contains: '【モール】 注文：', kind: 'new_order' }],
  ignoredSubjects: ['ご注文の確認'],
}
const match = (from: string, subject = '', rules = base) =>
  matchRules({ from: [from], to: [], subject }, rules)

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
  ])('sender %s', (from, rule) => {
    expect(match(from).sender).toBe(rule)
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
    expect(mergeRules(base, [{}])).not.toHaveProperty('numberLabels')
  })

  it('hands out the same rules when nothing was added', () => {
    expect(mergeRules(base, [])).toBe(base)
  })
})
