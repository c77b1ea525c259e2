-- No release uses it: 1.0.0 was made before the fence, 1.1.0 hands over by position.
ALTER TABLE "pull_fences" DROP CONSTRAINT "pull_fences_tenant_id_fkey";
DROP TABLE "pull_fences";
