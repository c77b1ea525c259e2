-- CreateEnum
CREATE TYPE "tenant_status" AS ENUM ('applied', 'active', 'suspended');

-- CreateEnum
CREATE TYPE "marketplace" AS ENUM ('yahoo', 'rakuten', 'amazon', 'aupay');

-- CreateEnum
CREATE TYPE "mail_security" AS ENUM ('tls', 'starttls', 'plain');

-- CreateEnum
CREATE TYPE "mail_state" AS ENUM ('recognised', 'unreadable');

-- CreateEnum
CREATE TYPE "import_state" AS ENUM ('waiting', 'done', 'failed');

-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'shipped', 'completed', 'on_hold', 'cancelled');

-- CreateEnum
CREATE TYPE "change_state" AS ENUM ('none', 'queued', 'changing', 'succeeded', 'warning', 'failed');

-- CreateTable
CREATE TABLE "tenants" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "tenant_status" NOT NULL DEFAULT 'active',
    "emails" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shops" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "sealed_credentials" BYTEA,
    "credentials_set_at" JSONB NOT NULL DEFAULT '{}',
    "credentials_version" INTEGER NOT NULL DEFAULT 0,
    "attention_code" TEXT,
    "attention_message" TEXT,
    "attention_since" TIMESTAMPTZ(3),
    "lane_closed_until" TIMESTAMPTZ(3),
    "lane_closed_reason" TEXT,
    "lane_failures" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shops_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_tokens" (
    "shop_id" UUID NOT NULL,
    "sealed_token" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 0,
    "credentials_version" INTEGER NOT NULL DEFAULT 0,
    "refused" BOOLEAN NOT NULL DEFAULT false,
    "expires_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_tokens_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "mailboxes" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "security" "mail_security" NOT NULL DEFAULT 'tls',
    "sealed_username" BYTEA NOT NULL,
    "sealed_password" BYTEA NOT NULL,
    "password_set_at" TIMESTAMPTZ(3),
    "folder" TEXT NOT NULL DEFAULT 'INBOX',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings_version" INTEGER NOT NULL DEFAULT 1,
    "uid_validity" BIGINT,
    "last_uid" BIGINT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attention_code" TEXT,
    "attention_message" TEXT,
    "attention_since" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "last_connected_at" TIMESTAMPTZ(3),
    "last_mail_at" TIMESTAMPTZ(3),
    "mails_ignored" BIGINT NOT NULL DEFAULT 0,
    "mails_recognised" BIGINT NOT NULL DEFAULT 0,
    "mails_unreadable" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailboxes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mailbox_shops" (
    "mailbox_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,

    CONSTRAINT "mailbox_shops_pkey" PRIMARY KEY ("mailbox_id","shop_id")
);

