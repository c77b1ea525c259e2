-- CreateEnum
CREATE TYPE "notice_mail_state" AS ENUM ('waiting', 'sent', 'failed');

-- CreateTable
CREATE TABLE "consent_requests" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "state_hash" BYTEA NOT NULL,
    "sealed_secrets" BYTEA,
    "redirect_uri" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "consent_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential_checks" (
    "shop_id" UUID NOT NULL,
    "credentials_version" INTEGER NOT NULL DEFAULT 0,
    "checked_at" TIMESTAMPTZ(3),
    "expiries" JSONB NOT NULL DEFAULT '[]',
    "code" TEXT,
    "next_check_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credential_checks_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "notices" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "occurs_at" TIMESTAMPTZ(3) NOT NULL,
    "threshold" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_mails" (
    "id" UUID NOT NULL,
    "notice_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "state" "notice_mail_state" NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_code" TEXT,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_mails_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "consent_requests_state_hash_key" ON "consent_requests"("state_hash");

-- CreateIndex
CREATE INDEX "consent_requests_shop_id_created_at_idx" ON "consent_requests"("shop_id", "created_at");

-- CreateIndex
CREATE INDEX "credential_checks_next_check_at_idx" ON "credential_checks"("next_check_at");

-- CreateIndex
CREATE INDEX "notices_tenant_id_id_idx" ON "notices"("tenant_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notices_shop_id_kind_what_occurs_at_threshold_key" ON "notices"("shop_id", "kind", "what", "occurs_at", "threshold");

-- CreateIndex
CREATE INDEX "notice_mails_due" ON "notice_mails"("next_attempt_at") WHERE (state = 'waiting'::notice_mail_state);

-- CreateIndex
CREATE UNIQUE INDEX "notice_mails_notice_id_address_key" ON "notice_mails"("notice_id", "address");

-- AddForeignKey
ALTER TABLE "consent_requests" ADD CONSTRAINT "consent_requests_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_checks" ADD CONSTRAINT "credential_checks_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_mails" ADD CONSTRAINT "notice_mails_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "notices"("id") ON DELETE CASCADE ON UPDATE CASCADE;
