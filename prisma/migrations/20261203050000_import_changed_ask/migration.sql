-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "changed_ask" INTEGER;
