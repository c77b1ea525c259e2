import { expect, test } from 'vitest'
import { describeFailure } from '../../../../src/mail/listener/failures.ts'
import { keepMailbox } from '../../../../src/mail/listener/index.ts'
import { type RunSession, type ServerHabits, SessionFailed } from '../../../../src/mail/listener/session.ts'
import type { MailboxRow } from '../../../../src/mail/statements.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { heldClock } from '../../../support/fixtures.ts'

/** How long a mailbox waits after each failure. */

const refused = { authenticationFailed: true }
const lost = { code: 'ECONNRESET' }

/** One session after the other fails so. @returns the wait after each, in milliseconds */
async function waitsAfter(
  errors: readonly object[],
  row: Partial<MailboxRow> = {},
  /** Of each session, when they end after they were followed. */
  followed: ServerHabits[] | null = null,
): Promise<number[]> {
  const clock = heldClock()
  const stop = new AbortController()
  const waits: number[] = []
  const mailboxes = {
    load: async () => ({ id: 'm', failures: 0, attentionCode: null, ...row }) as MailboxRow,
    connecting: async () => undefined,
    following: async () => undefined,
    failed: async (_: string, { nextAttemptAt }: { nextAttemptAt: Date }) =>
      void waits.push(nextAttemptAt.getTime() - clock.now()),
  }
  const left = [...errors]
  const session: RunSession = async (_mailbox, _signal, onFollowing, habits) => {
    const error = left.shift()
    if (error === undefined) stop.abort()
    followed?.push(habits)
    if (followed) await onFollowing({ state: 'connected', unread: false, unnumbered: false })
    throw new SessionFailed(describeFailure(error, []), error)
  }
  const tools = {
    clock,
    mailboxes,
    session,
    timing: { stableMs: 60_000, quietMs: 40_000 },
    random: { float: () => 0, bytes: (n: number) => new Uint8Array(n) },
    log: createLogger({ level: 'silent' }),
    logRepeat: () => undefined,
    onState: () => undefined,
    onAttempt: () => undefined,
  }
  const kept = keepMailbox('m', tools, stop.signal)
  let isOver = false
  void kept.then(() => {
    isOver = true
  })
  while (!isOver) {
    await Promise.race([clock.untilSleeping(), kept])
    clock.advance(3_600_000)
  }
  return waits
}

test('the first refused login waits half a minute, however often the link was lost before', async () => {
  const waits = await waitsAfter([lost, lost, lost, lost, lost, lost, lost, refused])
  expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
  expect(waits[7]).toBe(30_000)
})

test('each refused login doubles the wait, whatever goes wrong in between, to an hour at most', async () => {
  expect(await waitsAfter([refused, lost, refused, refused])).toEqual([30_000, 1_000, 60_000, 120_000])
  expect((await waitsAfter(Array.from({ length: 9 }, () => refused))).at(-1)).toBe(1_800_000)
})

test('another process counts on from what the row says of a refused login, and of no other', async () => {
  const [known] = await waitsAfter([refused], { failures: 3, attentionCode: 'MAILBOX_LOGIN_REFUSED' })
  expect(known).toBe(240_000)
  const [unknown] = await waitsAfter([refused], { failures: 20, attentionCode: 'MAILBOX_UNREACHABLE' })
  expect(unknown).toBe(30_000)
})

test('a server that ends silent connections at once, whatever is asked, is waited for like any other', async () => {
  const silent = Object.assign(new Error('ended'), {
    name: 'LinkLost',
    reason: 'Disconnected for inactivity.',
  })
  const habits: ServerHabits[] = []
  const waits = await waitsAfter([silent, silent, silent, silent, silent], {}, habits)
  // Three connections are made at once, each asked twice as often; then the usual back-off begins.
  expect(habits.map(({ mostQuietMs }) => mostQuietMs)).toEqual([null, 20_000, 10_000, 5_000, 5_000, 5_000])
  expect(waits).toEqual([500, 1_000])
})
