import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

/**
 * The image holds neither development packages nor the files that .dockerignore and the Dockerfile leave out.
 */

const IMPORT = /^\s*(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm
const LATE = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** `late`: also what is imported only when it is needed. */
async function importedBy(
  entry: string,
  { late = false } = {},
): Promise<{ files: string[]; packages: string[] }> {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [new URL(`../../src/${entry}`, import.meta.url)]
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (files.has(url.href)) continue
    files.add(url.href)
    if (!url.href.endsWith('.ts')) continue
    const text = await readFile(url, 'utf8')
    for (const [, name = ''] of [...text.matchAll(IMPORT), ...(late ? text.matchAll(LATE) : [])]) {
      if (name.startsWith('.')) waiting.push(new URL(name, url))
      else if (!isBuiltin(name)) packages.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    }
  }
  return { files: [...files].map((href) => fileURLToPath(href)), packages: [...packages] }
}

const { files, packages } = await importedBy('main.ts', { late: true })

test('what the service imports is among its production dependencies', () => {
  const known = Object.keys(packageJson.dependencies)
  expect(packages).toContain('fastify')
  expect(packages.filter((name) => !known.includes(name))).toEqual([])
})

test('the service imports nothing that only tests and the sandbox have', () => {
  expect(files.length).toBeGreaterThan(100)
  expect(
    files.filter((file) => /\/sandbox\/|\/fixtures\/|test-kit|\.test\.ts$|conformance/.test(file)),
  ).toEqual([])
})

describe('what a process loads is what its roles need, as each pays for it in memory', () => {
  /** Rooms and packages that only one of the roles needs. */
  const ROUTES = /\/(routes|.*-routes|board-page)\.ts$|openapi\/document\.ts$|\/(labels|desk)\//
  const PACKAGES = {
    api: ['@fastify/swagger', '@fastify/swagger-ui', 'csv-parse'],
    worker: ['@aws-sdk/client-sqs', 'sqs-consumer'],
    people: ['nodemailer'],
    listener: ['imapflow', 'mailparser'],
  }
  const { api, worker, people, listener } = PACKAGES

  test('each entry is one that the roles load', async () => {
    const compose = await readFile(new URL('../../src/app/roles.ts', import.meta.url), 'utf8')
    expect([...compose.matchAll(LATE)].map(([, name]) => name).toSorted()).toEqual([
      '../mail/listener/index.ts',
      '../marketplaces/index.ts',
      './api-area.ts',
      './worker-area.ts',
    ])
  })

  test.each([
    ['every role', 'main.ts', [...api, ...worker, ...people, ...listener]],
    // Those of its own are loaded by the first queue and the first mail.
    ['worker', 'app/worker-area.ts', [...api, ...listener, ...worker, ...people]],
    ['listener', 'mail/listener/index.ts', [...api, ...worker, ...people, 'mailparser']],
    [
      'a thread that reads mails',
      'mail/recognition/judge-thread.ts',
      ['fastify', 'pg', 'bullmq', 'undici', 'imapflow', 'zod'],
    ],
  ])('%s: no routes, and none of the packages of others', async (_, entry, others) => {
    const loaded = await importedBy(entry)
    expect(loaded.files.filter((file) => ROUTES.test(file))).toEqual([])
    expect(loaded.packages.filter((name) => others.includes(name))).toEqual([])
  })

  test('the packages are loaded where they are needed', async () => {
    expect((await importedBy('app/api-area.ts')).packages).toEqual(expect.arrayContaining(['csv-parse']))
    expect((await importedBy('notifications/queue-reader.ts', { late: true })).packages).toEqual(
      expect.arrayContaining(worker),
    )
    expect((await importedBy('notices/mailer.ts', { late: true })).packages).toEqual(
      expect.arrayContaining(people),
    )
    expect((await importedBy('mail/listener/index.ts')).packages).toContain('imapflow')
    expect((await importedBy('mail/recognition/judge-thread.ts')).packages).toContain('mailparser')
  })

  test.each(['main.ts', 'mail/listener/index.ts', 'mail/recognition/judge-thread.ts'])(
    '%s knows the malls without what asks them',
    async (entry) => {
      const adapters = (await importedBy(entry)).files.filter((file) =>
        /marketplaces\/\w+\/(orders|changes|auth|client)/.test(file),
      )
      expect(adapters).toEqual([])
    },
  )

  test('an api loads what few ask for when they do', async () => {
    const { packages } = await importedBy('app/api-area.ts')
    const seldom = ['imapflow', 'mailparser', 'nodemailer', 'openid-client', '@bull-board/api']
    expect(packages.filter((name) => seldom.includes(name))).toEqual([])
  })
})
