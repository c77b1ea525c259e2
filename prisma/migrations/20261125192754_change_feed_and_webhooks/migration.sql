-- DropIndex
DROP INDEX "events_tenant_id_xid_id_idx";

-- AlterTable
ALTER TABLE "notices" ADD COLUMN     "webhook_id" UUID;

-- CreateTable
CREATE TABLE "webhooks" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kinds" TEXT[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "sealed_secret" BYTEA NOT NULL,
    "sealed_old_secret" BYTEA,
    "old_secret_until" TIMESTAMPTZ(3),
    "xid" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_code" TEXT,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "xid" BIGINT,
    "event_id" BIGINT,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_attempt_at" TIMESTAMPTZ(3),
    "last_status" INTEGER,
    "last_code" TEXT,
    "last_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhooks_tenant_id_idx" ON "webhooks"("tenant_id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_created_at_id_idx" ON "webhook_deliveries"("webhook_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_created_at_idx" ON "webhook_deliveries"("created_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries"("webhook_id", "next_attempt_at") WHERE (state = 'waiting'::text);

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_webhook_id_xid_event_id_key" ON "webhook_deliveries"("webhook_id", "xid", "event_id");

-- CreateIndex
CREATE INDEX "events_told" ON "events"("tenant_id", "xid", "id") WHERE (kind <> 'counts'::text);

-- CreateIndex
CREATE INDEX "events_counts" ON "events"("xid", "id") WHERE (kind = 'counts'::text);

-- CreateIndex
CREATE UNIQUE INDEX "notices_webhook_id_kind_what_occurs_at_threshold_key" ON "notices"("webhook_id", "kind", "what", "occurs_at", "threshold");

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A notice is of one thing.
ALTER TABLE "notices" DROP CONSTRAINT "notices_of_one";
ALTER TABLE "notices" ADD CONSTRAINT "notices_of_one" CHECK (num_nonnulls("shop_id", "mailbox_id", "webhook_id") = 1);

CREATE OR REPLACE FUNCTION "torikomi_notice_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  -- 10000 is no number of days: told as soon as it was seen.
  PERFORM "torikomi_tell"(NEW.tenant_id, 'notice', jsonb_build_object('noticeId', NEW.id, 'shopId', NEW.shop_id,
    'mailboxId', NEW.mailbox_id, 'webhookId', NEW.webhook_id, 'kind', NEW.kind, 'what', NEW.what, 'occursAt', NEW.occurs_at,
    'daysBefore', CASE WHEN NEW.kind = 'expiry' AND NEW.threshold < 10000 THEN NEW.threshold END, 'subject', NEW.subject));
  RETURN NULL;
END $$;

-- The mark that the log is whole from here; see FORGET_EVENTS. Of no tenant.
INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
SELECT coalesce((SELECT min("xid") FROM "events"), pg_current_xact_id()::text::bigint), '00000000-0000-0000-0000-000000000000', 'counts', '{}',
  coalesce((SELECT min("at") FROM "events"), clock_timestamp());
