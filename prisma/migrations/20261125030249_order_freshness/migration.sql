-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "mall_revision" TEXT;

-- AlterTable
ALTER TABLE "shop_sweeps" ADD COLUMN     "fresh_after" UUID;
