-- AlterTable
ALTER TABLE "import_scans" ADD COLUMN     "unreadable" INTEGER NOT NULL DEFAULT 0;
