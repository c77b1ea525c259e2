import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChangePlan, ChangeStep, StepState } from '../../../src/marketplaces/port/site-changes.ts'
import {
  type ChangeInHand,
  decide,
  decideFor,
  MOST_SENDS,
  type Rules,
} from '../../../src/site-changes/decide.ts'
import { forRetry, newStep, type Step } from '../../../src/site-changes/steps.ts'
import { sampleOrder } from '../../support/fixtures.ts'

const NOW = Date.parse('2026-01-15T03:00:00Z')
const MINUTE = 60_000
const SETTLE_MS = MINUTE
const iso = (time: number) => new Date(time).toISOString()

const planned = (name: string): ChangeStep => ({ name, label: name, payload: { from: 'plan' } })
const step = (name: string, more: Partial<Step> = {}): Step => ({ ...newStep(planned(name)), ...more })
const sent = (ago: number, more: Partial<Step> = {}): Step =>
  step('a', {
    state: 'sent',
    sends: 1,
    sentAt: iso(NOW - ago),
    settlesAt: iso(NOW - ago + SETTLE_MS),
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
  action: 'ship',
  parameters: {},
  lines: null,
  steps: known,
  attempts: 0,
  waitedFor: null,
  deadline: NOW + 15 * MINUTE,
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
      kind: 'later',
      until: NOW + MINUTE,
      reason: { code: 'MALL_WANTS_PAUSE' },
    })
    expect(look(inHand([]), rules({ ...plan, notBefore: iso(NOW) } as ChangePlan))).toMatchObject({
      kind: 'send',
    })
  })

  it('waits where a refusal goes away by itself, and ends where it does not', () => {
    const refused = { kind: 'refused', code: 'R', message: 'いまはできません' } as const
    expect(look(inHand([]), rules({ ...refused, retryAt: iso(NOW + MINUTE) }))).toMatchObject({
      kind: 'later',
      until: NOW + MINUTE,
      reason: { code: 'R' },
    })
    const looking = rules({ ...refused, retryAt: iso(NOW), looksAfterMs: [MINUTE, 2 * MINUTE] })
    const waits = (minutes: number, attempts: number) => ({
      kind: 'later',
      until: NOW + minutes * MINUTE,
      reason: { code: 'R' },
      attempts,
    })
    expect(look(inHand([]), looking)).toMatchObject(waits(1, 1))
    expect(look(inHand([], { waitedFor: 'R', attempts: 1 }), looking)).toMatchObject(waits(2, 2))
    expect(look(inHand([], { waitedFor: 'R', attempts: 7 }), looking)).toMatchObject(waits(2, 8))
    expect(look(inHand([], { waitedFor: 'S', attempts: 7 }), looking)).toMatchObject(waits(1, 1))
    expect(look(inHand([]), rules(refused))).toMatchObject({
      kind: 'end',
      state: 'warning',
      reason: { code: 'R' },
    })
  })

  it('asks the plan about what was stored and never sent, not the order', () => {
    expect(look(inHand([step('a')]), rules(steps('a'), { a: 'applied' }))).toMatchObject({
      kind: 'send',
      index: 0,
    })
  })

  it.each(['memo', 'cancel', 'sub_status'] as const)(
    'lets the mall’s rules decide about %s of a cancelled order',
    (action) => {
      const cancelled = { ...order, mallState: 'cancelled' as const }
      expect(look(inHand([], { action }), rules(steps('a')), cancelled)).toMatchObject({ kind: 'send' })
      expect(look(inHand([]), rules(steps('a')), cancelled)).toMatchObject({
        kind: 'end',
        state: 'warning',
        reason: { code: 'ORDER_CANCELLED_AT_MALL' },
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
      kind: 'send',
      index: 1,
      steps: [{}, { payload: { from: 'plan' } }],
    })
  })

  it('finds what somebody has done by hand', () => {
    const known = [step('a', { state: 'applied' }), step('b')]
    expect(look(inHand(known), rules(steps('b'), { b: 'applied' }))).toMatchObject({ state: 'succeeded' })
  })

  it('looks again soon when the order does not show yet what the mall accepted', () => {
    const known = [step('a', { state: 'answered', sends: 1 })]
    expect(look(inHand(known), rules(steps('a')))).toMatchObject({ kind: 'wait', until: NOW + 5_000 })
    expect(look(inHand(known, { attempts: 2 }), rules(steps('a')))).toMatchObject({ until: NOW + 20_000 })
    expect(look(inHand(known, { attempts: 9 }), rules(steps('a')))).toMatchObject({ until: NOW + MINUTE })
    expect(look(inHand(known, { deadline: NOW }), rules(steps('a')))).toMatchObject({
      kind: 'end',
      state: 'warning',
      reason: { code: 'CHANGE_UNCONFIRMED' },
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
      kind: 'end',
      state: 'failed',
      reason: { code: 'CHANGE_NOT_TAKEN' },
    })
  })

  it('is never made again where reading cannot tell, unless the mall takes it twice without harm', () => {
    const unknown = { a: 'unknown' } as const
    expect(look(inHand([sent(10 * MINUTE)]), rules(steps('a'), unknown))).toMatchObject({ kind: 'wait' })
    expect(look(inHand([sent(10 * MINUTE)], { deadline: NOW }), rules(steps('a'), unknown))).toMatchObject({
      state: 'warning',
      reason: { code: 'CHANGE_UNCONFIRMED' },
    })
    expect(look(inHand([sent(5 * MINUTE)]), rules(steps('a'), unknown, 5 * MINUTE))).toMatchObject({
      kind: 'send',
    })
    expect(look(inHand([sent(4 * MINUTE)]), rules(steps('a'), unknown, 5 * MINUTE))).toMatchObject({
      kind: 'wait',
    })
  })

  it('is looked at next when it may be made again, not at the moment at which reading would have told', () => {
    const unknown = rules(steps('a'), { a: 'unknown' }, 90_000)
    expect(look(inHand([sent(SETTLE_MS)], { attempts: 9 }), unknown)).toMatchObject({
      kind: 'wait',
      until: NOW + 30_000,
    })
  })

  it('is no call that the mall accepted: that is not made again, and has no longer time than others', () => {
    const twice = rules(steps('a'), { a: 'not_applied' }, 30 * MINUTE)
    const accepted = sent(14 * MINUTE, { state: 'answered' })
    expect(look(inHand([accepted], { deadline: NOW }), twice)).toMatchObject({
      kind: 'end',
      state: 'warning',
      reason: { code: 'CHANGE_UNCONFIRMED' },
    })
  })

  it('waits in the queue when its time in 変更中 is over before the mall’s time to carry it out', () => {
    const known = [sent(14 * MINUTE, { settlesAt: iso(NOW + MINUTE) })]
    expect(look(inHand(known, { deadline: NOW }), rules(steps('a')))).toMatchObject({
      kind: 'later',
      until: NOW + MINUTE,
      reason: { code: 'CHANGE_RESULT_PENDING' },
    })
  })

  it('does not matter when the order is cancelled meanwhile: nothing more is sent', () => {
    const cancelled = { ...order, mallState: 'cancelled' as const }
    expect(look(inHand([sent(SETTLE_MS)]), rules(steps('a')), cancelled)).toMatchObject({ state: 'warning' })
  })
})

