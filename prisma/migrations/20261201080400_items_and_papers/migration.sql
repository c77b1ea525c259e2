-- CreateTable
CREATE TABLE "items" (
    "tenant_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "shelf" TEXT NOT NULL,
    "goods_name" TEXT NOT NULL,
    "temperature" TEXT NOT NULL,
    "jan" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "items_pkey" PRIMARY KEY ("tenant_id","key")
);

-- CreateTable
CREATE TABLE "shop_papers" (
    "shop_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "head_text" TEXT NOT NULL,
    "foot_text" TEXT NOT NULL,
    "pack_text" TEXT NOT NULL,
    "logo" BYTEA,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_papers_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE INDEX "shop_papers_tenant_id_idx" ON "shop_papers"("tenant_id");

-- AddForeignKey
ALTER TABLE "items" ADD CONSTRAINT "items_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_papers" ADD CONSTRAINT "shop_papers_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_papers" ADD CONSTRAINT "shop_papers_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
