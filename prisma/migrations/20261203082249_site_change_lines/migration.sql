-- AlterTable
ALTER TABLE "site_changes" ADD COLUMN     "lines" JSONB;