describe('the end', () => {
  const answered = (warnings: { code: string; message: string }[]) =>
    step('a', {
      state: 'answered',
      sends: 1,
      answer: { code: null, message: null, mallCode: null, mallMessage: null, warnings },
    })
  const shown = { a: 'applied' } as const

  it('of all steps that show is a success, whatever the rules would plan now', () => {
    const refused: ChangePlan = { kind: 'refused', code: 'R', message: 'できません' }
    expect(look(inHand([answered([])]), rules(refused, shown))).toMatchObject({
      kind: 'end',
      state: 'succeeded',
      reason: null,
    })
    const cancelled = { ...order, mallState: 'cancelled' as const }
    expect(look(inHand([answered([])]), rules(refused, shown), cancelled)).toMatchObject({
      state: 'succeeded',
    })
  })

  it('is a warning where the mall warned', () => {
    const warned = look(inHand([answered([{ code: 'W1', message: '注意' }])]), rules(steps('a'), shown))
    expect(warned).toMatchObject({ state: 'warning', reason: { code: 'MALL_WARNED', mallMessage: '注意' } })
  })

  it('is a success where the mall said that it is done and reading cannot tell', () => {
    expect(look(inHand([answered([])]), rules(steps('a'), { a: 'unknown' }))).toMatchObject({
      state: 'succeeded',
      steps: [{ name: 'a', state: 'applied' }],
    })
    // Nobody said so of one whose answer was lost.
    expect(look(inHand([sent(SETTLE_MS)]), rules(steps('a'), { a: 'unknown' }))).toMatchObject({
      kind: 'wait',
    })
  })

  it('is a failure where the mall refused, with what it said', () => {
    const rejected = step('a', {
      state: 'rejected',
      sends: 1,
      answer: { code: 'X', message: 'だめ', mallCode: 'E1', mallMessage: 'no', warnings: [] },
    })
    expect(look(inHand([rejected]), rules(steps('a')))).toMatchObject({
      kind: 'end',
      state: 'failed',
      reason: { code: 'X' },
    })
  })

  it('comes at once where the order shows that there is nothing to do', () => {
    const already: ChangePlan = { kind: 'already', message: '発送済みです' }
    expect(look(inHand([step('a')]), rules(already))).toMatchObject({
      kind: 'end',
      state: 'succeeded',
      reason: { code: 'ALREADY_DONE', message: '発送済みです' },
      steps: [],
    })
    const half = [step('a', { state: 'applied' }), step('b')]
    expect(look(inHand(half), rules(already)).steps.map(({ name }) => name)).toEqual(['a'])
    expect(look(inHand([]), rules(steps()))).toMatchObject({ kind: 'end', state: 'succeeded', reason: null })
  })

  it('leaves a step alone that has shown once, whatever reading says later', () => {
    const known = [step('a', { state: 'applied', sends: 1 }), step('b')]
    expect(look(inHand(known), rules(steps('a', 'b')))).toMatchObject({ kind: 'send', index: 1 })
  })

  it('comes by the deadline for a step that was never sent', () => {
    const late = (deadline: number) => look(inHand([step('a')], { deadline }), rules(steps('a')))
    expect(late(NOW)).toMatchObject({ kind: 'end', state: 'warning', reason: { code: 'CHANGE_TOO_SLOW' } })
    expect(late(NOW - 1)).toMatchObject({ kind: 'end', state: 'warning' })
    expect(late(NOW + 1)).toMatchObject({ kind: 'send' })
  })

  it('gives a step its full time once more that is known by the deadline to have done nothing', () => {
    expect(look(inHand([sent(SETTLE_MS)], { deadline: NOW }), rules(steps('a')))).toMatchObject({
      kind: 'later',
      until: NOW,
      reason: { code: 'CHANGE_RESULT_PENDING' },
      steps: [{ name: 'a' }],
    })
  })

  it('comes when a refusal was to go away by now', () => {
    const refused = { kind: 'refused', code: 'R', message: 'x', retryAt: iso(NOW) } as const
    expect(look(inHand([]), rules(refused))).toMatchObject({ kind: 'end', state: 'warning' })
  })
})

