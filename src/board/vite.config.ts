import { defineConfig, type Plugin } from 'vite'

/** A script of its own at the head of the page, which runs while the page's code is still on its way. */
const early: Plugin = {
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const chunk = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.name === 'early')
      // The dev server makes no bundle: there the page asks later.
      if (!chunk) return []
      return [
        {
          tag: 'script',
          attrs: { type: 'module', async: true, crossorigin: true, src: `/board/${chunk.fileName}` },
          injectTo: 'head-prepend',
        },
      ]
    },
  },
}

/** Everything from our own host and in files: the page's policy allows neither inline code nor data in place of files. */
export default defineConfig({
  base: '/board/',
  plugins: [early],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      input: { index: 'index.html', early: 'src/early.ts' },
      // Said of each file of react-query and react-aria; there are no server components here.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
})
