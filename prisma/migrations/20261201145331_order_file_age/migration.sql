-- AlterTable
ALTER TABLE "order_files" ADD COLUMN     "exported_at" TIMESTAMPTZ(3);
