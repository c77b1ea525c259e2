-- CreateTable
CREATE TABLE "mall_notifications" (
    "id" UUID NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "notification_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "what" TEXT NOT NULL DEFAULT '',
    "shop_code" TEXT,
    "order_number" TEXT,
    "happened_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed_text" BYTEA,

    CONSTRAINT "mall_notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_queues" (
    "url" TEXT NOT NULL,
    "marketplace" "marketplace" NOT NULL,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "last_message_at" TIMESTAMPTZ(3),
    "failure_code" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_queues_pkey" PRIMARY KEY ("url")
);

-- CreateIndex
CREATE INDEX "mall_notifications_seen_at_idx" ON "mall_notifications"("seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "mall_notifications_marketplace_notification_id_key" ON "mall_notifications"("marketplace", "notification_id");
