-- AlterTable
ALTER TABLE "order_files" ADD COLUMN     "takes_back" BOOLEAN NOT NULL DEFAULT false;
