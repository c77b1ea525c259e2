-- AlterTable
ALTER TABLE "labels" ADD COLUMN     "bundle_key" TEXT;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "bundle_id" UUID;

-- CreateIndex
CREATE INDEX "labels_bundled" ON "labels"("tenant_id", "bundle_key") WHERE (bundle_key IS NOT NULL);

-- CreateIndex
CREATE INDEX "orders_of_bundle" ON "orders"("bundle_id") WHERE (bundle_id IS NOT NULL);
