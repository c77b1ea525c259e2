import { systemRandom } from '../src/platform/random.ts'
import { setup, startDesk } from './desk.ts'
import { expose } from './kit/expose.ts'
import { startSandbox } from './sandbox.ts'

/**
 * `npm run sandbox`: the simulated malls and their mail server alone, on fixed ports, for a service started by hand. With
 * SANDBOX_HOST, the name that others know this container by, they are reached from outside it too.
 */

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const sandbox = await startSandbox({
  ports: { rakuten: 4101, yahoo: 4102, amazon: 4103, aupay: 4104, imap: 4143 },
  seed: 1,
  random: systemRandom,
})
const host = process.env.SANDBOX_HOST
const desk = await startDesk(sandbox, 4100, host ?? '127.0.0.1')
const ports = [desk, ...Object.values(sandbox.malls)].map(({ url }) => Number(new URL(url).port))
const exposed = host ? await expose([...ports, sandbox.mailbox.port]) : null

const { environment, mailbox, shops } = setup(sandbox, host ?? '127.0.0.1')
print('The sandbox is up. Start the service against it with:\n')
for (const [name, value] of Object.entries(environment)) print(`  export ${name}=${value}`)
print('  npm start\n')
print(`Mailbox  ${mailbox.host}:${mailbox.port} (security: plain)  ${mailbox.username}  ${mailbox.password}`)
for (const { marketplace, code, credentials } of shops) {
  print(`${marketplace.padEnd(8)} ${code}  credentials ${JSON.stringify(credentials)}`)
  print(
    `         place an order: curl -X POST ${desk.url}/${marketplace}/orders -H 'content-type: application/json' -d '{"count":1}'`,
  )
}
print(`The same as JSON: curl ${desk.url}/setup; what arrived in the mailbox: curl ${desk.url}/mailbox`)

const stop = () =>
  void Promise.all([exposed?.close(), desk.close(), sandbox.close()]).then(() => process.exit(0))
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
