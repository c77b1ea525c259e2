-- CreateEnum
CREATE TYPE "staff_role" AS ENUM ('owner', 'staff', 'read_only', 'operator', 'operator_without_personal_data');

-- CreateEnum
CREATE TYPE "staff_state" AS ENUM ('active', 'disabled', 'deleted');

-- CreateEnum
CREATE TYPE "session_stage" AS ENUM ('second_factor_required', 'second_factor_setup_required', 'signed_in');

-- CreateEnum
CREATE TYPE "application_state" AS ENUM ('waiting', 'approved', 'refused');

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "role" "staff_role" NOT NULL DEFAULT 'owner',
ADD COLUMN     "shop_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "successor_id" UUID;

-- AlterTable
ALTER TABLE "audit_entries" ADD COLUMN     "order_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "source" TEXT;

-- AlterTable
ALTER TABLE "consent_requests" ADD COLUMN     "browser_hash" BYTEA;

-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "delete_at" TIMESTAMPTZ(3),
ADD COLUMN     "require_second_factor" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "staff_accounts" (
    "id" UUID NOT NULL,
    "tenant_id" UUID,
    "role" "staff_role" NOT NULL,
    "state" "staff_state" NOT NULL DEFAULT 'active',
    "sealed_email" BYTEA,
    "email_hash" BYTEA,
    "sealed_name" BYTEA NOT NULL,
    "sealed_password" BYTEA,
    "password_set_at" TIMESTAMPTZ(3),
    "sealed_totp" BYTEA,
    "sealed_pending_totp" BYTEA,
    "totp_step" BIGINT,
    "recovery_codes" BYTEA[] DEFAULT ARRAY[]::BYTEA[],
    "oidc_hash" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff_sessions" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "stage" "session_stage" NOT NULL,
    "network" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff_invitations" (
    "id" UUID NOT NULL,
    "tenant_id" UUID,
    "role" "staff_role" NOT NULL,
    "sealed_email" BYTEA NOT NULL,
    "email_hash" BYTEA NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "password_resets" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "password_resets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "door_failures" (
    "name" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "door_failures_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "applications" (
    "id" UUID NOT NULL,
    "state" "application_state" NOT NULL DEFAULT 'waiting',
    "sealed_detail" BYTEA NOT NULL,
    "email_hash" BYTEA NOT NULL,
    "network" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "tenant_id" UUID,

    CONSTRAINT "applications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_deletions" (
    "tenant_id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "tenant_deletions_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "audit_links" (
    "seq" BIGINT NOT NULL,
    "entry_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_links_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "staff_accounts_email_hash_key" ON "staff_accounts"("email_hash");

-- CreateIndex
CREATE UNIQUE INDEX "staff_accounts_oidc_hash_key" ON "staff_accounts"("oidc_hash");

-- CreateIndex
CREATE INDEX "staff_accounts_tenant_id_id_idx" ON "staff_accounts"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "staff_sessions_hash_key" ON "staff_sessions"("hash");

-- CreateIndex
CREATE INDEX "staff_sessions_account_id_idx" ON "staff_sessions"("account_id");

-- CreateIndex
CREATE INDEX "staff_sessions_expires_at_idx" ON "staff_sessions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "staff_invitations_token_hash_key" ON "staff_invitations"("token_hash");

-- CreateIndex
CREATE INDEX "staff_invitations_tenant_id_id_idx" ON "staff_invitations"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "password_resets_token_hash_key" ON "password_resets"("token_hash");

-- CreateIndex
CREATE INDEX "password_resets_account_id_created_at_idx" ON "password_resets"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "door_failures_since_idx" ON "door_failures"("since");

-- CreateIndex
CREATE INDEX "applications_state_id_idx" ON "applications"("state", "id");

-- CreateIndex
CREATE INDEX "applications_email_hash_created_at_idx" ON "applications"("email_hash", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "audit_links_entry_id_key" ON "audit_links"("entry_id");

-- AddForeignKey
ALTER TABLE "staff_accounts" ADD CONSTRAINT "staff_accounts_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_sessions" ADD CONSTRAINT "staff_sessions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "staff_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_invitations" ADD CONSTRAINT "staff_invitations_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "staff_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit is append-only for everybody, the service included: nothing of it is changed, and what goes is older than twelve months.
CREATE FUNCTION "audit_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD."at" < now() - interval '12 months' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "audit_entries_never_truncated" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "audit_links_append_only" BEFORE UPDATE OR DELETE ON "audit_links"
  FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "audit_links_never_truncated" BEFORE TRUNCATE ON "audit_links"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();
