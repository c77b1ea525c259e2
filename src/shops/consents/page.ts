import { createHash } from 'node:crypto'
import type { ConsentWords } from './result.ts'

/**
 * The page that a mall's redirect ends on: text alone, nothing to load or run, and to submit at most a code,
 * to the same address.
 */

/** Form field of the typed code. */
export const CODE_FIELD = 'confirmation'

const STYLE =
  'body{font-family:sans-serif;line-height:1.8;max-width:40em;margin:3em auto;padding:0 1em;color:#222}h1{font-size:1.3em}.code{color:#666;font-size:.85em}'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

export const pageHeaders = (submits: boolean): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action ${submits ? "'self'" : "'none'"}; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex, nofollow, noarchive',
  // The address holds the code and the state.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
})

/** @param asked what goes back beside the code that is typed; null where none is asked for */
export function consentPage(
  { title, text, code }: Pick<ConsentWords, 'title' | 'text' | 'code'>,
  asked: Readonly<Record<string, string>> | null = null,
): string {
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
${paragraphs}${asked === null ? '' : form(asked)}
<p class="code">${escaped(code)}</p>
</body>
</html>
`
}

const form = (asked: Readonly<Record<string, string>>): string => `
<form method="get">${Object.entries(asked)
  .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
  .join('')}
<p><label>確認コード <input name="${CODE_FIELD}" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required autofocus></label>
<button>確認する</button></p></form>`

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
