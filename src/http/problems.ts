import { z } from 'zod'
import { AppError, type ErrorCode, type FieldError } from '../platform/errors.ts'
import { someKeysOf } from '../platform/narrow.ts'

/** Codes that only HTTP itself can raise. */
type HttpCode =
  | 'BAD_REQUEST'
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'TIMEOUT'
  | 'INTERNAL'

export type ProblemCode = ErrorCode | HttpCode

/** The one place where a code gets its HTTP status and its title. */
export const PROBLEMS: Readonly<Record<ProblemCode, { status: number; title: string }>> = {
  TENANT_MOVED: { status: 308, title: '別のサーバーへ移転しました' },
  BAD_REQUEST: { status: 400, title: 'リクエストを読み取れません' },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: 'Idempotency-Key が必要です' },
  UNAUTHENTICATED: { status: 401, title: '認証できません' },
  SIGN_IN_REFUSED: { status: 401, title: 'ログインできません' },
  SECOND_FACTOR_REQUIRED: { status: 403, title: '二段階認証が必要です' },
  CSRF_TOKEN_WRONG: { status: 403, title: 'x-csrf-token が正しくありません' },
  FORBIDDEN: { status: 403, title: 'この操作は許可されていません' },
  TENANT_NOT_ACTIVE: { status: 403, title: '利用開始前です' },
  TENANT_SUSPENDED: { status: 403, title: '利用停止中です' },
  NOT_FOUND: { status: 404, title: '見つかりません' },
  ROUTE_NOT_FOUND: { status: 404, title: 'この URL はありません' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'このメソッドは使えません' },
  CONFLICT: { status: 409, title: '現在の状態と矛盾します' },
  IDEMPOTENCY_KEY_IN_PROGRESS: { status: 409, title: '同じ Idempotency-Key を処理中です' },
  POSITION_UNKNOWN: { status: 409, title: '受注取込の位置がこのサーバーにありません' },
  POSITION_EXPIRED: { status: 410, title: '変更フィードの位置が古すぎます' },
  VERSION_MISMATCH: { status: 412, title: 'ほかの人が先に更新しました' },
  IF_MATCH_MISSING: { status: 428, title: 'If-Match が必要です' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'リクエストが大きすぎます' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: '対応していない形式です' },
  VALIDATION_FAILED: { status: 422, title: '入力に誤りがあります' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency-Key が別の内容で使われています' },
  HOST_NOT_ALLOWED: { status: 422, title: '接続できないホストです' },
  MARKETPLACE_REFUSED: { status: 422, title: 'モールが受け付けませんでした' },
  NOT_CONFIGURED: { status: 422, title: 'サーバーの設定が足りません' },
  TOO_MANY_REQUESTS: { status: 429, title: 'リクエストが多すぎます' },
  INTERNAL: { status: 500, title: 'サーバー内部のエラーです' },
  MARKETPLACE_UNAVAILABLE: { status: 503, title: 'モールに接続できません' },
  TIMEOUT: { status: 503, title: '時間内に処理できませんでした' },
  UNAVAILABLE: { status: 503, title: '一時的に利用できません' },
}

// With its id in the registry it is a component of the document, which src/http/openapi/answers.ts names
// in every answer.
z.looseObject({
  type: z.string().describe('URN of the kind of error (エラー種別)'),
  title: z.string().describe('Short Japanese title (見出し)'),
  status: z.int().describe('HTTP status (ステータス)'),
  detail: z.string().describe('Japanese: what happened and what to do (説明)'),
  code: z.enum(someKeysOf(PROBLEMS)).describe('Stable code for programs (エラーコード)'),
  errors: z
    .array(
      z.object({
        field: z.string().describe('Path as it was sent: `lines[0].quantity`; `body` for the whole (項目)'),
        message: z.string().describe('What was expected, Japanese (説明)'),
        code: z.string().optional().describe('For programs: required, unknown_field, … (コード)'),
      }),
    )
    .optional()
    .describe('Which fields are wrong and what was expected (項目ごとの誤り)'),
  instance: z.string().describe('Path that was asked for (パス)'),
  requestId: z.string().describe('Quote this when asking the operator (問い合わせ番号)'),
}).meta({
  id: 'Problem',
  description: 'RFC 9457 problem details (エラー内容)',
  examples: [
    {
      type: 'urn:torikomi:problem:validation-failed',
      title: '入力に誤りがあります',
      status: 422,
      detail: '1 件の項目に誤りがあります。',
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'name', message: '必須の項目です。文字列を指定してください。', code: 'required' }],
      instance: '/v1/shops',
      requestId: '0199c0de-0000-7000-8000-000000000000',
    },
  ],
})

