import { describe, expect, test } from 'vitest'
import { judgeWhy, type WhyAnswered } from '../../chaos/check-why.ts'

const STAGED_AT = 200_000
const answer = (more: Partial<WhyAnswered>): WhyAnswered => ({
  ...{ order: 'yahoo 1', askedAt: 30_000, at: 30_100, verdict: 'retrying', nextAt: 40_000, seen: '1 a' },
  ...more,
})
const LATER = { askedAt: 150_000, at: 150_100, nextAt: 160_000 }
const came = new Map([
  ['yahoo 1', { key: 'yahoo 1', due: 10_000, stagedAt: STAGED_AT, mall: 'yahoo', mailbox: 'a' }],
])
const AWAY = { name: 'mall-500', on: 'yahoo', from: 5_000, to: 190_000 }
const judged = (answers: readonly WhyAnswered[], faults: readonly (typeof AWAY)[] = []) =>
  judgeWhy(answers, came, faults).false.map((text) => text.split(':')[0])

describe('answers about late orders', () => {
  test.each<[string, WhyAnswered[], (typeof AWAY)[], string[]]>([
    ['a promise that comes true', [answer({ nextAt: 150_000 })], [], []],
    ['more happened at its time', [answer({}), answer({ ...LATER, seen: '2 b' })], [], []],
    [
      'nothing happened at its time',
      [answer({}), answer(LATER)],
      [],
      ['nothing happened at the time it named'],
    ],
    ['nothing could happen', [answer({}), answer(LATER)], [AWAY], []],
    ['nobody looked again', [answer({})], [], []],
    ['no next time', [answer({ nextAt: null })], [], ['no next time']],
    ['said not to come', [answer({ verdict: 'other_form' })], [], ['said not to come']],
    ['here too early', [answer({ verdict: 'staged', nextAt: null })], [], ['said to be here before it came']],
    ['here', [answer({ verdict: 'staged', nextAt: null, askedAt: STAGED_AT, at: STAGED_AT + 50 })], [], []],
    [
      'missing after it came',
      [answer({ askedAt: STAGED_AT + 20_000, at: STAGED_AT + 20_100, nextAt: STAGED_AT + 20_000 })],
      [],
      ['said not to be here after it came'],
    ],
    [
      'a commit that a fault held up',
      [answer({ askedAt: STAGED_AT + 20_000, at: STAGED_AT + 20_100, nextAt: STAGED_AT + 20_000 })],
      [{ ...AWAY, to: STAGED_AT + 30_000 }],
      [],
    ],
    ['clocks were set', [answer({ verdict: 'staged' })], [{ ...AWAY, name: 'clock-step' }], []],
    ['one that never came', [answer({ order: 'yahoo 2', verdict: 'unknown' })], [], []],
  ])('%s', (_, answers, faults, wrong) => {
    expect(judged(answers, faults)).toEqual(wrong)
  })
})
