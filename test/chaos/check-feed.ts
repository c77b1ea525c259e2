/** Compares what followers of the change feed were told with the feed as it lies in the database. Pure. */

interface FeedRow {
  /** `…xid-id`: what stands before the two numbers is the server's own. */
  place: string
  kind: string
  /** Of the order, change, … that it tells of. */
  id: string
  what: string
}

interface FeedEvidence {
  /** In the database's order; what commits after it was read is in none of the judgements. */
  logged: readonly FeedRow[]
  /** Answers, in the order in which they came. */
  answers: readonly {
    after: string | null
    position?: string | undefined
    rows?: readonly FeedRow[] | undefined
  }[]
  /** Requests that were refused for certain. */
  refused: readonly string[]
  /** Kinds that the webhook wants; empty: all. Null: there is no webhook. */
  hooked: readonly string[] | null
  taken: readonly FeedRow[]
  stored: readonly { id: string; order: string; pulled: boolean }[]
  ended: readonly { id: string; state: string }[]
}

interface FeedFindings {
  lost: string[]
  duplicated: string[]
}

/** A row of this kind says to a webhook that what lies before its place is not told. */
const RESET = 'reset'

/**
 * The feed tells all that is stored, a follower each row once and in order, and a webhook each at least once
 * or a `reset`.
 */
export function checkFeed(evidence: FeedEvidence): FeedFindings {
  const log = new Map(evidence.logged.map((row) => [shortOf(row.place), row]))
  const parts = [
    checkLog(evidence),
    checkFollower(evidence, log),
    ...(evidence.hooked === null ? [] : [checkWebhook(evidence, log, evidence.hooked)]),
  ]
  return {
    lost: parts.flatMap(({ lost }) => lost),
    duplicated: parts.flatMap(({ duplicated }) => duplicated),
  }
}

/**
 * Each stored order is told as staged once and as pulled once after it; the last word on a change is how it
 * ended.
 */
function checkLog({ logged, stored, ended }: FeedEvidence): FeedFindings {
  const found: FeedFindings = { lost: [], duplicated: [] }
  const byId = Map.groupBy(logged, ({ id }) => id)
  for (const { id, order, pulled } of stored) {
    const told = (byId.get(id) ?? []).flatMap(({ what }) => what.split('+'))
    const times = (word: string) => told.filter((one) => one === word).length
    for (const word of pulled ? ['staged', 'pulled'] : ['staged']) {
      if (times(word) === 0) found.lost.push(`the feed does not tell that it was ${word}: ${order}`)
      if (times(word) > 1)
        found.duplicated.push(`the feed tells ${times(word)} times that it was ${word}: ${order}`)
    }
    if (told.includes('staged') && told.includes('pulled') && told.indexOf('pulled') < told.indexOf('staged'))
      found.lost.push(`the feed tells that it was pulled before it tells that it was staged: ${order}`)
  }
  for (const { id, state } of ended) {
    const last = byId.get(id)?.at(-1)?.what
    if (last !== state) found.lost.push(`the feed's last word on a change is ${last}, not ${state}: ${id}`)
  }
  return found
}

function checkFollower({ logged, answers, refused }: FeedEvidence, log: Log): FeedFindings {
  const found: FeedFindings = { lost: refused.map((why) => `the feed was refused: ${why}`), duplicated: [] }
  const begin = answers.find(({ after }) => after === null)?.position
  const end = logged.at(-1)?.place
  if (begin === undefined || end === undefined)
    return { ...found, lost: [...found.lost, 'nobody followed the feed, or it is empty'] }
  const told = new Set<string>()
  let before = begin
  let asked: string | null = null
  for (const { after, position, rows = [] } of answers) {
    if (after !== asked) found.lost.push(`the follower asked for ${after}, not for what comes after ${asked}`)
    for (const row of rows.filter(({ place }) => !isAfter(place, end))) {
      const place = shortOf(row.place)
      if (told.has(place)) found.duplicated.push(`the feed told a row twice: ${place}`)
      else if (!isAfter(row.place, before)) found.lost.push(`the feed told a row out of its order: ${place}`)
      before = isAfter(row.place, before) ? row.place : before
      told.add(place)
      const wrong = differsFrom(log, row)
      if (wrong !== null) found.duplicated.push(`the feed told ${wrong}`)
    }
    asked = position ?? asked
  }
  for (const { place } of logged)
    if (isAfter(place, begin) && !told.has(shortOf(place))) found.lost.push(`the feed never told ${place}`)
  return found
}

function checkWebhook({ logged, taken }: FeedEvidence, log: Log, kinds: readonly string[]): FeedFindings {
  const found: FeedFindings = { lost: [], duplicated: [] }
  const end = logged.at(-1)?.place
  const told = new Set(taken.map(({ place }) => shortOf(place)))
  const resets = taken.filter(({ kind }) => kind === RESET)
  for (const row of taken) {
    if (row.kind === RESET || end === undefined || isAfter(row.place, end)) continue
    const wrong = differsFrom(log, row)
    if (wrong !== null) found.duplicated.push(`a webhook told ${wrong}`)
  }
  for (const { place, kind } of logged) {
    const isWanted = kinds.length === 0 || kinds.includes(kind)
    const isCovered = told.has(shortOf(place)) || resets.some((reset) => !isAfter(place, reset.place))
    if (isWanted && !isCovered) found.lost.push(`a webhook was never told ${place}`)
  }
  return found
}

type Log = ReadonlyMap<string, FeedRow>

/** What is wrong with a row that was told; null: it is as it was written. */
function differsFrom(log: Log, { place, kind, id, what }: FeedRow): string | null {
  const row = log.get(shortOf(place))
  if (!row) return `what is not in the log: ${place} ${kind} ${what}`
  const same = row.kind === kind && row.id === id && row.what === what
  return same ? null : `something else than was written: ${place} ${kind} ${what}`
}

const PLACE = /(\d+)-(\d+)$/
const shortOf = (place: string): string => PLACE.exec(place)?.[0] ?? place

function isAfter(one: string, other: string): boolean {
  const [[xid, id], [otherXid, otherId]] = [numbersOf(one), numbersOf(other)]
  return xid > otherXid || (xid === otherXid && id > otherId)
}

function numbersOf(place: string): [bigint, bigint] {
  const [, xid = '0', id = '0'] = PLACE.exec(place) ?? []
  return [BigInt(xid), BigInt(id)]
}
