-- AlterTable
ALTER TABLE "order_events" ADD COLUMN     "sealed_reason" BYTEA;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "on_hold_date" TEXT,
ADD COLUMN     "sealed_on_hold_reason" BYTEA;

-- CreateIndex
CREATE INDEX "orders_on_hold_date" ON "orders"("shop_id", "on_hold_date", "tenant_id") WHERE (on_hold_date IS NOT NULL);
