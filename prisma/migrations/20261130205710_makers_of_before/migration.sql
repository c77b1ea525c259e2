-- Rows of before get their makers from the audit, which has them for twelve months. A migration of its own: the one before holds locks that stop requests.
WITH made AS MATERIALIZED (
  SELECT k.id, a.actor FROM api_keys k CROSS JOIN LATERAL (
    SELECT a.actor FROM audit_entries a
    WHERE a.tenant_id = k.tenant_id AND a.at BETWEEN k.created_at - interval '1 minute' AND k.created_at + interval '1 minute'
      AND (a.action = 'api_key.created' AND a.target = k.id::text OR a.action = 'api_key.rotated' AND a.data ->> 'successorId' = k.id::text)
    LIMIT 1
  ) a
)
UPDATE api_keys k SET created_by = made.actor FROM made WHERE k.id = made.id AND k.created_by IS NULL;

WITH made AS MATERIALIZED (
  SELECT w.id, a.actor FROM webhooks w CROSS JOIN LATERAL (
    SELECT a.actor FROM audit_entries a
    WHERE a.tenant_id = w.tenant_id AND a.at >= w.created_at - interval '1 minute' AND a.target = w.id::text
      AND (a.action = 'webhook.created' OR a.action = 'webhook.updated' AND a.data -> 'fields' ? 'url')
    ORDER BY a.at DESC LIMIT 1
  ) a
)
UPDATE webhooks w SET created_by = made.actor FROM made WHERE w.id = made.id AND w.created_by IS NULL;

WITH made AS MATERIALIZED (
  SELECT c.id, a.actor FROM notice_channels c CROSS JOIN LATERAL (
    SELECT a.actor FROM audit_entries a
    WHERE a.tenant_id = c.tenant_id AND a.at >= c.created_at - interval '1 minute' AND a.target = c.id::text
      AND (a.action = 'notice_channel.created' OR a.action = 'notice_channel.updated' AND a.data -> 'fields' ?| ARRAY['url', 'roomId', 'token'])
    ORDER BY a.at DESC LIMIT 1
  ) a
)
UPDATE notice_channels c SET created_by = made.actor FROM made WHERE c.id = made.id AND c.created_by IS NULL;
