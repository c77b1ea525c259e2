-- A process of the release before neither reads nor moves a fence: a copy of its request may still come late, as it could until now.
-- A row is written with every pull, in its place.
CREATE TABLE "pull_fences" (
  "tenant_id" UUID NOT NULL,
  "slot" SMALLINT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "token" BIGINT NOT NULL,
  CONSTRAINT "pull_fences_pkey" PRIMARY KEY ("tenant_id", "slot")
) WITH (fillfactor = 50);
ALTER TABLE "pull_fences" ADD CONSTRAINT "pull_fences_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