describe('a change that is held', () => {
  const held = (more: object = {}) => ({
    id: 'c',
    tenantId: 't',
    orderId: 'o',
    orderNumber: '1',
    action: 'ship' as const,
    parameters: { n: 1 },
    lines: null,
    leaseToken: 't',
    unreadable: null,
    steps: [],
    attempts: 0,
    isolated: false,
    deadline: null,
    dueAt: new Date(0),
    waitedFor: null,
    notes: [],
    ...more,
  })
  const told: unknown[] = []
  const log = { error: (...said: unknown[]) => void told.push(...said) }
  const given = (planChange: Rules['planChange']) =>
    ({
      ...rules(steps('a')),
      actions: [{ action: 'ship', parameters: z.object({ n: z.number() }) }],
      planChange,
    }) as unknown as Parameters<typeof decideFor>[1]

  it('hands the rules its parameters as the mall’s own schema reads them, and no time where it has no deadline', () => {
    const planned: unknown[] = []
    const decision = decideFor(
      log,
      given((change) => {
        planned.push(change.parameters)
        return steps('a')
      }),
      held(),
      order,
      NOW,
    )
    expect(planned).toEqual([{ n: 1 }])
    // Without a deadline yet its time would be over at once.
    expect(decision).toMatchObject({ kind: 'end', reason: { code: 'CHANGE_TOO_SLOW' } })
    expect(
      decideFor(
        log,
        given(() => steps('a')),
        held({ deadline: NOW + 1 }),
        order,
        NOW,
      ),
    ).toMatchObject({
      kind: 'send',
    })
  })

  it('ends where its parameters are none any more', () => {
    const known = [step('a')]
    for (const more of [{ parameters: { n: 'x' } }, { parameters: null }, { action: 'memo' as const }])
      expect(
        decideFor(
          log,
          given(() => steps('a')),
          held({ ...more, steps: known }),
          order,
          NOW,
        ),
      ).toEqual({
        kind: 'end',
        state: 'failed',
        steps: known,
        reason: expect.objectContaining({ code: 'CHANGE_PARAMETERS_INVALID' }),
      })
  })

  it('is left alone, and told of, where the rules of a mall break on it', () => {
    const err = new Error('broken')
    const broken = given(() => {
      throw err
    })
    expect(decideFor(log, broken, held(), order, NOW)).toBeNull()
    expect(told).toEqual([{ err, changeId: 'c', action: 'ship' }, expect.stringContaining('rules of a mall')])
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
      kind: 'send',
      index: 1,
      steps: [{ name: 'a' }, { name: 'b', payload: { from: 'plan' }, sends: 0 }],
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
      kind: 'wait',
      until: NOW + 5_000,
      deadline: NOW + 10 * MINUTE,
    })
    expect(look(inHand([answered(20 * MINUTE)]), given('applied'))).toMatchObject({
      kind: 'end',
      state: 'succeeded',
    })
  })

  it('looks less and less often', () => {
    expect(look(inHand([answered(MINUTE)], { attempts: 2 }), given('unknown'))).toMatchObject({
      until: NOW + 30_000,
    })
  })

  it('has the usual time, and no longer one, for a call whose answer was lost', () => {
    const decision = look(inHand([sent(30_000)]), given('unknown'))
    expect(decision).toMatchObject({ kind: 'wait', until: NOW + 5_000 })
    expect(decision).not.toHaveProperty('deadline')
  })

  it('ends as a warning that says how long it looked, and never sends it again', () => {
    expect(look(inHand([answered(SHOWS)]), given('unknown'))).toMatchObject({
      kind: 'end',
      state: 'warning',
      reason: { code: 'CHANGE_UNCONFIRMED', message: expect.stringContaining('30分') },
    })
  })
})
