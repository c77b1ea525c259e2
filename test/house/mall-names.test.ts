import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MALLS } from '../../src/marketplaces/index.ts'

/**
 * A mall owns its facts: beyond its folder and the list of malls no line of code names one, so that a fifth
 * mall changes no other file. Comments may: the reason for a rule is often one mall's habit.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const words = [...MALLS.flatMap(({ name, label }) => [name, label]), '楽天', 'ヤフー', 'アマゾン', 'wowma']
/** Within an identifier too: `RakutenOptions`, `rakutenOnly`; a connector is also a thing of HTTP clients. */
const NAMED = new RegExp(words.join('|').replace('connector', String.raw`(?<![.\w])connector\b`), 'i')

const files = globSync('src/**/*.ts', {
  cwd: ROOT,
  exclude: (path) => /^src\/generated|node_modules|\.test\.ts$/.test(path),
}).filter(
  (path) =>
    !/^src\/marketplaces\/(index|facts|mails)\.ts$/.test(path) &&
    // Carriers are companies of their own, whoever owns them.
    path !== 'src/marketplaces/port/carriers.ts' &&
    // So are carts that export files, whether or not they are a mall of ours, too.
    !path.startsWith('src/marketplaces/order-files/') &&
    // And mail hosts.
    path !== 'src/shops/mailboxes/presets.ts' &&
    !MALLS.some(({ name }) => path.startsWith(`src/marketplaces/${name}/`)),
)

/**
 * Lines that are code, with their numbers. A comment stands on lines of its own or behind blanks, as biome
 * leaves it.
 */
const linesOf = (text: string) =>
  text
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ''))
    .split('\n')
    .map((line, at) => ({ line: line.replace(/(^|\s)\/\/ .*$/, ''), at: at + 1 }))

test('comments are told from code', () => {
  expect(linesOf("/** a\n * b */\nx('http://rakuten') // c").map(({ line }) => line)).toEqual([
    '',
    '',
    "x('http://rakuten')",
  ])
})

test('no code outside its folder names a mall', () => {
  expect(files.length).toBeGreaterThan(200)
  const named = files.flatMap((path) =>
    linesOf(readFileSync(`${ROOT}/${path}`, 'utf8'))
      .filter(({ line }) => NAMED.test(line))
      .map(({ line, at }) => `${path}:${at} ${line.trim()}`),
  )
  expect(named).toEqual([])
})
