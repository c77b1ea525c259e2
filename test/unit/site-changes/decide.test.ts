import { describe, expect, it } from 'vitest'
import type { ChangePlan, ChangeStep, StepState } from '../../../src/marketplaces/port/site-changes.ts'
import { type ChangeInHand, decide, MOST_SENDS, type Rules } from '../../../src/site-changes/decide.ts'
import { forRetry, newStep, type Step } from '../../../src/site-changes/steps.ts'
import { SETTLE_MS } from '../../../src/site-changes/timing.ts'
import { sampleOrder } from '../../support/malls/sample-order.ts'

const NOW = Date.parse('2026-01-15T03:00:00Z')
const MINUTE = 60_000
const iso = (time: number) => new Date(time).toISOString()

const planned = (name: string): ChangeStep => ({ name, label: name, payload: { from: 'plan' } })
const step = (name: string, more: Partial<Step> = {}): Step => ({ ...newStep(planned(name)), ...more })
const sent = (ago: number, more: Partial<Step> = {}): Step =>
  step('a', {
    ...{ state: 'sent', sends: 1, sentAt: iso(NOW - ago), settlesAt: iso(NOW - ago + SETTLE_MS) },
    ...more,
  })

function rules(plan: ChangePlan, seen: Record<string, StepState> = {}, repeatAfterMs?: number): Rules {
  return {
    planChange: () => plan,
    stepState: ({ name }) => seen[name] ?? 'not_applied',
    ...(repeatAfterMs === undefined ? {} : { repeatAfterMs }),
  }
}

const steps = (...names: string[]): ChangePlan => ({ kind: 'steps', steps: names.map(planned) })
const inHand = (known: Step[], more: Partial<ChangeInHand> = {}): ChangeInHand => ({
  ...{ action: 'ship', parameters: {}, steps: known, attempts: 0, deadline: NOW + 15 * MINUTE },
  ...more,
})
const order = sampleOrder('123456-20260115-0000000001')
const look = (change: ChangeInHand, given: Rules, of = order) => decide(change, of, given, NOW)

describe('before the first call', () => {
  it('sends the first step of the plan', () => {
    expect(look(inHand([]), rules(steps('a', 'b')))).toMatchObject({
      kind: 'send',
      index: 0,
      steps: [{}, {}],
    })
  })

  it('follows a plan that has changed since it was stored', () => {
    expect(look(inHand([step('old')]), rules(steps('new')))).toMatchObject({ steps: [{ name: 'new' }] })
  })

  it('waits in the queue for the pause that the mall wants', () => {
    const plan = { ...steps('a'), notBefore: iso(NOW + MINUTE) } as ChangePlan
    expect(look(inHand([]), rules(plan))).toMatchObject({
      ...{ kind: 'later', until: NOW + MINUTE, reason: { code: 'MALL_WANTS_PAUSE' } },
    })
    expect(look(inHand([]), rules({ ...plan, notBefore: iso(NOW) } as ChangePlan))).toMatchObject({
      kind: 'send',
    })
  })

  it('waits where a refusal goes away by itself, and ends where it does not', () => {
    const refused = { kind: 'refused', code: 'R', message: 'いまはできません' } as const
    expect(look(inHand([]), rules({ ...refused, retryAt: iso(NOW + MINUTE) }))).toMatchObject({
      ...{ kind: 'later', until: NOW + MINUTE, reason: { code: 'R' } },
    })
    expect(look(inHand([]), rules(refused))).toMatchObject({
      kind: 'end',
      state: 'warning',
      reason: { code: 'R' },
    })
  })

  it.each(['memo', 'cancel', 'sub_status'] as const)(
    'lets the mall’s rules decide about %s of a cancelled order',
    (action) => {
      const cancelled = { ...order, mallState: 'cancelled' as const }
      expect(look(inHand([], { action }), rules(steps('a')), cancelled)).toMatchObject({ kind: 'send' })
      expect(look(inHand([]), rules(steps('a')), cancelled)).toMatchObject({
        ...{ kind: 'end', state: 'warning', reason: { code: 'ORDER_CANCELLED_AT_MALL' } },
      })
    },
  )
})

