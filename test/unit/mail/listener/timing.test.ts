import { expect, test } from 'vitest'
import { DEFAULT_TIMING, quietMsOf } from '../../../../src/mail/listener/timing.ts'

test.each([
  [1, 40],
  [100, 40],
  [220, 40],
  [400, 100],
  [1_000, 300],
  [10_000, 300],
])('of %i mailboxes each is asked after %i s of silence', (mailboxes, seconds) => {
  expect(Math.round(quietMsOf(DEFAULT_TIMING.quietMs, mailboxes) / 1_000)).toBe(seconds)
})
