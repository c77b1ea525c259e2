import type pg from 'pg'
import { NOT_FOUND } from '../../imports/requests/retry-schedule.ts'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { prepared } from '../../platform/db/statement.ts'
import { hex, type IntakeBatch, pathHash, type SeenMail } from './batch.ts'

/**
 * Least numbers that the mall confirmed in recent mails of the same path; with fewer, nothing is known of it.
 */
const LEAST_CONFIRMED = 3
/** Confirmed numbers needed for each unknown one, so at most a tenth is invented. */
const CONFIRMED_FOR_ONE = 9
/**
 * Most numbers of one path that wait for the mall's answer. It bounds the calls lost when a trusted sender
 * turns bad.
 */
const MOST_WAITING = 100
/**
 * Paths counted per batch. An unverified sender may use any number of paths, so only paths that earlier
 * named an existing order count. When unverified senders were taken first come, first served, they kept a
 * learned sender's digests out.
 */
const MOST_PATHS = 20
const MOST_MAILS = 20
/** Days that a path is remembered; an older mail does not show who has that address today. */
const DAYS = 7

interface Deps {
  pool: pg.Pool
  sealer: Pick<Sealer, 'fingerprint'>
  clock: Clock
  marketplaces: ListenedMalls
}

/**
 * Trusts unverified senders by their earlier mails. When a mail names more numbers than an unknown sender may
 * request, compares earlier mails of the same path with the orders that are here. Costs nothing for other
 * mails.
 * @returns the batch's mails, some of them with the trust `learned`
 */
export async function learnTrust(deps: Deps, batch: IntakeBatch): Promise<readonly SeenMail[]> {
  const digests = batch.mails.filter((mail) => isDigest(mail, deps.marketplaces))
  if (digests.length === 0) return batch.mails
  const paths = new Set(digests.flatMap(({ path }) => path ?? []))
  const rooms = await readRooms(deps, batch, [...paths])
  return batch.mails.map((mail) => {
    const room = mail.trust === 'unknown' ? (rooms.get(mail.path ?? '') ?? 0) : 0
    const named = Math.min(mail.recognition.orderNumbers.length, MOST_OF_BELIEVED)
    if (named === 0 || named > room) return mail
    rooms.set(mail.path ?? '', room - named)
    return { ...mail, trust: 'learned' }
  })
}

function isDigest({ trust, path, recognition }: SeenMail, malls: ListenedMalls): boolean {
  const asked = malls.get(recognition.marketplace)?.mailRules?.ordersPerMail ?? 1
  return trust === 'unknown' && typeof path === 'string' && recognition.orderNumbers.length > asked
}

/** Counts how many numbers of each path are trusted now. A missing path has none. */
async function readRooms(
  { pool, sealer, clock }: Deps,
  { mailbox, shops }: IntakeBatch,
  paths: readonly string[],
): Promise<Map<string, number>> {
  const byHash = new Map(paths.map((path) => [hex(pathHash(path, mailbox.id, sealer)), path]))
  const since = new Date(clock.now() - DAYS * 86_400_000)
  const { rows } = await pool.query<PathRow>(
    READ_PATHS({
      mailbox: mailbox.id,
      paths: [...byHash.keys()],
      since,
      shops: shops.map(({ id }) => id),
      notFound: NOT_FOUND,
      mostMails: MOST_MAILS,
      mostNumbers: MOST_OF_BELIEVED,
      mostPaths: MOST_PATHS,
    }),
  )
  const believed = rows.filter(
    ({ confirmed, invented }) => confirmed >= LEAST_CONFIRMED && invented * CONFIRMED_FOR_ONE <= confirmed,
  )
  return new Map(
    believed.map(({ path, waiting }) => [byHash.get(path) ?? '', Math.max(0, MOST_WAITING - waiting)]),
  )
}

interface PathRow {
  path: string
  confirmed: number
  invented: number
  waiting: number
}

const READ_PATHS = prepared(
  {
    mailbox: 'uuid',
    paths: 'text[]',
    since: 'timestamptz',
    shops: 'uuid[]',
    notFound: 'text',
    mostMails: 'int',
    mostNumbers: 'int',
    mostPaths: 'int',
  },
  `
select p.path, count(*) filter (where here)::int as confirmed, count(*) filter (where not here and denied)::int as invented,
  count(*) filter (where not here and not denied and open)::int as waiting
from (
  select u.path from unnest(:paths) as u (path)
  where exists (
    select from (
      select order_numbers[1] as number from mails m
      where m.mailbox_id = :mailbox and m.path = decode(u.path, 'hex') and m.seen_at > :since
      order by m.seen_at desc limit :mostMails
    ) first
    join orders o on o.shop_id = any(:shops) and o.order_number = first.number
  )
  limit :mostPaths
) p
cross join lateral (
  select distinct n.number from (
    select order_numbers from mails m where m.mailbox_id = :mailbox and m.path = decode(p.path, 'hex') and m.seen_at > :since
    order by m.seen_at desc limit :mostMails
  ) latest, unnest(latest.order_numbers[1:(:mostNumbers)]) as n (number)
) named
cross join lateral (
  select exists (select from orders o where o.shop_id = any(:shops) and o.order_number = named.number) as here,
    exists (select from import_requests r where r.shop_id = any(:shops) and r.order_number = named.number
      and r.outcome = :notFound) as denied,
    exists (select from import_requests r where r.shop_id = any(:shops) and r.order_number = named.number
      and r.state = 'waiting') as open
) known
group by p.path`,
)

/** Most numbers requested from one mail of a trusted sender; a digest names several. */
export const MOST_OF_BELIEVED = 20
