import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Supervisor } from '../../../../src/mail/listener/supervisor.ts'
import type { ChangedMailbox, LeaseStore } from '../../../../src/mail/statements.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { type HeldClock, heldClock } from '../../../support/fixtures.ts'

const TIMING = { tickMs: 3_000, leaseMs: 45_000, renewEveryMs: 15_000, leaseMarginMs: 8_000 }

describe('supervisor', () => {
  let clock: HeldClock
  let rows: Map<string, ChangedMailbox & { reset: boolean }>
  let free: Set<string>
  let reachable: boolean
  let listeners: number
  /** Another one took us for dead. */
  let fenced: boolean
  let running: Map<string, AbortSignal>
  let starts: string[]
  let supervisor: Supervisor

  beforeEach(() => {
    clock = heldClock()
    rows = new Map()
    free = new Set()
    reachable = true
    listeners = 1
    fenced = false
    running = new Map()
    starts = []
    supervisor = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: fakeLeases(),
      keep: (id, signal) => keep(id, signal),
      onGone: () => {},
    })
  })

  function add(id: string): void {
    rows.set(id, { id, settingsVersion: 1, wanted: true, reset: false })
    free.add(id)
  }

  function fakeLeases(): LeaseStore {
    const answer = async <T>(value: () => T): Promise<T> => {
      if (!reachable) throw new Error('database is away')
      return value()
    }
    const give = (ids: Iterable<string>) => {
      for (const id of ids) free.add(id)
    }
    return {
      register: () =>
        answer(() => {
          fenced = false
        }),
      fleet: () =>
        answer(() => ({ mailboxes: [...rows.values()].filter((row) => row.wanted).length, listeners })),
      claim: (_now, limit, except) =>
        answer(() => {
          const claimed = [...rows.values()]
            .filter((row) => free.has(row.id) && row.wanted && !except.includes(row.id))
            .slice(0, limit)
          for (const row of claimed) free.delete(row.id)
          return claimed.map(({ id, settingsVersion }) => ({ id, settingsVersion }))
        }),
      renew: () => answer(() => !fenced),
      changed: (held) =>
        answer(() =>
          held.flatMap(({ id, settingsVersion }): ChangedMailbox[] => {
            const row = rows.get(id)
            if (!row || free.has(id)) return [{ id, settingsVersion, wanted: false }]
            return row.wanted && !row.reset && row.settingsVersion === settingsVersion ? [] : [row]
          }),
        ),
      release: (ids) => answer(() => give(ids)),
      releaseAll: () => answer(() => give(rows.keys())),
    }
  }

  function keep(id: string, signal: AbortSignal): Promise<void> {
    starts.push(id)
    running.set(id, signal)
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        running.delete(id)
        resolve()
      }),
    )
  }

  it('starts one session for each mailbox that is free', async () => {
    add('a')
    add('b')
    await supervisor.refresh()
    await supervisor.refresh()
    expect(starts).toEqual(['a', 'b'])
    expect(supervisor.held()).toEqual(['a', 'b'])
  })

  it('starts a session anew when its settings changed, or when it was reset', async () => {
    add('a')
    await supervisor.refresh()
    rows.set('a', { id: 'a', settingsVersion: 2, wanted: true, reset: false })
    await supervisor.refresh()
    expect(starts).toEqual(['a', 'a'])
    rows.set('a', { id: 'a', settingsVersion: 2, wanted: true, reset: true })
    await supervisor.refresh()
    expect(starts).toEqual(['a', 'a', 'a'])
    rows.set('a', { id: 'a', settingsVersion: 2, wanted: true, reset: false })
    await supervisor.refresh()
    expect(starts).toHaveLength(3)
  })

  it('lets go of a mailbox that is switched off, and gives it back', async () => {
    add('a')
    await supervisor.refresh()
    rows.set('a', { id: 'a', settingsVersion: 2, wanted: false, reset: false })
    await supervisor.refresh()
    expect([supervisor.held(), [...running.keys()], free.has('a')]).toEqual([[], [], true])
  })

  it('ends the session of a mailbox that is not its own any more', async () => {
    add('a')
    await supervisor.refresh()
    rows.delete('a')
    await supervisor.refresh()
    expect(running.size).toBe(0)
  })

  it('lets go of all when it was taken for dead, and begins anew with what is free', async () => {
    add('a')
    add('b')
    await supervisor.refresh()
    const before = [...running.values()]
    fenced = true
    rows.delete('a')
    clock.advance(TIMING.renewEveryMs)
    await supervisor.refresh()
    expect(before.every(({ aborted }) => aborted)).toBe(true)
    free.add('b')
    await supervisor.refresh()
    expect(supervisor.held()).toEqual(['b'])
  })

  it('is silent before its leases are over when the database is away, and comes back', async () => {
    add('a')
    supervisor.start()
    await vi.waitFor(() => expect(running.has('a')).toBe(true))
    reachable = false
    const signal = running.get('a')
    const began = clock.now()
    while (!signal?.aborted) {
      await clock.untilSleeping(2)
      clock.advance(500)
      await new Promise((resolve) => setImmediate(resolve))
      if (clock.now() - began > TIMING.leaseMs) break
    }
    expect(signal?.aborted).toBe(true)
    expect(clock.now() - began).toBeLessThan(TIMING.leaseMs - TIMING.leaseMarginMs + 2_000)
    reachable = true
    free.add('a')
    await supervisor.refresh()
    expect(running.has('a')).toBe(true)
    await supervisor.stop(1_000)
  })

  it('takes no more than its share', async () => {
    for (let n = 0; n < 7; n += 1) add(`m${n}`)
    listeners = 3
    await supervisor.refresh()
    expect(supervisor.held()).toHaveLength(3)
    listeners = 2
    await supervisor.refresh()
    expect(supervisor.held()).toHaveLength(4)
  })

  it('leaves what is above its share to a listener that joins, some in each look, and only what it has ended', async () => {
    for (let n = 0; n < 40; n += 1) add(`m${n}`)
    await supervisor.refresh()
    listeners = 2
    await supervisor.refresh()
    expect([supervisor.held().length, running.size, free.size]).toEqual([30, 30, 10])
    await supervisor.refresh()
    await supervisor.refresh()
    expect([supervisor.held().length, running.size, free.size]).toEqual([20, 20, 20])
    expect([...running.keys()].some((id) => free.has(id))).toBe(false)
  })

  it('renews at once when the clock was put back', async () => {
    add('a')
    const renewed: number[] = []
    const leases = fakeLeases()
    const watched = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: {
        ...leases,
        renew: (until) => {
          renewed.push(until.getTime())
          return leases.renew(until)
        },
      },
      keep: (id, signal) => keep(id, signal),
      onGone: () => {},
    })
    await watched.refresh()
    clock.advance(-3_600_000)
    await watched.refresh()
    expect(renewed).toEqual([clock.now() + TIMING.leaseMs])
  })

  it('has one session of a mailbox at a time, also when one takes longer to end than its lease lasts', async () => {
    const sessions: { signal: AbortSignal; over(): void }[] = []
    const slow = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: fakeLeases(),
      keep: (_id, signal) => new Promise((over) => sessions.push({ signal, over })),
      onGone: () => {},
    })
    add('a')
    await slow.refresh()
    rows.set('a', { id: 'a', settingsVersion: 2, wanted: true, reset: false })
    const look = slow.refresh()
    await clock.untilSleeping(1)
    clock.advance(TIMING.tickMs)
    await look
    expect(sessions[0]?.signal.aborted).toBe(true)
    clock.advance(TIMING.leaseMs)
    fenced = true
    free.add('a')
    await slow.refresh()
    sessions[0]?.over()
    await new Promise((resolve) => setImmediate(resolve))
    expect([sessions.length, slow.held()]).toEqual([1, []])
    await slow.refresh()
    expect([sessions.length, slow.held()]).toEqual([2, ['a']])
    const stopping = slow.stop(1_000)
    expect(sessions[1]?.signal.aborted).toBe(true)
    sessions[1]?.over()
    await stopping
  })

  it('begins no session of a mailbox that it left to others while its settings were read', async () => {
    const leases = fakeLeases()
    let read: Promise<void> = Promise.resolve()
    let over = () => {}
    const told = Promise.withResolvers<void>()
    const leaving = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: {
        ...leases,
        async changed(held) {
          await read
          return leases.changed(held)
        },
      },
      keep(id, signal) {
        if (id !== 'm20') return keep(id, signal)
        signal.addEventListener('abort', () => told.resolve())
        return new Promise((resolve) => {
          over = resolve
        })
      },
      onGone: () => {},
    })
    for (let n = 10; n < 30; n += 1) add(`m${n}`)
    await leaving.refresh()
    listeners = 20
    // The first of those that are left takes its time, and the look goes on without them.
    const giving = leaving.refresh()
    await told.promise
    await clock.untilSleeping(1)
    clock.advance(TIMING.tickMs)
    await giving
    const begun = starts.length
    let answer = () => {}
    read = new Promise((resolve) => {
      answer = resolve
    })
    const looking = leaving.refresh()
    await new Promise((resolve) => setImmediate(resolve))
    const left = 'm21'
    rows.set(left, { id: left, settingsVersion: 2, wanted: true, reset: false })
    over()
    await vi.waitFor(() => expect(free.has(left)).toBe(true))
    answer()
    await looking
    expect([starts.length, running.has(left)]).toEqual([begun, false])
  })

  it('does not give back a lease that ran out while its session ended: it may be claimed anew, here too', async () => {
    const released: string[] = []
    const sessions: (() => void)[] = []
    const leases = fakeLeases()
    const late = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: {
        ...leases,
        release: async (ids) => void released.push(...ids),
      },
      keep: () => new Promise((resolve) => sessions.push(resolve)),
      onGone: () => {},
    })
    add('a')
    await late.refresh()
    rows.set('a', { id: 'a', settingsVersion: 1, wanted: false, reset: false })
    const looking = late.refresh()
    await clock.untilSleeping(1)
    clock.advance(TIMING.tickMs)
    await looking
    clock.advance(TIMING.leaseMs)
    sessions[0]?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(released).toEqual([])
  })

  it('gives everything back when it stops, and takes nothing afterwards', async () => {
    add('a')
    add('b')
    await supervisor.refresh()
    await supervisor.stop(1_000)
    expect([...running.keys()]).toEqual([])
    expect([...free]).toEqual(['a', 'b'])
    await supervisor.refresh()
    expect(starts).toHaveLength(2)
  })

  it('keeps the leases of sessions that do not end in time', async () => {
    const stuck = new Supervisor({
      clock,
      log: createLogger({ level: 'silent' }),
      timing: TIMING,
      leases: fakeLeases(),
      keep: () => new Promise(() => {}),
      onGone: () => {},
    })
    add('a')
    await stuck.refresh()
    const stopping = stuck.stop(5_000)
    await clock.untilSleeping(1)
    clock.advance(5_000)
    await stopping
    expect(free.has('a')).toBe(false)
  })
})
