-- CreateEnum
CREATE TYPE "passkey_purpose" AS ENUM ('registration', 'sign_in', 'second_factor');

-- AlterTable
ALTER TABLE "staff_accounts" ADD COLUMN     "passkey_handle" BYTEA;

-- AlterTable
ALTER TABLE "staff_sessions" ADD COLUMN     "knows_passkeys" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "passkeys" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "credential_hash" BYTEA NOT NULL,
    "sealed_credential" BYTEA NOT NULL,
    "sealed_name" BYTEA NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "backed_up" BOOLEAN NOT NULL,
    "password_mark" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "passkey_challenges" (
    "hash" BYTEA NOT NULL,
    "purpose" "passkey_purpose" NOT NULL,
    "holder" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "passkey_challenges_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "passkeys_credential_hash_key" ON "passkeys"("credential_hash");

-- CreateIndex
CREATE INDEX "passkeys_account_id_idx" ON "passkeys"("account_id");

-- CreateIndex
CREATE INDEX "passkey_challenges_expires_at_idx" ON "passkey_challenges"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "staff_accounts_passkey_handle_key" ON "staff_accounts"("passkey_handle");

-- AddForeignKey
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "staff_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
