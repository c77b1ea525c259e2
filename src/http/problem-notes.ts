import type { ProblemCode } from './problems.ts'

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
    POSITION_EXPIRED: note(
      '`after` is older than what the feed keeps, or of another database.',
      'Read the lists again, then go on from `position`.',
    ),
    VERSION_MISMATCH: note(
      'Somebody changed the order since it was read.',
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
