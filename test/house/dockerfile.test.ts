import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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

test('the documented build gives the image its revision, and a release its version', () => {
  const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
  for (const [label, argument] of [
    ['revision', 'REVISION'],
    ['version', 'VERSION'],
  ]) {
    expect(DOCKERFILE).toContain(`org.opencontainers.image.${label}=$${argument}`)
    expect(compose).toContain(`${argument}: "\${${argument}:-unknown}"`)
  }
  for (const page of ['README.md', 'docs/containers.md', 'docs/operations.ja.md'])
    expect(readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')).toContain(
      'REVISION=$(git rev-parse HEAD) docker compose up -d --build --wait',
    )
})

test.each([
  ['answers', 200, 0],
  ['is not well', 503, 1],
  ['hangs', null, 1],
])(
  'the health check of the image, which needs no Node.js, tells a service that %s',
  async (_how, status, code) => {
    const [, command = '[]'] = /^HEALTHCHECK .*\n +CMD (\[.*\])$/m.exec(DOCKERFILE) ?? []
    const [program = '', ...args] = JSON.parse(command) as string[]
    expect(program).toBe('bash')
    const server = createServer((request, reply) => {
      expect(request.url).toBe('/healthz')
      if (status === null) request.socket.destroy()
      else reply.writeHead(status).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const check = spawn(program, args, { env: { PATH: process.env.PATH, PORT: String(port) } })
    expect((await once(check, 'exit'))[0]).toBe(code)
    server.close()
  },
)

test('what the build copies from the checkout is let through to it', () => {
  const passed = readFileSync(new URL('../../.dockerignore', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  )
  expect(copied).toContain('scripts/slim-client.ts')
  const isLet = (path: string) =>
    passed.some((one) => path === one || path === `./${one}` || path.startsWith(`${one}/`))
  expect(copied.filter((path) => !isLet(path))).toEqual([])
})
