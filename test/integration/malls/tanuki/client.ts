import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * The Prisma client as `npm run prepare` makes it once the name stands in the enum of schema.prisma. It lies
 * below the repository so that its imports find node_modules.
 */

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
let made: { dir: string; url: string } | null = null

export function clientUrl(name: string): string {
  made ??= make(name)
  return made.url
}

export function removeClient(): void {
  if (made) rmSync(made.dir, { recursive: true, force: true })
}

function make(name: string): { dir: string; url: string } {
  const data = join(ROOT, '.data')
  mkdirSync(data, { recursive: true })
  const dir = mkdtempSync(join(data, 'fifth-mall-'))
  const schema = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8')
    .replace('enum Marketplace {', `enum Marketplace {\n  ${name}`)
    .replace('"../src/generated/prisma"', '"./client"')
  writeFileSync(join(dir, 'schema.prisma'), schema)
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js')
  const args = [prisma, 'generate', '--schema', join(dir, 'schema.prisma')]
  // As scripts/generate-client.ts does: without a look for an engine or a newer version.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`prisma generate: ${stderr}`)
  return { dir, url: pathToFileURL(join(dir, 'client')).href }
}
