import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { historyAt } from '../../life/generator.ts'
import type { LifeResult } from '../../life/run.ts'
import { kindOf } from '../../life/shrink.ts'
import { startPostgres } from '../../support/database/postgres-source.ts'
import type { Edit } from './fault.ts'
import { LIFE_FAULTS, type LifeFault, type Planted, type PlantedRun, rowOf } from './life.ts'
import { copyTree, withFault } from './main.ts'

/**
 * `npm run mutate -- life [made | quick | rest | long] [seed=N] [store] [word…]`: plants each fault of the
 * list whose name holds one of the words, alone, in a copy of the tree, and plays histories until one breaks.
 * The quick run is the first histories of the long one, `rest` goes on behind a quick one that was stored;
 * without a word both. `made` plays those that were written for the fault.
 * `store` keeps what was found for the table of docs/reliability.md.
 */

export const QUICK_HISTORIES = 8
export const LONG_HISTORIES = 32

export const STORED = 'docs/reliability/life/faults.json'

export async function plantOnLife(words: readonly string[]): Promise<boolean> {
  const seed = Number(words.find((word) => word.startsWith('seed='))?.slice('seed='.length) ?? 1)
  const named = words.filter((word) => !/^(quick|rest|long|made|store|seed=.*)$/.test(word))
  const chosen = LIFE_FAULTS.filter(
    ({ name }) => named.length === 0 || named.some((word) => name.includes(word)),
  )
  if (chosen.length === 0) throw new Error(`no fault is named so: ${named.join(', ')}`)
  const copy = await mkdtemp(join(tmpdir(), 'torikomi-life-faults-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await copyTree(copy)
  const postgres = await startPostgres(process.env)
  const other = await startPostgres({ ...process.env, TEST_DATABASE_URL: undefined })
  const env = {
    ...process.env,
    TEST_DATABASE_URL: postgres.url,
    LIFE_OTHER_DATABASE_URL: other.url,
    LIFE_TEMPLATE: `life_faults_${process.pid}`,
    NODE_COMPILE_CACHE: join(copy, '.compiled'),
  }
  const ground: Ground = { copy, env, seed, sound: new Set(), unsound: new Set() }
  const faults: Planted[] = []
  const keep = async () => (words.includes('store') ? store(ground, faults) : undefined)
  try {
    for (const [index, fault] of words.includes('made') ? chosen.entries() : []) {
      const given = join(copy, 'given.json')
      await writeFile(given, JSON.stringify(fault.made))
      const made = await plant(copy, fault.edit, () =>
        play(ground, ownEnv(ground, fault), ['--given', given]),
      )
      faults[index] = { name: fault.name, made: made?.by ?? null }
      process.stdout.write(`${fault.name}: ${made?.by ?? 'nothing'}\n`)
      await keep()
    }
    if (words.includes('made')) return faults.every(({ made }) => made !== null)
    if (words.includes('rest')) faults.push(...(await storedOf(ground, chosen)))
    for (const part of partsOf(words))
      for (const [index, fault] of seenLast(chosen, faults)) {
        if (faults[index]?.found) continue
        const found = await search(ground, fault, part)
        faults[index] = { ...faults[index], name: fault.name, found, histories: part.to }
        process.stdout.write(`${rowOf(faults[index])}\n`)
        await keep()
      }
  } finally {
    await Promise.all([postgres.stop(), other.stop()])
    await rm(copy, { recursive: true, force: true })
  }
  const found = faults.filter((one) => one.found)
  const early = found.filter((one) => (one.found?.history ?? 0) <= QUICK_HISTORIES)
  process.stdout.write(
    `found ${found.length} of ${faults.length}, in the first ${QUICK_HISTORIES} histories ${early.length}\n`,
  )
  return found.length === faults.length
}

interface Part {
  from: number
  to: number
}

function partsOf(words: readonly string[]): Part[] {
  const quick = { from: 0, to: QUICK_HISTORIES }
  const rest = { from: QUICK_HISTORIES, to: LONG_HISTORIES }
  if (words.includes('quick')) return [quick]
  if (words.includes('rest')) return [rest]
  return words.includes('long') ? [{ from: 0, to: LONG_HISTORIES }] : [quick, rest]
}

/** What no written history shows takes a whole run of drawn ones, and comes last. */
const seenLast = (chosen: readonly LifeFault[], faults: readonly Planted[]) =>
  [...chosen.entries()].toSorted(
    ([one], [other]) => Number(faults[one]?.made === null) - Number(faults[other]?.made === null),
  )

/** @throws Error unless the quick run of this commit and seed was stored */
async function storedOf({ seed }: Ground, chosen: readonly LifeFault[]): Promise<Planted[]> {
  const run = JSON.parse(await readFile(STORED, 'utf8')) as PlantedRun
  const faults = chosen.map(({ name }) => run.faults.find((one) => one.name === name))
  if (run.seed !== seed || run.commit !== (await commitOf()))
    throw new Error('the quick run of another commit or seed is stored')
  return faults.map((one) => {
    if (one?.histories === undefined) throw new Error('the quick run has not ended')
    return one
  })
}

async function commitOf(): Promise<string> {
  const git = spawn('git', ['describe', '--always', '--abbrev=8'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [commit] = (await once(git.stdout, 'data')) as [Buffer]
  return commit.toString().trim()
}

/** The copy, the servers, and what is known of the histories of the seed without any fault. */
interface Ground {
  copy: string
  env: NodeJS.ProcessEnv
  seed: number
  sound: Set<number>
  /** They break without any fault, and so tell nothing. */
  unsound: Set<number>
}

/**
 * Plays histories until one breaks that does not without the fault. Those that have most to do with the fault
 * come first: where one of them breaks, the others need not be played.
 */
async function search(ground: Ground, fault: LifeFault, { from, to }: Part): Promise<Found | null> {
  const { edit, near } = fault
  const own = ownEnv(ground, fault)
  const places = Array.from({ length: to - from }, (_, n) => from + n)
  let left = byNearness(ground.seed, places, near)
  for (;;) {
    const asked = left.filter((place) => !ground.unsound.has(place))
    if (asked.length === 0) return null
    const found = await plant(ground.copy, edit, () => play(ground, own, ['--places', asked.join()]))
    if (found === null || (await isSound(ground, found.history - 1))) return found
    left = asked.slice(asked.indexOf(found.history - 1) + 1)
  }
}

type Found = NonNullable<Planted['found']>

/** A fault in the schema needs databases of its own. */
const ownEnv = ({ env }: Ground, { edit }: LifeFault): NodeJS.ProcessEnv =>
  edit.file.startsWith('prisma/') ? { ...env, LIFE_TEMPLATE: undefined } : env

async function isSound(ground: Ground, place: number): Promise<boolean> {
  if (ground.sound.has(place)) return true
  const found = await play(ground, ground.env, ['--places', String(place)])
  if (found === null) ground.sound.add(place)
  else ground.unsound.add(place)
  if (found) process.stdout.write(`history ${place + 1} breaks without any fault: ${found.by}\n`)
  return found === null
}

function byNearness(seed: number, places: readonly number[], near: readonly string[]): number[] {
  const nearness = (place: number) => {
    const text = JSON.stringify(historyAt(seed, place))
    return near.reduce((sum, word) => sum + Math.min(3, text.split(word).length - 1), 0)
  }
  const scores = new Map(places.map((place) => [place, nearness(place)]))
  return places.toSorted((one, other) => (scores.get(other) ?? 0) - (scores.get(one) ?? 0))
}

async function plant<T>(copy: string, edit: Edit, work: () => Promise<T>): Promise<T> {
  const path = join(copy, edit.file)
  const source = await readFile(path, 'utf8')
  await writeFile(path, withFault(source, edit))
  try {
    return await work()
  } finally {
    await writeFile(path, source)
  }
}

/** A fault after which nothing ends is not found by that: a busy machine looks the same. */
const MOST_MS = 30 * 60_000

async function play(
  { copy, seed }: Ground,
  env: NodeJS.ProcessEnv,
  which: readonly string[],
): Promise<Found | null> {
  const args = ['life', '--seed', String(seed), ...which, '--whole', '--json']
  const child = spawn(process.execPath, ['test/chaos/main.ts', ...args], {
    cwd: copy,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MS,
  })
  const chunks: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const [code, signal] = await once(child, 'close')
  const words = Buffer.concat(said).toString('utf8')
  if (signal !== null) {
    process.stderr.write(`no end within ${MOST_MS / 60_000} minutes: ${words}\n`)
    return null
  }
  if (chunks.length === 0) throw new Error(`the model ended with ${code}: ${words}`)
  const { counterExample, notUnderstood } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as LifeResult
  if (notUnderstood.length > 0)
    throw new Error(`this is no fault but a broken statement: ${notUnderstood.join('; ')}`)
  return (
    counterExample && {
      history: counterExample.index + 1,
      step: counterExample.step,
      by: kindOf(counterExample.message).trim().slice(0, MOST_WORDS),
    }
  )
}

const MOST_WORDS = 120

/**
 * Faults that were planted anew take the place of what was kept of them; what drawn histories of another
 * commit or seed found goes.
 */
async function store({ seed, unsound }: Ground, faults: readonly Planted[]): Promise<void> {
  const known = JSON.parse(await readFile(STORED, 'utf8').catch(() => '{"faults":[]}')) as PlantedRun
  const commit = await commitOf()
  const kept = known.commit === commit && known.seed === seed ? known.faults : known.faults.map(withoutDrawn)
  const all = Map.groupBy([...kept, ...faults], ({ name }) => name)
  const run: PlantedRun = {
    date: new Date().toISOString().slice(0, 10),
    commit,
    seed,
    unsound: [...unsound].map((place) => place + 1),
    quick: QUICK_HISTORIES,
    long: LONG_HISTORIES,
    faults: LIFE_FAULTS.map(({ name }) => Object.assign({ name }, ...(all.get(name) ?? []))),
  }
  await mkdir(dirname(STORED), { recursive: true })
  await writeFile(STORED, `${JSON.stringify(run, null, 2)}\n`)
}

const withoutDrawn = ({ name, made }: Planted): Planted => ({ name, ...(made === undefined ? {} : { made }) })
