-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "status_follows_mall" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "unknown_fields" (
    "marketplace" "marketplace" NOT NULL,
    "kind" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "shape" TEXT NOT NULL,
    "seen" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unknown_fields_pkey" PRIMARY KEY ("marketplace","kind","path")
);
