import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/**
 * Builds the board (src/board) into src/board/dist. Runs after every `npm ci`, and is over at once while
 * nothing of it has changed. The board has packages of its own, so that the service's install holds none of a
 * browser.
 */
const board = fileURLToPath(new URL('../src/board', import.meta.url))
const dist = join(board, 'dist')

if (process.env.npm_config_omit?.includes('dev')) {
  process.stdout.write(
    'an install without dev packages: the board is not built, an image brings it from its build stage\n',
  )
} else if (!existsSync(join(board, 'package.json'))) {
  process.stdout.write('src/board is not here: the service will say that the board was not built\n')
} else {
  const lock = install()
  build(lock)
}

/** Its packages, when the lockfile is another than at the last time. */
function install(): string {
  const lock = hash(['package-lock.json'])
  const stamp = join(board, 'node_modules/.lock-hash')
  if (readIf(stamp) !== lock) {
    // npm's own settings of the outer command would else name the outer folder.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^npm_(config_(local_)?prefix|package_|lifecycle_)/i.test(name),
      ),
    )
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], env)
    writeFileSync(stamp, lock)
  }
  return lock
}

function build(lock: string): void {
  const sources = globSync(['src/**/*', 'index.html', 'vite.config.ts'], { cwd: board, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(board.length + 1))
    .sort()
    // The handbook is a part of the page.
    .concat(['board.md', 'board-screens.md'].map((name) => join('../../docs', name)))
  const wanted = createHash('sha256').update(lock).update(hash(sources)).digest('hex')
  const stamp = join(dist, '.source-hash')
  if (readIf(stamp) === wanted) return
  run(
    process.execPath,
    [join(board, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    process.env,
  )
  compress()
  mkdirSync(dist, { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Once here instead of at each request. */
function compress(): void {
  for (const name of globSync('assets/*.{js,css,svg}', { cwd: dist })) {
    const text = readFileSync(join(dist, name))
    writeFileSync(join(dist, `${name}.gz`), gzipSync(text, { level: 9 }))
    writeFileSync(
      join(dist, `${name}.br`),
      brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
    )
  }
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv): void {
  const { status, error } = spawnSync(command, args, { cwd: board, env, stdio: 'inherit' })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function hash(names: readonly string[]): string {
  const sum = createHash('sha256')
  for (const name of names)
    sum
      .update(name)
      .update('\0')
      .update(readFileSync(join(board, name)))
  return sum.digest('hex')
}

function readIf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
