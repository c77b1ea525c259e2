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
  // Full-width brackets within Japanese: `English (日本語)` is English, and the headings of carriers' files are theirs.
  [/[ぁ-んァ-ヶー一-龠々、。」・](?<!^\s*(?:\/?\*|\/\/).*)\((?![?^[]|SP)/, '（'],
  [/(?:[A-Za-z0-9}]|\(')\([ぁ-んァ-ヶ一-龠](?<!^\s*(?:\/?\*|\/\/).*)(?<!HOUR.*)/, '（'],
  [/と言われました/, 'what happened, not who said so'],
]

const files = globSync(
  ['src/**/*.{ts,tsx}', 'sandbox/**/*.ts', 'README.ja.md', 'docs/*.ja.md', 'docs/board*.md'],
  {
    exclude: [
      // What malls and carriers write themselves.
      ...[
        'src/**/*.test.ts',
        'src/**/fixtures/**',
        'src/labels/formats/**',
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
