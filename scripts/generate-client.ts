import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { slimClient } from './slim-client.ts'

/**
 * Makes src/generated/prisma from schema.prisma. Runs after every `npm ci`.
 *
 * `prisma generate` looks for a native schema engine and would fetch it from a host that is not the npm
 * registry, though generating does not use it. Naming any program that exists as that engine keeps it from
 * looking.
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
  if (process.exitCode === 0) slimClient()
}

function findPrisma(): string | null {
  try {
    return createRequire(import.meta.url).resolve('prisma/build/index.js')
  } catch {
    return null
  }
}
