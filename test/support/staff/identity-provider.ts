import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An OpenID provider on this machine, as Google or Entra answer: discovery, keys, code flow with PKCE. */
export interface TestProvider {
  issuer: string
  /** Who signs in next, and what the provider says of them. */
  person: Record<string, unknown>
  /** Spoils the next id token. */
  spoil: ((claims: Record<string, unknown>) => void) | null
  /**
   * What its sign-in page does once the person has signed in: the address that it sends the browser back to.
   */
  visit(url: string): URL
  close(): Promise<void>
}

export const CLIENT = { clientId: 'torikomi', clientSecret: 'secret-of-the-client' }

export async function startProvider(): Promise<TestProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, { challenge: string; nonce: string; redirectUri: string }>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/.well-known/openid-configuration') return send(200, discovery(provider.issuer))
    if (request.url === '/jwks')
      return send(200, {
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      })
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const code = codes.get(form.get('code') ?? '')
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (
      request.url !== '/token' ||
      !code ||
      code.challenge !== verifier ||
      code.redirectUri !== form.get('redirect_uri')
    )
      return send(400, { error: 'invalid_grant' })
    codes.delete(form.get('code') ?? '')
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: provider.issuer,
      aud: CLIENT.clientId,
      iat: now,
      exp: now + 300,
      nonce: code.nonce,
      ...provider.person,
    }
    provider.spoil?.(claims)
    provider.spoil = null
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')
    send(200, {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 300,
      id_token: `${signed}.${signature}`,
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    person: {},
    spoil: null,
    visit(url) {
      const { searchParams } = new URL(url)
      const code = randomUUID()
      const redirectUri = searchParams.get('redirect_uri') ?? ''
      const challenge = searchParams.get('code_challenge') ?? ''
      codes.set(code, { challenge, nonce: searchParams.get('nonce') ?? '', redirectUri })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', searchParams.get('state') ?? '')
      return back
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return provider
}

const discovery = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
})
