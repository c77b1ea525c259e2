import { startFailure } from '../app/start-failure.ts'
import { systemRandom } from '../platform/random.ts'
import { runOps } from './commands.ts'

/** `npm run ops -- <command>`: an operator's manual commands, outside the running service. */

// Ignores a pipe that is closed early (`… | head`).
process.stdout.on('error', () => process.exit(0))
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

try {
  process.exitCode = await runOps(process.argv.slice(2), {
    env: process.env,
    random: systemRandom,
    signal: stop.signal,
    print: (line) => void process.stdout.write(`${line}\n`),
  })
} catch (error) {
  const { message, exitCode } = startFailure(error)
  process.stderr.write(`${message}\n`)
  process.exitCode = exitCode
}
