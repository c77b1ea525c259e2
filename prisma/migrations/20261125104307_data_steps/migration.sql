-- CreateTable
CREATE TABLE "data_steps" (
    "name" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "place" TEXT,

    CONSTRAINT "data_steps_pkey" PRIMARY KEY ("name")
);

-- Orders that are here already are made searchable by the service.
INSERT INTO "data_steps" ("name") VALUES ('search_backfill');
