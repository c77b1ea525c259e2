import http from 'node:http'
import https from 'node:https'

/**
 * Points a client of Amazon's API at the sandbox without a change of the client: what it would send to
 * Amazon's two fixed hosts goes to AMAZON_SANDBOX. `AMAZON_SANDBOX=http://127.0.0.1:4103 node --import
 * ./sandbox/amazon-hosts.mjs client.js`
 */
const sandbox = new URL(process.env.AMAZON_SANDBOX ?? 'http://127.0.0.1:4103')
const HOSTS = /^(api\.amazon\.com|sellingpartnerapi-(fe|na|eu)\.amazon\.com)$/

const original = https.request
https.request = (...args) => {
  const options = typeof args[0] === 'object' && !(args[0] instanceof URL) ? args[0] : null
  if (!options) return original(...args)
  const host = options.hostname ?? options.host ?? ''
  if (!HOSTS.test(host)) throw new Error(`Not a host of Amazon's API, and not called: ${host}`)
  const { hostname, port } = sandbox
  // A key of undefined, not a key left out: both are clients' ways to say "none".
  const plain = { ...options, protocol: 'http:', host: hostname, hostname, port, agent: undefined }
  return http.request({ ...plain, agents: undefined }, ...args.slice(1))
}
