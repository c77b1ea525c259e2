-- AlterTable
ALTER TABLE "tenant_deletions" DROP CONSTRAINT "tenant_deletions_pkey",
ADD CONSTRAINT "tenant_deletions_pkey" PRIMARY KEY ("tenant_id", "deleted_at");
