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
  /** Orders that its worker has staged until now, by its log. */
  staged(): number
  stop(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 120_000
const AGAIN_AFTER_MS = 1_000
const STAGED = /"orders":(\d+)[^\n]*"orders staged"/g
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
      staged: worker.staged,
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
  let line = ''
  let staged = 0
  let stopping = false
  let child = start()

  function start(): ChildProcess {
    const started = spawn(process.execPath, ['src/main.ts'], {
      cwd: tree,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        HOST: '127.0.0.1',
        // Started again, it is ready sooner.
        NODE_COMPILE_CACHE: join(tree, 'compiled'),
        ...environment,
        // Its log says what it staged. Its metrics wait for the database, which is away most of the time.
        LOG_LEVEL: role === 'worker' ? 'info' : 'warn',
        ROLES: role,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer) => {
      file.write(chunk)
      const text = chunk.toString('utf8')
      said = (said + text).slice(-2_000)
      const lines = (line + text).split('\n')
      line = lines.pop() ?? ''
      for (const [, orders] of lines.join('\n').matchAll(STAGED)) staged += Number(orders)
    }
    started.stdout.on('data', keep)
    started.stderr.on('data', keep)
    started.once('exit', () => setTimeout(startAgain, AGAIN_AFTER_MS).unref())
    return started
  }

  function startAgain(): void {
    if (!stopping) child = start()
  }

  return {
    url,
    ready: () =>
      untilReady(`${url}/readyz`).catch(() => {
        throw new Error(`the ${role} of the release before is not ready: ${said}`)
      }),
    staged: () => staged,
    async stop() {
      stopping = true
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
