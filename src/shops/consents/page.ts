import { createHash } from 'node:crypto'
import type { ConsentWords } from './result.ts'

/** The page that a mall's redirect ends on: text alone, nothing to load, run or submit. */

const STYLE =
  'body{font-family:sans-serif;line-height:1.8;max-width:40em;margin:3em auto;padding:0 1em;color:#222}h1{font-size:1.3em}.code{color:#666;font-size:.85em}'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex, nofollow, noarchive',
  // The address holds the code and the state.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
}

export function consentPage({ title, text, code }: Pick<ConsentWords, 'title' | 'text' | 'code'>): string {
  const paragraphs = text.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')
  return `<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex, nofollow">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} - Torikomi</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${paragraphs}
<p class="code">${escaped(code)}</p>
</body>
</html>
`
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
