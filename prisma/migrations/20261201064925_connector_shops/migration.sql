-- AlterEnum
ALTER TYPE "marketplace" ADD VALUE 'connector';

-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "capabilities" JSONB;
