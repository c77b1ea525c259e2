import { createHash } from 'node:crypto'

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

/** Why nothing can be made of a state. */
export type BadState = keyof typeof BAD_STATES

/** Outcome of a consent, as the page shows it. */
export type ConsentEnding =
  | {
      kind: 'stored'
      shopName: string
      mallLabel: string
      /** Japanese: what the first call with the new credentials found. */
      findings: string[]
      /** Stored all the same: what still keeps the mall from answering, Japanese. */
      problem: string | null
    }
  | { kind: 'refused'; shopName: string; mallLabel: string }
  | {
      kind: 'failed'
      shopName: string
      mallLabel: string
      code: string
      /** The mall could not be reached or understood; otherwise it said no. */
      away: boolean
      message: string
      renew: string | undefined
    }
  | { kind: 'bad_state'; reason: BadState }
  /** A program began it: who ends it must type what it was given. */
  | { kind: 'needs_code'; tenantName: string; shopName: string; mallLabel: string; wrong: boolean }
  /** Neither a code nor an error came with the redirect. */
  | { kind: 'no_answer' }
  /** The tenant may not work. */
  | { kind: 'suspended' }
  /** Our fault. */
  | { kind: 'broken'; error: unknown }

interface ConsentWords {
  status: number
  title: string
  /** Paragraphs. */
  text: readonly string[]
  /** For the person who is asked about it. */
  code: string
}

const AGAIN = '店舗設定に戻り、もう一度同意の手続きを始めてください。'
const UNCHANGED = '保存されている認証情報は変わっていません。'

/** Purpose of a consent, in the words of the page. */
export interface ConsentTerms {
  settings: string
  party: string
}

export function wordsOf(ending: ConsentEnding, terms?: ConsentTerms): ConsentWords {
  const words = shopWords(ending)
  if (terms === undefined) return words
  const said = (text: string) => text.replaceAll('店舗設定', terms.settings).replaceAll('モール', terms.party)
  return { ...words, title: said(words.title), text: words.text.map(said) }
}

function shopWords(ending: ConsentEnding): ConsentWords {
  switch (ending.kind) {
    case 'stored':
      return stored(ending)
    case 'refused':
      return {
        status: 200,
        title: '同意されませんでした',
        text: [
          `${shopOf(ending)}への同意が取り消されました。${UNCHANGED}`,
          `自動受注取込を続けるには同意が必要です。${AGAIN}`,
        ],
        code: 'CONSENT_REFUSED',
      }
    case 'failed':
      return {
        status: ending.away ? 502 : 400,
        title: '同意の手続きを完了できませんでした',
        text: [`${shopOf(ending)}: ${ending.message}`, ...(ending.renew ? [ending.renew] : []), UNCHANGED],
        code: ending.code,
      }
    case 'bad_state':
      return { status: 400, ...BAD_STATES[ending.reason] }
    case 'needs_code':
      return {
        status: ending.wrong ? 400 : 200,
        title: '確認コードを入力してください',
        text: [
          ...(ending.wrong ? ['確認コードが違います。表示された8桁の数字を確認してください。'] : []),
          `${shopOf(ending)}を契約店「${ending.tenantName}」の受注取込につなぐ手続きです。`,
          '手続きを始めたプログラムに表示された確認コードを入力してください。契約店の管理者としてログインしている場合、コードは不要です。',
          '心当たりがない場合や、契約店の名前が違う場合は、入力せずにこの画面を閉じてください。何も保存していません。',
        ],
        code: ending.wrong ? 'CONSENT_CODE_WRONG' : 'CONSENT_CODE_NEEDED',
      }
    case 'no_answer':
      return {
        status: 400,
        title: 'モールからの応答を読み取れません',
        text: [`モールの同意画面からの応答に必要な情報がありません。${UNCHANGED}`, AGAIN],
        code: 'CONSENT_NO_ANSWER',
      }
    case 'suspended':
      return {
        status: 403,
        title: 'ご契約が利用中ではありません',
        text: [
          `ご契約が利用中ではないため、同意を保存できません。運営者へお問い合わせください。${UNCHANGED}`,
        ],
        code: 'TENANT_NOT_ACTIVE',
      }
    case 'broken':
      return {
        status: 500,
        title: '予期しないエラーが起きました',
        text: [`同意の手続きを完了できませんでした。${AGAIN}`, '続く場合は運営者へ連絡してください。'],
        code: 'INTERNAL',
      }
  }
}

function stored(ending: Extract<ConsentEnding, { kind: 'stored' }>): ConsentWords {
  const done = `${shopOf(ending)}の同意を保存しました。待っていた取込は自動的に再開します。`
  if (ending.problem !== null) {
    return {
      status: 200,
      title: '同意を保存しました（確認が必要です）',
      text: [done, `ただし、モールへの接続を確認できませんでした。${ending.problem}`],
      code: 'CONSENT_STORED_UNCHECKED',
    }
  }
  return {
    status: 200,
    title: '同意を保存しました',
    text: [done, ...ending.findings, 'この画面は閉じてかまいません。'],
    code: 'CONSENT_STORED',
  }
}

const BAD_STATES = {
  unknown: {
    title: 'この手続きは確認できません',
    text: [
      `この同意の手続きは、このサービスで始められたものではないか、すでに削除されています。何も保存していません。`,
      AGAIN,
    ],
    code: 'CONSENT_STATE_UNKNOWN',
  },
  expired: {
    title: '手続きの有効期限が切れています',
    text: [`同意の手続きは開始から10分以内に行う必要があります。何も保存していません。`, AGAIN],
    code: 'CONSENT_STATE_EXPIRED',
  },
  used: {
    title: 'この手続きはすでに終わっています',
    text: [
      'この同意の手続きの結果はすでに受け取りました。画面を再読み込みしても、再実行にはなりません。',
      '結果は店舗設定の接続テストで確認できます。',
    ],
    code: 'CONSENT_STATE_USED',
  },
  too_often: {
    title: '手続きを終了しました',
    text: ['確認コードを5回間違えたため、この手続きは使えなくなりました。何も保存していません。', AGAIN],
    code: 'CONSENT_CODE_TOO_OFTEN',
  },
} as const satisfies Record<string, { title: string; text: readonly string[]; code: string }>

const shopOf = ({ shopName, mallLabel }: { shopName: string; mallLabel: string }) =>
  `「${shopName}」（${mallLabel}）`
