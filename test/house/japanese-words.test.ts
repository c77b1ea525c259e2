import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** One word for one thing in what staff read; which word it is stands in docs/architecture.md. */
const INSTEAD: readonly [wrong: RegExp, right: string][] = [
  [/運用担当者/, '運営者'],
  [/サポート(?:に|へ)/, '運営者'],
  [/やり直(?:し|す)/, '再実行'],
  [/受注メール/, '注文メール'],
  [/ブラウザ(?!ー)/, 'ブラウザー'],
  [/(?:し|い)ていただけますよう/, '〜してください'],
  // Full-width brackets within Japanese: `English (日本語)` is English, and the headings of carriers' files are
  // theirs.
  [/[ぁ-んァ-ヶー一-龠々、。」・](?<!^\s*(?:\/?\*|\/\/).*)\((?![?^[]|SP)/, '（'],
  [/(?:[A-Za-z0-9}]|\(')\([ぁ-んァ-ヶ一-龠](?<!^\s*(?:\/?\*|\/\/).*)(?<!HOUR.*)/, '（'],
  [/と言われました/, 'what happened, not who said so'],
]

const files = globSync(
  ['src/**/*.{ts,tsx}', 'sandbox/**/*.ts', 'README.ja.md', 'docs/*.ja.md', 'docs/board*.md'],
  {
    exclude: [
      // What malls, carriers and other programs write themselves.
      ...[
        'src/**/*.test.ts',
        'src/labels/formats/**',
        'src/orders/export-presets.ts',
        'sandbox/malls/**',
        'sandbox/mails/**',
        'sandbox/imap/**',
      ],
      'src/generated/**',
      'src/board/node_modules/**',
      'src/board/dist/**',
    ],
  },
)

test.each(INSTEAD)('%s is written otherwise: %s', (wrong) => {
  expect(files.length).toBeGreaterThan(500)
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (wrong.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  )
  expect(found).toEqual([])
})

/** What programs call things: no text that staff read says it. */
const OF_PROGRAMS =
  /\berrors\b|confirmFirst|文字列を指定|\d{4}-\d\d-\d\dT|\bBearer\b|\bUUID\b|\b(owner|read_only|operator_without_personal_data)\b|\benabled\b|auth\.kind/

/** Texts whose reader is a program's author: they answer calls that no page makes. */
const FOR_PROGRAMS = new Set([
  'src/http/auth.ts',
  'src/http/idempotency.ts',
  'src/http/validation.ts',
  'src/http/problems.ts',
])

/**
 * Quoted texts with Japanese in them, without what is put in; descriptions of the API are English before the
 * brackets.
 */
function textsIn(source: string): string[] {
  return [...source.matchAll(/'([^'\n]*)'|`([^`]*)`/g)].flatMap(([, plain, template]) => {
    const text = (plain ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '')
    return /[ぁ-ん一-龠]/.test(text) && !/\([^()]*\)$|^[A-Z].* \([^()]*[ぁ-ん一-龠]|^Asks /.test(text)
      ? [text]
      : []
  })
}

test('staff read the words of the page, not those of the API', () => {
  const shown = files.filter(
    (file) =>
      /^src\/(board|http|staff|shops|orders|imports|labels|mail|marks|notices|site-changes|why|webhooks|marketplaces)\//.test(
        file,
      ) &&
      !FOR_PROGRAMS.has(file) &&
      !/(openapi|routes\.ts|schemas\.ts|\/settings\.ts|facts\.ts|elsewhere\.ts)/.test(file),
  )
  const found = shown.flatMap((file) =>
    textsIn(readFileSync(file, 'utf8')).flatMap((text) =>
      OF_PROGRAMS.test(text) ? [`${file}: ${text.slice(0, 120)}`] : [],
    ),
  )
  expect(shown.length).toBeGreaterThan(300)
  expect(found).toEqual([])
})
