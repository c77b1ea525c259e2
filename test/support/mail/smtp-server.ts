import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/**
 * A mail server on 127.0.0.1 that takes mails without TLS and keeps them: as much SMTP (RFC 5321) as a client
 * needs.
 */
export interface SmtpServer {
  url: string
  mails: { from: string; to: string[]; source: string }[]
  /** Lines outside of mails, as they came. */
  commands: string[]
  /** The answer to RCPT TO for an address; absent: 250. */
  refuse: Map<string, string>
  /** The access token that is taken; null: nobody has to log in. */
  token: string | null
  /** Tokens that came. */
  tokens: string[]
  close(): Promise<void>
}

/** @param tls PEM; absent: without TLS */
export async function startSmtpServer(tls?: { key: string; cert: string }): Promise<SmtpServer> {
  const mails: SmtpServer['mails'] = []
  const commands: string[] = []
  const refuse = new Map<string, string>()
  const sockets = new Set<Socket>()
  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    speak(socket, smtp)
  }
  const server = tls ? createTlsServer(tls, serve) : createServer(serve)
  // A handshake that breaks off is its client's business.
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const smtp: SmtpServer = {
    token: null,
    tokens: [],
    url: `${tls ? 'smtps' : 'smtp'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    refuse,
    commands,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return smtp
}

function speak(socket: Socket, smtp: SmtpServer): void {
  const { mails, refuse, commands } = smtp
  let from = ''
  let to: string[] = []
  let data: string[] | null = null
  let rest = ''
  let refused = false
  const say = (line: string) => socket.write(`${line}\r\n`)

  function take(line: string): void {
    if (data !== null) {
      if (line !== '.') return void data.push(line.replace(/^\.\./, '.'))
      mails.push({ from, to, source: data.join('\r\n') })
      data = null
      return void say('250 kept')
    }
    commands.push(line)
    if (refused) {
      refused = false
      return void say('535 5.7.8 no')
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (/^EHLO/i.test(line)) say(smtp.token === null ? '250 stub' : '250-stub\r\n250 AUTH XOAUTH2')
    else if (/^AUTH XOAUTH2 /i.test(line)) {
      const [, token = ''] =
        /auth=Bearer ([!-~]*)/.exec(Buffer.from(line.slice(13), 'base64').toString()) ?? []
      smtp.tokens.push(token)
      // As providers refuse: why first, in a challenge that is answered with nothing.
      refused = token !== smtp.token
      say(refused ? '334 eyJzdGF0dXMiOiI0MDEifQ==' : '235 hello')
    } else if (/^MAIL FROM/i.test(line)) {
      from = address
      to = []
      say('250 ok')
    } else if (/^RCPT TO/i.test(line)) {
      const no = refuse.get(address)
      if (no === undefined) to.push(address)
      say(no ?? '250 ok')
    } else if (/^DATA/i.test(line)) {
      data = []
      say('354 go on')
    } else if (/^STARTTLS/i.test(line)) say('502 no TLS here')
    else if (/^QUIT/i.test(line)) {
      say('221 bye')
      socket.end()
    } else say('250 ok')
  }

  say('220 stub')
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    const lines = rest.split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

/** SMTP_OAUTH of an application at Microsoft. */
export const SMTP_APPLICATION = JSON.stringify({
  kind: 'microsoft_application',
  tenant: 'x.example',
  clientId: 'app',
  clientSecret: 'app-secret',
})

/** A provider that answers every ask with this access token. */
export async function tokenEndpoint(token: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createHttpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3_600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
