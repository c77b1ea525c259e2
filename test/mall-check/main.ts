import { parseArgs } from 'node:util'
import { type Result, runChecks } from './checks.ts'

const HELP = `npm run mall-check -- <URL> --secret <whsec_…> [options]

Plays Torikomi against a connector: 24 checks in six groups, without the service. URL: what stands before /torikomi/v1.

  --secret <text>   the shared secret
  --token <text>    a bearer token instead of it
  --order <number>  an open order of a test shop that is shipped; left out: no change is tried
  --cancel <number> an open order of a test shop that is cancelled
  --days <number>   days back that are listed         (7)
  --json            the results as JSON
  --help

Exit code 0: all that was tried holds. 1: something failed. 64: wrong options. See docs/connector.md.
`

const OPTIONS = {
  secret: { type: 'string' },
  token: { type: 'string' },
  order: { type: 'string' },
  cancel: { type: 'string' },
  days: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const { values, positionals } = readOptions()
if (values.help) {
  process.stdout.write(HELP)
  process.exit()
}
const [url = ''] = positionals
const days = Number(values.days)
if (!URL.canParse(url) || positionals.length !== 1) fail('one URL is needed')
if ((values.secret === undefined) === (values.token === undefined)) fail('--secret or --token is needed')
if (!Number.isInteger(days) || days < 1 || days > 31) fail('--days is 1 to 31')

const { secret, token, order, cancel } = values
const results = await runChecks({ url, secret, token, order, cancel, days })
process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : shown(results))
process.exitCode = results.some(({ state }) => state === 'failed') ? 1 : 0

function shown(all: readonly Result[]): string {
  const signs = { held: '✓', failed: '✗', 'left out': '–' } as const
  const lines = all.map(
    ({ group, check, state, reason }) =>
      `${signs[state]} ${group.padEnd(8)} ${check}${reason === null ? '' : `\n    ${reason}`}`,
  )
  const count = (state: Result['state']) => all.filter((one) => one.state === state).length
  return `${lines.join('\n')}\n${count('held')} held, ${count('failed')} failed, ${count('left out')} left out\n`
}

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n\n${HELP}`)
  process.exit(64)
}
