-- CreateTable
CREATE TABLE "tenant_moves" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "was_active" BOOLEAN NOT NULL,
    "receipt_hash" BYTEA,
    "start_hash" BYTEA,
    "snapshot" TEXT,
    "address" TEXT,
    "epochs" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_moves_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "tenant_moves_tenant_id_idx" ON "tenant_moves"("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_moves_one_open" ON "tenant_moves"("tenant_id") WHERE (state = ANY (ARRAY['leaving'::text, 'gone'::text, 'arrived'::text, 'dropping'::text]));