/** A request that HTTP itself refuses, before any area has seen it. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly fields: FieldError[]
  constructor(code: ProblemCode, message: string, fields: FieldError[] = []) {
    super(message)
    this.name = 'HttpProblem'
    this.code = code
    this.fields = fields
  }
}

export interface ProblemFacts {
  code: ProblemCode
  detail: string
  fields?: readonly FieldError[]
  details?: Record<string, unknown>
}

/** Builds the RFC 9457 document. `path` is without its query, which may hold what must not be repeated. */
export function problemDocument(facts: ProblemFacts, path: string, requestId: string) {
  const { status, title } = PROBLEMS[facts.code]
  return {
    ...facts.details,
    type: `urn:torikomi:problem:${facts.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: facts.detail,
    code: facts.code,
    ...(facts.fields?.length ? { errors: [...facts.fields] } : {}),
    instance: path,
    requestId,
  }
}

export const isProblemError = (error: unknown): error is AppError | HttpProblem =>
  error instanceof AppError || error instanceof HttpProblem

/** Cause and remedy of each code, for client programmers; source of docs/problems.md and the document. */
export const PROBLEM_NOTES: Readonly<Record<ProblemCode, { cause: string; remedy: string; retry: boolean }>> =
  {
    BAD_REQUEST: note('The request is no readable HTTP or URL.', 'Mend the client.'),
    IDEMPOTENCY_KEY_MISSING: note(
      'No `Idempotency-Key` header.',
      'Send a new UUID for each new pull or request, and the same one when you repeat it.',
    ),
    UNAUTHENTICATED: note(
      'No key or session, or an unknown, expired or revoked one.',
      'Ask staff for a valid API key, or sign in; do not repeat, as failures are counted.',
    ),
    SIGN_IN_REFUSED: note(
      'Address, password or code is wrong; which of them is not said.',
      'Try again; after several failures the account waits for 15 minutes.',
    ),
    SECOND_FACTOR_REQUIRED: note(
      'The session still owes its second factor, or its setup (`state`).',
      'Go on with `POST /v1/session/second-factor` or its setup.',
    ),
    CSRF_TOKEN_WRONG: note(
      'A change by cookie without the session’s `x-csrf-token`.',
      'Read `GET /v1/session` again and send its `csrfToken`.',
    ),
    FORBIDDEN: note(
      'The key or account is of the wrong kind or role for this route.',
      'Use a tenant’s key for `/v1`, the operator key for `/v1/admin`; `requiredRole` names the role.',
    ),
    TENANT_NOT_ACTIVE: note('The tenant has applied and is not active yet.', 'Wait for the operator.'),
    TENANT_SUSPENDED: note('The tenant is suspended.', 'Ask the operator.'),
    TENANT_MOVED: note(
      'The tenant works on another server now; `Location` is the same request there.',
      'Send it there with the same key, as redirects followed by themselves leave it out; set the new address.',
    ),
    NOT_FOUND: note('There is nothing of this id, or it is another tenant’s.', 'Read the list again.'),
    ROUTE_NOT_FOUND: note('There is no such path.', 'Look it up in `/docs`.'),
    METHOD_NOT_ALLOWED: note('The path exists, with other methods.', '`Allow` names them.'),
    CONFLICT: note(
      'The thing’s present state forbids it.',
      'Read it again; `detail` says what is in the way.',
    ),
    IDEMPOTENCY_KEY_IN_PROGRESS: note(
      'The request of this key is still at work.',
      'Repeat with the same key after `Retry-After` seconds.',
      true,
    ),
    POSITION_UNKNOWN: note(
      '`after` is behind the last batch of its desk, or of another database.',
      'Look at server and key; `last` is the last number here. Where the disks of the database were put back: `npm run ops -- history new`.',
    ),
    POSITION_EXPIRED: note(
      '`after` is older than what the feed keeps, or of another database.',
      'Read the lists again, then go on from `position`.',
    ),
    VERSION_MISMATCH: note(
      'Somebody changed the order, or the setting, since it was read.',
      'Show `current` beside what was entered, and send again with its version.',
    ),
    IF_MATCH_MISSING: note('No `If-Match` header.', 'Send the version that was read.'),
    PAYLOAD_TOO_LARGE: note('The body is larger than allowed.', 'Send it in parts.'),
    UNSUPPORTED_MEDIA_TYPE: note('The body is not JSON.', 'Send `Content-Type: application/json`.'),
    VALIDATION_FAILED: note('A field is wrong.', '`errors` names each field and what was expected.'),
    IDEMPOTENCY_KEY_REUSED: note('The key was used for another body.', 'Take a new key for a new request.'),
    HOST_NOT_ALLOWED: note('The host is, or resolves to, a private address.', 'Give a public host.'),
    MARKETPLACE_REFUSED: note(
      'The mall said no.',
      '`detail` has its words; mend the credentials or settings.',
    ),
    NOT_CONFIGURED: note('The server lacks a setting.', 'Ask the operator; `detail` names it.'),
    TOO_MANY_REQUESTS: note(
      'Too many requests, or too many wrong keys.',
      'Wait for `Retry-After` seconds.',
      true,
    ),
    INTERNAL: note(
      'A fault of the service.',
      'Repeat once with the same `Idempotency-Key`; then send `requestId` to the operator.',
      true,
    ),
    MARKETPLACE_UNAVAILABLE: note('The mall does not answer.', 'Repeat after `Retry-After` seconds.', true),
    TIMEOUT: note(
      'It took too long; it may have been done.',
      'Repeat with the same `Idempotency-Key`.',
      true,
    ),
    UNAVAILABLE: note(
      'The service cannot answer now.',
      'Repeat after `Retry-After` seconds, with the same `Idempotency-Key`.',
      true,
    ),
  }

function note(cause: string, remedy: string, retry = false) {
  return { cause, remedy, retry }
}