-- CreateTable
CREATE TABLE "mails" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "mailbox_id" UUID NOT NULL,
    "uid_validity" BIGINT NOT NULL,
    "uid" BIGINT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "state" "mail_state" NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "kind" TEXT NOT NULL,
    "order_numbers" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reason" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "size" INTEGER NOT NULL,
    "sealed_mail" BYTEA,

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_requests" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "order_number" TEXT NOT NULL,
    "purpose" TEXT NOT NULL DEFAULT 'import',
    "source" TEXT NOT NULL,
    "mail_id" UUID,
    "state" "import_state" NOT NULL DEFAULT 'waiting',
    "priority" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "message" TEXT,
    "mall_message" TEXT,
    "sealed_raw" BYTEA,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_scans" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "state" "import_state" NOT NULL DEFAULT 'waiting',
    "window_from" TIMESTAMPTZ(3) NOT NULL,
    "page" TEXT,
    "listed" INTEGER NOT NULL DEFAULT 0,
    "requested" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "message" TEXT,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_scans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "order_number" TEXT NOT NULL,
    "status" "order_status" NOT NULL DEFAULT 'auto_imported',
    "change_state" "change_state" NOT NULL DEFAULT 'none',
    "mall_status" TEXT NOT NULL,
    "mall_sub_status" TEXT,
    "mall_state" TEXT NOT NULL,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL,
    "staged_at" TIMESTAMPTZ(3) NOT NULL,
    "pulled_at" TIMESTAMPTZ(3),
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,
    "billed_amount" INTEGER NOT NULL,
    "total_amount" INTEGER NOT NULL,
    "item_lines" INTEGER NOT NULL,
    "item_quantity" INTEGER NOT NULL,
    "payment_kind" TEXT NOT NULL,
    "holds" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "warning_count" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "pull_id" UUID,
    "pull_position" INTEGER,
    "sealed_detail" BYTEA,
    "purged_at" TIMESTAMPTZ(3),
    "edited_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_raws" (
    "order_id" UUID NOT NULL,
    "sealed_raw" BYTEA NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_raws_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "order_events" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "order_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pulls" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "order_count" INTEGER NOT NULL,
    "remaining" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pulls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" UUID NOT NULL,
    "tenant_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "api_keys_tenant_id_idx" ON "api_keys"("tenant_id");

-- CreateIndex
CREATE INDEX "shops_tenant_id_idx" ON "shops"("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "shops_tenant_id_marketplace_code_key" ON "shops"("tenant_id", "marketplace", "code");

-- CreateIndex
CREATE INDEX "mailboxes_tenant_id_idx" ON "mailboxes"("tenant_id");

-- CreateIndex
CREATE INDEX "mailboxes_enabled_lease_until_idx" ON "mailboxes"("enabled", "lease_until");

-- CreateIndex
CREATE INDEX "mailbox_shops_shop_id_idx" ON "mailbox_shops"("shop_id");

-- CreateIndex
CREATE INDEX "mails_tenant_id_state_seen_at_idx" ON "mails"("tenant_id", "state", "seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "mails_mailbox_id_fingerprint_key" ON "mails"("mailbox_id", "fingerprint");

-- CreateIndex
CREATE INDEX "import_requests_due" ON "import_requests"("next_attempt_at") WHERE (state = 'waiting'::import_state);

-- CreateIndex
CREATE INDEX "import_requests_shop_id_state_priority_next_attempt_at_idx" ON "import_requests"("shop_id", "state", "priority", "next_attempt_at");

-- CreateIndex
CREATE INDEX "import_requests_tenant_id_state_requested_at_idx" ON "import_requests"("tenant_id", "state", "requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "import_requests_one_waiting" ON "import_requests"("shop_id", "order_number", "purpose") WHERE (state = 'waiting'::import_state);

-- CreateIndex
CREATE INDEX "import_scans_shop_id_state_next_attempt_at_idx" ON "import_scans"("shop_id", "state", "next_attempt_at");

-- CreateIndex
CREATE INDEX "import_scans_tenant_id_requested_at_idx" ON "import_scans"("tenant_id", "requested_at");

-- CreateIndex
CREATE INDEX "orders_tenant_id_status_ordered_at_id_idx" ON "orders"("tenant_id", "status", "ordered_at", "id");

-- CreateIndex
CREATE INDEX "orders_tenant_id_ordered_at_id_idx" ON "orders"("tenant_id", "ordered_at", "id");

-- CreateIndex
CREATE INDEX "orders_tenant_id_change_state_ordered_at_id_idx" ON "orders"("tenant_id", "change_state", "ordered_at", "id");

-- CreateIndex
CREATE INDEX "orders_shop_id_status_ordered_at_id_idx" ON "orders"("shop_id", "status", "ordered_at", "id");

-- CreateIndex
CREATE INDEX "orders_pull_id_pull_position_idx" ON "orders"("pull_id", "pull_position");

-- CreateIndex
CREATE INDEX "orders_purged_at_pulled_at_idx" ON "orders"("purged_at", "pulled_at");

-- CreateIndex
CREATE UNIQUE INDEX "orders_shop_id_order_number_key" ON "orders"("shop_id", "order_number");

-- CreateIndex
CREATE INDEX "order_events_order_id_at_id_idx" ON "order_events"("order_id", "at", "id");

-- CreateIndex
CREATE INDEX "pulls_tenant_id_created_at_idx" ON "pulls"("tenant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "pulls_tenant_id_idempotency_key_key" ON "pulls"("tenant_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "audit_entries_tenant_id_at_idx" ON "audit_entries"("tenant_id", "at");

-- CreateIndex
CREATE INDEX "audit_entries_at_idx" ON "audit_entries"("at");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shops" ADD CONSTRAINT "shops_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_tokens" ADD CONSTRAINT "shop_tokens_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailboxes" ADD CONSTRAINT "mailboxes_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox_shops" ADD CONSTRAINT "mailbox_shops_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox_shops" ADD CONSTRAINT "mailbox_shops_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mails" ADD CONSTRAINT "mails_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mails" ADD CONSTRAINT "mails_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_requests" ADD CONSTRAINT "import_requests_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_requests" ADD CONSTRAINT "import_requests_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_scans" ADD CONSTRAINT "import_scans_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_scans" ADD CONSTRAINT "import_scans_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_pull_id_fkey" FOREIGN KEY ("pull_id") REFERENCES "pulls"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_raws" ADD CONSTRAINT "order_raws_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pulls" ADD CONSTRAINT "pulls_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
