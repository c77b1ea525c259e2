import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutFaults, openScreen, screensOf, WIDTHS } from './layout.ts'
import { enterDemo, hasBrowser, LEFT_OUT, type Rig, seriousFindings, startRig } from './rig.ts'

/** Facts of every screen's layout, not pixels. Pictures of them: `node test/browser/pictures.ts`. */

/** Looked at in both themes, by axe too: by all its rules in the dark, by that of colours in the light. */
const BY_AXE: readonly number[] = [WIDTHS[360].width, WIDTHS[1440].width]

/** Faults that stay: a page that was just made wider is drawn anew a moment later. */
async function lastingFaults(page: Page): Promise<string[]> {
  let faults = await layoutFaults(page)
  for (let look = 0; look < 20 && faults.length > 0; look++) {
    await page.waitForTimeout(150)
    faults = await layoutFaults(page)
  }
  return faults
}

describe.skipIf(!hasBrowser)(`layout${LEFT_OUT}`, () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await startRig()
  }, 300_000)
  afterAll(async () => {
    await rig?.close()
  })

  test('at no width is anything cut, overlapping, out of line or beyond the edge, and axe finds nothing', async () => {
    const { page, complaints, close } = await enterDemo(rig, { ...WIDTHS[360], dark: true })
    const found: Record<string, string[]> = {}
    for (const screen of await screensOf(rig)) {
      await page.setViewportSize(WIDTHS[360])
      await openScreen(page, rig, screen)
      // Loaded on the phone, then wider and wider: a load for each width took most of the time.
      for (const size of Object.values(WIDTHS)) {
        await page.setViewportSize(size)
        const faults = await lastingFaults(page)
        if (BY_AXE.includes(size.width)) {
          faults.push(...(await seriousFindings(page)))
          await page.emulateMedia({ colorScheme: 'light' })
          faults.push(...(await seriousFindings(page, ['color-contrast'])).map((one) => `light: ${one}`))
          await page.emulateMedia({ colorScheme: 'dark' })
        }
        if (faults.length > 0) found[`${screen.name} at ${size.width} px`] = faults
      }
    }
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await close()
  }, 900_000)

  test('large text and low rows change what they say, at this browser, and nothing is cut', async () => {
    const { page, close } = await enterDemo(rig)
    await page.goto(`${rig.url}/board/orders?status=new`)
    const line = page.locator('.grid-line').first()
    const height = async () => (await line.boundingBox())?.height
    await line.waitFor()
    expect(await height()).toBe(40)
    const press = async (name: RegExp) => {
      await page.locator('.account-button').click()
      await page.getByRole('menuitem', { name }).click()
    }
    await press(/^行の高さ/)
    await expect.poll(height).toBe(32)
    await press(/^文字の大きさ/)
    await page.reload()
    await expect.poll(height).toBe(36)
    expect(
      await page.evaluate('parseFloat(getComputedStyle(document.documentElement).fontSize)'),
    ).toBeGreaterThan(15.5)
    expect(await layoutFaults(page)).toEqual([])
    expect(await seriousFindings(page)).toEqual([])
    await close()
  })

  test('on a phone the menu is a page of its own, and its entries lead on', async () => {
    const { page, close } = await enterDemo(rig, WIDTHS[360])
    await page.getByRole('link', { name: 'メニュー' }).click()
    await page.getByRole('link', { name: /^新規受付/ }).click()
    await page.getByRole('heading', { name: '新規受付', level: 1 }).waitFor()
    await page.getByRole('button', { name: '検索', exact: true }).click()
    await page.getByRole('searchbox', { name: '検索する文字' }).waitFor()
    await close()
  })
})
