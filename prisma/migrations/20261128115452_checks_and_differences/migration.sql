-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "held_until" TIMESTAMPTZ(3),
ADD COLUMN     "next_check_at" TIMESTAMPTZ(3),
ADD COLUMN     "ship_on" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "swept_orders" ADD COLUMN     "differs_since" TIMESTAMPTZ(3),
ADD COLUMN     "next_ask_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "orders_to_check" ON "orders"("next_check_at") WHERE (next_check_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "swept_orders_differing" ON "swept_orders"("shop_id") WHERE (differs_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "swept_orders_to_ask" ON "swept_orders"("next_ask_at") WHERE (next_ask_at IS NOT NULL);

-- What is held already is read once more, within an hour: only the mall says until when, and the orders of the release before kept that sealed.
UPDATE "orders" SET "next_check_at" = now() + random() * interval '1 hour' WHERE cardinality(holds) > 0 AND mall_state = 'open';
