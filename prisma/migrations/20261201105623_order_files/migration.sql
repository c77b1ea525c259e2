-- CreateTable
CREATE TABLE "order_files" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "file_name" TEXT NOT NULL,
    "form" JSONB NOT NULL,
    "dry_run" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "parts" INTEGER NOT NULL,
    "received" INTEGER NOT NULL DEFAULT 0,
    "bytes" INTEGER NOT NULL,
    "counts" JSONB,
    "sealed_details" BYTEA,
    "message" TEXT,
    "holder" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_file_parts" (
    "file_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "order_file_parts_pkey" PRIMARY KEY ("file_id","number")
);

-- CreateIndex
CREATE INDEX "order_files_shop_id_id_idx" ON "order_files"("shop_id", "id");

-- CreateIndex
CREATE INDEX "order_files_tenant_id_idx" ON "order_files"("tenant_id");

-- CreateIndex
CREATE INDEX "order_files_open" ON "order_files"("created_at") WHERE (state = ANY (ARRAY['uploading'::text, 'waiting'::text]));

-- CreateIndex
CREATE INDEX "order_files_created_at_idx" ON "order_files"("created_at");

-- AddForeignKey
ALTER TABLE "order_files" ADD CONSTRAINT "order_files_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_files" ADD CONSTRAINT "order_files_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_file_parts" ADD CONSTRAINT "order_file_parts_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "order_files"("id") ON DELETE CASCADE ON UPDATE CASCADE;
