-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "tracked_parcels" INTEGER;

-- CreateTable
CREATE TABLE "saved_views" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID,
    "sealed_view" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "saved_views_tenant_id_account_id_idx" ON "saved_views"("tenant_id", "account_id");

-- CreateIndex
CREATE INDEX "saved_views_account_id_idx" ON "saved_views"("account_id");

-- CreateIndex
CREATE INDEX "orders_untracked" ON "orders"("tenant_id", "ordered_at", "id") WHERE (tracked_parcels = 0);

-- AddForeignKey
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "staff_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- What a parcel's number is stands in the sealed detail: the service counts them itself.
INSERT INTO "data_steps" ("name") VALUES ('tracking_backfill');
