-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "created_by" TEXT;

-- AlterTable
ALTER TABLE "notice_channels" ADD COLUMN     "created_by" TEXT;

-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "most_api_keys" INTEGER;

-- AlterTable
ALTER TABLE "webhooks" ADD COLUMN     "created_by" TEXT,
ADD COLUMN     "last_sent_at" TIMESTAMPTZ(3);
