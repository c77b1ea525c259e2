import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { layoutFaults, openScreen, screensOf, WIDTHS } from './layout.ts'
import { enterDemo, startRig } from './rig.ts'

/**
 * Pictures of every screen at four widths, light and dark, with what is wrong with its layout:
 * `node test/browser/pictures.ts <folder> [part of their names]`, as `print` or `2560-dark`.
 */

const [, , folder = '.data/pictures', part = ''] = process.argv
mkdirSync(folder, { recursive: true })
const rig = await startRig()
try {
  const screens = await screensOf(rig)
  for (const size of Object.values(WIDTHS))
    for (const dark of [false, true]) {
      const named = screens
        .map((screen) => ({ screen, name: `${screen.name}-${size.width}-${dark ? 'dark' : 'light'}` }))
        .filter(({ name }) => name.includes(part))
      if (named.length === 0) continue
      const { page, close } = await enterDemo(rig, { ...size, dark })
      for (const { screen, name } of named) {
        try {
          await openScreen(page, rig, screen)
          for (const fault of await layoutFaults(page)) process.stdout.write(`${name}: ${fault}\n`)
        } catch (error) {
          process.stdout.write(`${name}: ${error}\n`)
        }
        await page.screenshot({ path: join(folder, `${name}.png`) })
      }
      await close()
    }
} finally {
  await rig.close()
}
