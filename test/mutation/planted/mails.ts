import { type Fault, one } from './fault.ts'

/** Faults in what reads mails. */

const LEASES = 'src/mail/statements.ts'
const LEASE_TEST = 'test/integration/listener/lease-store.test.ts'
const CURSOR = 'src/mail/intake/batch.ts'
const CURSOR_TEST = 'src/mail/intake/batch.test.ts'
const BATCHES = 'src/mail/listener/folder.ts'
const BATCHES_TEST = 'test/unit/mail/listener/batches.test.ts'

export const listener: readonly Fault[] = [
  one(
    'a lease renewed by a stranger',
    LEASES,
    'update listeners set alive_until = :until where id = :owner',
    'update listeners set alive_until = :until where id = :owner or true',
    LEASE_TEST,
  ),
  one(
    'a lease given back by a stranger',
    LEASES,
    'where id = any(:ids) and lease_owner = :owner',
    'where id = any(:ids) and :owner is not null',
    LEASE_TEST,
  ),
  one(
    'a lease taken from a listener that lives',
    LEASES,
    'or not exists (select from listeners l where l.id = m.lease_owner)',
    'or true',
    LEASE_TEST,
  ),
  one(
    'the cursor off by one: where it goes on',
    CURSOR,
    'opened.uidNext > stored.lastUid',
    'opened.uidNext >= stored.lastUid',
    CURSOR_TEST,
  ),
  one('the cursor off by one: what is asked for', CURSOR, 'lastUid + 1}:*`', 'lastUid + 2}:*`', CURSOR_TEST),
  one(
    'the cursor off by one: what was read',
    CURSOR,
    'mail.uid > lastUid',
    'mail.uid >= lastUid',
    CURSOR_TEST,
  ),
  one(
    'news cleared after reading',
    'src/mail/listener/mailbox-reader.ts',
    "    news.clear()\n    if (waited === 'probe') await probe()\n    else await reader.catchUp()\n",
    "    if (waited === 'probe') await probe()\n    else await reader.catchUp()\n    news.clear()\n",
    'test/unit/mail/listener/follow.test.ts',
  ),
  one('the byte limit of batches ignored', BATCHES, ' || bytes > BATCH_BYTES)', ')', BATCHES_TEST),
  one(
    'the byte limit of batches doubled',
    BATCHES,
    'BATCH_BYTES = 8 * 1024 * 1024',
    'BATCH_BYTES = 16 * 1024 * 1024',
    BATCHES_TEST,
  ),
]

const RULES = 'src/marketplaces/kit/mail/rules.ts'
const RULES_TEST = 'src/marketplaces/kit/mail/rules.test.ts'
const TRUST = 'src/mail/recognition/trust.ts'
const TRUST_TEST = 'src/mail/recognition/trust.test.ts'

export const senders: readonly Fault[] = [
  one(
    'the domain at the first `@`: of a mall',
    RULES,
    "address.slice(address.lastIndexOf('@') + 1), rules.domains",
    "address.slice(address.indexOf('@') + 1), rules.domains",
    RULES_TEST,
  ),
  one(
    'the domain at the first `@`: of a rule',
    RULES,
    "lower.slice(lower.lastIndexOf('@'))",
    "lower.slice(lower.indexOf('@'))",
    RULES_TEST,
  ),
  one(
    'the domain at the first `@`: of who is believed',
    TRUST,
    "address.slice(address.lastIndexOf('@') + 1)",
    "address.slice(address.indexOf('@') + 1)",
    TRUST_TEST,
  ),
  one(
    'the domain at the first `@`: of what the host vouches for',
    TRUST,
    "domain.slice(domain.lastIndexOf('@') + 1)",
    "domain.slice(domain.indexOf('@') + 1)",
    TRUST_TEST,
  ),
]
