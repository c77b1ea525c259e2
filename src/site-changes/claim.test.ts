import type { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { createSealer } from '../platform/crypto/sealer.ts'
import { systemRandom } from '../platform/random.ts'
import { claimChanges, type DueChange } from './claim.ts'
import { answersContext, payloadsContext } from './sealed-texts.ts'
import type { StepRecord } from './steps.ts'

const NOW = new Date('2026-01-15T03:00:00Z')
const TENANT = 'tenant'
const sealerOf = (fill: number) =>
  createSealer([{ id: `key-${fill}`, key: new Uint8Array(32).fill(fill), bindsTenant: true }], systemRandom)
const sealer = sealerOf(1)
const gone = sealerOf(2)

const due = (id: string, orderId = `order of ${id}`): DueChange => ({ id, orderId, action: 'ship' })

const step = (name: string, more: Partial<StepRecord> = {}): StepRecord => ({
  name,
  label: name,
  state: 'waiting',
  sends: 0,
  sentAt: null,
  settlesAt: null,
  answer: null,
  ...more,
})
const ANSWER = { code: null, message: null, mallCode: 'E1', mallMessage: null, warnings: [] }

/** As the statement gives it back. */
const row = (id: string, more: object = {}) => ({
  id,
  tenantId: TENANT,
  orderId: `order of ${id}`,
  orderNumber: `number of ${id}`,
  action: 'ship',
  parameters: { carrier: 'x' },
  sealedTexts: null,
  steps: [],
  sealedPayloads: null,
  sealedAnswers: null,
  attempts: 2,
  isolated: false,
  deadline: null,
  ...more,
})

/** A database in which `candidates` are due, of which `taken` can be had. */
function database(candidates: readonly DueChange[], taken: readonly object[], failure?: unknown) {
  const sent: { text: string; values: unknown[] | undefined }[] = []
  const failures = failure === undefined ? [] : [failure]
  const query = async (given: string | { text: string; values: unknown[] }, positional?: unknown[]) => {
    const text = (typeof given === 'string' ? given : given.text).trim()
    sent.push({ text, values: typeof given === 'string' ? positional : given.values })
    if (text.startsWith('select id, "orderId"')) return { rows: candidates }
    if (!text.startsWith('update site_changes')) return { rows: [] }
    if (failures.length > 0) throw failures.shift()
    return { rows: taken }
  }
  const client = { query, on: () => undefined, off: () => undefined, release: () => undefined }
  const pool = { query, connect: async () => client } as unknown as Pool
  return {
    sent,
    valuesOf: (begin: string) => sent.find(({ text }) => text.startsWith(begin))?.values,
    claim: (choose?: (due: readonly DueChange[]) => readonly DueChange[]) =>
      claimChanges({ pool, sealer }, 'shop', 'token', NOW, 10, choose),
    held: async () => (await claimChanges({ pool, sealer }, 'shop', 'token', NOW, 10))[0],
  }
}

describe('which changes are taken', () => {
  test('none where none is due or chosen, and then nothing is locked', async () => {
    const none = database([], [row('c1')])
    expect(await none.claim()).toEqual([])
    expect(none.sent).toHaveLength(1)
    const unwanted = database([due('c1')], [row('c1')])
    expect(await unwanted.claim(() => [])).toEqual([])
    expect(unwanted.sent).toHaveLength(1)
  })

  test('those that are due, for three minutes, under the token; only orders of what was had are shown as changing', async () => {
    const { claim, valuesOf, sent } = database([due('c1'), due('c2'), due('c3')], [row('c2')])
    expect((await claim()).map(({ id, leaseToken }) => [id, leaseToken])).toEqual([['c2', 'token']])
    expect(valuesOf('select id, "orderId"')).toEqual(['shop', NOW, 10])
    expect(valuesOf('select 1 from orders')).toEqual([['order of c1', 'order of c2', 'order of c3']])
    const until = new Date(NOW.getTime() + 180_000)
    expect(valuesOf('update site_changes')).toEqual(['shop', NOW, ['c1', 'c2', 'c3'], 'token', until])
    expect(valuesOf('update orders')).toEqual([['order of c2'], NOW])
    const [, ...transaction] = sent.map(({ text }) => text.split(' ')[0])
    expect(transaction).toEqual(['begin', 'select', 'update', 'update', 'commit'])
  })

  test('the most urgent first, however the database gives them back', async () => {
    const { claim, valuesOf } = database(
      [due('c1'), due('c2'), due('c3')],
      ['c2', 'c1', 'c3'].map((id) => row(id)),
    )
    const held = await claim((all) => all.toReversed())
    expect(held.map(({ id }) => id)).toEqual(['c3', 'c2', 'c1'])
    expect(valuesOf('update site_changes')?.[2]).toEqual(['c3', 'c2', 'c1'])
  })

  test('once more after a dead-lock', async () => {
    const failure = Object.assign(new Error('deadlock detected'), { code: '40P01' })
    expect(await database([due('c1')], [row('c1')], failure).claim()).toHaveLength(1)
  })
})

describe('what is known of a change', () => {
  test('all of a fresh one', async () => {
    const { held } = database([due('c1')], [row('c1')])
    expect(await held()).toEqual({
      id: 'c1',
      tenantId: TENANT,
      orderId: 'order of c1',
      orderNumber: 'number of c1',
      action: 'ship',
      attempts: 2,
      isolated: false,
      leaseToken: 'token',
      parameters: { carrier: 'x' },
      unreadable: null,
      lines: null,
      steps: [],
      deadline: null,
      notes: [],
    })
  })

  test('of one under way its texts, its steps with what they send and what the mall said, its deadline', async () => {
    const sealedTexts = sealer.of(TENANT).sealJson('site_change:c1:texts', { memo: '置き配' })
    const sealedPayloads = sealer.of(TENANT).sealJson(payloadsContext('c1'), [{ a: 1 }])
    const sealedAnswers = sealer
      .of(TENANT)
      .sealJson(answersContext('c1'), [{ mallMessage: '受付済', warnings: [] }])
    const steps = [step('ship', { state: 'answered', answer: ANSWER }), step('confirm')]
    const stored = { sealedTexts, steps, sealedPayloads, sealedAnswers, deadline: NOW, isolated: true }
    expect(await database([due('c1')], [row('c1', stored)]).held()).toMatchObject({
      parameters: { carrier: 'x', memo: '置き配' },
      steps: [
        { ...steps[0], payload: { a: 1 }, answer: { ...ANSWER, mallMessage: '受付済' } },
        { ...steps[1], payload: {} },
      ],
      unreadable: null,
      deadline: NOW.getTime(),
      isolated: true,
    })
  })

  test('no steps once what they sent is gone: then the order alone decides', async () => {
    const { held } = database(
      [due('c1')],
      [row('c1', { steps: [step('ship', { state: 'sent', sends: 1 })] })],
    )
    expect(await held()).toMatchObject({ steps: [], unreadable: null })
  })

  test('its record as it is stored, where that cannot be read: nothing is planned over what may have been sent', async () => {
    const sealedPayloads = gone.of(TENANT).sealJson(payloadsContext('c1'), [{}])
    const sealedAnswers = sealer.of(TENANT).sealJson(answersContext('c1'), [null])
    const stored = { steps: [step('ship')], sealedPayloads, sealedAnswers }
    expect(await database([due('c1')], [row('c1', stored)]).held()).toMatchObject({
      steps: [],
      unreadable: stored,
      parameters: { carrier: 'x' },
    })
    const newer = {
      steps: [{ name: 'ship' }],
      sealedPayloads: sealer.of(TENANT).sealJson(payloadsContext('c1'), [{}]),
    }
    expect(await database([due('c1')], [row('c1', newer)]).held()).toMatchObject({
      steps: [],
      unreadable: { ...newer, sealedAnswers: null },
    })
  })

  test('no parameters, where their texts cannot be read', async () => {
    const sealedTexts = gone.of(TENANT).sealJson('site_change:c1:texts', { memo: '置き配' })
    expect(await database([due('c1')], [row('c1', { sealedTexts })]).held()).toMatchObject({
      parameters: null,
      unreadable: null,
    })
  })
})