describe('after a call', () => {
  it('keeps its plan, whatever the rules would plan now', () => {
    const known = [step('a', { state: 'answered', sends: 1 }), step('b')]
    const decision = look(inHand(known), rules(steps('a', 'b', 'c'), { a: 'applied' }))
    expect(decision).toMatchObject({ kind: 'send', index: 1 })
    expect(decision.steps.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('lets a call that was never made follow the order as it is now', () => {
    const known = [step('a', { state: 'applied' }), step('b', { payload: { from: 'before' } })]
    expect(look(inHand(known), rules(steps('b')))).toMatchObject({
      ...{ kind: 'send', index: 1, steps: [{}, { payload: { from: 'plan' } }] },
    })
  })

  it('finds what somebody has done by hand', () => {
    const known = [step('a', { state: 'applied' }), step('b')]
    expect(look(inHand(known), rules(steps('b'), { b: 'applied' }))).toMatchObject({ state: 'succeeded' })
  })

  it('looks again soon when the order does not show yet what the mall accepted', () => {
    const known = [step('a', { state: 'answered', sends: 1 })]
    expect(look(inHand(known), rules(steps('a')))).toMatchObject({ kind: 'wait', until: NOW + 5_000 })
    expect(look(inHand(known, { attempts: 9 }), rules(steps('a')))).toMatchObject({ until: NOW + MINUTE })
    expect(look(inHand(known, { deadline: NOW }), rules(steps('a')))).toMatchObject({
      ...{ kind: 'end', state: 'warning', reason: { code: 'CHANGE_UNCONFIRMED' } },
    })
  })
})

describe('a call whose answer was lost', () => {
  it('is not made again before it is settled that nothing was done', () => {
    expect(look(inHand([sent(SETTLE_MS - 1)]), rules(steps('a')))).toMatchObject({
      kind: 'wait',
      until: NOW + 1,
    })
    expect(look(inHand([sent(SETTLE_MS)]), rules(steps('a')))).toMatchObject({ kind: 'send', index: 0 })
  })

  it('keeps what it sends', () => {
    const known = [sent(SETTLE_MS, { payload: { from: 'before' } })]
    expect(look(inHand(known), rules(steps('a'))).steps[0]?.payload).toEqual({ from: 'before' })
  })

  it('is made a few times, and then fails', () => {
    expect(look(inHand([sent(SETTLE_MS, { sends: MOST_SENDS })]), rules(steps('a')))).toMatchObject({
      ...{ kind: 'end', state: 'failed', reason: { code: 'CHANGE_NOT_TAKEN' } },
    })
  })

  it('is never made again where reading cannot tell, unless the mall takes it twice without harm', () => {
    const unknown = { a: 'unknown' } as const
    expect(look(inHand([sent(10 * MINUTE)]), rules(steps('a'), unknown))).toMatchObject({ kind: 'wait' })
    expect(look(inHand([sent(10 * MINUTE)], { deadline: NOW }), rules(steps('a'), unknown))).toMatchObject({
      ...{ state: 'warning', reason: { code: 'CHANGE_UNCONFIRMED' } },
    })
    expect(look(inHand([sent(5 * MINUTE)]), rules(steps('a'), unknown, 5 * MINUTE))).toMatchObject({
      kind: 'send',
    })
    expect(look(inHand([sent(4 * MINUTE)]), rules(steps('a'), unknown, 5 * MINUTE))).toMatchObject({
      kind: 'wait',
    })
  })

  it('waits in the queue when its time in 変更中 is over before the mall’s time to carry it out', () => {
    const known = [sent(14 * MINUTE, { settlesAt: iso(NOW + MINUTE) })]
    expect(look(inHand(known, { deadline: NOW }), rules(steps('a')))).toMatchObject({
      ...{ kind: 'later', until: NOW + MINUTE, reason: { code: 'CHANGE_RESULT_PENDING' } },
    })
  })

  it('does not matter when the order is cancelled meanwhile: nothing more is sent', () => {
    const cancelled = { ...order, mallState: 'cancelled' as const }
    expect(look(inHand([sent(SETTLE_MS)]), rules(steps('a')), cancelled)).toMatchObject({ state: 'warning' })
  })
})

describe('asked again by a person', () => {
  const again = (known: Step[]) =>
    forRetry(known).map((record, at) => ({ ...record, payload: known[at]?.payload ?? {} }))

  it('plans what was refused on the order as it is now, and leaves what is done alone', () => {
    const known = again([step('a', { state: 'applied' }), step('b', { state: 'rejected', sends: 1 })])
    const decision = look(inHand(known), rules(steps('a', 'c')))
    expect(decision).toMatchObject({ kind: 'send', index: 1 })
    expect(decision.steps.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'applied'],
      ['c', 'waiting'],
    ])
  })

  it('takes a new look where reading could not tell: the rest of what was to be done is sent', () => {
    const known = again([step('a', { state: 'applied' }), { ...sent(20 * MINUTE), name: 'b' }])
    const plan = steps('b')
    expect(look(inHand(known), rules(plan, { b: 'unknown' }))).toMatchObject({
      ...{
        kind: 'send',
        index: 1,
        steps: [{ name: 'a' }, { name: 'b', payload: { from: 'plan' }, sends: 0 }],
      },
    })
  })

  it('sends again what was accepted and never showed, and not what shows by now', () => {
    const known = again([step('a', { state: 'answered', sends: 1, settlesAt: iso(NOW - MINUTE) })])
    expect(look(inHand(known), rules(steps('a')))).toMatchObject({ kind: 'send' })
    expect(look(inHand(known), rules(steps('a'), { a: 'applied' }))).toMatchObject({ state: 'succeeded' })
  })
})

describe('where the mall’s yes is no proof', () => {
  const SHOWS = 30 * MINUTE
  const answered = (ago: number) => sent(ago, { state: 'answered' })
  const given = (seen: StepState): Rules => ({ ...rules(steps('a'), { a: seen }), showsWithinMs: SHOWS })

  it('goes on looking for what was accepted, past the usual time, and has succeeded once it shows', () => {
    expect(look(inHand([answered(20 * MINUTE)], { deadline: NOW - 1 }), given('unknown'))).toMatchObject({
      ...{ kind: 'wait', until: NOW + 5_000, deadline: NOW + 10 * MINUTE },
    })
    expect(look(inHand([answered(20 * MINUTE)]), given('applied'))).toMatchObject({
      ...{ kind: 'end', state: 'succeeded' },
    })
  })

  it('ends as a warning that says how long it looked, and never sends it again', () => {
    expect(look(inHand([answered(SHOWS)]), given('unknown'))).toMatchObject({
      ...{ kind: 'end', state: 'warning' },
      reason: { code: 'CHANGE_UNCONFIRMED', message: expect.stringContaining('30分') },
    })
  })
})
