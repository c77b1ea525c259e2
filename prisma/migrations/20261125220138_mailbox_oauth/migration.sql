-- AlterTable
ALTER TABLE "mailboxes" ADD COLUMN     "auth_kind" TEXT NOT NULL DEFAULT 'password',
ADD COLUMN     "auth_version" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "consent_ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "consented_at" TIMESTAMPTZ(3),
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'imap',
ADD COLUMN     "sealed_auth" BYTEA,
ADD COLUMN     "sealed_inbound_secret" BYTEA,
ADD COLUMN     "secret_ends_at" TIMESTAMPTZ(3),
ALTER COLUMN "sealed_password" DROP NOT NULL;

-- CreateTable
CREATE TABLE "mailbox_tokens" (
    "mailbox_id" UUID NOT NULL,
    "sealed_token" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 0,
    "credentials_version" INTEGER NOT NULL DEFAULT 0,
    "refused" BOOLEAN NOT NULL DEFAULT false,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailbox_tokens_pkey" PRIMARY KEY ("mailbox_id")
);

-- CreateTable
CREATE TABLE "mailbox_consents" (
    "id" UUID NOT NULL,
    "mailbox_id" UUID NOT NULL,
    "state_hash" BYTEA NOT NULL,
    "sealed_secrets" BYTEA,
    "redirect_uri" TEXT NOT NULL,
    "auth_version" INTEGER NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "mailbox_consents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mailbox_deliveries" (
    "mailbox_id" UUID NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mailbox_deliveries_pkey" PRIMARY KEY ("mailbox_id","delivery_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mailbox_consents_state_hash_key" ON "mailbox_consents"("state_hash");

-- CreateIndex
CREATE INDEX "mailbox_consents_mailbox_id_created_at_idx" ON "mailbox_consents"("mailbox_id", "created_at");

-- CreateIndex
CREATE INDEX "mailbox_deliveries_taken_at_idx" ON "mailbox_deliveries"("taken_at");

-- AddForeignKey
ALTER TABLE "mailbox_tokens" ADD CONSTRAINT "mailbox_tokens_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox_consents" ADD CONSTRAINT "mailbox_consents_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox_deliveries" ADD CONSTRAINT "mailbox_deliveries_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
