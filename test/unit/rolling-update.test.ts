import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'

/** scripts/rolling-update.sh beside a docker whose containers are files: any of its calls may be the last. */

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const BEFORE = { api: 2, listener: 3, worker: 4, proxy: 1, postgres: 1, redis: 1 }

interface Machine {
  run(env?: Record<string, string>): {
    child: ChildProcess
    done: Promise<{ code: number | null; output: string }>
  }
  file(name: string): string
  /** How many there are of each, as `service state`; with `old` of the version before. */
  containers(): Record<string, number>
  fewest(name: 'apis' | 'proxies'): number
  most(name: 'apis' | 'proxies'): number
  /** Calls, and what they made and removed, with their numbers in front. */
  steps(): string[]
}

function machine(): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'torikomi-update-'))
  folders.push(folder)
  const file = (name: string) => join(folder, name)
  for (const name of ['c', 'scripts']) mkdirSync(file(name))
  copyFileSync('scripts/rolling-update.sh', file('scripts/rolling-update.sh'))
  for (const [name, text] of Object.entries({
    'docker-compose.yml': '',
    steps: '0',
    last: '100',
    wanted: 'new',
    log: '',
    apis: '',
    proxies: '',
  }))
    writeFileSync(file(name), `${text}\n`)
  let n = 0
  for (const [service, count] of Object.entries(BEFORE))
    for (let left = count; left > 0; left -= 1) {
      n += 1
      const version = ['postgres', 'redis'].includes(service) ? 'new' : 'old'
      writeFileSync(
        file(`c/c00${n}`.replace(/c0+(\d{3})$/, 'c$1')),
        `${service} ${version} ${version} running\n`,
      )
      writeFileSync(file(`c/c00${n}.labels`.replace(/c0+(\d{3})\.labels$/, 'c$1.labels')), '')
    }
  const numbers = (name: string) =>
    readFileSync(file(name), 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
  return {
    file,
    run(env = {}) {
      const child = spawn('sh', ['-c', 'echo $$ >"$FAKE/pid"; exec sh "$FAKE/scripts/rolling-update.sh"'], {
        env: {
          PATH: `${resolve('test/support/docker')}:${process.env.PATH}`,
          FAKE: folder,
          NO_BUILD: '1',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (output += chunk))
      // Closed: what it had started has ended as well.
      return { child, done: once(child, 'close').then(([code]) => ({ code, output })) }
    },
    containers() {
      const found: Record<string, number> = {}
      for (const name of readdirSync(file('c')).filter((id) => !id.includes('.'))) {
        const [service, image, , state] = readFileSync(file(`c/${name}`), 'utf8')
          .trim()
          .split(' ')
        const key = `${service} ${state}${image === 'old' ? ' old' : ''}`
        found[key] = (found[key] ?? 0) + 1
      }
      return found
    },
    fewest: (name) => Math.min(...numbers(name)),
    most: (name) => Math.max(...numbers(name)),
    steps: () => readFileSync(file('log'), 'utf8').trim().split('\n').filter(Boolean),
  }
}

const AFTER = Object.fromEntries(
  Object.entries(BEFORE).map(([service, count]) => [`${service} running`, count]),
)

async function whole(): Promise<Machine> {
  const there = machine()
  const { code, output } = await there.run().done
  expect(output).toContain('done: http://127.0.0.1:3000 answers')
  expect(code).toBe(0)
  expect(there.containers()).toEqual(AFTER)
  expect(there.most('apis')).toBe(4)
  expect(there.fewest('apis')).toBe(2)
  return there
}

const numbersOf = (steps: readonly string[], pattern: RegExp): number[] =>
  steps.filter((step) => pattern.test(step)).map((step) => Number.parseInt(step, 10))

test('an update that is broken off at any of its steps ends, when it is run again, with the numbers of its beginning', async () => {
  // Between two of them it only asks: ended there, it leaves what it would leave before the second.
  const places = numbersOf(
    (await whole()).steps(),
    /^\d+ (?:make|remove|create|stop|rm|compose .*\b(?:up|run)) /,
  )
  expect(places.length).toBeGreaterThan(25)
  for (let at = 0; at < places.length; at += 6)
    await Promise.all(
      places.slice(at, at + 6).map(async (place) => {
        const there = machine()
        const broken = await there.run({ KILL_AT: String(place) }).done
        expect([place, broken.code]).toEqual([place, null])
        writeFileSync(there.file('steps'), '0\n')
        const { code, output } = await there.run().done
        expect.soft([place, code, there.containers()], output).toEqual([place, 0, AFTER])
        expect.soft([place, there.most('apis')]).toEqual([place, 4])
        expect.soft(there.fewest('apis')).toBeGreaterThanOrEqual(2)
      }),
    )
}, 240_000)

test('a dry run after it finds nothing to do', async () => {
  const there = await whole()
  const steps = there.steps().length
  const { code, output } = await there.run({ DRY_RUN: '1' }).done
  expect([code, output]).toEqual([0, 'api, listener, worker: 2, 3, 4\n'])
  expect(
    numbersOf(there.steps().slice(steps), /^\d+ (?:make|remove|create|stop|rm|compose .*\b(?:up|run)) /),
  ).toEqual([])
})

test('a question that docker does not answer ends it before anything is changed by a guess', async () => {
  const asks = /^\d+ (?:compose .*\b(?:ps|config)|ps|inspect) /
  const questions = numbersOf((await whole()).steps(), asks)
  expect(questions.length).toBeGreaterThan(25)
  for (let at = 0; at < questions.length; at += 6)
    await Promise.all(
      questions.slice(at, at + 6).map(async (place) => {
        const there = machine()
        const { code } = await there.run({ FAIL_AT: String(place) }).done
        expect.soft([place, code]).toEqual([place, 1])
        expect.soft(there.steps()).toHaveLength(place)
        expect.soft(there.fewest('proxies')).toBeGreaterThanOrEqual(1)
      }),
    )
}, 240_000)

test('a second update beside it is refused, and the first goes on', async () => {
  const there = machine()
  writeFileSync(there.file('wait'), '')
  const first = there.run()
  await expect
    .poll(() => there.steps().some((call) => call.includes(' run --rm')), { timeout: 20_000 })
    .toBe(true)
  const before = there.steps().length
  const second = await there.run().done
  expect(second).toMatchObject({ code: 1, output: 'another update of this installation is at work\n' })
  expect(there.steps()).toHaveLength(before)
  rmSync(there.file('wait'))
  expect((await first.done).code).toBe(0)
  expect(there.containers()).toEqual(AFTER)
  expect(existsSync(there.file('c/torikomi-update'))).toBe(false)
})

test('the block for a lost machine takes the newest backup, and resumes after the audit was gone through', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torikomi-lost-'))
  folders.push(folder)
  const [, block = ''] =
    /## A lost machine[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync('docs/containers.md', 'utf8')) ?? []
  const kept = join(folder, 'kept with blanks')
  mkdirSync(kept)
  for (const name of [
    'torikomi-2026-11-28T030000Z',
    'torikomi-2026-11-30T030000Z',
    'torikomi-2026-11-29T030000Z',
    // Of a run that was killed.
    'torikomi-2026-12-01T030000Z.partial',
    '.env',
    'audit.jsonl',
  ])
    writeFileSync(join(kept, name), '')
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "$*" >>"$NOTES"\n', { mode: 0o755 })
  const notes = join(folder, 'notes')
  const env = { PATH: `${folder}:${process.env.PATH}`, KEPT: kept, NOTES: notes }
  execFileSync('sh', ['-euc', block], { cwd: folder, env })
  const lines = readFileSync(notes, 'utf8').trim().split('\n')
  const at = (text: string) => lines.findIndex((line) => line.includes(text))
  expect(existsSync(join(folder, '.env'))).toBe(true)
  expect(lines[at(' restore ')]).toContain(
    `-v ${kept}:/kept:ro migrate node src/ops/main.ts restore /kept/torikomi-2026-11-30T030000Z`,
  )
  const order = [
    '--wait postgres redis',
    'main.ts restore',
    'main.ts after-restore',
    'main.ts resume',
    'restart',
  ].map(at)
  expect(order.every((place, n) => place > (order[n - 1] ?? -1))).toBe(true)
})
