-- AlterTable
ALTER TABLE "order_files" ADD COLUMN     "looked" BOOLEAN NOT NULL DEFAULT false;
