-- CreateTable
CREATE TABLE "label_settings" (
    "tenant_id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "label_settings_pkey" PRIMARY KEY ("tenant_id","format")
);

-- CreateTable
CREATE TABLE "labels" (
    "tenant_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "recipient_id" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "exported_at" TIMESTAMPTZ(3) NOT NULL,
    "exports" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "labels_pkey" PRIMARY KEY ("tenant_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "labels_order_id_recipient_id_key" ON "labels"("order_id", "recipient_id");

-- AddForeignKey
ALTER TABLE "label_settings" ADD CONSTRAINT "label_settings_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "labels" ADD CONSTRAINT "labels_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "labels" ADD CONSTRAINT "labels_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;
