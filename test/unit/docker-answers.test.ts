import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { dockerAnswers, inContainer } from '../support/docker/answers.ts'

/** In a thread of its own, as the question blocks the one that asks. */
async function startDaemon(status: number): Promise<{ host: string; socket: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-docker-'))
  const socket = join(dir, 'docker.sock')
  const thread = new Worker(
    `const { createServer } = require('node:http'); const { parentPort } = require('node:worker_threads')
    const answer = ({ url }, response) => response.writeHead(url === '/_ping' ? ${status} : 404).end('OK')
    createServer(answer).listen(${JSON.stringify(socket)}, () => {
      const server = createServer(answer).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
    })`,
    { eval: true },
  )
  onTestFinished(async () => {
    await thread.terminate()
    await rm(dir, { recursive: true, force: true })
  })
  const [port] = await once(thread, 'message')
  return { host: `tcp://127.0.0.1:${port}`, socket: `unix://${socket}` }
}

test('Docker answers by its socket or its host, unless it is left alone', async () => {
  const { host, socket } = await startDaemon(200)
  for (const DOCKER_HOST of [host, socket]) {
    expect(dockerAnswers({ DOCKER_HOST })).toBe(true)
    expect(dockerAnswers({ DOCKER_HOST, TEST_CONTAINERS: '0' })).toBe(false)
  }
  const dir = socket.slice('unix://'.length, -'/docker.sock'.length)
  expect(dockerAnswers({ XDG_RUNTIME_DIR: dir })).toBe(true)
})

test('a daemon that refuses, a file without one and a closed port are no Docker', async () => {
  const { host } = await startDaemon(503)
  const dir = await mkdtemp(join(tmpdir(), 'torikomi-docker-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'docker.sock'), '')
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  for (const DOCKER_HOST of [host, `unix://${dir}/docker.sock`, `tcp://127.0.0.1:${port}`])
    expect(dockerAnswers({ DOCKER_HOST }), DOCKER_HOST).toBe(false)
})

test('a container is used where Docker answers; this machine’s own server where none can be started', async () => {
  const own = async () => 'own'
  const none = () => Promise.reject(new Error('no such image'))
  const { host } = await startDaemon(200)
  expect(await inContainer({ DOCKER_HOST: host }, 'x:1', async () => 'container', own)).toBe('container')
  expect(await inContainer({ DOCKER_HOST: host }, 'x:1', none, own)).toBe('own')
  expect(await inContainer({ DOCKER_HOST: host, TEST_CONTAINERS: '0' }, 'x:1', none, own)).toBe('own')
})
