import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const DOCKERFILE = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
const PINNED = `node:24-slim@sha256:${'a'.repeat(64)}`

test('every stage stands on the one base that a build may name', () => {
  const base = ['$', '{NODE_IMAGE}'].join('')
  const bases = [...DOCKERFILE.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name)
  expect(new Set(bases)).toEqual(new Set([base, 'build']))
})

test.each([
  ['unknown', 'node:24-slim', 0],
  ['unknown', PINNED, 0],
  ['0.2.0', PINNED, 0],
  ['0.2.0', 'node:24-slim', 1],
])('a build of version %s on %s ends with %i', (VERSION, NODE_IMAGE, status) => {
  const [, check = ''] = /^RUN (case "\$VERSION .*)$/m.exec(DOCKERFILE) ?? []
  expect(spawnSync('sh', ['-c', check], { env: { VERSION, NODE_IMAGE } }).status).toBe(status)
})
