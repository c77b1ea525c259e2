-- AlterTable
ALTER TABLE "notices" ADD COLUMN     "mailbox_id" UUID,
ALTER COLUMN "shop_id" DROP NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "notices_mailbox_id_kind_what_occurs_at_threshold_key" ON "notices"("mailbox_id", "kind", "what", "occurs_at", "threshold");

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "notices" ADD CONSTRAINT "notices_of_one" CHECK (num_nonnulls("shop_id", "mailbox_id") = 1);

CREATE FUNCTION "torikomi_notice_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  -- 10000 is no number of days: told as soon as it was seen.
  PERFORM "torikomi_tell"(NEW.tenant_id, 'notice', jsonb_build_object('noticeId', NEW.id, 'shopId', NEW.shop_id,
    'mailboxId', NEW.mailbox_id, 'kind', NEW.kind, 'what', NEW.what, 'occursAt', NEW.occurs_at,
    'daysBefore', CASE WHEN NEW.kind = 'expiry' AND NEW.threshold < 10000 THEN NEW.threshold END, 'subject', NEW.subject));
  RETURN NULL;
END $$;

CREATE TRIGGER "notices_inserted" AFTER INSERT ON "notices" FOR EACH ROW EXECUTE FUNCTION "torikomi_notice_told"();
