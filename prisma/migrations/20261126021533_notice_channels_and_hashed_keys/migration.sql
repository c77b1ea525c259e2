-- CreateTable
CREATE TABLE "notice_channels" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed_target" BYTEA NOT NULL,
    "topics" TEXT[],
    "shop_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "pace" TEXT NOT NULL DEFAULT 'soon',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "last_sent_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "last_code" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_channels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_deliveries" (
    "id" UUID NOT NULL,
    "notice_id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "state" "notice_mail_state" NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_code" TEXT,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notice_channels_tenant_id_idx" ON "notice_channels"("tenant_id");

-- CreateIndex
CREATE INDEX "notice_channels_account_id_idx" ON "notice_channels"("account_id");

-- CreateIndex
CREATE INDEX "notice_deliveries_due" ON "notice_deliveries"("channel_id", "next_attempt_at") WHERE (state = 'waiting'::notice_mail_state);

-- CreateIndex
CREATE UNIQUE INDEX "notice_deliveries_notice_id_channel_id_key" ON "notice_deliveries"("notice_id", "channel_id");

-- CreateIndex
CREATE INDEX "notice_mails_address_sent_at_idx" ON "notice_mails"("address", "sent_at");

-- CreateIndex
CREATE UNIQUE INDEX "notices_one_report" ON "notices"("tenant_id", "occurs_at") WHERE (kind = 'report'::text);

-- AddForeignKey
ALTER TABLE "notice_channels" ADD CONSTRAINT "notice_channels_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_channels" ADD CONSTRAINT "notice_channels_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "staff_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "notices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notice_channels"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A notice is of one thing; a report of a day is of none.
ALTER TABLE "notices" DROP CONSTRAINT "notices_of_one";
ALTER TABLE "notices" ADD CONSTRAINT "notices_of_one"
  CHECK (num_nonnulls("shop_id", "mailbox_id", "webhook_id") = CASE WHEN "kind" = 'report' THEN 0 ELSE 1 END);

-- Callers make their Idempotency-Key of what they like, a buyer's name included: kept as a hash, with the tenant in it so that the same key
-- of two tenants is not seen to be one. By a trigger: a process of the release before, which writes and looks for the key itself, then
-- finds none and makes no second batch under it either (the unique index), and answers with an error that its caller repeats.
CREATE FUNCTION "torikomi_hashed_key"("tenant" UUID, "key" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN "key" ~ '^sha256:[0-9a-f]{64}$' THEN "key"
    ELSE 'sha256:' || encode(sha256(convert_to("tenant"::text || ' ' || "key", 'UTF8')), 'hex') END
$$;

CREATE FUNCTION "torikomi_hash_pull_key"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW.idempotency_key := "torikomi_hashed_key"(NEW.tenant_id, NEW.idempotency_key);
  RETURN NEW;
END $$;
CREATE TRIGGER "pulls_key_hashed" BEFORE INSERT ON "pulls" FOR EACH ROW EXECUTE FUNCTION "torikomi_hash_pull_key"();

CREATE FUNCTION "torikomi_hash_request_key"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW.request_key := "torikomi_hashed_key"(NEW.tenant_id, NEW.request_key);
  RETURN NEW;
END $$;
CREATE TRIGGER "site_changes_key_hashed" BEFORE INSERT ON "site_changes" FOR EACH ROW
  WHEN (NEW.request_key IS NOT NULL) EXECUTE FUNCTION "torikomi_hash_request_key"();

UPDATE "pulls" SET "idempotency_key" = "torikomi_hashed_key"("tenant_id", "idempotency_key");
UPDATE "site_changes" SET "request_key" = "torikomi_hashed_key"("tenant_id", "request_key") WHERE "request_key" IS NOT NULL;
