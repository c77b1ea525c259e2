-- AlterTable
ALTER TABLE "shop_sweeps" ADD COLUMN     "open_attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "open_from" TIMESTAMPTZ(3),
ADD COLUMN     "open_page" TEXT,
ADD COLUMN     "open_to" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "orders_open" ON "orders"("shop_id", "id") WHERE ((mall_state = 'open'::text) AND (status <> ALL (ARRAY['shipped'::order_status, 'completed'::order_status, 'cancelled'::order_status])));
