-- CreateTable
CREATE TABLE "shop_sweeps" (
    "shop_id" UUID NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "run_at" TIMESTAMPTZ(3) NOT NULL,
    "listed_until" TIMESTAMPTZ(3),
    "verified_until" TIMESTAMPTZ(3),
    "deep_at" TIMESTAMPTZ(3),
    "run_from" TIMESTAMPTZ(3),
    "run_to" TIMESTAMPTZ(3),
    "window_from" TIMESTAMPTZ(3),
    "window_to" TIMESTAMPTZ(3),
    "page" TEXT,
    "pass" INTEGER NOT NULL DEFAULT 0,
    "pass_new" INTEGER NOT NULL DEFAULT 0,
    "step" INTEGER NOT NULL DEFAULT 0,
    "settles" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "outcome" TEXT,
    "message" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_sweeps_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "swept_orders" (
    "shop_id" UUID NOT NULL,
    "order_number" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "listed_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "live" BOOLEAN NOT NULL DEFAULT false,
    "seen" TEXT,

    CONSTRAINT "swept_orders_pkey" PRIMARY KEY ("shop_id","order_number")
);

-- CreateTable
CREATE TABLE "shop_days" (
    "shop_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "mall" INTEGER NOT NULL,
    "here" INTEGER NOT NULL,
    "pending" INTEGER NOT NULL,
    "missing" INTEGER NOT NULL,
    "missing_numbers" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "verified_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_days_pkey" PRIMARY KEY ("shop_id","day")
);

-- CreateIndex
CREATE INDEX "shop_sweeps_next_at_idx" ON "shop_sweeps"("next_at");

-- CreateIndex
CREATE INDEX "swept_orders_shop_id_day_idx" ON "swept_orders"("shop_id", "day");

-- CreateIndex
CREATE INDEX "swept_orders_shop_id_listed_at_idx" ON "swept_orders"("shop_id", "listed_at");

-- CreateIndex
CREATE INDEX "swept_orders_open" ON "swept_orders"("shop_id", "day") WHERE (state = 'open'::text);

-- CreateIndex
CREATE INDEX "swept_orders_day_idx" ON "swept_orders"("day");

-- CreateIndex
CREATE INDEX "shop_days_incomplete" ON "shop_days"("shop_id") WHERE (missing > 0);

-- CreateIndex
CREATE INDEX "import_requests_shop_id_order_number_idx" ON "import_requests"("shop_id", "order_number");

-- AddForeignKey
ALTER TABLE "shop_sweeps" ADD CONSTRAINT "shop_sweeps_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "swept_orders" ADD CONSTRAINT "swept_orders_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_days" ADD CONSTRAINT "shop_days_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;
