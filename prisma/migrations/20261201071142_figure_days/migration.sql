-- CreateTable
CREATE TABLE "figure_days" (
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "orders" INTEGER NOT NULL DEFAULT 0,
    "amount" BIGINT NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "cancelled_amount" BIGINT NOT NULL DEFAULT 0,
    "due" INTEGER NOT NULL DEFAULT 0,
    "in_time" INTEGER NOT NULL DEFAULT 0,
    "waits" JSONB NOT NULL DEFAULT '{}',
    "longest_wait" INTEGER,
    "counted_at" TIMESTAMPTZ(3),
    "count_at" TIMESTAMPTZ(3),

    CONSTRAINT "figure_days_pkey" PRIMARY KEY ("shop_id","day")
);

-- CreateIndex
CREATE INDEX "figure_days_tenant_id_day_idx" ON "figure_days"("tenant_id", "day");

-- CreateIndex
CREATE INDEX "figure_days_due" ON "figure_days"("count_at") WHERE (count_at IS NOT NULL);

-- AddForeignKey
ALTER TABLE "figure_days" ADD CONSTRAINT "figure_days_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "figure_days" ADD CONSTRAINT "figure_days_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The service counts the days of all orders that are here, step by step.
INSERT INTO "data_steps" ("name") VALUES ('figures');
