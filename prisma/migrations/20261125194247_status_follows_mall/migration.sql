-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "status_follows_mall" BOOLEAN NOT NULL DEFAULT true;
