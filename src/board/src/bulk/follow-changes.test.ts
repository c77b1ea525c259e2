import { expect, test } from 'vitest'
import type { SiteChange } from '../api.ts'
import { followChanges } from './follow-changes.ts'

const change = (id: string, state: string) => ({ id, state }) as SiteChange
const settled = () => new Promise((done) => setImmediate(done))

/** A page whose answers are given by hand, in any order. */
function stage(...ids: string[]) {
  const pages: ((found: SiteChange[], nextCursor?: string) => void)[] = []
  const ones: { id: string; answer: (found: SiteChange | null) => void }[] = []
  const shown = new Map<string, string>()
  const waits: { ms: number; run: () => void }[] = []
  const follower = followChanges(new Set(ids), {
    page: () =>
      new Promise((answer) => {
        pages.push((siteChanges, nextCursor) => answer({ siteChanges, nextCursor: nextCursor ?? null }))
      }),
    one: (id) =>
      new Promise((answer) => {
        ones.push({ id, answer })
      }),
    onFound: (found) => {
      for (const { id, state } of found) shown.set(id, state)
    },
    after(ms, run) {
      const wait = { ms, run }
      waits.push(wait)
      return () => waits.splice(waits.indexOf(wait), 1)
    },
  })
  return { pages, ones, shown, waits, follower }
}

test('a list that was asked for before an end and comes after it takes nothing back', async () => {
  const { pages, ones, shown, follower } = stage('a')
  follower.hear('a')
  ones[0]?.answer(change('a', 'succeeded'))
  await settled()
  pages[0]?.([change('a', 'changing')])
  await settled()
  expect(shown.get('a')).toBe('succeeded')
})

test('a change that a person has tried again is under way again, and is asked for until it ends', async () => {
  const { pages, ones, shown, waits, follower } = stage('a')
  pages[0]?.([change('a', 'failed')])
  await settled()
  follower.hear('a')
  ones[0]?.answer(change('a', 'queued'))
  await settled()
  expect(shown.get('a')).toBe('queued')
  waits[0]?.run()
  ones[1]?.answer(change('a', 'succeeded'))
  await settled()
  expect(shown.get('a')).toBe('succeeded')
  waits[1]?.run()
  await settled()
  expect([pages.length, ones.length]).toEqual([1, 2])
})

test('what is in no page of the list, and what is there no more, is not asked for again', async () => {
  const { pages, ones, waits } = stage('gone', 'open')
  pages[0]?.([change('open', 'changing')])
  await settled()
  waits[0]?.run()
  ones[0]?.answer(null)
  await settled()
  waits[1]?.run()
  await settled()
  expect(ones.map(({ id }) => id)).toEqual(['open'])
  expect(pages).toHaveLength(1)
  expect(waits.map(({ ms }) => ms)).toEqual([30_000, 60_000, 90_000])
})

test('nothing is asked for once the screen is left', async () => {
  const { pages, waits, follower } = stage('a')
  pages[0]?.([change('a', 'changing')])
  await settled()
  follower.end()
  expect(waits).toEqual([])
})
