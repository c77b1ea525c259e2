import { createApi } from '../../sandbox/demo/client.ts'
import { beginsAnew, change, follow, setBack, told } from './following.ts'
import { listened, neverTwice, notListened, untouched } from './listening.ts'
import { cancel, collect, kept, place, someStaged } from './ordering.ts'
import { readRecord, writeRecord } from './record.ts'
import { register } from './registering.ts'
import { createSandboxClient } from './sandbox-client.ts'

/**
 * One step of the walk through running containers, from the machine that they run on; run.sh says in which
 * order. Takes the addresses from BASE_URL and SANDBOX_URL, the operator's key from OPERATOR_API_KEY and
 * keeps what the next step needs in the file WALK_RECORD.
 */

const [step = '', argument = ''] = process.argv.slice(2)

function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

async function run(): Promise<void> {
  const path = need('WALK_RECORD')
  const baseUrl = need('BASE_URL')
  const sandbox = createSandboxClient(need('SANDBOX_URL'))
  if (step === 'register')
    return writeRecord(path, await register(baseUrl, need('OPERATOR_API_KEY'), sandbox))
  const record = await readRecord(path)
  const client = createApi(baseUrl, record.apiKey)
  const amount = Number(argument)
  // Where the machine is busy with something else, everything comes later, and is as right as ever.
  const limitMs = amount * 1000 * Number(process.env.WALK_PATIENCE ?? 1)
  const steps: Record<string, () => Promise<void>> = {
    listened: () => listened(client, sandbox, limitMs),
    'not-listened': () => notListened(sandbox, amount * 1000),
    'never-twice': () => neverTwice(sandbox, amount * 1000),
    place: () => place(sandbox, record, amount),
    'some-staged': () => someStaged(client, limitMs),
    collect: () => collect(client, sandbox, record, limitMs),
    kept: () => kept(client, record),
    cancel: () => cancel(client, sandbox, record),
    untouched: () => untouched(sandbox),
    follow: () => follow(client, record),
    'set-back': () => setBack(record),
    'begins-anew': () => beginsAnew(client, sandbox, record, limitMs),
    told: () => told(client, sandbox, record, limitMs),
    change: () => change(client, sandbox, record, limitMs),
  }
  const chosen = steps[step]
  if (!chosen) throw new Error(`Steps: register, ${Object.keys(steps).join(', ')}`)
  await chosen()
  await writeRecord(path, record)
}

try {
  await run()
} catch (error) {
  process.stderr.write(`${step}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
