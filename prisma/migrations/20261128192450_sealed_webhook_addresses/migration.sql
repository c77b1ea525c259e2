-- AlterTable
ALTER TABLE "webhooks" ADD COLUMN     "sealed_url" BYTEA,
ADD COLUMN     "shown_url" TEXT NOT NULL DEFAULT '',
ALTER COLUMN "url" SET DEFAULT '';

-- Addresses are sealed by the service, as no migration has the key; from then on `url` is empty. A process of the release before reads `url`
-- alone: it would post to nowhere and count that as the receiver's failure. So who does not say that he can open an address gets no lease of it.
CREATE FUNCTION "torikomi_sealed_webhook"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;
CREATE TRIGGER "webhooks_sealed" BEFORE UPDATE OF "lease_owner" ON "webhooks" FOR EACH ROW
  WHEN (NEW.url = '' AND NEW.lease_owner IS NOT NULL AND NEW.lease_owner NOT LIKE 'sealed:%') EXECUTE FUNCTION "torikomi_sealed_webhook"();
