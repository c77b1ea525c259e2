-- A process of the release before knows none of these columns: a trigger fills orders.waits_for_desk for it too, and its pulls have neither desk nor
-- number. It goes on writing pull_fences, which the next release drops. A desk's row is written with every batch, in its place.
-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "waits_for_desk" INTEGER;

-- AlterTable
ALTER TABLE "pulls" ADD COLUMN     "desk_id" UUID,
ADD COLUMN     "number" INTEGER,
ALTER COLUMN "idempotency_key" DROP NOT NULL,
ALTER COLUMN "request_hash" DROP NOT NULL;

-- CreateTable
CREATE TABLE "desks" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "number" INTEGER NOT NULL DEFAULT 0,
    "path" JSONB NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "desks_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 50);

-- CreateIndex
CREATE UNIQUE INDEX "desks_tenant_id_name_key" ON "desks"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "desks_tenant_id_ordinal_key" ON "desks"("tenant_id", "ordinal");

-- CreateIndex
CREATE INDEX "orders_waiting_for_desk" ON "orders"("tenant_id", "waits_for_desk", "ordered_at", "id", "shop_id") WHERE (waits_for_desk IS NOT NULL);

-- CreateIndex
CREATE INDEX "orders_put_back" ON "orders"("shop_id", "tenant_id") WHERE ((status = 'auto_imported'::order_status) AND (pull_id IS NOT NULL));

-- CreateIndex
CREATE UNIQUE INDEX "pulls_desk_id_number_key" ON "pulls"("desk_id", "number");

-- AddForeignKey
ALTER TABLE "pulls" ADD CONSTRAINT "pulls_desk_id_fkey" FOREIGN KEY ("desk_id") REFERENCES "desks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desks" ADD CONSTRAINT "desks_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
