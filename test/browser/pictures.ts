import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { layoutFaults, openScreen, screensOf, WIDTHS } from './layout.ts'
import { enterDemo, startRig } from './rig.ts'

/**
 * Pictures of every screen at four widths, light and dark, with what is wrong with its layout:
 * `node test/browser/pictures.ts <folder> [word of a screen's name]`.
 */

const [, , folder = '.data/pictures', word = ''] = process.argv
mkdirSync(folder, { recursive: true })
const rig = await startRig()
try {
  const screens = (await screensOf(rig)).filter(({ name }) => name.includes(word))
  for (const size of Object.values(WIDTHS))
    for (const dark of [false, true]) {
      const { page, close } = await enterDemo(rig, { ...size, dark })
      for (const screen of screens) {
        const name = `${screen.name}-${size.width}-${dark ? 'dark' : 'light'}`
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
