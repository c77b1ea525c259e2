-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "asks" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "shop_sweeps" ADD COLUMN     "last_sum" BIGINT,
ADD COLUMN     "narrow_ms" INTEGER,
ADD COLUMN     "pass_sum" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "sweep_gaps" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sweep_gaps_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sweep_gaps_shop_id_from_at_idx" ON "sweep_gaps"("shop_id", "from_at");

-- AddForeignKey
ALTER TABLE "sweep_gaps" ADD CONSTRAINT "sweep_gaps_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;
