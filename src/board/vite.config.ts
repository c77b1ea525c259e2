import { defineConfig } from 'vite'

/** Everything from our own host and in files: the page's policy allows neither inline code nor data in place of files. */
export default defineConfig({
  base: '/board/',
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      // Said of each file of react-query and react-aria; there are no server components here.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
})
