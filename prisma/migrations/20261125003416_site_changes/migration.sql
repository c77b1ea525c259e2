-- CreateTable
CREATE TABLE "site_changes" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "sealed_texts" BYTEA,
    "state" "change_state" NOT NULL DEFAULT 'queued',
    "steps" JSONB NOT NULL DEFAULT '[]',
    "sealed_payloads" BYTEA,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "suspect" BOOLEAN NOT NULL DEFAULT false,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "deadline" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "code" TEXT,
    "message" TEXT,
    "next_step" TEXT,
    "mall_code" TEXT,
    "mall_message" TEXT,
    "request_key" TEXT,
    "request_index" INTEGER NOT NULL DEFAULT 0,
    "request_hash" BYTEA,
    "actor" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "dismissed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "site_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "site_changes_due" ON "site_changes"("shop_id", "next_attempt_at") WHERE (state = ANY (ARRAY['queued'::change_state, 'changing'::change_state]));

-- CreateIndex
CREATE INDEX "site_changes_open" ON "site_changes"("expires_at") WHERE (state = ANY (ARRAY['queued'::change_state, 'changing'::change_state]));

-- CreateIndex
CREATE INDEX "site_changes_unseen" ON "site_changes"("state") WHERE ((state <> 'succeeded'::change_state) AND (dismissed_at IS NULL));

-- CreateIndex
CREATE INDEX "site_changes_sealed" ON "site_changes"("finished_at") WHERE ((sealed_texts IS NOT NULL) OR (sealed_payloads IS NOT NULL));

-- CreateIndex
CREATE INDEX "site_changes_tenant_id_id_idx" ON "site_changes"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "site_changes_tenant_id_state_id_idx" ON "site_changes"("tenant_id", "state", "id");

-- CreateIndex
CREATE INDEX "site_changes_shop_id_id_idx" ON "site_changes"("shop_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "site_changes_order_id_position_key" ON "site_changes"("order_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "site_changes_tenant_id_request_key_request_index_key" ON "site_changes"("tenant_id", "request_key", "request_index");

-- CreateIndex
CREATE UNIQUE INDEX "site_changes_one_changing" ON "site_changes"("order_id") WHERE (state = 'changing'::change_state);

-- AddForeignKey
ALTER TABLE "site_changes" ADD CONSTRAINT "site_changes_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "site_changes" ADD CONSTRAINT "site_changes_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "site_changes" ADD CONSTRAINT "site_changes_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;
