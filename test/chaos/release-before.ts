import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../support/redis.ts'

/**
 * An api and a worker of the release before, beside those of this version, as in the middle of a rolling
 * update. Git gives their tree; packages are those of today, and the database is the one that this version
 * has migrated.
 */
export interface ReleaseBefore {
  url: string
  /** Orders until now. */
  counts(): Promise<{ staged: number; pulled: number }>
  stop(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 120_000
const AGAIN_AFTER_MS = 1_000
const LOOK_EVERY_MS = 1_000
/** Of all malls. */
const COUNTERS = {
  api: /^torikomi_orders_pulled_total\{[^}]*\} (\d+)$/gm,
  worker: /^torikomi_orders_staged_total\{[^}]*\} (\d+)$/gm,
}
const run = promisify(execFile)

/**
 * @param commit by which git knows the release
 * @throws Error where git has no such commit, or a process does not become ready
 */
export async function startReleaseBefore(
  commit: string,
  dir: string,
  environment: Readonly<Record<string, string>>,
): Promise<ReleaseBefore> {
  const tree = join(dir, 'release-before')
  await mkdir(tree)
  const extract = 'git -C "$1" archive -o "$3/tree.tar" "$2" && tar xf "$3/tree.tar" -C "$3"'
  await run('sh', ['-c', extract, 'sh', ROOT, commit, tree])
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  await run(process.execPath, ['scripts/generate-client.ts'], { cwd: tree })
  const members: Member[] = []
  const stop = async () => void (await Promise.all(members.map((member) => member.stop())))
  const start = async (role: 'api' | 'worker'): Promise<Member> => {
    const log = join(dir, `release-before-${role}.log`)
    const member = startMember({ role, port: await freePort(), tree, log, environment })
    members.push(member)
    await member.ready()
    return member
  }
  try {
    const [api, worker] = [await start('api'), await start('worker')]
    return {
      url: api.url,
      counts: async () => ({ staged: await worker.count(), pulled: await api.count() }),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

interface MemberOptions {
  role: 'api' | 'worker'
  port: number
  tree: string
  log: string
  environment: Readonly<Record<string, string>>
}

type Member = ReturnType<typeof startMember>

/** Starts it again whenever it ends by itself, as a supervisor does. */
function startMember({ role, port, tree, log, environment }: MemberOptions) {
  const url = `http://127.0.0.1:${port}`
  const file = createWriteStream(log, { flags: 'a' })
  let said = ''
  /** What it had counted when it ended by itself, and what the process that runs has. */
  let before = 0
  let counted = 0
  let stopping = false
  let child = start()

  function start(): ChildProcess {
    const started = spawn(process.execPath, ['src/main.ts'], {
      cwd: tree,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        HOST: '127.0.0.1',
        LOG_LEVEL: 'warn',
        ...environment,
        ROLES: role,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer) => {
      file.write(chunk)
      said = (said + chunk.toString('utf8')).slice(-2_000)
    }
    started.stdout.on('data', keep)
    started.stderr.on('data', keep)
    started.once('exit', () => setTimeout(startAgain, AGAIN_AFTER_MS).unref())
    return started
  }

  /** Often, since a counter ends with its process. */
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS)

  async function look(): Promise<void> {
    const asked = child
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(LOOK_EVERY_MS * 10) })
    const values = (await answer.text()).matchAll(COUNTERS[role])
    const sum = [...values].reduce((all, [, value]) => all + Number(value), 0)
    if (asked === child) counted = sum
  }

  function startAgain(): void {
    if (stopping) return
    before += counted
    counted = 0
    child = start()
  }

  return {
    url,
    ready: () =>
      untilReady(`${url}/readyz`).catch(() => {
        throw new Error(`the ${role} of the release before is not ready: ${said}`)
      }),
    async count(): Promise<number> {
      // A fault may keep it from answering just now.
      await look().catch(() => undefined)
      return before + counted
    },
    async stop() {
      stopping = true
      clearInterval(looking)
      await endOf(child)
    },
  }
}

/** @throws Error where it is not ready in time */
async function untilReady(url: string): Promise<void> {
  for (const limit = Date.now() + READY_WITHIN_MS; Date.now() < limit; await sleep(250)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
    if (answer?.ok) return
  }
  throw new Error(`no answer from ${url}`)
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(patience)
}
