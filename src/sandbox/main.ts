import { systemRandom } from '../platform/random.ts'
import { sandboxEnvironment, startSandbox } from './sandbox.ts'

/** `npm run sandbox`: the simulated malls and their mail server alone, on fixed ports, for a service started by hand. */

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const sandbox = await startSandbox({
  ports: { rakuten: 4101, yahoo: 4102, imap: 4143 },
  seed: 1,
  random: systemRandom,
})

print('The sandbox is up. Start the service against it with:\n')
for (const [name, value] of Object.entries(sandboxEnvironment(sandbox))) print(`  export ${name}=${value}`)
print('  npm start\n')
const { host, port, username, password } = sandbox.mailbox
print(`Mailbox  ${host}:${port} (security: plain)  ${username}  ${password}`)
for (const mall of Object.values(sandbox.malls)) {
  const code = sandbox.shops[mall.name]
  print(`${mall.name.padEnd(8)} ${code}  credentials ${JSON.stringify(mall.credentialsFor(code))}`)
  print(`         place an order: curl -X POST ${mall.url}/_control/orders -H 'content-type: application/json' -d '{"count":1}'`)
}

const stop = () => void sandbox.close().then(() => process.exit(0))
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
