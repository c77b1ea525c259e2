import { type Fault, one } from './fault.ts'

/** Faults in what opens and shuts the doors of people and keys. */

const MODEL = 'test/integration/staff/doors-model.test.ts'
const OPENS = 'src/staff/doors.ts'
const GROUNDS = 'src/shops/tenants/doors.ts'

export const doors: readonly Fault[] = [
  one(
    'a door opens without the lock of its account',
    OPENS,
    '    await tx.$executeRaw(lockAccount(seen.account.id))\n',
    '',
    MODEL,
  ),
  one(
    'a sign-in is not compared with the password of now',
    GROUNDS,
    "by: ['active', 'tenant', 'role', 'password', 'factor'],",
    "by: ['active', 'tenant', 'role', 'factor'],",
    MODEL,
  ),
  one(
    'a second factor is set by a session that has ended',
    GROUNDS,
    "second_factor: { by: ['active', 'factor', 'session']",
    "second_factor: { by: ['active', 'factor']",
    MODEL,
  ),
  one(
    'who gives is looked at without the lock of their account',
    GROUNDS,
    '    await tx.$executeRaw(lockAccount(person))\n',
    '',
    MODEL,
  ),
  one(
    'a key that gives is looked at without its lock',
    GROUNDS,
    '  await tx.$executeRaw(lockKey(key))\n',
    '',
    MODEL,
  ),
  one(
    'a sign-out takes no lock of the account',
    'src/staff/sessions.ts',
    '  await tx.$executeRaw(lockAccount(accountId))\n',
    '',
    MODEL,
  ),
  one(
    'a new password leaves the other sessions',
    'src/staff/session-routes.ts',
    '        await endSessions(tx, account.id, now.begun.session.id)\n',
    '',
    MODEL,
  ),
  one(
    'a link sets a password after another one did',
    'src/staff/password-resets.ts',
    '    if (used.count === 0) throw notValid()\n',
    '',
    MODEL,
  ),
  one(
    'what a key makes meanwhile outlives its maker',
    'src/staff/made.ts',
    '  await lockKeysOf(tx, accountId)\n',
    '',
    MODEL,
  ),
]
