-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "marks" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "blocked_buyers" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_entry" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "blocked_buyers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mark_rules" (
    "tenant_id" UUID NOT NULL,
    "sealed_rules" BYTEA NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mark_rules_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "blocked_buyers_tenant_id_kind_hash_key" ON "blocked_buyers"("tenant_id", "kind", "hash");

-- CreateIndex
CREATE INDEX "orders_marks" ON "orders" USING GIN ("marks" array_ops);

-- AddForeignKey
ALTER TABLE "blocked_buyers" ADD CONSTRAINT "blocked_buyers_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mark_rules" ADD CONSTRAINT "mark_rules_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
