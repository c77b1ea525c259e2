// Made by ../types.ts from docs/openapi.json, sha256 ec0feb27a2b0df0521340f96019cdaf4036f6879bbde2caeb1f2aff8b4e6301b
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive (生存確認)
         * @description Answers as long as the process runs, whatever the database does.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it serve requests (準備確認)
         * @description Asks the database and the queue; 503 names the part that does not answer, the database that only reads (`read_only`), or says that the process is about to end (`stopping`). A part that this process can serve requests without is shown and keeps it ready: the queue, in the role `api`.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prometheus metrics (メトリクス)
         * @description With the operator key (運営者キー), or without one from the same machine.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tenants (契約店の一覧)
         * @description Oldest first.
         */
        get: operations["listTenants"];
        put?: never;
        /**
         * Add a tenant (契約店の登録)
         * @description A tenant that only applied (申込済) has no access until it is set active (利用中).
         */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant (契約店) */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a tenant: let in, suspend, rename (契約店の変更)
         * @description Suspending (停止) refuses the keys of the tenant with 403 within five seconds; nothing is deleted, and setting it active (再開) takes up where it stopped.
         */
        patch: operations["updateTenant"];
        trace?: never;
    };
    "/v1/admin/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys (API キーの一覧)
         * @description Oldest first, revoked ones too.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make a key for a tenant (API キーの発行)
         * @description The key is in this answer and nowhere else: only its SHA-256 is stored.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key (API キーの取消)
         * @description It stops working within five seconds. Revoking twice is harmless.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed which setting (監査記録)
         * @description Newest first. Secrets are never in it, only that they were changed.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How full the queues are (キューの状況)
         * @description The queue only wakes; what is to be done is in the database.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People with an account (担当者の一覧)
         * @description Oldest first; deleted ones are left out.
         */
        get: operations["listOperators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/staff/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an account (担当者の削除)
         * @description Address, password and second factor are gone; the name stays for timelines and the audit.
         */
        delete: operations["deleteOperators"];
        options?: never;
        head?: never;
        /**
         * Change a person’s name, role or state (担当者の変更)
         * @description What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets up a new one. The last active owner (or operator) stays.
         */
        patch: operations["updateOperators"];
        trace?: never;
    };
    "/v1/admin/staff/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invitations that nobody has accepted yet (承諾待ちの招待) */
        get: operations["listOperatorsInvitations"];
        put?: never;
        /**
         * Invite a person (担当者の招待)
         * @description Good for seven days and one person. Where no mail server is set the link is in the answer.
         */
        post: operations["inviteOperators"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/staff/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw an invitation (招待の取消) */
        delete: operations["withdrawOperatorsInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mails of the malls that were read (受信メール)
         * @description Newest first. Mails that are no mall’s are counted only and never stored. Shows personal data: subject, sender and, of unreadable mails, the text.
         */
        get: operations["listMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People with an account (担当者の一覧)
         * @description Oldest first; deleted ones are left out.
         */
        get: operations["listStaff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/staff/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an account (担当者の削除)
         * @description Address, password and second factor are gone; the name stays for timelines and the audit.
         */
        delete: operations["deleteStaff"];
        options?: never;
        head?: never;
        /**
         * Change a person’s name, role or state (担当者の変更)
         * @description What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets up a new one. The last active owner (or operator) stays.
         */
        patch: operations["updateStaff"];
        trace?: never;
    };
    "/v1/staff/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invitations that nobody has accepted yet (承諾待ちの招待) */
        get: operations["listStaffInvitations"];
        put?: never;
        /**
         * Invite a person (担当者の招待)
         * @description Good for seven days and one person. Where no mail server is set the link is in the answer.
         */
        post: operations["inviteStaff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/staff/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw an invitation (招待の取消) */
        delete: operations["withdrawStaffInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/pull": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take staged orders over (受注取込)
         * @description Moves staged orders (自動受注取込), oldest first, to 新規受付 and returns them as one batch. Send a new `Idempotency-Key` with every pull, and the same one to get a batch again whose answer was lost. While `remaining` is above 0, pull again with a new key.
         */
        post: operations["pullOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pulls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A batch that was handed over (受注取込の結果)
         * @description The same orders at the same places as in the answer to the pull, each as it is now.
         */
        get: operations["getPull"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders (受注の一覧・検索)
         * @description Newest first by order time. Without detail unless `detail=true`. All conditions must hold. Full and half width, blanks and hyphens make no difference; names, phones and mail addresses are found whole, as they are stored encrypted.
         */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One order with its detail (受注詳細)
         * @description The ETag is its version, to be sent as If-Match with a change.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit an order (受注の編集)
         * @description A JSON merge patch of the detail: lists are replaced whole, null empties a field. `If-Match` is the ETag that the order was read with; when somebody was faster the answer is 412 with both versions. `*` overwrites whatever is there. The mall’s values stay in `edits`.
         */
        patch: operations["editOrder"];
        trace?: never;
    };
    "/v1/orders/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to an order (受注の履歴) */
        get: operations["getOrderTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What stands where (状況一覧)
         * @description Counts of all shops together and of each, and what waits for a person (要対応).
         */
        get: operations["getBoard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move orders to a status (ステータス移動)
         * @description From any status to any, also straight from 自動受注取込. All of them or none.
         */
        post: operations["moveOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an order was before edits and re-imports (以前の版の一覧) */
        get: operations["listOrderVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An order as it was (以前の版) */
        get: operations["getOrderVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/reimport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read known orders again (注文再取込)
         * @description Begins it and answers at once. What is different, field by field, stands in GET /reimports/{id} when the mall has answered.
         */
        post: operations["reimportOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reimports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a re-import found and took over (再取込の結果) */
        get: operations["getReimport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, live (イベント配信)
         * @description Server-sent events of the tenant. `board`: the whole board, at once and whenever it has changed, five times a second at most. `order`: `{ orderId, shopId, orderNumber, what, status, changeState, mallState, version }`, where `what` names staged, pulled, moved, edited, changed, change_state, cancelled_at_mall, reopened_at_mall. `change`: a site change. `attention`: a shop or mailbox stops or goes on. `notice`: what was told by mail too, as in GET /notices. After a lost connection send the last `id` as `Last-Event-ID`: nothing is missed for 30 days; the same rows as GET /changes, whose `position` is this `id`. `reset` says that this is no longer possible: read the lists again. `ready` says from where events are told.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changed since a position (変更フィード)
         * @description Every change of orders, site changes, attention and notices of the tenant, in order, each once; the same rows as GET /events and webhooks. First call: without `after`, which answers no rows and the present `position`; then read the lists, and go on from there. Work off `changes`, keep `position`, pass it as `after`. The order is that of the transactions, so where two change one order at once the row with the higher `version` may come first: pass over a row whose version is lower than the one you have. With `wait` the answer comes as soon as there is something. A lost answer loses nothing: ask again with the same `after`. Rows are kept for 30 days; 410 POSITION_EXPIRED says that a position is older, and its `position` is where to go on after reading the lists anew.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import orders by number or period (注文取込)
         * @description Begins the import and answers at once. Orders that are here already are left as they are. A period is listed at the mall in the background.
         */
        post: operations["importOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is being fetched, what failed and why (取込要求の一覧) */
        get: operations["listImportRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import-requests/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the mall again at once (取込の再実行) */
        post: operations["retryImportRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import-requests/{id}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give up an order that is not wanted here (取込対象外にする)
         * @description It is not asked for any more, and its day is complete without it. Importing the number again takes it back.
         */
        post: operations["dismissImportRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import-requests/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask again for all that was given up, or all of one cause (失敗した取込の一括再実行) */
        post: operations["retryFailedImports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import-scans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the import of a period has come (期間指定の取込の状況) */
        get: operations["getImportScan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/completeness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is everything here? By day: at the mall, here, missing (日別の突合結果)
         * @description From comparing with the mall’s own list of orders (突合), which goes on in the background all the time.
         */
        get: operations["getCompleteness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/site-changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Site changes, with the reason of what did not end well (サイト変更の一覧) */
        get: operations["listSiteChanges"];
        put?: never;
        /**
         * Change orders at their malls (サイト変更)
         * @description Takes all changes or none and answers at once; they run in the background. What each mall offers is in `GET /marketplaces`. Send a new `Idempotency-Key` with every request, and the same one when an answer was lost.
         */
        post: operations["requestSiteChanges"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/site-changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One site change (サイト変更の状況) */
        get: operations["getSiteChange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/site-changes/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again from the step that failed (サイト変更の再実行)
         * @description For warnings and failures. What is known to be done at the mall is not sent again.
         */
        post: operations["retrySiteChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/site-changes/{id}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark a warning or failure as seen (サイト変更を確認済みにする)
         * @description The order shows it no more; the change itself stays in the list.
         */
        post: operations["dismissSiteChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shops (店舗の一覧)
         * @description Oldest first.
         */
        get: operations["listShops"];
        put?: never;
        /**
         * Add a shop (店舗の登録)
         * @description Credentials (認証情報) are checked for their shape before anything is stored; whether the mall takes them is told by `POST /shops/{id}/test`. They may also be given later.
         */
        post: operations["createShop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One shop (店舗) */
        get: operations["getShop"];
        put?: never;
        post?: never;
        /**
         * Remove a shop and its credentials (店舗の削除)
         * @description Refused with 409 while the shop has orders: set `enabled` to false instead, or say `withOrders=true` to delete them too.
         */
        delete: operations["deleteShop"];
        options?: never;
        head?: never;
        /**
         * Change a shop (店舗の変更)
         * @description Only what is given changes. `settings` are replaced whole; of `credentials` (認証情報) a renewed value may be entered alone. New credentials clear attention (要対応), open the lane to the mall and start the work that waited.
         */
        patch: operations["updateShop"];
        trace?: never;
    };
    "/v1/shops/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in at the mall and tell what was found (接続テスト)
         * @description Makes one harmless call. Answers 200 with `ok: false` when the mall refuses; a good answer clears attention (要対応).
         */
        post: operations["testShop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/sub-statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sub-statuses of a shop (サブステータスの一覧)
         * @description What the site change `sub_status` takes: those the shop has set up, where the mall tells them, or the mall’s fixed ones. Empty for a mall that tells none: it takes the names that the shop gave, or has none.
         */
        get: operations["listSubStatuses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailboxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mailboxes (受信箱の一覧)
         * @description Oldest first.
         */
        get: operations["listMailboxes"];
        put?: never;
        /**
         * Add a mailbox (受信箱の登録)
         * @description The mailbox is only read: no mail is marked, moved or deleted. A host inside the operator’s network is refused with `HOST_NOT_ALLOWED` unless the operator allows it.
         */
        post: operations["createMailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailboxes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One mailbox (受信箱) */
        get: operations["getMailbox"];
        put?: never;
        post?: never;
        /**
         * Remove a mailbox and its login (受信箱の削除)
         * @description What was imported from its mails stays.
         */
        delete: operations["deleteMailbox"];
        options?: never;
        head?: never;
        /**
         * Change a mailbox (受信箱の変更)
         * @description Only what is given changes; `shopIds` is replaced whole. A new password clears attention (要対応) and is tried at once. Another host, user or folder is read from its last days on.
         */
        patch: operations["updateMailbox"];
        trace?: never;
    };
    "/v1/mailboxes/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in at the mail server and tell what was found (接続テスト)
         * @description Answers 200 with `ok: false` when the server refuses. A good answer clears attention (要対応).
         */
        post: operations["testMailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/marketplaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each mall can do (モールの一覧)
         * @description Credential fields (認証情報の項目) for a settings form, the site changes (サイト変更) it takes with their fields and carriers, and the mall’s limits.
         */
        get: operations["listMarketplaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a consent in the browser (同意の開始)
         * @description For malls with consents (`consent` in GET /marketplaces). Open `url` in a browser and consent there within ten minutes; the mall sends the browser to `/oauth/{marketplace}/callback`, which stores the tokens, opens the lane and shows what happened. Needs the setting PUBLIC_URL, and that address registered with the mall. The body may be left out.
         */
        post: operations["beginConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys and consents that end (認証情報の期限一覧)
         * @description Every lifetime of every shop: how sure its date is, and what to do. The mall is asked about once a day, and by `POST /shops/{id}/test`. Notices (通知) go out 30, 14, 7, 3 and 1 days before an end, and at it.
         */
        get: operations["listCredentials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was told of keys, consents, and shops and mailboxes that stand still (通知の一覧)
         * @description Newest first. Each goes to every address of the tenant by mail, where SMTP_URL is set, and as a `notice` to GET /events.
         */
        get: operations["listNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Webhooks (Webhookの一覧)
         * @description All of the tenant, oldest first. Secrets are never shown again (署名鍵は表示されません).
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have the change feed sent to an address (Webhookの登録)
         * @description Each row of the change feed from now on is sent by POST as `{ type, timestamp, position, data }`, signed by the rule of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Any 2xx within 15 s takes it; else it is sent again after 6 s, 5 min, 30 min, 2 h, … for three days. Rows may come twice (same `webhook-id`) and, after a failure, out of order: `position` tells. Failing for five days, or 410, switches it off with a notice. The secret is shown in this answer alone (署名鍵はこの応答だけに含まれます).
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook (Webhookの詳細)
         * @description With how it is doing (送信状況も含みます).
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook (Webhookの削除)
         * @description With its deliveries (送信記録も削除します).
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook (Webhookの変更)
         * @description `enabled: true` switches one on again that the service switched off; it goes on where it stood (停止前の続きから送信します).
         */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new secret (署名鍵の変更)
         * @description Shown in this answer alone. Until `oldSecretUntil` each message carries two signatures, of both secrets (期限までは新旧両方の鍵で署名します).
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test (テスト送信)
         * @description Sent soon, as `type: test`; how it went is in the list of deliveries (結果は送信記録で確認できます).
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent, and how it went (送信記録)
         * @description Newest first, of the last 30 days (30日分、新しい順).
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it again (再送)
         * @description Under the same `webhook-id`, with attempts of its own (同じ送信IDで再送します).
         */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailboxes/recognise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would be recognised in a pasted mail, and why not (メール判別の確認)
         * @description Takes the source of a mail, or its sender, subject and text. Nothing is stored or fetched.
         */
        post: operations["recogniseMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/{marketplace}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the mall sends the browser back to (同意の結果)
         * @description Answers a page in Japanese (HTML). Each `state` counts once, for ten minutes; with another one nothing is stored.
         */
        get: operations["endConsent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in (ログイン状態) */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in by mail address and password (ログイン)
         * @description Sets the cookie `torikomi_session`. `state` says what is still owed. Whether the address or the password was wrong is not told; ten failures in 15 minutes lock the address for 15 minutes, whether it has an account or not.
         */
        post: operations["signIn"];
        /** Sign out (ログアウト) */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete the sign-in (二段階認証)
         * @description No code opens twice. Five failures lock it for 15 minutes.
         */
        post: operations["showSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to set up a second factor (二段階認証の設定開始)
         * @description Show `otpauthUrl` as a QR code; the factor counts once a code of it was confirmed. Whoever has one already shows a code of it.
         */
        post: operations["beginSecondFactorSetup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The set-up factor counts from now on (二段階認証の設定完了) */
        post: operations["confirmSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * New recovery codes (リカバリーコードの再発行)
         * @description The ones before stop working.
         */
        post: operations["renewRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in (ログイン中の端末) */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of one’s sessions (ログインの取消)
         * @description It ends at once, and its event streams within two seconds.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one’s password (パスワードの変更)
         * @description 12 characters at least. Ends all other sessions.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/first": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The first operator account of an installation (最初の運営者の登録)
         * @description Only with the operator key, and only while there is none: 409 after that. Signs in; the second factor is set up next.
         */
        post: operations["makeFirstOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an invitation is for (招待の内容) */
        get: operations["getInvitation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{token}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation (招待の承諾)
         * @description Makes the account and signs in, as POST /v1/session does.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A key of a tenant, without the key itself (API キー) */
        ApiKey: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description 契約店
             */
            tenantId: string;
            /** @description What it is for (用途) */
            name: string;
            /** @description First characters, to tell keys apart (先頭文字) */
            prefix: string;
            /**
             * Format: date-time
             * @description 発行日時
             */
            createdAt: string;
            /** @description 有効期限 */
            expiresAt: string | null;
            /** @description 取消日時 */
            revokedAt: string | null;
            /** @description To the minute (最終利用日時) */
            lastUsedAt: string | null;
        };
        /** @description Why it stands still (要対応) */
        Attention: {
            /** @description For programs (コード) */
            code: string;
            /** @description What a person must do, Japanese (説明) */
            message: string;
            /** @description 発生日時 */
            since: string | null;
        };
        /** @description A shop or mailbox stops or goes on (要対応) */
        AttentionEvent: {
            shopId: string | null;
            /** @description Mailbox (受信箱ID) */
            mailboxId: string | null;
            /** @description Null when it goes on (理由コード) */
            code: string | null;
            /** @description Japanese, for staff (説明) */
            message: string | null;
            /** @description 発生日時 */
            since: string | null;
            /** @description No call to the mall before (呼び出し再開日時) */
            laneClosedUntil: string | null;
        };
        /** @description A row of the feed: attention (変更フィードの行) */
        AttentionFeedRow: {
            /** @description Its place in the feed; `after` of the next call goes on behind it (位置) */
            position: string;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
            /**
             * @description 種類
             * @constant
             */
            kind: "attention";
            data: components["schemas"]["AttentionEvent"];
        };
        /** @description What stands where (状況一覧) */
        Board: {
            /** @description Waiting in 自動受注取込 */
            staged: number;
            /** @description Site changes queued or under way (変更中) */
            changing: number;
            /** @description Site changes that ended with a warning (警告あり) */
            warning: number;
            /** @description Site changes that failed (失敗) */
            failed: number;
            /** @description Orders that are not here yet and wait to be fetched (取込待ち) */
            importing: number;
            /** @description Import requests whose answer could not be used twice or more: they are tried on, and need a look; not in importing (取込要確認) */
            importDoubtful: number;
            /** @description Import requests that were given up (取込失敗) */
            importFailed: number;
            /** @description Orders that the mall lists and that are not here, see the shop’s completeness (未取込) */
            missing: number;
            /** @description Pulled and not yet worked on (新規受付); 1,000 when there are that many or more in a shop */
            new: number;
            /** @description 入金待ち; 1,000 when there are that many or more in a shop */
            awaitingPayment: number;
            /** @description 出荷待ち; 1,000 when there are that many or more in a shop */
            readyToShip: number;
            /** @description 保留; 1,000 when there are that many or more in a shop */
            onHold: number;
            /** @description Shops and mailboxes that wait for a person (要対応の件数) */
            attention: number;
            /** @description By shop (店舗別) */
            shops: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                shopId: string;
                /** @description 店舗名 */
                name: string;
                marketplace: components["schemas"]["Marketplace"];
                /** @description Waiting in 自動受注取込 */
                staged: number;
                /** @description Site changes queued or under way (変更中) */
                changing: number;
                /** @description Site changes that ended with a warning (警告あり) */
                warning: number;
                /** @description Site changes that failed (失敗) */
                failed: number;
                /** @description Orders that are not here yet and wait to be fetched (取込待ち) */
                importing: number;
                /** @description Import requests whose answer could not be used twice or more: they are tried on, and need a look; not in importing (取込要確認) */
                importDoubtful: number;
                /** @description Import requests that were given up (取込失敗) */
                importFailed: number;
                /** @description Orders that the mall lists and that are not here, see the shop’s completeness (未取込) */
                missing: number;
                /** @description Pulled and not yet worked on (新規受付); 1,000 when there are that many or more in a shop */
                new: number;
                /** @description 入金待ち; 1,000 when there are that many or more in a shop */
                awaitingPayment: number;
                /** @description 出荷待ち; 1,000 when there are that many or more in a shop */
                readyToShip: number;
                /** @description 保留; 1,000 when there are that many or more in a shop */
                onHold: number;
                /** @description When an import last ended well; null when it is not among the latest 500 of the tenant (最後の取込) */
                importedAt: string | null;
                /** @description When the comparison with the mall last went on (最後の突合) */
                comparedAt: string | null;
                /** @description Why it stands still (要対応); null when it does not */
                attention: {
                    /** @description For programs (コード) */
                    code: string;
                    /** @description What a person must do, Japanese (説明) */
                    message: string;
                    /** @description 発生日時 */
                    since: string | null;
                } | null;
                /** @description The mall is not asked before this time (モールへの接続再開予定) */
                laneClosedUntil: string | null;
                /** @description Orders placed before this time have been compared with the mall’s own list (照合済みの時点) */
                verifiedUntil: string | null;
                /** @description What the mall lets know without stopping anything; newest first (モールからの通知) */
                notices: components["schemas"]["ShopNotice"][];
            }[];
            /** @description By mailbox (受信箱別) */
            mailboxes: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                mailboxId: string;
                /** @description 受信箱名 */
                name: string;
                /** @description connecting, connected, polling, waiting, attention, disabled (接続状態) */
                state: string;
                /** @description When the last mail came in (最後の受信) */
                lastMailAt: string | null;
                /** @description Why it stands still (要対応); null when it does not */
                attention: {
                    /** @description For programs (コード) */
                    code: string;
                    /** @description What a person must do, Japanese (説明) */
                    message: string;
                    /** @description 発生日時 */
                    since: string | null;
                } | null;
                /** @description Hints that stop nothing (お知らせ) */
                notices: components["schemas"]["MailboxNotice"][];
            }[];
        };
        /**
         * @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗
         * @enum {string}
         */
        ChangeState: "none" | "queued" | "changing" | "succeeded" | "warning" | "failed";
        /**
         * @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗
         * @enum {string}
         */
        ChangeStateInput: "none" | "queued" | "changing" | "succeeded" | "warning" | "failed";
        /** @description By day: at the mall and here (日別の突合結果) */
        Completeness: {
            /** @description Orders placed before this time are here, held back by the mall, or named as missing, but for the times in `unverified`; null before the first sweep (照合済みの時点) */
            verifiedUntil: string | null;
            /** @description Times that could not be compared with the mall’s list, newest first, 100 at most; what was stepped over is tried again once a day (未照合の期間) */
            unverified: {
                /**
                 * Format: date-time
                 * @description 開始
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description 終了
                 */
                to: string;
                /** @description STOPPED_TOO_LONG the service stood still for too long, LIST_ENTRY_UNREADABLE an entry cannot be read, or why the list of this time cannot be read (コード) */
                code: string;
                /** @description Why, and what to do, Japanese (説明) */
                message: string;
            }[];
            /** @description Why the mall’s list could not be read last; it is tried again by itself (直近の失敗) */
            lastFailure: {
                /** @description For programs (コード) */
                code: string;
                /** @description Japanese (説明) */
                message: string;
            } | null;
            /** @description Newest first (新しい順) */
            days: {
                /**
                 * Format: date
                 * @description A day in Japan: 2026-01-15 (日本時間の日付)
                 */
                day: string;
                /** @description Orders the mall lists; null when it was not asked yet (モールの件数) */
                mall: number | null;
                /** @description Of these, here (取込済みの件数) */
                here: number;
                /** @description Of these, held back by the mall: unpaid (モールで保留中の件数) */
                pending: number;
                /** @description Of these, neither (未取込の件数) */
                missing: number;
                /** @description The first 50 of them (未取込の受注番号) */
                missingNumbers: string[];
                /** @description Up to when all that the mall listed of the day was seen to be here (照合日時) */
                verifiedAt: string | null;
                /** @description Compared, nothing is missing, and no time of the day is in `unverified` (すべて取込済み) */
                complete: boolean;
            }[];
        };
        /** @description Order with its detail and its edits (受注と編集内容) */
        EditedOrder: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            marketplace: components["schemas"]["Marketplace"];
            /** @description The mall’s order number (受注番号) */
            orderNumber: string;
            status: components["schemas"]["OrderStatus"];
            changeState: components["schemas"]["ChangeState"];
            /** @description The mall’s own status code (モールステータス) */
            mallStatus: string;
            /** @description The mall’s sub-status code (サブステータス) */
            mallSubStatus: string | null;
            /**
             * @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)
             * @enum {string}
             */
            mallState: "open" | "shipped" | "completed" | "cancelled";
            /**
             * Format: date-time
             * @description When the buyer ordered (注文日時)
             */
            orderedAt: string;
            /**
             * Format: date-time
             * @description When it came in (取込日時)
             */
            stagedAt: string;
            /** @description When it was handed over (受注取込日時) */
            pulledAt: string | null;
            /**
             * Format: date-time
             * @description When the mall was last asked (最終確認日時)
             */
            refreshedAt: string;
            /** @description Yen billed to the buyer (請求金額) */
            billedAmount: number;
            /** @description Yen before discounts and points (合計金額) */
            totalAmount: number;
            /** @description Lines (明細数) */
            itemLines: number;
            /** @description Pieces (商品点数) */
            itemQuantity: number;
            /** @description Kind of payment (支払方法区分) */
            paymentKind: ("credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other") | string;
            /** @description Why it must not ship yet (出荷保留) */
            holds: (("fraud_check" | "reserve" | "unpaid" | "buyer_cancel_window" | "mall_processing" | "change_pending" | "address_pending" | "amount_pending" | "shop_hold") | string)[];
            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
            flags: string[];
            /** @description Things in the order that do not fit (注意件数) */
            warningCount: number;
            /** @description Rises with each change; the ETag (版) */
            version: number;
            /** @description When staff last edited it (編集日時) */
            editedAt: string | null;
            /** @description Batch it was handed over in (取込バッチID) */
            pullId: string | null;
            /** @description When its personal data was removed (個人情報削除日時) */
            purgedAt: string | null;
            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
            detail: components["schemas"]["OrderDetail"] | null;
            /** @description Why detail is null: purged 保存期間満了, unreadable 復号不可 */
            detailMissing: ("purged" | "unreadable") | null;
            /** @description What staff edited, by JSON pointer, with the mall’s value beside it (編集内容) */
            edits: {
                [key: string]: {
                    /** @description As the mall gave it (モールの値) */
                    mall?: unknown;
                    /** @description As staff wrote it (編集後の値) */
                    edited?: unknown;
                    /**
                     * Format: date-time
                     * @description 編集日時
                     */
                    at: string;
                    /** @description key:<API key id> (編集者) */
                    by: string;
                };
            };
        };
        /** @description Part of the change feed (変更フィード) */
        FeedPage: {
            /** @description In order (変更) */
            changes: components["schemas"]["FeedRow"][];
            /** @description Pass as `after` for what comes next; keep it on disk (次の位置) */
            position: string;
            /** @description There is more at once: ask again without waiting (続きあり) */
            more: boolean;
        };
        /** @description One change, told once and in order (変更フィードの行) */
        FeedRow: components["schemas"]["OrderFeedRow"] | components["schemas"]["SiteChangeFeedRow"] | components["schemas"]["AttentionFeedRow"] | components["schemas"]["NoticeFeedRow"];
        /** @description What was begun (取込の受付) */
        ImportAccepted: {
            /** @description Numbers that are being fetched now (取込を開始した受注番号) */
            requested: string[];
            /** @description Numbers whose orders are here; nothing changes (取込済み) */
            alreadyHere: {
                /** @description 注文番号 */
                orderNumber: string;
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                orderId: string;
            }[];
            /** @description Import of a period that runs in the background; see GET /import-scans/{id} (期間指定の取込) */
            scan: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description RFC 3339 (日時)
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description RFC 3339 (日時)
                 */
                to: string;
            } | null;
        };
        /** @description Fetch this order for this shop (取込要求) */
        ImportRequest: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            /** @description 受注番号 */
            orderNumber: string;
            /** @description The order, when it is here (受注ID) */
            orderId: string | null;
            /** @description import 取込, refresh 再確認, reimport 再取込 (目的) */
            purpose: string;
            /** @description mail メール, person 手動, sweep 突合, window キャンセル可能時間の終了 (きっかけ) */
            source: string;
            /**
             * @description waiting 待機中, done 完了, failed 失敗 (状態)
             * @enum {string}
             */
            state: "waiting" | "done" | "failed";
            /** @description How often the mall was asked (回数) */
            attempts: number;
            /** @description When it is asked next; null when it ended (次回予定) */
            nextAttemptAt: string | null;
            /** @description staged 取込済み, already_here 取込済みだった, refreshed 再確認済み, skipped 取込対象外, other_shop 別店舗の受注, dismissed 担当者が対象外にした; while it waits: PENDING モールで保留中, NOT_FOUND まだない; or a failure code (結果) */
            outcome: string | null;
            /** @description What happened and what to do, Japanese (説明) */
            message: string | null;
            /** @description The mall’s own words (モールのメッセージ) */
            mallMessage: string | null;
            /** @description Attempts that brought no order, oldest first, the latest 20 (取り込めなかった問い合わせ) */
            retries: {
                /**
                 * Format: date-time
                 * @description RFC 3339 (日時)
                 */
                at: string;
                /** @description Result or failure code (コード) */
                code: string;
            }[];
            /**
             * Format: date-time
             * @description 依頼日時
             */
            requestedAt: string;
            /** @description 終了日時 */
            finishedAt: string | null;
        };
        /** @description What was begun (再実行の受付) */
        ImportRequestsRetried: {
            /** @description Requests that begin anew (再実行した件数) */
            retried: number;
        };
        /** @description Import of a period (期間指定の取込) */
        ImportScan: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            shopId: string;
            /**
             * Format: date-time
             * @description 期間の開始
             */
            from: string;
            /**
             * Format: date-time
             * @description 期間の終了
             */
            to: string;
            /**
             * @description waiting 待機中, done 完了, failed 失敗 (状態)
             * @enum {string}
             */
            state: "waiting" | "done" | "failed";
            /**
             * Format: date-time
             * @description Start of the part of the period that is being read (処理中の位置)
             */
            readTo: string;
            /** @description Orders that the mall has listed so far (モールの件数) */
            listed: number;
            /** @description Those of them that were not here and are being fetched (取込対象の件数) */
            requested: number;
            /** @description listed, or a failure code (結果) */
            outcome: string | null;
            /** @description Japanese (説明) */
            message: string | null;
            /**
             * Format: date-time
             * @description 依頼日時
             */
            requestedAt: string;
            /** @description 終了日時 */
            finishedAt: string | null;
        };
        /** @description An invitation that nobody has accepted yet (招待) */
        Invitation: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description メールアドレス */
            email: string;
            /**
             * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
             * @enum {string}
             */
            role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
            /**
             * Format: date-time
             * @description 招待日時
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description 有効期限
             */
            expiresAt: string;
        };
        /** @description Order line (商品明細) */
        Item: {
            /** @description Unique in the order (明細ID) */
            lineId: string;
            /** @description Recipient it goes to (送付先ID) */
            recipientId: string;
            /** @description The shop's item code (商品番号 / 商品コード) */
            itemCode: string | null;
            /** @description The mall's item id (モール商品ID) */
            mallItemId: string | null;
            /** @description SKU (SKU管理番号 / サブコード) */
            sku: string | null;
            /** @description The shop's own SKU (システム連携用SKU番号) */
            merchantSku: string | null;
            /** @description JAN code (JANコード) */
            jan: string | null;
            /** @description Item name (商品名) */
            name: string;
            /** @description Choices and inscriptions (項目・選択肢) */
            options: {
                /** @description Question (項目名) */
                name: string;
                /** @description Answer (選択肢・入力内容) */
                value: string;
                price: number | null;
            }[];
            /** @description Price of one, as the mall states it (単価) */
            unitPrice: number;
            /** @description unitPrice includes consumption tax (税込) */
            taxIncluded: boolean;
            /** @description Percent: 10, 8, 0 (税率) */
            taxRate: number | null;
            /** @description Quantity (数量) */
            quantity: number;
            /** @description Tax included price × quantity (小計) */
            subtotal: number;
            /** @description Release date of a reservation (発売日) */
            releaseDate: string | null;
            /** @description When it ships, as shown to the buyer (発送目安) */
            leadTime: string | null;
            /** @description Line was removed at the mall (削除済み) */
            deleted: boolean;
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: unknown;
            };
        };
        /** @description An IMAP account that order mails reach (受信箱) */
        Mailbox: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name for staff (受信箱名) */
            name: string;
            /** @description IMAP server (ホスト名) */
            host: string;
            /** @description ポート */
            port: number;
            /**
             * @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)
             * @enum {string}
             */
            security: "tls" | "starttls" | "plain";
            /** @description Login, most of it hidden (ユーザー名・一部伏字) */
            username: string;
            /** @description Whether it is set, never its value (パスワードの登録状況) */
            password: {
                /** @description 登録済み */
                set: boolean;
                /** @description When it last changed (登録日時) */
                setAt: string | null;
            };
            /** @description フォルダー */
            folder: string;
            /** @description 利用する */
            enabled: boolean;
            /** @description The name with which the Authentication-Results of the receiving host begin: what it vouches for is believed. null: the one known for the host, where there is one (認証結果を付けるサーバー名) */
            authservId: string | null;
            /** @description 対象店舗 */
            shopIds: string[];
            /** @description connecting 接続中, connected 受信中, polling 定期確認中, waiting 待機, attention 要対応, disabled 停止 (状態) */
            state: string;
            attention: components["schemas"]["Attention"] | null;
            /** @description Hints that stop nothing (お知らせ) */
            notices: components["schemas"]["MailboxNotice"][];
            /** @description 最終接続日時 */
            lastConnectedAt: string | null;
            /** @description 最終受信日時 */
            lastMailAt: string | null;
            /** @description Mails seen so far (受信件数) */
            mails: {
                /** @description Order mails (判別済) */
                recognised: number;
                /** @description From a mall, but nothing found in it (判別不能) */
                unreadable: number;
                /** @description No mall’s (対象外) */
                ignored: number;
                /** @description Stepped over, because the server does not hand them out (読み飛ばし) */
                skipped: number;
            };
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description 更新日時
             */
            updatedAt: string;
        };
        /** @description A hint; the mailbox goes on working (受信箱のお知らせ) */
        MailboxNotice: {
            /** @description For programs: MAILBOX_QUIET (コード) */
            code: string;
            /** @description What it means and what to check, Japanese (説明) */
            message: string;
            /**
             * Format: date-time
             * @description 発生日時
             */
            since: string;
        };
        /**
         * @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール)
         * @enum {string}
         */
        Marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
        /**
         * @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール)
         * @enum {string}
         */
        MarketplaceInput: "yahoo" | "rakuten" | "amazon" | "aupay";
        /** @description Something that was told, once (通知) */
        Notice: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Set when it is about a shop (店舗) */
            shopId: string | null;
            /** @description Set when it is about a mailbox (受信箱) */
            mailboxId: string | null;
            /** @description Set when it is about a webhook (Webhook) */
            webhookId: string | null;
            /**
             * @description expiry 期限のお知らせ, attention 要対応または要確認 (種別)
             * @enum {string}
             */
            kind: "expiry" | "attention";
            /** @description What ends, as in GET /credentials, or the attention’s code (対象コード) */
            what: string;
            /**
             * Format: date-time
             * @description When it ends, or since when the shop or mailbox stands still (期限または発生日時)
             */
            occursAt: string;
            /** @description 30, 14, 7, 3, 1, 0; null when it was told at once (何日前のお知らせか) */
            daysBefore: number | null;
            /** @description Japanese (件名) */
            subject: string;
            /** @description Japanese (本文) */
            text: string;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
            /** @description Empty where the service sends no mails, or the tenant has no address (メール送信の状況) */
            mails: {
                /** @description 宛先 */
                address: string;
                /**
                 * @description waiting 送信待ち, sent 送信済み, failed 送信失敗 (状態)
                 * @enum {string}
                 */
                state: "waiting" | "sent" | "failed";
                /** @description 送信回数 */
                attempts: number;
                /** @description Why the last attempt failed (エラーコード) */
                code: string | null;
                /** @description 送信日時 */
                sentAt: string | null;
            }[];
        };
        /** @description Something was told, as in GET /notices (通知) */
        NoticeEvent: {
            /**
             * Format: uuid
             * @description Notice (通知ID)
             */
            noticeId: string;
            shopId: string | null;
            /** @description Mailbox (受信箱ID) */
            mailboxId: string | null;
            /** @description Webhook (Webhook ID) */
            webhookId?: string | null;
            /**
             * @description expiry 期限のお知らせ, attention 要対応 (種別)
             * @enum {string}
             */
            kind: "expiry" | "attention";
            /** @description What ends, or the attention’s code (対象コード) */
            what: string;
            /**
             * Format: date-time
             * @description 期限または発生日時
             */
            occursAt: string;
            /** @description 何日前のお知らせか */
            daysBefore: number | null;
            /** @description Japanese (件名) */
            subject: string;
        };
        /** @description A row of the feed: notice (変更フィードの行) */
        NoticeFeedRow: {
            /** @description Its place in the feed; `after` of the next call goes on behind it (位置) */
            position: string;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
            /**
             * @description 種類
             * @constant
             */
            kind: "notice";
            data: components["schemas"]["NoticeEvent"];
        };
        /** @description Order with its detail (受注) */
        Order: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            marketplace: components["schemas"]["Marketplace"];
            /** @description The mall’s order number (受注番号) */
            orderNumber: string;
            status: components["schemas"]["OrderStatus"];
            changeState: components["schemas"]["ChangeState"];
            /** @description The mall’s own status code (モールステータス) */
            mallStatus: string;
            /** @description The mall’s sub-status code (サブステータス) */
            mallSubStatus: string | null;
            /**
             * @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)
             * @enum {string}
             */
            mallState: "open" | "shipped" | "completed" | "cancelled";
            /**
             * Format: date-time
             * @description When the buyer ordered (注文日時)
             */
            orderedAt: string;
            /**
             * Format: date-time
             * @description When it came in (取込日時)
             */
            stagedAt: string;
            /** @description When it was handed over (受注取込日時) */
            pulledAt: string | null;
            /**
             * Format: date-time
             * @description When the mall was last asked (最終確認日時)
             */
            refreshedAt: string;
            /** @description Yen billed to the buyer (請求金額) */
            billedAmount: number;
            /** @description Yen before discounts and points (合計金額) */
            totalAmount: number;
            /** @description Lines (明細数) */
            itemLines: number;
            /** @description Pieces (商品点数) */
            itemQuantity: number;
            /** @description Kind of payment (支払方法区分) */
            paymentKind: ("credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other") | string;
            /** @description Why it must not ship yet (出荷保留) */
            holds: (("fraud_check" | "reserve" | "unpaid" | "buyer_cancel_window" | "mall_processing" | "change_pending" | "address_pending" | "amount_pending" | "shop_hold") | string)[];
            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
            flags: string[];
            /** @description Things in the order that do not fit (注意件数) */
            warningCount: number;
            /** @description Rises with each change; the ETag (版) */
            version: number;
            /** @description When staff last edited it (編集日時) */
            editedAt: string | null;
            /** @description Batch it was handed over in (取込バッチID) */
            pullId: string | null;
            /** @description When its personal data was removed (個人情報削除日時) */
            purgedAt: string | null;
            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
            detail: components["schemas"]["OrderDetail"] | null;
            /** @description Why detail is null: purged 保存期間満了, unreadable 復号不可 */
            detailMissing: ("purged" | "unreadable") | null;
        };
        /** @description Normalised order (正規化した受注) */
        OrderDetail: {
            /**
             * @description Mall (モール)
             * @enum {string}
             */
            marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
            /** @description The shop's code at the mall (店舗コード) */
            shopCode: string;
            /** @description Order number (受注番号 / 注文ID) */
            orderNumber: string;
            /** @description RFC 3339 (注文日時) */
            orderedAt: string;
            /** @description Last change at the mall (最終更新日時) */
            updatedAt: string | null;
            /** @description pc, smartphone, tablet, feature_phone, other (端末) */
            device: string | null;
            /**
             * @description What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル
             * @enum {string}
             */
            mallState: "open" | "shipped" | "completed" | "cancelled";
            /** @description Mall status (モールステータス) */
            mallStatus: {
                /** @description コード */
                code: string;
                /** @description 名称 */
                name: string | null;
            };
            /** @description Sub-status (サブステータス) */
            mallSubStatus: {
                /** @description コード */
                code: string;
                /** @description 名称 */
                name: string | null;
            } | null;
            /** @description Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス) */
            mallStatuses: {
                [key: string]: string | null;
            };
            /** @description Cancel reason (キャンセル理由) */
            cancelReason: {
                /** @description コード */
                code: string | null;
                /** @description 理由 */
                text: string | null;
            } | null;
            /** @description Further times under the mall's names (各種日時) */
            times: {
                [key: string]: string | null;
            };
            /** @description Buyer (注文者) */
            buyer: components["schemas"]["Person"];
            /** @description Recipients (送付先) */
            recipients: components["schemas"]["Recipient"][];
            /** @description Lines (商品明細) */
            items: components["schemas"]["Item"][];
            /** @description Charges, tax included (料金) */
            charges: {
                /** @description Sum of the lines as the mall states it (商品合計) */
                goods: number;
                /** @description Postage (送料) */
                shipping: number;
                /** @description COD fee (代引手数料) */
                cod: number;
                /** @description Payment fee (決済手数料) */
                paymentFee: number;
                /** @description Wrapping (包装料) */
                giftWrap: number;
                /** @description Adjustment, may be negative (調整額) */
                adjustment: number;
                /** @description Other fees to the buyer (その他手数料) */
                other: number;
            };
            discounts: {
                /**
                 * @description coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other
                 * @enum {string}
                 */
                kind: "coupon" | "points" | "gift_card" | "bonus" | "store_discount" | "other";
                /**
                 * @description Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop)
                 * @enum {string}
                 */
                borneBy: "shop" | "marketplace" | "manufacturer" | "buyer" | "unknown";
                /** @description Positive yen taken off (値引額) */
                amount: number;
                /** @description Coupon or campaign (名称) */
                name: string | null;
                /** @description Its code (コード) */
                code: string | null;
                /** @description Line it belongs to, null for the whole order */
                lineId: string | null;
                /** @description true when item prices are already net of it, so that it is not taken off again (値引後単価) */
                includedInPrices: boolean;
            }[];
            /** @description Points (ポイント) */
            points: {
                /** @description Points used (利用ポイント) */
                used: number;
                /** @description 付与ポイント */
                granted: number | null;
            };
            taxSummary: {
                /** @description Percent (税率) */
                rate: number;
                /** @description Before coupons, tax included (合計) */
                total: number | null;
                /** @description Billed, tax included (請求額) */
                billed: number | null;
                /** @description Tax within billed (消費税額) */
                tax: number | null;
                coupon: number | null;
                points: number | null;
                paymentFee: number | null;
            }[];
            /** @description Totals as the mall states them (合計金額) */
            totals: {
                /** @description Before coupons and points (合計) */
                total: number;
                /** @description What the buyer pays (請求金額) */
                billed: number;
            };
            /** @description Payment (支払) */
            payment: {
                /**
                 * @description Kind of payment (支払方法区分)
                 * @enum {string}
                 */
                kind: "credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other";
                /** @description The mall's code (支払方法コード) */
                code: string | null;
                /** @description The mall's wording (支払方法) */
                name: string | null;
                /** @description Second payment of a combined one (併用支払方法) */
                combinedName: string | null;
                /**
                 * @description 入金状態
                 * @enum {string}
                 */
                status: "unpaid" | "authorised" | "paid" | "refunded" | "cancelled" | "unknown";
                /** @description When paid: date or time (入金日) */
                paidAt: string | null;
                /** @description Payment due (支払期限) */
                dueDate: string | null;
                /** @description カードブランド */
                cardBrand: string | null;
                /** @description Last four digits (カード番号下4桁) */
                cardLast4: string | null;
                /** @description Payment plan (支払回数) */
                installments: string | null;
                /** @description RFC 3339: until then the buyer of a failed payment may choose another one (支払方法変更期限) */
                changeUntil?: string | null;
                /** @description Amounts of a payment by several means; empty when there is one (併用支払の内訳) */
                parts?: {
                    /** @description The mall's code (支払方法コード) */
                    code: string | null;
                    /** @description The mall's wording (支払方法) */
                    name: string | null;
                    /** @description What was paid like that (支払額) */
                    amount: number | null;
                }[];
                /** @description Further fields of this mall under the mall's own names (モール固有項目) */
                mallFields: {
                    [key: string]: unknown;
                };
            };
            /** @description Delivery (配送) */
            delivery: {
                /** @description Code of the delivery method (配送方法コード) */
                methodCode: string | null;
                /** @description Delivery method (配送方法) */
                methodName: string | null;
                /** @description Class: 普通, 冷蔵, 冷凍 … (配送区分) */
                temperature: string | null;
                /** @description Fast delivery marks: あすつく, 最強翌日配送 … */
                express: string[];
                /** @description Ship at the latest (発送期限) */
                shipBy: string | null;
                /** @description Date of delivery that the mall promised the buyer (お届け約束日) */
                promisedOn?: string | null;
            };
            /** @description Gift (ギフト) */
            gift: {
                /** @description Gift handling was asked for (ギフト) */
                requested: boolean;
                /** @description Gift message (ギフトメッセージ) */
                message: string | null;
                /** @description Noshi (のし) */
                noshi: string | null;
                /** @description Wrapping chosen (包装): kind, name, price */
                wrappings: {
                    /** @description Paper, ribbon … (種類) */
                    kind: string | null;
                    /** @description 包装名 */
                    name: string | null;
                    price: number | null;
                }[];
            };
            /** @description The buyer wants a receipt (領収書); null where the mall does not say */
            receiptWanted?: boolean | null;
            /** @description Refunds, partial cancels, returns (返金・一部キャンセル・返品) */
            reversals?: {
                /**
                 * @description refund 返金, partial_cancel 一部キャンセル, return 返品
                 * @enum {string}
                 */
                kind: "refund" | "partial_cancel" | "return";
                /** @description Line it belongs to, null for the whole order (明細ID) */
                lineId: string | null;
                /** @description How many of the line (数量) */
                quantity: number | null;
                /** @description Positive yen given back, tax included (金額) */
                amount: number | null;
                /** @description The mall's state of it (状態) */
                state: string | null;
                /** @description When: date or time (日時) */
                at: string | null;
                /** @description Reason (理由) */
                reason: string | null;
            }[];
            /** @description Notes (備考) */
            notes: {
                /** @description Buyer's comment (備考・要望) */
                buyer: string | null;
                /** @description Memo (ひとことメモ・店舗メモ) */
                shop: string | null;
                /** @description Sentence for mails (メール差込文) */
                mail: string | null;
                /** @description Person in charge (担当者) */
                operator: string | null;
            };
            /** @description Subscription or reservation (定期・頒布会・予約) */
            subscription: {
                /** @description subscription, reservation … (種別) */
                kind: string | null;
                /** @description Its id at the mall (定期購入ID) */
                id: string | null;
                /** @description Which delivery of the series (回数) */
                count: number | null;
            } | null;
            /** @description parent, child, multi_ship … (関連注文) */
            relatedOrders: {
                /** @description 関係 */
                relation: string;
                /** @description 注文番号 */
                orderNumber: string;
            }[];
            holds: {
                /**
                 * @description Why it must not ship yet (出荷保留): fraud_check 不正確認中, reserve 予約, unpaid 未入金, buyer_cancel_window 購入者キャンセル可能時間, mall_processing モール処理中, change_pending 変更確定待ち, address_pending 住所入力待ち, amount_pending 金額未確定, shop_hold 保留
                 * @enum {string}
                 */
                kind: "fraud_check" | "reserve" | "unpaid" | "buyer_cancel_window" | "mall_processing" | "change_pending" | "address_pending" | "amount_pending" | "shop_hold";
                /** @description RFC 3339, when known */
                until: string | null;
                /** @description Japanese */
                note: string | null;
            }[];
            /** @description Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, … */
            flags: string[];
            warnings: {
                /** @description For programs, for example TOTAL_DIFFERS */
                code: string;
                /** @description Japanese, for staff */
                message: string;
                /** @description Path in the order */
                field: string;
                /** @description Worked out here (計算値) */
                expected: number | string | null;
                /** @description As the mall states it (モールの値) */
                actual: number | string | null;
            }[];
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: unknown;
            };
        };
        /** @description An order was staged or changed (受注の変更) */
        OrderEvent: {
            /**
             * Format: uuid
             * @description Order (受注ID)
             */
            orderId: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            /** @description The mall’s order number (受注番号) */
            orderNumber: string;
            /** @description What happened to it: staged 自動受注取込, pulled 受注取込, moved ステータス移動, edited 編集, changed モール側の変更, change_state サイト変更の状態, cancelled_at_mall モールでキャンセル, reopened_at_mall キャンセル取消 (変更内容) */
            what: ("staged" | "pulled" | "moved" | "edited" | "changed" | "change_state" | "cancelled_at_mall" | "reopened_at_mall")[];
            status: components["schemas"]["OrderStatus"];
            changeState: components["schemas"]["ChangeState"];
            /**
             * @description State at the mall (モール側の状態)
             * @enum {string}
             */
            mallState: "open" | "shipped" | "completed" | "cancelled";
            /** @description Raised by every change; for If-Match (版) */
            version: number;
        };
        /** @description A row of the feed: order (変更フィードの行) */
        OrderFeedRow: {
            /** @description Its place in the feed; `after` of the next call goes on behind it (位置) */
            position: string;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
            /**
             * @description 種類
             * @constant
             */
            kind: "order";
            data: components["schemas"]["OrderEvent"];
        };
        /**
         * @description auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス)
         * @enum {string}
         */
        OrderStatus: "auto_imported" | "new" | "awaiting_payment" | "ready_to_ship" | "shipped" | "completed" | "on_hold" | "cancelled";
        /**
         * @description auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス)
         * @enum {string}
         */
        OrderStatusInput: "auto_imported" | "new" | "awaiting_payment" | "ready_to_ship" | "shipped" | "completed" | "on_hold" | "cancelled";
        /** @description An order as it was before (以前の版) */
        OrderVersion: {
            /** @description 版 */
            number: number;
            /** @description edited 編集, reimported 再取込: what made the next version (次の版の理由) */
            endedBy: string;
            /** @description key:<API key id> (実行者) */
            actor: string;
            /**
             * Format: date-time
             * @description Until when it was the current one (終了日時)
             */
            endedAt: string;
            detail: components["schemas"]["OrderDetail"];
            /** @description What staff edited, by JSON pointer, with the mall’s value beside it (編集内容) */
            edits: {
                [key: string]: {
                    /** @description As the mall gave it (モールの値) */
                    mall?: unknown;
                    /** @description As staff wrote it (編集後の値) */
                    edited?: unknown;
                    /**
                     * Format: date-time
                     * @description 編集日時
                     */
                    at: string;
                    /** @description key:<API key id> (編集者) */
                    by: string;
                };
            };
        };
        /** @description What was moved (移動の結果) */
        OrdersMoved: {
            /** @description As they were asked for (受注ごとの結果) */
            orders: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                orderId: string;
                /**
                 * @description moved 移動した, already 既にそのステータス (結果)
                 * @enum {string}
                 */
                result: "moved" | "already";
                from: components["schemas"]["OrderStatus"];
                /** @description Version that it has now (版) */
                version: number;
            }[];
        };
        /** @description A person with an address (氏名・住所) */
        Person: {
            /** @description The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept */
            fullName?: string | null;
            /** @description Family name; null where the mall gives the whole name alone (姓) */
            familyName: string | null;
            /** @description Given name; null where the mall gives the whole name alone (名) */
            givenName: string | null;
            /** @description Family name in kana (姓カナ) */
            familyNameKana: string | null;
            /** @description Given name in kana (名カナ) */
            givenNameKana: string | null;
            /** @description Postal code, digits only, 7 in Japan (郵便番号) */
            postalCode: string | null;
            /** @description Prefecture (都道府県) */
            prefecture: string | null;
            /** @description City or ward (市区町村) */
            city: string | null;
            /** @description Street address (町域・番地) */
            address1: string | null;
            /** @description Building, room (建物名・部屋番号) */
            address2: string | null;
            /** @description Company and department (会社・部署) */
            company: string | null;
            /** @description Phone as the mall gave it (電話番号) */
            phone: string | null;
            /** @description Second phone (緊急連絡先) */
            emergencyPhone: string | null;
            /** @description Mail address, usually the mall's relay (メールアドレス) */
            email: string | null;
        };
        /**
         * @description RFC 9457 problem details (エラー内容)
         * @example {
         *       "type": "urn:torikomi:problem:validation-failed",
         *       "title": "入力に誤りがあります",
         *       "status": 422,
         *       "detail": "1 件の項目に誤りがあります。",
         *       "code": "VALIDATION_FAILED",
         *       "errors": [
         *         {
         *           "field": "name",
         *           "message": "必須の項目です。文字列を指定してください。",
         *           "code": "required"
         *         }
         *       ],
         *       "instance": "/v1/shops",
         *       "requestId": "0199c0de-0000-7000-8000-000000000000"
         *     }
         */
        Problem: {
            /** @description URN of the kind of error (エラー種別) */
            type: string;
            /** @description Short Japanese title (見出し) */
            title: string;
            /** @description HTTP status (ステータス) */
            status: number;
            /** @description Japanese: what happened and what to do (説明) */
            detail: string;
            /** @description Stable code for programs (エラーコード) */
            code: string;
            /** @description Which fields are wrong and what was expected (項目ごとの誤り) */
            errors?: {
                /** @description Path as it was sent: `lines[0].quantity`; `body` for the whole (項目) */
                field: string;
                /** @description What was expected, Japanese (説明) */
                message: string;
                /** @description For programs: required, unknown_field, … (コード) */
                code?: string;
            }[];
            /** @description Path that was asked for (パス) */
            instance: string;
            /** @description Quote this when asking the operator (問い合わせ番号) */
            requestId: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A batch that was handed over (受注取込の結果) */
        Pull: {
            /**
             * Format: uuid
             * @description The batch, for GET /pulls/{id} (取込バッチID)
             */
            pullId: string;
            /**
             * Format: date-time
             * @description When the batch was made (受注取込日時)
             */
            pulledAt: string;
            /** @description Oldest first (注文日時の古い順) */
            orders: components["schemas"]["Order"][];
            /** @description Staged orders of the same selection that were left when the batch was made (残り件数) */
            remaining: number;
        };
        /** @description Recipient with lines and parcels (送付先) */
        Recipient: {
            /** @description The mall's basket or shipping id, unique in the order (送付先ID) */
            id: string;
            /** @description Who receives (送付先) */
            person: components["schemas"]["Person"];
            /** @description Ids of the items sent here (明細ID) */
            lineIds: string[];
            /** @description Parcels reported so far (発送情報) */
            parcels: {
                /** @description The mall's id of this shipping record (発送明細ID) */
                id: string | null;
                /** @description The mall's carrier code (配送会社コード) */
                carrierCode: string | null;
                /** @description Carrier (配送会社) */
                carrierName: string | null;
                /** @description Tracking number (お荷物伝票番号) */
                trackingNumber: string | null;
                /** @description Date shipped (発送日) */
                shippedOn: string | null;
                /** @description Date arrived (着荷日) */
                arrivedOn: string | null;
            }[];
            /** @description Delivery wishes (配送希望) */
            wish: {
                /** @description Wished date (お届け希望日) */
                date: string | null;
                /** @description HH:MM, start of the wished band (希望時間帯・開始) */
                timeFrom: string | null;
                /** @description HH:MM, end of the wished band (希望時間帯・終了) */
                timeTo: string | null;
                /** @description The band as the mall words it, for example 午前中 (希望時間帯) */
                timeText: string | null;
                /** @description Where to leave the parcel (置き配場所); null when not wished */
                dropOff: string | null;
            };
            /** @description Gift (ギフト) */
            gift: {
                /** @description Gift handling was asked for (ギフト) */
                requested: boolean;
                /** @description Gift message (ギフトメッセージ) */
                message: string | null;
                /** @description Noshi (のし) */
                noshi: string | null;
                /** @description Wrapping chosen (包装): kind, name, price */
                wrappings: {
                    /** @description Paper, ribbon … (種類) */
                    kind: string | null;
                    /** @description 包装名 */
                    name: string | null;
                    price: number | null;
                }[];
            };
            /** @description Postage of this basket (送料) */
            shippingFee: number | null;
            /** @description COD fee of this basket (代引手数料) */
            codFee: number | null;
            /** @description Convenience store or shop where it is picked up (コンビニ受取・店舗受取) */
            pickup: {
                /** @description convenience_store, shop … (受取方法) */
                kind: string | null;
                /** @description Code of the place (受取場所コード) */
                code: string | null;
                /** @description 受取場所名 */
                name: string | null;
                /** @description 受取場所住所 */
                address: string | null;
            } | null;
            /** @description Remote island or area (離島・遠隔地) */
            remoteArea: boolean;
            /** @description The address is not there yet: the recipient has not filled it in, or the mall does not give it out (住所待ち) */
            addressPending: boolean;
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: unknown;
            };
        };
        /** @description A re-import and its differences (再取込の結果) */
        Reimport: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * @description all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法)
             * @enum {string}
             */
            apply: "all" | "mall-wins" | "keep-edits" | "none";
            /**
             * Format: date-time
             * @description 受付日時
             */
            requestedAt: string;
            /** @description 受注ごとの結果 */
            orders: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                orderId: string;
                /**
                 * Format: uuid
                 * @description Its import request (取込要求ID)
                 */
                requestId: string;
                /**
                 * @description waiting 待機中, done 完了, failed 失敗 (状態)
                 * @enum {string}
                 */
                state: "waiting" | "done" | "failed";
                /** @description Why it waits or failed (コード) */
                outcome: string | null;
                /** @description The same for staff, Japanese (説明) */
                message: string | null;
                /** @description 完了日時 */
                finishedAt: string | null;
                /** @description Readable at /orders/{id}/versions/{n} (以前の版) */
                versionBefore: number | null;
                /** @description The same as before when nothing was applied (現在の版) */
                versionAfter: number | null;
                /** @description Field by field; null until the mall has answered (差分) */
                differences: {
                    /** @description JSON pointer in the detail: `/recipients/0/person/phone` (項目) */
                    path: string;
                    /**
                     * @description mall モール側で変更, here こちらで編集, both 両方 (種別)
                     * @enum {string}
                     */
                    kind: "mall" | "here" | "both";
                    /** @description The mall’s value when it was imported (以前のモールの値) */
                    mallBefore?: unknown;
                    /** @description The mall’s value now (現在のモールの値) */
                    mallNow?: unknown;
                    /** @description The value here before the re-import (こちらの値) */
                    here?: unknown;
                    /**
                     * @description Whose value it has now (反映した値)
                     * @enum {string}
                     */
                    applied: "mall" | "here";
                }[] | null;
            }[];
        };
        /** @description What was begun (再取込の受付) */
        ReimportAccepted: {
            /**
             * Format: uuid
             * @description For GET /reimports/{id} (再取込ID)
             */
            reimportId: string;
            /** @description 受注ごとの取込要求 */
            orders: {
                /**
                 * Format: uuid
                 * @description UUID (ID)
                 */
                orderId: string;
                /**
                 * Format: uuid
                 * @description Its import request (取込要求ID)
                 */
                requestId: string;
            }[];
        };
        /** @description The browser’s session (ログイン状態) */
        Session: {
            /**
             * @description How far the sign-in has come (ログインの段階)
             * @enum {string}
             */
            state: "signed_in" | "second_factor_required" | "second_factor_setup_required";
            /** @description To be sent as `x-csrf-token` with every change by cookie; new with each step (変更時に付けるトークン) */
            csrfToken: string;
            /** @description Null until the sign-in is complete (担当者) */
            account: components["schemas"]["SignedInAccount"] | null;
            /** @description Whether orders’ personal data may be shown (個人情報の表示可否) */
            mayShowPersonalData: boolean;
        };
        /** @description One store on one mall (店舗) */
        Shop: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            marketplace: components["schemas"]["Marketplace"];
            /** @description The shop’s id at the mall (モールの店舗ID) */
            code: string;
            /** @description Name for staff (店舗名) */
            name: string;
            /** @description 利用する */
            enabled: boolean;
            /** @description Settings without secrets (店舗設定) */
            settings: {
                [key: string]: unknown;
            };
            /** @description Which credential fields are set, never their values (認証情報の登録状況) */
            credentials: {
                /** @description Field (項目名) */
                name: string;
                /** @description It has a value (登録済み) */
                set: boolean;
                /** @description When the value last changed (登録日時) */
                setAt: string | null;
            }[];
            attention: components["schemas"]["Attention"] | null;
            /** @description Set while the mall is not asked: too many calls, maintenance, out of reach (モールへの接続休止) */
            lane: {
                /**
                 * Format: date-time
                 * @description No call to the mall before (再開予定)
                 */
                closedUntil: string;
                /** @description Failure code (理由) */
                reason: string | null;
            } | null;
            /** @description What the mall lets know without stopping anything; newest first (モールからの通知) */
            notices: components["schemas"]["ShopNotice"][];
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description 更新日時
             */
            updatedAt: string;
        };
        /** @description What ends when at one shop (認証情報の期限) */
        ShopCredentials: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            shopId: string;
            /** @description 店舗名 */
            shopName: string;
            marketplace: components["schemas"]["Marketplace"];
            /** @description `POST /shops/{id}/consent` works here (ブラウザーでの同意が可能) */
            consent: boolean;
            attention: components["schemas"]["Attention"] | null;
            /** @description When the mall last took these credentials (最終確認日時) */
            checkedAt: string | null;
            /** @description Why the last check failed (最終確認のエラーコード) */
            checkCode: string | null;
            /** @description Soonest first (有効期限の一覧) */
            lifetimes: {
                /** @description For programs: licenseKey, consent, session, publicKey, clientSecret, apiKey (対象コード) */
                what: string;
                /** @description As the mall calls it (対象) */
                label: string;
                /** @description Null when nothing tells (有効期限) */
                endsAt: string | null;
                /** @description true: the mall’s date, or one that follows from its rules; false: an estimate (確実) */
                certain: boolean;
                /** @description Whole days, negative after the end (残り日数) */
                daysLeft: number | null;
                /**
                 * @description unknown 不明, ok 余裕あり, soon 期限間近, ended 期限切れ, doubtful 期限後もモールが受け付けている (状態)
                 * @enum {string}
                 */
                state: "unknown" | "ok" | "soon" | "ended" | "doubtful";
                /** @description What to do, and where, Japanese (対応) */
                action: string;
            }[];
        };
        /** @description What the mall lets know; the shop goes on working (モールからの通知) */
        ShopNotice: {
            /** @description For programs (コード) */
            code: string;
            /** @description What it means and what to do, Japanese (説明) */
            message: string;
            /**
             * Format: date-time
             * @description First seen (最初の検出日時)
             */
            since: string;
            /**
             * Format: date-time
             * @description 最後の検出日時
             */
            lastSeenAt: string;
        };
        /** @description Who is signed in (ログイン中の担当者) */
        SignedInAccount: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name as timelines show it (氏名) */
            name: string;
            /** @description メールアドレス */
            email: string;
            /**
             * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
             * @enum {string}
             */
            role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
            /** @description Null for the operator’s people (契約店) */
            tenantId: string | null;
            /** @description 契約店名 */
            tenantName: string | null;
            /** @description Whether a second factor is set up (二段階認証) */
            secondFactor: boolean;
        };
        /** @description A change to be made at the mall (サイト変更) */
        SiteChange: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description Order (受注ID)
             */
            orderId: string;
            /** @description The mall’s order number (受注番号) */
            orderNumber: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            /**
             * @description confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作)
             * @enum {string}
             */
            action: "confirm" | "ship" | "mark_paid" | "complete" | "hold" | "release" | "cancel" | "memo" | "sub_status" | "correct_shipment" | "change_content";
            /** @description As it was asked for; words are left out after the retention time (変更内容) */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * @description queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態)
             * @enum {string}
             */
            state: "queued" | "changing" | "succeeded" | "warning" | "failed";
            /** @description Why it waits or ended like that, for programs (理由コード) */
            code: string | null;
            /** @description The same in Japanese (理由) */
            message: string | null;
            /** @description What to do now, Japanese (次にすること) */
            nextStep: string | null;
            /** @description The mall’s code (モールのコード) */
            mallCode: string | null;
            /** @description The mall’s own words (モールのメッセージ) */
            mallMessage: string | null;
            /** @description Set while it is queued and cannot run now (待機の理由) */
            waitingFor: {
                /** @description For programs (コード) */
                code: string;
                /** @description Japanese (説明) */
                message: string;
                /** @description When it goes on at the latest, if that is known (再開予定) */
                until: string | null;
            } | null;
            /** @description Empty before the order was read at the mall (操作の進み) */
            steps: {
                /** @description Name of the call (操作名) */
                name: string;
                /** @description Japanese (表示名) */
                label: string;
                /**
                 * @description waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態)
                 * @enum {string}
                 */
                state: "waiting" | "sent" | "answered" | "rejected" | "applied";
                /** @description 送信日時 */
                sentAt: string | null;
                /** @description The mall’s code (モールのコード) */
                mallCode: string | null;
                /** @description The mall’s own words (モールのメッセージ) */
                mallMessage: string | null;
            }[];
            /** @description Looks without progress (確認回数) */
            attempts: number;
            /** @description 次回確認予定 */
            nextAttemptAt: string | null;
            /** @description When it ends with a warning at the latest (確認期限) */
            deadline: string | null;
            /** @description key:<API key id>, or import (依頼者) */
            actor: string;
            /**
             * Format: date-time
             * @description 依頼日時
             */
            requestedAt: string;
            /** @description 開始日時 */
            startedAt: string | null;
            /** @description 終了日時 */
            finishedAt: string | null;
            /** @description Seen, or overtaken by a later change that went well (確認済み日時) */
            dismissedAt: string | null;
        };
        /** @description A site change began, went on or ended (サイト変更の状態) */
        SiteChangeEvent: {
            /**
             * Format: uuid
             * @description Site change (サイト変更ID)
             */
            changeId: string;
            /**
             * Format: uuid
             * @description Order (受注ID)
             */
            orderId: string;
            /**
             * Format: uuid
             * @description Shop (店舗ID)
             */
            shopId: string;
            /**
             * @description 操作
             * @enum {string}
             */
            action: "confirm" | "ship" | "mark_paid" | "complete" | "hold" | "release" | "cancel" | "memo" | "sub_status" | "correct_shipment" | "change_content";
            /**
             * @description 状態
             * @enum {string}
             */
            state: "queued" | "changing" | "succeeded" | "warning" | "failed";
            /** @description Why it waits or ended like that (理由コード) */
            code: string | null;
        };
        /** @description A row of the feed: change (変更フィードの行) */
        SiteChangeFeedRow: {
            /** @description Its place in the feed; `after` of the next call goes on behind it (位置) */
            position: string;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
            /**
             * @description 種類
             * @constant
             */
            kind: "change";
            data: components["schemas"]["SiteChangeEvent"];
        };
        /** @description A person with an account (担当者) */
        StaffAccount: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name as timelines show it (氏名) */
            name: string;
            /** @description Null once deleted (メールアドレス) */
            email: string | null;
            /**
             * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
             * @enum {string}
             */
            role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
            /**
             * @description active 利用中, disabled 停止中, deleted 削除済 (状態)
             * @enum {string}
             */
            state: "active" | "disabled" | "deleted";
            /** @description Whether a second factor is set up (二段階認証) */
            secondFactor: boolean;
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
            /** @description 最終ログイン日時 */
            lastSignInAt: string | null;
        };
        /** @description A company using the service (契約店) */
        Tenant: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name of the company (契約店名) */
            name: string;
            /**
             * @description applied 申込済, active 利用中, suspended 停止中 (状態)
             * @enum {string}
             */
            status: "applied" | "active" | "suspended";
            /** @description Where notices go (通知先メールアドレス) */
            emails: string[];
            /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
            statusFollowsMall: boolean;
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description 更新日時
             */
            updatedAt: string;
        };
        /** @description An address that the change feed is sent to (Webhook) */
        Webhook: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description 名称 */
            name: string;
            /** @description 送信先URL */
            url: string;
            /** @description Empty: all (通知する種類) */
            kinds: string[];
            /** @description false: nothing is sent; what happens meanwhile is sent later (利用する) */
            enabled: boolean;
            /** @description Attempts that failed in a row (連続失敗回数) */
            failures: number;
            /** @description 失敗が続いている開始日時 */
            failingSince: string | null;
            /** @description When the service switched it off by itself (自動停止日時) */
            disabledAt: string | null;
            /** @description FAILING 失敗が続いた, GONE 送信先が 410 を返した (自動停止の理由) */
            disabledCode: string | null;
            /** @description Until when the secret before signs too (旧署名鍵の期限) */
            oldSecretUntil: string | null;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
        };
        /** @description One row on its way to one webhook (送信記録) */
        WebhookDelivery: {
            /**
             * Format: uuid
             * @description Sent as `webhook-id`, the same at every attempt (送信ID)
             */
            id: string;
            /** @description Place in the feed; null for a test (位置) */
            position: string | null;
            /** @description 種類 */
            kind: string;
            /**
             * @description waiting 送信待ち, delivered 送信済み, failed 送信失敗 (状態)
             * @enum {string}
             */
            state: "waiting" | "delivered" | "failed";
            /** @description 送信回数 */
            attempts: number;
            /** @description 次回送信予定 */
            nextAttemptAt: string | null;
            /** @description 最終送信日時 */
            lastAttemptAt: string | null;
            /** @description HTTP status of the last answer (最終応答) */
            lastStatus: number | null;
            /** @description Why it failed: status, timeout, unreachable, broken, too_large, forbidden_address (失敗の理由) */
            lastCode: string | null;
            /** @description 応答時間 (ms) */
            lastMs: number | null;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
        };
        /** @description A webhook with its new secret (Webhookと署名鍵) */
        WebhookWithSecret: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description 名称 */
            name: string;
            /** @description 送信先URL */
            url: string;
            /** @description Empty: all (通知する種類) */
            kinds: string[];
            /** @description false: nothing is sent; what happens meanwhile is sent later (利用する) */
            enabled: boolean;
            /** @description Attempts that failed in a row (連続失敗回数) */
            failures: number;
            /** @description 失敗が続いている開始日時 */
            failingSince: string | null;
            /** @description When the service switched it off by itself (自動停止日時) */
            disabledAt: string | null;
            /** @description FAILING 失敗が続いた, GONE 送信先が 410 を返した (自動停止の理由) */
            disabledCode: string | null;
            /** @description Until when the secret before signs too (旧署名鍵の期限) */
            oldSecretUntil: string | null;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
            /** @description `whsec_…`, shown this once (署名鍵) */
            secret: string;
        };
    };
    responses: {
        /** @description `BAD_REQUEST` The request is no readable HTTP or URL. (リクエストを読み取れません) `IDEMPOTENCY_KEY_MISSING` No `Idempotency-Key` header. (Idempotency-Key が必要です) */
        Problem400: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNAUTHENTICATED` No key or session, or an unknown, expired or revoked one. (認証できません) `SIGN_IN_REFUSED` Address, password or code is wrong; which of them is not said. (ログインできません) */
        Problem401: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `SECOND_FACTOR_REQUIRED` The session still owes its second factor, or its setup (`state`). (二段階認証が必要です) `CSRF_TOKEN_WRONG` A change by cookie without the session’s `x-csrf-token`. (x-csrf-token が正しくありません) `FORBIDDEN` The key or account is of the wrong kind or role for this route. (この操作は許可されていません) `TENANT_NOT_ACTIVE` The tenant has applied and is not active yet. (利用開始前です) `TENANT_SUSPENDED` The tenant is suspended. (利用停止中です) */
        Problem403: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOT_FOUND` There is nothing of this id, or it is another tenant’s. (見つかりません) `ROUTE_NOT_FOUND` There is no such path. (この URL はありません) */
        Problem404: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `METHOD_NOT_ALLOWED` The path exists, with other methods. (このメソッドは使えません) */
        Problem405: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `CONFLICT` The thing’s present state forbids it. (現在の状態と矛盾します) */
        Problem409: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `POSITION_EXPIRED` `after` is older than what the feed keeps, or of another database. (変更フィードの位置が古すぎます) */
        Problem410: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `VERSION_MISMATCH` Somebody changed the order since it was read. (ほかの人が先に更新しました) */
        Problem412: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `IF_MATCH_MISSING` No `If-Match` header. (If-Match が必要です) */
        Problem428: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `PAYLOAD_TOO_LARGE` The body is larger than allowed. (リクエストが大きすぎます) */
        Problem413: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE` The body is not JSON. (対応していない形式です) */
        Problem415: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `VALIDATION_FAILED` A field is wrong. (入力に誤りがあります) `IDEMPOTENCY_KEY_REUSED` The key was used for another body. (Idempotency-Key が別の内容で使われています) `HOST_NOT_ALLOWED` The host is, or resolves to, a private address. (接続できないホストです) `MARKETPLACE_REFUSED` The mall said no. (モールが受け付けませんでした) `MAILBOX_REFUSED` The mail server said no. (メールサーバーが受け付けませんでした) `NOT_CONFIGURED` The server lacks a setting. (サーバーの設定が足りません) */
        Problem422: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TOO_MANY_REQUESTS` Too many requests, or too many wrong keys. (リクエストが多すぎます) */
        Problem429: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                /** @description Seconds to wait (待つ秒数) */
                "retry-after"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `INTERNAL` A fault of the service. (サーバー内部のエラーです) */
        Problem500: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `MARKETPLACE_UNAVAILABLE` The mall does not answer. (モールに接続できません) `MAILBOX_UNREACHABLE` The mail server does not answer. (メールサーバーに接続できません) `TIMEOUT` It took too long; it may have been done. (時間内に処理できませんでした) `UNAVAILABLE` The service cannot answer now. (一時的に利用できません) */
        Problem503: {
            headers: {
                /** @description Quote it when asking the operator (問い合わせ番号) */
                "x-request-id"?: string;
                /** @description Seconds to wait (待つ秒数) */
                "retry-after"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description 状態
                         * @enum {string}
                         */
                        status: "ok";
                    };
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description 状態
                         * @enum {string}
                         */
                        status: "ok";
                        /** @description By part; `process` is there while it stops (部品ごとの状態) */
                        checks: {
                            [key: string]: "ok" | "failed" | "read_only" | "stopping";
                        };
                    };
                };
            };
            /** @description Done (成功) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description 状態
                         * @enum {string}
                         */
                        status: "unavailable";
                        /** @description By part; `process` is there while it stops (部品ごとの状態) */
                        checks: {
                            [key: string]: "ok" | "failed" | "read_only" | "stopping";
                        };
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listTenants: {
        parameters: {
            query?: {
                /** @description applied 申込済, active 利用中, suspended 停止中 (状態) */
                status?: "applied" | "active" | "suspended";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenants: components["schemas"]["Tenant"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "株式会社とりこみ商店",
                 *       "emails": [
                 *         "owner@example.jp"
                 *       ],
                 *       "status": "active"
                 *     }
                 */
                "application/json": {
                    /** @description Name of the company (契約店名) */
                    name: string;
                    /**
                     * @description Where notices go (通知先メールアドレス)
                     * @default []
                     */
                    emails?: string[];
                    /**
                     * @description applied 申込済, active 利用中 (状態)
                     * @default active
                     * @enum {string}
                     */
                    status?: "applied" | "active";
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "status": "active"
                 *     }
                 */
                "application/json": {
                    /** @description Name of the company (契約店名) */
                    name?: string;
                    /** @description Where notices go (通知先メールアドレス) */
                    emails?: string[];
                    /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
                    statusFollowsMall?: boolean;
                    /**
                     * @description active 利用開始・再開, suspended 停止 (状態)
                     * @enum {string}
                     */
                    status?: "active" | "suspended";
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Only keys of this tenant (契約店) */
                tenantId?: string;
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiKeys: components["schemas"]["ApiKey"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tenantId": "0199c0de-0000-7000-8000-000000000001",
                 *       "name": "受注管理ソフト"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: uuid
                     * @description Whose key (契約店)
                     */
                    tenantId: string;
                    /** @description What it is for (用途) */
                    name: string;
                    /**
                     * Format: date-time
                     * @description When it ends; without it the key lives until it is revoked (有効期限)
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description A new key (発行した API キー) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description UUID (ID)
                         */
                        id: string;
                        /**
                         * Format: uuid
                         * @description 契約店
                         */
                        tenantId: string;
                        /** @description What it is for (用途) */
                        name: string;
                        /** @description First characters, to tell keys apart (先頭文字) */
                        prefix: string;
                        /**
                         * Format: date-time
                         * @description 発行日時
                         */
                        createdAt: string;
                        /** @description 有効期限 */
                        expiresAt: string | null;
                        /** @description 取消日時 */
                        revokedAt: string | null;
                        /** @description To the minute (最終利用日時) */
                        lastUsedAt: string | null;
                        /** @description The key. Shown this once; it cannot be read again (API キー本体) */
                        key: string;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked (取消済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only this tenant (契約店) */
                tenantId?: string;
                /** @description Only this action, for example `shop.updated` (操作) */
                action?: string;
                /** @description Only changes of this id (対象) */
                target?: string;
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        audit: {
                            /**
                             * Format: uuid
                             * @description UUID (ID)
                             */
                            id: string;
                            /** @description Tenant concerned (契約店) */
                            tenantId: string | null;
                            /**
                             * Format: date-time
                             * @description When (日時)
                             */
                            at: string;
                            /** @description `operator`, or `key:<api key id>` (操作者) */
                            actor: string;
                            /** @description For example `shop.updated` (操作) */
                            action: string;
                            /** @description Id of what was changed (対象) */
                            target: string;
                            /** @description What changed, without secrets (内容) */
                            data: {
                                [key: string]: unknown;
                            };
                        }[];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queues: {
                            /** @description Queue (キュー名) */
                            name: string;
                            /** @description Wake-ups not yet taken up (待機) */
                            waiting: number;
                            /** @description Shops being worked on (処理中) */
                            active: number;
                            /** @description Wake-ups for later (遅延) */
                            delayed: number;
                            /** @description Wake-ups that ended in an error; the work itself stays in the database (失敗) */
                            failed: number;
                        }[];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listOperators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        staff: components["schemas"]["StaffAccount"][];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteOperators: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted (削除済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateOperators: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "disabled"
                 *     }
                 */
                "application/json": {
                    /** @description Name as timelines show it (氏名) */
                    name?: string;
                    /**
                     * @description active 利用再開, disabled 停止 (状態)
                     * @enum {string}
                     */
                    state?: "active" | "disabled";
                    /**
                     * @description For a lost phone (二段階認証の解除)
                     * @enum {boolean}
                     */
                    removeSecondFactor?: true;
                    /**
                     * @description operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限)
                     * @enum {string}
                     */
                    role?: "operator_without_personal_data" | "operator";
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffAccount"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listOperatorsInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invitations: components["schemas"]["Invitation"][];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    inviteOperators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "staff@example.jp",
                 *       "role": "operator"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @description Mail address (メールアドレス)
                     */
                    email: string;
                    /**
                     * @description operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限)
                     * @enum {string}
                     */
                    role: "operator_without_personal_data" | "operator";
                };
            };
        };
        responses: {
            /** @description A new invitation (招待) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description UUID (ID)
                         */
                        id: string;
                        /** @description メールアドレス */
                        email: string;
                        /**
                         * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
                         * @enum {string}
                         */
                        role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
                        /**
                         * Format: date-time
                         * @description 招待日時
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description 有効期限
                         */
                        expiresAt: string;
                        /** @description Whether the link was mailed (メール送信済) */
                        mailed: boolean;
                        /** @description The link, to be handed over by hand, where it was not mailed; shown this once (招待リンク) */
                        url: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    withdrawOperatorsInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Withdrawn (取消済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listMails: {
        parameters: {
            query?: {
                /** @description Only this tenant (契約店) */
                tenantId?: string;
                /** @description Only this mailbox (受信箱) */
                mailboxId?: string;
                /** @description Only this state (状態) */
                state?: "recognised" | "unreadable";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        mails: {
                            /**
                             * Format: uuid
                             * @description UUID (ID)
                             */
                            id: string;
                            /**
                             * Format: uuid
                             * @description Tenant (契約店)
                             */
                            tenantId: string;
                            /**
                             * Format: uuid
                             * @description Mailbox (受信箱)
                             */
                            mailboxId: string;
                            /**
                             * @description recognised 判別済, unreadable 判別不能: nothing could be found in it, or it is of no known shop
                             * @enum {string}
                             */
                            state: "recognised" | "unreadable";
                            /**
                             * @description Mall (モール)
                             * @enum {string}
                             */
                            marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
                            /**
                             * @description Kind (種類)
                             * @enum {string}
                             */
                            kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                            /** @description Order numbers found (注文番号) */
                            orderNumbers: string[];
                            /** @description verified 確認済: the receiving host vouches for the mall, forwarder 転送元: a shop entered the sender, unknown 未確認; null: read by an older release (差出人の確認) */
                            trust: ("verified" | "forwarder" | "unknown") | null;
                            /** @description Why it could not be read and what to do, Japanese (理由) */
                            reason: string | null;
                            /** @description Date in the mail itself (送信日時) */
                            sentAt: string | null;
                            /**
                             * Format: date-time
                             * @description When it was read (受信日時)
                             */
                            seenAt: string;
                            /** @description Bytes (サイズ) */
                            size: number;
                            /** @description Subject; null when it cannot be unsealed (件名) */
                            subject: string | null;
                            /** @description Senders (差出人) */
                            from: string[];
                            /** @description Text, of unreadable mails only (本文) */
                            text: string | null;
                        }[];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        staff: components["schemas"]["StaffAccount"][];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteStaff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted (削除済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateStaff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "disabled"
                 *     }
                 */
                "application/json": {
                    /** @description Name as timelines show it (氏名) */
                    name?: string;
                    /**
                     * @description active 利用再開, disabled 停止 (状態)
                     * @enum {string}
                     */
                    state?: "active" | "disabled";
                    /**
                     * @description For a lost phone (二段階認証の解除)
                     * @enum {boolean}
                     */
                    removeSecondFactor?: true;
                    /**
                     * @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限)
                     * @enum {string}
                     */
                    role?: "read_only" | "staff" | "owner";
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffAccount"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listStaffInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invitations: components["schemas"]["Invitation"][];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    inviteStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "staff@example.jp",
                 *       "role": "staff"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @description Mail address (メールアドレス)
                     */
                    email: string;
                    /**
                     * @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限)
                     * @enum {string}
                     */
                    role: "read_only" | "staff" | "owner";
                };
            };
        };
        responses: {
            /** @description A new invitation (招待) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description UUID (ID)
                         */
                        id: string;
                        /** @description メールアドレス */
                        email: string;
                        /**
                         * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
                         * @enum {string}
                         */
                        role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
                        /**
                         * Format: date-time
                         * @description 招待日時
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description 有効期限
                         */
                        expiresAt: string;
                        /** @description Whether the link was mailed (メール送信済) */
                        mailed: boolean;
                        /** @description The link, to be handed over by hand, where it was not mailed; shown this once (招待リンク) */
                        url: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    withdrawStaffInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Withdrawn (取消済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    pullOrders: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Required: 1 to 255 visible characters, new for each pull (冪等キー)
                 * @example 3f0f6b1e-6f0e-4b0e-9a53-0f5b6f2b7c11
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description Which staged orders to take over; all when empty (取込対象) */
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uuid
                     * @description Only this shop (店舗)
                     */
                    shopId?: string;
                    marketplace?: components["schemas"]["MarketplaceInput"];
                    /**
                     * @description Orders at most (件数)
                     * @default 1000
                     */
                    limit?: number;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pull"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getPull: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pull"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス) */
                status?: components["schemas"]["OrderStatusInput"];
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール) */
                marketplace?: components["schemas"]["MarketplaceInput"];
                /** @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 */
                changeState?: components["schemas"]["ChangeStateInput"];
                /** @description Begins like this (受注番号の前方一致) */
                number?: string;
                /** @description Ends like this (受注番号の後方一致) */
                numberEnd?: string;
                /** @description With this mark, one of `flags` (マーク) */
                mark?: string;
                /** @description true: only what must not ship yet, false: only the others (出荷保留) */
                hold?: "true" | "false";
                /** @description 支払方法区分 */
                paymentKind?: string;
                /** @description Whole family name, given name or both, in kanji or kana (注文者名) */
                buyer?: string;
                /** @description All digits, or the last four; of buyer or recipient (電話番号) */
                phone?: string;
                /** @description Whole mail address (メールアドレス) */
                email?: string;
                /** @description Part of an item’s name or code (商品名・商品コード) */
                item?: string;
                /** @description Ordered from this time on (注文日時の開始) */
                from?: string;
                /** @description … and before this time (注文日時の終了) */
                to?: string;
                /** @description true: count all that match (件数を数える) */
                total?: "true" | "false";
                /** @description By order time; a cursor goes with the order it was made in (並び順) */
                sort?: "newest" | "oldest";
                /** @description true: each order with its detail (詳細を含める) */
                detail?: "true" | "false";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 1000 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description By order time, newest first unless `sort` says else (注文日時順) */
                        orders: {
                            /**
                             * Format: uuid
                             * @description UUID (ID)
                             */
                            id: string;
                            /**
                             * Format: uuid
                             * @description Shop (店舗ID)
                             */
                            shopId: string;
                            marketplace: components["schemas"]["Marketplace"];
                            /** @description The mall’s order number (受注番号) */
                            orderNumber: string;
                            status: components["schemas"]["OrderStatus"];
                            changeState: components["schemas"]["ChangeState"];
                            /** @description The mall’s own status code (モールステータス) */
                            mallStatus: string;
                            /** @description The mall’s sub-status code (サブステータス) */
                            mallSubStatus: string | null;
                            /**
                             * @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)
                             * @enum {string}
                             */
                            mallState: "open" | "shipped" | "completed" | "cancelled";
                            /**
                             * Format: date-time
                             * @description When the buyer ordered (注文日時)
                             */
                            orderedAt: string;
                            /**
                             * Format: date-time
                             * @description When it came in (取込日時)
                             */
                            stagedAt: string;
                            /** @description When it was handed over (受注取込日時) */
                            pulledAt: string | null;
                            /**
                             * Format: date-time
                             * @description When the mall was last asked (最終確認日時)
                             */
                            refreshedAt: string;
                            /** @description Yen billed to the buyer (請求金額) */
                            billedAmount: number;
                            /** @description Yen before discounts and points (合計金額) */
                            totalAmount: number;
                            /** @description Lines (明細数) */
                            itemLines: number;
                            /** @description Pieces (商品点数) */
                            itemQuantity: number;
                            /** @description Kind of payment (支払方法区分) */
                            paymentKind: ("credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other") | string;
                            /** @description Why it must not ship yet (出荷保留) */
                            holds: (("fraud_check" | "reserve" | "unpaid" | "buyer_cancel_window" | "mall_processing" | "change_pending" | "address_pending" | "amount_pending" | "shop_hold") | string)[];
                            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
                            flags: string[];
                            /** @description Things in the order that do not fit (注意件数) */
                            warningCount: number;
                            /** @description Rises with each change; the ETag (版) */
                            version: number;
                            /** @description When staff last edited it (編集日時) */
                            editedAt: string | null;
                            /** @description Batch it was handed over in (取込バッチID) */
                            pullId: string | null;
                            /** @description When its personal data was removed (個人情報削除日時) */
                            purgedAt: string | null;
                            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
                            detail?: components["schemas"]["OrderDetail"] | null;
                            /** @description Why detail is null: purged 保存期間満了, unreadable 復号不可 */
                            detailMissing?: ("purged" | "unreadable") | null;
                        }[];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                        /** @description Orders that match, 10,000 when there are that many or more; null when not asked for (件数) */
                        total: number | null;
                        /** @description There are more than `total` says (上限超過) */
                        totalIsCapped: boolean;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditedOrder"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    editOrder: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Required: the ETag of the order (版)
                 * @example "1"
                 */
                "If-Match": string;
            };
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        /** @description JSON merge patch of the detail; lists are replaced whole, null empties a field (編集内容) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "notes": {
                 *         "shop": "電話で日時を確認済み"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Mall (モール) */
                    marketplace?: unknown;
                    /** @description The shop's code at the mall (店舗コード) */
                    shopCode?: unknown;
                    /** @description Order number (受注番号 / 注文ID) */
                    orderNumber?: unknown;
                    /** @description RFC 3339 (注文日時) */
                    orderedAt?: unknown;
                    /** @description Last change at the mall (最終更新日時) */
                    updatedAt?: unknown;
                    /** @description pc, smartphone, tablet, feature_phone, other (端末) */
                    device?: unknown;
                    /** @description What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル */
                    mallState?: unknown;
                    /** @description Mall status (モールステータス) */
                    mallStatus?: unknown;
                    /** @description Sub-status (サブステータス) */
                    mallSubStatus?: unknown;
                    /** @description Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス) */
                    mallStatuses?: unknown;
                    /** @description Cancel reason (キャンセル理由) */
                    cancelReason?: unknown;
                    /** @description Further times under the mall's names (各種日時) */
                    times?: unknown;
                    /** @description Buyer (注文者) */
                    buyer?: unknown;
                    /** @description Recipients (送付先) */
                    recipients?: unknown;
                    /** @description Lines (商品明細) */
                    items?: unknown;
                    /** @description Charges, tax included (料金) */
                    charges?: unknown;
                    /** @description discounts */
                    discounts?: unknown;
                    /** @description Points (ポイント) */
                    points?: unknown;
                    /** @description taxSummary */
                    taxSummary?: unknown;
                    /** @description Totals as the mall states them (合計金額) */
                    totals?: unknown;
                    /** @description Payment (支払) */
                    payment?: unknown;
                    /** @description Delivery (配送) */
                    delivery?: unknown;
                    /** @description Gift (ギフト) */
                    gift?: unknown;
                    /** @description The buyer wants a receipt (領収書); null where the mall does not say */
                    receiptWanted?: unknown;
                    /** @description Refunds, partial cancels, returns (返金・一部キャンセル・返品) */
                    reversals?: unknown;
                    /** @description Notes (備考) */
                    notes?: unknown;
                    /** @description Subscription or reservation (定期・頒布会・予約) */
                    subscription?: unknown;
                    /** @description parent, child, multi_ship … (関連注文) */
                    relatedOrders?: unknown;
                    /** @description holds */
                    holds?: unknown;
                    /** @description Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, … */
                    flags?: unknown;
                    /** @description warnings */
                    warnings?: unknown;
                    /** @description Further fields of this mall under the mall's own names (モール固有項目) */
                    mallFields?: unknown;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditedOrder"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            428: components["responses"]["Problem428"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getOrderTimeline: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 1000 at most (件数) */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Oldest first (古い順) */
                        events: {
                            /**
                             * Format: uuid
                             * @description UUID (ID)
                             */
                            id: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339 (日時)
                             */
                            at: string;
                            /** @description mail_seen メール受信, staged 取込, pulled 受注取込, refreshed 再確認, cancelled_at_mall モール側キャンセル, reopened_at_mall キャンセル取消, changed_at_mall モール側変更, edited 編集, moved 移動, reimported 再取込, change_requested サイト変更依頼, change_sent 送信, change_answered モールの回答, change_read 反映確認, change_waiting 待機, change_succeeded 成功, change_warning 警告, change_failed 失敗, change_retried 再実行, change_dismissed 確認済み; what it waited for before it was staged: attempt_failed 問い合わせ失敗, waited_lane_closed モール停止, waited_attention 要対応, waited_disabled 店舗停止, waited_quota 回数制限; … (出来事) */
                            kind: string;
                            /** @description The same for staff, Japanese (説明) */
                            label: string;
                            /** @description mail, worker, operator, or key:<API key id> (実行者) */
                            actor: string;
                            /** @description The same for staff, Japanese; an API key by its name (実行者名) */
                            actorName: string;
                            /** @description Facts, nothing of a person (内容) */
                            data: {
                                [key: string]: unknown;
                            };
                        }[];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getBoard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    moveOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which orders go where (移動の指定) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "orderIds": [
                 *         "0199c0de-0000-7000-8000-000000000001"
                 *       ],
                 *       "to": "ready_to_ship"
                 *     }
                 */
                "application/json": {
                    /** @description Orders (受注ID) */
                    orderIds: string[];
                    to: components["schemas"]["OrderStatusInput"];
                    /** @description Move only when each of these orders has this version (受注IDごとの版) */
                    ifVersions?: {
                        [key: string]: number;
                    };
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrdersMoved"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listOrderVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Newest first (新しい順) */
                        versions: {
                            /** @description 版 */
                            number: number;
                            /** @description edited 編集, reimported 再取込: what made the next version (次の版の理由) */
                            endedBy: string;
                            /** @description key:<API key id> (実行者) */
                            actor: string;
                            /**
                             * Format: date-time
                             * @description Until when it was the current one (終了日時)
                             */
                            endedAt: string;
                        }[];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getOrderVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
                /** @description 版 */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderVersion"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    reimportOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which orders to read again, and what to take over (再取込の指定) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "orderIds": [
                 *         "0199c0de-0000-7000-8000-000000000001"
                 *       ],
                 *       "apply": "none"
                 *     }
                 */
                "application/json": {
                    /** @description Orders (受注ID) */
                    orderIds: string[];
                    /**
                     * @description all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法)
                     * @enum {string}
                     */
                    apply: "all" | "mall-wins" | "keep-edits" | "none";
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            202: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReimportAccepted"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getReimport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reimport"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Ends the stream after so long (配信の最長秒数) */
                maxSeconds?: number;
            };
            header?: {
                /** @description `id` of the last event received (最終イベントID) */
                "Last-Event-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream (イベント) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description `position` of the answer before; `oldest` for all that is kept (この位置より後) */
                after?: string;
                /** @description Rows at most (件数) */
                limit?: number;
                /** @description Seconds to wait for a change when there is none (待つ秒数) */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedPage"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            410: components["responses"]["Problem410"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    importOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Either orderNumbers, or from and to (取込の指定) */
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uuid
                     * @description Shop (店舗ID)
                     */
                    shopId: string;
                    /** @description Orders by number (受注番号の指定) */
                    orderNumbers?: string[];
                    /**
                     * Format: date-time
                     * @description Orders placed from this time on (期間の開始)
                     */
                    from?: string;
                    /**
                     * Format: date-time
                     * @description … and before this time (期間の終了)
                     */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            202: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAccepted"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listImportRequests: {
        parameters: {
            query?: {
                /** @description Only requests for this number (受注番号) */
                orderNumber?: string;
                /** @description waiting 待機中, done 完了, failed 失敗 (状態) */
                state?: "waiting" | "done" | "failed";
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description Only with this result or failure code (結果・失敗コード) */
                outcome?: string;
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Newest first (新しい順) */
                        importRequests: components["schemas"]["ImportRequest"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retryImportRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRequest"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    dismissImportRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRequest"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retryFailedImports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which failed requests; all of them when empty (再実行の対象) */
        requestBody: {
            content: {
                "application/json": {
                    /** @description Only what failed with this code, `outcome` of the requests (失敗コード) */
                    cause?: string;
                    /**
                     * Format: uuid
                     * @description Only this shop (店舗)
                     */
                    shopId?: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRequestsRetried"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getImportScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportScan"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getCompleteness: {
        parameters: {
            query?: {
                /** @description First day; 30 days before `to` when left out (開始日) */
                from?: string;
                /** @description Last day; today when left out (終了日) */
                to?: string;
            };
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completeness"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSiteChanges: {
        parameters: {
            query?: {
                /** @description queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態) */
                state?: "queued" | "changing" | "succeeded" | "warning" | "failed";
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description Only this order (受注) */
                orderId?: string;
                /** @description confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作) */
                action?: "confirm" | "ship" | "mark_paid" | "complete" | "hold" | "release" | "cancel" | "memo" | "sub_status" | "correct_shipment" | "change_content";
                /** @description false: only what nobody has seen yet (確認済みを含めない) */
                dismissed?: "true" | "false";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Newest first (新しい順) */
                        siteChanges: components["schemas"]["SiteChange"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    requestSiteChanges: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Required: 1 to 255 visible characters, new for each request (冪等キー)
                 * @example 7d5c1c3e-0c5b-4d4f-9d0e-6a1f4c1b2a10
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description Changes to make at the malls (サイト変更の依頼) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "changes": [
                 *         {
                 *           "orderId": "0199c0de-0000-7000-8000-000000000003",
                 *           "action": "ship",
                 *           "shippedOn": "2026-04-01",
                 *           "parcels": [
                 *             {
                 *               "carrier": "yamato",
                 *               "trackingNumber": "400000000001"
                 *             }
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description All are taken or none; those of one order run in this order (サイト変更の一覧) */
                    changes: ({
                        /** @description Not before the order is so many minutes old: until then the buyer may change it (注文確定待ち時間) */
                        waitMinutes?: number;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "confirm";
                    } | {
                        /**
                         * Format: date
                         * @description Date shipped (発送日)
                         */
                        shippedOn: string;
                        /** @description Parcels (個口) */
                        parcels: {
                            /** @description Recipient of the order it goes to (送付先ID); may be left out when there is only one */
                            recipientId?: string;
                            /**
                             * @description Carrier (配送会社)
                             * @enum {string}
                             */
                            carrier: "yamato" | "sagawa" | "japan_post" | "seino" | "seino_super_express" | "seibu" | "fukuyama" | "meitetsu" | "tonami" | "daiichi" | "niigata" | "chuetsu" | "okayama" | "kurume" | "sanyo" | "nx_transport" | "ecohai" | "ems" | "dhl" | "fedex" | "ups" | "nippon_express" | "tnt" | "ocs" | "usps" | "sf_express" | "aramex" | "sgh_global" | "rakuten_express" | "japan_post_rakuten" | "yamato_yu_packet" | "meitetsu_nx" | "jp_logistics" | "magical_move" | "askul" | "other";
                            /** @description Name of a carrier that is `other` (配送会社名) */
                            carrierName?: string;
                            /** @description Tracking number (お荷物伝票番号) */
                            trackingNumber?: string;
                            /** @description Name of the service for the buyer, 宅急便 or ネコポス; some malls take none (配送方法) */
                            shippingMethod?: string;
                            /** @description Why there is no tracking number, a code from GET /marketplaces (伝票番号がない理由) */
                            noNumberReason?: string;
                            /** @description What is in it when not everything of the recipient (内容明細). Lines that no parcel names are sent later (分割発送); where the mall does not know lines, all of a recipient must be in its parcels */
                            lines?: {
                                lineId: string;
                                quantity: number;
                            }[];
                        }[];
                        /** @description Mark as paid first, where the shop itself receives the money (入金済みにしてから) */
                        markPaid?: boolean;
                        /** @description Release a hold first (保留を解除してから) */
                        release?: boolean;
                        /** @description Confirm the order first if nobody has, wait until the mall lets it go, then ship (注文確認をしてから) */
                        confirmFirst?: boolean;
                        /**
                         * @description The order's own status here once the mall shows it as shipped (成功後の受注ステータス)
                         * @enum {string}
                         */
                        thenMoveTo?: "new" | "awaiting_payment" | "ready_to_ship" | "shipped" | "completed" | "on_hold" | "cancelled";
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "ship";
                    } | {
                        /**
                         * Format: date
                         * @description Date paid (入金日)
                         */
                        paidOn?: string;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "mark_paid";
                    } | {
                        /** @description So many days after the day of shipping; left out: at once (発送日からの日数) */
                        afterDays?: number;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "complete";
                    } | {
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "hold";
                    } | {
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "release";
                    } | {
                        /** @description Reason code of the mall, from GET /marketplaces (キャンセル理由) */
                        reason: string;
                        /** @description Reason in words (理由の詳細) */
                        detail?: string;
                        /**
                         * @description Stock (在庫を戻すか)
                         * @enum {string}
                         */
                        restock?: "item_setting" | "restore" | "keep";
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "cancel";
                    } | {
                        /** @description Memo (ひとことメモ・店舗メモ); empty clears it */
                        memo: string;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "memo";
                    } | {
                        /** @description Id of the sub-status; null clears it (サブステータス) */
                        subStatus: string | null;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "sub_status";
                    } | {
                        /** @description Parcels to put right (訂正する個口) */
                        parcels: {
                            /** @description `id` of the parcel in the order (発送明細ID); may be left out when the recipient has only one */
                            parcelId?: string;
                            /** @description Recipient of the order (送付先ID); may be left out when there is only one */
                            recipientId?: string;
                            /**
                             * @description The right carrier; left out: as it is (配送会社)
                             * @enum {string}
                             */
                            carrier?: "yamato" | "sagawa" | "japan_post" | "seino" | "seino_super_express" | "seibu" | "fukuyama" | "meitetsu" | "tonami" | "daiichi" | "niigata" | "chuetsu" | "okayama" | "kurume" | "sanyo" | "nx_transport" | "ecohai" | "ems" | "dhl" | "fedex" | "ups" | "nippon_express" | "tnt" | "ocs" | "usps" | "sf_express" | "aramex" | "sgh_global" | "rakuten_express" | "japan_post_rakuten" | "yamato_yu_packet" | "meitetsu_nx" | "jp_logistics" | "magical_move" | "askul" | "other";
                            /** @description Name of a carrier that is `other` (配送会社名) */
                            carrierName?: string;
                            /** @description The right tracking number; left out: as it is; empty: none (お荷物伝票番号) */
                            trackingNumber?: string;
                            /** @description Service for the buyer (配送方法) */
                            shippingMethod?: string;
                            /**
                             * Format: date
                             * @description The right date; left out: as it is (発送日)
                             */
                            shippedOn?: string;
                            /** @description The parcel does not exist: remove its record (発送情報を削除) */
                            remove?: boolean;
                        }[];
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "correct_shipment";
                    } | {
                        /** @description Recipients (送付先) */
                        recipients?: {
                            /** @description Recipient of the order (送付先ID); may be left out when there is only one */
                            recipientId?: string;
                            /** @description Family name (姓) */
                            familyName?: string;
                            /** @description Given name (名) */
                            givenName?: string;
                            /** @description Family name in kana (姓カナ) */
                            familyNameKana?: string;
                            /** @description Given name in kana (名カナ) */
                            givenNameKana?: string;
                            /** @description Postal code, seven digits (郵便番号) */
                            postalCode?: string;
                            /** @description Prefecture (都道府県) */
                            prefecture?: string;
                            /** @description City or ward (市区町村) */
                            city?: string;
                            /** @description Street address (町域・番地) */
                            address1?: string;
                            /** @description Building, room (建物名・部屋番号) */
                            address2?: string;
                            /** @description Phone (電話番号) */
                            phone?: string;
                            /** @description Wished date; null: none (お届け希望日) */
                            wishDate?: string | null;
                            /** @description Wished time as the mall words it, 14:00-16:00; null: none (希望時間帯) */
                            wishTime?: string | null;
                            /** @description Postage of this recipient (送料) */
                            shippingFee?: number;
                        }[];
                        /** @description Postage of the whole order (送料) */
                        shippingFee?: number;
                        /** @description COD or payment fee (代引手数料・決済手数料) */
                        codFee?: number;
                        /** @description Wrapping (包装料) */
                        giftWrapFee?: number;
                        /** @description The shop's discount (値引き) */
                        discount?: number;
                        /** @description Adjustment, may be negative (調整額) */
                        adjustment?: number;
                        /** @description Lines whose quantity changes (数量の変更・明細の削除) */
                        lines?: {
                            /** @description Line of the order (明細ID) */
                            lineId: string;
                            /** @description New quantity; 0 removes the line (数量) */
                            quantity: number;
                        }[];
                        /** @description Lines to add (明細の追加) */
                        addLines?: {
                            /** @description Item code (商品コード) */
                            itemCode: string;
                            /** @description SKU (サブコード) */
                            sku?: string;
                            /** @description Left out: as in the shop (商品名) */
                            name?: string;
                            /** @description Left out: as in the shop (単価) */
                            unitPrice?: number;
                            /** @description Quantity (数量) */
                            quantity: number;
                        }[];
                        /** @description Why the amount falls, a code from GET /marketplaces (減額の理由) */
                        reason?: string;
                        /** @description Buyer's comment (備考) */
                        buyerNote?: string;
                        /** @description One of the shop's delivery methods by the name it has at the mall (配送方法) */
                        deliveryMethod?: string;
                        /**
                         * Format: uuid
                         * @description Order (受注ID)
                         */
                        orderId: string;
                        /**
                         * @description 操作
                         * @enum {string}
                         */
                        action: "change_content";
                    })[];
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            202: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description In the order of the request (依頼順) */
                        changes: components["schemas"]["SiteChange"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getSiteChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteChange"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retrySiteChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteChange"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    dismissSiteChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteChange"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listShops: {
        parameters: {
            query?: {
                /** @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール) */
                marketplace?: components["schemas"]["MarketplaceInput"];
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        shops: components["schemas"]["Shop"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createShop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "marketplace": "rakuten",
                 *       "code": "400001",
                 *       "name": "とりこみ商店 楽天市場店",
                 *       "credentials": {
                 *         "serviceSecret": "SP000000_exampleexample12",
                 *         "licenseKey": "SL000000_exampleexample34"
                 *       }
                 *     }
                 */
                "application/json": {
                    marketplace: components["schemas"]["MarketplaceInput"];
                    /** @description The shop’s id at the mall (モールの店舗ID) */
                    code: string;
                    /** @description Name for staff (店舗名) */
                    name: string;
                    /**
                     * @description false: no mail, no call to the mall (利用する)
                     * @default true
                     */
                    enabled?: boolean;
                    /**
                     * @description Settings of the shop without secrets (店舗設定)
                     * @default {}
                     */
                    settings?: {
                        /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
                        mailRules?: {
                            /** @description Senders of order mails besides the mall’s own (差出人の追加) */
                            senders?: string[];
                            /** @description Senders that never are a trigger (除外する差出人) */
                            ignoredSenders?: string[];
                            /** @description Subjects of order mails besides the mall’s own (件名の追加) */
                            subjects?: {
                                /** @description Text in the subject; blanks, width and case do not matter (件名に含まれる文字) */
                                contains: string;
                                /**
                                 * @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能
                                 * @enum {string}
                                 */
                                kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                            }[];
                            /** @description Subjects of look-alike mails (除外する件名) */
                            ignoredSubjects?: string[];
                            /** @description What stands before an order number in the mail (注文番号の見出し) */
                            numberLabels?: string[];
                            /** @description Forms of order numbers (注文番号の形) */
                            numberPatterns?: string[];
                        };
                        /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
                        onImport?: {
                            /**
                             * @description confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作)
                             * @enum {string}
                             */
                            action: "confirm" | "mark_paid" | "complete" | "hold" | "release" | "memo" | "sub_status";
                            /** @description As for POST /site-changes, without orderId and action (変更内容) */
                            parameters?: {
                                [key: string]: string | number | boolean | null;
                            };
                            /** @description All of them must hold; only open orders in any case (条件) */
                            conditions?: {
                                /** @description Only orders paid like this (支払方法区分) */
                                paymentKinds?: ("credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other")[];
                                /** @description Only orders that nobody has to look at first. Waiting for the mall, for the payment or for the buyer’s own minutes is no such hold (出荷保留なし。モール処理中、入金待ち、購入者のキャンセル可能時間は保留に数えません) */
                                noHolds?: boolean;
                                /** @description Only orders without a buyer’s comment (備考なし) */
                                noBuyerNote?: boolean;
                                /** @description Only orders billed at less than so many yen (請求金額の上限・未満) */
                                totalBelow?: number;
                            };
                        };
                        /** @description Amazon: import orders that Amazon ships as well; left out otherwise (FBA注文も取り込む) */
                        includeFba?: boolean;
                        /** @description Amazon: carrierCode to send for a carrier instead of the usual one; `Other` sends its name (配送会社コード) */
                        carrierCodes?: {
                            [key: string]: string;
                        };
                    };
                    /** @description The mall’s credentials; fields as in GET /marketplaces (認証情報). Goes in, never comes out. */
                    credentials?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shop"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getShop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shop"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteShop: {
        parameters: {
            query?: {
                /** @description Delete the orders of the shop as well (受注も削除) */
                withOrders?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed (削除済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateShop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "とりこみ商店 本店",
                 *       "enabled": true
                 *     }
                 */
                "application/json": {
                    /** @description Name for staff (店舗名) */
                    name?: string;
                    /** @description false: no mail, no call to the mall (利用する) */
                    enabled?: boolean;
                    /** @description Replaces all settings (店舗設定) */
                    settings?: {
                        /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
                        mailRules?: {
                            /** @description Senders of order mails besides the mall’s own (差出人の追加) */
                            senders?: string[];
                            /** @description Senders that never are a trigger (除外する差出人) */
                            ignoredSenders?: string[];
                            /** @description Subjects of order mails besides the mall’s own (件名の追加) */
                            subjects?: {
                                /** @description Text in the subject; blanks, width and case do not matter (件名に含まれる文字) */
                                contains: string;
                                /**
                                 * @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能
                                 * @enum {string}
                                 */
                                kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                            }[];
                            /** @description Subjects of look-alike mails (除外する件名) */
                            ignoredSubjects?: string[];
                            /** @description What stands before an order number in the mail (注文番号の見出し) */
                            numberLabels?: string[];
                            /** @description Forms of order numbers (注文番号の形) */
                            numberPatterns?: string[];
                        };
                        /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
                        onImport?: {
                            /**
                             * @description confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作)
                             * @enum {string}
                             */
                            action: "confirm" | "mark_paid" | "complete" | "hold" | "release" | "memo" | "sub_status";
                            /** @description As for POST /site-changes, without orderId and action (変更内容) */
                            parameters?: {
                                [key: string]: string | number | boolean | null;
                            };
                            /** @description All of them must hold; only open orders in any case (条件) */
                            conditions?: {
                                /** @description Only orders paid like this (支払方法区分) */
                                paymentKinds?: ("credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other")[];
                                /** @description Only orders that nobody has to look at first. Waiting for the mall, for the payment or for the buyer’s own minutes is no such hold (出荷保留なし。モール処理中、入金待ち、購入者のキャンセル可能時間は保留に数えません) */
                                noHolds?: boolean;
                                /** @description Only orders without a buyer’s comment (備考なし) */
                                noBuyerNote?: boolean;
                                /** @description Only orders billed at less than so many yen (請求金額の上限・未満) */
                                totalBelow?: number;
                            };
                        };
                        /** @description Amazon: import orders that Amazon ships as well; left out otherwise (FBA注文も取り込む) */
                        includeFba?: boolean;
                        /** @description Amazon: carrierCode to send for a carrier instead of the usual one; `Other` sends its name (配送会社コード) */
                        carrierCodes?: {
                            [key: string]: string;
                        };
                    };
                    /** @description Fields to enter over the stored ones, as in GET /marketplaces; those not given stay, null takes an optional one away (認証情報の変更). A date or version that belongs to a changed value goes with it unless given too. The outcome is checked as a whole. Where none are stored, or none that can be read, all required ones are needed. Goes in, never comes out. */
                    credentials?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shop"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testShop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Result of a connection test (接続テスト結果) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The mall took the credentials (成功) */
                        ok: boolean;
                        /** @description Failure code, null when all is well (コード) */
                        code: string | null;
                        /** @description What was found, Japanese, for the person who asked (結果) */
                        messages: string[];
                        /** @description What ends when (有効期限) */
                        expiries: {
                            /** @description What ends (対象) */
                            what: string;
                            /**
                             * Format: date-time
                             * @description 有効期限
                             */
                            at: string;
                            /** @description false: worked out, the mall does not say (確実) */
                            certain: boolean;
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSubStatuses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subStatuses: {
                            /** @description `subStatus` of a site change (サブステータスID) */
                            code: string;
                            /** @description As the shop named it (名称) */
                            label: string;
                            /** @description The mall status that it belongs to; null: any (注文ステータス) */
                            mallStatus: {
                                /** @description コード */
                                code: string;
                                /** @description 名称 */
                                name: string | null;
                            } | null;
                        }[];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listMailboxes: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        mailboxes: components["schemas"]["Mailbox"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "受注メール",
                 *       "host": "imap.example.jp",
                 *       "port": 993,
                 *       "security": "tls",
                 *       "username": "order@example.jp",
                 *       "password": "example-password",
                 *       "folder": "INBOX",
                 *       "shopIds": []
                 *     }
                 */
                "application/json": {
                    /** @description Name for staff (受信箱名) */
                    name: string;
                    /** @description IMAP server (ホスト名) */
                    host: string;
                    /** @description 993 with tls, otherwise 143 (ポート) */
                    port?: number;
                    /**
                     * @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)
                     * @default tls
                     * @enum {string}
                     */
                    security?: "tls" | "starttls" | "plain";
                    /** @description Login (ユーザー名) */
                    username: string;
                    /** @description Goes in, never comes out (パスワード) */
                    password: string;
                    /**
                     * @description Folder that is read, never changed (フォルダー)
                     * @default INBOX
                     */
                    folder?: string;
                    /**
                     * @description false: not listened to (利用する)
                     * @default true
                     */
                    enabled?: boolean;
                    /**
                     * @description The name with which the Authentication-Results of the receiving host begin: what it vouches for is believed. null: the one known for the host, where there is one (認証結果を付けるサーバー名)
                     * @default null
                     */
                    authservId?: string | null;
                    /**
                     * @description Shops whose order mails come here (対象店舗)
                     * @default []
                     */
                    shopIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed (削除済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "受注メール（本店）",
                 *       "enabled": true
                 *     }
                 */
                "application/json": {
                    /** @description Name for staff (受信箱名) */
                    name?: string;
                    /** @description IMAP server (ホスト名) */
                    host?: string;
                    /** @description 993 with tls, otherwise 143 (ポート) */
                    port?: number;
                    /**
                     * @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)
                     * @enum {string}
                     */
                    security?: "tls" | "starttls" | "plain";
                    /** @description Login (ユーザー名) */
                    username?: string;
                    /** @description Needed again when host, port, security or username change (パスワード) */
                    password?: string;
                    /** @description Folder that is read, never changed (フォルダー) */
                    folder?: string;
                    /** @description false: not listened to (利用する) */
                    enabled?: boolean;
                    /** @description The name with which the Authentication-Results of the receiving host begin: what it vouches for is believed. null: the one known for the host, where there is one (認証結果を付けるサーバー名) */
                    authservId?: string | null;
                    /** @description Shops whose order mails come here (対象店舗) */
                    shopIds?: string[];
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Result of a connection test (接続テスト結果) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Login and folder are good (成功) */
                        ok: boolean;
                        /** @description Failure code, null when all is well (コード) */
                        code: string | null;
                        /** @description What was found, Japanese (結果) */
                        messages: string[];
                        /** @description フォルダー */
                        folder: string;
                        /** @description Mails in the folder (メール件数) */
                        messageCount: number | null;
                        /** @description The server tells of new mails by itself (IDLE 対応) */
                        idle: boolean | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listMarketplaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        marketplaces: {
                            name: components["schemas"]["Marketplace"];
                            /** @description Name of the mall (モール名) */
                            label: string;
                            /** @description The mall’s own page of an order, with `{orderNumber}` and `{shopCode}` to be filled in; null where it is not known (受注画面のURL) */
                            orderPage: string | null;
                            /** @description What `code` of a shop is called (店舗IDの呼び名) */
                            shopCodeLabel: string;
                            credentialFields: {
                                /** @description Key in `credentials` (項目名) */
                                name: string;
                                /** @description As the mall’s own screen calls it (表示名) */
                                label: string;
                                /** @description Where to find it (説明) */
                                help: string;
                                /** @description Show it as a password field (秘匿) */
                                secret: boolean;
                                /** @description 必須 */
                                required: boolean;
                                /** @description How long it lives (有効期間) */
                                lifetime: string | null;
                            }[];
                            /** @description Tokens come by a consent in the browser, `POST /shops/{id}/consent` (ブラウザーでの同意) */
                            consent: boolean;
                            /** @description 制限 */
                            limits: {
                                /** @description Order numbers a call (一括取得件数) */
                                fetchBatch: number;
                                /** @description Longest period of one list (検索期間) */
                                listWindowDays: number;
                                /** @description How far back the mall answers (遡及日数) */
                                historyDays: number;
                            };
                            /** @description Site changes it takes (サイト変更の操作) */
                            actions: {
                                /**
                                 * @description `action` of POST /site-changes (操作)
                                 * @enum {string}
                                 */
                                action: "confirm" | "ship" | "mark_paid" | "complete" | "hold" | "release" | "cancel" | "memo" | "sub_status" | "correct_shipment" | "change_content";
                                /** @description As the mall’s own screen calls it (表示名) */
                                label: string;
                                /** @description What it needs (項目) */
                                fields: {
                                    /** @description Field of the change (項目名) */
                                    name: string;
                                    /** @description Japanese (表示名) */
                                    label: string;
                                    /** @description 必須 */
                                    required: boolean;
                                    /** @description The mall’s codes, where only these are taken (選択肢) */
                                    choices: {
                                        /** @description コード */
                                        code: string;
                                        /** @description 表示名 */
                                        label: string;
                                    }[] | null;
                                    /** @description Japanese (説明) */
                                    help: string | null;
                                }[];
                                /** @description When the mall takes it, Japanese (実行できる条件) */
                                preconditions: string;
                                /** @description The calls that it makes at the mall, in order (モールの API) */
                                calls: string[];
                            }[];
                            /** @description Carriers it knows (配送会社) */
                            carriers: {
                                /**
                                 * @description `carrier` of a parcel, the same for all malls (配送会社コード)
                                 * @enum {string}
                                 */
                                carrier: "yamato" | "sagawa" | "japan_post" | "seino" | "seino_super_express" | "seibu" | "fukuyama" | "meitetsu" | "tonami" | "daiichi" | "niigata" | "chuetsu" | "okayama" | "kurume" | "sanyo" | "nx_transport" | "ecohai" | "ems" | "dhl" | "fedex" | "ups" | "nippon_express" | "tnt" | "ocs" | "usps" | "sf_express" | "aramex" | "sgh_global" | "rakuten_express" | "japan_post_rakuten" | "yamato_yu_packet" | "meitetsu_nx" | "jp_logistics" | "magical_move" | "askul" | "other";
                                /** @description Japanese (配送会社) */
                                label: string;
                                /** @description What the mall is sent (モールのコード) */
                                mallCode: string;
                            }[];
                        }[];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    beginConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": {
                    /** @description The application’s own credentials, where the shop has none yet or others are to be used; stored together with the consent (アプリケーションの認証情報) */
                    credentials?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description A consent that was begun (同意の開始) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The mall’s page, to be opened in a browser (同意画面のURL) */
                        url: string;
                        /**
                         * Format: date-time
                         * @description Until then it must be done (有効期限)
                         */
                        expiresAt: string;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listCredentials: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        credentials: components["schemas"]["ShopCredentials"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listNotices: {
        parameters: {
            query?: {
                /** @description Only of this shop (店舗) */
                shopId?: string;
                /** @description Only of this mailbox (受信箱) */
                mailboxId?: string;
                /** @description 種別 */
                kind?: "expiry" | "attention";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        notices: components["schemas"]["Notice"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhooks: components["schemas"]["Webhook"][];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A webhook to be made (Webhookの登録) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "基幹システム",
                 *       "url": "https://example.com/torikomi",
                 *       "kinds": [
                 *         "order",
                 *         "change"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Name for staff (名称) */
                    name: string;
                    /**
                     * Format: uri
                     * @description Where the rows are sent, https (送信先URL)
                     */
                    url: string;
                    /**
                     * @description Kinds of rows; empty: all (通知する種類)
                     * @default []
                     */
                    kinds?: ("order" | "change" | "attention" | "notice")[];
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            201: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed (削除済み) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        /** @description What is to be changed (Webhookの変更) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "enabled": true
                 *     }
                 */
                "application/json": {
                    /** @description Name for staff (名称) */
                    name?: string;
                    /**
                     * Format: uri
                     * @description Where the rows are sent, https (送信先URL)
                     */
                    url?: string;
                    /** @description Kinds of rows; empty: all (通知する種類) */
                    kinds?: ("order" | "change" | "attention" | "notice")[];
                    /** @description false: nothing is sent; what happens meanwhile is sent later (利用する) */
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        /** @description Change of the secret (署名鍵の変更) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlapHours": 24
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Both secrets sign for so long (併用時間)
                     * @default 24
                     */
                    overlapHours?: number;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            202: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Only this state (状態) */
                state?: "waiting" | "delivered" | "failed";
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["WebhookDelivery"][];
                        /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
                        nextCursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
                /** @description Delivery (送信ID) */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            202: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    recogniseMail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": "order@rakuten.co.jp",
                 *       "subject": "【楽天市場】注文内容ご確認（自動配信メール）",
                 *       "text": "[受注番号] 123456-20260519-0123456789\n[日時]     2026-05-19 21:04:11\n"
                 *     }
                 */
                "application/json": {
                    /** @description The whole mail as the mail program shows its source, headers and all (メールのソース) */
                    source?: string;
                    /** @description Sender, when there is no source (差出人) */
                    from?: string;
                    /** @description Subject, when there is no source (件名) */
                    subject?: string;
                    /** @description Text, when there is no source (本文) */
                    text?: string;
                    /**
                     * Format: uuid
                     * @description Shop whose own rules count; left out: the rules of all shops (店舗ID)
                     */
                    shopId?: string;
                    /** @description Rules to try out for `shopId` before they are saved (試すルール) */
                    mailRules?: {
                        /** @description Senders of order mails besides the mall’s own (差出人の追加) */
                        senders?: string[];
                        /** @description Senders that never are a trigger (除外する差出人) */
                        ignoredSenders?: string[];
                        /** @description Subjects of order mails besides the mall’s own (件名の追加) */
                        subjects?: {
                            /** @description Text in the subject; blanks, width and case do not matter (件名に含まれる文字) */
                            contains: string;
                            /**
                             * @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能
                             * @enum {string}
                             */
                            kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                        }[];
                        /** @description Subjects of look-alike mails (除外する件名) */
                        ignoredSubjects?: string[];
                        /** @description What stands before an order number in the mail (注文番号の見出し) */
                        numberLabels?: string[];
                        /** @description Forms of order numbers (注文番号の形) */
                        numberPatterns?: string[];
                    };
                };
            };
        };
        responses: {
            /** @description What would be recognised in a mail, and why not (メール判別の確認) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The listener would read this mail at all (読み取り対象) */
                        considered: boolean;
                        /** @description What would be recognised; null: no mall’s mail (判別結果) */
                        recognition: {
                            /**
                             * @description Mall (モール)
                             * @enum {string}
                             */
                            marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
                            /**
                             * @description Kind (種類)
                             * @enum {string}
                             */
                            kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                            /** @description Order numbers (注文番号) */
                            orderNumbers: string[];
                            /** @description What is missing, Japanese; null when all is well (理由) */
                            reason: string | null;
                        } | null;
                        /** @description Mall by mall, why and why not (モール別の説明) */
                        malls: {
                            /**
                             * @description Mall (モール)
                             * @enum {string}
                             */
                            marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
                            /** @description Sender rule that fits (一致した差出人) */
                            sender: string | null;
                            /** @description Subject rule that fits (一致した件名) */
                            subject: string | null;
                            /** @description Rule by which the mail is left alone (除外ルール) */
                            ignoredBy: string | null;
                            /** @description What this mall makes of it (判別結果) */
                            recognition: {
                                /**
                                 * @description Mall (モール)
                                 * @enum {string}
                                 */
                                marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
                                /**
                                 * @description Kind (種類)
                                 * @enum {string}
                                 */
                                kind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
                                /** @description Order numbers (注文番号) */
                                orderNumbers: string[];
                                /** @description What is missing, Japanese; null when all is well (理由) */
                                reason: string | null;
                            } | null;
                            /** @description What was found, what not, and what to set, Japanese (説明) */
                            messages: string[];
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    endConsent: {
        parameters: {
            query?: {
                /** @description As it was given to the mall (状態) */
                state?: string | string[];
                /** @description Yahoo!: authorisation code (認可コード) */
                code?: string | string[];
                /** @description Amazon: authorisation code (認可コード) */
                spapi_oauth_code?: string | string[];
                /** @description Amazon: who consented (出品者ID) */
                selling_partner_id?: string | string[];
                /** @description What went wrong at the mall (エラー) */
                error?: string | string[];
            };
            header?: never;
            path: {
                /** @description Mall (モール) */
                marketplace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "owner@example.jp",
                 *       "password": "a long pass phrase"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: email
                     * @description Mail address (メールアドレス)
                     */
                    email: string;
                    /** @description パスワード */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out (ログアウト済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description Six digits of the authenticator app (確認コード) */
                    code: string;
                } | {
                    /** @description リカバリーコード */
                    recoveryCode: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    beginSecondFactorSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": {
                    /** @description Six digits of the authenticator app (確認コード) */
                    code?: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description To be typed where no camera is (キー) */
                        secret: string;
                        /** @description For the QR code (QRコードの内容) */
                        otpauthUrl: string;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    confirmSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description Six digits of the authenticator app (確認コード) */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description How far the sign-in has come (ログインの段階)
                         * @enum {string}
                         */
                        state: "signed_in" | "second_factor_required" | "second_factor_setup_required";
                        /** @description To be sent as `x-csrf-token` with every change by cookie; new with each step (変更時に付けるトークン) */
                        csrfToken: string;
                        /** @description Null until the sign-in is complete (担当者) */
                        account: components["schemas"]["SignedInAccount"] | null;
                        /** @description Whether orders’ personal data may be shown (個人情報の表示可否) */
                        mayShowPersonalData: boolean;
                        /** @description Shown this once: each signs in once without the phone (リカバリーコード) */
                        recoveryCodes: string[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    renewRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description Six digits of the authenticator app (確認コード) */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Shown this once: each signs in once without the phone (リカバリーコード) */
                        recoveryCodes: string[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions: {
                            /**
                             * Format: uuid
                             * @description UUID (ID)
                             */
                            id: string;
                            /** @description This one (このログイン) */
                            current: boolean;
                            /** @description ブラウザー */
                            userAgent: string;
                            /** @description Where from, without the last part of the address (接続元) */
                            network: string;
                            /**
                             * Format: date-time
                             * @description ログイン日時
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description To the minute (最終利用日時)
                             */
                            seenAt: string;
                            /**
                             * Format: date-time
                             * @description 有効期限
                             */
                            expiresAt: string;
                        }[];
                        /** @description Always null: the list is whole (次ページなし) */
                        nextCursor: null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended (取消済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "currentPassword": "the one so far",
                 *       "newPassword": "a longer pass phrase"
                 *     }
                 */
                "application/json": {
                    /** @description パスワード */
                    currentPassword: string;
                    /** @description パスワード */
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description Changed (変更済) */
            204: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    makeFirstOperator: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "operatorKey": "…",
                 *       "email": "operator@example.jp",
                 *       "name": "運営 太郎",
                 *       "password": "a long pass phrase"
                 *     }
                 */
                "application/json": {
                    /** @description OPERATOR_API_KEY (運営者キー) */
                    operatorKey: string;
                    /**
                     * Format: email
                     * @description Mail address (メールアドレス)
                     */
                    email: string;
                    /** @description Name as timelines show it (氏名) */
                    name: string;
                    /** @description パスワード */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the link (招待の鍵) */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description メールアドレス */
                        email: string;
                        /**
                         * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
                         * @enum {string}
                         */
                        role: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
                        /** @description 契約店 */
                        tenantId: string | null;
                        /** @description 契約店名 */
                        tenantName: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the link (招待の鍵) */
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "山田 花子",
                 *       "password": "a long pass phrase"
                 *     }
                 */
                "application/json": {
                    /** @description Name as timelines show it (氏名) */
                    name: string;
                    /** @description パスワード */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done (成功) */
            200: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
