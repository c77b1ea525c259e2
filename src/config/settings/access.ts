import { z } from 'zod'
import { backupKey, encryptionKeys, operatorKey, urlOf } from '../fields.ts'
import { note } from './note.ts'

/** Keys. Secrets are never logged nor shown. */
export const secrets = {
  ENCRYPTION_KEYS: encryptionKeys.optional().meta({
    description:
      'AES-256 keys as `id:base64:tenant,id:base64:tenant`. The first seals, all open; what a key with `:tenant` seals opens for its tenant alone, one of before binds to the row alone. Losing a key loses what it sealed. Not set: one is generated into `DATA_DIR`. Required in production.',
    ...note('Secrets', { shownDefault: 'generated', secret: true }),
  }),
  ENCRYPTION_KEYS_COMMAND: z
    .string()
    .optional()
    .meta({
      description:
        'A command that prints ENCRYPTION_KEYS, run once at each start by the shell, for 30 s at most: a key service’s own program (`aws kms decrypt …`, `gcloud kms decrypt …`, `vault kv get …`). Instead of ENCRYPTION_KEYS.',
      ...note('Secrets', { shownDefault: 'none' }),
    }),
  OPERATOR_API_KEY: operatorKey.optional().meta({
    description:
      'Bearer key for `/v1/admin`. Not set: one is generated into `DATA_DIR`. Required in production.',
    ...note('Secrets', { shownDefault: 'generated', secret: true }),
  }),
  METRICS_API_KEY: operatorKey.optional().meta({
    description:
      'Bearer key that opens `/metrics` and nothing else. Set: nobody reads the metrics without this or the operator key. Not set: the operator key, or none from the same machine.',
    ...note('Secrets', { shownDefault: 'none', secret: true }),
  }),
  BACKUP_KEY: backupKey.optional().meta({
    description:
      'Encrypts the files of `npm run ops -- backup` and opens them: 32 bytes as base64 (`openssl rand -base64 32`). Kept apart from the backups.',
    ...note('Secrets', { shownDefault: 'no backups', secret: true }),
  }),
}

/** Single sign-on of people. */
export const people = {
  OIDC_ISSUER: urlOf(['https', 'http'])
    .optional()
    .meta({
      description:
        'Identity provider for single sign-on (OpenID Connect), as its discovery document names it: `https://accounts.google.com`, `https://login.microsoftonline.com/<tenant>/v2.0`. Needs PUBLIC_URL; `<PUBLIC_URL>/v1/session/oidc/callback` must be registered there.',
      ...note('People', { shownDefault: 'no single sign-on' }),
    }),
  OIDC_CLIENT_ID: z
    .string()
    .optional()
    .meta({ description: 'Client id at the provider.', ...note('People') }),
  OIDC_CLIENT_SECRET: z
    .string()
    .optional()
    .meta({ description: 'Client secret at the provider.', ...note('People', { secret: true }) }),
  OIDC_LABEL: z
    .string()
    .max(50)
    .prefault('シングルサインオン')
    .meta({ description: 'What the button of the sign-in page says.', ...note('People') }),
}
