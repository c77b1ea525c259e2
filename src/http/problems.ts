import { z } from 'zod'
import { AppError, type ErrorCode, type FieldError } from '../platform/errors.ts'

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

// With its id in the registry it is a component of the document, which openapi-problems.ts names in every
// answer.
z.looseObject({
  type: z.string().describe('URN of the kind of error (エラー種別)'),
  title: z.string().describe('Short Japanese title (見出し)'),
  status: z.int().describe('HTTP status (ステータス)'),
  detail: z.string().describe('Japanese: what happened and what to do (説明)'),
  code: z.string().describe('Stable code for programs (エラーコード)'),
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

export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  errors?: FieldError[]
  instance: string
  requestId: string
  [more: string]: unknown
}

/** Builds the RFC 9457 document. `path` is without its query, which may hold what must not be repeated. */
export function problemDocument(
  facts: {
    code: ProblemCode
    detail: string
    fields?: readonly FieldError[]
    details?: Record<string, unknown>
  },
  path: string,
  requestId: string,
): ProblemDocument {
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
