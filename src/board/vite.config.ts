import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

/** Screens that a day begins with: `early.ts` asks for their files while the page's code is on its way. */
const FIRST_SCREENS = ['sign-in', 'home', 'orders', 'order']

/** A script of its own at the head of the page, which runs while the page's code is still on its way. */
const early: Plugin = {
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle, chunk: page }) {
      const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk')
      const script = chunks.find(({ name }) => name === 'early')
      // The dev server makes no bundle: there the page asks later.
      if (!script || !page) return []
      if (script.imports.length > 0) throw new Error(`early.ts would wait for ${script.imports}`)
      const filesOf = (name: string, known: Set<string>): string[] => {
        const chunk = chunks.find(({ fileName }) => fileName === name)
        if (!chunk || known.has(name)) return []
        known.add(name)
        return [name, ...chunk.imports.flatMap((one) => filesOf(one, known))]
      }
      const lists = FIRST_SCREENS.map((screen) => {
        const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/screens/${screen}.tsx`))
        if (!chunk) throw new Error(`${screen} is no file of its own`)
        const files = filesOf(chunk.fileName, new Set([page.fileName, ...page.imports]))
        const content = files.map((file) => `/board/${file}`).join(' ')
        return { tag: 'meta', attrs: { name: `files-${screen}`, content }, injectTo: 'head-prepend' as const }
      })
      const attrs = { type: 'module', async: true, crossorigin: true, src: `/board/${script.fileName}` }
      return [...lists, { tag: 'script', attrs, injectTo: 'head-prepend' as const }]
    },
  },
}

/**
 * Below what is said while the page loads, which is painted without it: on a slow line long before any of the
 * files is there.
 */
const styleLater: Plugin = {
  name: 'style-later',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const [link = ''] = /[ \t]*<link rel="stylesheet"[^>]*>\n/.exec(html) ?? []
      return html.replace(link, '').replace('</body>', () => `${link}  </body>`)
    },
  },
}

/** The licence texts of the bundle in a file of their own: MIT and Apache require them. */
const licences: Plugin = {
  name: 'licences',
  generateBundle() {
    const modules = join(import.meta.dirname, 'node_modules')
    const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'))
    const folders = [...this.getModuleIds()].flatMap(
      (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? [],
    )
    // Style sheets of a package are no modules of the bundle.
    const named = Object.keys(dependencies).map((name) => join(modules, name))
    const source = [...new Set([...folders, ...named])].sort().map(licenceOf).join('\n')
    this.emitFile({ type: 'asset', name: 'licences.txt', source })
  },
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const file = Object.values(bundle ?? {}).find((one) => one.fileName.includes('licences'))
      return file ? [{ tag: 'link', attrs: { rel: 'license', href: `/board/${file.fileName}` } }] : []
    },
  },
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [file] = globSync('{LICEN[CS]E,licen[cs]e}*', { cwd: folder })
  const text = file ? readFileSync(join(folder, file), 'utf8') : ''
  return `${name} ${version} (${license})\n\n${text.trim()}\n\n${'-'.repeat(70)}\n`
}

/** Everything from our own host and in files: the page's policy allows no inline code or data. */
export default defineConfig({
  base: '/board/',
  plugins: [early, licences, styleLater],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    target: 'es2022',
    // `light-dark()` as it is: replaced by variables it would not follow a color-scheme below the root.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      input: { index: 'index.html', early: 'src/early.ts' },
      output: {
        codeSplitting: {
          groups: [
            // One file instead of ten, one for each set of screens that share. The early script has its own.
            {
              name: 'page',
              tags: ['$initial'],
              test: (id) => !/\/src\/(early|kept|list\/order-query|parts\/format)\.ts$/.test(id),
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
      // Said of each file of react-query and react-aria; there are no server components here.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
})
