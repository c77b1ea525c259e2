import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What programmers of clients do first: run a generator over our document and compile the result. Three that are widely used,
 * each with its own idea of OpenAPI; `npm ci` in this folder brings them. The C# side is compiled by the client check.
 */
const HERE = fileURLToPath(new URL('.', import.meta.url))
const bin = (name: string) => join(HERE, 'node_modules', '.bin', name)

export const installed = (): boolean => existsSync(bin('orval'))

/** Makes a client with each generator from `document` and compiles all of them, strictly. @throws Error with the compiler's words */
export function generateAndCompile(document: string): string[] {
  const out = mkdtempSync(join(HERE, 'out-'))
  const run = (name: string, args: string[]) => {
    try {
      execFileSync(process.execPath, [bin(name), ...args], { cwd: out, stdio: 'pipe', timeout: 120_000 })
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
      throw new Error(`${name}: ${stdout}${stderr}`, { cause: error })
    }
  }
  try {
    cpSync(document, join(out, 'openapi.json'))
    for (const folder of ['types', 'hey', 'orval']) mkdirSync(join(out, folder))
    run('openapi-typescript', ['openapi.json', '-o', 'types/api.d.ts'])
    run('openapi-ts', ['-i', 'openapi.json', '-o', 'hey', '-c', '@hey-api/client-fetch', '--no-log-file'])
    run('orval', ['--input', 'openapi.json', '--output', 'orval/api.ts', '--client', 'fetch'])
    writeFileSync(join(out, 'use.ts'), USE)
    writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    run('tsc', ['-p', '.'])
    return ['openapi-typescript', 'hey-api', 'orval']
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

const TSCONFIG = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler' },
    ...{ lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
  },
  include: ['.'],
}

/** A few lines of use, so that types that came out as `unknown` are noticed. */
const USE = `
import type { paths } from './types/api'
import { pullOrders } from './hey'
import { pullOrders as pull } from './orval/api'

type Board = paths['/v1/board']['get']['responses'][200]['content']['application/json']
export const staged = (board: Board): number => board.staged
export const numbers = async (): Promise<string[]> => {
  const { data } = await pullOrders({ headers: { 'Idempotency-Key': 'k' }, body: { limit: 10 } })
  return (data?.orders ?? []).map((order) => order.orderNumber)
}
export const places = async (): Promise<number> => {
  const answer = await pull({ limit: 10 }, { headers: { 'Idempotency-Key': 'k' } })
  return answer.status === 200 ? answer.data.remaining : 0
}
`
