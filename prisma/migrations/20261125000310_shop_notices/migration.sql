-- DropIndex
DROP INDEX "import_requests_due";

-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "pending_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "attention_probe_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "shop_notices" (
    "shop_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_notices_pkey" PRIMARY KEY ("shop_id","code")
);

-- AddForeignKey
ALTER TABLE "shop_notices" ADD CONSTRAINT "shop_notices_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;
