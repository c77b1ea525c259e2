import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { hasBrowser, LEFT_OUT, launchBrowser } from '../../browser/rig.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'

describe.skipIf(!hasBrowser)(`/docs${LEFT_OUT}`, () => {
  let database: TestDatabase
  let app: App
  let browser: Browser
  let url: string
  let key: string

  beforeAll(async () => {
    database = await freshDatabase()
    app = await wholeServer(database, { eventLoopDelayMs: 0, requestsPerMinute: 100_000 })
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    const payload = { tenantId: (await makeTenant(database.db)).id, name: 'docs' }
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` }
    key = (await app.inject({ method: 'POST', url: '/v1/admin/api-keys', headers, payload })).json().key
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
    await database?.close()
  })

  it('is closed at first, finds each operation, and runs the one that is opened', async () => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    const { paths } = (await app.inject('/openapi.json')).json()
    await page.goto(`${url}/docs`)
    const search = page.getByRole('searchbox')
    await search.fill('listorders')
    await page.locator('#listOrders').waitFor()
    const ids = Object.values<Record<string, { operationId: string }>>(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    const missed = await page.evaluate<string[]>(`${JSON.stringify(ids)}.filter((id) => {
      const input = document.getElementById('search')
      input.value = id
      input.dispatchEvent(new Event('input'))
      return !document.getElementById(id)?.checkVisibility()
    })`)
    expect(missed).toEqual([])
    for (const [sought, id] of [
      ['updatedSince', 'listOrders'],
      ['change_content', 'requestSiteChanges'],
    ] as const) {
      await search.fill(sought)
      await page.locator(`#${id}`).waitFor()
    }
    await search.fill('nothing is called so')
    await page.locator('#none').waitFor()

    await search.fill('GET /v1/orders listOrders')
    await page.locator('#listOrders > summary').click()
    const operation = page.locator('#listOrders')
    await operation.getByRole('button', { name: 'Authorize' }).click()
    const dialog = page.locator('.modal-ux')
    await dialog.getByRole('textbox').first().fill(key)
    await dialog.getByRole('button', { name: 'Apply credentials' }).first().click()
    await dialog.getByRole('button', { name: 'Close' }).first().click()
    const answer = page.waitForResponse((response) => response.url().includes('/v1/orders'))
    await operation.getByRole('button', { name: 'Execute' }).click()
    expect((await answer).status()).toBe(200)
    expect(errors).toEqual([])

    await page.goto(`${url}/docs#getBoard`)
    await page.reload()
    await page.locator('#getBoard .opblock').waitFor()
  })
})
