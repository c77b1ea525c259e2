import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { table } from '../../sandbox/demo/show.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import type { Databases } from './databases.ts'
import type { Extent } from './extent.ts'
import { percentile, round } from './statistics.ts'

/**
 * An idle process of each role, as the image starts it: how long until it is ready, and what it holds once it
 * is at rest. In turns with a bare Node.js process that does nothing, which is the floor of both.
 */
export interface ProcessRun {
  name: string
  /** From the start of the process until it says that it is ready. */
  startMs: number
  startP99Ms: number
  startRatio: number
  /** CPU until it was at rest, in seconds: what the start costs whatever else the machine does. */
  cpuSeconds: number
  /** Resident, in MB; of that, what is its own and not Node's program, which all processes share. */
  residentMb: number
  ownMb: number
  memoryRatio: number
}

interface Started {
  pid: number
  end(): Promise<unknown>
}

interface Sample {
  startMs: number
  cpuSeconds: number
  residentMb: number
  ownMb: number
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Behind freeAfterStart() and the first turn of each periodic task. */
const AT_REST_MS = 14_000

export async function measureProcesses(
  databases: Databases,
  redisUrl: string | null,
  { turns, restMs, roles }: Pick<Extent, 'turns' | 'restMs' | 'roles'>,
): Promise<ProcessRun[]> {
  const database = await databases.create()
  const environment = {
    ...(await imageEnvironment()),
    DATABASE_URL: database.url,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    OPERATOR_API_KEY: randomBytes(24).toString('base64url'),
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'warn',
  }
  // It migrates; what is measured afterwards finds the tables.
  await (await startService({ ...environment, ROLES: 'api' })).stop()
  const starts: [string, () => Promise<Started>][] = [
    ['bare Node.js', bareNode],
    ...roles.map((own): [string, () => Promise<Started>] => [
      own,
      async () => ended(await startService({ ...environment, ROLES: own })),
    ]),
  ]
  const samples = starts.map((): Sample[] => [])
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, [, start]] of starts.entries())
      samples[index]?.push(await sample(start, restMs ?? AT_REST_MS))
  }
  await database.drop()
  const runs = starts.map(([name], index) => summary(name, samples[index] ?? []))
  const [floor] = runs
  return runs.map((run) => ({
    ...run,
    startRatio: round(run.startMs / (floor?.startMs ?? run.startMs), 2),
    memoryRatio: round(run.residentMb / (floor?.residentMb ?? run.residentMb), 2),
  }))
}

export const processesTable = (runs: readonly ProcessRun[]): string =>
  table(
    ['', 'start ms', 'p99 ms', '× floor', 'CPU s', 'resident MB', 'of it own', '× floor'],
    runs.map((run) => [
      ...[run.name, run.startMs.toFixed(0), run.startP99Ms.toFixed(0), run.startRatio.toFixed(2)],
      ...[
        run.cpuSeconds.toFixed(2),
        run.residentMb.toFixed(0),
        run.ownMb.toFixed(0),
        run.memoryRatio.toFixed(2),
      ],
    ]),
  )

const ended = (service: RunningService): Started => ({ pid: service.pid, end: service.stop })

async function bareNode(): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['-e', 'process.stdout.write("ready"); setInterval(() => {}, 1000)'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH ?? '' },
    },
  )
  await once(child.stdout, 'data')
  return {
    pid: child.pid as number,
    end: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

async function sample(start: () => Promise<Started>, restMs: number): Promise<Sample> {
  const began = performance.now()
  const { pid, end } = await start()
  const startMs = performance.now() - began
  await sleep(restMs)
  const use = await processUse(pid)
  await end()
  return { startMs, ...use }
}

/** What a process has used of CPU and holds of memory. */
export async function processUse(pid: number): Promise<Omit<Sample, 'startMs'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, , , , , , , , , , , user, system] = afterName(await readFile(`/proc/${pid}/stat`, 'utf8'))
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
  return {
    cpuSeconds: (Number(user) + Number(system)) / CLOCK_TICKS,
    residentMb: megabytes('VmRSS'),
    ownMb: megabytes('RssAnon'),
  }
}

/** Linux counts CPU time in hundredths for programs, whatever its own timer does. */
const CLOCK_TICKS = 100
/** The fields behind the program's name, which may hold spaces. */
const afterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

function summary(name: string, samples: readonly Sample[]): ProcessRun {
  const of = (field: keyof Sample, share = 0.5) =>
    percentile(
      samples.map((one) => one[field]),
      share,
    )
  return {
    name,
    startMs: round(of('startMs'), 0),
    startP99Ms: round(of('startMs', 0.99), 0),
    startRatio: 1,
    cpuSeconds: round(of('cpuSeconds'), 2),
    residentMb: round(of('residentMb')),
    ownMb: round(of('ownMb')),
    memoryRatio: 1,
  }
}

/** Reads the image's settings for Node.js and the C library. */
export async function imageSettings(): Promise<Record<string, string>> {
  const file = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8')
  return Object.fromEntries(
    [...file.matchAll(/\b(NODE_OPTIONS|MALLOC_ARENA_MAX)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
}

/** Adds to them a copy of what the image has compiled. */
export async function imageEnvironment(): Promise<Record<string, string>> {
  const set = await imageSettings()
  compiled ??= compile(set)
  return { ...set, NODE_COMPILE_CACHE: await compiled }
}

/** Once for all benches of a run. */
let compiled: Promise<string> | undefined

async function compile(set: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-compiled-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await promisify(execFile)(process.execPath, ['scripts/compile.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...set, NODE_COMPILE_CACHE: folder },
  })
  return folder
}
