import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

/**
 * `node scripts/compile.ts`, while the image is made: loads whatever a process of it may load, and Node.js
 * keeps that compiled in the directory of NODE_COMPILE_CACHE. A process that finds it there reads no
 * TypeScript, and needs no reader of it in any of its threads.
 */

/** Each ends at once: the one refuses its settings, the other has nothing to do. */
const STARTED = ['src/main.ts', 'src/ops/main.ts']
const NOT_LOADED = /^board\/|\.test\.ts$/

for (const file of STARTED) {
  const { error, signal, stderr } = spawnSync(process.execPath, [file], {
    env: { ...process.env, ROLES: 'none' },
    encoding: 'utf8',
  })
  if (error || signal || /Error|node:internal/.test(stderr))
    throw new Error(`${file}: ${error ?? signal ?? stderr}`)
}

const src = new URL('../src/', import.meta.url)
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !NOT_LOADED.test(file) && !STARTED.includes(`src/${file}`),
)
for (const file of files) await import(new URL(file, src).href)
process.stdout.write(`${files.length + STARTED.length} files are compiled\n`)
