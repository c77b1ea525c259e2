import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LifeResult } from '../../life/run.ts'
import { kindOf } from '../../life/shrink.ts'
import { startPostgres } from '../../support/database/postgres-source.ts'
import type { Edit } from './fault.ts'
import { LIFE_FAULTS, type Planted, type PlantedRun, rowOf } from './life.ts'
import { copyTree, withFault } from './main.ts'

/**
 * `npm run mutate -- life [quick | long] [seed=N] [store] [word…]`: plants each fault of the list whose name
 * holds one of the words, alone, in a copy of the tree, and plays histories until one breaks. The quick run
 * is the first histories of the long one. `store` keeps what was found for the table of docs/reliability.md.
 */

export const QUICK_HISTORIES = 8
export const LONG_HISTORIES = 32

export const STORED = 'docs/reliability/life/faults.json'

export async function plantOnLife(words: readonly string[]): Promise<boolean> {
  const isQuick = words.includes('quick')
  const from = Number(words.find((word) => word.startsWith('seed='))?.slice('seed='.length) ?? 1)
  const named = words.filter((word) => !/^(quick|long|store|seed=.*)$/.test(word))
  const chosen = LIFE_FAULTS.filter(
    ({ name }) => named.length === 0 || named.some((word) => name.includes(word)),
  )
  if (chosen.length === 0) throw new Error(`no fault is named so: ${named.join(', ')}`)
  const histories = isQuick ? QUICK_HISTORIES : LONG_HISTORIES
  const copy = await mkdtemp(join(tmpdir(), 'torikomi-life-faults-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await copyTree(copy)
  const postgres = await startPostgres(process.env)
  const env = { ...process.env, TEST_DATABASE_URL: postgres.url }
  const faults: Planted[] = []
  let seed = from
  try {
    seed = await soundSeed(copy, env, from, histories)
    for (const { name, edit } of chosen) {
      const early = await plant(copy, edit, () =>
        play(copy, env, { seed, from: 0, histories: QUICK_HISTORIES }),
      )
      faults.push({ name, ...early })
      process.stdout.write(`${rowOf({ name, ...early })}\n`)
    }
    if (words.includes('store')) await store(seed, faults)
    for (const [index, { name, edit }] of isQuick ? [] : chosen.entries()) {
      if (faults[index]?.found) continue
      const rest = { seed, from: QUICK_HISTORIES, histories: histories - QUICK_HISTORIES }
      const late = await plant(copy, edit, () => play(copy, env, rest))
      faults[index] = { name, ...late }
      process.stdout.write(`${rowOf({ name, ...late })}\n`)
      if (words.includes('store')) await store(seed, faults)
    }
  } finally {
    await postgres.stop()
    await rm(copy, { recursive: true, force: true })
  }
  if (words.includes('store')) await store(seed, faults)
  const found = faults.filter((one) => one.found !== null)
  const early = found.filter((one) => (one.found?.history ?? 0) <= QUICK_HISTORIES)
  process.stdout.write(
    `found ${found.length} of ${faults.length}, in the first ${QUICK_HISTORIES} histories ${early.length}\n`,
  )
  return found.length === faults.length
}

const MOST_SEEDS = 5

/** A seed whose histories go well without any fault: else nobody could tell what a fault breaks. */
async function soundSeed(
  copy: string,
  env: NodeJS.ProcessEnv,
  from: number,
  histories: number,
): Promise<number> {
  for (let seed = from; seed < from + MOST_SEEDS; seed++) {
    const { found, seconds } = await play(copy, env, { seed, from: 0, histories })
    process.stdout.write(
      `seed ${seed} without any fault: ${found ? `history ${found.history}, ${found.by}` : 'sound'}, ${seconds} s\n`,
    )
    if (!found) return seed
  }
  throw new Error(`histories break without any fault, with the seeds from ${from} on`)
}

interface Part {
  seed: number
  from: number
  histories: number
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

async function play(copy: string, env: NodeJS.ProcessEnv, { seed, from, histories }: Part) {
  const begun = performance.now()
  const numbers = ['--seed', String(seed), '--from', String(from), '--histories', String(histories)]
  const args = ['life', ...numbers, '--whole', '--json']
  const child = spawn(process.execPath, ['test/chaos/main.ts', ...args], {
    cwd: copy,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const [code] = await once(child, 'close')
  if (chunks.length === 0) throw new Error(`the model ended with ${code}: ${Buffer.concat(said)}`)
  const { counterExample } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as LifeResult
  return {
    seconds: Math.round((performance.now() - begun) / 1000),
    found: counterExample && {
      history: counterExample.index + 1,
      step: counterExample.step,
      by: kindOf(counterExample.message).trim().slice(0, MOST_WORDS),
    },
  }
}

const MOST_WORDS = 120

/** Faults that were planted anew take the place of what was kept of them. */
async function store(seed: number, faults: readonly Planted[]): Promise<void> {
  const known = JSON.parse(await readFile(STORED, 'utf8').catch(() => '{"faults":[]}')) as PlantedRun
  const fresh = new Map([...known.faults, ...faults].map((one) => [one.name, one]))
  const git = spawn('git', ['describe', '--always', '--abbrev=8'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [commit] = (await once(git.stdout, 'data')) as [Buffer]
  const run: PlantedRun = {
    date: new Date().toISOString().slice(0, 10),
    commit: commit.toString().trim(),
    seed,
    quick: QUICK_HISTORIES,
    long: LONG_HISTORIES,
    faults: LIFE_FAULTS.flatMap(({ name }) => fresh.get(name) ?? []),
  }
  await mkdir(dirname(STORED), { recursive: true })
  await writeFile(STORED, `${JSON.stringify(run, null, 2)}\n`)
}
