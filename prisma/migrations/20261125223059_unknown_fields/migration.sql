-- CreateTable
CREATE TABLE "unknown_fields" (
    "marketplace" "marketplace" NOT NULL,
    "field" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "shape" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unknown_fields_pkey" PRIMARY KEY ("marketplace","field","code")
);
