import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const files = globSync('src/**/*.ts', {
  exclude: (path) => /(^|\/)(node_modules|generated|dist)$/.test(path) || /\.test\.ts$/.test(path),
})

/** A library's internals that are read or replaced: each is a risk at every update, and none may be added. */
test('internals of libraries are touched where docs/decisions/mechanisms.md says, and nowhere else', () => {
  const marked = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/Internals of (\w+)/g)].map(
      ([, library]) => `${library} ${file}`,
    ),
  )
  expect(marked.sort()).toEqual([
    'BullMQ src/platform/queue/engines.ts',
    'Prisma src/platform/db/database.ts',
    'mailparser src/mail/recognition/parse-mail.ts',
    'pg src/platform/db/database.ts',
    'pg src/platform/db/watched-client.ts',
  ])
  const page = readFileSync('docs/decisions/mechanisms.md', 'utf8')
  const [, table = ''] = /## Internals of libraries([\s\S]*?)\n## /.exec(page) ?? []
  expect(table.split('\n').filter((line) => /^\| (?!library|---)/.test(line))).toHaveLength(marked.length)
})

/** `as unknown as` is how a type is told of what it hides. */
test('no other file claims a type that a library hides', () => {
  const claims = files.filter((file) => /\bas unknown as\b/.test(readFileSync(file, 'utf8')))
  expect(claims.sort()).toEqual(CLAIMS)
})

/** Beside those above: types of our own that TypeScript cannot follow. */
const CLAIMS: readonly string[] = [
  'src/http/answers.ts',
  'src/http/server.ts',
  'src/labels/settings.ts',
  'src/mail/recognition/parse-mail.ts',
  'src/marketplaces/kit/oauth.ts',
  'src/platform/db/database.ts',
  'src/platform/db/one-transaction.ts',
  'src/platform/db/watched-client.ts',
  'src/platform/queue/engines.ts',
  'src/platform/queue/wake-queue.ts',
]
