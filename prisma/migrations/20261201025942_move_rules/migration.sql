-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "sorting" TEXT;

-- CreateTable
CREATE TABLE "move_rules" (
    "tenant_id" UUID NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "sealed_rules" BYTEA NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "move_rules_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateIndex
CREATE INDEX "orders_to_sort" ON "orders"("id") WHERE (sorting = 'due'::text);

-- AddForeignKey
ALTER TABLE "move_rules" ADD CONSTRAINT "move_rules_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
