import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Clients of Amazon's API that other people wrote, unchanged, and Amazon's models as types. `npm ci` in this
 * folder brings them; the root's packages stay as they are, because the service itself needs none of it.
 */
const HERE = fileURLToPath(new URL('.', import.meta.url))
const HOSTS = fileURLToPath(new URL('../../sandbox/amazon-hosts.mjs', import.meta.url))
const COMPILER = join(HERE, 'node_modules', '.bin', 'tsc')
const run = promisify(execFile)

export const installed = (): boolean => existsSync(COMPILER)

/** What each step of a script came to. */
export type Told = Record<string, { value?: unknown; status?: number; code?: string; message?: string }>

/** Runs one of the scripts against the sandbox's Amazon at `url`. */
export async function runClient(
  script: 'bizon' | 'amazon-sp-api',
  url: string,
  wish: Record<string, string>,
): Promise<Told> {
  const { stdout } = await run(process.execPath, ['--import', HOSTS, join(HERE, `${script}.mjs`)], {
    cwd: HERE,
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
    env: { PATH: process.env.PATH, AMAZON_SANDBOX: url, WISH: JSON.stringify(wish) },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** A value that is to be of a type: one of the module's exported ones. */
export interface Claim {
  module: string
  type: string
  value: unknown
}

/**
 * What Amazon's models find wrong with the values, one line each; empty when they have no more and no other
 * fields than the types, with values that the types know. Each value is written as a literal, because only of
 * literals the compiler tells excess fields.
 */
export async function unlikeTheModels(claims: readonly Claim[]): Promise<string[]> {
  const out = mkdtempSync(join(HERE, 'out-'))
  try {
    const lines = claims.map(
      ({ module, type, value }, at) =>
        `export const value${at}: import('${module}').${type} = ${JSON.stringify(value)}`,
    )
    writeFileSync(join(out, 'values.ts'), `${lines.join('\n')}\n`)
    writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    await run(process.execPath, [COMPILER, '-p', '.', '--pretty', 'false'], {
      cwd: out,
      timeout: 240_000,
      maxBuffer: 16 * 1024 * 1024,
    })
    return []
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (!stdout) throw error
    return stdout.split('\n').filter((line) => line.includes('error TS'))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom'],
  },
  files: ['values.ts'],
}
