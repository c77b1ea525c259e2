import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningService, startService } from '../support/service/service.ts'
import { inviteByPage, openPerson } from './first-steps.ts'
import { LEFT_OUT, launchBrowser } from './rig.ts'

/** The walk of a quick run; first-hour.test.ts goes on from here to the first order. */
describe.skipIf(LEFT_OUT !== '')(`the first steps${LEFT_OUT}`, () => {
  let browser: Browser
  let service: RunningService
  let dataDir: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'torikomi-steps-'))
    service = await startService({ DATA_DIR: join(dataDir, '.data') })
    browser = await launchBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  })

  test('an operator gets from npm start on nothing to an owner who opens the invitation', async () => {
    const operator = await openPerson(browser, service.url)
    const link = new URL(await inviteByPage(operator, service))
    const owner = await openPerson(browser, `${service.url}/board/${link.hash}`)
    await owner.page.getByRole('button', { name: 'アカウントを作る' }).waitFor()
    expect([operator.complaints, owner.complaints]).toEqual([[], []])
  })
})
