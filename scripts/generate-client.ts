import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Makes src/generated/prisma from schema.prisma. Runs after every `npm ci`.
 *
 * `prisma generate` looks for a native schema engine and would fetch it from a host that is not the npm registry, though
 * generating does not use it. Naming any program that exists as that engine keeps it from looking.
 */
const prisma = findPrisma()
if (prisma === null) {
  // `npm ci --omit=dev`: an image brings the generated client from its build stage.
  process.stdout.write('prisma is not installed: the client is not generated\n')
} else {
  const { status, error } = spawnSync(process.execPath, [prisma, 'generate'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      // No calls to Prisma's version check either.
      CHECKPOINT_DISABLE: '1',
    },
    stdio: 'inherit',
  })
  if (error !== undefined) throw error
  process.exitCode = status ?? 1
  if (process.exitCode === 0) readCompilerFromDisk()
}

/**
 * The client imports its query compiler, 2 MB of WebAssembly, as a module that is one base64 text: the module's source and the
 * text then stay in the heap of each process for good. Read as a file they are gone once it is compiled.
 */
function readCompilerFromDisk(): void {
  const path = fileURLToPath(new URL('../src/generated/prisma/internal/class.ts', import.meta.url))
  const found = /const \{ wasm \} = await import\("([^"]+)"\)/
  const source = readFileSync(path, 'utf8')
  if (!found.test(source))
    throw new Error('Prisma loads its query compiler in another way now: look at class.ts')
  const read = source.replace(
    found,
    `const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL(import.meta.resolve("$1")), 'latin1')
    const wasm = text.slice(text.indexOf('"') + 1, text.lastIndexOf('"'))`,
  )
  writeFileSync(path, read)
}

function findPrisma(): string | null {
  try {
    return createRequire(import.meta.url).resolve('prisma/build/index.js')
  } catch {
    return null
  }
}
