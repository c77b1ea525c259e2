import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabase } from '../support/database/database.ts'
import { startService, TEST_KEYS } from '../support/service/service.ts'

/** A process that hangs ends itself; one that was only held up goes on. */

const WATCHDOG = new URL('../../src/platform/watchdog.ts', import.meta.url).href
const STEP_MS = 100
const STEPS = 10

/** Works as `program` says, which `hold` stops for so many milliseconds. @returns lines as they come */
function start(program: string, ...flags: string[]) {
  const child = spawn(
    process.execPath,
    [
      ...flags,
      '--input-type=module',
      '--eval',
      `import { startWatchdog } from ${JSON.stringify(WATCHDOG)}
       startWatchdog(${STEPS}, ${STEP_MS})
       const hold = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ); }
       ${program}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return {
    child,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal, output, errors })),
    said: (text: string) => expect.poll(() => output).toContain(text),
  }
}

test('an event loop that never answers ends its process, and says why', async () => {
  const { ended } = start(`setTimeout(() => { for (;;); }, 50)`)
  const { signal, errors } = await ended
  expect(signal).toBe('SIGALRM')
  expect(JSON.parse(errors)).toMatchObject({ level: 60, msg: expect.stringContaining('hangs') })
})

test('long work within the limit, many times over, is no hang, and the process ends by itself', async () => {
  const { ended } = start(
    `for (let n = 0; n < 5; n++) { hold(${(STEPS * STEP_MS) / 2}); await new Promise((go) => setTimeout(go, ${STEP_MS})) }
     console.log('done')`,
  )
  expect(await ended).toMatchObject({ code: 0, output: 'done\n' })
})

test('time in which the process was stopped is none of its own', async () => {
  const { child, ended, said } = start(
    `console.log('here'); setTimeout(() => console.log('back'), ${STEPS * STEP_MS}); setTimeout(() => undefined, ${2 * STEPS * STEP_MS})`,
  )
  await said('here')
  child.kill('SIGSTOP')
  // The time itself is what is tested: longer than a hang may last.
  await new Promise((resolve) => setTimeout(resolve, 3 * STEPS * STEP_MS))
  child.kill('SIGCONT')
  await said('back')
  expect(await ended).toMatchObject({ code: 0, signal: null })
})

test('a process that a debugger looks at may be held', async () => {
  const { ended } = start(
    `await new Promise((go) => setTimeout(go, ${2 * STEP_MS})); hold(${3 * STEPS * STEP_MS}); console.log('done')`,
    '--inspect=127.0.0.1:0',
  )
  expect(await ended).toMatchObject({ code: 0, output: 'done\n' })
})

test('the service ends when it hangs, and begins anew as any other that ended', async () => {
  const database = await emptyDatabase()
  onTestFinished(() => database.close())
  const environment = { DATABASE_URL: database.url, ENCRYPTION_KEYS: TEST_KEYS, OPERATOR_API_KEY: 'operator' }
  // Nothing of the service hangs when it is told to.
  const hangs = `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { for (;;); })`)}`
  const service = await startService({
    ...environment,
    // More than a start takes at once on a machine at work.
    WATCHDOG_SECONDS: '6',
    NODE_OPTIONS: hangs,
  })
  onTestFinished(() => service.kill())
  process.kill(service.pid, 'SIGUSR2')
  expect(await service.ended).toEqual({ code: null, signal: 'SIGALRM' })
  expect(service.output()).toContain('the process hangs')
  const next = await startService(environment)
  onTestFinished(() => next.kill())
  expect((await fetch(`${next.url}/readyz`)).status).toBe(200)
})

test('a watch that ends is told, and the process goes on', async () => {
  const { ended } = start(
    `import { Worker } from 'node:worker_threads'
     const on = Worker.prototype.on
     // As a thread that meets its limit of memory.
     Worker.prototype.on = function (name, listener) {
       const made = on.call(this, name, listener)
       if (name === 'error') setTimeout(() => this.emit('error', new Error('out of memory')), 50)
       return made
     }
     startWatchdog(${STEPS}, ${STEP_MS})
     setTimeout(() => console.log('went on'), 300)`,
  )
  const { code, output, errors } = await ended
  expect({ code, output }).toEqual({ code: 0, output: 'went on\n' })
  expect(errors).toContain('the watchdog has ended: out of memory')
})
