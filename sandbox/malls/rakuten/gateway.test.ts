import { describe, expect, it } from 'vitest'
import { esa, rakutenKit } from './test-kit.ts'

const kit = rakutenKit()
const { auth, call } = kit

describe('the gateway', () => {
  it.each<[string, string, number, string]>([
    ['no ESA', 'Bearer x', 400, 'GK0001'],
    ['undecodable', 'ESA ???', 400, 'GK0001'],
    ['without a colon', esa('x'), 400, 'GK0001'],
    ['wrong keys', esa('SP1:SL1'), 401, 'GA0001'],
  ])('refuses a header that is %s', async (_name, authorization, status, code) => {
    const answer = await call('searchOrder', {}, { authorization })
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(code)
  })

  it('wraps its errors as told', async () => {
    const authorization = esa('SP1:SL1')
    kit.mall.change({ envelope: 'Results', envelopeStatus: 200, refusedCode: 'ES01-01' })
    const wrapped = await call('getOrder', {}, { authorization })
    expect([wrapped.status, wrapped.json]).toEqual([
      200,
      { Results: { errorCode: 'ES01-01', message: 'Un-Authorised' } },
    ])
    kit.mall.change({ envelope: 'empty' })
    expect(await call('getOrder', {}, { authorization })).toMatchObject({ status: 401, text: '' })
  })

  it('refuses expired keys and functions that are not switched on', async () => {
    kit.mall.change({ disabledFunctions: ['searchOrder'] })
    expect((await call('searchOrder', {})).status).toBe(401)
    expect((await call('getSubStatusList', {})).status).toBe(200)
    kit.mall.change({ keyExpiresAt: '2026-05-18T23:59:59' })
    expect((await call('getSubStatusList', {})).status).toBe(401)
  })

  it('knows its routes, with and without the slash', async () => {
    expect((await call('getSubStatusList', {}, { slash: '' })).status).toBe(200)
    expect((await call('makeCoffee', {})).status).toBe(404)
    expect((await fetch(`${kit.mall.url}/es/2.0/order/getOrder/`)).status).toBe(405)
    expect((await call('getPayment', {})).codes).toEqual(['GET_PAYMENT_ERROR_901'])
    const plain = {
      method: 'POST',
      headers: { authorization: auth(), 'content-type': 'text/plain' },
      body: '{}',
    }
    expect((await fetch(`${kit.mall.url}/es/2.0/order/getOrder/`, plain)).status).toBe(415)
  })

  it('answers the expiry date', async () => {
    const url = `${kit.mall.url}/es/1.0/license-management/license-key/expiry-date?licenseKey=x`
    const response = await fetch(url, { headers: { authorization: auth() } })
    expect(await response.json()).toEqual({ expiryDate: '2027-01-01T23:59:59' })
  })

  it('limits each shop by itself', async () => {
    kit.mall.change({ requestsPerSecond: 1 })
    const statuses = []
    for (let count = 0; count < 4; count += 1) statuses.push((await call('getSubStatusList', {})).status)
    expect(statuses).toContain(429)
    expect((await call('getSubStatusList', {}, { authorization: auth('654321') })).status).toBe(200)
  })
})
