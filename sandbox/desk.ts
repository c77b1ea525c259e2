import { jsonAnswer, type SandboxAnswer, type SandboxRequest, startSandboxServer } from './kit/http-kit.ts'
import { SANDBOX_MALLS, SANDBOX_SHOPS } from './malls/index.ts'
import { type Sandbox, sandboxEnvironment } from './sandbox.ts'

/**
 * The whole sandbox from outside its process, on one port of 127.0.0.1:
 * - `GET /setup`: what a service has to be told: environment, mailbox, each mall's shop with its credentials
 * - `GET /mailbox`: what was delivered and when, the mails with their flags, the connections and commands so far
 * - `/<mall>/…`: that mall's control API, `POST /rakuten/orders` for one
 */
export function startDesk(
  sandbox: Sandbox,
  port: number,
  host: string,
): ReturnType<typeof startSandboxServer> {
  return startSandboxServer(port, (request) => {
    if (request.method === 'GET' && request.path === '/setup') return jsonAnswer(200, setup(sandbox, host))
    if (request.method === 'GET' && request.path === '/mailbox') return jsonAnswer(200, mailbox(sandbox))
    return passOn(sandbox, request)
  })
}

/** With `host` in the place of 127.0.0.1, for a service that runs elsewhere. */
export function setup(sandbox: Sandbox, host: string) {
  const environment = Object.fromEntries(
    Object.entries(sandboxEnvironment(sandbox)).map(([name, value]) => [
      name,
      value.replace('127.0.0.1', host),
    ]),
  )
  const shops = SANDBOX_MALLS.map((mall) => {
    const { code } = SANDBOX_SHOPS[mall]
    return { marketplace: mall, code, credentials: sandbox.malls[mall].credentialsFor(code) }
  })
  return { environment, mailbox: { ...sandbox.mailbox, host, security: 'plain' }, shops }
}

function mailbox({ imap, mailbox: { username }, delivered }: Sandbox) {
  return {
    connections: imap.connections(username),
    commands: imap.commands(username),
    mails: imap.mails(username),
    delivered: delivered.map(({ event, deliveredAt }) => ({
      orderNumber: event.order.orderNumber,
      type: event.type,
      deliveredAt: new Date(deliveredAt).toISOString(),
    })),
  }
}

async function passOn(sandbox: Sandbox, { method, path, body }: SandboxRequest): Promise<SandboxAnswer> {
  const [, name = '', rest = ''] = /^\/([a-z]+)\/(.*)$/.exec(path) ?? []
  const mall = Object.values(sandbox.malls).find((candidate) => candidate.name === name)
  if (!mall) return jsonAnswer(404, { message: 'Only /setup, /mailbox and /<mall>/… are here.' })
  const answer = await fetch(`${mall.url}/_control/${rest}`, { method, ...(body === '' ? {} : { body }) })
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: await answer.text(),
  }
}
