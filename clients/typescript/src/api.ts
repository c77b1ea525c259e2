// Made by ../types.ts from docs/openapi.json, sha256 d6deaef289cce66bd32e06b9c8456e0c26f4cc7623560c69194a6b84d78dc9c1
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
         *
         *     プロセスが動いている限り、データベースの状態に関係なく応答します。
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
         *
         *     データベースとキューを確認します。応答しない部分、読み取り専用のデータベース（`read_only`）、停止中（`stopping`）のときは 503 を返します。そのロールに不要な部分（`api` にとってのキュー）は表示だけで、準備完了のままです。
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
         * @description With METRICS_API_KEY or the operator key (運営者キー). Without one only from the same machine, straight, and only where METRICS_API_KEY is not set.
         *
         *     運営者キーが必要です。同じマシンからはキーなしで読めます。
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
         *
         *     古い順です。
         */
        get: operations["listTenants"];
        put?: never;
        /**
         * Add a tenant (契約店の登録)
         * @description A tenant that only applied (申込済) has no access until it is set active (利用中).
         *
         *     申込済の契約店は、利用中にするまで何も利用できません。
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
        /**
         * One tenant (契約店)
         * @description Its state and settings.
         *
         *     契約店の状態と設定を返します。
         */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a tenant: let in, suspend, rename (契約店の変更)
         * @description Suspending (停止) refuses the keys of the tenant with 403 within five seconds; nothing is deleted, and setting it active (再開) takes up where it stopped.
         *
         *     停止すると5秒以内に契約店のキーが403で拒否されます。データは削除されず、再開すると停止前の続きから処理します。
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
         *
         *     古い順です。取り消したキーも含みます。
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make a key for a tenant (API キーの発行)
         * @description The key is in this answer and nowhere else: only its SHA-256 is stored.
         *
         *     キーはこの応答にだけ含まれます。保存されるのは SHA-256 だけです。
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new key in the place of one (API キーの更新)
         * @description With the same rights; the old one ends after `overlapHours`, or at its own end if that is sooner.
         *
         *     同じ権限の新しいキーを発行します。古いキーは `overlapHours` 時間後、または本来の期限のうち早い方で使えなくなります。
         */
        post: operations["rotateApiKey"];
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
         *
         *     5秒以内に使えなくなります。二度取り消しても問題ありません。
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
         * Who saw and changed what (監査記録)
         * @description Newest first, kept for twelve months. Secrets are never in it, only that they were changed.
         *
         *     新しい順です。秘密の値は含まれず、変更したことだけが残ります。
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
    "/v1/admin/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit as a file (監査記録の出力)
         * @description Oldest first. `jsonl`: one entry a line. `csv`: UTF-8 with a mark, as Excel reads it.
         *
         *     古い順です。`jsonl` は1行に1件、`csv` は Excel で開ける BOM 付き UTF-8 です。
         */
        get: operations["exportAudit"];
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
         *
         *     キューは起動の合図だけを運びます。実行すべき処理はデータベースにあります。
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
    "/v1/admin/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shops and mailboxes of all tenants that stand still (要対応の一覧)
         * @description Longest first, 500 at most.
         *
         *     全契約店の要対応を、長く続いている順に最大500件返します。
         */
        get: operations["listAttention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All parts at a glance (稼働状況)
         * @description Of all processes together, as the database shows them. In Japanese, with what to do.
         *
         *     各部分の状態、異常のある項目、対処方法を日本語で返します。
         */
        get: operations["getServiceHealth"];
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
         *
         *     古い順です。削除した担当者は含みません。
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
         *
         *     アドレス、パスワード、二段階認証を削除します。名前は履歴と監査記録のために残ります。
         */
        delete: operations["deleteOperators"];
        options?: never;
        head?: never;
        /**
         * Change a person’s name, role or state (担当者の変更)
         * @description What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets up a new one; `unlock` lets somebody try again at once who typed too much wrong. The last active owner (or operator) stays.
         *
         *     権限を減らす変更では、その人のログインをすぐに終了します。`removeSecondFactor` は端末を紛失したときに使い、次のログインで再設定します。`unlock` は失敗が続いてロックされた人がすぐに再試行できるようにします。最後の有効な運営者は残ります。
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
        /**
         * Invitations that nobody has accepted yet (承諾待ちの招待)
         * @description Oldest first; those whose time is over are left out.
         *
         *     古い順です。期限切れの招待は含みません。
         */
        get: operations["listOperatorsInvitations"];
        put?: never;
        /**
         * Invite a person (担当者の招待)
         * @description Good for seven days and one person. Where no mail server is set the link is in the answer.
         *
         *     7日間、1人だけが使えます。メールサーバーが設定されていないときは、応答にリンクが含まれます。
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
        /**
         * Withdraw an invitation (招待の取消)
         * @description Its link stops working at once.
         *
         *     リンクはすぐに使えなくなります。
         */
        delete: operations["withdrawOperatorsInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who wants to use the service (申し込みの一覧)
         * @description Oldest first. Decided ones are kept for 90 days.
         *
         *     古い順です。承認・却下した申し込みは90日間残ります。
         */
        get: operations["listApplications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/applications/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a company in (申し込みの承認)
         * @description Makes the tenant and invites its owner; the link is in the answer where no mail server is set.
         *
         *     契約店を作り、管理者を招待します。メールサーバーが設定されていないときは、応答にリンクが含まれます。
         */
        post: operations["approveApplication"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/applications/{id}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse an application (申し込みの却下)
         * @description The applicant is told by mail, where a mail server is set.
         *
         *     申込者にメールで知らせます（メールサーバーが設定されている場合）。
         */
        post: operations["refuseApplication"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a contract (契約の終了)
         * @description Imports stop, keys and sessions are refused at once. After `deleteAfterDays` everything is deleted, and a signed record says what; the audit stays for its twelve months.
         *
         *     取込を止め、キーとログインを無効にします。データは指定した日数の後に削除し、削除した内容の署名付き記録を残します。それまでは取り消せます。
         */
        post: operations["endTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenant-deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was deleted of ended contracts (削除の証明)
         * @description The last 1,000, newest first.
         *
         *     削除した契約店ごとに、削除した内容と署名を返します。個人情報は含みません。
         */
        get: operations["listTenantDeletions"];
        put?: never;
        post?: never;
        delete?: never;
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
         *
         *     新しい順です。モール以外のメールは件数だけを数え、保存しません。件名、送信者、読み取れなかったメールの本文という個人情報を表示します。
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
    "/v1/admin/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Notifications of the malls, and their queues (モールの通知)
         * @description Newest first; kept 30 days. What cannot be read is set aside as `poison`, with its text.
         *
         *     新しい順で、30日間残ります。読み取れない通知は本文と一緒に `poison` として取り分けます。
         */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/unknown-fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Unknown fields and codes (未知の項目・コード)
         * @description What the malls send beyond their documents, seen last first. Such orders are imported, and the field is kept in `mallFields` (受注は取り込まれ、項目も保存されています).
         *
         *     モールの資料にない項目やコードを、最後に届いたものから順に返します。値は含みません。
         */
        get: operations["listUnknownFields"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase one buyer (購入者の個人情報の消去)
         * @description Removes names, addresses, phone numbers, mail addresses, memos and raw answers from every order of this buyer, for good: also an older order that comes in later is stored without them. Numbers, statuses, dates and amounts stay. Orders show `erasedAt`.
         *
         *     契約店の購入者1人の個人情報を、電話番号、メールアドレス、注文番号のいずれかで消去します。再取込しても戻りません。金額、商品、状態は残ります。
         */
        post: operations["eraseBuyerOfTenant"];
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
         *
         *     古い順です。削除した担当者は含みません。
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
         *
         *     アドレス、パスワード、二段階認証を削除します。名前は履歴と監査記録のために残ります。
         */
        delete: operations["deleteStaff"];
        options?: never;
        head?: never;
        /**
         * Change a person’s name, role or state (担当者の変更)
         * @description What takes something away ends the person’s sessions at once. `removeSecondFactor` is for a lost phone: the next sign-in sets up a new one; `unlock` lets somebody try again at once who typed too much wrong. The last active owner (or operator) stays.
         *
         *     権限を減らす変更では、その人のログインをすぐに終了します。`removeSecondFactor` は端末を紛失したときに使い、次のログインで再設定します。`unlock` は失敗が続いてロックされた人がすぐに再試行できるようにします。最後の有効な管理者は残ります。
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
        /**
         * Invitations that nobody has accepted yet (承諾待ちの招待)
         * @description Oldest first; those whose time is over are left out.
         *
         *     古い順です。期限切れの招待は含みません。
         */
        get: operations["listStaffInvitations"];
        put?: never;
        /**
         * Invite a person (担当者の招待)
         * @description Good for seven days and one person. Where no mail server is set the link is in the answer.
         *
         *     7日間、1人だけが使えます。メールサーバーが設定されていないときは、応答にリンクが含まれます。
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
        /**
         * Withdraw an invitation (招待の取消)
         * @description Its link stops working at once.
         *
         *     リンクはすぐに使えなくなります。
         */
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
         *
         *     自動受注取込の受注を古い順に新規受付へ移し、一つのまとまりとして返します。取込のたびに新しい `Idempotency-Key` を付け、応答を受け取れなかったときは同じキーで再度送ると同じ結果が返ります。`remaining` が0より大きい間は、新しいキーで続けて取り込んでください。
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
         *
         *     取込の応答と同じ受注を同じ順番で、現在の内容で返します。
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
         *
         *     注文日時の新しい順です。`detail=true` を付けない限り詳細は含みません。条件はすべて満たすものだけを返します。全角・半角、空白、ハイフンの違いは無視します。氏名、電話番号、メールアドレスは暗号化して保存しているため、全体が一致するものだけが見つかります。
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
         * @description The ETag is to be sent as If-Match with a change, which is refused when `version` has risen, and as If-None-Match to learn whether anything has changed.
         *
         *     ETag を変更時の If-Match として送ってください。`version` が上がっていると変更は拒否されます。If-None-Match として送ると、何も変わっていなければ304を返します。
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
         *
         *     詳細への JSON merge patch です。リストは全体を置き換え、null は項目を空にします。`If-Match` には読んだときの ETag を付けます。ほかの人が先に更新していたときは、両方の版を含む412を返します。`*` は現在の内容を上書きします。モールの値は `edits` に残ります。
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
        /**
         * What happened to an order (受注の履歴)
         * @description Imports, what was waited for and why, edits, moves and site changes, oldest first. Each kind has a Japanese label, each actor a name.
         *
         *     取込、待ち時間とその理由、編集、移動、サイト変更を古い順に返します。種類には日本語のラベル、実行者には名前が付きます。
         */
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
         *
         *     全店舗の合計と店舗ごとの件数、対応が必要な項目を返します。
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
    "/v1/orders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders as CSV (受注のCSV出力)
         * @description The orders that `GET /orders` lists with the same conditions, 10,000 at most, newest first. What a spreadsheet would take for a formula begins with an apostrophe. Each export is in the audit trail.
         *
         *     同じ条件の `GET /v1/orders` と同じ受注を、新しい順に10,000件まで出力します。表計算ソフトが数式とみなす値の先頭にはアポストロフィを付けます。出力は監査記録に残ります。
         */
        get: operations["exportOrders"];
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
         *
         *     どのステータスからどのステータスへも移動できます。自動受注取込から直接でもかまいません。すべて移動するか、一件も移動しないかのどちらかです。
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
        /**
         * What an order was before edits and re-imports (以前の版の一覧)
         * @description Newest first. Each edit, re-import and change at the mall keeps what was there before.
         *
         *     新しい順です。編集、再取込、モールでの変更のたびに、変更前の内容が残ります。
         */
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
        /**
         * An order as it was (以前の版)
         * @description Its content at that version; personal data goes when its time is over.
         *
         *     その版の時点の内容です。個人情報は保存期間が終わると消えます。
         */
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
         *
         *     再取込を開始し、すぐに応答します。モールが応答した後の項目ごとの差分は `GET /v1/reimports/{id}` で確認できます。
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
        /**
         * What a re-import found and took over (再取込の結果)
         * @description Field by field: the mall’s value, the value here, and whether it was taken over.
         *
         *     項目ごとに、モールの値、こちらの値、取り込んだかどうかを返します。
         */
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
         * @description Server-sent events of the tenant. `board`: the whole board, at once and whenever it has changed, five times a second at most. `order`: `{ orderId, shopId, orderNumber, what, status, changeState, mallState, version }`, where `what` names staged, pulled, moved, edited, changed, change_state, cancelled_at_mall, reopened_at_mall, marked. `change`: a site change. `attention`: a shop or mailbox stops or goes on. `notice`: what was told by mail too, as in GET /notices. After a lost connection send the last `id` as `Last-Event-ID`: nothing is missed for 30 days; the same rows as GET /changes, whose `position` is this `id`. `reset` says that this is no longer possible: read the lists again. `ready` says from where events are told. `heartbeat` comes each 15 seconds, without an `id`: a line that was silent for longer has stalled.
         *
         *     契約店のできごとを Server-Sent Events で配信します。`board` は状況全体（最大で毎秒5回）、`order` は受注、`change` はサイト変更、`attention` は店舗・受信箱の停止と再開、`notice` は通知です。接続が切れたら最後の `id` を `Last-Event-ID` で送ると、30日以内なら漏れなく続きから届きます。`reset` のときは一覧を読み直してください。
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
         * @description Every change of orders, site changes, attention and notices of the tenant, in order, each once; the same rows as GET /events and webhooks. First call: without `after`, which answers no rows and the present `position`; then read the lists, and go on from there. Work off `changes`, keep `position`, pass it as `after`. The order is that of the transactions, so where two change one order at once the row with the higher `version` may come first: pass over a row whose version is lower than the one you have. With `wait` the answer comes as soon as there is something. A lost answer loses nothing: ask again with the same `after`. Rows are kept for 30 days; 410 POSITION_EXPIRED says that a position is older, or that the database was restored or its server replaced since; its `position` is where to go on after reading the lists anew.
         *
         *     受注、サイト変更、要対応、通知のすべての変化を、順番どおりに一度ずつ返します。最初は `after` なしで呼び出し、返された `position` を控えてから一覧を読み、以後はその位置から読み進めてください。同時に変更された受注では版の高い行が先に来ることがあるため、手元より低い `version` の行は無視してください。`wait` を付けると、変化があるまで待ってから応答します。行は30日間残り、それより古い位置には410を返します。
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
         *
         *     取込を開始し、すぐに応答します。すでにある受注は変更しません。期間を指定した場合は、モールの一覧を裏で読み取ります。
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
        /**
         * What is being fetched, what failed and why (取込要求の一覧)
         * @description Newest first, with what each waits for, why it failed and what to do. `orderNumber` finds those of one order.
         *
         *     新しい順です。待っている理由、失敗した理由と次の操作を含みます。`orderNumber` で一件の注文を探せます。
         */
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
        /**
         * Ask the mall again at once (取込の再実行)
         * @description For a request that failed or waits.
         *
         *     失敗または待機中の取込を、すぐにモールへ問い合わせます。
         */
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
         *
         *     以後は問い合わせません。その日は、この注文がなくても完了とみなします。番号を指定して取り込むと元に戻ります。
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
        /**
         * Ask again for all that was given up, or all of one cause (失敗した取込の一括再実行)
         * @description Those that failed, or those that failed for one reason.
         *
         *     失敗した取込をすべて、または同じ原因のものだけ、もう一度問い合わせます。
         */
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
        /**
         * How far the import of a period has come (期間指定の取込の状況)
         * @description How much of the mall’s list has been read, and how many orders are being imported.
         *
         *     モールの一覧をどこまで読んだか、何件を取り込むかを返します。
         */
        get: operations["getImportScan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which trigger brought the orders, and how late (契機別の取込実績)
         * @description Of the orders that were staged between `from` and `to` (the last seven days when left out; 92 days at most). An order counts for the trigger that asked for it first; triggers that came later only confirmed it.
         *
         *     `from` から `to` まで（省略時は直近7日間、最大92日間）に取り込んだ受注について、どの契機で、どれだけ遅れて届いたかを返します。最初に取込を求めた契機で数えます。
         */
        get: operations["getTriggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/push-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the shop’s door for notifications by HTTP (通知の受け口の開設)
         * @description Gives a signing secret, shown this once, or takes `key`, where the mall issues it (システムイベント通知の authKey). The one before does not count any more. `{"key": null}` closes the door.
         *
         *     署名鍵はこの応答だけに含まれます。鍵を設定するまで、受け口は閉じています。
         */
        post: operations["setPushSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have the mall tell of changed orders by itself (通知の購読)
         * @description For malls with a queue of notifications that the operator set. Answers 200 with `subscribed: false` where the mall does not grant it; mails and sweeps go on either way. May be called again at any time.
         *
         *     運営者がモールの通知のキューを設定している場合に使います。モールが許可しないときは200で `subscribed: false` を返します。その場合もメールと定期照合は続きます。何度でも呼び出せます。
         */
        post: operations["subscribeNotifications"];
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
         *
         *     モールの注文一覧との定期照合の結果です。日ごとに、モールの件数、こちらの件数、不足している注文番号を返します。
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
    "/v1/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why is this order not here? (注文が来ていない理由)
         * @description One verdict about one order number, from all that is stored: orders, import requests and their attempts, the mall’s lists, mails, and what keeps a shop from its mall. With its evidence, what happens next and when, and what a person can do. The mall is not asked. Nothing of a buyer is in the answer.
         *
         *     一つの受注番号について、保存されているすべての記録から判定を一つ返します。根拠、次に自動で行うことと日時、できる操作を含みます。モールには問い合わせません。購入者の情報は含みません。
         */
        get: operations["getWhy"];
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
        /**
         * Site changes, with the reason of what did not end well (サイト変更の一覧)
         * @description Newest first. Warnings and failures say why and what to do.
         *
         *     新しい順です。警告と失敗には、原因と次の操作を含みます。
         */
        get: operations["listSiteChanges"];
        put?: never;
        /**
         * Change orders at their malls (サイト変更)
         * @description Takes all changes or none and answers at once; they run in the background. What each mall offers is in `GET /marketplaces`. Send a new `Idempotency-Key` with every request, and the same one when an answer was lost.
         *
         *     すべて受け付けるか、一件も受け付けないかのどちらかで、すぐに応答します。変更は裏で実行します。モールごとに可能な操作は `GET /v1/marketplaces` にあります。毎回新しい `Idempotency-Key` を付け、応答を受け取れなかったときは同じキーで再度送ってください。
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
        /**
         * One site change (サイト変更の状況)
         * @description Its state, and what came of each step that was sent.
         *
         *     状態と、送信した各段階の結果を返します。
         */
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
         *
         *     警告と失敗が対象です。モールで完了したとわかっている段階は送りません。
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
         *
         *     受注の表示からは消えます。変更そのものは一覧に残ります。
         */
        post: operations["dismissSiteChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels/formats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Carriers’ tools, with what is set for each (送り状ソフトと設定)
         * @description Fields, codes and settings of each tool.
         *
         *     各ソフトの項目、コード、現在の設定を返します。
         */
        get: operations["listLabelFormats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set who sends, and the codes of the contract with a carrier (送り状の設定)
         * @description Replaces the settings of this tool. What they are is `settingsSchema` of `GET /labels/formats`; nothing is guessed.
         *
         *     このソフトの設定全体を置き換えます。項目は `GET /v1/labels/formats` の `settingsSchema` にあります。値を推測することはありません。
         */
        put: operations["setLabelSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a carrier’s tool would refuse, before the file is made (送り状の事前確認)
         * @description Lengths, characters that CP932 lacks, addresses that do not fit, withdrawn time slots, phones, cash on delivery. Nothing is stored.
         *
         *     文字数、CP932にない文字、枠に収まらない住所、廃止された時間帯、電話番号、代引金額を確認します。何も保存しません。
         */
        post: operations["checkLabels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A carrier’s file of the orders that pass (送り状ファイルの出力)
         * @description CP932 with CRLF, one line for each recipient. The key of a line (お客様管理番号) finds its order again when the tracking file comes in; an order keeps its key in later files. Orders that are refused are told and left out, or refuse the whole with `strict`. Nothing of an address is ever cut.
         *
         *     CP932・CRLFで、届け先ごとに1行です。お客様管理番号は送り状番号を取り込むときに受注を探す鍵で、同じ受注では変わりません。ソフトに受け付けられない受注は理由を付けて除くか、`strict` ならファイル全体を作りません。
         */
        post: operations["makeLabels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/labels/tracking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a carrier’s tracking file; with `apply` ask for the ship changes (送り状番号の取込)
         * @description Columns are found by their names. Without `apply` a preview: which order each line belongs to, whether its number can be right, what the mall would refuse. With `apply` each order gets a ship change as by `POST /site-changes`, and `Idempotency-Key` is required: the same key with the same file asks for nothing twice.
         *
         *     列は見出しの名前で判別します。`apply` なしでは確認だけを行い、各行がどの受注か、番号が正しいか、モールが受け付けるかを返します。`apply` を付けると `POST /v1/site-changes` と同じ発送のサイト変更を依頼します。このとき `Idempotency-Key` が必要です。
         */
        post: operations["importTracking"];
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
         *
         *     古い順です。
         */
        get: operations["listShops"];
        put?: never;
        /**
         * Add a shop (店舗の登録)
         * @description Credentials (認証情報) are checked for their shape before anything is stored; whether the mall takes them is told by `POST /shops/{id}/test`. They may also be given later.
         *
         *     認証情報は保存前に形式を確認します。モールで使えるかどうかは `POST /v1/shops/{id}/test` で確認できます。後から入力することもできます。
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
        /**
         * One shop (店舗)
         * @description Credentials are never shown, only whether they are there and when they end.
         *
         *     認証情報の値は含みません。入力済みかどうかと期限だけを返します。
         */
        get: operations["getShop"];
        put?: never;
        post?: never;
        /**
         * Remove a shop and its credentials (店舗の削除)
         * @description Refused with 409 while the shop has orders: set `enabled` to false instead, or say `withOrders=true` to delete them too.
         *
         *     受注がある店舗は409で拒否します。`enabled` を false にするか、受注ごと削除する場合は `withOrders=true` を付けてください。
         */
        delete: operations["deleteShop"];
        options?: never;
        head?: never;
        /**
         * Change a shop (店舗の変更)
         * @description Only what is given changes. `settings` are replaced whole; of `credentials` (認証情報) a renewed value may be entered alone. New credentials clear attention (要対応), open the lane to the mall and start the work that waited.
         *
         *     指定した項目だけを変更します。`settings` は全体を置き換えます。認証情報は更新した値だけを入力できます。新しい認証情報を入力すると要対応が消え、待っていた処理を再開します。
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
         *
         *     モールを一度だけ、影響のない形で呼び出します。拒否された場合も200で、`ok: false` を返します。成功すると要対応が消えます。
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
         *
         *     サイト変更 `sub_status` で指定できる値です。店舗がモールで設定したもの、またはモール固定のものを返します。値を教えないモールでは空です。
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
    "/v1/shops/{id}/purchase-applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Applications that are not orders yet (購入申込の一覧)
         * @description Reservations, subscriptions and 頒布会 as the mall lists them now, so that stock can be planned. Each delivery becomes an order when the mall confirms it, and is imported then; until then it is nothing to ship. Buyer and recipient come with the order. Empty for a mall that keeps none apart.
         *
         *     モールから今の購入申込（予約・定期購入・頒布会）を取得します。保存はせず、受注一覧にも含みません。お届け回ごとに、モールが注文を確定した日に受注として取り込みます。注文者と送付先は含みません。購入申込を区別しないモールでは空です。
         */
        get: operations["listPurchaseApplications"];
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
         *
         *     古い順です。
         */
        get: operations["listMailboxes"];
        put?: never;
        /**
         * Add a mailbox (受信箱の登録)
         * @description The mailbox is only read: no mail is marked, moved or deleted. A host inside the operator’s network is refused with `HOST_NOT_ALLOWED` unless the operator allows it.
         *
         *     受信箱は読むだけです。メールの既読、移動、削除は行いません。運営者のネットワーク内のホストは、運営者が許可しない限り `HOST_NOT_ALLOWED` で拒否します。
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
        /**
         * One mailbox (受信箱)
         * @description Its password is never shown.
         *
         *     パスワードは含みません。
         */
        get: operations["getMailbox"];
        put?: never;
        post?: never;
        /**
         * Remove a mailbox and its login (受信箱の削除)
         * @description What was imported from its mails stays.
         *
         *     メールから取り込んだ受注は残ります。
         */
        delete: operations["deleteMailbox"];
        options?: never;
        head?: never;
        /**
         * Change a mailbox (受信箱の変更)
         * @description Only what is given changes; `shopIds` is replaced whole. A new password clears attention (要対応) and is tried at once. Another host, user or folder is read from its last days on.
         *
         *     指定した項目だけを変更します。`shopIds` は全体を置き換えます。新しいパスワードを入力すると要対応が消え、すぐに接続します。ホスト、ユーザー名、フォルダーを変えると、直近の数日分から読み直します。
         */
        patch: operations["updateMailbox"];
        trace?: never;
    };
    "/v1/mailboxes/{id}/consent": {
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
         * @description For `auth.kind` microsoft, google and oauth. Open `url` in a browser and consent there within ten minutes, as the account of the mailbox; the provider sends the browser to `/oauth/mailbox/callback`, which stores the consent and lets the mailbox be read at once. Needs the setting PUBLIC_URL, and that address registered with the provider. A consent that a signed-in browser began ends in that browser alone.
         *
         *     `url` をブラウザーで開き、10分以内に受信箱のアカウントで同意してください。同意を保存すると、すぐに受信箱を読み始めます。設定 PUBLIC_URL と、提供元へのそのアドレスの登録が必要です。
         */
        post: operations["beginMailboxConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailboxes/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * New signing secret of an inbound mailbox (署名鍵の発行)
         * @description For `kind` inbound. Shown this once; the one before does not count any more.
         *
         *     `kind` が inbound の受信箱で使います。鍵はこの応答だけに含まれ、以前の鍵は使えなくなります。
         */
        post: operations["rotateMailboxSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
         *
         *     サーバーに拒否された場合も200で、`ok: false` を返します。成功すると要対応が消えます。
         */
        post: operations["testMailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailbox-presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Settings of common mail hosts (メール事業者の設定例)
         * @description What to enter and what to switch on. Nothing is asked of the hosts.
         *
         *     入力する値と、メール事業者側で有効にする設定です。事業者への問い合わせは行いません。
         */
        get: operations["listMailboxPresets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailbox-presets/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find the mail server of an address (メールサーバーの自動検出)
         * @description By what its domain publishes: SRV records (RFC 6186), autoconfig over https, and where its mail goes (MX). Servers inside the operator’s network are left out. `by: none`: nothing was found; ask the host.
         *
         *     ドメインが公開している情報（SRV、autoconfig、MX）から探します。運営者のネットワーク内のサーバーは除きます。`by: none` は見つからなかったことを示します。
         */
        get: operations["discoverMailbox"];
        put?: never;
        post?: never;
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
         *
         *     設定画面に必要な認証情報の項目、可能なサイト変更とその項目・運送会社、モールの制限を返します。
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
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys (API キーの一覧)
         * @description Oldest first, revoked ones too.
         *
         *     古い順です。取り消したキーも含みます。
         */
        get: operations["listOwnApiKeys"];
        put?: never;
        /**
         * Make a key for a program (API キーの発行)
         * @description The key is in this answer and nowhere else: only its SHA-256 is stored.
         *
         *     キーはこの応答にだけ含まれます。保存されるのは SHA-256 だけです。
         */
        post: operations["createOwnApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new key in the place of one (API キーの更新)
         * @description With the same rights; the old one ends after `overlapHours`, or at its own end if that is sooner.
         *
         *     同じ権限の新しいキーを発行します。古いキーは `overlapHours` 時間後、または本来の期限のうち早い方で使えなくなります。
         */
        post: operations["rotateOwnApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
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
         *
         *     5秒以内に使えなくなります。二度取り消しても問題ありません。
         */
        delete: operations["revokeOwnApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/contract": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One’s own tenant and its settings (ご契約の内容)
         * @description Name, state and settings.
         *
         *     契約店の名前、状態、設定を返します。
         */
        get: operations["getContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the settings of one’s own tenant (ご契約の設定変更)
         * @description Only what is given changes.
         *
         *     指定した項目だけを変更します。
         */
        patch: operations["updateContract"];
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who saw and changed what (監査記録)
         * @description Newest first, kept for twelve months. Secrets are never in it, only that they were changed.
         *
         *     新しい順で、12か月間残ります。秘密の値は含まれず、変更したことだけが残ります。
         */
        get: operations["listOwnAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit as a file (監査記録の出力)
         * @description Oldest first. `jsonl`: one entry a line. `csv`: UTF-8 with a mark, as Excel reads it.
         *
         *     古い順です。`jsonl` は1行に1件、`csv` は Excel で開ける BOM 付き UTF-8 です。
         */
        get: operations["exportOwnAudit"];
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
         * @description For malls with consents (`consent` in GET /marketplaces). Open `url` in a browser and consent there within ten minutes; the mall sends the browser to `/oauth/{marketplace}/callback`, which stores the tokens, opens the lane and shows what happened. Needs the setting PUBLIC_URL, and that address registered with the mall. The body may be left out. A consent that a signed-in browser began ends in that browser alone.
         *
         *     ブラウザーでの同意が必要なモールで使います。`url` をブラウザーで開き、10分以内に同意してください。設定 PUBLIC_URL と、モールへのそのアドレスの登録が必要です。本文は省略できます。
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
         *
         *     全店舗の認証情報の期限と、その確かさ、必要な操作を返します。期限の30・14・7・3・1日前と当日に通知します。
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
         * @description Newest first. Each goes to every address of the tenant by mail, where SMTP_URL is set, to the channels that want it, and as a `notice` to GET /events. Reports go to channels alone, and are made where one wants them.
         *
         *     新しい順です。SMTP_URL が設定されていれば契約店のすべてのアドレスへメールで送り、登録された通知先にも送ります。日次レポートは通知先だけに送り、希望する通知先があるときに作成します。
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
    "/v1/notice-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where notices go (通知先の一覧)
         * @description Those of the tenant and, for a signed-in person, their own. The addresses of the contract get mails beside them. URLs and tokens are never shown again (URL とトークンは表示されません).
         *
         *     契約店全体の通知先と、ログイン中の担当者自身の通知先です。契約情報のアドレスにはこれとは別にメールを送ります。URL とトークンは二度と表示されません。
         */
        get: operations["listNoticeChannels"];
        put?: never;
        /**
         * Have notices sent somewhere (通知先の登録)
         * @description A person makes their own: which notices, of which shops, at once or once a day. Many at once come as one message. `webhook` is posted as `{ type: "notices", timestamp, data: { subject, text, notices } }`, signed by the rule of Standard Webhooks with the `secret` of this answer (署名鍵はこの応答だけに含まれます).
         *
         *     担当者は自分の通知先を登録し、どの通知を、どの店舗について、すぐに受け取るか1日1回にまとめるかを選べます。続けて発生した通知は1通にまとめます。`webhook` には `{ type: "notices", timestamp, data: { subject, text, notices } }` を POST し、この応答の `secret` で Standard Webhooks の方式により署名します。
         */
        post: operations["createNoticeChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice-channels/{id}": {
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
         * Remove a channel (通知先の削除)
         * @description What still waits for it is not sent (送信待ちの通知は送信されません).
         *
         *     送信待ちの通知は送信されません。
         */
        delete: operations["deleteNoticeChannel"];
        options?: never;
        head?: never;
        /**
         * Change a channel (通知先の変更)
         * @description What is left out stays (指定しない項目は変わりません).
         *
         *     指定しない項目は変わりません。
         */
        patch: operations["updateNoticeChannel"];
        trace?: never;
    };
    "/v1/notice-channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message (テスト送信)
         * @description At once; the answer says how it went (結果を応答で返します).
         *
         *     すぐに送信し、結果を応答で返します。
         */
        post: operations["testNoticeChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All marks with their labels (マークの一覧)
         * @description Those that every tenant has, then the own ones of PUT /v1/mark-rules.
         *
         *     すべての契約店に共通のマークと、`PUT /v1/mark-rules` で登録した独自のマークです。
         */
        get: operations["listMarks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mark-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Own rules for marks (マークのルール)
         * @description All rules of the tenant.
         *
         *     登録したルールをすべて返します。
         */
        get: operations["getMarkRules"];
        /**
         * Replace the own rules for marks (マークのルールの変更)
         * @description All rules at once. They hold for orders that are imported, read again or edited from now on (以後に取り込む受注から適用します).
         *
         *     ルール全体を置き換えます。以後に取込・再取込・編集する受注から適用します。
         */
        put: operations["replaceMarkRules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocked-buyers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Blocked buyers (要注意顧客の一覧)
         * @description Newest first.
         *
         *     新しい順です。
         */
        get: operations["listBlockedBuyers"];
        put?: never;
        /**
         * Block a buyer (要注意顧客の登録)
         * @description Orders whose buyer or recipient has exactly this name, phone, mail address or address get the mark `blocked_buyer` when they are imported or read again; nothing is stopped. Kept, encrypted, until it is removed (削除するまで暗号化して保存します).
         *
         *     注文者または届け先の氏名、電話番号、メールアドレス、住所が完全に一致する受注に、取込時と再取込時にマーク `blocked_buyer` が付きます。取込は止まりません。削除するまで暗号化して保存します。
         */
        post: operations["createBlockedBuyer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocked-buyers/{id}": {
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
         * Unblock a buyer (要注意顧客の削除)
         * @description Marks that orders have already stay until they are read again.
         *
         *     受注に付いたマークは、再取込するまで残ります。
         */
        delete: operations["deleteBlockedBuyer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Saved views (保存した条件の一覧)
         * @description One’s own and those of all, in the order in which they were made. An API key has those of all.
         *
         *     自分が保存した条件と、全員で使う条件を、保存した順に返します。APIキーには全員で使う条件だけを返します。
         */
        get: operations["listViews"];
        /**
         * Save a view (条件の保存)
         * @description One of the same name is replaced. Whoever may only read saves for themselves alone.
         *
         *     同じ名前の条件は置き換えます。全員で使う条件の保存には「担当者」の権限が必要です。氏名、電話番号、メールアドレスの条件は保存できません。
         */
        put: operations["saveView"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/views/{id}": {
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
         * Delete a view (条件の削除)
         * @description What belongs to another person cannot be found (ほかの担当者の条件は見つかりません).
         *
         *     保存した条件を削除します。ほかの担当者の条件は見つかりません。
         */
        delete: operations["deleteView"];
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
         *
         *     古い順です。署名鍵は二度と表示されません。
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have the change feed sent to an address (Webhookの登録)
         * @description Each row of the change feed from now on is sent by POST as `{ type, timestamp, position, data }`, signed by the rule of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Any 2xx within 15 s takes it; else it is sent again after 6 s, 5 min, 30 min, 2 h, … for three days. Rows may come twice (same `webhook-id`) and, after a failure, out of order: `position` tells. Failing for five days, or 410, switches it off with a notice. A row of `type: reset`, whatever `kinds` says, tells that what lay before its `position` cannot be sent any more: read the lists anew and forget older positions. `data.code` is HISTORY after a restore or failover of the database, GAP after more than 30 days of standstill; a notice tells it too. The secret is shown in this answer alone (署名鍵はこの応答だけに含まれます).
         *
         *     以後の変更フィードの各行を POST で送ります。署名は Standard Webhooks の方式です。15秒以内の2xxで受領とみなし、それ以外は間隔を広げながら3日間再送します。同じ行が二度届くことや、失敗の後に順番が前後することがあるため、`webhook-id` と `position` で判断してください。5日間失敗が続くか410を返すと停止し、通知します。署名鍵はこの応答だけに含まれます。
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
         *
         *     送信状況も含みます。
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook (Webhookの削除)
         * @description With its deliveries (送信記録も削除します).
         *
         *     送信記録も削除します。
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook (Webhookの変更)
         * @description `enabled: true` switches one on again that the service switched off; it goes on where it stood, or begins at the present, told by a row `reset`, where that is more than 30 days ago (停止前の続きから送信します).
         *
         *     停止された Webhook は `enabled: true` で再開し、停止前の続きから送信します。
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
         *
         *     新しい鍵はこの応答だけに含まれます。`oldSecretUntil` までは新旧両方の鍵で署名します。
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
         *
         *     まもなく `type: test` として送信します。結果は送信記録で確認できます。
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
         *
         *     30日分を新しい順に返します。
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
         *
         *     同じ `webhook-id` で、改めて再送します。
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
         *
         *     メールのソース、または送信者・件名・本文を受け取り、どのモールのどの種類の通知と判別されるかを返します。保存も問い合わせも行いません。
         */
        post: operations["recogniseMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase one buyer (購入者の個人情報の消去)
         * @description Removes names, addresses, phone numbers, mail addresses, memos and raw answers from every order of this buyer, for good: also an older order that comes in later is stored without them. Numbers, statuses, dates and amounts stay. Orders show `erasedAt`.
         *
         *     購入者1人の個人情報を、電話番号、メールアドレス、注文番号のいずれかで消去します。再取込しても戻りません。金額、商品、状態は残ります。
         */
        post: operations["eraseBuyer"];
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
         *
         *     モールからブラウザーが戻る先です。結果を日本語のページで表示します。`state` は一度だけ、10分間有効です。
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
    "/oauth/mailbox/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the mail provider sends the browser back to (同意の結果)
         * @description Answers a page in Japanese (HTML). Each `state` counts once, for ten minutes; with another one nothing is stored.
         *
         *     メール事業者からブラウザーが戻る先です。結果を日本語のページで表示します。`state` は一度だけ、10分間有効です。
         */
        get: operations["endMailboxConsent"];
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
        /**
         * Who is signed in (ログイン状態)
         * @description The person, and the token that changes by cookie need.
         *
         *     ログインしている担当者と、変更の操作に必要な CSRF トークンを返します。
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in by mail address and password (ログイン)
         * @description Sets the cookie `torikomi_session`. `state` says what is still owed. Whether the address or the password was wrong is not told; ten failures in 15 minutes lock the address for 15 minutes, whether it has an account or not.
         *
         *     Cookie `torikomi_session` を設定します。`state` は次に必要な操作を示します。アドレスとパスワードのどちらが違うかは知らせません。15分間に10回失敗すると、アカウントの有無に関係なく15分間ロックします。
         */
        post: operations["signIn"];
        /**
         * Sign out (ログアウト)
         * @description This session only.
         *
         *     このログインだけを終了します。
         */
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
         *
         *     同じコードは二度使えません。5回失敗すると15分間ロックします。
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
         *
         *     `otpauthUrl` を QR コードで表示してください。コードを確認した時点で有効になります。設定済みの場合は現在のコードが必要です。
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
        /**
         * The set-up factor counts from now on (二段階認証の設定完了)
         * @description The recovery codes are in this answer alone.
         *
         *     リカバリーコードはこの応答だけに含まれます。
         */
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
         *
         *     以前のコードは使えなくなります。
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
        /**
         * Where one is signed in (ログイン中の端末)
         * @description Newest first; the present one is marked.
         *
         *     新しい順です。現在のログインには印が付きます。
         */
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
         *
         *     すぐに終了し、そのイベント配信も2秒以内に終わります。
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
         *
         *     12文字以上です。ほかのログインをすべて終了します。
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
         *
         *     運営者キーが必要です。運営者がまだいないときだけ使え、以後は409を返します。登録と同時にログインし、続けて二段階認証を設定します。
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
        /**
         * What an invitation is for (招待の内容)
         * @description The company and the role; 404 for one that is used or over.
         *
         *     招待した契約店の名前と役割を返します。期限切れまたは使用済みの招待には404を返します。
         */
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
         *
         *     アカウントを作り、`POST /v1/session` と同じようにログインします。
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail to set a new password (パスワード再設定の依頼)
         * @description Always 202, whether the address has an account or not. Where no mail server is set an owner (管理者) or the operator deletes the account and invites anew.
         *
         *     アカウントの有無に関係なく202を返します。メールサーバーが設定されていないときは、管理者または運営者がアカウントを削除して招待し直してください。
         */
        post: operations["askPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by the link of the mail (パスワードの再設定)
         * @description Ends all sessions of the account; sign in afterwards.
         *
         *     アカウントのログインをすべて終了します。その後、ログインしてください。
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply for the service (申し込み)
         * @description The answer does not tell whether the address has applied before. One application and one mail an address and day; ten from a network in 15 minutes.
         *
         *     以前の申し込みの有無は知らせません。1つのアドレスからの申し込みとメールは1日1件、1つのネットワークからは15分間に10件までです。
         */
        post: operations["apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the sign-in page is to offer (ログイン方法)
         * @description What the sign-in page offers: first account, demo, reset by mail, single sign-on.
         *
         *     ログイン画面に表示する方法（初回登録、デモ、パスワード再設定、シングルサインオン）を返します。
         */
        get: operations["getSignInWays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/oidc": {
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
         * Remove one’s bound identity (シングルサインオンの解除)
         * @description Ends all other sessions. Refused without a password: nothing would sign in any more.
         *
         *     結び付いた認証サービスのアカウントを解除し、ほかのログインをすべて終了します。パスワードがない場合は解除できません。
         */
        delete: operations["removeIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shops/{id}/pushed-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell of new orders of a shop (注文の通知)
         * @description Closed until the shop has a secret (`POST /shops/{id}/push-secret`). Either the mall’s own message (システムイベント通知, XML), or JSON `{"orderNumbers": ["…"]}` signed as Standard Webhooks says. Each number becomes an import request; nothing else of the message is used.
         *
         *     モールや連携サービスからの注文番号の通知を、署名を確認して取込要求にします。鍵を設定していない店舗では使えません。
         */
        post: operations["pushOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailboxes/{id}/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand in a mail, for mailboxes of kind inbound (メールの受け渡し)
         * @description The whole mail as it came, headers and all (`message/rfc822`), signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp` (at most five minutes off) and `webhook-signature`, by the secret of `POST /mailboxes/{id}/secret`. An id counts once. After no answer or a 5xx post it again with the same id.
         *
         *     届いたメール全体（`message/rfc822`）を、ヘッダーも含めてそのまま送ってください。署名は Standard Webhooks の方式で、鍵は `POST /v1/mailboxes/{id}/secret` で発行します。同じ `webhook-id` は一度だけ受け付けます。
         */
        post: operations["postMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    feed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A row of the change feed (変更フィードの送信)
         * @description To each webhook, in no order, at least once. Any answer but 2xx is an attempt that failed; attempts go on for days.
         *
         *     登録した Webhook に送信します。順序は保証されず、同じ内容が複数回届くことがあります。2xx 以外の応答は失敗として扱い、数日にわたって再送します。
         */
        post: operations["onFeedRow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    notices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Notices as one message (通知の送信)
         * @description To a notice channel of the kind `webhook`.
         *
         *     種類が `webhook` の通知先に送信します。
         */
        post: operations["onNotices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        AcceptInvitationRequest: {
            /** @description Name as timelines show it (氏名) */
            name: string;
            /** @description パスワード */
            password: string;
        };
        /**
         * @description active 利用再開, disabled 停止 (状態)
         * @enum {string}
         */
        AccountSwitch: "active" | "disabled";
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
            /** @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限) */
            role: components["schemas"]["ClientRole"];
            /** @description Only these shops; empty: all of the tenant (対象店舗) */
            shopIds: string[];
            /** @description The key that took its place (後継の API キー) */
            successorId: string | null;
            /** @description To the minute (最終利用日時) */
            lastUsedAt: string | null;
        };
        /** @description A company that wants to use the service (申し込み) */
        Application: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description waiting 審査待ち, approved 承認済, refused 却下 (状態) */
            state: components["schemas"]["ApplicationState"];
            /** @description 会社名 */
            company: string;
            /** @description Name as timelines show it (氏名) */
            name: string;
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
            /**
             * @description 電話番号
             * @default
             */
            phone: string;
            /**
             * @description Shops and malls (店舗・モール)
             * @default
             */
            shops: string;
            /**
             * @description 備考
             * @default
             */
            remarks: string;
            /** @description Where from, without the last part of the address (接続元) */
            network: string;
            /**
             * Format: date-time
             * @description 申込日時
             */
            createdAt: string;
            /** @description 審査日時 */
            decidedAt: string | null;
            /** @description The tenant that it became (契約店) */
            tenantId: string | null;
        };
        /**
         * @default delivery
         * @enum {string}
         */
        ApplicationDate: "applied" | "delivery" | "confirmation";
        /**
         * @description waiting 審査待ち, approved 承認済, refused 却下 (状態)
         * @enum {string}
         */
        ApplicationState: "waiting" | "approved" | "refused";
        ApplyAnswer: {
            /**
             * @description 受付済
             * @enum {string}
             */
            state: "received";
        };
        ApplyRequest: {
            /** @description 会社名 */
            company: string;
            /** @description Name as timelines show it (氏名) */
            name: string;
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
            /**
             * @description 電話番号
             * @default
             */
            phone?: string;
            /**
             * @description Shops and malls (店舗・モール)
             * @default
             */
            shops?: string;
            /**
             * @description 備考
             * @default
             */
            remarks?: string;
        };
        ApproveApplicationAnswer: {
            /**
             * Format: uuid
             * @description 契約店
             */
            tenantId: string;
            /** @description A new invitation (招待) */
            invitation: components["schemas"]["InvitationMade"];
        };
        AskPasswordResetAnswer: {
            /** @description Not told (非公開) */
            mailed: null;
        };
        AskPasswordResetRequest: {
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
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
        /** @description Who saw or changed what (監査記録) */
        AuditEntry: {
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
            /** @description `operator`, `key:<api key id>` or `staff:<account id>` (操作者) */
            actor: string;
            /** @description The same for people, by name (操作者名) */
            actorName: string;
            /** @description Address that it came from (接続元) */
            source: string | null;
            /** @description For example `shop.updated`, `order.viewed` (操作) */
            action: string;
            /** @description Id of what was changed or seen (対象) */
            target: string;
            /** @description Orders whose personal data was in the answer (個人情報を表示した受注) */
            orderIds: string[];
            /** @description What changed, without secrets (内容) */
            data: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * @default jsonl
         * @enum {string}
         */
        AuditFormat: "jsonl" | "csv";
        BeginConsentRequest: {
            /** @description The application’s own credentials, where the shop has none yet or others are to be used; stored together with the consent (アプリケーションの認証情報) */
            credentials?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        BeginSecondFactorSetupAnswer: {
            /** @description To be typed where no camera is (キー) */
            secret: string;
            /** @description For the QR code (QRコードの内容) */
            otpauthUrl: string;
        };
        BeginSecondFactorSetupRequest: {
            /** @description Six digits of the authenticator app (確認コード) */
            code?: string;
        };
        /** @description Whose orders are marked (要注意顧客) */
        BlockedBuyer: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description name 氏名, phone 電話番号, email メール, address 住所 (種別) */
            kind: components["schemas"]["BlockedBuyerKind"];
            /** @description As it was given; null when it cannot be read any more (値) */
            value: string | null;
            /** @description 郵便番号 */
            postalCode: string | null;
            /** @description 理由 */
            reason: string | null;
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
        };
        /**
         * @description name 氏名, phone 電話番号, email メール, address 住所 (種別)
         * @enum {string}
         */
        BlockedBuyerKind: "name" | "phone" | "email" | "address";
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
            /** @description Orders that are here and of which the mall’s list says something else, see the shop’s completeness (モールの一覧と状態が異なる受注) */
            differing: number;
            /** @description Pulled and not yet worked on (新規受付); 1,000 when there are that many or more in a shop */
            new: number;
            /** @description 入金待ち; 1,000 when there are that many or more in a shop */
            awaitingPayment: number;
            /** @description 出荷待ち; 1,000 when there are that many or more in a shop */
            readyToShip: number;
            /** @description 保留; 1,000 when there are that many or more in a shop */
            onHold: number;
            /** @description Orders waiting in 自動受注取込 by mark, most frequent first (マーク別件数) */
            marks: components["schemas"]["BoardMark"][];
            /** @description Shops and mailboxes that wait for a person (要対応の件数) */
            attention: number;
            /** @description By shop (店舗別) */
            shops: components["schemas"]["BoardShop"][];
            /** @description By mailbox (受信箱別) */
            mailboxes: components["schemas"]["BoardMailbox"][];
        };
        BoardMailbox: {
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
            attention: components["schemas"]["Attention"] | null;
            /** @description Hints that stop nothing (お知らせ) */
            notices: components["schemas"]["MailboxNotice"][];
        };
        BoardMark: {
            /** @description Code of GET /v1/marks (マークのコード) */
            mark: string;
            /** @description 件数 */
            count: number;
        };
        BoardShop: {
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
            /** @description Orders that are here and of which the mall’s list says something else, see the shop’s completeness (モールの一覧と状態が異なる受注) */
            differing: number;
            /** @description Pulled and not yet worked on (新規受付); 1,000 when there are that many or more in a shop */
            new: number;
            /** @description 入金待ち; 1,000 when there are that many or more in a shop */
            awaitingPayment: number;
            /** @description 出荷待ち; 1,000 when there are that many or more in a shop */
            readyToShip: number;
            /** @description 保留; 1,000 when there are that many or more in a shop */
            onHold: number;
            /** @description When an import last ended well; of the latest 20 of the shop (最後の取込) */
            importedAt: string | null;
            /** @description When the comparison with the mall last went on (最後の突合) */
            comparedAt: string | null;
            /** @description Why it stands still (要対応); null when it does not */
            attention: components["schemas"]["Attention"] | null;
            /** @description The mall is not asked before this time (モールへの接続再開予定) */
            laneClosedUntil: string | null;
            /** @description Orders placed before this time have been compared with the mall’s own list (照合済みの時点) */
            verifiedUntil: string | null;
            /** @description What the mall lets know without stopping anything; newest first (モールからの通知) */
            notices: components["schemas"]["ShopNotice"][];
        };
        /** @description What was erased (消去結果) */
        BuyerErased: {
            /**
             * Format: uuid
             * @description For the record of requests (消去記録ID)
             */
            id: string;
            /** @description Orders that lost their personal data by it (消去した受注件数) */
            orders: number;
            /**
             * Format: date-time
             * @description 消去日時
             */
            erasedAt: string;
            /** @description Japanese, for whoever answers the buyer (結果) */
            message: string;
        };
        /** @enum {string} */
        Carrier: "yamato" | "sagawa" | "japan_post" | "seino" | "seino_super_express" | "seibu" | "fukuyama" | "meitetsu" | "tonami" | "daiichi" | "niigata" | "chuetsu" | "okayama" | "kurume" | "sanyo" | "nx_transport" | "ecohai" | "ems" | "dhl" | "fedex" | "ups" | "nippon_express" | "tnt" | "ocs" | "usps" | "sf_express" | "aramex" | "sgh_global" | "rakuten_express" | "japan_post_rakuten" | "yamato_yu_packet" | "meitetsu_nx" | "jp_logistics" | "magical_move" | "askul" | "other";
        ChangePasswordRequest: {
            /** @description パスワード */
            currentPassword: string;
            /** @description パスワード */
            newPassword: string;
        };
        /**
         * @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗
         * @enum {string}
         */
        ChangeState: "none" | "queued" | "changing" | "succeeded" | "warning" | "failed";
        CheckLabelsAnswer: {
            /** @description Orders that go into the file (出力できる受注) */
            ready: number;
            /** @description Orders that do not (出力できない受注) */
            refused: number;
            orders: components["schemas"]["LabelOrder"][];
        };
        /** @description Orders for a carrier’s file (送り状の出力対象) */
        CheckLabelsRequest: {
            /** @description yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト (送り状ソフト) */
            format: components["schemas"]["LabelFormatId"];
            /** @description Orders, in the order of the file (受注ID) */
            orderIds: string[];
            /** @description How the labels are made (出力の条件) */
            options: components["schemas"]["LabelOptions"];
        };
        /**
         * @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限)
         * @enum {string}
         */
        ClientRole: "read_only" | "staff" | "owner";
        /** @description By day: at the mall and here (日別の突合結果) */
        Completeness: {
            /** @description Orders placed before this time are here, held back by the mall, or named as missing, but for the times in `unverified`; null before the first sweep (照合済みの時点) */
            verifiedUntil: string | null;
            /** @description Times that could not be compared with the mall’s list, newest first, 100 at most; what was stepped over is tried again once a day (未照合の期間) */
            unverified: components["schemas"]["CompletenessUnverified"][];
            /** @description Why the mall’s list could not be read last; it is tried again by itself (直近の失敗) */
            lastFailure: components["schemas"]["CompletenessLastFailure"] | null;
            /** @description Orders that are here and of which the mall’s list says something else; they are read again until both agree (モールの一覧と状態が異なる受注) */
            differences: components["schemas"]["CompletenessDifferences"];
            /** @description Newest first (新しい順) */
            days: components["schemas"]["CompletenessDay"][];
        };
        CompletenessDay: {
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
        };
        /** @description Orders that are here and of which the mall’s list says something else; they are read again until both agree (モールの一覧と状態が異なる受注) */
        CompletenessDifferences: {
            /** @description 件数 */
            count: number;
            /** @description The first 100, longest first (古い順) */
            orders: components["schemas"]["CompletenessDifferencesOrder"][];
        };
        CompletenessDifferencesOrder: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            orderId: string;
            /** @description 受注番号 */
            orderNumber: string;
            /** @description What the order here says (受注の状態) */
            here: components["schemas"]["CompletenessDifferencesOrderHere"];
            /** @description What the mall’s list says (モールの一覧の状態) */
            list: components["schemas"]["CompletenessDifferencesOrderHere"];
            /**
             * Format: date-time
             * @description 検出日時
             */
            since: string;
            /**
             * Format: date-time
             * @description When the order is read again (次回の再確認)
             */
            nextAskAt: string;
        };
        /** @description What the order here says (受注の状態) */
        CompletenessDifferencesOrderHere: {
            /** @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態) */
            mallState: string | null;
            /** @description The mall’s own status code (モールステータス) */
            mallStatus: string | null;
        };
        CompletenessLastFailure: {
            /** @description For programs (コード) */
            code: string;
            /** @description Japanese (説明) */
            message: string;
        };
        CompletenessUnverified: {
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
        };
        ConfirmSecondFactorAnswer: {
            /** @description How far the sign-in has come (ログインの段階) */
            state: components["schemas"]["SessionState"];
            /** @description To be sent as `x-csrf-token` with every change by cookie; new with each step (変更時に付けるトークン) */
            csrfToken: string;
            /** @description Null until the sign-in is complete (担当者) */
            account: components["schemas"]["SignedInAccount"] | null;
            /** @description Whether orders’ personal data may be shown (個人情報の表示可否) */
            mayShowPersonalData: boolean;
            /** @description Shown this once: each signs in once without the phone (リカバリーコード) */
            recoveryCodes: string[];
        };
        /** @description A consent that was begun (同意の開始) */
        ConsentBegun: {
            /** @description The mall’s page, to be opened in a browser (同意画面のURL) */
            url: string;
            /**
             * Format: date-time
             * @description Until then it must be done (有効期限)
             */
            expiresAt: string;
        };
        /** @description The tenant as its own people see it (ご契約) */
        Contract: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name of the company (契約店名) */
            name: string;
            /** @description Where notices go (通知先メールアドレス) */
            emails: string[];
            /** @description Staff see personal data only after a second factor; on by default (二段階認証を必須にする) */
            requireSecondFactor: boolean;
            /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
            statusFollowsMall: boolean;
        };
        CreateApiKeyRequest: {
            /** @description What it is for (用途) */
            name: string;
            /**
             * Format: date-time
             * @description When it ends; without it the key lives until it is revoked (有効期限)
             */
            expiresAt?: string;
            /**
             * @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限)
             * @default owner
             */
            role?: components["schemas"]["ClientRole"];
            /**
             * @description Only these shops; empty: all of the tenant (対象店舗)
             * @default []
             */
            shopIds?: string[];
            /**
             * Format: uuid
             * @description Whose key (契約店)
             */
            tenantId: string;
        };
        /** @description Whose orders are marked (要注意顧客) */
        CreateBlockedBuyerRequest: {
            /** @description name 氏名, phone 電話番号, email メール, address 住所 (種別) */
            kind: components["schemas"]["BlockedBuyerKind"];
            /** @description The whole of it; width and blanks do not matter (値) */
            value: string;
            /** @description Of an address: required (郵便番号) */
            postalCode?: string | null;
            /** @description For the staff (理由) */
            reason?: string | null;
        };
        CreateMailboxRequest: {
            /** @description Name for staff (受信箱名) */
            name: string;
            /**
             * @description imap: read at its mail server (IMAP で受信); inbound: nothing is read, its mails are posted to `POST /mailboxes/{id}/mails` (受信用アドレス)
             * @default imap
             */
            kind?: components["schemas"]["MailboxKind"];
            /** @description IMAP server; left out: the usual one of `auth.kind` (ホスト名) */
            host?: string;
            /** @description 993 with tls, otherwise 143 (ポート) */
            port?: number;
            /**
             * @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)
             * @default tls
             */
            security?: components["schemas"]["MailboxSecurity"];
            /** @description Login; of an OAuth sign-in the address of the mailbox. Not for `inbound` (ユーザー名) */
            username?: string;
            /** @description Goes in, never comes out; with `auth.kind` password alone (パスワード) */
            password?: string;
            /**
             * @description How the mailbox signs in (サインイン方法)
             * @default {
             *       "kind": "password"
             *     }
             */
            auth?: components["schemas"]["MailboxAuthRequest"];
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
        /** @description A channel to be made (通知先の登録) */
        CreateNoticeChannelRequest: {
            /** @description mail メール, slack Slack, chatwork Chatwork, line_works LINE WORKS, webhook Webhook (種類) */
            kind: components["schemas"]["NoticeChannelKind"];
            /** @description Name for staff (名称) */
            name: string;
            /** @description me: one’s own, of a signed-in person; tenant: everybody’s, by an owner (誰の通知先か) */
            for?: components["schemas"]["NoticeChannelFor"];
            /**
             * @description attention 要対応, expiry 期限のお知らせ, report 日次レポート (受け取る通知)
             * @default [
             *       "attention",
             *       "expiry"
             *     ]
             */
            topics?: components["schemas"]["NoticeKind"][];
            /**
             * @description Only notices of these shops, and those of none; empty: all (対象店舗)
             * @default []
             */
            shopIds?: string[];
            /**
             * @description soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan (soon すぐに, daily 1日1回)
             * @default soon
             */
            pace?: components["schemas"]["NoticeChannelPace"];
            /**
             * @description false: nothing is sent, and nothing is kept for later (利用する)
             * @default true
             */
            enabled?: boolean;
            /**
             * Format: uri
             * @description slack, line_works: the incoming webhook’s URL; webhook: where to, https (送信先URL)
             */
            url?: string;
            /** @description chatwork: the room, the number behind `rid` in its address (ルームID) */
            roomId?: string;
            /** @description chatwork: API token (APIトークン) */
            token?: string;
        };
        CreateOwnApiKeyRequest: {
            /** @description What it is for (用途) */
            name: string;
            /**
             * Format: date-time
             * @description When it ends; without it the key lives until it is revoked (有効期限)
             */
            expiresAt?: string;
            /**
             * @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限)
             * @default owner
             */
            role?: components["schemas"]["ClientRole"];
            /**
             * @description Only these shops; empty: all of the tenant (対象店舗)
             * @default []
             */
            shopIds?: string[];
        };
        CreateShopRequest: {
            marketplace: components["schemas"]["Marketplace"];
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
            settings?: components["schemas"]["ShopSettings"];
            /** @description The mall’s credentials; fields as in GET /marketplaces (認証情報). Goes in, never comes out. */
            credentials?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        CreateTenantRequest: {
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
             */
            status?: components["schemas"]["CreateTenantRequestStatus"];
        };
        /**
         * @description applied 申込済, active 利用中 (状態)
         * @default active
         * @enum {string}
         */
        CreateTenantRequestStatus: "applied" | "active";
        /** @description A webhook to be made (Webhookの登録) */
        CreateWebhookRequest: {
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
            kinds?: components["schemas"]["FeedKind"][];
        };
        /** @enum {string} */
        DetailMissing: "purged" | "erased" | "unreadable";
        DiscoverMailboxAnswer: {
            /** @description domain 既知のドメイン, srv SRVレコード, autoconfig 自動設定, mx MXレコード, none 見つからない (検出方法) */
            by: components["schemas"]["DiscoverMailboxAnswerBy"];
            /** @description ホスト名 */
            host: string | null;
            /** @description ポート */
            port: number | null;
            /** @description 暗号化 */
            security: components["schemas"]["MailboxPresetSecurity"] | null;
            /** @description What is known of the host (設定例) */
            preset: components["schemas"]["MailboxPreset"] | null;
        };
        /**
         * @description domain 既知のドメイン, srv SRVレコード, autoconfig 自動設定, mx MXレコード, none 見つからない (検出方法)
         * @enum {string}
         */
        DiscoverMailboxAnswerBy: "domain" | "srv" | "autoconfig" | "mx" | "none";
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
            /** @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態) */
            mallState: components["schemas"]["MallState"];
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
            paymentKind: components["schemas"]["PaymentKind"] | string;
            /** @description Parcels with a tracking number; null in an order of an earlier release until the service has counted them (送り状番号のある個口数) */
            trackedParcels: number | null;
            /** @description Why it must not ship yet (出荷保留) */
            holds: (components["schemas"]["HoldKind"] | string)[];
            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
            flags: string[];
            /** @description What the import found out beside the mall’s data: repeat_buyer リピーター, combinable 同梱候補, …; labels in GET /v1/marks (マーク) */
            marks: string[];
            /** @description Things in the order that do not fit (注意件数) */
            warningCount: number;
            /** @description Rises with what an edit could overwrite; for `If-Match` and `ifVersions` (編集用の版) */
            version: number;
            /** @description Rises with whatever changes in the order, also with the state of a site change (更新番号) */
            revision: number;
            /** @description When staff last edited it (編集日時) */
            editedAt: string | null;
            /** @description Batch it was handed over in (取込バッチID) */
            pullId: string | null;
            /** @description When its personal data was removed (個人情報削除日時) */
            purgedAt: string | null;
            /** @description When the buyer’s data was erased at their request; it never comes back (消去請求による消去日時) */
            erasedAt: string | null;
            labels: components["schemas"]["OrderLabels"];
            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
            detail: components["schemas"]["OrderDetail"] | null;
            /** @description Why detail is null: purged 保存期間満了, erased 消去請求により消去済み, unreadable 復号不可 */
            detailMissing: components["schemas"]["DetailMissing"] | null;
            /** @description What staff edited, by JSON pointer, with the mall’s value beside it (編集内容) */
            edits: {
                [key: string]: components["schemas"]["OrderEdit"];
            };
        };
        EndTenantAnswer: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: date-time
             * @description From then on everything of the tenant is deleted (削除予定日時)
             */
            deleteAt: string;
        };
        EndTenantRequest: {
            /**
             * @description When everything is deleted; until then PATCH with `active` takes it back (削除までの日数)
             * @default 30
             */
            deleteAfterDays?: number;
        };
        EraseBuyerOfTenantRequest: {
            /**
             * Format: uuid
             * @description Whose buyer (契約店)
             */
            tenantId: string;
            /** @description Whole phone number of the buyer or a recipient (電話番号、全桁) */
            phone?: string;
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email?: string;
            /** @description One order by its number at the mall (受注番号) */
            orderNumber?: string;
        };
        /** @description Exactly one of the three (電話番号・メールアドレス・受注番号のどれか1つ) */
        EraseBuyerRequest: {
            /** @description Whole phone number of the buyer or a recipient (電話番号、全桁) */
            phone?: string;
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email?: string;
            /** @description One order by its number at the mall (受注番号) */
            orderNumber?: string;
        };
        /**
         * @default utf-8
         * @enum {string}
         */
        ExportOrdersEncoding: "utf-8" | "cp932";
        /**
         * @default order
         * @enum {string}
         */
        ExportOrdersPer: "order" | "item";
        /** @enum {string} */
        FeedKind: "order" | "change" | "attention" | "notice";
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
        GetHealthAnswer: {
            /**
             * @description 状態
             * @enum {string}
             */
            status: "ok";
        };
        GetInvitationAnswer: {
            /** @description メールアドレス */
            email: string;
            /** @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限) */
            role: components["schemas"]["StaffRole"];
            /** @description 契約店 */
            tenantId: string | null;
            /** @description 契約店名 */
            tenantName: string | null;
        };
        GetOrderTimelineAnswer: {
            /** @description Oldest first (古い順) */
            events: components["schemas"]["GetOrderTimelineAnswerEvent"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        GetOrderTimelineAnswerEvent: {
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
            /** @description mail_seen メール受信, staged 取込, pulled 受注取込, refreshed 再確認, cancelled_at_mall モール側キャンセル, reopened_at_mall キャンセル取消, changed_at_mall モール側変更, edited 編集, moved 移動, reimported 再取込, change_requested サイト変更依頼, change_sent 送信, change_answered モールの回答, change_read 反映確認, change_waiting 待機, change_succeeded 成功, change_warning 警告, change_failed 失敗, change_retried 再実行, change_dismissed 確認済み, taken_over サイト変更の内容の反映; what it waited for before it was staged: attempt_failed 問い合わせ失敗, waited_lane_closed モール停止, waited_attention 要対応, waited_disabled 店舗停止, waited_quota 回数制限; … (出来事) */
            kind: string;
            /** @description The same for staff, Japanese (説明) */
            label: string;
            /** @description mail, worker, operator, key:<API key id> or staff:<account id> (実行者) */
            actor: string;
            /** @description The same for staff, Japanese; an API key and a person by their names (実行者名) */
            actorName: string;
            /** @description Facts, nothing of a person (内容) */
            data: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        GetReadinessAnswer: {
            /**
             * @description 状態
             * @enum {string}
             */
            status: "ok";
            /** @description By part; `process` is there while it stops (部品ごとの状態) */
            checks: {
                [key: string]: components["schemas"]["ReadinessCheck"];
            };
        };
        GetServiceHealthAnswer: {
            /** @description The worst of the parts (全体の状態) */
            state: components["schemas"]["HealthState"];
            /**
             * Format: date-time
             * @description When it was looked at (確認日時)
             */
            at: string;
            /** @description 部品ごとの状況 */
            parts: components["schemas"]["GetServiceHealthAnswerPart"][];
        };
        /** @description One part of the service (部品ごとの状況) */
        GetServiceHealthAnswerPart: {
            /** @description For programs: mailboxes, shops, … (部品) */
            part: string;
            /** @description 部品の名前 */
            label: string;
            /** @description ok 正常, warning 要確認, failed 異常 */
            state: components["schemas"]["HealthState"];
            /** @description Japanese: how it stands, and what to do (状況と対応) */
            text: string;
        };
        GetSignInWaysAnswer: {
            /** @description No operator account is there yet: POST /v1/session/first (初期設定が必要) */
            first: boolean;
            /** @description Whether a forgotten password is set anew by mail (再設定メール) */
            passwordReset: boolean;
            /** @description POST /v1/session/demo is there (デモ) */
            demo: boolean;
            /** @description Null: none is set (シングルサインオン) */
            identityProvider: components["schemas"]["GetSignInWaysAnswerIdentityProvider"] | null;
        };
        GetSignInWaysAnswerIdentityProvider: {
            /** @description On the button (表示名) */
            label: string;
            /** @description To be opened (URL) */
            url: string;
        };
        /** @description Which trigger brought the orders, and how late (契機別の取込実績) */
        GetTriggersAnswer: {
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
            /** @description Most orders first (契機別) */
            triggers: components["schemas"]["GetTriggersAnswerTrigger"][];
        };
        GetTriggersAnswerTrigger: {
            /** @description mail メール, notification モールの通知, sweep 突合, person 手動, window 購入者キャンセル可能時間の終了 (契機) */
            trigger: string;
            /** @description Orders that it brought first (受注件数) */
            orders: number;
            /** @description From the order being placed to its being here (注文から取込まで) */
            fromOrder: components["schemas"]["Lateness"];
            /** @description From the trigger to the order being here (契機から取込まで) */
            fromTrigger: components["schemas"]["Lateness"];
        };
        /**
         * @description The worst of the parts (全体の状態)
         * @enum {string}
         */
        HealthState: "ok" | "warning" | "failed";
        /** @enum {string} */
        HoldKind: "fraud_check" | "reserve" | "unpaid" | "buyer_cancel_window" | "mall_processing" | "change_pending" | "address_pending" | "amount_pending" | "shop_hold";
        /** @description What was begun (取込の受付) */
        ImportAccepted: {
            /** @description Numbers that are being fetched now (取込を開始した受注番号) */
            requested: string[];
            /** @description Numbers whose orders are here; nothing changes (取込済み) */
            alreadyHere: components["schemas"]["ImportAcceptedAlreadyHere"][];
            /** @description Import of a period that runs in the background; see GET /import-scans/{id} (期間指定の取込) */
            scan: components["schemas"]["ImportAcceptedScan"] | null;
        };
        ImportAcceptedAlreadyHere: {
            /** @description 注文番号 */
            orderNumber: string;
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            orderId: string;
        };
        ImportAcceptedScan: {
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
        };
        /** @description Either orderNumbers, or from and to (取込の指定) */
        ImportOrdersRequest: {
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
            /** @description mail メール, notification モールの通知, person 手動, sweep 突合, window キャンセル可能時間の終了 (きっかけ) */
            source: string;
            /** @description waiting 待機中, done 完了, failed 失敗 (状態) */
            state: components["schemas"]["ImportState"];
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
            retries: components["schemas"]["ImportRequestRetry"][];
            /**
             * Format: date-time
             * @description 依頼日時
             */
            requestedAt: string;
            /** @description 終了日時 */
            finishedAt: string | null;
        };
        ImportRequestRetry: {
            /**
             * Format: date-time
             * @description RFC 3339 (日時)
             */
            at: string;
            /** @description Result or failure code (コード) */
            code: string;
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
            /** @description waiting 待機中, done 完了, failed 失敗 (状態) */
            state: components["schemas"]["ImportState"];
            /**
             * Format: date-time
             * @description Start of the part of the period that is being read (処理中の位置)
             */
            readTo: string;
            /** @description Orders that the mall has listed so far (モールの件数) */
            listed: number;
            /** @description Those of them that were not here and are being fetched (取込対象の件数) */
            requested: number;
            /** @description listed; LIST_KEEPS_CHANGING no two readings of the list agreed, import the period again; or another failure code (結果) */
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
        /**
         * @description waiting 待機中, done 完了, failed 失敗 (状態)
         * @enum {string}
         */
        ImportState: "waiting" | "done" | "failed";
        ImportTrackingAnswer: {
            /** @description Lines that can go (取り込める行) */
            ready: number;
            /** @description Lines whose ship change was asked for (依頼した行) */
            requested: number;
            /** @description Lines that do not go (取り込まない行) */
            refused: number;
            /** @description One line each (行ごとの結果) */
            rows: components["schemas"]["TrackingRow"][];
        };
        /** @description A carrier’s tracking file (送り状番号の取込) */
        ImportTrackingRequest: {
            /** @description yamato_b2 発行済データ, sagawa_ehiden3 出荷履歴, yupri_r 発送履歴, plain any CSV with a header (ファイルの形式) */
            format: components["schemas"]["TrackingFormatId"];
            /**
             * Format: byte
             * @description The file in Base64, CP932 or UTF-8, 500 lines at most (ファイル)
             */
            file: string;
            /** @description Carrier of a `plain` file, which needs it (配送会社) */
            carrier?: components["schemas"]["Carrier"];
            /**
             * Format: date
             * @description Day of shipping where the file has none; left out: today in Japan (発送日)
             */
            shippedOn?: string;
            /**
             * @description Take numbers whose check digit does not fit (検査数字が合わない番号も取り込む)
             * @default false
             */
            acceptDoubtful?: boolean;
            /**
             * @description Confirm orders first that nobody has (注文確認をしてから)
             * @default false
             */
            confirmFirst?: boolean;
            /**
             * @description false: a preview; true: ask for the ship changes (サイト変更を依頼する)
             * @default false
             */
            apply?: boolean;
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
            /** @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限) */
            role: components["schemas"]["StaffRole"];
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
        /** @description A new invitation (招待) */
        InvitationMade: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description メールアドレス */
            email: string;
            /** @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限) */
            role: components["schemas"]["StaffRole"];
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
        InviteOperatorsRequest: {
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
            /** @description operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限) */
            role: components["schemas"]["OperatorRole"];
        };
        InviteStaffRequest: {
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
            /** @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限) */
            role: components["schemas"]["ClientRole"];
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
            options: components["schemas"]["ItemOption"][];
            /** @description Price of one, as the mall states it: with tax when taxIncluded, else before tax (単価) */
            unitPrice: number;
            /** @description unitPrice includes consumption tax (税込) */
            taxIncluded: boolean;
            /** @description Percent: 10, 8, 0 (税率) */
            taxRate: number | null;
            /** @description Quantity (数量) */
            quantity: number;
            /** @description unitPrice × quantity, always tax included (小計) */
            subtotal: number;
            /** @description Release date of a reservation (発売日) */
            releaseDate: string | null;
            /** @description When it ships, as shown to the buyer (発送目安) */
            leadTime: string | null;
            /** @description Line was removed at the mall (削除済み) */
            deleted: boolean;
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        ItemOption: {
            /** @description Question (項目名) */
            name: string;
            /** @description Answer (選択肢・入力内容) */
            value: string;
            /** @description Surcharge, tax included; within charges.other or the price (加算額) */
            price: number | null;
        };
        /** @description Any JSON value (任意のJSON値) */
        JsonValue: unknown;
        /** @description A carrier’s file (送り状ファイル) */
        LabelFile: {
            /** @description Orders that go into the file (出力できる受注) */
            ready: number;
            /** @description Orders that do not (出力できない受注) */
            refused: number;
            orders: components["schemas"]["LabelOrder"][];
            /** @description Lines without the header (行数) */
            rows: number;
            /** @description Null when no order passed (ファイル名) */
            fileName: string | null;
            /** @description The bytes in Base64: CP932, CRLF (ファイル) */
            file: string | null;
        };
        LabelFormat: {
            /** @description yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト (送り状ソフト) */
            id: components["schemas"]["LabelFormatId"];
            /** @description Name of the tool (名称) */
            label: string;
            /** @description Services (送り状の種類) */
            services: components["schemas"]["LabelFormatService"][];
            /** @description Labels in one file (1ファイルの上限) */
            mostRows: number;
            /** @description Its settings are there and fit (設定済み) */
            configured: boolean;
            /** @description As they were set; null when they were not (設定) */
            settings: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** @description JSON Schema of the settings, for a form (設定の形) */
            settingsSchema: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** @description 設定日時 */
            updatedAt: string | null;
        };
        /**
         * @description yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト (送り状ソフト)
         * @enum {string}
         */
        LabelFormatId: "yamato_b2" | "sagawa_ehiden3" | "yupri_r" | "click_post";
        LabelFormatService: {
            /** @description コード */
            code: string;
            /** @description 名称 */
            label: string;
        };
        /** @description How the labels are made (出力の条件) */
        LabelOptions: {
            /** @description A service of the format (送り状の種類) */
            service: string;
            /**
             * Format: date
             * @description Day of shipping; left out: today in Japan (出荷予定日)
             */
            shippedOn?: string;
            /**
             * @description Wished times that the carrier does not offer are left out (指定できない時間帯は外す)
             * @default false
             */
            dropTimeSlot?: boolean;
        };
        /** @description One order (受注ごとの結果) */
        LabelOrder: {
            /**
             * Format: uuid
             * @description Order (受注ID)
             */
            orderId: string;
            /** @description 受注番号 */
            orderNumber: string | null;
            /** @description Shop (店舗ID) */
            shopId: string | null;
            /** @description Version that was looked at (版) */
            version: number | null;
            /** @description It goes into the file (出力できる) */
            ok: boolean;
            /** @description One label for each recipient (送り状) */
            labels: components["schemas"]["LabelOrderLabel"][];
            /** @description Why it is refused (出力できない理由) */
            problems: components["schemas"]["LabelOrderProblem"][];
            /** @description What to look at (注意) */
            warnings: components["schemas"]["LabelOrderProblem"][];
        };
        LabelOrderLabel: {
            /** @description 送付先ID */
            recipientId: string;
            /** @description Its key in the file; null in a check (お客様管理番号) */
            key: string | null;
        };
        /** @description Something about one label (指摘) */
        LabelOrderProblem: {
            /** @description Recipient of the order; null: the whole order (送付先ID) */
            recipientId: string | null;
            /** @description Column or part, Japanese (項目) */
            field: string;
            /** @description For programs, for example ADDRESS_TOO_LONG (コード) */
            code: string;
            /** @description What is wrong and what to do, Japanese (説明) */
            message: string;
        };
        /** @description From the order being placed to its being here (注文から取込まで) */
        Lateness: {
            /** @description Seconds; null where there were none (秒) */
            median: number | null;
            /** @description Seconds; null where there were none (秒) */
            p95: number | null;
            /** @description Seconds; null where there were none (秒) */
            worst: number | null;
        };
        ListApiKeysAnswer: {
            apiKeys: components["schemas"]["ApiKey"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListApplicationsAnswer: {
            applications: components["schemas"]["Application"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListAttentionAnswer: {
            attention: components["schemas"]["StandingStill"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListAuditAnswer: {
            audit: components["schemas"]["AuditEntry"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListBlockedBuyersAnswer: {
            blockedBuyers: components["schemas"]["BlockedBuyer"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListCredentialsAnswer: {
            credentials: components["schemas"]["ShopCredentials"][];
            /** @description Mailboxes that sign in by OAuth; on the first page alone (受信箱) */
            mailboxes: components["schemas"]["MailboxCredentials"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListImportRequestsAnswer: {
            /** @description Newest first (新しい順) */
            importRequests: components["schemas"]["ImportRequest"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListLabelFormatsAnswer: {
            /** @description The carriers’ tools (送り状ソフトの一覧) */
            formats: components["schemas"]["LabelFormat"][];
            /** @description Tracking files that can be read (取り込める発行済データ) */
            tracking: components["schemas"]["ListLabelFormatsAnswerTracking"][];
        };
        ListLabelFormatsAnswerTracking: {
            /** @description 形式 */
            id: components["schemas"]["TrackingFormatId"];
            /** @description 名称 */
            label: string;
        };
        ListMailboxPresetsAnswer: {
            presets: components["schemas"]["MailboxPreset"][];
        };
        ListMailboxesAnswer: {
            mailboxes: components["schemas"]["Mailbox"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListMailsAnswer: {
            mails: components["schemas"]["Mail"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListMarketplacesAnswer: {
            marketplaces: components["schemas"]["MallAbilities"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListMarksAnswer: {
            /** @description All marks (マーク) */
            marks: components["schemas"]["ListMarksAnswerMark"][];
        };
        ListMarksAnswerMark: {
            /** @description As in `marks` of an order (コード) */
            code: string;
            /** @description Shown to staff (表示名) */
            label: string;
            /** @description Japanese, for staff (説明) */
            meaning: string;
        };
        ListNoticeChannelsAnswer: {
            channels: components["schemas"]["NoticeChannel"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListNoticesAnswer: {
            notices: components["schemas"]["Notice"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListNotificationsAnswer: {
            notifications: components["schemas"]["Notification"][];
            queues: components["schemas"]["ListNotificationsAnswerQueue"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        /** @description A queue of notifications (通知のキュー) */
        ListNotificationsAnswerQueue: {
            /** @description キュー */
            url: string;
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description A process reads it (読み取り中) */
            read: boolean;
            /** @description 最終受信日時 */
            lastMessageAt: string | null;
            /** @description Why it could not be read last (エラーコード) */
            failureCode: string | null;
            /** @description Since when (発生日時) */
            failedAt: string | null;
        };
        ListOperatorsAnswer: {
            staff: components["schemas"]["StaffAccount"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListOperatorsInvitationsAnswer: {
            invitations: components["schemas"]["Invitation"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListOrderVersionsAnswer: {
            /** @description Newest first (新しい順) */
            versions: components["schemas"]["ListOrderVersionsAnswerVersion"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListOrderVersionsAnswerVersion: {
            /** @description 版 */
            number: number;
            /** @description edited 編集, reimported 再取込: what made the next version (次の版の理由) */
            endedBy: string;
            /** @description key:<API key id> or staff:<account id> (実行者) */
            actor: string;
            /** @description The same for staff, by name (実行者名) */
            actorName: string;
            /**
             * Format: date-time
             * @description Until when it was the current one (終了日時)
             */
            endedAt: string;
        };
        ListOrdersAnswer: {
            /** @description By order time, newest first unless `sort` says else (注文日時順) */
            orders: components["schemas"]["ListedOrder"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
            /** @description Orders that match, 10,000 when there are that many or more; null when not asked for (件数) */
            total: number | null;
            /** @description There are more than `total` says (上限超過) */
            totalIsCapped: boolean;
        };
        ListPurchaseApplicationsAnswer: {
            applications: components["schemas"]["PurchaseApplication"][];
            /** @description As the mall counts them (件数) */
            total: number;
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListQueuesAnswer: {
            queues: components["schemas"]["ListQueuesAnswerQueue"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        /** @description One queue (キュー) */
        ListQueuesAnswerQueue: {
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
        };
        ListSessionsAnswer: {
            sessions: components["schemas"]["ListSessionsAnswerSession"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        /** @description One of one’s own sessions (ログイン) */
        ListSessionsAnswerSession: {
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
        };
        ListShopsAnswer: {
            shops: components["schemas"]["Shop"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListSiteChangesAnswer: {
            /** @description Newest first (新しい順) */
            siteChanges: components["schemas"]["SiteChange"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListSubStatusesAnswer: {
            subStatuses: components["schemas"]["ListSubStatusesAnswerSubStatu"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        /** @description Sub-status (サブステータス) */
        ListSubStatusesAnswerSubStatu: {
            /** @description `subStatus` of a site change (サブステータスID) */
            code: string;
            /** @description As the shop named it (名称) */
            label: string;
            /** @description The mall status that it belongs to; null: any (注文ステータス) */
            mallStatus: components["schemas"]["MallStatus"] | null;
        };
        ListTenantDeletionsAnswer: {
            deletions: components["schemas"]["TenantDeletion"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListTenantsAnswer: {
            tenants: components["schemas"]["Tenant"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListUnknownFieldsAnswer: {
            unknownFields: components["schemas"]["UnknownField"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListViewsAnswer: {
            views: components["schemas"]["SavedView"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListWebhookDeliveriesAnswer: {
            deliveries: components["schemas"]["WebhookDelivery"][];
            /** @description Pass as `cursor` for the next page; null at the end (次ページのカーソル) */
            nextCursor: string | null;
        };
        ListWebhooksAnswer: {
            webhooks: components["schemas"]["Webhook"][];
            /** @description Always null: the list is whole (次ページなし) */
            nextCursor: null;
        };
        ListedOrder: {
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
            /** @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態) */
            mallState: components["schemas"]["MallState"];
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
            paymentKind: components["schemas"]["PaymentKind"] | string;
            /** @description Parcels with a tracking number; null in an order of an earlier release until the service has counted them (送り状番号のある個口数) */
            trackedParcels: number | null;
            /** @description Why it must not ship yet (出荷保留) */
            holds: (components["schemas"]["HoldKind"] | string)[];
            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
            flags: string[];
            /** @description What the import found out beside the mall’s data: repeat_buyer リピーター, combinable 同梱候補, …; labels in GET /v1/marks (マーク) */
            marks: string[];
            /** @description Things in the order that do not fit (注意件数) */
            warningCount: number;
            /** @description Rises with what an edit could overwrite; for `If-Match` and `ifVersions` (編集用の版) */
            version: number;
            /** @description Rises with whatever changes in the order, also with the state of a site change (更新番号) */
            revision: number;
            /** @description When staff last edited it (編集日時) */
            editedAt: string | null;
            /** @description Batch it was handed over in (取込バッチID) */
            pullId: string | null;
            /** @description When its personal data was removed (個人情報削除日時) */
            purgedAt: string | null;
            /** @description When the buyer’s data was erased at their request; it never comes back (消去請求による消去日時) */
            erasedAt: string | null;
            labels: components["schemas"]["OrderLabels"];
            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
            detail?: components["schemas"]["OrderDetail"] | null;
            /** @description Why detail is null: purged 保存期間満了, erased 消去請求により消去済み, unreadable 復号不可 */
            detailMissing?: components["schemas"]["DetailMissing"] | null;
        };
        /** @description A mail of a mall (モールからのメール) */
        Mail: {
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
            /** @description recognised 判別済, unreadable 判別不能: nothing could be found in it, or it is of no known shop */
            state: components["schemas"]["MailState"];
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description Kind (種類) */
            kind: components["schemas"]["MailKind"];
            /** @description Order numbers found (注文番号) */
            orderNumbers: string[];
            /** @description verified 確認済: the receiving host vouches for the mall, forwarder 転送元: a shop entered the sender, learned 実績あり: what came this way before named orders that the mall has, unknown 未確認; null: read by an older release (差出人の確認) */
            trust: components["schemas"]["MailTrust"] | null;
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
        };
        /**
         * @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能
         * @enum {string}
         */
        MailKind: "new_order" | "cancelled" | "payment" | "changed" | "shipped" | "notice" | "unknown";
        /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
        MailRules: {
            /** @description Senders of order mails besides the mall’s own (差出人の追加) */
            senders?: string[];
            /** @description Senders that never are a trigger (除外する差出人) */
            ignoredSenders?: string[];
            /** @description Subjects of order mails besides the mall’s own (件名の追加) */
            subjects?: components["schemas"]["MailRulesSubject"][];
            /** @description Subjects of look-alike mails (除外する件名) */
            ignoredSubjects?: string[];
            /** @description What stands before an order number in the mail (注文番号の見出し) */
            numberLabels?: string[];
            /** @description Forms of order numbers (注文番号の形) */
            numberPatterns?: string[];
        };
        MailRulesSubject: {
            /** @description Text in the subject; blanks, width and case do not matter (件名に含まれる文字) */
            contains: string;
            /** @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能 */
            kind: components["schemas"]["MailKind"];
        };
        /**
         * @description recognised 判別済, unreadable 判別不能: nothing could be found in it, or it is of no known shop
         * @enum {string}
         */
        MailState: "recognised" | "unreadable";
        /** @enum {string} */
        MailTrust: "verified" | "forwarder" | "learned" | "unknown";
        /** @description An IMAP account that order mails reach (受信箱) */
        Mailbox: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Name for staff (受信箱名) */
            name: string;
            /** @description imap: read at its mail server (IMAP で受信); inbound: nothing is read, its mails are posted to `POST /mailboxes/{id}/mails` (受信用アドレス) */
            kind: components["schemas"]["MailboxKind"];
            /** @description IMAP server (ホスト名) */
            host: string;
            /** @description ポート */
            port: number;
            /** @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化) */
            security: components["schemas"]["MailboxSecurity"];
            /** @description Login, most of it hidden (ユーザー名・一部伏字) */
            username: string;
            /** @description Whether it is set, never its value (パスワードの登録状況) */
            password: components["schemas"]["MailboxPassword"];
            /** @description How the mailbox signs in, without secrets (サインイン方法) */
            auth: components["schemas"]["MailboxAuth"];
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
            mails: components["schemas"]["MailboxMails"];
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
        /** @description How the mailbox signs in, without secrets (サインイン方法) */
        MailboxAuth: {
            /** @description password, microsoft, microsoft_application, google, google_service_account, oauth, oauth_application (方法) */
            kind: string;
            /** @description A person must consent before it can be read (同意が必要) */
            consentNeeded: boolean;
            /** @description 同意日時 */
            consentedAt: string | null;
            /** @description Where the provider tells (同意の期限) */
            consentEndsAt: string | null;
            /** @description As it was entered (シークレットの期限) */
            secretEndsAt: string | null;
        };
        /**
         * @description How the mailbox signs in (サインイン方法)
         * @default {
         *       "kind": "password"
         *     }
         */
        MailboxAuthRequest: components["schemas"]["MailboxAuthRequestPassword"] | components["schemas"]["MailboxAuthRequestMicrosoft"] | components["schemas"]["MailboxAuthRequestMicrosoftApplication"] | components["schemas"]["MailboxAuthRequestGoogle"] | components["schemas"]["MailboxAuthRequestGoogleServiceAccount"] | components["schemas"]["MailboxAuthRequestOauth"] | components["schemas"]["MailboxAuthRequestOauthApplication"];
        MailboxAuthRequestGoogle: {
            /**
             * @description Gmail; a person consents (Google・同意)
             * @enum {string}
             */
            kind: "google";
            /** @description Application (client) id; left out: the operator’s application (クライアントID) */
            clientId?: string;
            /** @description Goes in, never comes out (クライアントシークレット) */
            clientSecret?: string;
            /**
             * Format: date-time
             * @description When the client secret ends, for the calendar of keys (シークレットの期限)
             */
            secretEndsAt?: string;
        };
        MailboxAuthRequestGoogleServiceAccount: {
            /**
             * @description Google Workspace, domain-wide delegation (Google・サービスアカウント)
             * @enum {string}
             */
            kind: "google_service_account";
            /** @description `client_email` of the key file (サービスアカウントのメールアドレス) */
            clientEmail: string;
            /** @description `private_key` of the key file, PEM; goes in, never comes out (秘密鍵) */
            privateKey: string;
        };
        MailboxAuthRequestMicrosoft: {
            /**
             * @description Microsoft 365 or Outlook.com; a person consents (Microsoft・同意)
             * @enum {string}
             */
            kind: "microsoft";
            /** @description Directory id or domain; `common` when left out (テナントID) */
            tenant?: string;
            /** @description Application (client) id; left out: the operator’s application (クライアントID) */
            clientId?: string;
            /** @description Goes in, never comes out (クライアントシークレット) */
            clientSecret?: string;
            /**
             * Format: date-time
             * @description When the client secret ends, for the calendar of keys (シークレットの期限)
             */
            secretEndsAt?: string;
        };
        MailboxAuthRequestMicrosoftApplication: {
            /**
             * @description Microsoft 365, by the application itself: IMAP.AccessAsApp (Microsoft・アプリケーション)
             * @enum {string}
             */
            kind: "microsoft_application";
            /** @description Directory id or domain (テナントID) */
            tenant: string;
            /** @description Application (client) id (クライアントID) */
            clientId: string;
            /** @description Goes in, never comes out (クライアントシークレット) */
            clientSecret: string;
            /**
             * Format: date-time
             * @description When the client secret ends, for the calendar of keys (シークレットの期限)
             */
            secretEndsAt?: string;
        };
        MailboxAuthRequestOauth: {
            /**
             * @description Any provider with XOAUTH2 or OAUTHBEARER; a person consents (OAuth・同意)
             * @enum {string}
             */
            kind: "oauth";
            /** @description Consent page (認可エンドポイント) */
            authorizationUrl: string;
            /** @description Token endpoint (トークンエンドポイント) */
            tokenUrl: string;
            /** @description Application (client) id (クライアントID) */
            clientId: string;
            /** @description Goes in, never comes out (クライアントシークレット) */
            clientSecret?: string;
            /**
             * @description Scopes, separated by blanks (スコープ)
             * @default
             */
            scope?: string;
            /**
             * Format: date-time
             * @description When the client secret ends, for the calendar of keys (シークレットの期限)
             */
            secretEndsAt?: string;
        };
        MailboxAuthRequestOauthApplication: {
            /**
             * @description The same, by the application itself: client credentials (OAuth・アプリケーション)
             * @enum {string}
             */
            kind: "oauth_application";
            /** @description Token endpoint (トークンエンドポイント) */
            tokenUrl: string;
            /** @description Application (client) id (クライアントID) */
            clientId: string;
            /** @description Goes in, never comes out (クライアントシークレット) */
            clientSecret?: string;
            /**
             * @description Scopes, separated by blanks (スコープ)
             * @default
             */
            scope?: string;
            /**
             * Format: date-time
             * @description When the client secret ends, for the calendar of keys (シークレットの期限)
             */
            secretEndsAt?: string;
        };
        MailboxAuthRequestPassword: {
            /**
             * @description User and password (パスワード)
             * @enum {string}
             */
            kind: "password";
        };
        /** @description What ends when at one mailbox (受信箱の期限) */
        MailboxCredentials: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            mailboxId: string;
            /** @description 受信箱名 */
            mailboxName: string;
            attention: components["schemas"]["Attention"] | null;
            /** @description Soonest first (有効期限の一覧) */
            lifetimes: components["schemas"]["MailboxCredentialsLifetime"][];
        };
        /** @description One thing that ends by itself (有効期限) */
        MailboxCredentialsLifetime: {
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
            /** @description unknown 不明, ok 余裕あり, soon 期限間近, ended 期限切れ, doubtful 期限後もモールが受け付けている (状態) */
            state: components["schemas"]["MailboxCredentialsLifetimeState"];
            /** @description What to do, and where, Japanese (対応) */
            action: string;
        };
        /**
         * @description unknown 不明, ok 余裕あり, soon 期限間近, ended 期限切れ, doubtful 期限後もモールが受け付けている (状態)
         * @enum {string}
         */
        MailboxCredentialsLifetimeState: "unknown" | "ok" | "soon" | "ended" | "doubtful";
        /**
         * @description imap: read at its mail server (IMAP で受信); inbound: nothing is read, its mails are posted to `POST /mailboxes/{id}/mails` (受信用アドレス)
         * @enum {string}
         */
        MailboxKind: "imap" | "inbound";
        /** @description Mails seen so far (受信件数) */
        MailboxMails: {
            /** @description Order mails (判別済) */
            recognised: number;
            /** @description From a mall, but nothing found in it (判別不能) */
            unreadable: number;
            /** @description No mall’s (対象外) */
            ignored: number;
            /** @description Stepped over, because the server does not hand them out (読み飛ばし) */
            skipped: number;
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
        /** @description Whether it is set, never its value (パスワードの登録状況) */
        MailboxPassword: {
            /** @description 登録済み */
            set: boolean;
            /** @description When it last changed (登録日時) */
            setAt: string | null;
        };
        /** @description What is known of a mail host (メール事業者の設定例) */
        MailboxPreset: {
            /** @description For programs (コード) */
            id: string;
            /** @description 事業者名 */
            name: string;
            /** @description null: it differs from account to account (ホスト名) */
            host: string | null;
            /** @description Where it is found, Japanese (ホスト名の調べ方) */
            hostHelp: string;
            /** @description ポート */
            port: number;
            /** @description 暗号化 */
            security: components["schemas"]["MailboxPresetSecurity"];
            /** @description Ways to sign in, the best first (サインイン方法) */
            auth: string[];
            /** @description What the user name is, Japanese (ユーザー名) */
            usernameHelp: string;
            /** @description What to switch on there before, Japanese (事前の設定) */
            enable: string[];
            /** @description Known traps, Japanese (注意点) */
            traps: string[];
            /** @description true: the host says so; false: general knowledge, the connection test decides (確実) */
            certain: boolean;
        };
        /**
         * @description 暗号化
         * @enum {string}
         */
        MailboxPresetSecurity: "tls" | "starttls";
        /**
         * @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化)
         * @enum {string}
         */
        MailboxSecurity: "tls" | "starttls" | "plain";
        MakeFirstOperatorRequest: {
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
        MakeLabelsRequest: {
            /** @description yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト (送り状ソフト) */
            format: components["schemas"]["LabelFormatId"];
            /** @description Orders, in the order of the file (受注ID) */
            orderIds: string[];
            /** @description How the labels are made (出力の条件) */
            options: components["schemas"]["LabelOptions"];
            /**
             * @description Refuse the whole when one order is refused (1件でも誤りがあれば出力しない)
             * @default false
             */
            strict?: boolean;
        };
        /** @description What a mall can do (モール) */
        MallAbilities: {
            name: components["schemas"]["Marketplace"];
            /** @description Name of the mall (モール名) */
            label: string;
            /** @description The mall’s own page of an order, with `{orderNumber}` and `{shopCode}` to be filled in; null where it is not known (受注画面のURL) */
            orderPage: string | null;
            /** @description What `code` of a shop is called (店舗IDの呼び名) */
            shopCodeLabel: string;
            /** @description Where on the mall’s screens order mails are sent to a mailbox, Japanese (注文メールの設定場所) */
            mailHelp: string;
            credentialFields: components["schemas"]["MallAbilitiesCredentialField"][];
            /** @description Tokens come by a consent in the browser, `POST /shops/{id}/consent` (ブラウザーでの同意) */
            consent: boolean;
            /** @description 制限 */
            limits: components["schemas"]["MallAbilitiesLimits"];
            /** @description Site changes it takes (サイト変更の操作) */
            actions: components["schemas"]["MallAbilitiesAction"][];
            /** @description Carriers it knows (配送会社) */
            carriers: components["schemas"]["MallAbilitiesCarrier"][];
        };
        /** @description One site change that the mall takes (操作) */
        MallAbilitiesAction: {
            /** @description `action` of POST /site-changes (操作) */
            action: components["schemas"]["SiteChangeAction"];
            /** @description As the mall’s own screen calls it (表示名) */
            label: string;
            /** @description What it needs (項目) */
            fields: components["schemas"]["MallAbilitiesActionField"][];
            /** @description What the mall takes less of than the common schema says (項目ごとの制限) */
            limits: components["schemas"]["MallAbilitiesActionLimit"][];
            /** @description When the mall takes it, Japanese (実行できる条件) */
            preconditions: string;
            /** @description The calls that it makes at the mall, in order (モールの API) */
            calls: string[];
        };
        MallAbilitiesActionField: {
            /** @description Field of the change (項目名) */
            name: string;
            /** @description Japanese (表示名) */
            label: string;
            /** @description 必須 */
            required: boolean;
            /** @description The mall’s codes, where only these are taken (選択肢) */
            choices: components["schemas"]["MallAbilitiesActionFieldChoice"][] | null;
            /** @description Japanese (説明) */
            help: string | null;
        };
        MallAbilitiesActionFieldChoice: {
            /** @description コード */
            code: string;
            /** @description 表示名 */
            label: string;
        };
        MallAbilitiesActionLimit: {
            /** @description Field of the change; a dot leads into the entries of a list: `recipients.familyName` (項目名) */
            field: string;
            /** @description Japanese (表示名) */
            label: string;
            /** @description False: the mall has no place for it, and a change with it is refused (指定の可否) */
            taken: boolean;
            /** @description Most bytes of a text in UTF-8 (最大バイト数) */
            maxBytes: number | null;
            /** @description Most characters of a text (最大文字数) */
            maxCharacters: number | null;
            /** @description Highest number, or most entries of a list (最大値、最大件数) */
            max: number | null;
        };
        /** @description Carrier (配送会社) */
        MallAbilitiesCarrier: {
            /** @description `carrier` of a parcel, the same for all malls (配送会社コード) */
            carrier: components["schemas"]["Carrier"];
            /** @description Japanese (配送会社) */
            label: string;
            /** @description What the mall is sent (モールのコード) */
            mallCode: string;
        };
        /** @description One field of the credentials (認証情報の項目) */
        MallAbilitiesCredentialField: {
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
        };
        /** @description 制限 */
        MallAbilitiesLimits: {
            /** @description Order numbers a call (一括取得件数) */
            fetchBatch: number;
            /** @description Orders a minute that the mall’s quota lets in at most in the long run; shops that share what the mall counts by share it (毎分の取込上限) */
            ordersPerMinute: number | null;
            /** @description Longest period of one list (検索期間) */
            listWindowDays: number;
            /** @description How far back the mall answers (遡及日数) */
            historyDays: number;
        };
        /**
         * @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)
         * @enum {string}
         */
        MallState: "open" | "shipped" | "completed" | "cancelled";
        /** @description Mall status (モールステータス) */
        MallStatus: {
            /** @description コード */
            code: string;
            /** @description 名称 */
            name: string | null;
        };
        MarkNumberCondition: {
            /** @description Number of the order (項目) */
            field: components["schemas"]["MarkNumberConditionField"];
            /** @description at_least 以上, at_most 以下 (条件) */
            is: components["schemas"]["MarkNumberConditionIs"];
            /** @description 値 */
            value: number;
        };
        /**
         * @description Number of the order (項目)
         * @enum {string}
         */
        MarkNumberConditionField: "total.billed" | "total.total" | "item.quantity" | "item.lines" | "point.used";
        /**
         * @description at_least 以上, at_most 以下 (条件)
         * @enum {string}
         */
        MarkNumberConditionIs: "at_least" | "at_most";
        /** @description The tenant’s own marks (マークのルール) */
        MarkRules: {
            /** @description The tenant’s own marks (独自のマーク) */
            rules: components["schemas"]["MarkRulesRule"][];
            /**
             * @description Beside the mall’s flag and the list of municipalities (離島の郵便番号)
             * @default {
             *       "add": [],
             *       "except": []
             *     }
             */
            islands: components["schemas"]["MarkRulesIslands"];
        };
        /**
         * @description Beside the mall’s flag and the list of municipalities (離島の郵便番号)
         * @default {
         *       "add": [],
         *       "except": []
         *     }
         */
        MarkRulesIslands: {
            /**
             * @description Postcodes, or their beginnings, that are islands too (離島に加える)
             * @default []
             */
            add: string[];
            /**
             * @description … and that are not (離島から除く)
             * @default []
             */
            except: string[];
        };
        MarkRulesRule: {
            /** @description The mark is `rule:` and this (コード) */
            code: string;
            /** @description What staff see (マークの表示名) */
            label: string;
            /** @description All must hold (条件) */
            all: (components["schemas"]["MarkTextCondition"] | components["schemas"]["MarkNumberCondition"])[];
        };
        MarkTextCondition: {
            /** @description Text of the order, without regard to width, capitals and blanks (項目) */
            field: components["schemas"]["MarkTextConditionField"];
            /** @description equal 一致, not_equal 不一致, contains 含む, not_contains 含まない, begins 前方一致 (条件) */
            is: components["schemas"]["MarkTextConditionIs"];
            /** @description Any of these; the negative conditions: none of these (値) */
            values: string[];
        };
        /**
         * @description Text of the order, without regard to width, capitals and blanks (項目)
         * @enum {string}
         */
        MarkTextConditionField: "shop" | "marketplace" | "buyer.name" | "buyer.email" | "buyer.address" | "recipient.name" | "recipient.prefecture" | "recipient.address" | "recipient.postalCode" | "item.code" | "item.name" | "item.option" | "note.buyer" | "payment.kind" | "payment.name" | "delivery.method" | "delivery.temperature" | "hold" | "flag";
        /**
         * @description equal 一致, not_equal 不一致, contains 含む, not_contains 含まない, begins 前方一致 (条件)
         * @enum {string}
         */
        MarkTextConditionIs: "equal" | "not_equal" | "contains" | "not_contains" | "begins";
        /**
         * @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール)
         * @enum {string}
         */
        Marketplace: "yahoo" | "rakuten" | "amazon" | "aupay";
        MoveConflict: components["schemas"]["Problem"] & components["schemas"]["MoveConflictFacts"];
        MoveConflictFacts: {
            /** @description The orders that somebody else changed (ほかの人が更新した受注) */
            current?: components["schemas"]["MoveConflictFactsCurrent"][];
            /** @description What this request asked for (送った内容) */
            sent?: components["schemas"]["MoveConflictFactsSent"];
        };
        MoveConflictFactsCurrent: {
            /**
             * Format: uuid
             * @description Order (受注 ID)
             */
            orderId?: string;
            status?: components["schemas"]["OrderStatus"];
            /** @description The version that it has now (現在の版) */
            version?: number;
        };
        /** @description What this request asked for (送った内容) */
        MoveConflictFactsSent: {
            /** @description By order id (版) */
            ifVersions?: {
                [key: string]: number;
            };
        };
        /** @description Which orders go where (移動の指定) */
        MoveOrdersRequest: {
            /** @description Orders (受注ID) */
            orderIds: string[];
            to: components["schemas"]["OrderStatus"];
            /** @description Move only when each of these orders has this version (受注IDごとの版) */
            ifVersions?: {
                [key: string]: number;
            };
        };
        /** @description A new key (発行した API キー) */
        NewApiKey: {
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
            /** @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限) */
            role: components["schemas"]["ClientRole"];
            /** @description Only these shops; empty: all of the tenant (対象店舗) */
            shopIds: string[];
            /** @description The key that took its place (後継の API キー) */
            successorId: string | null;
            /** @description To the minute (最終利用日時) */
            lastUsedAt: string | null;
            /** @description The key. Shown this once; it cannot be read again (API キー本体) */
            key: string;
        };
        NotReady: {
            /**
             * @description 状態
             * @enum {string}
             */
            status: "unavailable";
            /** @description By part; `process` is there while it stops (部品ごとの状態) */
            checks: {
                [key: string]: components["schemas"]["ReadinessCheck"];
            };
        };
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
            /** @description expiry 期限のお知らせ, attention 要対応または要確認, report 日次レポート (種別) */
            kind: components["schemas"]["NoticeKind"];
            /** @description What ends, as in GET /credentials, or the attention’s code (対象コード) */
            what: string;
            /**
             * Format: date-time
             * @description When it ends, since when the shop or mailbox stands still, or the beginning of the day of a report (期限または発生日時)
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
            mails: components["schemas"]["NoticeMail"][];
        };
        /** @description A way that notices take beside the mails to the tenant’s addresses (通知先) */
        NoticeChannel: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description mail メール, slack Slack, chatwork Chatwork, line_works LINE WORKS, webhook Webhook (種類) */
            kind: components["schemas"]["NoticeChannelKind"];
            /** @description 名称 */
            name: string;
            /** @description me 自分の通知先, tenant 契約店全体 (誰の通知先か) */
            for: components["schemas"]["NoticeChannelFor"];
            /** @description 受け取る通知 */
            topics: components["schemas"]["NoticeKind"][];
            /** @description Empty: all (対象店舗) */
            shopIds: string[];
            /** @description soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan (soon すぐに, daily 1日1回) */
            pace: components["schemas"]["NoticeChannelPace"];
            /** @description false: nothing is sent, and nothing is kept for later (利用する) */
            enabled: boolean;
            /** @description 最終送信日時 */
            lastSentAt: string | null;
            /** @description Attempts that failed in a row (連続失敗回数) */
            failures: number;
            /** @description 失敗が続いている開始日時 */
            failingSince: string | null;
            /** @description Why the last attempt failed: `HTTP 404`, unreachable, timeout, … (エラーコード) */
            code: string | null;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
        };
        /**
         * @description me 自分の通知先, tenant 契約店全体 (誰の通知先か)
         * @enum {string}
         */
        NoticeChannelFor: "me" | "tenant";
        /**
         * @description mail メール, slack Slack, chatwork Chatwork, line_works LINE WORKS, webhook Webhook (種類)
         * @enum {string}
         */
        NoticeChannelKind: "mail" | "slack" | "chatwork" | "line_works" | "webhook";
        /** @description A channel that was made (登録した通知先) */
        NoticeChannelMade: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description mail メール, slack Slack, chatwork Chatwork, line_works LINE WORKS, webhook Webhook (種類) */
            kind: components["schemas"]["NoticeChannelKind"];
            /** @description 名称 */
            name: string;
            /** @description me 自分の通知先, tenant 契約店全体 (誰の通知先か) */
            for: components["schemas"]["NoticeChannelFor"];
            /** @description 受け取る通知 */
            topics: components["schemas"]["NoticeKind"][];
            /** @description Empty: all (対象店舗) */
            shopIds: string[];
            /** @description soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan (soon すぐに, daily 1日1回) */
            pace: components["schemas"]["NoticeChannelPace"];
            /** @description false: nothing is sent, and nothing is kept for later (利用する) */
            enabled: boolean;
            /** @description 最終送信日時 */
            lastSentAt: string | null;
            /** @description Attempts that failed in a row (連続失敗回数) */
            failures: number;
            /** @description 失敗が続いている開始日時 */
            failingSince: string | null;
            /** @description Why the last attempt failed: `HTTP 404`, unreachable, timeout, … (エラーコード) */
            code: string | null;
            /**
             * Format: date-time
             * @description 作成日時
             */
            createdAt: string;
            /** @description Of a webhook: `whsec_…`, shown this once (署名鍵) */
            secret: string | null;
        };
        /**
         * @description soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan (soon すぐに, daily 1日1回)
         * @enum {string}
         */
        NoticeChannelPace: "soon" | "daily";
        /** @description How a test message went (テスト送信の結果) */
        NoticeChannelTest: {
            /** @description It was taken (送信できた) */
            ok: boolean;
            /** @description Why it was not (エラーコード) */
            code: string | null;
            /** @description Japanese (結果) */
            message: string;
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
            /** @description expiry 期限のお知らせ, attention 要対応, report 日次レポート (種別) */
            kind: components["schemas"]["NoticeKind"];
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
        /**
         * @description expiry 期限のお知らせ, attention 要対応または要確認, report 日次レポート (種別)
         * @enum {string}
         */
        NoticeKind: "expiry" | "attention" | "report";
        NoticeMail: {
            /** @description 宛先 */
            address: string;
            /** @description waiting 送信待ち, sent 送信済み, failed 送信失敗 (状態) */
            state: components["schemas"]["NoticeMailState"];
            /** @description 送信回数 */
            attempts: number;
            /** @description Why the last attempt failed (エラーコード) */
            code: string | null;
            /** @description 送信日時 */
            sentAt: string | null;
        };
        /**
         * @description waiting 送信待ち, sent 送信済み, failed 送信失敗 (状態)
         * @enum {string}
         */
        NoticeMailState: "waiting" | "sent" | "failed";
        /** @description What a notice channel of the kind `webhook` gets (通知の本文) */
        NoticeMessage: {
            /**
             * @description 種類
             * @constant
             */
            type: "notices";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Notices as one message (通知のまとめ) */
            data: components["schemas"]["NoticeMessageData"];
        };
        /** @description Notices as one message (通知のまとめ) */
        NoticeMessageData: {
            /** @description Japanese (件名) */
            subject: string;
            /** @description Japanese, for people (本文) */
            text: string;
            /** @description 通知 */
            notices: components["schemas"]["NoticeMessageDataNotice"][];
        };
        /** @description One of them (通知) */
        NoticeMessageDataNotice: {
            /**
             * Format: uuid
             * @description 通知ID
             */
            id: string;
            /** @description 種別 */
            kind: components["schemas"]["NoticeKind"];
            /** @description What ends, or the attention’s code (対象コード) */
            what: string;
            /** @description Japanese (件名) */
            subject: string;
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            at: string;
        };
        /** @description A notification of a mall (モールの通知) */
        Notification: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description taken 取込要求にした, idle 対応不要, poison 読み取れず取り置き (状態) */
            state: components["schemas"]["NotificationState"];
            /** @description In the mall’s words (内容) */
            what: string;
            /** @description Why nothing was done, Japanese (理由) */
            reason: string | null;
            /** @description 店舗コード */
            shopCode: string | null;
            /** @description 受注番号 */
            orderNumber: string | null;
            /** @description As the mall says (発生日時) */
            happenedAt: string | null;
            /**
             * Format: date-time
             * @description When it was read (受信日時)
             */
            seenAt: string;
            /** @description Of poison only (本文) */
            text: string | null;
        };
        /**
         * @description taken 取込要求にした, idle 対応不要, poison 読み取れず取り置き (状態)
         * @enum {string}
         */
        NotificationState: "taken" | "idle" | "poison";
        /**
         * @description operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限)
         * @enum {string}
         */
        OperatorRole: "operator_without_personal_data" | "operator";
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
            /** @description open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態) */
            mallState: components["schemas"]["MallState"];
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
            paymentKind: components["schemas"]["PaymentKind"] | string;
            /** @description Parcels with a tracking number; null in an order of an earlier release until the service has counted them (送り状番号のある個口数) */
            trackedParcels: number | null;
            /** @description Why it must not ship yet (出荷保留) */
            holds: (components["schemas"]["HoldKind"] | string)[];
            /** @description Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク) */
            flags: string[];
            /** @description What the import found out beside the mall’s data: repeat_buyer リピーター, combinable 同梱候補, …; labels in GET /v1/marks (マーク) */
            marks: string[];
            /** @description Things in the order that do not fit (注意件数) */
            warningCount: number;
            /** @description Rises with what an edit could overwrite; for `If-Match` and `ifVersions` (編集用の版) */
            version: number;
            /** @description Rises with whatever changes in the order, also with the state of a site change (更新番号) */
            revision: number;
            /** @description When staff last edited it (編集日時) */
            editedAt: string | null;
            /** @description Batch it was handed over in (取込バッチID) */
            pullId: string | null;
            /** @description When its personal data was removed (個人情報削除日時) */
            purgedAt: string | null;
            /** @description When the buyer’s data was erased at their request; it never comes back (消去請求による消去日時) */
            erasedAt: string | null;
            labels: components["schemas"]["OrderLabels"];
            /** @description The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing) */
            detail: components["schemas"]["OrderDetail"] | null;
            /** @description Why detail is null: purged 保存期間満了, erased 消去請求により消去済み, unreadable 復号不可 */
            detailMissing: components["schemas"]["DetailMissing"] | null;
        };
        OrderConflict: components["schemas"]["Problem"] & components["schemas"]["OrderConflictFacts"];
        OrderConflictFacts: {
            current?: components["schemas"]["EditedOrder"];
            /** @description What this request asked for (送った内容) */
            sent?: components["schemas"]["OrderConflictFactsSent"];
        };
        /** @description What this request asked for (送った内容) */
        OrderConflictFactsSent: {
            /** @description The version of If-Match (編集元の版) */
            version?: number;
            /** @description The patch (変更内容) */
            patch?: components["schemas"]["OrderPatch"];
        };
        /** @description Normalised order (正規化した受注) */
        OrderDetail: {
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
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
            /** @description What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル */
            mallState: components["schemas"]["MallState"];
            /** @description Mall status (モールステータス) */
            mallStatus: components["schemas"]["MallStatus"];
            /** @description Sub-status (サブステータス) */
            mallSubStatus: components["schemas"]["MallStatus"] | null;
            /** @description Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス) */
            mallStatuses: {
                [key: string]: string | null;
            };
            /** @description Cancel reason (キャンセル理由) */
            cancelReason: components["schemas"]["OrderDetailCancelReason"] | null;
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
            /** @description Charges, all tax included; together totals.total (料金) */
            charges: components["schemas"]["OrderDetailCharges"];
            /** @description Coupons, points and the like (値引き) */
            discounts: components["schemas"]["OrderDetailDiscount"][];
            /** @description Points (ポイント) */
            points: components["schemas"]["OrderDetailPoints"];
            /** @description By tax rate (税率ごとの合計) */
            taxSummary: components["schemas"]["OrderDetailTaxSummary"][];
            /** @description Totals, tax included; they follow from charges and discounts (合計金額) */
            totals: components["schemas"]["OrderDetailTotals"];
            /** @description Payment (支払) */
            payment: components["schemas"]["OrderDetailPayment"];
            /** @description Delivery (配送) */
            delivery: components["schemas"]["OrderDetailDelivery"];
            /** @description Gift (ギフト) */
            gift: components["schemas"]["OrderDetailGift"];
            /** @description The buyer wants a receipt (領収書); null where the mall does not say */
            receiptWanted?: boolean | null;
            /** @description Refunds, partial cancels, returns (返金・一部キャンセル・返品) */
            reversals?: components["schemas"]["OrderDetailReversal"][];
            /** @description Notes (備考) */
            notes: components["schemas"]["OrderDetailNotes"];
            /** @description Subscription or reservation (定期・頒布会・予約) */
            subscription: components["schemas"]["OrderDetailSubscription"] | null;
            /** @description parent, child, multi_ship … (関連注文) */
            relatedOrders: components["schemas"]["OrderDetailRelatedOrder"][];
            /** @description Why it must not ship yet (出荷保留) */
            holds: components["schemas"]["OrderDetailHold"][];
            /** @description Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, … */
            flags: string[];
            /** @description What does not add up in what the mall sent (要確認) */
            warnings: components["schemas"]["OrderDetailWarning"][];
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        OrderDetailCancelReason: {
            /** @description コード */
            code: string | null;
            /** @description 理由 */
            text: string | null;
        };
        /** @description Charges, all tax included; together totals.total (料金) */
        OrderDetailCharges: {
            /** @description Sum of items[].subtotal without removed lines (商品合計) */
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
        /** @description Delivery (配送) */
        OrderDetailDelivery: {
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
        /** @description Discount (値引) */
        OrderDetailDiscount: {
            /** @description coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other */
            kind: components["schemas"]["OrderDetailDiscountKind"];
            /** @description Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop) */
            borneBy: components["schemas"]["OrderDetailDiscountBorneBy"];
            /** @description Positive yen taken off, tax included (値引額) */
            amount: number;
            /** @description Coupon or campaign (名称) */
            name: string | null;
            /** @description Its code (コード) */
            code: string | null;
            /** @description Line it belongs to, null for the whole order */
            lineId: string | null;
            /** @description true when item prices are already net of it, so that it is not taken off again (値引後単価) */
            includedInPrices: boolean;
        };
        /**
         * @description Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop)
         * @enum {string}
         */
        OrderDetailDiscountBorneBy: "shop" | "marketplace" | "manufacturer" | "buyer" | "unknown";
        /**
         * @description coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other
         * @enum {string}
         */
        OrderDetailDiscountKind: "coupon" | "points" | "gift_card" | "bonus" | "store_discount" | "other";
        /** @description Gift (ギフト) */
        OrderDetailGift: {
            /** @description Gift handling was asked for (ギフト) */
            requested: boolean;
            /** @description Gift message (ギフトメッセージ) */
            message: string | null;
            /** @description Noshi (のし) */
            noshi: string | null;
            /** @description Wrapping chosen (包装): kind, name, price */
            wrappings: components["schemas"]["OrderDetailGiftWrapping"][];
        };
        OrderDetailGiftWrapping: {
            /** @description Paper, ribbon … (種類) */
            kind: string | null;
            /** @description 包装名 */
            name: string | null;
            price: number | null;
        };
        /** @description Hold (出荷保留) */
        OrderDetailHold: {
            /** @description Why it must not ship yet (出荷保留): fraud_check 不正確認中, reserve 予約, unpaid 未入金, buyer_cancel_window 購入者キャンセル可能時間, mall_processing モール処理中, change_pending 変更確定待ち, address_pending 住所入力待ち, amount_pending 金額未確定, shop_hold 保留 */
            kind: components["schemas"]["HoldKind"];
            /** @description RFC 3339, when known */
            until: string | null;
            /** @description Japanese */
            note: string | null;
        };
        /** @description Notes (備考) */
        OrderDetailNotes: {
            /** @description Buyer's comment (備考・要望) */
            buyer: string | null;
            /** @description Memo (ひとことメモ・店舗メモ) */
            shop: string | null;
            /** @description Sentence for mails (メール差込文) */
            mail: string | null;
            /** @description Person in charge (担当者) */
            operator: string | null;
        };
        /** @description Payment (支払) */
        OrderDetailPayment: {
            /** @description Kind of payment (支払方法区分) */
            kind: components["schemas"]["PaymentKind"];
            /** @description The mall's code (支払方法コード) */
            code: string | null;
            /** @description The mall's wording (支払方法) */
            name: string | null;
            /** @description Second payment of a combined one (併用支払方法) */
            combinedName: string | null;
            /** @description 入金状態 */
            status: components["schemas"]["OrderDetailPaymentStatus"];
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
            parts?: components["schemas"]["OrderDetailPaymentPart"][];
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        OrderDetailPaymentPart: {
            /** @description The mall's code (支払方法コード) */
            code: string | null;
            /** @description The mall's wording (支払方法) */
            name: string | null;
            /** @description What was paid like that, tax included (支払額) */
            amount: number | null;
        };
        /**
         * @description 入金状態
         * @enum {string}
         */
        OrderDetailPaymentStatus: "unpaid" | "authorised" | "paid" | "refunded" | "cancelled" | "unknown";
        /** @description Points (ポイント) */
        OrderDetailPoints: {
            /** @description Points used, in yen; also among discounts (利用ポイント) */
            used: number;
            /** @description 付与ポイント */
            granted: number | null;
        };
        OrderDetailRelatedOrder: {
            /** @description 関係 */
            relation: string;
            /** @description 注文番号 */
            orderNumber: string;
        };
        /** @description Something taken back (返金・一部キャンセル・返品) */
        OrderDetailReversal: {
            /** @description refund 返金, partial_cancel 一部キャンセル, return 返品 */
            kind: components["schemas"]["OrderDetailReversalKind"];
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
        };
        /**
         * @description refund 返金, partial_cancel 一部キャンセル, return 返品
         * @enum {string}
         */
        OrderDetailReversalKind: "refund" | "partial_cancel" | "return";
        OrderDetailSubscription: {
            /** @description subscription, reservation … (種別) */
            kind: string | null;
            /** @description Its id at the mall (定期購入ID) */
            id: string | null;
            /** @description Which delivery of the series (回数) */
            count: number | null;
        };
        /** @description Totals by tax rate; empty when the rate of a line is not known (税率別集計) */
        OrderDetailTaxSummary: {
            /** @description Percent (税率) */
            rate: number;
            /** @description Lines and charges before discounts and points, tax included; all rates make totals.total (合計) */
            total: number | null;
            /** @description total − coupon − points, tax included; all rates make totals.billed (請求額) */
            billed: number | null;
            /** @description What tax is the tax of, tax included: total − coupon, at au PAY − points as well (課税対象額) */
            taxable?: number | null;
            /** @description Tax within taxable (消費税額) */
            tax: number | null;
            /** @description Discounts other than points and gift cards, tax included (値引額) */
            coupon: number | null;
            /** @description Points and gift cards (ポイント・商品券利用額) */
            points: number | null;
            /** @description Payment fee within total, where the mall tells it (決済手数料) */
            paymentFee: number | null;
            /** @description mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠) */
            source?: components["schemas"]["OrderDetailTaxSummarySource"];
        };
        /**
         * @description mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠)
         * @enum {string}
         */
        OrderDetailTaxSummarySource: "mall" | "shared" | "computed";
        /** @description Totals, tax included; they follow from charges and discounts (合計金額) */
        OrderDetailTotals: {
            /** @description billed and what discounts not in the prices take off; the sum of charges (合計) */
            total: number;
            /** @description What the buyer pays after discounts, points and gift cards (請求金額) */
            billed: number;
        };
        /** @description Something in the order that does not fit (注意) */
        OrderDetailWarning: {
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
        };
        OrderEdit: {
            /** @description As the mall gave it (モールの値) */
            mall?: components["schemas"]["JsonValue"];
            /** @description As staff wrote it (編集後の値) */
            edited?: components["schemas"]["JsonValue"];
            /**
             * Format: date-time
             * @description 編集日時
             */
            at: string;
            /** @description key:<API key id> (編集者) */
            by: string;
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
            /** @description What happened to it: staged 自動受注取込, pulled 受注取込, moved ステータス移動, edited 編集, changed モール側の変更, change_state サイト変更の状態, cancelled_at_mall モールでキャンセル, reopened_at_mall キャンセル取消, marked マーク付与, erased 消去請求による消去: delete what you keep of the order (変更内容) */
            what: components["schemas"]["OrderEventWhat"][];
            status: components["schemas"]["OrderStatus"];
            changeState: components["schemas"]["ChangeState"];
            /** @description State at the mall (モール側の状態) */
            mallState: components["schemas"]["MallState"];
            /** @description Rises with what an edit could overwrite; for If-Match (編集用の版) */
            version: number;
            /** @description Rises with whatever changes in the order; missing in rows of earlier releases (更新番号) */
            revision?: number;
        };
        /** @enum {string} */
        OrderEventWhat: "staged" | "pulled" | "moved" | "edited" | "changed" | "change_state" | "cancelled_at_mall" | "reopened_at_mall" | "marked" | "erased";
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
        /** @description What the codes of the order say, in Japanese (コードの表示名) */
        OrderLabels: {
            /** @description 受注ステータス */
            status: string;
            /** @description サイト変更の状態 */
            changeState: string;
            /** @description モール側の状態 */
            mallState: string;
            /** @description 支払方法区分 */
            paymentKind: string | null;
            /** @description In the order of `holds` (出荷保留) */
            holds: string[];
            /** @description In the order of `flags` (注意マーク) */
            flags: string[];
        };
        /** @description JSON merge patch of the detail; lists are replaced whole, null empties a field (編集内容) */
        OrderPatch: {
            /** @description Mall (モール) */
            readonly marketplace?: components["schemas"]["JsonValue"];
            /** @description The shop's code at the mall (店舗コード) */
            readonly shopCode?: components["schemas"]["JsonValue"];
            /** @description Order number (受注番号 / 注文ID) */
            readonly orderNumber?: components["schemas"]["JsonValue"];
            /** @description RFC 3339 (注文日時) */
            orderedAt?: string;
            /** @description Last change at the mall (最終更新日時) */
            readonly updatedAt?: components["schemas"]["JsonValue"];
            /** @description pc, smartphone, tablet, feature_phone, other (端末) */
            device?: string | null;
            /** @description What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル */
            readonly mallState?: components["schemas"]["JsonValue"];
            /** @description Mall status (モールステータス) */
            readonly mallStatus?: components["schemas"]["JsonValue"];
            /** @description Sub-status (サブステータス) */
            readonly mallSubStatus?: components["schemas"]["JsonValue"];
            /** @description Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス) */
            readonly mallStatuses?: components["schemas"]["JsonValue"];
            /** @description Cancel reason (キャンセル理由) */
            readonly cancelReason?: components["schemas"]["JsonValue"];
            /** @description Further times under the mall's names (各種日時) */
            times?: {
                [key: string]: string | null;
            };
            /** @description Buyer (注文者) */
            buyer?: components["schemas"]["OrderPatchBuyer"];
            /** @description Recipients (送付先) */
            recipients?: components["schemas"]["Recipient"][];
            /** @description Lines (商品明細) */
            items?: components["schemas"]["Item"][];
            /** @description Charges, all tax included; together totals.total (料金) */
            charges?: components["schemas"]["OrderPatchCharges"];
            /** @description Coupons, points and the like (値引き) */
            discounts?: components["schemas"]["OrderPatchDiscount"][];
            /** @description Points (ポイント) */
            points?: components["schemas"]["OrderPatchPoints"];
            /** @description By tax rate (税率ごとの合計) */
            taxSummary?: components["schemas"]["OrderPatchTaxSummary"][];
            /** @description Totals, tax included; they follow from charges and discounts (合計金額) */
            totals?: components["schemas"]["OrderPatchTotals"];
            /** @description Payment (支払) */
            payment?: components["schemas"]["OrderPatchPayment"];
            /** @description Delivery (配送) */
            delivery?: components["schemas"]["OrderPatchDelivery"];
            /** @description Gift (ギフト) */
            gift?: components["schemas"]["OrderPatchGift"];
            /** @description The buyer wants a receipt (領収書); null where the mall does not say */
            receiptWanted?: boolean | null;
            /** @description Refunds, partial cancels, returns (返金・一部キャンセル・返品) */
            reversals?: components["schemas"]["OrderPatchReversal"][];
            /** @description Notes (備考) */
            notes?: components["schemas"]["OrderPatchNotes"];
            /** @description Subscription or reservation (定期・頒布会・予約) */
            subscription?: components["schemas"]["OrderPatchSubscription"] | null;
            /** @description parent, child, multi_ship … (関連注文) */
            relatedOrders?: components["schemas"]["OrderPatchRelatedOrder"][];
            /** @description Why it must not ship yet (出荷保留) */
            readonly holds?: components["schemas"]["JsonValue"];
            /** @description Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, … */
            readonly flags?: components["schemas"]["JsonValue"];
            /** @description What does not add up in what the mall sent (要確認) */
            readonly warnings?: components["schemas"]["JsonValue"];
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /** @description Buyer (注文者) */
        OrderPatchBuyer: {
            /** @description The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept */
            fullName?: string | null;
            /** @description Family name; null where the mall gives the whole name alone (姓) */
            familyName?: string | null;
            /** @description Given name; null where the mall gives the whole name alone (名) */
            givenName?: string | null;
            /** @description Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ) */
            familyNameKana?: string | null;
            /** @description Given name in kana (名カナ) */
            givenNameKana?: string | null;
            /** @description Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号) */
            postalCode?: string | null;
            /** @description Prefecture (都道府県) */
            prefecture?: string | null;
            /** @description City or ward (市区町村) */
            city?: string | null;
            /** @description Street address (町域・番地) */
            address1?: string | null;
            /** @description Building, room (建物名・部屋番号) */
            address2?: string | null;
            /** @description Company and department (会社・部署) */
            company?: string | null;
            /** @description Phone as the mall gave it (電話番号) */
            phone?: string | null;
            /** @description Second phone (緊急連絡先) */
            emergencyPhone?: string | null;
            /** @description Mail address, usually the mall's relay (メールアドレス) */
            email?: string | null;
        };
        /** @description Charges, all tax included; together totals.total (料金) */
        OrderPatchCharges: {
            /** @description Sum of items[].subtotal without removed lines (商品合計) */
            goods?: number;
            /** @description Postage (送料) */
            shipping?: number;
            /** @description COD fee (代引手数料) */
            cod?: number;
            /** @description Payment fee (決済手数料) */
            paymentFee?: number;
            /** @description Wrapping (包装料) */
            giftWrap?: number;
            /** @description Adjustment, may be negative (調整額) */
            adjustment?: number;
            /** @description Other fees to the buyer (その他手数料) */
            other?: number;
        };
        /** @description Delivery (配送) */
        OrderPatchDelivery: {
            /** @description Code of the delivery method (配送方法コード) */
            methodCode?: string | null;
            /** @description Delivery method (配送方法) */
            methodName?: string | null;
            /** @description Class: 普通, 冷蔵, 冷凍 … (配送区分) */
            temperature?: string | null;
            /** @description Fast delivery marks: あすつく, 最強翌日配送 … */
            express?: string[];
            /** @description Ship at the latest (発送期限) */
            shipBy?: string | null;
            /** @description Date of delivery that the mall promised the buyer (お届け約束日) */
            promisedOn?: string | null;
        };
        /** @description Discount (値引) */
        OrderPatchDiscount: {
            /** @description coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other */
            kind: components["schemas"]["OrderDetailDiscountKind"];
            /** @description Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop) */
            borneBy: components["schemas"]["OrderDetailDiscountBorneBy"];
            /** @description Positive yen taken off, tax included (値引額) */
            amount: number;
            /** @description Coupon or campaign (名称) */
            name: string | null;
            /** @description Its code (コード) */
            code: string | null;
            /** @description Line it belongs to, null for the whole order */
            lineId: string | null;
            /** @description true when item prices are already net of it, so that it is not taken off again (値引後単価) */
            includedInPrices: boolean;
        };
        /** @description Gift (ギフト) */
        OrderPatchGift: {
            /** @description Gift handling was asked for (ギフト) */
            requested?: boolean;
            /** @description Gift message (ギフトメッセージ) */
            message?: string | null;
            /** @description Noshi (のし) */
            noshi?: string | null;
            /** @description Wrapping chosen (包装): kind, name, price */
            wrappings?: components["schemas"]["OrderPatchGiftWrapping"][];
        };
        OrderPatchGiftWrapping: {
            /** @description Paper, ribbon … (種類) */
            kind: string | null;
            /** @description 包装名 */
            name: string | null;
            price: number | null;
        };
        /** @description Notes (備考) */
        OrderPatchNotes: {
            /** @description Buyer's comment (備考・要望) */
            buyer?: string | null;
            /** @description Memo (ひとことメモ・店舗メモ) */
            shop?: string | null;
            /** @description Sentence for mails (メール差込文) */
            mail?: string | null;
            /** @description Person in charge (担当者) */
            operator?: string | null;
        };
        /** @description Payment (支払) */
        OrderPatchPayment: {
            /** @description Kind of payment (支払方法区分) */
            kind?: components["schemas"]["PaymentKind"];
            /** @description The mall's code (支払方法コード) */
            code?: string | null;
            /** @description The mall's wording (支払方法) */
            name?: string | null;
            /** @description Second payment of a combined one (併用支払方法) */
            combinedName?: string | null;
            /** @description 入金状態 */
            status?: components["schemas"]["OrderDetailPaymentStatus"];
            /** @description When paid: date or time (入金日) */
            paidAt?: string | null;
            /** @description Payment due (支払期限) */
            dueDate?: string | null;
            /** @description カードブランド */
            cardBrand?: string | null;
            /** @description Last four digits (カード番号下4桁) */
            cardLast4?: string | null;
            /** @description Payment plan (支払回数) */
            installments?: string | null;
            /** @description RFC 3339: until then the buyer of a failed payment may choose another one (支払方法変更期限) */
            changeUntil?: string | null;
            /** @description Amounts of a payment by several means; empty when there is one (併用支払の内訳) */
            parts?: components["schemas"]["OrderPatchPaymentPart"][];
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        OrderPatchPaymentPart: {
            /** @description The mall's code (支払方法コード) */
            code: string | null;
            /** @description The mall's wording (支払方法) */
            name: string | null;
            /** @description What was paid like that, tax included (支払額) */
            amount: number | null;
        };
        /** @description Points (ポイント) */
        OrderPatchPoints: {
            /** @description Points used, in yen; also among discounts (利用ポイント) */
            used?: number;
            /** @description 付与ポイント */
            granted?: number | null;
        };
        OrderPatchRelatedOrder: {
            /** @description 関係 */
            relation: string;
            /** @description 注文番号 */
            orderNumber: string;
        };
        /** @description Something taken back (返金・一部キャンセル・返品) */
        OrderPatchReversal: {
            /** @description refund 返金, partial_cancel 一部キャンセル, return 返品 */
            kind: components["schemas"]["OrderDetailReversalKind"];
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
        };
        OrderPatchSubscription: {
            /** @description subscription, reservation … (種別) */
            kind?: string | null;
            /** @description Its id at the mall (定期購入ID) */
            id?: string | null;
            /** @description Which delivery of the series (回数) */
            count?: number | null;
        };
        /** @description Totals by tax rate; empty when the rate of a line is not known (税率別集計) */
        OrderPatchTaxSummary: {
            /** @description Percent (税率) */
            rate: number;
            /** @description Lines and charges before discounts and points, tax included; all rates make totals.total (合計) */
            total: number | null;
            /** @description total − coupon − points, tax included; all rates make totals.billed (請求額) */
            billed: number | null;
            /** @description What tax is the tax of, tax included: total − coupon, at au PAY − points as well (課税対象額) */
            taxable?: number | null;
            /** @description Tax within taxable (消費税額) */
            tax: number | null;
            /** @description Discounts other than points and gift cards, tax included (値引額) */
            coupon: number | null;
            /** @description Points and gift cards (ポイント・商品券利用額) */
            points: number | null;
            /** @description Payment fee within total, where the mall tells it (決済手数料) */
            paymentFee: number | null;
            /** @description mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠) */
            source?: components["schemas"]["OrderDetailTaxSummarySource"];
        };
        /** @description Totals, tax included; they follow from charges and discounts (合計金額) */
        OrderPatchTotals: {
            /** @description billed and what discounts not in the prices take off; the sum of charges (合計) */
            total?: number;
            /** @description What the buyer pays after discounts, points and gift cards (請求金額) */
            billed?: number;
        };
        /**
         * @description auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス)
         * @enum {string}
         */
        OrderStatus: "auto_imported" | "new" | "awaiting_payment" | "ready_to_ship" | "shipped" | "completed" | "on_hold" | "cancelled";
        /** @description An order as it was before (以前の版) */
        OrderVersion: {
            /** @description 版 */
            number: number;
            /** @description edited 編集, reimported 再取込: what made the next version (次の版の理由) */
            endedBy: string;
            /** @description key:<API key id> or staff:<account id> (実行者) */
            actor: string;
            /** @description The same for staff, by name (実行者名) */
            actorName: string;
            /**
             * Format: date-time
             * @description Until when it was the current one (終了日時)
             */
            endedAt: string;
            detail: components["schemas"]["OrderDetail"];
            /** @description What staff edited, by JSON pointer, with the mall’s value beside it (編集内容) */
            edits: {
                [key: string]: components["schemas"]["OrderEdit"];
            };
        };
        /** @description What was moved (移動の結果) */
        OrdersMoved: {
            /** @description As they were asked for (受注ごとの結果) */
            orders: components["schemas"]["OrdersMovedOrder"][];
        };
        OrdersMovedOrder: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            orderId: string;
            /** @description moved 移動した, already 既にそのステータス (結果) */
            result: components["schemas"]["OrdersMovedOrderResult"];
            from: components["schemas"]["OrderStatus"];
            /** @description Version that it has now (版) */
            version: number;
        };
        /**
         * @description moved 移動した, already 既にそのステータス (結果)
         * @enum {string}
         */
        OrdersMovedOrderResult: "moved" | "already";
        /** @enum {string} */
        PaymentKind: "credit_card" | "cod" | "bank_transfer" | "convenience_store" | "carrier_billing" | "e_money" | "wallet" | "deferred" | "invoice" | "loan" | "points" | "free" | "other";
        /** @description A person with an address (氏名・住所) */
        Person: {
            /** @description The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept */
            fullName?: string | null;
            /** @description Family name; null where the mall gives the whole name alone (姓) */
            familyName: string | null;
            /** @description Given name; null where the mall gives the whole name alone (名) */
            givenName: string | null;
            /** @description Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ) */
            familyNameKana: string | null;
            /** @description Given name in kana (名カナ) */
            givenNameKana: string | null;
            /** @description Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号) */
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
        /** @description What became of the mail (メールの受付結果) */
        PostMailAnswer: {
            /** @description recognised 判別済, unreadable 判別不能, ignored 対象外, duplicate 受信済み (結果) */
            result: components["schemas"]["PostMailAnswerResult"];
        };
        /**
         * @description recognised 判別済, unreadable 判別不能, ignored 対象外, duplicate 受信済み (結果)
         * @enum {string}
         */
        PostMailAnswerResult: "recognised" | "unreadable" | "ignored" | "duplicate";
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
            errors?: components["schemas"]["ProblemError"][];
            /** @description Path that was asked for (パス) */
            instance: string;
            /** @description Quote this when asking the operator (問い合わせ番号) */
            requestId: string;
        } & {
            [key: string]: components["schemas"]["JsonValue"];
        };
        ProblemError: {
            /** @description Path as it was sent: `lines[0].quantity`; `body` for the whole (項目) */
            field: string;
            /** @description What was expected, Japanese (説明) */
            message: string;
            /** @description For programs: required, unknown_field, … (コード) */
            code?: string;
        };
        /** @description A batch that was handed over (受注取込の結果) */
        Pull: {
            /**
             * Format: uuid
             * @description The batch, for GET /pulls/{id}; one without orders is not kept (取込バッチID)
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
        /** @description Which staged orders to take over; all when empty (取込対象) */
        PullOrdersRequest: {
            /**
             * Format: uuid
             * @description Only this shop (店舗)
             */
            shopId?: string;
            marketplace?: components["schemas"]["Marketplace"];
            /**
             * @description Orders at most (件数)
             * @default 1000
             */
            limit?: number;
        };
        /** @description Application that is not an order yet, without the buyer (購入申込) */
        PurchaseApplication: {
            /** @description 申込番号; an order made of it has this as `subscription.id` */
            applicationNumber: string;
            /** @description subscription 定期購入, hanpukai 頒布会, reservation 予約 */
            kind: components["schemas"]["PurchaseApplicationKind"];
            /** @description The mall's or the shop's own status (申込ステータス) */
            status: components["schemas"]["MallStatus"];
            /** @description RFC 3339 (申込日時) */
            appliedAt: string | null;
            /** @description 毎月1日にお届け (お届けサイクル) */
            cycle: string | null;
            /** @description What is applied for (申込商品) */
            item: components["schemas"]["PurchaseApplicationItem"];
            /** @description Delivery method with carrier (配送方法) */
            deliveryMethod: string | null;
            /** @description Goes to a remote island (離島) */
            remoteArea: boolean;
            /** @description Deliveries to come, soonest first (お届け予定) */
            deliveries: components["schemas"]["PurchaseApplicationDelivery"][];
        };
        /** @description One delivery that is not an order yet (申込明細) */
        PurchaseApplicationDelivery: {
            /** @description Which delivery of the series (お届け回) */
            round: number;
            /** @description Planned day of delivery (お届け日) */
            deliverOn: string | null;
            /** @description When the mall makes an order of it (注文確定日) */
            confirmOn: string | null;
            /** @description Release of a reservation (発売日) */
            releaseOn: string | null;
            /** @description Confirmed early by the shop (早期注文確定) */
            early: boolean;
            /** @description What is in this one (商品内訳) */
            contents: string | null;
            /** @description With tax, postage and fees; null while something is not fixed (合計金額) */
            total: number | null;
            /** @description null while not fixed (送料) */
            shippingFee: number | null;
            /** @description null while not fixed (代引料) */
            codFee: number | null;
            /** @description The mall's wording (支払方法) */
            paymentName: string | null;
        };
        /** @description What is applied for (申込商品) */
        PurchaseApplicationItem: {
            /** @description The mall's item id (モール商品ID) */
            mallItemId: string | null;
            /** @description The shop's item code (商品番号) */
            itemCode: string | null;
            /** @description SKU (SKU管理番号) */
            sku: string | null;
            /** @description The shop's own SKU (システム連携用SKU番号) */
            merchantSku: string | null;
            /** @description Item name (商品名) */
            name: string;
            /** @description Choices in the buyer’s and the mall’s words (項目・選択肢) */
            choices: string[];
            /** @description Price of one (単価) */
            unitPrice: number | null;
            /** @description unitPrice includes consumption tax (税込) */
            taxIncluded: boolean;
            /** @description Percent (税率) */
            taxRate: number | null;
            /** @description Of each delivery (個数) */
            quantity: number;
        };
        /**
         * @description subscription 定期購入, hanpukai 頒布会, reservation 予約
         * @enum {string}
         */
        PurchaseApplicationKind: "subscription" | "hanpukai" | "reservation" | "other";
        /** @description What was taken (受付結果) */
        PushOrdersAnswer: {
            /** @description Order numbers (件数) */
            taken: number;
        };
        PushOrdersRequest: {
            /** @description Order numbers (受注番号) */
            orderNumbers: string[];
        };
        /**
         * @description As in the list of orders (出荷保留)
         * @enum {string}
         */
        QueryFlag: "true" | "false";
        /** @enum {string} */
        ReadinessCheck: "ok" | "failed" | "read_only" | "stopping";
        /** @description Recipient with lines and parcels (送付先) */
        Recipient: {
            /** @description The mall's basket or shipping id, unique in the order (送付先ID) */
            id: string;
            /** @description Who receives (送付先) */
            person: components["schemas"]["Person"];
            /** @description Ids of the items sent here (明細ID) */
            lineIds: string[];
            /** @description Parcels reported so far (発送情報) */
            parcels: components["schemas"]["RecipientParcel"][];
            /** @description Delivery wishes (配送希望) */
            wish: components["schemas"]["RecipientWish"];
            /** @description Gift (ギフト) */
            gift: components["schemas"]["OrderDetailGift"];
            /** @description Postage of this basket (送料) */
            shippingFee: number | null;
            /** @description COD fee of this basket (代引手数料) */
            codFee: number | null;
            /** @description Convenience store or shop where it is picked up (コンビニ受取・店舗受取) */
            pickup: components["schemas"]["RecipientPickup"] | null;
            /** @description Remote island or area (離島・遠隔地) */
            remoteArea: boolean;
            /** @description The address is not there yet: the recipient has not filled it in, or the mall does not give it out (住所待ち) */
            addressPending: boolean;
            /** @description Further fields of this mall under the mall's own names (モール固有項目) */
            mallFields: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /** @description One parcel (個口) */
        RecipientParcel: {
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
        };
        RecipientPickup: {
            /** @description convenience_store, post_office, shop … (受取方法) */
            kind: string | null;
            /** @description Code of the place (受取場所コード) */
            code: string | null;
            /** @description 受取場所名 */
            name: string | null;
            /** @description 受取場所住所 */
            address: string | null;
        };
        /** @description Delivery wishes (配送希望) */
        RecipientWish: {
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
        /** @description What would be recognised in a mail, and why not (メール判別の確認) */
        RecogniseMailAnswer: {
            /** @description The listener would read this mail at all (読み取り対象) */
            considered: boolean;
            /** @description What would be recognised; null: no mall’s mail (判別結果) */
            recognition: components["schemas"]["Recognition"] | null;
            /** @description Mall by mall, why and why not (モール別の説明) */
            malls: components["schemas"]["RecogniseMailAnswerMall"][];
        };
        RecogniseMailAnswerMall: {
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description Sender rule that fits (一致した差出人) */
            sender: string | null;
            /** @description Subject rule that fits (一致した件名) */
            subject: string | null;
            /** @description Rule by which the mail is left alone (除外ルール) */
            ignoredBy: string | null;
            /** @description What this mall makes of it (判別結果) */
            recognition: components["schemas"]["Recognition"] | null;
            /** @description What was found, what not, and what to set, Japanese (説明) */
            messages: string[];
        };
        RecogniseMailRequest: {
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
            mailRules?: components["schemas"]["MailRules"];
        };
        Recognition: {
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description Kind (種類) */
            kind: components["schemas"]["MailKind"];
            /** @description Order numbers (注文番号) */
            orderNumbers: string[];
            /** @description What is missing, Japanese; null when all is well (理由) */
            reason: string | null;
        };
        /** @description A re-import and its differences (再取込の結果) */
        Reimport: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法) */
            apply: components["schemas"]["ReimportApply"];
            /**
             * Format: date-time
             * @description 受付日時
             */
            requestedAt: string;
            /** @description 受注ごとの結果 */
            orders: components["schemas"]["ReimportOrder"][];
        };
        /** @description What was begun (再取込の受付) */
        ReimportAccepted: {
            /**
             * Format: uuid
             * @description For GET /reimports/{id} (再取込ID)
             */
            reimportId: string;
            /** @description 受注ごとの取込要求 */
            orders: components["schemas"]["ReimportAcceptedOrder"][];
        };
        ReimportAcceptedOrder: {
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
        };
        /**
         * @description all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法)
         * @enum {string}
         */
        ReimportApply: "all" | "mall-wins" | "keep-edits" | "none";
        ReimportOrder: {
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
            /** @description waiting 待機中, done 完了, failed 失敗 (状態) */
            state: components["schemas"]["ImportState"];
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
            differences: components["schemas"]["ReimportOrderDifference"][] | null;
        };
        ReimportOrderDifference: {
            /** @description JSON pointer in the detail: `/recipients/0/person/phone` (項目) */
            path: string;
            /** @description mall モール側で変更, here こちらで編集, both 両方 (種別) */
            kind: components["schemas"]["ReimportOrderDifferenceKind"];
            /** @description The mall’s value when it was imported (以前のモールの値) */
            mallBefore?: components["schemas"]["JsonValue"];
            /** @description The mall’s value now (現在のモールの値) */
            mallNow?: components["schemas"]["JsonValue"];
            /** @description The value here before the re-import (こちらの値) */
            here?: components["schemas"]["JsonValue"];
            /** @description Whose value it has now (反映した値) */
            applied: components["schemas"]["ReimportOrderDifferenceApplied"];
        };
        /**
         * @description Whose value it has now (反映した値)
         * @enum {string}
         */
        ReimportOrderDifferenceApplied: "mall" | "here";
        /**
         * @description mall モール側で変更, here こちらで編集, both 両方 (種別)
         * @enum {string}
         */
        ReimportOrderDifferenceKind: "mall" | "here" | "both";
        /** @description Which orders to read again, and what to take over (再取込の指定) */
        ReimportOrdersRequest: {
            /** @description Orders (受注ID) */
            orderIds: string[];
            /** @description all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法) */
            apply: components["schemas"]["ReimportApply"];
        };
        RenewRecoveryCodesAnswer: {
            /** @description Shown this once: each signs in once without the phone (リカバリーコード) */
            recoveryCodes: string[];
        };
        ReplaceMarkRulesRequest: {
            /** @description The tenant’s own marks (独自のマーク) */
            rules: components["schemas"]["ReplaceMarkRulesRequestRule"][];
            /**
             * @description Beside the mall’s flag and the list of municipalities (離島の郵便番号)
             * @default {
             *       "add": [],
             *       "except": []
             *     }
             */
            islands?: components["schemas"]["ReplaceMarkRulesRequestIslands"];
        };
        /**
         * @description Beside the mall’s flag and the list of municipalities (離島の郵便番号)
         * @default {
         *       "add": [],
         *       "except": []
         *     }
         */
        ReplaceMarkRulesRequestIslands: {
            /**
             * @description Postcodes, or their beginnings, that are islands too (離島に加える)
             * @default []
             */
            add?: string[];
            /**
             * @description … and that are not (離島から除く)
             * @default []
             */
            except?: string[];
        };
        ReplaceMarkRulesRequestRule: {
            /** @description The mark is `rule:` and this (コード) */
            code: string;
            /** @description What staff see (マークの表示名) */
            label: string;
            /** @description All must hold (条件) */
            all: (components["schemas"]["ReplaceMarkRulesRequestRuleAllChoice1"] | components["schemas"]["ReplaceMarkRulesRequestRuleAllChoice2"])[];
        };
        ReplaceMarkRulesRequestRuleAllChoice1: {
            /** @description Text of the order, without regard to width, capitals and blanks (項目) */
            field: components["schemas"]["MarkTextConditionField"];
            /** @description equal 一致, not_equal 不一致, contains 含む, not_contains 含まない, begins 前方一致 (条件) */
            is: components["schemas"]["MarkTextConditionIs"];
            /** @description Any of these; the negative conditions: none of these (値) */
            values: string[];
        };
        ReplaceMarkRulesRequestRuleAllChoice2: {
            /** @description Number of the order (項目) */
            field: components["schemas"]["MarkNumberConditionField"];
            /** @description at_least 以上, at_most 以下 (条件) */
            is: components["schemas"]["MarkNumberConditionIs"];
            /** @description 値 */
            value: number;
        };
        RequestSiteChangesAnswer: {
            /** @description In the order of the request (依頼順) */
            changes: components["schemas"]["SiteChange"][];
        };
        /** @description Changes to make at the malls (サイト変更の依頼) */
        RequestSiteChangesRequest: {
            /** @description All are taken or none; those of one order run in this order (サイト変更の一覧) */
            changes: components["schemas"]["SiteChangeRequest"][];
        };
        ResetPasswordRequest: {
            /** @description パスワード */
            password: string;
        };
        /** @description Which failed requests; all of them when empty (再実行の対象) */
        RetryFailedImportsRequest: {
            /** @description Only what failed with this code, `outcome` of the requests (失敗コード) */
            cause?: string;
            /**
             * Format: uuid
             * @description Only this shop (店舗)
             */
            shopId?: string;
        };
        RotateApiKeyRequest: {
            /**
             * @description How long the old key still works beside the new one (併用時間)
             * @default 24
             */
            overlapHours?: number;
        };
        RotateMailboxSecretAnswer: {
            /** @description `whsec_…`, shown this once (署名鍵) */
            secret: string;
        };
        /** @description Change of the secret (署名鍵の変更) */
        RotateWebhookSecretRequest: {
            /**
             * @description Both secrets sign for so long (併用時間)
             * @default 24
             */
            overlapHours?: number;
        };
        SaveViewRequest: {
            /** @description On the button (名前) */
            name: string;
            /** @description Conditions by their names in GET /v1/orders, without those that name a buyer (条件) */
            query: components["schemas"]["SaveViewRequestQuery"];
            /**
             * @description true: all people of the tenant have it (全員で使う)
             * @default false
             */
            shared?: boolean;
        };
        /** @description Conditions by their names in GET /v1/orders, without those that name a buyer (条件) */
        SaveViewRequestQuery: {
            status?: components["schemas"]["OrderStatus"];
            /**
             * Format: uuid
             * @description Only this shop (店舗)
             */
            shopId?: string;
            marketplace?: components["schemas"]["Marketplace"];
            changeState?: components["schemas"]["ChangeState"];
            /** @description Begins like this (受注番号の前方一致) */
            number?: string;
            /** @description Ends like this (受注番号の後方一致) */
            numberEnd?: string;
            /** @description none: only orders without a tracking number, some: only those with one (送り状番号の有無) */
            tracking?: components["schemas"]["SavedViewQueryTracking"];
            /** @description 支払方法区分 */
            paymentKind?: string;
            /** @description Only orders with this mark, a code of GET /v1/marks (マーク) */
            mark?: string;
            /** @description Part of an item’s name or code (商品名・商品コード) */
            item?: string;
            /**
             * Format: date-time
             * @description Ordered from this time on (注文日時の開始)
             */
            from?: string;
            /**
             * Format: date-time
             * @description … and before this time (注文日時の終了)
             */
            to?: string;
            /** @description As in the list of orders (出荷保留) */
            hold?: components["schemas"]["QueryFlag"];
            /** @description 並び順 */
            sort?: components["schemas"]["SortOrder"];
        };
        /** @description Conditions under a name (保存した条件) */
        SavedView: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /** @description On the button (名前) */
            name: string;
            /** @description Conditions by their names in GET /v1/orders, without those that name a buyer (条件) */
            query: components["schemas"]["SavedViewQuery"];
            /** @description true: all people of the tenant have it (全員で使う) */
            shared: boolean;
            /** @description Orders that fit; null unless asked for, and where counting takes too long (件数) */
            count: number | null;
            /** @description There are more than 1,000 (上限超過) */
            countIsCapped: boolean;
            /**
             * Format: date-time
             * @description 更新日時
             */
            updatedAt: string;
        };
        /** @description Conditions by their names in GET /v1/orders, without those that name a buyer (条件) */
        SavedViewQuery: {
            status?: components["schemas"]["OrderStatus"];
            /**
             * Format: uuid
             * @description Only this shop (店舗)
             */
            shopId?: string;
            marketplace?: components["schemas"]["Marketplace"];
            changeState?: components["schemas"]["ChangeState"];
            /** @description Begins like this (受注番号の前方一致) */
            number?: string;
            /** @description Ends like this (受注番号の後方一致) */
            numberEnd?: string;
            /** @description none: only orders without a tracking number, some: only those with one (送り状番号の有無) */
            tracking?: components["schemas"]["SavedViewQueryTracking"];
            /** @description 支払方法区分 */
            paymentKind?: string;
            /** @description Only orders with this mark, a code of GET /v1/marks (マーク) */
            mark?: string;
            /** @description Part of an item’s name or code (商品名・商品コード) */
            item?: string;
            /**
             * Format: date-time
             * @description Ordered from this time on (注文日時の開始)
             */
            from?: string;
            /**
             * Format: date-time
             * @description … and before this time (注文日時の終了)
             */
            to?: string;
            /** @description As in the list of orders (出荷保留) */
            hold?: components["schemas"]["QueryFlag"];
            /** @description 並び順 */
            sort?: components["schemas"]["SortOrder"];
        };
        /**
         * @description none: only orders without a tracking number, some: only those with one (送り状番号の有無)
         * @enum {string}
         */
        SavedViewQueryTracking: "none" | "some";
        /** @description The browser’s session (ログイン状態) */
        Session: {
            /** @description How far the sign-in has come (ログインの段階) */
            state: components["schemas"]["SessionState"];
            /** @description To be sent as `x-csrf-token` with every change by cookie; new with each step (変更時に付けるトークン) */
            csrfToken: string;
            /** @description Null until the sign-in is complete (担当者) */
            account: components["schemas"]["SignedInAccount"] | null;
            /** @description Whether orders’ personal data may be shown (個人情報の表示可否) */
            mayShowPersonalData: boolean;
        };
        /**
         * @description How far the sign-in has come (ログインの段階)
         * @enum {string}
         */
        SessionState: "signed_in" | "second_factor_required" | "second_factor_setup_required";
        /** @description Who sends, and the codes of a contract (送り状の設定) */
        SetLabelSettingsRequest: {
            /** @description yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト (送り状ソフト) */
            format: components["schemas"]["LabelFormatId"];
            /** @description Settings of the tool (設定) */
            settings: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        SetPushSecretAnswer: {
            /** @description `whsec_…`; null with `key` (署名鍵) */
            secret: string | null;
        };
        SetPushSecretRequest: {
            /** @description The mall’s key; null closes the door (キー) */
            key?: string | null;
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
            /** @description Settings of the shop without secrets (店舗設定) */
            settings: components["schemas"]["StoredShopSettings"];
            /** @description Which credential fields are set, never their values (認証情報の登録状況) */
            credentials: components["schemas"]["ShopCredential"][];
            attention: components["schemas"]["Attention"] | null;
            /** @description Set while the mall is not asked: too many calls, maintenance, out of reach (モールへの接続休止) */
            lane: components["schemas"]["ShopLane"] | null;
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
        ShopCredential: {
            /** @description Field (項目名) */
            name: string;
            /** @description It has a value (登録済み) */
            set: boolean;
            /** @description When the value last changed (登録日時) */
            setAt: string | null;
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
            lifetimes: components["schemas"]["MailboxCredentialsLifetime"][];
        };
        ShopLane: {
            /**
             * Format: date-time
             * @description No call to the mall before (再開予定)
             */
            closedUntil: string;
            /** @description Failure code (理由) */
            reason: string | null;
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
        /**
         * @description Settings of the shop without secrets (店舗設定)
         * @default {}
         */
        ShopSettings: {
            /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
            mailRules?: components["schemas"]["MailRules"];
            /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
            onImport?: components["schemas"]["ShopSettingsOnImport"];
            /** @description Send another carrier than the one that is asked for, both by the codes of GET /marketplaces: {"yamato_yu_packet": "yamato"} (配送会社の置き換え) */
            carriers?: {
                [key: string]: components["schemas"]["Carrier"];
            };
            /** @description After a shipment that went well 完了 is queued for so many days after the day of shipping; only where the mall has it (完了までの日数) */
            completeAfterDays?: number;
            /** @description Yahoo!: send IsPointFix true with a cancel; false otherwise (キャンセル時にポイントを確定する) */
            fixPointsOnCancel?: boolean;
            /** @description Yahoo!: IsCouponUpdateAllowed of content changes, whether the coupon of an order may change with it; not sent otherwise (クーポンの変更を許可する) */
            couponUpdateAllowed?: boolean;
            /** @description Amazon: import orders that Amazon ships as well; left out otherwise (FBA注文も取り込む) */
            includeFba?: boolean;
            /** @description Amazon: carrierCode to send for a carrier instead of the usual one; `Other` sends its name (配送会社コード) */
            carrierCodes?: {
                [key: string]: string;
            };
        };
        /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
        ShopSettingsOnImport: {
            /** @description confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作) */
            action: components["schemas"]["ShopSettingsOnImportAction"];
            /** @description As for POST /site-changes, without orderId and action (変更内容) */
            parameters?: {
                [key: string]: string | number | boolean | null;
            };
            /** @description All of them must hold; only open orders in any case (条件) */
            conditions?: components["schemas"]["ShopSettingsOnImportConditions"];
        };
        /**
         * @description confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作)
         * @enum {string}
         */
        ShopSettingsOnImportAction: "confirm" | "mark_paid" | "complete" | "hold" | "release" | "memo" | "sub_status";
        /** @description All of them must hold; only open orders in any case (条件) */
        ShopSettingsOnImportConditions: {
            /** @description Only orders paid like this (支払方法区分) */
            paymentKinds?: components["schemas"]["PaymentKind"][];
            /** @description Only orders that nobody has to look at first. Waiting for the mall, for the payment or for the buyer’s own minutes is no such hold (出荷保留なし。モール処理中、入金待ち、購入者のキャンセル可能時間は保留に数えません) */
            noHolds?: boolean;
            /** @description Only orders without a buyer’s comment (備考なし) */
            noBuyerNote?: boolean;
            /** @description Only orders billed at less than so many yen (請求金額の上限・未満) */
            totalBelow?: number;
        };
        ShowSecondFactorRequestChoice1: {
            /** @description Six digits of the authenticator app (確認コード) */
            code: string;
        };
        ShowSecondFactorRequestChoice2: {
            /** @description リカバリーコード */
            recoveryCode: string;
        };
        SignInRequest: {
            /**
             * Format: email
             * @description Mail address (メールアドレス)
             */
            email: string;
            /** @description パスワード */
            password: string;
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
            /** @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限) */
            role: components["schemas"]["StaffRole"];
            /** @description Null for the operator’s people (契約店) */
            tenantId: string | null;
            /** @description 契約店名 */
            tenantName: string | null;
            /** @description Whether a second factor is set up (二段階認証) */
            secondFactor: boolean;
            /** @description Host of the provider whose identity is bound; null: none (シングルサインオン) */
            identityProvider: string | null;
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
            /** @description confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作) */
            action: components["schemas"]["SiteChangeAction"];
            /** @description As it was asked for; words are left out after the retention time (変更内容) */
            parameters: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** @description queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態) */
            state: components["schemas"]["SiteChangeState"];
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
            waitingFor: components["schemas"]["SiteChangeWaitingFor"] | null;
            /** @description Empty before the order was read at the mall (操作の進み) */
            steps: components["schemas"]["SiteChangeStep"][];
            /** @description Looks without progress (確認回数) */
            attempts: number;
            /** @description 次回確認予定 */
            nextAttemptAt: string | null;
            /** @description When it ends with a warning at the latest (確認期限) */
            deadline: string | null;
            /** @description key:<API key id>, staff:<account id>, or import (依頼者) */
            actor: string;
            /** @description The same for staff, by name (依頼者名) */
            actorName: string;
            /** @description What the codes say, in Japanese (コードの表示名) */
            labels: components["schemas"]["SiteChangeLabels"];
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
        /**
         * @description confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作)
         * @enum {string}
         */
        SiteChangeAction: "confirm" | "ship" | "mark_paid" | "complete" | "hold" | "release" | "cancel" | "memo" | "sub_status" | "correct_shipment" | "change_content";
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
            /** @description 操作 */
            action: components["schemas"]["SiteChangeAction"];
            /** @description 状態 */
            state: components["schemas"]["SiteChangeState"];
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
        /** @description What the codes say, in Japanese (コードの表示名) */
        SiteChangeLabels: {
            /** @description 操作 */
            action: string;
            /** @description 状態 */
            state: string;
        };
        /** @description One change of one order; fields as in GET /marketplaces (サイト変更) */
        SiteChangeRequest: components["schemas"]["SiteChangeRequestConfirm"] | components["schemas"]["SiteChangeRequestShip"] | components["schemas"]["SiteChangeRequestMarkPaid"] | components["schemas"]["SiteChangeRequestComplete"] | components["schemas"]["SiteChangeRequestHold"] | components["schemas"]["SiteChangeRequestRelease"] | components["schemas"]["SiteChangeRequestCancel"] | components["schemas"]["SiteChangeRequestMemo"] | components["schemas"]["SiteChangeRequestSubStatus"] | components["schemas"]["SiteChangeRequestCorrectShipment"] | components["schemas"]["SiteChangeRequestChangeContent"];
        SiteChangeRequestCancel: {
            /** @description Reason code of the mall, from GET /marketplaces (キャンセル理由) */
            reason: string;
            /** @description Reason in words (理由の詳細) */
            detail?: string;
            /** @description Stock (在庫を戻すか) */
            restock?: components["schemas"]["SiteChangeRequestCancelRestock"];
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
        };
        /**
         * @description Stock (在庫を戻すか)
         * @enum {string}
         */
        SiteChangeRequestCancelRestock: "item_setting" | "restore" | "keep";
        SiteChangeRequestChangeContent: {
            /** @description Recipients (送付先) */
            recipients?: components["schemas"]["SiteChangeRequestChangeContentRecipient"][];
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
            lines?: components["schemas"]["SiteChangeRequestChangeContentLine"][];
            /** @description Lines to add (明細の追加) */
            addLines?: components["schemas"]["SiteChangeRequestChangeContentAddLine"][];
            /** @description Why the amount falls, a code from GET /marketplaces (減額の理由) */
            reason?: string;
            /** @description Buyer's comment (備考) */
            buyerNote?: string;
            /** @description Two or more fees, all of them 0, are meant; without it they are refused (料金0円の確認) */
            confirmZero?: boolean;
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
        };
        SiteChangeRequestChangeContentAddLine: {
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
        };
        SiteChangeRequestChangeContentLine: {
            /** @description Line of the order (明細ID) */
            lineId: string;
            /** @description New quantity; 0 removes the line (数量) */
            quantity: number;
        };
        /** @description What is new for one recipient; what is left out stays as it is (送付先の変更) */
        SiteChangeRequestChangeContentRecipient: {
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
            /** @description Where to leave the parcel, as the mall words it; null: nowhere (置き配の場所) */
            dropOff?: string | null;
            /** @description Postage of this recipient (送料) */
            shippingFee?: number;
        };
        SiteChangeRequestComplete: {
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
        };
        SiteChangeRequestConfirm: {
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
        };
        SiteChangeRequestCorrectShipment: {
            /** @description Parcels to put right (訂正する個口) */
            parcels: components["schemas"]["SiteChangeRequestCorrectShipmentParcel"][];
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
        };
        /** @description What is right for one parcel that was told to the mall before (発送情報の訂正) */
        SiteChangeRequestCorrectShipmentParcel: {
            /** @description `id` of the parcel in the order (発送明細ID); may be left out when the recipient has only one */
            parcelId?: string;
            /** @description Recipient of the order (送付先ID); may be left out when there is only one */
            recipientId?: string;
            /** @description The right carrier; left out: as it is (配送会社) */
            carrier?: components["schemas"]["Carrier"];
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
        };
        SiteChangeRequestHold: {
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
        };
        SiteChangeRequestMarkPaid: {
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
        };
        SiteChangeRequestMemo: {
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
        };
        SiteChangeRequestRelease: {
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
        };
        SiteChangeRequestShip: {
            /**
             * Format: date
             * @description Date shipped (発送日)
             */
            shippedOn: string;
            /** @description Parcels (個口) */
            parcels: components["schemas"]["SiteChangeRequestShipParcel"][];
            /** @description Mark as paid first, where the shop itself receives the money (入金済みにしてから) */
            markPaid?: boolean;
            /** @description Release a hold first (保留を解除してから) */
            release?: boolean;
            /** @description Confirm the order first if nobody has, wait until the mall lets it go, then ship (注文確認をしてから) */
            confirmFirst?: boolean;
            /** @description The order's own status here once the mall shows it as shipped (成功後の受注ステータス) */
            thenMoveTo?: components["schemas"]["SiteChangeRequestShipThenMoveTo"];
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
        };
        /** @description One parcel (個口) */
        SiteChangeRequestShipParcel: {
            /** @description Recipient of the order it goes to (送付先ID); may be left out when there is only one */
            recipientId?: string;
            /** @description Carrier (配送会社) */
            carrier: components["schemas"]["Carrier"];
            /** @description Name of a carrier that is `other` (配送会社名) */
            carrierName?: string;
            /** @description Tracking number (お荷物伝票番号) */
            trackingNumber?: string;
            /** @description Name of the service for the buyer, 宅急便 or ネコポス; some malls take none (配送方法) */
            shippingMethod?: string;
            /** @description Why there is no tracking number, a code from GET /marketplaces (伝票番号がない理由) */
            noNumberReason?: string;
            /** @description What is in it when not everything of the recipient (内容明細). Lines that no parcel names are sent later (分割発送); where the mall does not know lines, all of a recipient must be in its parcels */
            lines?: components["schemas"]["SiteChangeRequestShipParcelLine"][];
        };
        SiteChangeRequestShipParcelLine: {
            /** @description Line of the order (明細ID) */
            lineId: string;
            /** @description Pieces in this parcel (個数) */
            quantity: number;
        };
        /**
         * @description The order's own status here once the mall shows it as shipped (成功後の受注ステータス)
         * @enum {string}
         */
        SiteChangeRequestShipThenMoveTo: "new" | "awaiting_payment" | "ready_to_ship" | "shipped" | "completed" | "on_hold" | "cancelled";
        SiteChangeRequestSubStatus: {
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
        };
        /**
         * @description queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態)
         * @enum {string}
         */
        SiteChangeState: "queued" | "changing" | "succeeded" | "warning" | "failed";
        /** @description One call at the mall (モールへの操作) */
        SiteChangeStep: {
            /** @description Name of the call (操作名) */
            name: string;
            /** @description Japanese (表示名) */
            label: string;
            /** @description waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態) */
            state: components["schemas"]["SiteChangeStepState"];
            /** @description 送信日時 */
            sentAt: string | null;
            /** @description The mall’s code (モールのコード) */
            mallCode: string | null;
            /** @description The mall’s own words (モールのメッセージ) */
            mallMessage: string | null;
        };
        /**
         * @description waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態)
         * @enum {string}
         */
        SiteChangeStepState: "waiting" | "sent" | "answered" | "rejected" | "applied";
        SiteChangeWaitingFor: {
            /** @description For programs (コード) */
            code: string;
            /** @description Japanese (説明) */
            message: string;
            /** @description When it goes on at the latest, if that is known (再開予定) */
            until: string | null;
        };
        /**
         * @description 並び順
         * @enum {string}
         */
        SortOrder: "newest" | "oldest";
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
            /** @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限) */
            role: components["schemas"]["StaffRole"];
            /** @description active 利用中, disabled 停止中, deleted 削除済 (状態) */
            state: components["schemas"]["StaffAccountState"];
            /** @description Whether a second factor is set up (二段階認証) */
            secondFactor: boolean;
            /** @description Host of the provider whose identity is bound; null: none (シングルサインオン) */
            identityProvider: string | null;
            /**
             * Format: date-time
             * @description 登録日時
             */
            createdAt: string;
            /** @description 最終ログイン日時 */
            lastSignInAt: string | null;
            /** @description Until when wrong passwords or codes keep the person out; null: not locked (ロックの終了日時) */
            lockedUntil: string | null;
            /** @description Browsers that are signed in now (ログイン中の端末の数) */
            sessions: number;
        };
        /**
         * @description active 利用中, disabled 停止中, deleted 削除済 (状態)
         * @enum {string}
         */
        StaffAccountState: "active" | "disabled" | "deleted";
        /**
         * @description Of a tenant: owner 管理者, staff 担当者, read_only 閲覧のみ; of the operator: operator, operator_without_personal_data (権限)
         * @enum {string}
         */
        StaffRole: "read_only" | "staff" | "owner" | "operator_without_personal_data" | "operator";
        /** @description A shop or mailbox that waits for a person (要対応) */
        StandingStill: {
            /** @description shop 店舗, mailbox 受信箱 (対象) */
            what: components["schemas"]["StandingStillWhat"];
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            id: string;
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            tenantId: string;
            /** @description 契約店名 */
            tenantName: string;
            /** @description 店舗または受信箱の名前 */
            name: string;
            /** @description Null of a mailbox (モール) */
            marketplace: components["schemas"]["Marketplace"] | null;
            /** @description 要対応のコード */
            code: string;
            /** @description What a person must do, Japanese (すること) */
            message: string | null;
            /** @description いつから */
            since: string | null;
        };
        /**
         * @description shop 店舗, mailbox 受信箱 (対象)
         * @enum {string}
         */
        StandingStillWhat: "shop" | "mailbox";
        /** @description Settings of the shop without secrets (店舗設定) */
        StoredShopSettings: {
            /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
            mailRules?: components["schemas"]["StoredShopSettingsMailRules"];
            /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
            onImport?: components["schemas"]["StoredShopSettingsOnImport"];
            /** @description Send another carrier than the one that is asked for, both by the codes of GET /marketplaces: {"yamato_yu_packet": "yamato"} (配送会社の置き換え) */
            carriers?: {
                [key: string]: components["schemas"]["Carrier"];
            };
            /** @description After a shipment that went well 完了 is queued for so many days after the day of shipping; only where the mall has it (完了までの日数) */
            completeAfterDays?: number;
            /** @description Yahoo!: send IsPointFix true with a cancel; false otherwise (キャンセル時にポイントを確定する) */
            fixPointsOnCancel?: boolean;
            /** @description Yahoo!: IsCouponUpdateAllowed of content changes, whether the coupon of an order may change with it; not sent otherwise (クーポンの変更を許可する) */
            couponUpdateAllowed?: boolean;
            /** @description Amazon: import orders that Amazon ships as well; left out otherwise (FBA注文も取り込む) */
            includeFba?: boolean;
            /** @description Amazon: carrierCode to send for a carrier instead of the usual one; `Other` sends its name (配送会社コード) */
            carrierCodes?: {
                [key: string]: string;
            };
        };
        /** @description What this shop adds to the mall’s mail rules (メール判別ルールの追加) */
        StoredShopSettingsMailRules: {
            /** @description Senders of order mails besides the mall’s own (差出人の追加) */
            senders?: string[];
            /** @description Senders that never are a trigger (除外する差出人) */
            ignoredSenders?: string[];
            /** @description Subjects of order mails besides the mall’s own (件名の追加) */
            subjects?: components["schemas"]["StoredShopSettingsMailRulesSubject"][];
            /** @description Subjects of look-alike mails (除外する件名) */
            ignoredSubjects?: string[];
            /** @description What stands before an order number in the mail (注文番号の見出し) */
            numberLabels?: string[];
            /** @description Forms of order numbers (注文番号の形) */
            numberPatterns?: string[];
        };
        StoredShopSettingsMailRulesSubject: {
            /** @description Text in the subject; blanks, width and case do not matter (件名に含まれる文字) */
            contains: string;
            /** @description new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能 */
            kind: components["schemas"]["MailKind"];
        };
        /** @description Site change to run when an order is imported (自動受注取込と同時のサイト変更) */
        StoredShopSettingsOnImport: {
            /** @description confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作) */
            action: components["schemas"]["ShopSettingsOnImportAction"];
            /** @description As for POST /site-changes, without orderId and action (変更内容) */
            parameters?: {
                [key: string]: string | number | boolean | null;
            };
            /** @description All of them must hold; only open orders in any case (条件) */
            conditions?: components["schemas"]["StoredShopSettingsOnImportConditions"];
        };
        /** @description All of them must hold; only open orders in any case (条件) */
        StoredShopSettingsOnImportConditions: {
            /** @description Only orders paid like this (支払方法区分) */
            paymentKinds?: components["schemas"]["PaymentKind"][];
            /** @description Only orders that nobody has to look at first. Waiting for the mall, for the payment or for the buyer’s own minutes is no such hold (出荷保留なし。モール処理中、入金待ち、購入者のキャンセル可能時間は保留に数えません) */
            noHolds?: boolean;
            /** @description Only orders without a buyer’s comment (備考なし) */
            noBuyerNote?: boolean;
            /** @description Only orders billed at less than so many yen (請求金額の上限・未満) */
            totalBelow?: number;
        };
        /** @description One event of GET /v1/events; `data` is the JSON of its data lines (ストリームのイベント) */
        StreamEvent: components["schemas"]["StreamEventReady"] | components["schemas"]["StreamEventReset"] | components["schemas"]["StreamEventHeartbeat"] | components["schemas"]["StreamEventBoard"] | components["schemas"]["StreamEventOrder"] | components["schemas"]["StreamEventChange"] | components["schemas"]["StreamEventAttention"] | components["schemas"]["StreamEventNotice"];
        /** @description `event: attention` */
        StreamEventAttention: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "attention";
            data: components["schemas"]["AttentionEvent"];
        };
        /** @description `event: board` */
        StreamEventBoard: {
            /**
             * @description 種類
             * @constant
             */
            event: "board";
            data: components["schemas"]["Board"];
        };
        /** @description `event: change` */
        StreamEventChange: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "change";
            data: components["schemas"]["SiteChangeEvent"];
        };
        /** @description `event: heartbeat` */
        StreamEventHeartbeat: {
            /**
             * @description 種類
             * @constant
             */
            event: "heartbeat";
            /** @description Nothing yet (空) */
            data: Record<string, never>;
        };
        /** @description `event: notice` */
        StreamEventNotice: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "notice";
            data: components["schemas"]["NoticeEvent"];
        };
        /** @description `event: order` */
        StreamEventOrder: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "order";
            data: components["schemas"]["OrderEvent"];
        };
        /** @description `event: ready` */
        StreamEventReady: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "ready";
            /** @description Nothing yet (空) */
            data: Record<string, never>;
        };
        /** @description `event: reset` */
        StreamEventReset: {
            /** @description For `Last-Event-ID` (位置) */
            id: string;
            /**
             * @description 種類
             * @constant
             */
            event: "reset";
            /** @description Nothing yet (空) */
            data: Record<string, never>;
        };
        /** @description What became of the subscription (通知の購読) */
        SubscribeNotificationsAnswer: {
            /** @description The mall writes to the queue from now on (購読済み) */
            subscribed: boolean;
            /** @description Failure code, null when all is well (コード) */
            code: string | null;
            /** @description What was done, or what to do at the mall, Japanese (結果) */
            messages: string[];
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
            /** @description applied 申込済, active 利用中, suspended 停止中 (状態) */
            status: components["schemas"]["TenantStatus"];
            /** @description Where notices go (通知先メールアドレス) */
            emails: string[];
            /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
            statusFollowsMall: boolean;
            /** @description Staff see personal data only after a second factor; on by default (二段階認証を必須にする) */
            requireSecondFactor: boolean;
            /** @description The contract has ended: everything is deleted then (削除予定日時) */
            deleteAt: string | null;
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
        /** @description What was deleted of a tenant whose contract ended (削除の証明) */
        TenantDeletion: {
            /**
             * Format: uuid
             * @description 契約店
             */
            tenantId: string;
            /**
             * Format: date-time
             * @description When everything was to go (削除予定日時)
             */
            endedAt: string;
            /**
             * Format: date-time
             * @description 削除日時
             */
            deletedAt: string;
            /** @description Rows by table (テーブルごとの件数) */
            counts: {
                [key: string]: number;
            };
            /** @description Keyed SHA-256 of the rest, hexadecimal (署名) */
            signature: string;
            /** @description Whether it is what this service signed (署名の検証) */
            signatureValid: boolean;
        };
        /**
         * @description applied 申込済, active 利用中, suspended 停止中 (状態)
         * @enum {string}
         */
        TenantStatus: "applied" | "active" | "suspended";
        /** @description Result of a connection test (接続テスト結果) */
        TestMailboxAnswer: {
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
        /** @description Result of a connection test (接続テスト結果) */
        TestShopAnswer: {
            /** @description The mall took the credentials (成功) */
            ok: boolean;
            /** @description Failure code, null when all is well (コード) */
            code: string | null;
            /** @description What was found, Japanese, for the person who asked (結果) */
            messages: string[];
            /** @description What ends when (有効期限) */
            expiries: components["schemas"]["TestShopAnswerExpiry"][];
        };
        TestShopAnswerExpiry: {
            /** @description What ends (対象) */
            what: string;
            /**
             * Format: date-time
             * @description 有効期限
             */
            at: string;
            /** @description false: worked out, the mall does not say (確実) */
            certain: boolean;
        };
        /**
         * @description 形式
         * @enum {string}
         */
        TrackingFormatId: "yamato_b2" | "sagawa_ehiden3" | "yupri_r" | "plain";
        TrackingRow: {
            /** @description In the file, from 1 (行) */
            line: number;
            /** @description As it stands there (管理番号) */
            key: string;
            /** @description Order that it belongs to (受注ID) */
            orderId: string | null;
            /** @description 受注番号 */
            orderNumber: string | null;
            /** @description Shop (店舗ID) */
            shopId: string | null;
            marketplace: components["schemas"]["Marketplace"] | null;
            /** @description 送付先ID */
            recipientId: string | null;
            /** @description お荷物伝票番号 */
            trackingNumber: string;
            /** @description 発送日 */
            shippedOn: string;
            /** @description 配送会社 */
            carrier: components["schemas"]["Carrier"];
            /** @description 配送会社名 */
            carrierName: string;
            /** @description The mall’s code of it (モールの配送会社コード) */
            mallCode: string | null;
            /** @description ready 取り込める, refused 取り込まない, requested サイト変更を依頼済み (結果) */
            result: components["schemas"]["TrackingRowResult"];
            /** @description The ship change of its order (サイト変更ID) */
            siteChangeId: string | null;
            /** @description Why it does not go (理由) */
            problems: components["schemas"]["TrackingRowProblem"][];
            /** @description What to look at (注意) */
            hints: components["schemas"]["TrackingRowProblem"][];
        };
        TrackingRowProblem: {
            /** @description コード */
            code: string;
            /** @description Japanese (説明) */
            message: string;
        };
        /**
         * @description ready 取り込める, refused 取り込まない, requested サイト変更を依頼済み (結果)
         * @enum {string}
         */
        TrackingRowResult: "ready" | "refused" | "requested";
        /** @description What a mall sends and nobody here knows (未知の項目) */
        UnknownField: {
            /** @description Mall (モール) */
            marketplace: components["schemas"]["Marketplace"];
            /** @description Where in the order, by the mall’s names (項目) */
            field: string;
            /** @description The code that no table has; null: the field itself is unknown (コード) */
            code: string | null;
            /** @description What a value looks like, without any of it: digits(8), text(20), date (値の形) */
            shape: string;
            /** @description Orders read with it (件数) */
            count: number;
            /**
             * Format: date-time
             * @description 最初の検出日時
             */
            firstSeenAt: string;
            /**
             * Format: date-time
             * @description 最後の検出日時
             */
            lastSeenAt: string;
        };
        UpdateContractPatch: {
            /** @description Where notices go (通知先メールアドレス) */
            emails?: string[];
            /** @description Staff see personal data only after a second factor; on by default (二段階認証を必須にする) */
            requireSecondFactor?: boolean;
            /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
            statusFollowsMall?: boolean;
        };
        UpdateMailboxPatch: {
            /** @description Name for staff (受信箱名) */
            name?: string;
            /** @description IMAP server (ホスト名) */
            host?: string;
            /** @description 993 with tls, otherwise 143 (ポート) */
            port?: number;
            /** @description tls, starttls, or plain: without encryption, only where nothing else is possible (暗号化) */
            security?: components["schemas"]["MailboxSecurity"];
            /** @description Login (ユーザー名) */
            username?: string;
            /** @description Needed again when host, port, security or username change (パスワード) */
            password?: string;
            /** @description Replaced whole; another one needs its consent again. Needed again when host, port, security or username change (サインイン方法) */
            auth?: components["schemas"]["MailboxAuthRequest"];
            /** @description Folder that is read, never changed (フォルダー) */
            folder?: string;
            /** @description false: not listened to (利用する) */
            enabled?: boolean;
            /** @description The name with which the Authentication-Results of the receiving host begin: what it vouches for is believed. null: the one known for the host, where there is one (認証結果を付けるサーバー名) */
            authservId?: string | null;
            /** @description Shops whose order mails come here (対象店舗) */
            shopIds?: string[];
        };
        /** @description What is to be changed (通知先の変更) */
        UpdateNoticeChannelPatch: {
            /** @description Name for staff (名称) */
            name?: string;
            /** @description attention 要対応, expiry 期限のお知らせ, report 日次レポート (受け取る通知) */
            topics?: components["schemas"]["NoticeKind"][];
            /** @description Only notices of these shops, and those of none; empty: all (対象店舗) */
            shopIds?: string[];
            /** @description soon: at once, what comes within ten minutes of the last message as one; daily: all of a day as one, at 7:05 in Japan (soon すぐに, daily 1日1回) */
            pace?: components["schemas"]["NoticeChannelPace"];
            /** @description false: nothing is sent, and nothing is kept for later (利用する) */
            enabled?: boolean;
            /**
             * Format: uri
             * @description slack, line_works: the incoming webhook’s URL; webhook: where to, https (送信先URL)
             */
            url?: string;
            /** @description chatwork: the room, the number behind `rid` in its address (ルームID) */
            roomId?: string;
            /** @description chatwork: API token (APIトークン) */
            token?: string;
        };
        UpdateOperatorsPatch: {
            /** @description Name as timelines show it (氏名) */
            name?: string;
            /** @description active 利用再開, disabled 停止 (状態) */
            state?: components["schemas"]["AccountSwitch"];
            /**
             * @description For a lost phone (二段階認証の解除)
             * @enum {boolean}
             */
            removeSecondFactor?: true;
            /**
             * @description The person’s bound identity; ends their sessions (シングルサインオンの解除)
             * @enum {boolean}
             */
            removeIdentity?: true;
            /**
             * @description After too many wrong passwords or codes (ロックの解除)
             * @enum {boolean}
             */
            unlock?: true;
            /**
             * @description All of the person’s, at once (すべてのログインの終了)
             * @enum {boolean}
             */
            endSessions?: true;
            /** @description operator 運営者, operator_without_personal_data 運営者（個人情報なし） (権限) */
            role?: components["schemas"]["OperatorRole"];
        };
        UpdateShopPatch: {
            /** @description Name for staff (店舗名) */
            name?: string;
            /** @description false: no mail, no call to the mall (利用する) */
            enabled?: boolean;
            /** @description Replaces all settings (店舗設定) */
            settings?: components["schemas"]["ShopSettings"];
            /** @description Fields to enter over the stored ones, as in GET /marketplaces; those not given stay, null takes an optional one away (認証情報の変更). A date or version that belongs to a changed value goes with it unless given too. The outcome is checked as a whole. Where none are stored, or none that can be read, all required ones are needed. Goes in, never comes out. */
            credentials?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        UpdateStaffPatch: {
            /** @description Name as timelines show it (氏名) */
            name?: string;
            /** @description active 利用再開, disabled 停止 (状態) */
            state?: components["schemas"]["AccountSwitch"];
            /**
             * @description For a lost phone (二段階認証の解除)
             * @enum {boolean}
             */
            removeSecondFactor?: true;
            /**
             * @description The person’s bound identity; ends their sessions (シングルサインオンの解除)
             * @enum {boolean}
             */
            removeIdentity?: true;
            /**
             * @description After too many wrong passwords or codes (ロックの解除)
             * @enum {boolean}
             */
            unlock?: true;
            /**
             * @description All of the person’s, at once (すべてのログインの終了)
             * @enum {boolean}
             */
            endSessions?: true;
            /** @description owner 管理者, staff 担当者, read_only 閲覧のみ (権限) */
            role?: components["schemas"]["ClientRole"];
        };
        UpdateTenantPatch: {
            /** @description Name of the company (契約店名) */
            name?: string;
            /** @description Where notices go (通知先メールアドレス) */
            emails?: string[];
            /** @description After a site change that went well the order’s own status follows what the mall shows; `thenMoveTo` of a change goes first (サイト変更後に受注ステータスを自動で進める) */
            statusFollowsMall?: boolean;
            /** @description Staff see personal data only after a second factor; on by default (二段階認証を必須にする) */
            requireSecondFactor?: boolean;
            /** @description active 利用開始・再開, suspended 停止 (状態) */
            status?: components["schemas"]["UpdateTenantPatchStatus"];
        };
        /**
         * @description active 利用開始・再開, suspended 停止 (状態)
         * @enum {string}
         */
        UpdateTenantPatchStatus: "active" | "suspended";
        /** @description What is to be changed (Webhookの変更) */
        UpdateWebhookPatch: {
            /** @description Name for staff (名称) */
            name?: string;
            /**
             * Format: uri
             * @description Where the rows are sent, https (送信先URL)
             */
            url?: string;
            /** @description Kinds of rows; empty: all (通知する種類) */
            kinds?: components["schemas"]["FeedKind"][];
            /** @description false: nothing is sent; what happens meanwhile is sent later (利用する) */
            enabled?: boolean;
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
            /** @description When it last began anew at the present, with a row `reset`: what lay between was not sent (最後に現在の位置から再開した日時) */
            resetAt: string | null;
            /** @description HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (再開の理由) */
            resetCode: string | null;
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
            /** @description waiting 送信待ち, delivered 送信済み, failed 送信失敗 (状態) */
            state: components["schemas"]["WebhookDeliveryState"];
            /** @description 送信回数 */
            attempts: number;
            /** @description 次回送信予定 */
            nextAttemptAt: string | null;
            /** @description 最終送信日時 */
            lastAttemptAt: string | null;
            /** @description HTTP status of the last answer (最終応答) */
            lastStatus: number | null;
            /** @description Why it failed: status, timeout, unreachable, broken, too_large, forbidden_address; reset: given up because all began anew (失敗の理由) */
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
        /**
         * @description waiting 送信待ち, delivered 送信済み, failed 送信失敗 (状態)
         * @enum {string}
         */
        WebhookDeliveryState: "waiting" | "delivered" | "failed";
        /** @description What a webhook gets: a row of the feed, a reset, or a test (Webhook の本文) */
        WebhookMessage: components["schemas"]["WebhookMessageOrder"] | components["schemas"]["WebhookMessageChange"] | components["schemas"]["WebhookMessageAttention"] | components["schemas"]["WebhookMessageNotice"] | components["schemas"]["WebhookMessageReset"] | components["schemas"]["WebhookMessageTest"];
        /** @description `type: attention` */
        WebhookMessageAttention: {
            /**
             * @description 種類
             * @constant
             */
            type: "attention";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            data: components["schemas"]["AttentionEvent"];
        };
        /** @description `type: change` */
        WebhookMessageChange: {
            /**
             * @description 種類
             * @constant
             */
            type: "change";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            data: components["schemas"]["SiteChangeEvent"];
        };
        /** @description `type: notice` */
        WebhookMessageNotice: {
            /**
             * @description 種類
             * @constant
             */
            type: "notice";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            data: components["schemas"]["NoticeEvent"];
        };
        /** @description `type: order` */
        WebhookMessageOrder: {
            /**
             * @description 種類
             * @constant
             */
            type: "order";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            data: components["schemas"]["OrderEvent"];
        };
        /** @description `type: reset` */
        WebhookMessageReset: {
            /**
             * @description 種類
             * @constant
             */
            type: "reset";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            /** @description What lay before this position cannot be sent: read the lists anew (一覧の読み直しが必要) */
            data: components["schemas"]["WebhookMessageResetData"];
        };
        /** @description What lay before this position cannot be sent: read the lists anew (一覧の読み直しが必要) */
        WebhookMessageResetData: {
            /** @description HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (理由) */
            code: components["schemas"]["WebhookMessageResetDataCode"];
        };
        /**
         * @description HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (理由)
         * @enum {string}
         */
        WebhookMessageResetDataCode: "HISTORY" | "GAP";
        /** @description `type: test` */
        WebhookMessageTest: {
            /**
             * @description 種類
             * @constant
             */
            type: "test";
            /**
             * Format: date-time
             * @description When it happened (発生日時)
             */
            timestamp: string;
            /** @description Its place in the feed; null for a test (位置) */
            position: string | null;
            /** @description テスト送信 */
            data: components["schemas"]["WebhookMessageTestData"];
        };
        /** @description テスト送信 */
        WebhookMessageTestData: {
            /** @description 説明 */
            message: string;
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
            /** @description When it last began anew at the present, with a row `reset`: what lay between was not sent (最後に現在の位置から再開した日時) */
            resetAt: string | null;
            /** @description HISTORY データベースの復元または切り替え, GAP 保存期間を超えて停止していた (再開の理由) */
            resetCode: string | null;
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
        /** @description Why an order is not here (注文が来ていない理由) */
        Why: {
            /** @description 受注番号 */
            orderNumber: string;
            /** @description here 受注一覧にある, staged 自動受注取込で待機中, emptied 取込済み（個人情報は消去済み）, held_at_mall モールが保留中, mall_unaware モールのAPIにまだない, retrying 再試行を待っている, being_asked これから照会する, mall_away モールへの接続を休止中, quota_used 呼び出し枠の回復を待っている, shop_stopped 店舗の対応待ち, mail_doubted メールの差出人を確認できない, failed 取込に失敗した, never_at_mall モールのAPIに見つからなかった, not_wanted 取込の対象外, other_shop 別の店舗の受注, no_trace メールも突合もまだ届いていない, other_form 番号の形が登録店舗と合わない, unknown 原因を特定できない (判定) */
            verdict: components["schemas"]["WhyVerdict"];
            /** @description The same for people, Japanese (説明) */
            message: string;
            /** @description The shop that the verdict is about; null: all that were looked at (店舗) */
            shopId: string | null;
            /** @description The order, when it is here (受注ID) */
            orderId: string | null;
            /** @description Since when it is so, where that is known (開始日時) */
            since: string | null;
            /** @description What happens by itself; null where nothing does (次に自動で行うこと) */
            next: components["schemas"]["WhyNext"] | null;
            /** @description What the verdict rests on, oldest first (根拠) */
            evidence: components["schemas"]["WhyEvidence"][];
            /** @description What a person can do, best first (できること) */
            actions: components["schemas"]["WhyAction"][];
        };
        WhyAction: {
            /** @description Japanese (操作) */
            label: string;
            /** @description HTTP method (メソッド) */
            method: components["schemas"]["WhyActionMethod"];
            /** @description Call of this API (パス) */
            path: string;
            /** @description Body to send; null where none is needed or a person must fill it in (本文) */
            body: components["schemas"]["WhyActionBody"] | null;
        };
        WhyActionBody: {
            /**
             * Format: uuid
             * @description UUID (ID)
             */
            shopId: string;
            /** @description 受注番号 */
            orderNumbers: string[];
        };
        /**
         * @description HTTP method (メソッド)
         * @enum {string}
         */
        WhyActionMethod: "GET" | "POST" | "PATCH";
        WhyEvidence: {
            /**
             * Format: date-time
             * @description 日時
             */
            at: string;
            /** @description Japanese (内容) */
            message: string;
        };
        WhyNext: {
            /**
             * Format: date-time
             * @description Not later than a few seconds after this time (予定日時)
             */
            at: string;
            /** @description Japanese (内容) */
            message: string;
        };
        /**
         * @description here 受注一覧にある, staged 自動受注取込で待機中, emptied 取込済み（個人情報は消去済み）, held_at_mall モールが保留中, mall_unaware モールのAPIにまだない, retrying 再試行を待っている, being_asked これから照会する, mall_away モールへの接続を休止中, quota_used 呼び出し枠の回復を待っている, shop_stopped 店舗の対応待ち, mail_doubted メールの差出人を確認できない, failed 取込に失敗した, never_at_mall モールのAPIに見つからなかった, not_wanted 取込の対象外, other_shop 別の店舗の受注, no_trace メールも突合もまだ届いていない, other_form 番号の形が登録店舗と合わない, unknown 原因を特定できない (判定)
         * @enum {string}
         */
        WhyVerdict: "here" | "staged" | "emptied" | "held_at_mall" | "mall_unaware" | "retrying" | "being_asked" | "mall_away" | "quota_used" | "shop_stopped" | "mail_doubted" | "failed" | "never_at_mall" | "not_wanted" | "other_shop" | "no_trace" | "other_form" | "unknown";
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
                /** @description How to show a key (認証方式) */
                "www-authenticate"?: string;
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
                /** @description The methods of this path (使えるメソッド) */
                allow?: string;
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
        /** @description `VALIDATION_FAILED` A field is wrong. (入力に誤りがあります) `IDEMPOTENCY_KEY_REUSED` The key was used for another body. (Idempotency-Key が別の内容で使われています) `HOST_NOT_ALLOWED` The host is, or resolves to, a private address. (接続できないホストです) `MARKETPLACE_REFUSED` The mall said no. (モールが受け付けませんでした) `NOT_CONFIGURED` The server lacks a setting. (サーバーの設定が足りません) */
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
        /** @description `MARKETPLACE_UNAVAILABLE` The mall does not answer. (モールに接続できません) `TIMEOUT` It took too long; it may have been done. (時間内に処理できませんでした) `UNAVAILABLE` The service cannot answer now. (一時的に利用できません) */
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
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["GetHealthAnswer"];
                };
            };
            405: components["responses"]["Problem405"];
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
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "checks": {
                     *         "database": "ok",
                     *         "queue": "ok"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetReadinessAnswer"];
                };
            };
            405: components["responses"]["Problem405"];
            /** @description Done (成功) */
            503: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "unavailable",
                     *       "checks": {
                     *         "database": "ok",
                     *         "queue": "failed"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NotReady"];
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
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP torikomi_notice_mails_total Attempts to mail a notice
                     *     # TYPE torikomi_notice_mails_total counter
                     *     torikomi_notice_mails_total{result="sent"} 0
                     */
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
        };
    };
    listTenants: {
        parameters: {
            query?: {
                /** @description applied 申込済, active 利用中, suspended 停止中 (状態) */
                status?: components["schemas"]["TenantStatus"];
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
                    /**
                     * @example {
                     *       "tenants": [
                     *         {
                     *           "id": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "name": "見本商事株式会社",
                     *           "status": "active",
                     *           "emails": [
                     *             "staff@sandbox.example"
                     *           ],
                     *           "statusFollowsMall": true,
                     *           "requireSecondFactor": true,
                     *           "deleteAt": null,
                     *           "createdAt": "2026-11-28T11:31:43.351Z",
                     *           "updatedAt": "2026-11-28T11:31:43.351Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-5060-7185-ae37-6b682fdd4eee",
                     *           "name": "株式会社とりこみ商店",
                     *           "status": "suspended",
                     *           "emails": [
                     *             "first@example.jp"
                     *           ],
                     *           "statusFollowsMall": true,
                     *           "requireSecondFactor": true,
                     *           "deleteAt": "2026-12-28T11:32:10.515Z",
                     *           "createdAt": "2026-11-28T11:32:10.463Z",
                     *           "updatedAt": "2026-11-28T11:32:10.515Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListTenantsAnswer"];
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
                "application/json": components["schemas"]["CreateTenantRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-71b9-77e5-9650-97241103c3c9",
                     *       "name": "株式会社とりこみ商店",
                     *       "status": "active",
                     *       "emails": [
                     *         "owner@example.jp"
                     *       ],
                     *       "statusFollowsMall": true,
                     *       "requireSecondFactor": true,
                     *       "deleteAt": null,
                     *       "createdAt": "2026-11-28T11:32:18.994Z",
                     *       "updatedAt": "2026-11-28T11:32:18.994Z"
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "見本商事株式会社",
                     *       "status": "active",
                     *       "emails": [
                     *         "staff@sandbox.example"
                     *       ],
                     *       "statusFollowsMall": true,
                     *       "requireSecondFactor": true,
                     *       "deleteAt": null,
                     *       "createdAt": "2026-11-28T11:31:43.351Z",
                     *       "updatedAt": "2026-11-28T11:31:43.351Z"
                     *     }
                     */
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
                "application/json": components["schemas"]["UpdateTenantPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "見本商事株式会社",
                     *       "status": "active",
                     *       "emails": [
                     *         "staff@sandbox.example"
                     *       ],
                     *       "statusFollowsMall": true,
                     *       "requireSecondFactor": true,
                     *       "deleteAt": null,
                     *       "createdAt": "2026-11-28T11:31:43.351Z",
                     *       "updatedAt": "2026-11-28T11:32:19.102Z"
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "apiKeys": [
                     *         {
                     *           "id": "01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "name": "デモ用クライアント",
                     *           "prefix": "trk_sluFgutX",
                     *           "createdAt": "2026-11-28T11:31:44.827Z",
                     *           "expiresAt": null,
                     *           "revokedAt": null,
                     *           "role": "owner",
                     *           "shopIds": [],
                     *           "successorId": null,
                     *           "lastUsedAt": "2026-11-28T11:31:44.875Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-34db-7372-bd1e-3a1c9df84feb",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "name": "取り消してよいキー",
                     *           "prefix": "trk_GPtsg_7W",
                     *           "createdAt": "2026-11-28T11:32:03.419Z",
                     *           "expiresAt": null,
                     *           "revokedAt": null,
                     *           "role": "owner",
                     *           "shopIds": [],
                     *           "successorId": null,
                     *           "lastUsedAt": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListApiKeysAnswer"];
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
                "application/json": components["schemas"]["CreateApiKeyRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-72b9-72b3-a14a-fc72abc48f56",
                     *       "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "受注管理ソフト 2台目",
                     *       "prefix": "trk_wZwU8Y3K",
                     *       "createdAt": "2026-11-28T11:32:19.257Z",
                     *       "expiresAt": null,
                     *       "revokedAt": null,
                     *       "role": "owner",
                     *       "shopIds": [],
                     *       "successorId": null,
                     *       "lastUsedAt": null,
                     *       "key": "trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
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
    rotateApiKey: {
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
                 *       "overlapHours": 24
                 *     }
                 */
                "application/json": components["schemas"]["RotateApiKeyRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-5183-70e0-9328-8d78e84e2780",
                     *       "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "出荷用PC",
                     *       "prefix": "trk_5RxjL6br",
                     *       "createdAt": "2026-11-28T11:32:10.754Z",
                     *       "expiresAt": null,
                     *       "revokedAt": null,
                     *       "role": "staff",
                     *       "shopIds": [],
                     *       "successorId": null,
                     *       "lastUsedAt": null,
                     *       "key": "trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
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
                /** @description Only this actor, for example `staff:<id>` (操作者) */
                actor?: string;
                /** @description Only this action, for example `shop.updated` (操作) */
                action?: string;
                /** @description Only changes of this id (対象) */
                target?: string;
                /** @description Only who saw or changed this order (受注) */
                orderId?: string;
                /** @description From this time on (開始日時) */
                from?: string;
                /** @description Until this time, without it (終了日時) */
                to?: string;
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
                    /**
                     * @example {
                     *       "audit": [
                     *         {
                     *           "id": "01a221ed-5301-705f-b1a0-e01c25aca2ca",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "at": "2026-11-28T11:32:11.137Z",
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "source": "127.0.0.1",
                     *           "action": "shop.push_secret_set",
                     *           "target": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "orderIds": [],
                     *           "data": {
                     *             "open": true
                     *           }
                     *         },
                     *         {
                     *           "id": "01a221ed-528d-7427-ae97-9f9c0a0cf12b",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "at": "2026-11-28T11:32:11.021Z",
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "source": "127.0.0.1",
                     *           "action": "mailbox.consent_begun",
                     *           "target": "01a221ed-5257-766c-979f-d59ddb65e108",
                     *           "orderIds": [],
                     *           "data": {
                     *             "kind": "microsoft"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListAuditAnswer"];
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
    exportAudit: {
        parameters: {
            query?: {
                /** @description Only this tenant (契約店) */
                tenantId?: string;
                /** @description Only this actor, for example `staff:<id>` (操作者) */
                actor?: string;
                /** @description Only this action, for example `shop.updated` (操作) */
                action?: string;
                /** @description Only changes of this id (対象) */
                target?: string;
                /** @description Only who saw or changed this order (受注) */
                orderId?: string;
                /** @description From this time on (開始日時) */
                from?: string;
                /** @description Until this time, without it (終了日時) */
                to?: string;
                /** @description 形式 */
                format?: components["schemas"]["AuditFormat"];
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
                    /** @description The name of the file (ファイル名) */
                    "content-disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"id":"01a223ad-c21c-764d-b3da-cc960dab65ab","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:41:59.708Z","actor":"operator","actorName":"運営者","source":"127.0.0.1","action":"tenant.created","target":"01a223ad-c0e8-7757-8183-66649821d4d9","orderIds":[],"data":{"name":"見本商事株式会社","status":"active"}}
                     *     {"id":"01a223ad-c325-7514-8715-7c4980d5e393","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:41:59.973Z","actor":"operator","actorName":"運営者","source":"127.0.0.1","action":"api_key.created","target":"01a223ad-c314-7170-a574-4b5d89df20a3","orderIds":[],"data":{"name":"デモ用クライアント","role":"owner","prefix":"trk_Jylx4o9v","shopIds":[],"expiresAt":null}}
                     *     {"id":"01a223ad-c3af-724c-983d-cae91a978c08","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:42:00.111Z","actor":"key:01a223ad-c314-7170-a574-4b5d89df20a3","actorName":"API キー「デモ用クライアント」","source":"127.0.0.1","action":"shop.created","target":"01a223ad-c371-7524-88d5-692b55b0907a","orderIds":[],"data":{"code":"123456","name":"見本商店 楽天市場店","enabled":true,"credentials":["serviceSecret","licenseKey"],"marketplace":"rakuten"}}
                     */
                    "application/jsonl": string;
                    /**
                     * @example id,tenantId,at,actor,source,action,target,orderIds,data,actorName
                     *     "01a223ad-c21c-764d-b3da-cc960dab65ab","01a223ad-c0e8-7757-8183-66649821d4d9","2026-11-28T19:41:59.708Z","operator","127.0.0.1","tenant.created","01a223ad-c0e8-7757-8183-66649821d4d9","[]","{""name"":""見本商事株式会社"",""status"":""active""}","運営者"
                     *     "01a223ad-c325-7514-8715-7c4980d5e393","01a223ad-c0e8-7757-8183-66649821d4d9","2026-11-28T19:41:59.973Z","operator","127.0.0.1","api_key.created","01a223ad-c314-7170-a574-4b5d89df20a3","[]","{""name"":""デモ用クライアント"",""role"":""owner"",""prefix"":""trk_Jylx4o9v"",""shopIds"":[],""expiresAt"":null}","運営者"
                     */
                    "text/csv": string;
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
                    /**
                     * @example {
                     *       "queues": [
                     *         {
                     *           "name": "wake",
                     *           "waiting": 0,
                     *           "active": 0,
                     *           "delayed": 0,
                     *           "failed": 0
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListQueuesAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listAttention: {
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
                    /**
                     * @example {
                     *       "attention": [],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListAttentionAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getServiceHealth: {
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
                    /**
                     * @example {
                     *       "state": "ok",
                     *       "at": "2026-11-28T11:32:12.025Z",
                     *       "parts": [
                     *         {
                     *           "part": "quiet",
                     *           "label": "静止モード",
                     *           "state": "ok",
                     *           "text": "通常どおり動作しています。"
                     *         },
                     *         {
                     *           "part": "listeners",
                     *           "label": "メール受信",
                     *           "state": "ok",
                     *           "text": "受信プロセス 1、受信箱 2件を受信しています。"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GetServiceHealthAnswer"];
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
                    /**
                     * @example {
                     *       "staff": [
                     *         {
                     *           "id": "01a221ed-49e5-76a6-8a5c-bb37b5dab85f",
                     *           "name": "運営 太郎",
                     *           "email": "operator@example.jp",
                     *           "role": "operator",
                     *           "state": "active",
                     *           "secondFactor": true,
                     *           "identityProvider": null,
                     *           "createdAt": "2026-11-28T11:32:08.805Z",
                     *           "lastSignInAt": "2026-11-28T11:32:09.621Z",
                     *           "lockedUntil": null,
                     *           "sessions": 0
                     *         },
                     *         {
                     *           "id": "01a221ed-4e29-75d9-aba7-3004a1af43e2",
                     *           "name": "山田 花子",
                     *           "email": "operators1@example.jp",
                     *           "role": "operator",
                     *           "state": "active",
                     *           "secondFactor": false,
                     *           "identityProvider": null,
                     *           "createdAt": "2026-11-28T11:32:09.897Z",
                     *           "lastSignInAt": null,
                     *           "lockedUntil": null,
                     *           "sessions": 0
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListOperatorsAnswer"];
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
                "application/json": components["schemas"]["UpdateOperatorsPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4e29-75d9-aba7-3004a1af43e2",
                     *       "name": "山田 花子",
                     *       "email": "operators1@example.jp",
                     *       "role": "operator",
                     *       "state": "disabled",
                     *       "secondFactor": false,
                     *       "identityProvider": null,
                     *       "createdAt": "2026-11-28T11:32:09.897Z",
                     *       "lastSignInAt": null,
                     *       "lockedUntil": null,
                     *       "sessions": 0
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "invitations": [
                     *         {
                     *           "id": "01a221ed-4e3c-7218-990a-e5a22857d1e8",
                     *           "email": "operators2@example.jp",
                     *           "role": "operator",
                     *           "createdAt": "2026-11-28T11:32:09.916Z",
                     *           "expiresAt": "2026-12-05T11:32:09.916Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListOperatorsInvitationsAnswer"];
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
                "application/json": components["schemas"]["InviteOperatorsRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4d99-7709-9230-001761d8f31f",
                     *       "email": "operators1@example.jp",
                     *       "role": "operator",
                     *       "createdAt": "2026-11-28T11:32:09.777Z",
                     *       "expiresAt": "2026-12-05T11:32:09.754Z",
                     *       "mailed": false,
                     *       "url": "http://127.0.0.1:3000/board/#/invitation/6QN9YQ-akPnufpZ0ZY6qVw8r87ophHQ2ysAdFEK7XsI"
                     *     }
                     */
                    "application/json": components["schemas"]["InvitationMade"];
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
    listApplications: {
        parameters: {
            query?: {
                /** @description 状態 */
                state?: components["schemas"]["ApplicationState"];
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
                    /**
                     * @example {
                     *       "applications": [
                     *         {
                     *           "id": "01a221ed-5021-70a3-a5b1-ca007a7b5d6e",
                     *           "state": "waiting",
                     *           "company": "株式会社とりこみ商店",
                     *           "name": "山田 花子",
                     *           "email": "first@example.jp",
                     *           "phone": "",
                     *           "shops": "",
                     *           "remarks": "",
                     *           "network": "127.0.0.0/24",
                     *           "createdAt": "2026-11-28T11:32:10.393Z",
                     *           "decidedAt": null,
                     *           "tenantId": null
                     *         },
                     *         {
                     *           "id": "01a221ed-5038-7473-9068-517485dcd3f2",
                     *           "state": "waiting",
                     *           "company": "株式会社とりこみ商店",
                     *           "name": "山田 花子",
                     *           "email": "second@example.jp",
                     *           "phone": "",
                     *           "shops": "",
                     *           "remarks": "",
                     *           "network": "127.0.0.0/24",
                     *           "createdAt": "2026-11-28T11:32:10.421Z",
                     *           "decidedAt": null,
                     *           "tenantId": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListApplicationsAnswer"];
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
    approveApplication: {
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
                    /**
                     * @example {
                     *       "tenantId": "01a221ed-5060-7185-ae37-6b682fdd4eee",
                     *       "invitation": {
                     *         "id": "01a221ed-506d-730b-957b-c7eaa18d380d",
                     *         "email": "first@example.jp",
                     *         "role": "owner",
                     *         "createdAt": "2026-11-28T11:32:10.477Z",
                     *         "expiresAt": "2026-12-05T11:32:10.477Z",
                     *         "mailed": false,
                     *         "url": "http://127.0.0.1:3000/board/#/invitation/5nXfBREXi4WZX-G5zJ_s9jlR-i2jgkiJ84n20kj4C4E"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ApproveApplicationAnswer"];
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
    refuseApplication: {
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
                    /**
                     * @example {
                     *       "id": "01a221ed-5038-7473-9068-517485dcd3f2",
                     *       "state": "refused",
                     *       "company": "株式会社とりこみ商店",
                     *       "name": "山田 花子",
                     *       "email": "second@example.jp",
                     *       "phone": "",
                     *       "shops": "",
                     *       "remarks": "",
                     *       "network": "127.0.0.0/24",
                     *       "createdAt": "2026-11-28T11:32:10.421Z",
                     *       "decidedAt": "2026-11-28T11:32:10.498Z",
                     *       "tenantId": null
                     *     }
                     */
                    "application/json": components["schemas"]["Application"];
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
    endTenant: {
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
                 *       "deleteAfterDays": 30
                 *     }
                 */
                "application/json": components["schemas"]["EndTenantRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-5060-7185-ae37-6b682fdd4eee",
                     *       "deleteAt": "2026-12-28T11:32:10.515Z"
                     *     }
                     */
                    "application/json": components["schemas"]["EndTenantAnswer"];
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
    listTenantDeletions: {
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
                    /**
                     * @example {
                     *       "deletions": [],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListTenantDeletionsAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
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
                state?: components["schemas"]["MailState"];
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
                    /**
                     * @example {
                     *       "mails": [
                     *         {
                     *           "id": "01a221ed-37c8-702f-94f4-d69b3f53a838",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "mailboxId": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *           "state": "recognised",
                     *           "marketplace": "aupay",
                     *           "kind": "new_order",
                     *           "orderNumbers": [
                     *             "350000007"
                     *           ],
                     *           "trust": "verified",
                     *           "reason": null,
                     *           "sentAt": "2026-11-28T11:32:03.000Z",
                     *           "seenAt": "2026-11-28T11:32:04.168Z",
                     *           "size": 1392,
                     *           "subject": "【au PAY マーケット】ご注文がありました",
                     *           "from": [
                     *             "order@mail.wowma.jp"
                     *           ],
                     *           "text": null
                     *         },
                     *         {
                     *           "id": "01a221ed-37c8-702e-aede-707a89d985bb",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "mailboxId": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *           "state": "recognised",
                     *           "marketplace": "amazon",
                     *           "kind": "new_order",
                     *           "orderNumbers": [
                     *             "250-0513632-7000043"
                     *           ],
                     *           "trust": "verified",
                     *           "reason": null,
                     *           "sentAt": "2026-11-28T11:32:03.000Z",
                     *           "seenAt": "2026-11-28T11:32:04.168Z",
                     *           "size": 2800,
                     *           "subject": "注文確定： MUG-II-B 見本マグカップ Ⅱ型 ブルー",
                     *           "from": [
                     *             "seller-notification@amazon.co.jp"
                     *           ],
                     *           "text": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListMailsAnswer"];
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
    listNotifications: {
        parameters: {
            query?: {
                /** @description Only this state (状態) */
                state?: components["schemas"]["NotificationState"];
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
                    /**
                     * @example {
                     *       "notifications": [
                     *         {
                     *           "id": "01a221ed-5319-73a0-8ad9-7314f30e27e4",
                     *           "marketplace": "yahoo",
                     *           "state": "taken",
                     *           "what": "push",
                     *           "reason": null,
                     *           "shopCode": "hoshizora-tools",
                     *           "orderNumber": "hoshizora-tools-10000001",
                     *           "happenedAt": null,
                     *           "seenAt": "2026-11-28T11:32:11.161Z",
                     *           "text": null
                     *         }
                     *       ],
                     *       "queues": [],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListNotificationsAnswer"];
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
    listUnknownFields: {
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
                    /**
                     * @example {
                     *       "unknownFields": [
                     *         {
                     *           "marketplace": "aupay",
                     *           "field": "order.newElementOf2027",
                     *           "code": null,
                     *           "shape": "text(10)",
                     *           "count": 2,
                     *           "firstSeenAt": "2026-11-28T16:53:20.819Z",
                     *           "lastSeenAt": "2026-11-28T16:53:33.886Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListUnknownFieldsAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    eraseBuyerOfTenant: {
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
                 *       "phone": "03-0000-0000"
                 *     }
                 */
                "application/json": components["schemas"]["EraseBuyerOfTenantRequest"];
            };
        };
        responses: {
            /** @description What was erased (消去結果) */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-734f-75fe-8f60-738c64fa5e03",
                     *       "orders": 1,
                     *       "erasedAt": "2026-11-28T11:32:19.407Z",
                     *       "message": "1件の受注から個人情報を消去しました。今日以前の受注が後から取り込まれても、個人情報は保存されません。"
                     *     }
                     */
                    "application/json": components["schemas"]["BuyerErased"];
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
                    /**
                     * @example {
                     *       "staff": [
                     *         {
                     *           "id": "01a221ed-4f64-766c-bba0-c72cd3bc76ba",
                     *           "name": "山田 花子",
                     *           "email": "staff1@example.jp",
                     *           "role": "staff",
                     *           "state": "active",
                     *           "secondFactor": false,
                     *           "identityProvider": null,
                     *           "createdAt": "2026-11-28T11:32:10.212Z",
                     *           "lastSignInAt": null,
                     *           "lockedUntil": null,
                     *           "sessions": 0
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListOperatorsAnswer"];
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
                "application/json": components["schemas"]["UpdateStaffPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4f64-766c-bba0-c72cd3bc76ba",
                     *       "name": "山田 花子",
                     *       "email": "staff1@example.jp",
                     *       "role": "staff",
                     *       "state": "disabled",
                     *       "secondFactor": false,
                     *       "identityProvider": null,
                     *       "createdAt": "2026-11-28T11:32:10.212Z",
                     *       "lastSignInAt": null,
                     *       "lockedUntil": null,
                     *       "sessions": 0
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "invitations": [
                     *         {
                     *           "id": "01a221ed-4f89-75ee-9385-1847606cea41",
                     *           "email": "staff2@example.jp",
                     *           "role": "staff",
                     *           "createdAt": "2026-11-28T11:32:10.249Z",
                     *           "expiresAt": "2026-12-05T11:32:10.249Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListOperatorsInvitationsAnswer"];
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
                "application/json": components["schemas"]["InviteStaffRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4ec5-708d-be09-b41cbcdf561e",
                     *       "email": "staff1@example.jp",
                     *       "role": "staff",
                     *       "createdAt": "2026-11-28T11:32:10.080Z",
                     *       "expiresAt": "2026-12-05T11:32:10.054Z",
                     *       "mailed": false,
                     *       "url": "http://127.0.0.1:3000/board/#/invitation/aVRtCUIOVNWjp73u3sALWLzAhRElTJ9UoqQe1FPYWy8"
                     *     }
                     */
                    "application/json": components["schemas"]["InvitationMade"];
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
                "application/json": components["schemas"]["PullOrdersRequest"];
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
                    /**
                     * @example {
                     *       "pullId": "01a223ae-4e45-772c-bcaa-30347ffa28ec",
                     *       "pulledAt": "2026-11-28T19:42:35.589Z",
                     *       "orders": [
                     *         {
                     *           "id": "01a223ae-025c-7003-98ff-b707acb2cdec",
                     *           "shopId": "01a223ad-c932-7153-a813-9702af061b7b",
                     *           "marketplace": "aupay",
                     *           "orderNumber": "350000006",
                     *           "status": "new",
                     *           "changeState": "none",
                     *           "mallStatus": "新規受付",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T19:42:00.000Z",
                     *           "stagedAt": "2026-11-28T19:42:16.156Z",
                     *           "pulledAt": "2026-11-28T19:42:35.589Z",
                     *           "refreshedAt": "2026-11-28T19:42:16.156Z",
                     *           "billedAmount": 59950,
                     *           "totalAmount": 59950,
                     *           "itemLines": 1,
                     *           "itemQuantity": 3,
                     *           "paymentKind": "cod",
                     *           "trackedParcels": 0,
                     *           "holds": [],
                     *           "flags": [],
                     *           "marks": [],
                     *           "warningCount": 0,
                     *           "version": 2,
                     *           "revision": 2,
                     *           "editedAt": null,
                     *           "pullId": "01a223ae-4e45-772c-bcaa-30347ffa28ec",
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "新規受付",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "代金引換",
                     *             "holds": [],
                     *             "flags": []
                     *           },
                     *           "detail": {
                     *             "marketplace": "aupay",
                     *             "shopCode": "12345678",
                     *             "orderNumber": "350000006",
                     *             "orderedAt": "2026-11-29T04:42:00+09:00",
                     *             "updatedAt": null,
                     *             "device": "smartphone",
                     *             "mallState": "open",
                     *             "mallStatus": {
                     *               "code": "新規受付",
                     *               "name": "新規受付"
                     *             },
                     *             "mallSubStatus": null,
                     *             "mallStatuses": {
                     *               "contactStatus": "N",
                     *               "authorizationStatus": "N",
                     *               "paymentStatus": "N",
                     *               "shipStatus": "N",
                     *               "printStatus": "N",
                     *               "cancelStatus": "N",
                     *               "settleStatus": null,
                     *               "pgResult": null,
                     *               "pointFixedStatus": "N",
                     *               "usePointCancel": null,
                     *               "useAuPointCancel": null,
                     *               "elecReceiptIssueStatus": null
                     *             },
                     *             "cancelReason": null,
                     *             "times": {
                     *               "contactDate": null,
                     *               "authorizationDate": null,
                     *               "paymentDate": null,
                     *               "shipDate": null,
                     *               "printDate": null,
                     *               "cancelDate": null,
                     *               "releaseDate": null,
                     *               "pointFixedDate": null,
                     *               "authoriTimelimitDate": null
                     *             },
                     *             "buyer": {
                     *               "fullName": "長谷川 翔太",
                     *               "familyName": "長谷川",
                     *               "givenName": "翔太",
                     *               "familyNameKana": "ハセガワ",
                     *               "givenNameKana": "ショウタ",
                     *               "postalCode": "4600008",
                     *               "prefecture": "愛知県",
                     *               "city": "名古屋市中区",
                     *               "address1": "栄13-14",
                     *               "address2": "見本荘201",
                     *               "company": null,
                     *               "phone": "080-0000-0006",
                     *               "emergencyPhone": null,
                     *               "email": "relay-350000006@example.jp"
                     *             },
                     *             "recipients": [
                     *               {
                     *                 "id": "1",
                     *                 "person": {
                     *                   "fullName": "長谷川 翔太",
                     *                   "familyName": "長谷川",
                     *                   "givenName": "翔太",
                     *                   "familyNameKana": "ハセガワ",
                     *                   "givenNameKana": "ショウタ",
                     *                   "postalCode": "4600008",
                     *                   "prefecture": "愛知県",
                     *                   "city": "名古屋市中区",
                     *                   "address1": "栄13-14",
                     *                   "address2": "見本荘201",
                     *                   "company": null,
                     *                   "phone": "080-0000-0006",
                     *                   "emergencyPhone": null,
                     *                   "email": null
                     *                 },
                     *                 "lineIds": [
                     *                   "700000016"
                     *                 ],
                     *                 "parcels": [],
                     *                 "wish": {
                     *                   "date": null,
                     *                   "timeFrom": null,
                     *                   "timeTo": null,
                     *                   "timeText": null,
                     *                   "dropOff": null
                     *                 },
                     *                 "gift": {
                     *                   "requested": false,
                     *                   "message": null,
                     *                   "noshi": null,
                     *                   "wrappings": []
                     *                 },
                     *                 "pickup": null,
                     *                 "remoteArea": false,
                     *                 "addressPending": false,
                     *                 "shippingFee": 0,
                     *                 "codFee": 330,
                     *                 "mallFields": {
                     *                   "senderName": "長谷川 翔太",
                     *                   "senderKana": "ハセガワ ショウタ",
                     *                   "senderAddress": "愛知県 名古屋市中区 栄13-14 見本荘201",
                     *                   "yamatoLnkMgtNo": null
                     *                 }
                     *               }
                     *             ],
                     *             "items": [
                     *               {
                     *                 "lineId": "700000016",
                     *                 "recipientId": "1",
                     *                 "itemCode": "scope-5",
                     *                 "mallItemId": "500000006",
                     *                 "sku": null,
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "天体望遠鏡 スターター Ⅱ型",
                     *                 "options": [
                     *                   {
                     *                     "name": "名入れ",
                     *                     "value": "名入れする①",
                     *                     "price": 220
                     *                   }
                     *                 ],
                     *                 "unitPrice": 19800,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 10,
                     *                 "quantity": 3,
                     *                 "subtotal": 59400,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": null,
                     *                   "itemOptionPrice": "220",
                     *                   "giftWrappingPrice": "0",
                     *                   "noshiPresenterName3": null,
                     *                   "itemCancelStatus": "N",
                     *                   "itemCancelDate": null,
                     *                   "beforeDiscount": "19900",
                     *                   "discount": "100",
                     *                   "taxType": "0",
                     *                   "reducedTax": "0",
                     *                   "giftPoint": "540",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               }
                     *             ],
                     *             "charges": {
                     *               "goods": 59400,
                     *               "shipping": 0,
                     *               "cod": 330,
                     *               "paymentFee": 0,
                     *               "giftWrap": 0,
                     *               "adjustment": 0,
                     *               "other": 220
                     *             },
                     *             "discounts": [
                     *               {
                     *                 "code": null,
                     *                 "lineId": "700000016",
                     *                 "includedInPrices": true,
                     *                 "kind": "store_discount",
                     *                 "borneBy": "shop",
                     *                 "name": "商品値引",
                     *                 "amount": 300
                     *               }
                     *             ],
                     *             "points": {
                     *               "used": 0,
                     *               "granted": 540
                     *             },
                     *             "totals": {
                     *               "total": 59950,
                     *               "billed": 59950
                     *             },
                     *             "taxSummary": [
                     *               {
                     *                 "rate": 10,
                     *                 "total": 59950,
                     *                 "billed": 59950,
                     *                 "taxable": 59950,
                     *                 "tax": 5450,
                     *                 "coupon": 0,
                     *                 "points": 0,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               }
                     *             ],
                     *             "payment": {
                     *               "kind": "cod",
                     *               "code": null,
                     *               "name": "代金引換",
                     *               "combinedName": null,
                     *               "status": "unpaid",
                     *               "paidAt": null,
                     *               "dueDate": null,
                     *               "changeUntil": null,
                     *               "parts": [],
                     *               "cardBrand": null,
                     *               "cardLast4": null,
                     *               "installments": null,
                     *               "mallFields": {
                     *                 "secureSegment": null,
                     *                 "pgResponseCode": null,
                     *                 "pgResponseDetail": null,
                     *                 "pgOrderId": null,
                     *                 "pgRequestPrice": null,
                     *                 "pgRequestPriceNormalTax": null,
                     *                 "pgRequestPriceReducedTax": null,
                     *                 "pgRequestPriceNoTax": null,
                     *                 "cardJadgement": null
                     *               }
                     *             },
                     *             "delivery": {
                     *               "methodCode": "1",
                     *               "methodName": "宅配便",
                     *               "temperature": null,
                     *               "express": [],
                     *               "shipBy": "2026-12-02",
                     *               "promisedOn": null
                     *             },
                     *             "receiptWanted": null,
                     *             "reversals": [],
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "notes": {
                     *               "buyer": null,
                     *               "shop": null,
                     *               "mail": null,
                     *               "operator": null
                     *             },
                     *             "subscription": null,
                     *             "relatedOrders": [],
                     *             "holds": [],
                     *             "flags": [],
                     *             "warnings": [],
                     *             "mallFields": {
                     *               "sellMethodSegment": "1",
                     *               "siteAndDevice": "au PAY マーケット(SP(アプリ))",
                     *               "crossBorderEcTradeKbn": null,
                     *               "rawMailAddress": null,
                     *               "ordererName": "長谷川 翔太",
                     *               "ordererKana": "ハセガワ ショウタ",
                     *               "ordererAddress": "愛知県 名古屋市中区 栄13-14 見本荘201",
                     *               "nickname": null,
                     *               "tradeRemarks": "なし",
                     *               "totalSalePriceNormalTax": "59400",
                     *               "totalSalePriceReducedTax": "0",
                     *               "totalSalePriceNoTax": "0",
                     *               "totalSaleUnit": "3",
                     *               "postagePriceTaxRate": "0.1",
                     *               "chargePriceTaxRate": "0.1",
                     *               "totalItemOptionPriceTaxRate": "0.1",
                     *               "totalGiftWrappingPriceTaxRate": "0.1",
                     *               "premiumMember": null,
                     *               "premiumType": "0",
                     *               "premiumIssuePrice": "0",
                     *               "usePointNormalTax": "0",
                     *               "usePointReducedTax": "0",
                     *               "usePointNoTax": "0",
                     *               "useAuPointPriceNormalTax": "0",
                     *               "useAuPointPriceReducedTax": "0",
                     *               "useAuPointPriceNoTax": "0",
                     *               "useAuPoint": "0",
                     *               "couponType": null,
                     *               "couponKey": null,
                     *               "deliveryId": null,
                     *               "elecReceiptIssueTimes": "0",
                     *               "shippingCarrier": null,
                     *               "shippingNumber": null
                     *             }
                     *           },
                     *           "detailMissing": null
                     *         },
                     *         {
                     *           "id": "01a223ae-0657-7432-8341-3749084f3804",
                     *           "shopId": "01a223ad-c932-7153-a813-9702af061b7b",
                     *           "marketplace": "aupay",
                     *           "orderNumber": "350000007",
                     *           "status": "new",
                     *           "changeState": "none",
                     *           "mallStatus": "新規受付",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T19:42:00.000Z",
                     *           "stagedAt": "2026-11-28T19:42:17.175Z",
                     *           "pulledAt": "2026-11-28T19:42:35.589Z",
                     *           "refreshedAt": "2026-11-28T19:42:17.175Z",
                     *           "billedAmount": 6910,
                     *           "totalAmount": 6910,
                     *           "itemLines": 2,
                     *           "itemQuantity": 4,
                     *           "paymentKind": "credit_card",
                     *           "trackedParcels": 0,
                     *           "holds": [],
                     *           "flags": [],
                     *           "marks": [
                     *             "buyer_note",
                     *             "combinable"
                     *           ],
                     *           "warningCount": 0,
                     *           "version": 2,
                     *           "revision": 3,
                     *           "editedAt": null,
                     *           "pullId": "01a223ae-4e45-772c-bcaa-30347ffa28ec",
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "新規受付",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "クレジットカード",
                     *             "holds": [],
                     *             "flags": []
                     *           },
                     *           "detail": {
                     *             "marketplace": "aupay",
                     *             "shopCode": "12345678",
                     *             "orderNumber": "350000007",
                     *             "orderedAt": "2026-11-29T04:42:00+09:00",
                     *             "updatedAt": null,
                     *             "device": "pc",
                     *             "mallState": "open",
                     *             "mallStatus": {
                     *               "code": "新規受付",
                     *               "name": "新規受付"
                     *             },
                     *             "mallSubStatus": null,
                     *             "mallStatuses": {
                     *               "contactStatus": "N",
                     *               "authorizationStatus": "Y",
                     *               "paymentStatus": "N",
                     *               "shipStatus": "N",
                     *               "printStatus": "N",
                     *               "cancelStatus": "N",
                     *               "settleStatus": null,
                     *               "pgResult": "0",
                     *               "pointFixedStatus": "N",
                     *               "usePointCancel": null,
                     *               "useAuPointCancel": null,
                     *               "elecReceiptIssueStatus": null
                     *             },
                     *             "cancelReason": null,
                     *             "times": {
                     *               "contactDate": null,
                     *               "authorizationDate": "2026-11-29T04:42:00+09:00",
                     *               "paymentDate": null,
                     *               "shipDate": null,
                     *               "printDate": null,
                     *               "cancelDate": null,
                     *               "releaseDate": null,
                     *               "pointFixedDate": null,
                     *               "authoriTimelimitDate": "2026-12-29"
                     *             },
                     *             "buyer": {
                     *               "fullName": "𠮷田 結衣",
                     *               "familyName": "𠮷田",
                     *               "givenName": "結衣",
                     *               "familyNameKana": "ヨシダ",
                     *               "givenNameKana": "ユイ",
                     *               "postalCode": "0600001",
                     *               "prefecture": "北海道",
                     *               "city": "札幌市中央区",
                     *               "address1": "星空町1-2-3",
                     *               "address2": null,
                     *               "company": null,
                     *               "phone": "011-000-0001",
                     *               "emergencyPhone": null,
                     *               "email": "relay-350000007@example.jp"
                     *             },
                     *             "recipients": [
                     *               {
                     *                 "id": "1",
                     *                 "person": {
                     *                   "fullName": "𠮷田 結衣",
                     *                   "familyName": "𠮷田",
                     *                   "givenName": "結衣",
                     *                   "familyNameKana": "ヨシダ",
                     *                   "givenNameKana": "ユイ",
                     *                   "postalCode": "0600001",
                     *                   "prefecture": "北海道",
                     *                   "city": "札幌市中央区",
                     *                   "address1": "星空町1-2-3",
                     *                   "address2": null,
                     *                   "company": null,
                     *                   "phone": "011-000-0001",
                     *                   "emergencyPhone": null,
                     *                   "email": null
                     *                 },
                     *                 "lineIds": [
                     *                   "700000019",
                     *                   "700000020"
                     *                 ],
                     *                 "parcels": [],
                     *                 "wish": {
                     *                   "date": "2026-12-04",
                     *                   "timeFrom": "14:00",
                     *                   "timeTo": "16:00",
                     *                   "timeText": "14:00～16:00",
                     *                   "dropOff": null
                     *                 },
                     *                 "gift": {
                     *                   "requested": false,
                     *                   "message": null,
                     *                   "noshi": null,
                     *                   "wrappings": []
                     *                 },
                     *                 "pickup": null,
                     *                 "remoteArea": false,
                     *                 "addressPending": false,
                     *                 "shippingFee": 0,
                     *                 "codFee": 0,
                     *                 "mallFields": {
                     *                   "senderName": "𠮷田 結衣",
                     *                   "senderKana": "ヨシダ ユイ",
                     *                   "senderAddress": "北海道 札幌市中央区 星空町1-2-3",
                     *                   "yamatoLnkMgtNo": null
                     *                 }
                     *               }
                     *             ],
                     *             "items": [
                     *               {
                     *                 "lineId": "700000019",
                     *                 "recipientId": "1",
                     *                 "itemCode": "lamp-01",
                     *                 "mallItemId": "500000001",
                     *                 "sku": "-wh",
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "星空ランプ",
                     *                 "options": [
                     *                   {
                     *                     "name": "カラー",
                     *                     "value": "ホワイト",
                     *                     "price": null
                     *                   }
                     *                 ],
                     *                 "unitPrice": 1980,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 10,
                     *                 "quantity": 3,
                     *                 "subtotal": 5940,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": "カラー=ホワイト",
                     *                   "itemOptionPrice": "0",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "itemCancelStatus": "N",
                     *                   "itemCancelDate": null,
                     *                   "beforeDiscount": "1980",
                     *                   "discount": "0",
                     *                   "totalItemChargePrice": null,
                     *                   "taxType": "0",
                     *                   "reducedTax": "0",
                     *                   "giftPoint": "54",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               },
                     *               {
                     *                 "lineId": "700000020",
                     *                 "recipientId": "1",
                     *                 "itemCode": "tea-07",
                     *                 "mallItemId": "500000002",
                     *                 "sku": null,
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "夜カフェ茶葉 ①番摘み 100g",
                     *                 "options": [
                     *                   {
                     *                     "name": "名入れ",
                     *                     "value": "名入れする①",
                     *                     "price": 220
                     *                   }
                     *                 ],
                     *                 "unitPrice": 750,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 8,
                     *                 "quantity": 1,
                     *                 "subtotal": 750,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": null,
                     *                   "itemOptionPrice": "220",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "giftMessage": null,
                     *                   "noshiType": null,
                     *                   "noshiPresenterName3": null,
                     *                   "itemCancelStatus": "N",
                     *                   "itemCancelDate": null,
                     *                   "beforeDiscount": "750",
                     *                   "discount": "0",
                     *                   "totalItemChargePrice": null,
                     *                   "taxType": "0",
                     *                   "reducedTax": "1",
                     *                   "giftPoint": "6",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               }
                     *             ],
                     *             "charges": {
                     *               "goods": 6690,
                     *               "shipping": 0,
                     *               "cod": 0,
                     *               "paymentFee": 0,
                     *               "giftWrap": 0,
                     *               "adjustment": 0,
                     *               "other": 220
                     *             },
                     *             "discounts": [],
                     *             "points": {
                     *               "used": 0,
                     *               "granted": 60
                     *             },
                     *             "totals": {
                     *               "total": 6910,
                     *               "billed": 6910
                     *             },
                     *             "taxSummary": [
                     *               {
                     *                 "rate": 10,
                     *                 "total": 6160,
                     *                 "billed": 6160,
                     *                 "taxable": 6160,
                     *                 "tax": 560,
                     *                 "coupon": 0,
                     *                 "points": 0,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               },
                     *               {
                     *                 "rate": 8,
                     *                 "total": 750,
                     *                 "billed": 750,
                     *                 "taxable": 750,
                     *                 "tax": 55,
                     *                 "coupon": 0,
                     *                 "points": 0,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               }
                     *             ],
                     *             "payment": {
                     *               "kind": "credit_card",
                     *               "code": null,
                     *               "name": "クレジットカード決済",
                     *               "combinedName": null,
                     *               "status": "authorised",
                     *               "paidAt": null,
                     *               "dueDate": null,
                     *               "changeUntil": null,
                     *               "parts": [],
                     *               "cardBrand": null,
                     *               "cardLast4": null,
                     *               "installments": null,
                     *               "mallFields": {
                     *                 "secureSegment": "1",
                     *                 "pgResponseCode": null,
                     *                 "pgResponseDetail": null,
                     *                 "pgOrderId": "PG5894935398",
                     *                 "pgRequestPrice": "6910",
                     *                 "pgRequestPriceNormalTax": null,
                     *                 "pgRequestPriceReducedTax": null,
                     *                 "pgRequestPriceNoTax": null,
                     *                 "cardJadgement": null
                     *               }
                     *             },
                     *             "delivery": {
                     *               "methodCode": "1",
                     *               "methodName": "宅配便",
                     *               "temperature": null,
                     *               "express": [],
                     *               "shipBy": "2026-12-02",
                     *               "promisedOn": null
                     *             },
                     *             "receiptWanted": null,
                     *             "reversals": [],
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "notes": {
                     *               "buyer": "平日は不在です。",
                     *               "shop": null,
                     *               "mail": null,
                     *               "operator": null
                     *             },
                     *             "subscription": null,
                     *             "relatedOrders": [],
                     *             "holds": [],
                     *             "flags": [],
                     *             "warnings": [],
                     *             "mallFields": {
                     *               "sellMethodSegment": "1",
                     *               "siteAndDevice": "au PAY マーケット(PC)",
                     *               "crossBorderEcTradeKbn": null,
                     *               "rawMailAddress": null,
                     *               "ordererName": "𠮷田 結衣",
                     *               "ordererKana": "ヨシダ ユイ",
                     *               "ordererAddress": "北海道 札幌市中央区 星空町1-2-3",
                     *               "orderOption": null,
                     *               "tradeRemarks": "なし",
                     *               "totalSalePriceNormalTax": "5940",
                     *               "totalSalePriceReducedTax": "750",
                     *               "totalSalePriceNoTax": "0",
                     *               "totalSaleUnit": "4",
                     *               "postagePriceTaxRate": "0.1",
                     *               "chargePriceTaxRate": "0.1",
                     *               "totalItemOptionPriceTaxRate": "0.1",
                     *               "totalGiftWrappingPriceTaxRate": "0.1",
                     *               "premiumMember": null,
                     *               "premiumType": "0",
                     *               "premiumIssuePrice": "0",
                     *               "pontapassCampaignApplyFlg": null,
                     *               "usePointNormalTax": "0",
                     *               "usePointReducedTax": "0",
                     *               "usePointNoTax": "0",
                     *               "useAuPointPriceNormalTax": "0",
                     *               "useAuPointPriceReducedTax": "0",
                     *               "useAuPointPriceNoTax": "0",
                     *               "useAuPoint": "0",
                     *               "couponType": null,
                     *               "couponKey": null,
                     *               "deliveryId": null,
                     *               "elecReceiptIssueTimes": "0"
                     *             }
                     *           },
                     *           "detailMissing": null
                     *         }
                     *       ],
                     *       "remaining": 0
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "pullId": "01a223ad-de14-75b7-bb58-977dde2726f0",
                     *       "pulledAt": "2026-11-28T19:42:06.868Z",
                     *       "orders": [
                     *         {
                     *           "id": "01a223ad-cf1f-71fb-965b-8528653e922d",
                     *           "shopId": "01a223ad-c932-7153-a813-9702af061b7b",
                     *           "marketplace": "aupay",
                     *           "orderNumber": "350000002",
                     *           "status": "new",
                     *           "changeState": "none",
                     *           "mallStatus": "新規受付",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T19:42:00.000Z",
                     *           "stagedAt": "2026-11-28T19:42:03.039Z",
                     *           "pulledAt": "2026-11-28T19:42:06.868Z",
                     *           "refreshedAt": "2026-11-28T19:42:03.039Z",
                     *           "billedAmount": 5370,
                     *           "totalAmount": 5370,
                     *           "itemLines": 3,
                     *           "itemQuantity": 3,
                     *           "paymentKind": "carrier_billing",
                     *           "trackedParcels": 0,
                     *           "holds": [],
                     *           "flags": [],
                     *           "marks": [
                     *             "buyer_note",
                     *             "combinable"
                     *           ],
                     *           "warningCount": 0,
                     *           "version": 2,
                     *           "revision": 3,
                     *           "editedAt": null,
                     *           "pullId": "01a223ad-de14-75b7-bb58-977dde2726f0",
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "新規受付",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "キャリア決済",
                     *             "holds": [],
                     *             "flags": []
                     *           },
                     *           "detail": {
                     *             "marketplace": "aupay",
                     *             "shopCode": "12345678",
                     *             "orderNumber": "350000002",
                     *             "orderedAt": "2026-11-29T04:42:00+09:00",
                     *             "updatedAt": null,
                     *             "device": "pc",
                     *             "mallState": "open",
                     *             "mallStatus": {
                     *               "code": "新規受付",
                     *               "name": "新規受付"
                     *             },
                     *             "mallSubStatus": null,
                     *             "mallStatuses": {
                     *               "contactStatus": "N",
                     *               "authorizationStatus": "Y",
                     *               "paymentStatus": "N",
                     *               "shipStatus": "N",
                     *               "printStatus": "N",
                     *               "cancelStatus": "N",
                     *               "settleStatus": null,
                     *               "pgResult": "0",
                     *               "pointFixedStatus": "N",
                     *               "usePointCancel": null,
                     *               "useAuPointCancel": null,
                     *               "elecReceiptIssueStatus": null
                     *             },
                     *             "cancelReason": null,
                     *             "times": {
                     *               "contactDate": null,
                     *               "authorizationDate": "2026-11-29T04:42:00+09:00",
                     *               "paymentDate": null,
                     *               "shipDate": null,
                     *               "printDate": null,
                     *               "cancelDate": null,
                     *               "releaseDate": null,
                     *               "pointFixedDate": null,
                     *               "authoriTimelimitDate": "2026-12-29"
                     *             },
                     *             "buyer": {
                     *               "fullName": "髙橋 蓮",
                     *               "familyName": "髙橋",
                     *               "givenName": "蓮",
                     *               "familyNameKana": "タカハシ",
                     *               "givenNameKana": "レン",
                     *               "postalCode": "1000001",
                     *               "prefecture": "東京都",
                     *               "city": "千代田区",
                     *               "address1": "見本町4丁目5-6",
                     *               "address2": "髙層マンション①号棟1203",
                     *               "company": null,
                     *               "phone": "03-0000-0002",
                     *               "emergencyPhone": null,
                     *               "email": "relay-350000002@example.jp"
                     *             },
                     *             "recipients": [
                     *               {
                     *                 "id": "1",
                     *                 "person": {
                     *                   "fullName": "髙橋 蓮",
                     *                   "familyName": "髙橋",
                     *                   "givenName": "蓮",
                     *                   "familyNameKana": "タカハシ",
                     *                   "givenNameKana": "レン",
                     *                   "postalCode": "1000001",
                     *                   "prefecture": "東京都",
                     *                   "city": "千代田区",
                     *                   "address1": "見本町4丁目5-6",
                     *                   "address2": "髙層マンション①号棟1203",
                     *                   "company": null,
                     *                   "phone": "03-0000-0002",
                     *                   "emergencyPhone": null,
                     *                   "email": null
                     *                 },
                     *                 "lineIds": [
                     *                   "700000004",
                     *                   "700000005"
                     *                 ],
                     *                 "parcels": [],
                     *                 "wish": {
                     *                   "date": null,
                     *                   "timeFrom": null,
                     *                   "timeTo": null,
                     *                   "timeText": null,
                     *                   "dropOff": null
                     *                 },
                     *                 "gift": {
                     *                   "requested": false,
                     *                   "message": null,
                     *                   "noshi": null,
                     *                   "wrappings": []
                     *                 },
                     *                 "pickup": null,
                     *                 "remoteArea": false,
                     *                 "addressPending": false,
                     *                 "shippingFee": 600,
                     *                 "codFee": 0,
                     *                 "mallFields": {
                     *                   "senderName": "髙橋 蓮",
                     *                   "senderKana": "タカハシ レン",
                     *                   "senderAddress": "東京都 千代田区 見本町4丁目5-6 髙層マンション①号棟1203",
                     *                   "yamatoLnkMgtNo": null
                     *                 }
                     *               }
                     *             ],
                     *             "items": [
                     *               {
                     *                 "lineId": "700000004",
                     *                 "recipientId": "1",
                     *                 "itemCode": "tea-07",
                     *                 "mallItemId": "500000002",
                     *                 "sku": null,
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "夜カフェ茶葉 ①番摘み 100g",
                     *                 "options": [
                     *                   {
                     *                     "name": "名入れ",
                     *                     "value": "名入れする①",
                     *                     "price": 220
                     *                   }
                     *                 ],
                     *                 "unitPrice": 750,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 8,
                     *                 "quantity": 1,
                     *                 "subtotal": 750,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": null,
                     *                   "itemOptionPrice": "220",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "giftMessage": null,
                     *                   "noshiPresenterName2": null,
                     *                   "noshiPresenterName3": null,
                     *                   "itemCancelStatus": "N",
                     *                   "itemCancelDate": null,
                     *                   "beforeDiscount": "750",
                     *                   "discount": "0",
                     *                   "totalItemChargePrice": null,
                     *                   "taxType": "0",
                     *                   "reducedTax": "1",
                     *                   "giftPoint": "6",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               },
                     *               {
                     *                 "lineId": "700000005",
                     *                 "recipientId": "1",
                     *                 "itemCode": "shirt-22",
                     *                 "mallItemId": "500000003",
                     *                 "sku": "-s",
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "【送料込】天体柄Tシャツ",
                     *                 "options": [
                     *                   {
                     *                     "name": "サイズ",
                     *                     "value": "S",
                     *                     "price": null
                     *                   }
                     *                 ],
                     *                 "unitPrice": 2480,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 10,
                     *                 "quantity": 1,
                     *                 "subtotal": 2480,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": "サイズ=S",
                     *                   "itemOptionPrice": "0",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "giftMessage": null,
                     *                   "noshiPresenterName1": null,
                     *                   "noshiPresenterName3": null,
                     *                   "itemCancelStatus": "N",
                     *                   "itemCancelDate": null,
                     *                   "beforeDiscount": "2480",
                     *                   "discount": "0",
                     *                   "taxType": "0",
                     *                   "reducedTax": "0",
                     *                   "giftPoint": "22",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               }
                     *             ],
                     *             "charges": {
                     *               "goods": 4550,
                     *               "shipping": 600,
                     *               "cod": 0,
                     *               "paymentFee": 0,
                     *               "giftWrap": 0,
                     *               "adjustment": 0,
                     *               "other": 220
                     *             },
                     *             "discounts": [
                     *               {
                     *                 "code": null,
                     *                 "lineId": "700000006",
                     *                 "includedInPrices": true,
                     *                 "kind": "store_discount",
                     *                 "borneBy": "shop",
                     *                 "name": "商品値引",
                     *                 "amount": 100
                     *               }
                     *             ],
                     *             "points": {
                     *               "used": 0,
                     *               "granted": 40
                     *             },
                     *             "totals": {
                     *               "total": 5370,
                     *               "billed": 5370
                     *             },
                     *             "taxSummary": [
                     *               {
                     *                 "rate": 10,
                     *                 "total": 4620,
                     *                 "billed": 4620,
                     *                 "taxable": 4620,
                     *                 "tax": 420,
                     *                 "coupon": 0,
                     *                 "points": 0,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               },
                     *               {
                     *                 "rate": 8,
                     *                 "total": 750,
                     *                 "billed": 750,
                     *                 "taxable": 750,
                     *                 "tax": 55,
                     *                 "coupon": 0,
                     *                 "points": 0,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               }
                     *             ],
                     *             "payment": {
                     *               "kind": "carrier_billing",
                     *               "code": null,
                     *               "name": "au PAY（auかんたん決済）",
                     *               "combinedName": null,
                     *               "status": "authorised",
                     *               "paidAt": null,
                     *               "dueDate": null,
                     *               "changeUntil": null,
                     *               "parts": [],
                     *               "cardBrand": null,
                     *               "cardLast4": null,
                     *               "installments": null,
                     *               "mallFields": {
                     *                 "secureSegment": null,
                     *                 "pgResponseCode": null,
                     *                 "pgResponseDetail": null,
                     *                 "pgOrderId": "PG5894921742",
                     *                 "pgRequestPrice": "5370",
                     *                 "pgRequestPriceNormalTax": null,
                     *                 "pgRequestPriceReducedTax": null,
                     *                 "pgRequestPriceNoTax": null,
                     *                 "cardJadgement": null
                     *               }
                     *             },
                     *             "delivery": {
                     *               "methodCode": "1",
                     *               "methodName": "宅配便",
                     *               "temperature": null,
                     *               "express": [],
                     *               "shipBy": "2026-12-02",
                     *               "promisedOn": null
                     *             },
                     *             "receiptWanted": null,
                     *             "reversals": [],
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "notes": {
                     *               "buyer": "平日は不在です。",
                     *               "shop": null,
                     *               "mail": null,
                     *               "operator": null
                     *             },
                     *             "subscription": null,
                     *             "relatedOrders": [],
                     *             "holds": [],
                     *             "flags": [],
                     *             "warnings": [],
                     *             "mallFields": {
                     *               "sellMethodSegment": "1",
                     *               "siteAndDevice": "au PAY マーケット(PC)",
                     *               "crossBorderEcTradeKbn": null,
                     *               "rawMailAddress": null,
                     *               "ordererName": "髙橋 蓮",
                     *               "ordererKana": "タカハシ レン",
                     *               "ordererAddress": "東京都 千代田区 見本町4丁目5-6 髙層マンション①号棟1203",
                     *               "tradeRemarks": "なし",
                     *               "totalSalePriceNormalTax": "3800",
                     *               "totalSalePriceReducedTax": "750",
                     *               "totalSalePriceNoTax": "0",
                     *               "totalSaleUnit": "3",
                     *               "postagePriceTaxRate": "0.1",
                     *               "chargePriceTaxRate": "0.1",
                     *               "totalItemOptionPriceTaxRate": "0.1",
                     *               "totalGiftWrappingPriceTaxRate": "0.1",
                     *               "premiumMember": null,
                     *               "premiumType": "0",
                     *               "premiumIssuePrice": "0",
                     *               "usePointNormalTax": "0",
                     *               "usePointReducedTax": "0",
                     *               "usePointNoTax": "0",
                     *               "useAuPointPriceNormalTax": "0",
                     *               "useAuPointPriceReducedTax": "0",
                     *               "useAuPointPriceNoTax": "0",
                     *               "useAuPoint": "0",
                     *               "couponType": null,
                     *               "deliveryId": null,
                     *               "elecReceiptIssueTimes": "0",
                     *               "shippingCarrier": null,
                     *               "shippingNumber": null
                     *             }
                     *           },
                     *           "detailMissing": null
                     *         },
                     *         {
                     *           "id": "01a223ad-cf25-706b-b832-1c874b99e5f2",
                     *           "shopId": "01a223ad-c932-7153-a813-9702af061b7b",
                     *           "marketplace": "aupay",
                     *           "orderNumber": "350000003",
                     *           "status": "new",
                     *           "changeState": "none",
                     *           "mallStatus": "新規受付",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T19:42:00.000Z",
                     *           "stagedAt": "2026-11-28T19:42:03.039Z",
                     *           "pulledAt": "2026-11-28T19:42:06.868Z",
                     *           "refreshedAt": "2026-11-28T19:42:03.039Z",
                     *           "billedAmount": 11499,
                     *           "totalAmount": 11700,
                     *           "itemLines": 3,
                     *           "itemQuantity": 6,
                     *           "paymentKind": "carrier_billing",
                     *           "trackedParcels": 0,
                     *           "holds": [],
                     *           "flags": [],
                     *           "marks": [
                     *             "buyer_note",
                     *             "combinable"
                     *           ],
                     *           "warningCount": 0,
                     *           "version": 2,
                     *           "revision": 3,
                     *           "editedAt": null,
                     *           "pullId": "01a223ad-de14-75b7-bb58-977dde2726f0",
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "新規受付",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "キャリア決済",
                     *             "holds": [],
                     *             "flags": []
                     *           },
                     *           "detail": {
                     *             "marketplace": "aupay",
                     *             "shopCode": "12345678",
                     *             "orderNumber": "350000003",
                     *             "orderedAt": "2026-11-29T04:42:00+09:00",
                     *             "updatedAt": null,
                     *             "device": "smartphone",
                     *             "mallState": "open",
                     *             "mallStatus": {
                     *               "code": "新規受付",
                     *               "name": "新規受付"
                     *             },
                     *             "mallSubStatus": null,
                     *             "mallStatuses": {
                     *               "contactStatus": "N",
                     *               "authorizationStatus": "Y",
                     *               "paymentStatus": "N",
                     *               "shipStatus": "N",
                     *               "printStatus": "N",
                     *               "cancelStatus": "N",
                     *               "settleStatus": null,
                     *               "pgResult": "0",
                     *               "pointFixedStatus": "N",
                     *               "usePointCancel": null,
                     *               "useAuPointCancel": null,
                     *               "elecReceiptIssueStatus": null
                     *             },
                     *             "cancelReason": null,
                     *             "times": {
                     *               "contactDate": null,
                     *               "authorizationDate": "2026-11-29T04:42:00+09:00",
                     *               "paymentDate": null,
                     *               "shipDate": null,
                     *               "printDate": null,
                     *               "cancelDate": null,
                     *               "releaseDate": null,
                     *               "pointFixedDate": null,
                     *               "authoriTimelimitDate": "2026-12-29"
                     *             },
                     *             "buyer": {
                     *               "fullName": "山﨑 美咲",
                     *               "familyName": "山﨑",
                     *               "givenName": "美咲",
                     *               "familyNameKana": "ヤマザキ",
                     *               "givenNameKana": "ミサキ",
                     *               "postalCode": "5300001",
                     *               "prefecture": "大阪府",
                     *               "city": "大阪市北区",
                     *               "address1": "仮名町7-8",
                     *               "address2": "ビル﨑2F",
                     *               "company": null,
                     *               "phone": "06-0000-0003",
                     *               "emergencyPhone": null,
                     *               "email": "relay-350000003@example.jp"
                     *             },
                     *             "recipients": [
                     *               {
                     *                 "id": "1",
                     *                 "person": {
                     *                   "fullName": "山﨑 美咲",
                     *                   "familyName": "山﨑",
                     *                   "givenName": "美咲",
                     *                   "familyNameKana": "ヤマザキ",
                     *                   "givenNameKana": "ミサキ",
                     *                   "postalCode": "5300001",
                     *                   "prefecture": "大阪府",
                     *                   "city": "大阪市北区",
                     *                   "address1": "仮名町7-8",
                     *                   "address2": "ビル﨑2F",
                     *                   "company": null,
                     *                   "phone": "06-0000-0003",
                     *                   "emergencyPhone": null,
                     *                   "email": null
                     *                 },
                     *                 "lineIds": [
                     *                   "700000007",
                     *                   "700000008"
                     *                 ],
                     *                 "parcels": [],
                     *                 "wish": {
                     *                   "date": null,
                     *                   "timeFrom": null,
                     *                   "timeTo": null,
                     *                   "timeText": null,
                     *                   "dropOff": null
                     *                 },
                     *                 "gift": {
                     *                   "requested": false,
                     *                   "message": null,
                     *                   "noshi": null,
                     *                   "wrappings": []
                     *                 },
                     *                 "pickup": null,
                     *                 "remoteArea": false,
                     *                 "addressPending": false,
                     *                 "shippingFee": 0,
                     *                 "codFee": 0,
                     *                 "mallFields": {
                     *                   "senderName": "山﨑 美咲",
                     *                   "senderKana": "ヤマザキ ミサキ",
                     *                   "senderAddress": "大阪府 大阪市北区 仮名町7-8 ビル﨑2F",
                     *                   "yamatoLnkMgtNo": null
                     *                 }
                     *               }
                     *             ],
                     *             "items": [
                     *               {
                     *                 "lineId": "700000007",
                     *                 "recipientId": "1",
                     *                 "itemCode": "shirt-22",
                     *                 "mallItemId": "500000003",
                     *                 "sku": "-s",
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "【送料込】天体柄Tシャツ",
                     *                 "options": [
                     *                   {
                     *                     "name": "サイズ",
                     *                     "value": "S",
                     *                     "price": null
                     *                   }
                     *                 ],
                     *                 "unitPrice": 2480,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 10,
                     *                 "quantity": 3,
                     *                 "subtotal": 7440,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOption": "サイズ=S",
                     *                   "itemOptionPrice": "0",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "giftMessage": null,
                     *                   "noshiType": null,
                     *                   "noshiPresenterName1": null,
                     *                   "noshiPresenterName2": null,
                     *                   "noshiPresenterName3": null,
                     *                   "itemCancelStatus": "N",
                     *                   "beforeDiscount": "2480",
                     *                   "discount": "0",
                     *                   "taxType": "0",
                     *                   "reducedTax": "0",
                     *                   "giftPoint": "67",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               },
                     *               {
                     *                 "lineId": "700000008",
                     *                 "recipientId": "1",
                     *                 "itemCode": "0012",
                     *                 "mallItemId": "500000004",
                     *                 "sku": null,
                     *                 "merchantSku": null,
                     *                 "jan": null,
                     *                 "name": "月齢カレンダー & 手帳 <2027年版>",
                     *                 "options": [],
                     *                 "unitPrice": 1320,
                     *                 "taxIncluded": true,
                     *                 "taxRate": 10,
                     *                 "quantity": 2,
                     *                 "subtotal": 2640,
                     *                 "releaseDate": null,
                     *                 "leadTime": "1～3日以内に発送",
                     *                 "deleted": false,
                     *                 "mallFields": {
                     *                   "itemOptionPrice": "0",
                     *                   "giftWrappingType": null,
                     *                   "giftWrappingPrice": "0",
                     *                   "noshiPresenterName1": null,
                     *                   "itemCancelStatus": "N",
                     *                   "beforeDiscount": "1420",
                     *                   "discount": "100",
                     *                   "taxType": "0",
                     *                   "reducedTax": "0",
                     *                   "giftPoint": "24",
                     *                   "shippingTimelimitDate": "2026/12/02"
                     *                 }
                     *               }
                     *             ],
                     *             "charges": {
                     *               "goods": 11700,
                     *               "shipping": 0,
                     *               "cod": 0,
                     *               "paymentFee": 0,
                     *               "giftWrap": 0,
                     *               "adjustment": 0,
                     *               "other": 0
                     *             },
                     *             "discounts": [
                     *               {
                     *                 "code": null,
                     *                 "lineId": null,
                     *                 "includedInPrices": false,
                     *                 "kind": "points",
                     *                 "borneBy": "buyer",
                     *                 "name": "Pontaポイント（auポイント）利用",
                     *                 "amount": 201
                     *               },
                     *               {
                     *                 "code": null,
                     *                 "lineId": "700000008",
                     *                 "includedInPrices": true,
                     *                 "kind": "store_discount",
                     *                 "borneBy": "shop",
                     *                 "name": "商品値引",
                     *                 "amount": 200
                     *               }
                     *             ],
                     *             "points": {
                     *               "used": 201,
                     *               "granted": 105
                     *             },
                     *             "totals": {
                     *               "total": 11700,
                     *               "billed": 11499
                     *             },
                     *             "taxSummary": [
                     *               {
                     *                 "rate": 10,
                     *                 "total": 10080,
                     *                 "billed": 9906,
                     *                 "taxable": 9906,
                     *                 "tax": 900,
                     *                 "coupon": 0,
                     *                 "points": 174,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               },
                     *               {
                     *                 "rate": 8,
                     *                 "total": 1620,
                     *                 "billed": 1593,
                     *                 "taxable": 1593,
                     *                 "tax": 118,
                     *                 "coupon": 0,
                     *                 "points": 27,
                     *                 "paymentFee": null,
                     *                 "source": "mall"
                     *               }
                     *             ],
                     *             "payment": {
                     *               "kind": "carrier_billing",
                     *               "code": null,
                     *               "name": "au PAY（auかんたん決済）",
                     *               "combinedName": null,
                     *               "status": "authorised",
                     *               "paidAt": null,
                     *               "dueDate": null,
                     *               "changeUntil": null,
                     *               "parts": [],
                     *               "cardBrand": null,
                     *               "cardLast4": null,
                     *               "installments": null,
                     *               "mallFields": {
                     *                 "secureSegment": null,
                     *                 "pgResponseCode": null,
                     *                 "pgResponseDetail": null,
                     *                 "pgOrderId": "PG5894921750",
                     *                 "pgRequestPrice": "11499",
                     *                 "pgRequestPriceNormalTax": null,
                     *                 "pgRequestPriceReducedTax": null,
                     *                 "pgRequestPriceNoTax": null,
                     *                 "cardJadgement": null
                     *               }
                     *             },
                     *             "delivery": {
                     *               "methodCode": "1",
                     *               "methodName": "宅配便",
                     *               "temperature": null,
                     *               "express": [],
                     *               "shipBy": "2026-12-02",
                     *               "promisedOn": null
                     *             },
                     *             "receiptWanted": null,
                     *             "reversals": [],
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "notes": {
                     *               "buyer": "領収書をお願いします。\n宛名は「株式会社髙﨑商店」でお願いします。",
                     *               "shop": null,
                     *               "mail": null,
                     *               "operator": null
                     *             },
                     *             "subscription": null,
                     *             "relatedOrders": [],
                     *             "holds": [],
                     *             "flags": [],
                     *             "warnings": [],
                     *             "mallFields": {
                     *               "sellMethodSegment": "1",
                     *               "siteAndDevice": "au PAY マーケット(SP(アプリ))",
                     *               "crossBorderEcTradeKbn": null,
                     *               "rawMailAddress": null,
                     *               "ordererName": "山﨑 美咲",
                     *               "ordererKana": "ヤマザキ ミサキ",
                     *               "ordererAddress": "大阪府 大阪市北区 仮名町7-8 ビル﨑2F",
                     *               "orderOption": null,
                     *               "tradeRemarks": "なし",
                     *               "totalSalePriceNormalTax": "10080",
                     *               "totalSalePriceReducedTax": "1620",
                     *               "totalSalePriceNoTax": "0",
                     *               "totalSaleUnit": "6",
                     *               "postagePriceTaxRate": "0.1",
                     *               "chargePriceTaxRate": "0.1",
                     *               "totalItemOptionPriceTaxRate": "0.1",
                     *               "totalGiftWrappingPriceTaxRate": "0.1",
                     *               "premiumMember": null,
                     *               "premiumType": "0",
                     *               "premiumIssuePrice": "0",
                     *               "pontapassCampaignApplyFlg": null,
                     *               "usePointNormalTax": "0",
                     *               "usePointReducedTax": "0",
                     *               "usePointNoTax": "0",
                     *               "useAuPointPriceNormalTax": "174",
                     *               "useAuPointPriceReducedTax": "27",
                     *               "useAuPointPriceNoTax": "0",
                     *               "useAuPoint": "201",
                     *               "couponType": null,
                     *               "deliveryId": null,
                     *               "elecReceiptIssueTimes": "0",
                     *               "shippingCarrier": null,
                     *               "shippingNumber": null
                     *             }
                     *           },
                     *           "detailMissing": null
                     *         }
                     *       ],
                     *       "remaining": 0
                     *     }
                     */
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
                status?: components["schemas"]["OrderStatus"];
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール) */
                marketplace?: components["schemas"]["Marketplace"];
                /** @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 */
                changeState?: components["schemas"]["ChangeState"];
                /** @description Begins like this (受注番号の前方一致) */
                number?: string;
                /** @description Ends like this (受注番号の後方一致) */
                numberEnd?: string;
                /** @description none: only orders without a tracking number, some: only those with one (送り状番号の有無) */
                tracking?: components["schemas"]["SavedViewQueryTracking"];
                /** @description true: only what must not ship yet, false: only the others (出荷保留) */
                hold?: components["schemas"]["QueryFlag"];
                /** @description 支払方法区分 */
                paymentKind?: string;
                /** @description Whole family name, given name or both, in kanji or kana (注文者名) */
                buyer?: string;
                /** @description All digits, or the last four; of buyer or recipient (電話番号) */
                phone?: string;
                /** @description Whole mail address (メールアドレス) */
                email?: string;
                /** @description Only orders with this mark, a code of GET /v1/marks (マーク) */
                mark?: string;
                /** @description Part of an item’s name or code (商品名・商品コード) */
                item?: string;
                /** @description Ordered from this time on (注文日時の開始) */
                from?: string;
                /** @description … and before this time (注文日時の終了) */
                to?: string;
                /** @description true: count all that match (件数を数える) */
                total?: components["schemas"]["QueryFlag"];
                /** @description By order time; a cursor goes with the order it was made in (並び順) */
                sort?: components["schemas"]["SortOrder"];
                /** @description true: each order with its detail (詳細を含める) */
                detail?: components["schemas"]["QueryFlag"];
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 1000 at most (件数) */
                limit?: number;
            };
            header?: {
                /** @description The ETag of the answer that the client has; 304 without a body when it is still the same (取得済みの ETag) */
                "If-None-Match"?: string;
            };
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
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "orders": [
                     *         {
                     *           "id": "01a221ed-3da2-75e3-a76b-adad40f50b6d",
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "marketplace": "yahoo",
                     *           "orderNumber": "hoshizora-tools-10000007",
                     *           "status": "auto_imported",
                     *           "changeState": "none",
                     *           "mallStatus": "2",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T11:32:03.000Z",
                     *           "stagedAt": "2026-11-28T11:32:05.666Z",
                     *           "pulledAt": null,
                     *           "refreshedAt": "2026-11-28T11:32:05.666Z",
                     *           "billedAmount": 2860,
                     *           "totalAmount": 2860,
                     *           "itemLines": 1,
                     *           "itemQuantity": 1,
                     *           "paymentKind": "convenience_store",
                     *           "trackedParcels": 0,
                     *           "holds": [
                     *             "buyer_cancel_window",
                     *             "unpaid"
                     *           ],
                     *           "flags": [
                     *             "gift",
                     *             "read_only"
                     *           ],
                     *           "marks": [
                     *             "buyer_note",
                     *             "other_recipient"
                     *           ],
                     *           "warningCount": 0,
                     *           "version": 1,
                     *           "revision": 2,
                     *           "editedAt": null,
                     *           "pullId": null,
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "自動受注取込",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "コンビニ",
                     *             "holds": [
                     *               "購入者キャンセル可能時間",
                     *               "未入金"
                     *             ],
                     *             "flags": [
                     *               "ギフト",
                     *               "モールで変更不可"
                     *             ]
                     *           }
                     *         },
                     *         {
                     *           "id": "01a221ed-39ce-7684-b66c-4de7c7b6d089",
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "marketplace": "yahoo",
                     *           "orderNumber": "hoshizora-tools-10000006",
                     *           "status": "auto_imported",
                     *           "changeState": "none",
                     *           "mallStatus": "2",
                     *           "mallSubStatus": null,
                     *           "mallState": "open",
                     *           "orderedAt": "2026-11-28T11:32:03.000Z",
                     *           "stagedAt": "2026-11-28T11:32:04.686Z",
                     *           "pulledAt": null,
                     *           "refreshedAt": "2026-11-28T11:32:04.686Z",
                     *           "billedAmount": 43968,
                     *           "totalAmount": 44310,
                     *           "itemLines": 3,
                     *           "itemQuantity": 5,
                     *           "paymentKind": "credit_card",
                     *           "trackedParcels": 0,
                     *           "holds": [
                     *             "buyer_cancel_window"
                     *           ],
                     *           "flags": [
                     *             "read_only"
                     *           ],
                     *           "marks": [
                     *             "combinable",
                     *             "repeat_buyer"
                     *           ],
                     *           "warningCount": 0,
                     *           "version": 1,
                     *           "revision": 2,
                     *           "editedAt": null,
                     *           "pullId": null,
                     *           "purgedAt": null,
                     *           "erasedAt": null,
                     *           "labels": {
                     *             "status": "自動受注取込",
                     *             "changeState": "変更なし",
                     *             "mallState": "未発送",
                     *             "paymentKind": "クレジットカード",
                     *             "holds": [
                     *               "購入者キャンセル可能時間"
                     *             ],
                     *             "flags": [
                     *               "モールで変更不可"
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null,
                     *       "total": null,
                     *       "totalIsCapped": false
                     *     }
                     */
                    "application/json": components["schemas"]["ListOrdersAnswer"];
                };
            };
            /** @description Unchanged: the client has it already (変更なし) */
            304: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
            header?: {
                /** @description The ETag of the answer that the client has; 304 without a body when it is still the same (取得済みの ETag) */
                "If-None-Match"?: string;
            };
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
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01a223ad-dd7f-70cf-a057-e1b98ac7e85c",
                     *       "shopId": "01a223ad-c858-7763-89c7-9187f3daf26e",
                     *       "marketplace": "yahoo",
                     *       "orderNumber": "hoshizora-tools-10000003",
                     *       "status": "new",
                     *       "changeState": "none",
                     *       "mallStatus": "2",
                     *       "mallSubStatus": null,
                     *       "mallState": "open",
                     *       "orderedAt": "2026-11-28T19:42:01.000Z",
                     *       "stagedAt": "2026-11-28T19:42:06.719Z",
                     *       "pulledAt": "2026-11-28T19:42:06.868Z",
                     *       "refreshedAt": "2026-11-28T19:42:20.731Z",
                     *       "billedAmount": 5150,
                     *       "totalAmount": 5450,
                     *       "itemLines": 2,
                     *       "itemQuantity": 3,
                     *       "paymentKind": "cod",
                     *       "trackedParcels": 0,
                     *       "holds": [
                     *         "buyer_cancel_window"
                     *       ],
                     *       "flags": [
                     *         "read_only"
                     *       ],
                     *       "marks": [
                     *         "buyer_note",
                     *         "combinable"
                     *       ],
                     *       "warningCount": 0,
                     *       "version": 3,
                     *       "revision": 4,
                     *       "editedAt": "2026-11-28T19:42:17.735Z",
                     *       "pullId": "01a223ad-de14-75b7-bb58-977dde2726f0",
                     *       "purgedAt": null,
                     *       "erasedAt": null,
                     *       "labels": {
                     *         "status": "新規受付",
                     *         "changeState": "変更なし",
                     *         "mallState": "未発送",
                     *         "paymentKind": "代金引換",
                     *         "holds": [
                     *           "購入者キャンセル可能時間"
                     *         ],
                     *         "flags": [
                     *           "モールで変更不可"
                     *         ]
                     *       },
                     *       "detail": {
                     *         "marketplace": "yahoo",
                     *         "shopCode": "hoshizora-tools",
                     *         "orderNumber": "hoshizora-tools-10000003",
                     *         "orderedAt": "2026-11-29T04:42:01+09:00",
                     *         "updatedAt": "2026-11-29T04:42:03+09:00",
                     *         "device": "smartphone",
                     *         "mallState": "open",
                     *         "mallStatus": {
                     *           "code": "2",
                     *           "name": "処理中"
                     *         },
                     *         "mallSubStatus": null,
                     *         "mallStatuses": {
                     *           "PayStatus": "0",
                     *           "SettleStatus": "2",
                     *           "ShipStatus": "1",
                     *           "ShipInstructStatus": null,
                     *           "DeliveryStatus": null,
                     *           "FraudHoldStatus": "0",
                     *           "Suspect": "0",
                     *           "YamatoCoopStatus": "0",
                     *           "InsuranceStatus": null,
                     *           "IsSeen": "false"
                     *         },
                     *         "cancelReason": null,
                     *         "times": {
                     *           "RoyaltyFixTime": null,
                     *           "SendConfirmTime": null,
                     *           "SendPayTime": null,
                     *           "PrintSlipTime": null,
                     *           "PrintDeliveryTime": null,
                     *           "PrintBillTime": null,
                     *           "PublicationTime": "2026-11-29T04:42:01+09:00"
                     *         },
                     *         "buyer": {
                     *           "fullName": "山﨑 美咲",
                     *           "familyName": "山﨑",
                     *           "givenName": "美咲",
                     *           "familyNameKana": "ヤマザキ",
                     *           "givenNameKana": "ミサキ",
                     *           "postalCode": "5300001",
                     *           "prefecture": "大阪府",
                     *           "city": "大阪市北区",
                     *           "address1": "仮名町7-8",
                     *           "address2": "ビル﨑2F",
                     *           "company": null,
                     *           "phone": "06-0000-0003",
                     *           "emergencyPhone": null,
                     *           "email": "5300001@example.jp"
                     *         },
                     *         "recipients": [
                     *           {
                     *             "id": "1",
                     *             "person": {
                     *               "fullName": "山﨑 美咲",
                     *               "familyName": "山﨑",
                     *               "givenName": "美咲",
                     *               "familyNameKana": "ヤマザキ",
                     *               "givenNameKana": "ミサキ",
                     *               "postalCode": "5300001",
                     *               "prefecture": "大阪府",
                     *               "city": "大阪市北区",
                     *               "address1": "仮名町7-8",
                     *               "address2": "ビル﨑2F",
                     *               "company": null,
                     *               "phone": "06-0000-0003",
                     *               "emergencyPhone": null,
                     *               "email": null
                     *             },
                     *             "lineIds": [
                     *               "1",
                     *               "2"
                     *             ],
                     *             "parcels": [],
                     *             "wish": {
                     *               "date": "2026-12-03",
                     *               "timeFrom": null,
                     *               "timeTo": null,
                     *               "timeText": null,
                     *               "dropOff": null
                     *             },
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "shippingFee": 0,
                     *             "codFee": 330,
                     *             "pickup": null,
                     *             "remoteArea": false,
                     *             "addressPending": false,
                     *             "mallFields": {
                     *               "ShipRequestTimeZoneCode": null,
                     *               "ShipCompanyCode": null,
                     *               "ShipInvoiceNumberEmptyReason": null,
                     *               "ShipUrl": null,
                     *               "ShipNotes": null,
                     *               "ArriveType": "0",
                     *               "ExcellentDelivery": null,
                     *               "GiftWrapCode": null,
                     *               "Option1Field": null,
                     *               "Option1Type": null,
                     *               "Option1Value": null,
                     *               "Option2Field": null,
                     *               "Option2Type": null,
                     *               "Option2Value": null,
                     *               "ShipPrefectureKana": null,
                     *               "ShipCityKana": null,
                     *               "ShipAddress1Kana": null,
                     *               "ShipAddress2Kana": null,
                     *               "ShipSection1Field": null,
                     *               "ShipSection2Field": null,
                     *               "ReceiveShopType": "0",
                     *               "ReceiveSatelliteType": null,
                     *               "ReceiveSatelliteSettleMethod": null,
                     *               "ReceiveSatelliteMethod": null,
                     *               "ReceiveSatelliteCompanyName": null,
                     *               "ReceiveSatelliteShopCode": null,
                     *               "ReceiveSatelliteShopName": null,
                     *               "ReceiveSatelliteShipKind": null,
                     *               "ReceiveSatelliteYahooCode": null,
                     *               "ReceiveSatelliteCertificationNumber": null,
                     *               "CollectionDate": null,
                     *               "CashOnDeliveryTax": null,
                     *               "NumberUnitsShipped": null,
                     *               "ShipInstructType": null,
                     *               "EazyDeliveryCode": null,
                     *               "EazyDeliveryName": null,
                     *               "IsSubscription": "false",
                     *               "SubscriptionId": null,
                     *               "SubscriptionContinueCount": null,
                     *               "SubscriptionCycleType": null,
                     *               "SubscriptionCycleDate": null,
                     *               "IsLineGiftShippable": null,
                     *               "UseGiftCardData": null,
                     *               "RemoteAreaShippingType": "0",
                     *               "MallContactlessDeliveryStatus": null,
                     *               "YamatoInputDate": null,
                     *               "SagawaInputDate": null,
                     *               "JapanPostInputDate": null,
                     *               "FirstArrivalDateTime": null,
                     *               "DeliveryDate": null,
                     *               "DeliveryTimeZone": null,
                     *               "ShipCompanyMethodCode": null,
                     *               "ShipCompanyReceivedDatetime": null,
                     *               "ShipContactlessDeliveryCode": null
                     *             }
                     *           }
                     *         ],
                     *         "items": [
                     *           {
                     *             "lineId": "1",
                     *             "recipientId": "1",
                     *             "itemCode": "shirt-22",
                     *             "mallItemId": null,
                     *             "sku": "shirt-22-m",
                     *             "merchantSku": null,
                     *             "jan": null,
                     *             "name": "【送料込】天体柄Tシャツ",
                     *             "options": [
                     *               {
                     *                 "name": "サイズ",
                     *                 "value": "M",
                     *                 "price": 0
                     *               }
                     *             ],
                     *             "unitPrice": 2480,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 1,
                     *             "subtotal": 2480,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "24",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           },
                     *           {
                     *             "lineId": "2",
                     *             "recipientId": "1",
                     *             "itemCode": "0012",
                     *             "mallItemId": null,
                     *             "sku": null,
                     *             "merchantSku": null,
                     *             "jan": "0490000000048",
                     *             "name": "月齢カレンダー & 手帳 <2027年版>",
                     *             "options": [],
                     *             "unitPrice": 1320,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 2,
                     *             "subtotal": 2640,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "13",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           }
                     *         ],
                     *         "charges": {
                     *           "goods": 5120,
                     *           "shipping": 0,
                     *           "cod": 330,
                     *           "paymentFee": 0,
                     *           "giftWrap": 0,
                     *           "adjustment": 0,
                     *           "other": 0
                     *         },
                     *         "discounts": [
                     *           {
                     *             "kind": "coupon",
                     *             "borneBy": "marketplace",
                     *             "amount": 300,
                     *             "name": "モールクーポン",
                     *             "code": null,
                     *             "lineId": null,
                     *             "includedInPrices": false
                     *           }
                     *         ],
                     *         "points": {
                     *           "used": 0,
                     *           "granted": 50
                     *         },
                     *         "taxSummary": [
                     *           {
                     *             "rate": 10,
                     *             "total": 5450,
                     *             "billed": 5150,
                     *             "taxable": 5150,
                     *             "tax": 468,
                     *             "coupon": 300,
                     *             "points": 0,
                     *             "paymentFee": null,
                     *             "source": "computed"
                     *           }
                     *         ],
                     *         "totals": {
                     *           "total": 5450,
                     *           "billed": 5150
                     *         },
                     *         "payment": {
                     *           "kind": "cod",
                     *           "code": "payment_d1",
                     *           "name": "商品代引",
                     *           "combinedName": null,
                     *           "status": "unpaid",
                     *           "paidAt": null,
                     *           "dueDate": null,
                     *           "cardBrand": null,
                     *           "cardLast4": null,
                     *           "installments": null,
                     *           "changeUntil": null,
                     *           "parts": [],
                     *           "mallFields": {
                     *             "PayType": "0",
                     *             "PayKind": "4",
                     *             "CombinedPayType": null,
                     *             "CombinedPayKind": null,
                     *             "CombinedPayMethod": null,
                     *             "PayActionTime": null,
                     *             "PayNotes": null,
                     *             "SettleId": null,
                     *             "SellerHandlingCharge": null,
                     *             "CardNumber": null,
                     *             "CardExpireYear": null,
                     *             "CardExpireMonth": null,
                     *             "CardPayType": null,
                     *             "CardPayCount": null,
                     *             "CardHolderName": null,
                     *             "CardBirthDay": null,
                     *             "UseYahooCard": null,
                     *             "UseWallet": null,
                     *             "IsApplePay": null,
                     *             "NeedBillSlip": null,
                     *             "NeedDetailedSlip": null,
                     *             "AgeConfirmField": null,
                     *             "AgeConfirmValue": null,
                     *             "AgeConfirmCheck": null,
                     *             "BillAddressFrom": null,
                     *             "BillPrefectureKana": null,
                     *             "BillCityKana": null,
                     *             "BillAddress1Kana": null,
                     *             "BillAddress2Kana": null,
                     *             "BillSection1Field": null,
                     *             "BillSection2Field": null,
                     *             "PayNo": null,
                     *             "PayNoIssueDate": null,
                     *             "ConfirmNumber": null,
                     *             "PaymentTerm": null,
                     *             "PayMethodChangeDeadline": null,
                     *             "PayMethodChangeDoneDate": null,
                     *             "IsPayMethodChangePossible": null,
                     *             "LineGiftPayMethodName": null
                     *           }
                     *         },
                     *         "delivery": {
                     *           "methodCode": "postage1",
                     *           "methodName": "宅配便",
                     *           "temperature": null,
                     *           "express": [],
                     *           "shipBy": null,
                     *           "promisedOn": null
                     *         },
                     *         "gift": {
                     *           "requested": false,
                     *           "message": null,
                     *           "noshi": null,
                     *           "wrappings": []
                     *         },
                     *         "receiptWanted": null,
                     *         "reversals": [],
                     *         "notes": {
                     *           "buyer": "領収書をお願いします。\n宛名は「株式会社髙﨑商店」でお願いします。",
                     *           "shop": "電話で日時を確認済み",
                     *           "mail": null,
                     *           "operator": "system"
                     *         },
                     *         "subscription": null,
                     *         "relatedOrders": [],
                     *         "holds": [
                     *           {
                     *             "kind": "buyer_cancel_window",
                     *             "until": "2026-11-28T19:52:01.000Z",
                     *             "note": "注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。"
                     *           }
                     *         ],
                     *         "flags": [
                     *           "read_only"
                     *         ],
                     *         "warnings": [],
                     *         "mallFields": {
                     *           "Version": "1",
                     *           "ParentOrderId": null,
                     *           "ChildOrderId": null,
                     *           "DeviceType": "3",
                     *           "MobileCarrierName": null,
                     *           "IsRoyalty": "true",
                     *           "IsRoyaltyFix": "false",
                     *           "IsSeller": "false",
                     *           "IsAffiliate": "false",
                     *           "IsRatingB2s": "false",
                     *           "NeedSnl": null,
                     *           "SuspectMessage": null,
                     *           "SellerComments": null,
                     *           "Referer": null,
                     *           "EntryPoint": null,
                     *           "UsageId": null,
                     *           "HistoryId": null,
                     *           "UseCouponData": null,
                     *           "ShippingCouponFlg": null,
                     *           "CampaignPoints": null,
                     *           "IsMultiShip": "false",
                     *           "MultiShipId": null,
                     *           "IsFirstClassDrugIncludes": "false",
                     *           "IsFirstClassDrugAgreement": null,
                     *           "IsWelcomeGiftIncludes": null,
                     *           "IsYahooAuctionOrder": "false",
                     *           "YahooAuctionMerchantId": null,
                     *           "YahooAuctionId": null,
                     *           "IsYahooAuctionDeferred": null,
                     *           "YahooAuctionCategoryType": null,
                     *           "YahooAuctionBidType": null,
                     *           "YahooAuctionBundleType": null,
                     *           "IsLineGiftOrder": "false",
                     *           "LineGiftOrderId": null,
                     *           "ImmediateBonus": null,
                     *           "SlowlyShipPoint": null,
                     *           "SlowlyShipPointFixDate": null,
                     *           "IsSlowlyShipPointFix": null,
                     *           "CampaignGiftCards": null,
                     *           "OverlapOrderResult": null,
                     *           "FirstOrderDoneDate": null,
                     *           "DonationId": null,
                     *           "SocialGiftType": "0",
                     *           "IsVip": null,
                     *           "AffiliateType": null,
                     *           "IsLineCommerceTabOrder": null,
                     *           "XshoppingStoreType": null,
                     *           "OptionPartnerType": null,
                     *           "GoodStoreStatus": null,
                     *           "CurrentGoodStoreBenefitApply": null,
                     *           "CurrentPromoPkgApply": null,
                     *           "Detail": {
                     *             "SettleAmount": "5150",
                     *             "IsGetPointFixAll": "false",
                     *             "IsGetStoreBonusFixAll": null,
                     *             "LineGiftCharge": null,
                     *             "TotalImmediateBonusRatio": null,
                     *             "PayMethodAmount": null,
                     *             "CombinedPayMethodAmount": null,
                     *             "UsePaypayPoint": null,
                     *             "SettlePayAmount": null
                     *           },
                     *           "Seller": {
                     *             "SellerId": "hoshizora-tools",
                     *             "LineGiftAccount": null
                     *           },
                     *           "Buyer": {
                     *             "IsLogin": "true",
                     *             "FspLicenseCode": null,
                     *             "FspLicenseName": null,
                     *             "GuestAuthId": null
                     *           }
                     *         }
                     *       },
                     *       "detailMissing": null,
                     *       "edits": {
                     *         "/notes/shop": {
                     *           "mall": null,
                     *           "edited": "電話で日時を確認済み",
                     *           "at": "2026-11-28T19:42:17.734Z",
                     *           "by": "key:01a223ad-c314-7170-a574-4b5d89df20a3"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["EditedOrder"];
                };
            };
            /** @description Unchanged: the client has it already (変更なし) */
            304: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
                "application/json": components["schemas"]["OrderPatch"];
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
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01a223ad-dd7f-70cf-a057-e1b98ac7e85c",
                     *       "shopId": "01a223ad-c858-7763-89c7-9187f3daf26e",
                     *       "marketplace": "yahoo",
                     *       "orderNumber": "hoshizora-tools-10000003",
                     *       "status": "new",
                     *       "changeState": "none",
                     *       "mallStatus": "2",
                     *       "mallSubStatus": null,
                     *       "mallState": "open",
                     *       "orderedAt": "2026-11-28T19:42:01.000Z",
                     *       "stagedAt": "2026-11-28T19:42:06.719Z",
                     *       "pulledAt": "2026-11-28T19:42:06.868Z",
                     *       "refreshedAt": "2026-11-28T19:42:20.731Z",
                     *       "billedAmount": 5150,
                     *       "totalAmount": 5450,
                     *       "itemLines": 2,
                     *       "itemQuantity": 3,
                     *       "paymentKind": "cod",
                     *       "trackedParcels": 0,
                     *       "holds": [
                     *         "buyer_cancel_window"
                     *       ],
                     *       "flags": [
                     *         "read_only"
                     *       ],
                     *       "marks": [
                     *         "buyer_note",
                     *         "combinable"
                     *       ],
                     *       "warningCount": 0,
                     *       "version": 3,
                     *       "revision": 4,
                     *       "editedAt": "2026-11-28T19:42:17.735Z",
                     *       "pullId": "01a223ad-de14-75b7-bb58-977dde2726f0",
                     *       "purgedAt": null,
                     *       "erasedAt": null,
                     *       "labels": {
                     *         "status": "新規受付",
                     *         "changeState": "変更なし",
                     *         "mallState": "未発送",
                     *         "paymentKind": "代金引換",
                     *         "holds": [
                     *           "購入者キャンセル可能時間"
                     *         ],
                     *         "flags": [
                     *           "モールで変更不可"
                     *         ]
                     *       },
                     *       "detail": {
                     *         "marketplace": "yahoo",
                     *         "shopCode": "hoshizora-tools",
                     *         "orderNumber": "hoshizora-tools-10000003",
                     *         "orderedAt": "2026-11-29T04:42:01+09:00",
                     *         "updatedAt": "2026-11-29T04:42:03+09:00",
                     *         "device": "smartphone",
                     *         "mallState": "open",
                     *         "mallStatus": {
                     *           "code": "2",
                     *           "name": "処理中"
                     *         },
                     *         "mallSubStatus": null,
                     *         "mallStatuses": {
                     *           "PayStatus": "0",
                     *           "SettleStatus": "2",
                     *           "ShipStatus": "1",
                     *           "ShipInstructStatus": null,
                     *           "DeliveryStatus": null,
                     *           "FraudHoldStatus": "0",
                     *           "Suspect": "0",
                     *           "YamatoCoopStatus": "0",
                     *           "InsuranceStatus": null,
                     *           "IsSeen": "false"
                     *         },
                     *         "cancelReason": null,
                     *         "times": {
                     *           "RoyaltyFixTime": null,
                     *           "SendConfirmTime": null,
                     *           "SendPayTime": null,
                     *           "PrintSlipTime": null,
                     *           "PrintDeliveryTime": null,
                     *           "PrintBillTime": null,
                     *           "PublicationTime": "2026-11-29T04:42:01+09:00"
                     *         },
                     *         "buyer": {
                     *           "fullName": "山﨑 美咲",
                     *           "familyName": "山﨑",
                     *           "givenName": "美咲",
                     *           "familyNameKana": "ヤマザキ",
                     *           "givenNameKana": "ミサキ",
                     *           "postalCode": "5300001",
                     *           "prefecture": "大阪府",
                     *           "city": "大阪市北区",
                     *           "address1": "仮名町7-8",
                     *           "address2": "ビル﨑2F",
                     *           "company": null,
                     *           "phone": "06-0000-0003",
                     *           "emergencyPhone": null,
                     *           "email": "5300001@example.jp"
                     *         },
                     *         "recipients": [
                     *           {
                     *             "id": "1",
                     *             "person": {
                     *               "fullName": "山﨑 美咲",
                     *               "familyName": "山﨑",
                     *               "givenName": "美咲",
                     *               "familyNameKana": "ヤマザキ",
                     *               "givenNameKana": "ミサキ",
                     *               "postalCode": "5300001",
                     *               "prefecture": "大阪府",
                     *               "city": "大阪市北区",
                     *               "address1": "仮名町7-8",
                     *               "address2": "ビル﨑2F",
                     *               "company": null,
                     *               "phone": "06-0000-0003",
                     *               "emergencyPhone": null,
                     *               "email": null
                     *             },
                     *             "lineIds": [
                     *               "1",
                     *               "2"
                     *             ],
                     *             "parcels": [],
                     *             "wish": {
                     *               "date": "2026-12-03",
                     *               "timeFrom": null,
                     *               "timeTo": null,
                     *               "timeText": null,
                     *               "dropOff": null
                     *             },
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "shippingFee": 0,
                     *             "codFee": 330,
                     *             "pickup": null,
                     *             "remoteArea": false,
                     *             "addressPending": false,
                     *             "mallFields": {
                     *               "ShipRequestTimeZoneCode": null,
                     *               "ShipCompanyCode": null,
                     *               "ShipInvoiceNumberEmptyReason": null,
                     *               "ShipUrl": null,
                     *               "ShipNotes": null,
                     *               "ArriveType": "0",
                     *               "ExcellentDelivery": null,
                     *               "GiftWrapCode": null,
                     *               "Option1Field": null,
                     *               "Option1Type": null,
                     *               "Option1Value": null,
                     *               "Option2Field": null,
                     *               "Option2Type": null,
                     *               "Option2Value": null,
                     *               "ShipPrefectureKana": null,
                     *               "ShipCityKana": null,
                     *               "ShipAddress1Kana": null,
                     *               "ShipAddress2Kana": null,
                     *               "ShipSection1Field": null,
                     *               "ShipSection2Field": null,
                     *               "ReceiveShopType": "0",
                     *               "ReceiveSatelliteType": null,
                     *               "ReceiveSatelliteSettleMethod": null,
                     *               "ReceiveSatelliteMethod": null,
                     *               "ReceiveSatelliteCompanyName": null,
                     *               "ReceiveSatelliteShopCode": null,
                     *               "ReceiveSatelliteShopName": null,
                     *               "ReceiveSatelliteShipKind": null,
                     *               "ReceiveSatelliteYahooCode": null,
                     *               "ReceiveSatelliteCertificationNumber": null,
                     *               "CollectionDate": null,
                     *               "CashOnDeliveryTax": null,
                     *               "NumberUnitsShipped": null,
                     *               "ShipInstructType": null,
                     *               "EazyDeliveryCode": null,
                     *               "EazyDeliveryName": null,
                     *               "IsSubscription": "false",
                     *               "SubscriptionId": null,
                     *               "SubscriptionContinueCount": null,
                     *               "SubscriptionCycleType": null,
                     *               "SubscriptionCycleDate": null,
                     *               "IsLineGiftShippable": null,
                     *               "UseGiftCardData": null,
                     *               "RemoteAreaShippingType": "0",
                     *               "MallContactlessDeliveryStatus": null,
                     *               "YamatoInputDate": null,
                     *               "SagawaInputDate": null,
                     *               "JapanPostInputDate": null,
                     *               "FirstArrivalDateTime": null,
                     *               "DeliveryDate": null,
                     *               "DeliveryTimeZone": null,
                     *               "ShipCompanyMethodCode": null,
                     *               "ShipCompanyReceivedDatetime": null,
                     *               "ShipContactlessDeliveryCode": null
                     *             }
                     *           }
                     *         ],
                     *         "items": [
                     *           {
                     *             "lineId": "1",
                     *             "recipientId": "1",
                     *             "itemCode": "shirt-22",
                     *             "mallItemId": null,
                     *             "sku": "shirt-22-m",
                     *             "merchantSku": null,
                     *             "jan": null,
                     *             "name": "【送料込】天体柄Tシャツ",
                     *             "options": [
                     *               {
                     *                 "name": "サイズ",
                     *                 "value": "M",
                     *                 "price": 0
                     *               }
                     *             ],
                     *             "unitPrice": 2480,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 1,
                     *             "subtotal": 2480,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "24",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           },
                     *           {
                     *             "lineId": "2",
                     *             "recipientId": "1",
                     *             "itemCode": "0012",
                     *             "mallItemId": null,
                     *             "sku": null,
                     *             "merchantSku": null,
                     *             "jan": "0490000000048",
                     *             "name": "月齢カレンダー & 手帳 <2027年版>",
                     *             "options": [],
                     *             "unitPrice": 1320,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 2,
                     *             "subtotal": 2640,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "13",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           }
                     *         ],
                     *         "charges": {
                     *           "goods": 5120,
                     *           "shipping": 0,
                     *           "cod": 330,
                     *           "paymentFee": 0,
                     *           "giftWrap": 0,
                     *           "adjustment": 0,
                     *           "other": 0
                     *         },
                     *         "discounts": [
                     *           {
                     *             "kind": "coupon",
                     *             "borneBy": "marketplace",
                     *             "amount": 300,
                     *             "name": "モールクーポン",
                     *             "code": null,
                     *             "lineId": null,
                     *             "includedInPrices": false
                     *           }
                     *         ],
                     *         "points": {
                     *           "used": 0,
                     *           "granted": 50
                     *         },
                     *         "taxSummary": [
                     *           {
                     *             "rate": 10,
                     *             "total": 5450,
                     *             "billed": 5150,
                     *             "taxable": 5150,
                     *             "tax": 468,
                     *             "coupon": 300,
                     *             "points": 0,
                     *             "paymentFee": null,
                     *             "source": "computed"
                     *           }
                     *         ],
                     *         "totals": {
                     *           "total": 5450,
                     *           "billed": 5150
                     *         },
                     *         "payment": {
                     *           "kind": "cod",
                     *           "code": "payment_d1",
                     *           "name": "商品代引",
                     *           "combinedName": null,
                     *           "status": "unpaid",
                     *           "paidAt": null,
                     *           "dueDate": null,
                     *           "cardBrand": null,
                     *           "cardLast4": null,
                     *           "installments": null,
                     *           "changeUntil": null,
                     *           "parts": [],
                     *           "mallFields": {
                     *             "PayType": "0",
                     *             "PayKind": "4",
                     *             "CombinedPayType": null,
                     *             "CombinedPayKind": null,
                     *             "CombinedPayMethod": null,
                     *             "PayActionTime": null,
                     *             "PayNotes": null,
                     *             "SettleId": null,
                     *             "SellerHandlingCharge": null,
                     *             "CardNumber": null,
                     *             "CardExpireYear": null,
                     *             "CardExpireMonth": null,
                     *             "CardPayType": null,
                     *             "CardPayCount": null,
                     *             "CardHolderName": null,
                     *             "CardBirthDay": null,
                     *             "UseYahooCard": null,
                     *             "UseWallet": null,
                     *             "IsApplePay": null,
                     *             "NeedBillSlip": null,
                     *             "NeedDetailedSlip": null,
                     *             "AgeConfirmField": null,
                     *             "AgeConfirmValue": null,
                     *             "AgeConfirmCheck": null,
                     *             "BillAddressFrom": null,
                     *             "BillPrefectureKana": null,
                     *             "BillCityKana": null,
                     *             "BillAddress1Kana": null,
                     *             "BillAddress2Kana": null,
                     *             "BillSection1Field": null,
                     *             "BillSection2Field": null,
                     *             "PayNo": null,
                     *             "PayNoIssueDate": null,
                     *             "ConfirmNumber": null,
                     *             "PaymentTerm": null,
                     *             "PayMethodChangeDeadline": null,
                     *             "PayMethodChangeDoneDate": null,
                     *             "IsPayMethodChangePossible": null,
                     *             "LineGiftPayMethodName": null
                     *           }
                     *         },
                     *         "delivery": {
                     *           "methodCode": "postage1",
                     *           "methodName": "宅配便",
                     *           "temperature": null,
                     *           "express": [],
                     *           "shipBy": null,
                     *           "promisedOn": null
                     *         },
                     *         "gift": {
                     *           "requested": false,
                     *           "message": null,
                     *           "noshi": null,
                     *           "wrappings": []
                     *         },
                     *         "receiptWanted": null,
                     *         "reversals": [],
                     *         "notes": {
                     *           "buyer": "領収書をお願いします。\n宛名は「株式会社髙﨑商店」でお願いします。",
                     *           "shop": "電話で日時を確認済み",
                     *           "mail": null,
                     *           "operator": "system"
                     *         },
                     *         "subscription": null,
                     *         "relatedOrders": [],
                     *         "holds": [
                     *           {
                     *             "kind": "buyer_cancel_window",
                     *             "until": "2026-11-28T19:52:01.000Z",
                     *             "note": "注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。"
                     *           }
                     *         ],
                     *         "flags": [
                     *           "read_only"
                     *         ],
                     *         "warnings": [],
                     *         "mallFields": {
                     *           "Version": "1",
                     *           "ParentOrderId": null,
                     *           "ChildOrderId": null,
                     *           "DeviceType": "3",
                     *           "MobileCarrierName": null,
                     *           "IsRoyalty": "true",
                     *           "IsRoyaltyFix": "false",
                     *           "IsSeller": "false",
                     *           "IsAffiliate": "false",
                     *           "IsRatingB2s": "false",
                     *           "NeedSnl": null,
                     *           "SuspectMessage": null,
                     *           "SellerComments": null,
                     *           "Referer": null,
                     *           "EntryPoint": null,
                     *           "UsageId": null,
                     *           "HistoryId": null,
                     *           "UseCouponData": null,
                     *           "ShippingCouponFlg": null,
                     *           "CampaignPoints": null,
                     *           "IsMultiShip": "false",
                     *           "MultiShipId": null,
                     *           "IsFirstClassDrugIncludes": "false",
                     *           "IsFirstClassDrugAgreement": null,
                     *           "IsWelcomeGiftIncludes": null,
                     *           "IsYahooAuctionOrder": "false",
                     *           "YahooAuctionMerchantId": null,
                     *           "YahooAuctionId": null,
                     *           "IsYahooAuctionDeferred": null,
                     *           "YahooAuctionCategoryType": null,
                     *           "YahooAuctionBidType": null,
                     *           "YahooAuctionBundleType": null,
                     *           "IsLineGiftOrder": "false",
                     *           "LineGiftOrderId": null,
                     *           "ImmediateBonus": null,
                     *           "SlowlyShipPoint": null,
                     *           "SlowlyShipPointFixDate": null,
                     *           "IsSlowlyShipPointFix": null,
                     *           "CampaignGiftCards": null,
                     *           "OverlapOrderResult": null,
                     *           "FirstOrderDoneDate": null,
                     *           "DonationId": null,
                     *           "SocialGiftType": "0",
                     *           "IsVip": null,
                     *           "AffiliateType": null,
                     *           "IsLineCommerceTabOrder": null,
                     *           "XshoppingStoreType": null,
                     *           "OptionPartnerType": null,
                     *           "GoodStoreStatus": null,
                     *           "CurrentGoodStoreBenefitApply": null,
                     *           "CurrentPromoPkgApply": null,
                     *           "Detail": {
                     *             "SettleAmount": "5150",
                     *             "IsGetPointFixAll": "false",
                     *             "IsGetStoreBonusFixAll": null,
                     *             "LineGiftCharge": null,
                     *             "TotalImmediateBonusRatio": null,
                     *             "PayMethodAmount": null,
                     *             "CombinedPayMethodAmount": null,
                     *             "UsePaypayPoint": null,
                     *             "SettlePayAmount": null
                     *           },
                     *           "Seller": {
                     *             "SellerId": "hoshizora-tools",
                     *             "LineGiftAccount": null
                     *           },
                     *           "Buyer": {
                     *             "IsLogin": "true",
                     *             "FspLicenseCode": null,
                     *             "FspLicenseName": null,
                     *             "GuestAuthId": null
                     *           }
                     *         }
                     *       },
                     *       "detailMissing": null,
                     *       "edits": {
                     *         "/notes/shop": {
                     *           "mall": null,
                     *           "edited": "電話で日時を確認済み",
                     *           "at": "2026-11-28T19:42:17.734Z",
                     *           "by": "key:01a223ad-c314-7170-a574-4b5d89df20a3"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["EditedOrder"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            /** @description `VERSION_MISMATCH` Somebody was faster; nothing was changed. (ほかの人が先に更新しました) */
            412: {
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
                    /**
                     * @example {
                     *       "current": {
                     *         "id": "0199c0de-0000-7000-8000-000000000000",
                     *         "shopId": "0199c0de-0000-7000-8000-000000000001",
                     *         "marketplace": "rakuten",
                     *         "orderNumber": "123456-20260115-0000000001",
                     *         "status": "auto_imported",
                     *         "changeState": "none",
                     *         "mallStatus": "100",
                     *         "mallSubStatus": null,
                     *         "mallState": "open",
                     *         "orderedAt": "2026-01-15T02:30:00.000Z",
                     *         "stagedAt": "2026-01-15T03:00:00.000Z",
                     *         "pulledAt": null,
                     *         "refreshedAt": "2026-01-15T03:00:00.000Z",
                     *         "billedAmount": 3500,
                     *         "totalAmount": 3500,
                     *         "itemLines": 2,
                     *         "itemQuantity": 3,
                     *         "paymentKind": "credit_card",
                     *         "trackedParcels": 0,
                     *         "holds": [],
                     *         "flags": [],
                     *         "marks": [],
                     *         "warningCount": 0,
                     *         "version": 1,
                     *         "revision": 1,
                     *         "editedAt": null,
                     *         "pullId": null,
                     *         "purgedAt": null,
                     *         "erasedAt": null,
                     *         "labels": {
                     *           "status": "自動受注取込",
                     *           "changeState": "変更なし",
                     *           "mallState": "未発送",
                     *           "paymentKind": "クレジットカード",
                     *           "holds": [],
                     *           "flags": []
                     *         },
                     *         "detail": {
                     *           "marketplace": "rakuten",
                     *           "shopCode": "123456",
                     *           "orderNumber": "123456-20260115-0000000001",
                     *           "orderedAt": "2026-01-15T11:30:00+09:00",
                     *           "updatedAt": null,
                     *           "device": "smartphone",
                     *           "mallState": "open",
                     *           "mallStatus": {
                     *             "code": "100",
                     *             "name": "注文確認待ち"
                     *           },
                     *           "mallSubStatus": null,
                     *           "mallStatuses": {},
                     *           "cancelReason": null,
                     *           "times": {},
                     *           "buyer": {
                     *             "familyName": "髙橋",
                     *             "givenName": "花子",
                     *             "familyNameKana": null,
                     *             "givenNameKana": null,
                     *             "postalCode": "1000001",
                     *             "prefecture": "東京都",
                     *             "city": "千代田区",
                     *             "address1": "千代田1-1",
                     *             "address2": null,
                     *             "company": null,
                     *             "phone": "03-0000-0000",
                     *             "emergencyPhone": null,
                     *             "email": null
                     *           },
                     *           "recipients": [
                     *             {
                     *               "id": "r1",
                     *               "person": {
                     *                 "familyName": "﨑山",
                     *                 "givenName": "花子",
                     *                 "familyNameKana": null,
                     *                 "givenNameKana": null,
                     *                 "postalCode": "1000001",
                     *                 "prefecture": "東京都",
                     *                 "city": "千代田区",
                     *                 "address1": "千代田1-1",
                     *                 "address2": null,
                     *                 "company": null,
                     *                 "phone": "03-0000-0000",
                     *                 "emergencyPhone": null,
                     *                 "email": null
                     *               },
                     *               "lineIds": [
                     *                 "1"
                     *               ],
                     *               "parcels": [],
                     *               "wish": {
                     *                 "date": null,
                     *                 "timeFrom": null,
                     *                 "timeTo": null,
                     *                 "timeText": null,
                     *                 "dropOff": null
                     *               },
                     *               "gift": {
                     *                 "requested": false,
                     *                 "message": null,
                     *                 "noshi": null,
                     *                 "wrappings": []
                     *               },
                     *               "shippingFee": 500,
                     *               "codFee": null,
                     *               "pickup": null,
                     *               "remoteArea": false,
                     *               "addressPending": false,
                     *               "mallFields": {}
                     *             }
                     *           ],
                     *           "items": [
                     *             {
                     *               "lineId": "1",
                     *               "recipientId": "r1",
                     *               "itemCode": "item-1",
                     *               "mallItemId": null,
                     *               "sku": null,
                     *               "merchantSku": null,
                     *               "jan": null,
                     *               "name": "抹茶セット",
                     *               "options": [],
                     *               "unitPrice": 1000,
                     *               "taxIncluded": true,
                     *               "taxRate": 8,
                     *               "quantity": 2,
                     *               "subtotal": 2000,
                     *               "releaseDate": null,
                     *               "leadTime": null,
                     *               "deleted": false,
                     *               "mallFields": {}
                     *             },
                     *             {
                     *               "lineId": "2",
                     *               "recipientId": "r1",
                     *               "itemCode": "item-2",
                     *               "mallItemId": null,
                     *               "sku": null,
                     *               "merchantSku": null,
                     *               "jan": null,
                     *               "name": "抹茶セット",
                     *               "options": [],
                     *               "unitPrice": 1000,
                     *               "taxIncluded": true,
                     *               "taxRate": 8,
                     *               "quantity": 1,
                     *               "subtotal": 1000,
                     *               "releaseDate": null,
                     *               "leadTime": null,
                     *               "deleted": false,
                     *               "mallFields": {}
                     *             }
                     *           ],
                     *           "charges": {
                     *             "goods": 3000,
                     *             "shipping": 500,
                     *             "cod": 0,
                     *             "paymentFee": 0,
                     *             "giftWrap": 0,
                     *             "adjustment": 0,
                     *             "other": 0
                     *           },
                     *           "discounts": [],
                     *           "points": {
                     *             "used": 0,
                     *             "granted": null
                     *           },
                     *           "taxSummary": [],
                     *           "totals": {
                     *             "total": 3500,
                     *             "billed": 3500
                     *           },
                     *           "payment": {
                     *             "kind": "credit_card",
                     *             "code": "1",
                     *             "name": "クレジットカード",
                     *             "combinedName": null,
                     *             "status": "authorised",
                     *             "paidAt": null,
                     *             "dueDate": null,
                     *             "cardBrand": null,
                     *             "cardLast4": null,
                     *             "installments": null,
                     *             "mallFields": {}
                     *           },
                     *           "delivery": {
                     *             "methodCode": null,
                     *             "methodName": "宅配便",
                     *             "temperature": null,
                     *             "express": [],
                     *             "shipBy": null
                     *           },
                     *           "gift": {
                     *             "requested": false,
                     *             "message": null,
                     *             "noshi": null,
                     *             "wrappings": []
                     *           },
                     *           "notes": {
                     *             "buyer": "①午前中に希望",
                     *             "shop": null,
                     *             "mail": null,
                     *             "operator": null
                     *           },
                     *           "subscription": null,
                     *           "relatedOrders": [],
                     *           "holds": [],
                     *           "flags": [],
                     *           "warnings": [],
                     *           "mallFields": {}
                     *         },
                     *         "detailMissing": null,
                     *         "edits": {}
                     *       },
                     *       "sent": {
                     *         "version": 99,
                     *         "patch": {
                     *           "notes": {
                     *             "shop": "電話で日時を確認済み"
                     *           }
                     *         }
                     *       },
                     *       "type": "urn:torikomi:problem:version-mismatch",
                     *       "title": "ほかの人が先に更新しました",
                     *       "status": 412,
                     *       "detail": "ほかの人が先に更新しました（編集元の版 99、現在の版 1）。最新の内容（current）を確認して、もう一度保存してください。",
                     *       "code": "VERSION_MISMATCH",
                     *       "instance": "/v1/orders/0199c0de-0000-7000-8000-000000000000",
                     *       "requestId": "0199c0de-0000-7000-8000-000000000002"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["OrderConflict"];
                };
            };
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
                    /**
                     * @example {
                     *       "events": [
                     *         {
                     *           "id": "01a221ed-0ef9-73f9-8abd-8b4893f9e175",
                     *           "at": "2026-11-28T11:31:49.231Z",
                     *           "kind": "mail_seen",
                     *           "label": "注文メールを受信しました",
                     *           "actor": "mail",
                     *           "actorName": "注文メール",
                     *           "data": {
                     *             "mailId": "01a221ec-fd6e-7725-a810-02cc7f05bd4a",
                     *             "mailKind": "new_order"
                     *           }
                     *         },
                     *         {
                     *           "id": "01a221ed-0ef9-73fa-837a-92106a2a7039",
                     *           "at": "2026-11-28T11:31:53.700Z",
                     *           "kind": "staged",
                     *           "label": "自動受注取込に入りました",
                     *           "actor": "worker",
                     *           "actorName": "自動処理",
                     *           "data": {
                     *             "source": "mail",
                     *             "mallState": "open",
                     *             "mallStatus": "2"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["GetOrderTimelineAnswer"];
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
                    /**
                     * @example {
                     *       "staged": 8,
                     *       "changing": 0,
                     *       "warning": 1,
                     *       "failed": 0,
                     *       "importing": 2,
                     *       "importDoubtful": 0,
                     *       "importFailed": 0,
                     *       "missing": 0,
                     *       "differing": 0,
                     *       "new": 16,
                     *       "awaitingPayment": 0,
                     *       "readyToShip": 0,
                     *       "onHold": 0,
                     *       "marks": [
                     *         {
                     *           "mark": "buyer_note",
                     *           "count": 2
                     *         },
                     *         {
                     *           "mark": "combinable",
                     *           "count": 2
                     *         }
                     *       ],
                     *       "attention": 0,
                     *       "shops": [
                     *         {
                     *           "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "name": "見本商店 楽天市場店",
                     *           "marketplace": "rakuten",
                     *           "staged": 2,
                     *           "changing": 0,
                     *           "warning": 1,
                     *           "failed": 0,
                     *           "importing": 2,
                     *           "importDoubtful": 0,
                     *           "importFailed": 0,
                     *           "missing": 0,
                     *           "differing": 0,
                     *           "new": 4,
                     *           "awaitingPayment": 0,
                     *           "readyToShip": 0,
                     *           "onHold": 0,
                     *           "importedAt": "2026-11-28T11:32:04.605Z",
                     *           "comparedAt": "2026-11-28T11:31:59.716Z",
                     *           "attention": null,
                     *           "laneClosedUntil": null,
                     *           "verifiedUntil": null,
                     *           "notices": []
                     *         },
                     *         {
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "name": "星空道具店 Yahoo!店",
                     *           "marketplace": "yahoo",
                     *           "staged": 2,
                     *           "changing": 0,
                     *           "warning": 0,
                     *           "failed": 0,
                     *           "importing": 0,
                     *           "importDoubtful": 0,
                     *           "importFailed": 0,
                     *           "missing": 0,
                     *           "differing": 0,
                     *           "new": 4,
                     *           "awaitingPayment": 0,
                     *           "readyToShip": 0,
                     *           "onHold": 0,
                     *           "importedAt": "2026-11-28T11:32:11.387Z",
                     *           "comparedAt": "2026-11-28T11:31:59.716Z",
                     *           "attention": null,
                     *           "laneClosedUntil": null,
                     *           "verifiedUntil": null,
                     *           "notices": []
                     *         }
                     *       ],
                     *       "mailboxes": [
                     *         {
                     *           "mailboxId": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *           "name": "注文メール",
                     *           "state": "connected",
                     *           "lastMailAt": "2026-11-28T11:32:04.168Z",
                     *           "attention": null,
                     *           "notices": []
                     *         },
                     *         {
                     *           "mailboxId": "01a221ed-3413-7369-ad73-26bb99a69439",
                     *           "name": "削除してよい受信箱",
                     *           "state": "disabled",
                     *           "lastMailAt": null,
                     *           "attention": null,
                     *           "notices": []
                     *         }
                     *       ]
                     *     }
                     */
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
    exportOrders: {
        parameters: {
            query?: {
                /** @description auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス) */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール) */
                marketplace?: components["schemas"]["Marketplace"];
                /** @description State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 */
                changeState?: components["schemas"]["ChangeState"];
                /** @description Begins like this (受注番号の前方一致) */
                number?: string;
                /** @description Ends like this (受注番号の後方一致) */
                numberEnd?: string;
                /** @description none: only orders without a tracking number, some: only those with one (送り状番号の有無) */
                tracking?: components["schemas"]["SavedViewQueryTracking"];
                /** @description true: only what must not ship yet, false: only the others (出荷保留) */
                hold?: components["schemas"]["QueryFlag"];
                /** @description 支払方法区分 */
                paymentKind?: string;
                /** @description Whole family name, given name or both, in kanji or kana (注文者名) */
                buyer?: string;
                /** @description All digits, or the last four; of buyer or recipient (電話番号) */
                phone?: string;
                /** @description Whole mail address (メールアドレス) */
                email?: string;
                /** @description Only orders with this mark, a code of GET /v1/marks (マーク) */
                mark?: string;
                /** @description Part of an item’s name or code (商品名・商品コード) */
                item?: string;
                /** @description Ordered from this time on (注文日時の開始) */
                from?: string;
                /** @description … and before this time (注文日時の終了) */
                to?: string;
                /** @description By order time; a cursor goes with the order it was made in (並び順) */
                sort?: components["schemas"]["SortOrder"];
                /** @description A line for each order, or for each of its items (行の単位) */
                per?: components["schemas"]["ExportOrdersPer"];
                /** @description utf-8 with a byte order mark, or cp932, where 〓 stands for what it lacks (文字コード) */
                encoding?: components["schemas"]["ExportOrdersEncoding"];
                /** @description Names with commas between, in the order of the file; left out: all. orderNumber, mall, shop, status, mallStatus, changeState, orderedAt, stagedAt, pulledAt, buyerName, buyerPostalCode, buyerAddress, buyerPhone, buyerEmail, recipientName, recipientPostalCode, recipientAddress, recipientPhone, recipients, wishDate, wishTime, shipBy, deliveryMethod, trackingNumbers, payment, billedAmount, totalAmount, shippingFee, codFee, pointsUsed, itemQuantity, items, itemCode, sku, jan, itemName, itemOptions, unitPrice, quantity, subtotal, taxRate, gift, flags, holds, buyerNote, shopNote (列) */
                columns?: string;
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
                    /** @description The name of the file (ファイル名) */
                    "content-disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example 受注番号,モール,店舗,ステータス,モールステータス,ステータス変更状態,注文日時,取込日時,受注取込日時,注文者名,注文者郵便番号,注文者住所,注文者電話番号,注文者メールアドレス,送付先名,送付先郵便番号,送付先住所,送付先電話番号,送付先数,お届け希望日,希望時間帯,発送期限,配送方法,送り状番号,支払方法,請求金額,合計金額,送料,代引手数料,利用ポイント,商品点数,商品,ギフト,マーク,出荷保留,備考,店舗メモ
                     *     hoshizora-tools-10000007,Yahoo!ショッピング,星空道具店 Yahoo!店,自動受注取込,処理中,,2026/11/29 04:42:15,2026/11/29 04:42:17,,𠮷田 結衣,0600001,北海道 札幌市中央区 星空町1-2-3,011-000-0001,0600001@example.jp,𠮷田 結衣,0600001,北海道 札幌市中央区 星空町1-2-3,011-000-0001,1,,,,宅配便,,コンビニ決済(セブン-イレブン),9784,10170,0,0,386,5,星空ランプ ×1 / 夜カフェ茶葉 ①番摘み 100g ×1 / 【送料込】天体柄Tシャツ ×3,,read_only,注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。 / 入金がまだ確認できません。,平日は不在です。,
                     *     hoshizora-tools-10000006,Yahoo!ショッピング,星空道具店 Yahoo!店,自動受注取込,処理中,,2026/11/29 04:42:15,2026/11/29 04:42:16,,長谷川 翔太,4600008,愛知県 名古屋市中区 栄13-14 見本荘201,080-0000-0006,4600008@example.jp,五十嵐 凜,0600001,北海道 札幌市中央区 星空町1-2-3,011-000-0001,1,,,,宅配便,,クレジットカード,61212,61710,0,0,498,4,天体望遠鏡 スターター Ⅱ型 ×3 / 星空ランプ ×1,あり,gift / read_only,注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。,,
                     */
                    "text/csv": string;
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
                "application/json": components["schemas"]["MoveOrdersRequest"];
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
                    /**
                     * @example {
                     *       "orders": [
                     *         {
                     *           "orderId": "01a221ed-0ee4-73fc-9e19-151da83bbcd5",
                     *           "result": "already",
                     *           "from": "new",
                     *           "version": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["OrdersMoved"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            /** @description `VERSION_MISMATCH` Somebody was faster; nothing was changed. (ほかの人が先に更新しました) */
            412: {
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
                    /**
                     * @example {
                     *       "current": [
                     *         {
                     *           "orderId": "0199c0de-0000-7000-8000-000000000000",
                     *           "status": "auto_imported",
                     *           "version": 1
                     *         }
                     *       ],
                     *       "sent": {
                     *         "ifVersions": {
                     *           "0199c0de-0000-7000-8000-000000000000": 99
                     *         }
                     *       },
                     *       "type": "urn:torikomi:problem:version-mismatch",
                     *       "title": "ほかの人が先に更新しました",
                     *       "status": 412,
                     *       "detail": "1 件の受注をほかの人が先に更新しました。どの受注も移動していません。内容を確認して送り直してください。",
                     *       "code": "VERSION_MISMATCH",
                     *       "instance": "/v1/orders/move",
                     *       "requestId": "0199c0de-0000-7000-8000-000000000001"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["MoveConflict"];
                };
            };
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
                    /**
                     * @example {
                     *       "versions": [
                     *         {
                     *           "number": 2,
                     *           "endedBy": "edited",
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "endedAt": "2026-11-28T11:32:05.893Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListOrderVersionsAnswer"];
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
                    /**
                     * @example {
                     *       "number": 2,
                     *       "endedBy": "edited",
                     *       "actor": "key:01a223ad-c314-7170-a574-4b5d89df20a3",
                     *       "actorName": "API キー「デモ用クライアント」",
                     *       "endedAt": "2026-11-28T19:42:17.735Z",
                     *       "detail": {
                     *         "marketplace": "yahoo",
                     *         "shopCode": "hoshizora-tools",
                     *         "orderNumber": "hoshizora-tools-10000003",
                     *         "orderedAt": "2026-11-29T04:42:01+09:00",
                     *         "updatedAt": "2026-11-29T04:42:03+09:00",
                     *         "device": "smartphone",
                     *         "mallState": "open",
                     *         "mallStatus": {
                     *           "code": "2",
                     *           "name": "処理中"
                     *         },
                     *         "mallSubStatus": null,
                     *         "mallStatuses": {
                     *           "PayStatus": "0",
                     *           "SettleStatus": "2",
                     *           "ShipStatus": "1",
                     *           "ShipInstructStatus": null,
                     *           "DeliveryStatus": null,
                     *           "FraudHoldStatus": "0",
                     *           "Suspect": "0",
                     *           "YamatoCoopStatus": "0",
                     *           "InsuranceStatus": null,
                     *           "IsSeen": "false"
                     *         },
                     *         "cancelReason": null,
                     *         "times": {
                     *           "RoyaltyFixTime": null,
                     *           "SendConfirmTime": null,
                     *           "SendPayTime": null,
                     *           "PrintSlipTime": null,
                     *           "PrintDeliveryTime": null,
                     *           "PrintBillTime": null,
                     *           "PublicationTime": "2026-11-29T04:42:01+09:00"
                     *         },
                     *         "buyer": {
                     *           "fullName": "山﨑 美咲",
                     *           "familyName": "山﨑",
                     *           "givenName": "美咲",
                     *           "familyNameKana": "ヤマザキ",
                     *           "givenNameKana": "ミサキ",
                     *           "postalCode": "5300001",
                     *           "prefecture": "大阪府",
                     *           "city": "大阪市北区",
                     *           "address1": "仮名町7-8",
                     *           "address2": "ビル﨑2F",
                     *           "company": null,
                     *           "phone": "06-0000-0003",
                     *           "emergencyPhone": null,
                     *           "email": "5300001@example.jp"
                     *         },
                     *         "recipients": [
                     *           {
                     *             "id": "1",
                     *             "person": {
                     *               "fullName": "山﨑 美咲",
                     *               "familyName": "山﨑",
                     *               "givenName": "美咲",
                     *               "familyNameKana": "ヤマザキ",
                     *               "givenNameKana": "ミサキ",
                     *               "postalCode": "5300001",
                     *               "prefecture": "大阪府",
                     *               "city": "大阪市北区",
                     *               "address1": "仮名町7-8",
                     *               "address2": "ビル﨑2F",
                     *               "company": null,
                     *               "phone": "06-0000-0003",
                     *               "emergencyPhone": null,
                     *               "email": null
                     *             },
                     *             "parcels": [],
                     *             "wish": {
                     *               "date": "2026-12-03",
                     *               "timeFrom": null,
                     *               "timeTo": null,
                     *               "timeText": null,
                     *               "dropOff": null
                     *             },
                     *             "gift": {
                     *               "requested": false,
                     *               "message": null,
                     *               "noshi": null,
                     *               "wrappings": []
                     *             },
                     *             "pickup": null,
                     *             "remoteArea": false,
                     *             "addressPending": false,
                     *             "lineIds": [
                     *               "1",
                     *               "2"
                     *             ],
                     *             "shippingFee": 0,
                     *             "codFee": 330,
                     *             "mallFields": {
                     *               "ShipRequestTimeZoneCode": null,
                     *               "ShipCompanyCode": null,
                     *               "ShipInvoiceNumberEmptyReason": null,
                     *               "ShipUrl": null,
                     *               "ShipNotes": null,
                     *               "ArriveType": "0",
                     *               "ExcellentDelivery": null,
                     *               "GiftWrapCode": null,
                     *               "Option1Field": null,
                     *               "Option1Type": null,
                     *               "Option1Value": null,
                     *               "Option2Field": null,
                     *               "Option2Type": null,
                     *               "Option2Value": null,
                     *               "ShipPrefectureKana": null,
                     *               "ShipCityKana": null,
                     *               "ShipAddress1Kana": null,
                     *               "ShipAddress2Kana": null,
                     *               "ShipSection1Field": null,
                     *               "ShipSection2Field": null,
                     *               "ReceiveShopType": "0",
                     *               "ReceiveSatelliteType": null,
                     *               "ReceiveSatelliteSettleMethod": null,
                     *               "ReceiveSatelliteMethod": null,
                     *               "ReceiveSatelliteCompanyName": null,
                     *               "ReceiveSatelliteShopCode": null,
                     *               "ReceiveSatelliteShopName": null,
                     *               "ReceiveSatelliteShipKind": null,
                     *               "ReceiveSatelliteYahooCode": null,
                     *               "ReceiveSatelliteCertificationNumber": null,
                     *               "CollectionDate": null,
                     *               "CashOnDeliveryTax": null,
                     *               "NumberUnitsShipped": null,
                     *               "ShipInstructType": null,
                     *               "EazyDeliveryCode": null,
                     *               "EazyDeliveryName": null,
                     *               "IsSubscription": "false",
                     *               "SubscriptionId": null,
                     *               "SubscriptionContinueCount": null,
                     *               "SubscriptionCycleType": null,
                     *               "SubscriptionCycleDate": null,
                     *               "IsLineGiftShippable": null,
                     *               "UseGiftCardData": null,
                     *               "RemoteAreaShippingType": "0",
                     *               "MallContactlessDeliveryStatus": null,
                     *               "YamatoInputDate": null,
                     *               "SagawaInputDate": null,
                     *               "JapanPostInputDate": null,
                     *               "FirstArrivalDateTime": null,
                     *               "DeliveryDate": null,
                     *               "DeliveryTimeZone": null,
                     *               "ShipCompanyMethodCode": null,
                     *               "ShipCompanyReceivedDatetime": null,
                     *               "ShipContactlessDeliveryCode": null
                     *             }
                     *           }
                     *         ],
                     *         "items": [
                     *           {
                     *             "lineId": "1",
                     *             "recipientId": "1",
                     *             "itemCode": "shirt-22",
                     *             "mallItemId": null,
                     *             "sku": "shirt-22-m",
                     *             "merchantSku": null,
                     *             "jan": null,
                     *             "name": "【送料込】天体柄Tシャツ",
                     *             "options": [
                     *               {
                     *                 "name": "サイズ",
                     *                 "value": "M",
                     *                 "price": 0
                     *               }
                     *             ],
                     *             "unitPrice": 2480,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 1,
                     *             "subtotal": 2480,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "24",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           },
                     *           {
                     *             "lineId": "2",
                     *             "recipientId": "1",
                     *             "itemCode": "0012",
                     *             "mallItemId": null,
                     *             "sku": null,
                     *             "merchantSku": null,
                     *             "jan": "0490000000048",
                     *             "name": "月齢カレンダー & 手帳 <2027年版>",
                     *             "options": [],
                     *             "unitPrice": 1320,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 2,
                     *             "subtotal": 2640,
                     *             "releaseDate": null,
                     *             "leadTime": "1〜2日で発送(休業日を除く)",
                     *             "deleted": false,
                     *             "mallFields": {
                     *               "SubCodeOption": null,
                     *               "IsUsed": "false",
                     *               "ImageId": null,
                     *               "IsTaxable": "true",
                     *               "ProductId": null,
                     *               "CategoryId": null,
                     *               "AffiliateRatio": null,
                     *               "NonTaxUnitPrice": null,
                     *               "PointAvailQuantity": null,
                     *               "PointFspCode": null,
                     *               "PointRatioY": null,
                     *               "PointRatioSeller": null,
                     *               "UnitGetPoint": "13",
                     *               "IsGetPointFix": null,
                     *               "GetPointFixDate": null,
                     *               "CouponData": null,
                     *               "CouponDiscount": null,
                     *               "CouponUseNum": null,
                     *               "OriginalPrice": null,
                     *               "OriginalNum": null,
                     *               "LeadTimeStart": null,
                     *               "LeadTimeEnd": null,
                     *               "PriceType": "0",
                     *               "PickAndDeliveryCode": null,
                     *               "PickAndDeliveryTransportRuleType": null,
                     *               "StoreBonusRatioSeller": null,
                     *               "UnitGetStoreBonus": null,
                     *               "IsGetStoreBonusFix": null,
                     *               "GetStoreBonusFixDate": null,
                     *               "ItemYahooAucId": null,
                     *               "ItemYahooAucMerchantId": null,
                     *               "PointBaseUnitPrice": null,
                     *               "MallCouponData": null,
                     *               "YourTimesaleDiscount": null,
                     *               "SubscriptionPointRatio": null,
                     *               "IsAffiliateItem": null,
                     *               "YamatoUndeliverableReason": null,
                     *               "ChannelGoodsPlanId": null,
                     *               "ChannelGoodsPlanName": null
                     *             }
                     *           }
                     *         ],
                     *         "charges": {
                     *           "goods": 5120,
                     *           "shipping": 0,
                     *           "cod": 330,
                     *           "paymentFee": 0,
                     *           "giftWrap": 0,
                     *           "adjustment": 0,
                     *           "other": 0
                     *         },
                     *         "discounts": [
                     *           {
                     *             "kind": "coupon",
                     *             "borneBy": "marketplace",
                     *             "name": "モールクーポン",
                     *             "amount": 300,
                     *             "code": null,
                     *             "lineId": null,
                     *             "includedInPrices": false
                     *           }
                     *         ],
                     *         "points": {
                     *           "used": 0,
                     *           "granted": 50
                     *         },
                     *         "totals": {
                     *           "total": 5450,
                     *           "billed": 5150
                     *         },
                     *         "taxSummary": [
                     *           {
                     *             "rate": 10,
                     *             "total": 5450,
                     *             "billed": 5150,
                     *             "taxable": 5150,
                     *             "tax": 468,
                     *             "coupon": 300,
                     *             "points": 0,
                     *             "paymentFee": null,
                     *             "source": "computed"
                     *           }
                     *         ],
                     *         "payment": {
                     *           "kind": "cod",
                     *           "code": "payment_d1",
                     *           "name": "商品代引",
                     *           "combinedName": null,
                     *           "status": "unpaid",
                     *           "paidAt": null,
                     *           "dueDate": null,
                     *           "cardBrand": null,
                     *           "cardLast4": null,
                     *           "installments": null,
                     *           "changeUntil": null,
                     *           "parts": [],
                     *           "mallFields": {
                     *             "PayType": "0",
                     *             "PayKind": "4",
                     *             "CombinedPayType": null,
                     *             "CombinedPayKind": null,
                     *             "CombinedPayMethod": null,
                     *             "PayActionTime": null,
                     *             "PayNotes": null,
                     *             "SettleId": null,
                     *             "SellerHandlingCharge": null,
                     *             "CardNumber": null,
                     *             "CardExpireYear": null,
                     *             "CardExpireMonth": null,
                     *             "CardPayType": null,
                     *             "CardPayCount": null,
                     *             "CardHolderName": null,
                     *             "CardBirthDay": null,
                     *             "UseYahooCard": null,
                     *             "UseWallet": null,
                     *             "IsApplePay": null,
                     *             "NeedBillSlip": null,
                     *             "NeedDetailedSlip": null,
                     *             "AgeConfirmField": null,
                     *             "AgeConfirmValue": null,
                     *             "AgeConfirmCheck": null,
                     *             "BillAddressFrom": null,
                     *             "BillPrefectureKana": null,
                     *             "BillCityKana": null,
                     *             "BillAddress1Kana": null,
                     *             "BillAddress2Kana": null,
                     *             "BillSection1Field": null,
                     *             "BillSection2Field": null,
                     *             "PayNo": null,
                     *             "PayNoIssueDate": null,
                     *             "ConfirmNumber": null,
                     *             "PaymentTerm": null,
                     *             "PayMethodChangeDeadline": null,
                     *             "PayMethodChangeDoneDate": null,
                     *             "IsPayMethodChangePossible": null,
                     *             "LineGiftPayMethodName": null
                     *           }
                     *         },
                     *         "delivery": {
                     *           "methodCode": "postage1",
                     *           "methodName": "宅配便",
                     *           "temperature": null,
                     *           "express": [],
                     *           "shipBy": null,
                     *           "promisedOn": null
                     *         },
                     *         "gift": {
                     *           "requested": false,
                     *           "message": null,
                     *           "noshi": null,
                     *           "wrappings": []
                     *         },
                     *         "receiptWanted": null,
                     *         "reversals": [],
                     *         "notes": {
                     *           "buyer": "領収書をお願いします。\n宛名は「株式会社髙﨑商店」でお願いします。",
                     *           "shop": null,
                     *           "mail": null,
                     *           "operator": "system"
                     *         },
                     *         "subscription": null,
                     *         "relatedOrders": [],
                     *         "holds": [
                     *           {
                     *             "kind": "buyer_cancel_window",
                     *             "until": "2026-11-28T19:52:01.000Z",
                     *             "note": "注文から約10分間は購入者がキャンセルできます。この間は変更できません。時間が過ぎると自動で読み直します。"
                     *           }
                     *         ],
                     *         "flags": [
                     *           "read_only"
                     *         ],
                     *         "warnings": [],
                     *         "mallFields": {
                     *           "Version": "1",
                     *           "ParentOrderId": null,
                     *           "ChildOrderId": null,
                     *           "DeviceType": "3",
                     *           "MobileCarrierName": null,
                     *           "IsRoyalty": "true",
                     *           "IsRoyaltyFix": "false",
                     *           "IsSeller": "false",
                     *           "IsAffiliate": "false",
                     *           "IsRatingB2s": "false",
                     *           "NeedSnl": null,
                     *           "SuspectMessage": null,
                     *           "SellerComments": null,
                     *           "Referer": null,
                     *           "EntryPoint": null,
                     *           "UsageId": null,
                     *           "HistoryId": null,
                     *           "UseCouponData": null,
                     *           "ShippingCouponFlg": null,
                     *           "CampaignPoints": null,
                     *           "IsMultiShip": "false",
                     *           "MultiShipId": null,
                     *           "IsFirstClassDrugIncludes": "false",
                     *           "IsFirstClassDrugAgreement": null,
                     *           "IsWelcomeGiftIncludes": null,
                     *           "IsYahooAuctionOrder": "false",
                     *           "YahooAuctionMerchantId": null,
                     *           "YahooAuctionId": null,
                     *           "IsYahooAuctionDeferred": null,
                     *           "YahooAuctionCategoryType": null,
                     *           "YahooAuctionBidType": null,
                     *           "YahooAuctionBundleType": null,
                     *           "IsLineGiftOrder": "false",
                     *           "LineGiftOrderId": null,
                     *           "ImmediateBonus": null,
                     *           "SlowlyShipPoint": null,
                     *           "SlowlyShipPointFixDate": null,
                     *           "IsSlowlyShipPointFix": null,
                     *           "CampaignGiftCards": null,
                     *           "OverlapOrderResult": null,
                     *           "FirstOrderDoneDate": null,
                     *           "DonationId": null,
                     *           "SocialGiftType": "0",
                     *           "IsVip": null,
                     *           "AffiliateType": null,
                     *           "IsLineCommerceTabOrder": null,
                     *           "XshoppingStoreType": null,
                     *           "OptionPartnerType": null,
                     *           "GoodStoreStatus": null,
                     *           "CurrentGoodStoreBenefitApply": null,
                     *           "CurrentPromoPkgApply": null,
                     *           "Detail": {
                     *             "SettleAmount": "5150",
                     *             "IsGetPointFixAll": "false",
                     *             "IsGetStoreBonusFixAll": null,
                     *             "LineGiftCharge": null,
                     *             "TotalImmediateBonusRatio": null,
                     *             "PayMethodAmount": null,
                     *             "CombinedPayMethodAmount": null,
                     *             "UsePaypayPoint": null,
                     *             "SettlePayAmount": null
                     *           },
                     *           "Seller": {
                     *             "SellerId": "hoshizora-tools",
                     *             "LineGiftAccount": null
                     *           },
                     *           "Buyer": {
                     *             "IsLogin": "true",
                     *             "FspLicenseCode": null,
                     *             "FspLicenseName": null,
                     *             "GuestAuthId": null
                     *           }
                     *         }
                     *       },
                     *       "edits": {}
                     *     }
                     */
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
                "application/json": components["schemas"]["ReimportOrdersRequest"];
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
                    /**
                     * @example {
                     *       "reimportId": "01a221ed-77cd-7430-9936-055500981dbf",
                     *       "orders": [
                     *         {
                     *           "orderId": "01a221ed-3da2-75e3-a76b-adad40f50b6d",
                     *           "requestId": "01a221ed-77cf-7107-a6f6-0b294ed6a80f"
                     *         }
                     *       ]
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-3f09-75da-8802-40ff023eccaa",
                     *       "apply": "none",
                     *       "requestedAt": "2026-11-28T11:32:06.025Z",
                     *       "orders": [
                     *         {
                     *           "orderId": "01a221ed-0ee4-73fc-9e19-151da83bbcd5",
                     *           "requestId": "01a221ed-3f0d-7349-961e-8973fea16c59",
                     *           "state": "done",
                     *           "outcome": null,
                     *           "message": null,
                     *           "finishedAt": "2026-11-28T11:32:07.702Z",
                     *           "versionBefore": 3,
                     *           "versionAfter": 3,
                     *           "differences": [
                     *             {
                     *               "path": "/notes/shop",
                     *               "kind": "here",
                     *               "mallBefore": null,
                     *               "mallNow": null,
                     *               "here": "電話で日時を確認済み",
                     *               "applied": "here"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
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
                    /**
                     * @example id: 1315-9223372036854775807
                     *     event: ready
                     *     data: {}
                     *
                     *     event: board
                     *     data: {"staged":8,"changing":0,"warning":1,"failed":0,"importing":2,"importDoubtful":0,"importFailed":0,"missing":0,"differing":0,"new":16,"awaitingPayment":0,"readyToShip":0,"onHold":0,"marks":[{"mark":"buyer_note","count":3},{"mark":"combinable","count":2}],"attention":0,"shops":[{"shopId":"01a223ad-c371-7524-88d5-692b55b0907a","name":"見本商店 楽天市場店","marketplace":"rakuten","staged":2,"changing":0,"warning":1,"failed":0,"importing":2,"importDoubtful":0,"importFailed":0,"missing":0,"differing":0,"new":4,"awaitingPayment":0,"readyToShip":0,"onHold":0,"importedAt":"2026-11-28T19:42:16.403Z","comparedAt":"2026-11-28T19:42:14.921Z","verifiedUntil":null,"attention":null,"laneClosedUntil":null,"notices":[]},{"shopId":"01a223ad-c858-7763-89c7-9187f3daf26e","name":"星空道具店 Yahoo!店","marketplace":"yahoo","staged":2,"changing":0,"warning":0,"failed":0,"importing":0,"importDoubtful":0,"importFailed":0,"missing":0,"differing":0,"new":4,"awaitingPayment":0,"readyToShip":0,"onHold":0,"importedAt":"2026-11-28T19:42:25.804Z","comparedAt":"2026-11-28T19:42:26.881Z","verifiedUntil":null,"attention":null,"laneClosedUntil":null,"notices":[]}],"mailboxes":[{"mailboxId":"01a223ad-c97c-736b-9992-22d132bdd04d","name":"注文メール","state":"connected","lastMailAt":"2026-11-28T19:42:15.618Z","attention":null,"notices":[]},{"mailboxId":"01a223ad-fee7-72df-8be3-b37eb35accfa","name":"削除してよい受信箱","state":"disabled","lastMailAt":null,"attention":null,"notices":[]}]}
                     */
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
                    /**
                     * @example {
                     *       "changes": [],
                     *       "position": "1279-9223372036854775807",
                     *       "more": false
                     *     }
                     */
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
                "application/json": components["schemas"]["ImportOrdersRequest"];
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
                    /**
                     * @example {
                     *       "requested": [
                     *         "123456-20261128-0123000068"
                     *       ],
                     *       "alreadyHere": [],
                     *       "scan": null
                     *     }
                     */
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
                state?: components["schemas"]["ImportState"];
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description Only with this result or failure code (結果・失敗コード) */
                outcome?: string;
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: {
                /** @description The ETag of the answer that the client has; 304 without a body when it is still the same (取得済みの ETag) */
                "If-None-Match"?: string;
            };
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
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "importRequests": [
                     *         {
                     *           "id": "01a221ed-531b-7409-a991-b0afede1bcfd",
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "orderNumber": "hoshizora-tools-10000001",
                     *           "orderId": "01a221ed-02ed-76aa-ad07-3cf795cd9757",
                     *           "purpose": "refresh",
                     *           "source": "notification",
                     *           "state": "done",
                     *           "attempts": 1,
                     *           "nextAttemptAt": null,
                     *           "outcome": "refreshed",
                     *           "message": null,
                     *           "mallMessage": null,
                     *           "retries": [],
                     *           "requestedAt": "2026-11-28T11:32:11.163Z",
                     *           "finishedAt": "2026-11-28T11:32:11.387Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-3f0d-7349-961e-8973fea16c59",
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "orderNumber": "hoshizora-tools-10000003",
                     *           "orderId": "01a221ed-0ee4-73fc-9e19-151da83bbcd5",
                     *           "purpose": "reimport",
                     *           "source": "person",
                     *           "state": "done",
                     *           "attempts": 1,
                     *           "nextAttemptAt": null,
                     *           "outcome": "refreshed",
                     *           "message": null,
                     *           "mallMessage": null,
                     *           "retries": [],
                     *           "requestedAt": "2026-11-28T11:32:06.029Z",
                     *           "finishedAt": "2026-11-28T11:32:07.702Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListImportRequestsAnswer"];
                };
            };
            /** @description Unchanged: the client has it already (変更なし) */
            304: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
                    /**
                     * @example {
                     *       "id": "01a221ed-352b-77a2-8712-8f84c2527f76",
                     *       "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "orderNumber": "123456-20260115-0000000001",
                     *       "orderId": null,
                     *       "purpose": "import",
                     *       "source": "person",
                     *       "state": "waiting",
                     *       "attempts": 2,
                     *       "nextAttemptAt": "2026-11-28T11:32:21.394Z",
                     *       "outcome": null,
                     *       "message": null,
                     *       "mallMessage": null,
                     *       "retries": [
                     *         {
                     *           "at": "2026-11-28T11:32:03.621Z",
                     *           "code": "NOT_FOUND"
                     *         },
                     *         {
                     *           "at": "2026-11-28T11:32:09.672Z",
                     *           "code": "NOT_FOUND"
                     *         }
                     *       ],
                     *       "requestedAt": "2026-11-28T11:32:03.499Z",
                     *       "finishedAt": null
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-352b-77a3-a090-7964955c18e0",
                     *       "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "orderNumber": "123456-20260115-0000000002",
                     *       "orderId": null,
                     *       "purpose": "import",
                     *       "source": "person",
                     *       "state": "done",
                     *       "attempts": 2,
                     *       "nextAttemptAt": null,
                     *       "outcome": "dismissed",
                     *       "message": "担当者が取込対象外にしました。取り込む場合は受注番号を指定して注文取込を行ってください。",
                     *       "mallMessage": "受注情報が取得できませんでした。",
                     *       "retries": [
                     *         {
                     *           "at": "2026-11-28T11:32:03.621Z",
                     *           "code": "NOT_FOUND"
                     *         },
                     *         {
                     *           "at": "2026-11-28T11:32:09.672Z",
                     *           "code": "NOT_FOUND"
                     *         }
                     *       ],
                     *       "requestedAt": "2026-11-28T11:32:03.499Z",
                     *       "finishedAt": "2026-11-28T11:32:21.566Z"
                     *     }
                     */
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
                "application/json": components["schemas"]["RetryFailedImportsRequest"];
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
                    /**
                     * @example {
                     *       "retried": 0
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-356d-75f1-9118-e162b29e4a4b",
                     *       "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *       "from": "2026-11-27T11:32:03.546Z",
                     *       "to": "2026-11-28T11:32:03.546Z",
                     *       "state": "done",
                     *       "readTo": "2026-11-27T11:32:03.546Z",
                     *       "listed": 7,
                     *       "requested": 2,
                     *       "outcome": "listed",
                     *       "message": null,
                     *       "requestedAt": "2026-11-28T11:32:03.565Z",
                     *       "finishedAt": "2026-11-28T11:32:06.667Z"
                     *     }
                     */
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
    getTriggers: {
        parameters: {
            query?: {
                /** @description Staged from (開始) */
                from?: string;
                /** @description Staged before (終了) */
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
            /** @description Which trigger brought the orders, and how late (契機別の取込実績) */
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
                    /**
                     * @example {
                     *       "from": "2026-11-21T11:32:15.116Z",
                     *       "to": "2026-11-28T11:32:15.116Z",
                     *       "triggers": [
                     *         {
                     *           "trigger": "mail",
                     *           "orders": 7,
                     *           "fromOrder": {
                     *             "median": 3.413,
                     *             "p95": 4.027,
                     *             "worst": 4.027
                     *           },
                     *           "fromTrigger": {
                     *             "median": 1.182,
                     *             "p95": 1.796,
                     *             "worst": 1.796
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GetTriggersAnswer"];
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
    setPushSecret: {
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
                "application/json": components["schemas"]["SetPushSecretRequest"];
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
                    /**
                     * @example {
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                     *     }
                     */
                    "application/json": components["schemas"]["SetPushSecretAnswer"];
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
    subscribeNotifications: {
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
            /** @description What became of the subscription (通知の購読) */
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
                    /**
                     * @example {
                     *       "subscribed": true,
                     *       "code": null,
                     *       "messages": [
                     *         "注文の変更の通知を購読しました。"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SubscribeNotificationsAnswer"];
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
                    /**
                     * @example {
                     *       "verifiedUntil": null,
                     *       "unverified": [],
                     *       "lastFailure": null,
                     *       "differences": {
                     *         "count": 0,
                     *         "orders": []
                     *       },
                     *       "days": [
                     *         {
                     *           "day": "2026-11-28",
                     *           "mall": null,
                     *           "here": 0,
                     *           "pending": 0,
                     *           "missing": 0,
                     *           "missingNumbers": [],
                     *           "verifiedAt": null,
                     *           "complete": false
                     *         },
                     *         {
                     *           "day": "2026-11-27",
                     *           "mall": null,
                     *           "here": 0,
                     *           "pending": 0,
                     *           "missing": 0,
                     *           "missingNumbers": [],
                     *           "verifiedAt": null,
                     *           "complete": false
                     *         }
                     *       ]
                     *     }
                     */
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
    getWhy: {
        parameters: {
            query: {
                /**
                 * @description The mall’s order number (受注番号)
                 * @example 123456-20260115-0000000001
                 */
                number: string;
                /** @description Only this shop (店舗) */
                shopId?: string;
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
                    /**
                     * @example {
                     *       "orderNumber": "123456-20261129-7623000037",
                     *       "verdict": "no_trace",
                     *       "message": "この番号を知らせるメールもモールの通知も届いておらず、モールの一覧との突合にもまだ現れていません。モールにあれば、突合で取り込まれます。",
                     *       "shopId": "01a22306-fa54-7419-a687-1ff3693e2a8f",
                     *       "orderId": null,
                     *       "since": null,
                     *       "next": {
                     *         "at": "2026-11-28T16:45:12.345Z",
                     *         "message": "モールの注文一覧と突合します。"
                     *       },
                     *       "evidence": [
                     *         {
                     *           "at": "2026-11-28T16:40:15.128Z",
                     *           "message": "受信箱「注文メール」に最後のモールのメールが届きました。"
                     *         }
                     *       ],
                     *       "actions": [
                     *         {
                     *           "label": "今すぐ取り込む",
                     *           "method": "POST",
                     *           "path": "/v1/orders/import",
                     *           "body": {
                     *             "shopId": "01a22306-fa54-7419-a687-1ff3693e2a8f",
                     *             "orderNumbers": [
                     *               "123456-20261129-7623000037"
                     *             ]
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Why"];
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
    listSiteChanges: {
        parameters: {
            query?: {
                /** @description queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態) */
                state?: components["schemas"]["SiteChangeState"];
                /** @description Only this shop (店舗) */
                shopId?: string;
                /** @description Only this order (受注) */
                orderId?: string;
                /** @description confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作) */
                action?: components["schemas"]["SiteChangeAction"];
                /** @description false: only what nobody has seen yet (確認済みを含めない) */
                dismissed?: components["schemas"]["QueryFlag"];
                /** @description `nextCursor` of the page before (カーソル) */
                cursor?: string;
                /** @description Rows per page, 500 at most (件数) */
                limit?: number;
            };
            header?: {
                /** @description The ETag of the answer that the client has; 304 without a body when it is still the same (取得済みの ETag) */
                "If-None-Match"?: string;
            };
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
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "siteChanges": [
                     *         {
                     *           "id": "01a221ed-405b-7281-957f-e7118d33d938",
                     *           "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *           "orderNumber": "123456-20261128-0123000001",
                     *           "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "action": "confirm",
                     *           "parameters": {},
                     *           "state": "warning",
                     *           "code": "ORDER_CANCELLED_AT_MALL",
                     *           "message": "モール側でキャンセルされた受注のため、変更を送信しませんでした。",
                     *           "nextStep": "出荷を止め、受注の内容を確認してください。確認が済んだら「確認済み」にしてください。",
                     *           "mallCode": null,
                     *           "mallMessage": null,
                     *           "waitingFor": null,
                     *           "steps": [],
                     *           "attempts": 0,
                     *           "nextAttemptAt": null,
                     *           "deadline": null,
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "labels": {
                     *             "action": "注文確認",
                     *             "state": "警告あり"
                     *           },
                     *           "requestedAt": "2026-11-28T11:32:06.363Z",
                     *           "startedAt": "2026-11-28T11:32:06.496Z",
                     *           "finishedAt": "2026-11-28T11:32:07.378Z",
                     *           "dismissedAt": null
                     *         },
                     *         {
                     *           "id": "01a221ed-3fe4-7205-95d4-a072f6c7f4ef",
                     *           "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *           "orderNumber": "123456-20261128-0123000001",
                     *           "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "action": "confirm",
                     *           "parameters": {},
                     *           "state": "warning",
                     *           "code": "ORDER_CANCELLED_AT_MALL",
                     *           "message": "モール側でキャンセルされた受注のため、変更を送信しませんでした。",
                     *           "nextStep": "出荷を止め、受注の内容を確認してください。確認が済んだら「確認済み」にしてください。",
                     *           "mallCode": null,
                     *           "mallMessage": null,
                     *           "waitingFor": null,
                     *           "steps": [],
                     *           "attempts": 0,
                     *           "nextAttemptAt": null,
                     *           "deadline": null,
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "labels": {
                     *             "action": "注文確認",
                     *             "state": "警告あり"
                     *           },
                     *           "requestedAt": "2026-11-28T11:32:06.244Z",
                     *           "startedAt": "2026-11-28T11:32:06.316Z",
                     *           "finishedAt": "2026-11-28T11:32:06.386Z",
                     *           "dismissedAt": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListSiteChangesAnswer"];
                };
            };
            /** @description Unchanged: the client has it already (変更なし) */
            304: {
                headers: {
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    /** @description Requests a minute (1分あたりの上限) */
                    "x-ratelimit-limit"?: number;
                    /** @description Left in this minute (残り回数) */
                    "x-ratelimit-remaining"?: number;
                    /** @description Seconds until it begins anew (再開までの秒数) */
                    "x-ratelimit-reset"?: number;
                    /** @description For `If-Match` and `If-None-Match` (版) */
                    etag?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
                "application/json": components["schemas"]["RequestSiteChangesRequest"];
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
                    /**
                     * @example {
                     *       "changes": [
                     *         {
                     *           "id": "01a221ed-7d5a-7041-8c22-896a74b3a2ef",
                     *           "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *           "orderNumber": "123456-20261128-0123000001",
                     *           "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "action": "memo",
                     *           "parameters": {
                     *             "memo": "至急"
                     *           },
                     *           "state": "queued",
                     *           "code": null,
                     *           "message": null,
                     *           "nextStep": null,
                     *           "mallCode": null,
                     *           "mallMessage": null,
                     *           "waitingFor": null,
                     *           "steps": [],
                     *           "attempts": 0,
                     *           "nextAttemptAt": "2026-11-28T11:32:21.978Z",
                     *           "deadline": null,
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "labels": {
                     *             "action": "メモ",
                     *             "state": "待機中"
                     *           },
                     *           "requestedAt": "2026-11-28T11:32:21.978Z",
                     *           "startedAt": null,
                     *           "finishedAt": null,
                     *           "dismissedAt": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RequestSiteChangesAnswer"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-405b-7281-957f-e7118d33d938",
                     *       "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *       "orderNumber": "123456-20261128-0123000001",
                     *       "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "action": "confirm",
                     *       "parameters": {},
                     *       "state": "warning",
                     *       "code": "ORDER_CANCELLED_AT_MALL",
                     *       "message": "モール側でキャンセルされた受注のため、変更を送信しませんでした。",
                     *       "nextStep": "出荷を止め、受注の内容を確認してください。確認が済んだら「確認済み」にしてください。",
                     *       "mallCode": null,
                     *       "mallMessage": null,
                     *       "waitingFor": null,
                     *       "steps": [],
                     *       "attempts": 0,
                     *       "nextAttemptAt": null,
                     *       "deadline": null,
                     *       "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *       "actorName": "API キー「デモ用クライアント」",
                     *       "labels": {
                     *         "action": "注文確認",
                     *         "state": "警告あり"
                     *       },
                     *       "requestedAt": "2026-11-28T11:32:06.363Z",
                     *       "startedAt": "2026-11-28T11:32:06.496Z",
                     *       "finishedAt": "2026-11-28T11:32:07.378Z",
                     *       "dismissedAt": null
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-405b-7281-957f-e7118d33d938",
                     *       "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *       "orderNumber": "123456-20261128-0123000001",
                     *       "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "action": "confirm",
                     *       "parameters": {},
                     *       "state": "queued",
                     *       "code": null,
                     *       "message": null,
                     *       "nextStep": null,
                     *       "mallCode": null,
                     *       "mallMessage": null,
                     *       "waitingFor": {
                     *         "code": "EARLIER_CHANGE",
                     *         "message": "同じ受注の先のサイト変更が終わるのを待っています。",
                     *         "until": null
                     *       },
                     *       "steps": [],
                     *       "attempts": 0,
                     *       "nextAttemptAt": "2026-11-28T11:32:22.127Z",
                     *       "deadline": null,
                     *       "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *       "actorName": "API キー「デモ用クライアント」",
                     *       "labels": {
                     *         "action": "注文確認",
                     *         "state": "待機中"
                     *       },
                     *       "requestedAt": "2026-11-28T11:32:06.363Z",
                     *       "startedAt": "2026-11-28T11:32:06.496Z",
                     *       "finishedAt": null,
                     *       "dismissedAt": null
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-3fe4-7205-95d4-a072f6c7f4ef",
                     *       "orderId": "01a221ed-020d-778e-a476-90af50980f91",
                     *       "orderNumber": "123456-20261128-0123000001",
                     *       "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "action": "confirm",
                     *       "parameters": {},
                     *       "state": "warning",
                     *       "code": "ORDER_CANCELLED_AT_MALL",
                     *       "message": "モール側でキャンセルされた受注のため、変更を送信しませんでした。",
                     *       "nextStep": "出荷を止め、受注の内容を確認してください。確認が済んだら「確認済み」にしてください。",
                     *       "mallCode": null,
                     *       "mallMessage": null,
                     *       "waitingFor": null,
                     *       "steps": [],
                     *       "attempts": 0,
                     *       "nextAttemptAt": null,
                     *       "deadline": null,
                     *       "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *       "actorName": "API キー「デモ用クライアント」",
                     *       "labels": {
                     *         "action": "注文確認",
                     *         "state": "警告あり"
                     *       },
                     *       "requestedAt": "2026-11-28T11:32:06.244Z",
                     *       "startedAt": "2026-11-28T11:32:06.316Z",
                     *       "finishedAt": "2026-11-28T11:32:06.386Z",
                     *       "dismissedAt": "2026-11-28T11:32:22.272Z"
                     *     }
                     */
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
    listLabelFormats: {
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
                    /**
                     * @example {
                     *       "formats": [
                     *         {
                     *           "id": "yamato_b2",
                     *           "label": "ヤマト B2クラウド",
                     *           "services": [
                     *             {
                     *               "code": "takkyubin",
                     *               "label": "宅急便（発払い・代引は宅急便コレクト）"
                     *             },
                     *             {
                     *               "code": "compact",
                     *               "label": "宅急便コンパクト"
                     *             }
                     *           ],
                     *           "mostRows": 1000,
                     *           "configured": false,
                     *           "settings": null,
                     *           "settingsSchema": {
                     *             "$schema": "https://json-schema.org/draft/2020-12/schema",
                     *             "type": "object",
                     *             "properties": {
                     *               "sender": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "name": {
                     *                     "description": "Name of the shop or company (ご依頼主名)",
                     *                     "type": "string",
                     *                     "maxLength": 50
                     *                   },
                     *                   "postalCode": {
                     *                     "type": "string",
                     *                     "pattern": "^\\d{7,7}$",
                     *                     "description": "Seven digits (郵便番号)"
                     *                   },
                     *                   "address": {
                     *                     "description": "Prefecture to house number (住所)",
                     *                     "type": "string",
                     *                     "maxLength": 100
                     *                   },
                     *                   "building": {
                     *                     "description": "Building, room (建物名)",
                     *                     "type": "string",
                     *                     "maxLength": 50
                     *                   },
                     *                   "phone": {
                     *                     "type": "string",
                     *                     "pattern": "^0[\\d-]{8,13}$",
                     *                     "description": "Phone (電話番号)"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "name",
                     *                   "postalCode"
                     *                 ],
                     *                 "description": "Who sends (ご依頼主)"
                     *               },
                     *               "sendersByShop": {
                     *                 "description": "Another sender for some shops, by shop id (店舗別のご依頼主)",
                     *                 "type": "object",
                     *                 "propertyNames": {
                     *                   "type": "string",
                     *                   "format": "uuid",
                     *                   "pattern": "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
                     *                 },
                     *                 "additionalProperties": {
                     *                   "type": "object",
                     *                   "properties": {
                     *                     "name": {
                     *                       "description": "Name of the shop or company (ご依頼主名)",
                     *                       "type": "string",
                     *                       "maxLength": 50
                     *                     },
                     *                     "postalCode": {
                     *                       "type": "string",
                     *                       "pattern": "^\\d{7,7}$",
                     *                       "description": "Seven digits (郵便番号)"
                     *                     },
                     *                     "address": {
                     *                       "description": "Prefecture to house number (住所)",
                     *                       "type": "string",
                     *                       "maxLength": 100
                     *                     },
                     *                     "building": {
                     *                       "description": "Building, room (建物名)",
                     *                       "type": "string",
                     *                       "maxLength": 50
                     *                     },
                     *                     "phone": {
                     *                       "type": "string",
                     *                       "pattern": "^0[\\d-]{8,13}$",
                     *                       "description": "Phone (電話番号)"
                     *                     }
                     *                   },
                     *                   "required": [
                     *                     "name",
                     *                     "postalCode"
                     *                   ],
                     *                   "description": "Who sends (ご依頼主)"
                     *                 }
                     *               },
                     *               "goodsName": {
                     *                 "description": "What stands on the label as 品名 (品名)",
                     *                 "type": "string",
                     *                 "maxLength": 50
                     *               },
                     *               "giftSender": {
                     *                 "default": "shop",
                     *                 "description": "Who sends a gift: shop 店舗, buyer 注文者 (ギフトのご依頼主)",
                     *                 "type": "string",
                     *                 "enum": [
                     *                   "shop",
                     *                   "buyer"
                     *                 ]
                     *               },
                     *               "header": {
                     *                 "default": true,
                     *                 "description": "First line with the names of the columns (見出し行)",
                     *                 "type": "boolean"
                     *               },
                     *               "billingCode": {
                     *                 "type": "string",
                     *                 "pattern": "^\\d{10,12}$",
                     *                 "description": "Code of who is billed, from the contract (請求先顧客コード)"
                     *               },
                     *               "billingBranch": {
                     *                 "default": "",
                     *                 "description": "請求先分類コード",
                     *                 "anyOf": [
                     *                   {
                     *                     "type": "string",
                     *                     "pattern": "^\\d{3,3}$"
                     *                   },
                     *                   {
                     *                     "type": "string",
                     *                     "const": ""
                     *                   }
                     *                 ]
                     *               },
                     *               "freightNumber": {
                     *                 "type": "string",
                     *                 "pattern": "^\\d{2,2}$",
                     *                 "description": "From the contract (運賃管理番号)"
                     *               }
                     *             },
                     *             "required": [
                     *               "sender",
                     *               "goodsName"
                     *             ]
                     *           },
                     *           "updatedAt": null
                     *         },
                     *         {
                     *           "id": "sagawa_ehiden3",
                     *           "label": "佐川 e飛伝Ⅲ",
                     *           "services": [
                     *             {
                     *               "code": "hikyaku",
                     *               "label": "飛脚宅配便"
                     *             }
                     *           ],
                     *           "mostRows": 1000,
                     *           "configured": false,
                     *           "settings": null,
                     *           "settingsSchema": {
                     *             "$schema": "https://json-schema.org/draft/2020-12/schema",
                     *             "type": "object",
                     *             "properties": {
                     *               "sender": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "name": {
                     *                     "description": "Name of the shop or company (ご依頼主名)",
                     *                     "type": "string",
                     *                     "maxLength": 50
                     *                   },
                     *                   "postalCode": {
                     *                     "type": "string",
                     *                     "pattern": "^\\d{7,7}$",
                     *                     "description": "Seven digits (郵便番号)"
                     *                   },
                     *                   "address": {
                     *                     "description": "Prefecture to house number (住所)",
                     *                     "type": "string",
                     *                     "maxLength": 100
                     *                   },
                     *                   "building": {
                     *                     "description": "Building, room (建物名)",
                     *                     "type": "string",
                     *                     "maxLength": 50
                     *                   },
                     *                   "phone": {
                     *                     "type": "string",
                     *                     "pattern": "^0[\\d-]{8,13}$",
                     *                     "description": "Phone (電話番号)"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "name",
                     *                   "postalCode"
                     *                 ],
                     *                 "description": "Who sends (ご依頼主)"
                     *               },
                     *               "sendersByShop": {
                     *                 "description": "Another sender for some shops, by shop id (店舗別のご依頼主)",
                     *                 "type": "object",
                     *                 "propertyNames": {
                     *                   "type": "string",
                     *                   "format": "uuid",
                     *                   "pattern": "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
                     *                 },
                     *                 "additionalProperties": {
                     *                   "type": "object",
                     *                   "properties": {
                     *                     "name": {
                     *                       "description": "Name of the shop or company (ご依頼主名)",
                     *                       "type": "string",
                     *                       "maxLength": 50
                     *                     },
                     *                     "postalCode": {
                     *                       "type": "string",
                     *                       "pattern": "^\\d{7,7}$",
                     *                       "description": "Seven digits (郵便番号)"
                     *                     },
                     *                     "address": {
                     *                       "description": "Prefecture to house number (住所)",
                     *                       "type": "string",
                     *                       "maxLength": 100
                     *                     },
                     *                     "building": {
                     *                       "description": "Building, room (建物名)",
                     *                       "type": "string",
                     *                       "maxLength": 50
                     *                     },
                     *                     "phone": {
                     *                       "type": "string",
                     *                       "pattern": "^0[\\d-]{8,13}$",
                     *                       "description": "Phone (電話番号)"
                     *                     }
                     *                   },
                     *                   "required": [
                     *                     "name",
                     *                     "postalCode"
                     *                   ],
                     *                   "description": "Who sends (ご依頼主)"
                     *                 }
                     *               },
                     *               "goodsName": {
                     *                 "description": "What stands on the label as 品名 (品名)",
                     *                 "type": "string",
                     *                 "maxLength": 50
                     *               },
                     *               "giftSender": {
                     *                 "default": "shop",
                     *                 "description": "Who sends a gift: shop 店舗, buyer 注文者 (ギフトのご依頼主)",
                     *                 "type": "string",
                     *                 "enum": [
                     *                   "shop",
                     *                   "buyer"
                     *                 ]
                     *               },
                     *               "header": {
                     *                 "default": true,
                     *                 "description": "First line with the names of the columns (見出し行)",
                     *                 "type": "boolean"
                     *               },
                     *               "customerCode": {
                     *                 "default": "",
                     *                 "description": "From the contract (お客様コード)",
                     *                 "anyOf": [
                     *                   {
                     *                     "type": "string",
                     *                     "pattern": "^\\d{1,12}$"
                     *                   },
                     *                   {
                     *                     "type": "string",
                     *                     "const": ""
                     *                   }
                     *                 ]
                     *               },
                     *               "packaging": {
                     *                 "default": "",
                     *                 "description": "001 箱, 002 バッグ, 003 スーツケース, 004 封筒, 008 その他 (荷姿)",
                     *                 "type": "string",
                     *                 "enum": [
                     *                   "",
                     *                   "001"
                     *                 ]
                     *               },
                     *               "slots": {
                     *                 "default": "six",
                     *                 "description": "Slots of the contract: six 18-20 and 19-21, five 18-21 (時間帯の数)",
                     *                 "type": "string",
                     *                 "enum": [
                     *                   "five",
                     *                   "six"
                     *                 ]
                     *               }
                     *             },
                     *             "required": [
                     *               "sender",
                     *               "goodsName"
                     *             ]
                     *           },
                     *           "updatedAt": null
                     *         }
                     *       ],
                     *       "tracking": [
                     *         {
                     *           "id": "yamato_b2",
                     *           "label": "ヤマト B2クラウド 発行済データ"
                     *         },
                     *         {
                     *           "id": "sagawa_ehiden3",
                     *           "label": "佐川 e飛伝Ⅲ 出荷履歴"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ListLabelFormatsAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    setLabelSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who sends, and the codes of a contract (送り状の設定) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "format": "yamato_b2",
                 *       "settings": {
                 *         "sender": {
                 *           "name": "株式会社サンプル",
                 *           "postalCode": "1000001",
                 *           "address": "東京都千代田区千代田1-1",
                 *           "phone": "03-1234-5678"
                 *         },
                 *         "goodsName": "衣類",
                 *         "billingCode": "0312345678",
                 *         "freightNumber": "01"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["SetLabelSettingsRequest"];
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
                    /**
                     * @example {
                     *       "id": "yamato_b2",
                     *       "label": "ヤマト B2クラウド",
                     *       "services": [
                     *         {
                     *           "code": "takkyubin",
                     *           "label": "宅急便（発払い・代引は宅急便コレクト）"
                     *         },
                     *         {
                     *           "code": "compact",
                     *           "label": "宅急便コンパクト"
                     *         }
                     *       ],
                     *       "mostRows": 1000,
                     *       "configured": true,
                     *       "settings": {
                     *         "sender": {
                     *           "name": "株式会社サンプル",
                     *           "phone": "03-1234-5678",
                     *           "address": "東京都千代田区千代田1-1",
                     *           "postalCode": "1000001"
                     *         },
                     *         "goodsName": "衣類",
                     *         "billingCode": "0312345678",
                     *         "freightNumber": "01"
                     *       },
                     *       "settingsSchema": {
                     *         "$schema": "https://json-schema.org/draft/2020-12/schema",
                     *         "type": "object",
                     *         "properties": {
                     *           "sender": {
                     *             "type": "object",
                     *             "properties": {
                     *               "name": {
                     *                 "description": "Name of the shop or company (ご依頼主名)",
                     *                 "type": "string",
                     *                 "maxLength": 50
                     *               },
                     *               "postalCode": {
                     *                 "type": "string",
                     *                 "pattern": "^\\d{7,7}$",
                     *                 "description": "Seven digits (郵便番号)"
                     *               },
                     *               "address": {
                     *                 "description": "Prefecture to house number (住所)",
                     *                 "type": "string",
                     *                 "maxLength": 100
                     *               },
                     *               "building": {
                     *                 "description": "Building, room (建物名)",
                     *                 "type": "string",
                     *                 "maxLength": 50
                     *               },
                     *               "phone": {
                     *                 "type": "string",
                     *                 "pattern": "^0[\\d-]{8,13}$",
                     *                 "description": "Phone (電話番号)"
                     *               }
                     *             },
                     *             "required": [
                     *               "name",
                     *               "postalCode"
                     *             ],
                     *             "description": "Who sends (ご依頼主)"
                     *           },
                     *           "sendersByShop": {
                     *             "description": "Another sender for some shops, by shop id (店舗別のご依頼主)",
                     *             "type": "object",
                     *             "propertyNames": {
                     *               "type": "string",
                     *               "format": "uuid",
                     *               "pattern": "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
                     *             },
                     *             "additionalProperties": {
                     *               "type": "object",
                     *               "properties": {
                     *                 "name": {
                     *                   "description": "Name of the shop or company (ご依頼主名)",
                     *                   "type": "string",
                     *                   "maxLength": 50
                     *                 },
                     *                 "postalCode": {
                     *                   "type": "string",
                     *                   "pattern": "^\\d{7,7}$",
                     *                   "description": "Seven digits (郵便番号)"
                     *                 },
                     *                 "address": {
                     *                   "description": "Prefecture to house number (住所)",
                     *                   "type": "string",
                     *                   "maxLength": 100
                     *                 },
                     *                 "building": {
                     *                   "description": "Building, room (建物名)",
                     *                   "type": "string",
                     *                   "maxLength": 50
                     *                 },
                     *                 "phone": {
                     *                   "type": "string",
                     *                   "pattern": "^0[\\d-]{8,13}$",
                     *                   "description": "Phone (電話番号)"
                     *                 }
                     *               },
                     *               "required": [
                     *                 "name",
                     *                 "postalCode"
                     *               ],
                     *               "description": "Who sends (ご依頼主)"
                     *             }
                     *           },
                     *           "goodsName": {
                     *             "description": "What stands on the label as 品名 (品名)",
                     *             "type": "string",
                     *             "maxLength": 50
                     *           },
                     *           "giftSender": {
                     *             "default": "shop",
                     *             "description": "Who sends a gift: shop 店舗, buyer 注文者 (ギフトのご依頼主)",
                     *             "type": "string",
                     *             "enum": [
                     *               "shop",
                     *               "buyer"
                     *             ]
                     *           },
                     *           "header": {
                     *             "default": true,
                     *             "description": "First line with the names of the columns (見出し行)",
                     *             "type": "boolean"
                     *           },
                     *           "billingCode": {
                     *             "type": "string",
                     *             "pattern": "^\\d{10,12}$",
                     *             "description": "Code of who is billed, from the contract (請求先顧客コード)"
                     *           },
                     *           "billingBranch": {
                     *             "default": "",
                     *             "description": "請求先分類コード",
                     *             "anyOf": [
                     *               {
                     *                 "type": "string",
                     *                 "pattern": "^\\d{3,3}$"
                     *               },
                     *               {
                     *                 "type": "string",
                     *                 "const": ""
                     *               }
                     *             ]
                     *           },
                     *           "freightNumber": {
                     *             "type": "string",
                     *             "pattern": "^\\d{2,2}$",
                     *             "description": "From the contract (運賃管理番号)"
                     *           }
                     *         },
                     *         "required": [
                     *           "sender",
                     *           "goodsName"
                     *         ]
                     *       },
                     *       "updatedAt": "2026-11-28T11:32:22.402Z"
                     *     }
                     */
                    "application/json": components["schemas"]["LabelFormat"];
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
    checkLabels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Orders for a carrier’s file (送り状の出力対象) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "format": "yamato_b2",
                 *       "orderIds": [
                 *         "0199c0de-0000-7000-8000-000000000003"
                 *       ],
                 *       "options": {
                 *         "service": "takkyubin",
                 *         "shippedOn": "2026-04-01"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CheckLabelsRequest"];
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
                    /**
                     * @example {
                     *       "ready": 0,
                     *       "refused": 1,
                     *       "orders": [
                     *         {
                     *           "orderId": "0199c0de-0000-7000-8000-000000000003",
                     *           "orderNumber": null,
                     *           "shopId": null,
                     *           "version": null,
                     *           "ok": false,
                     *           "labels": [],
                     *           "problems": [
                     *             {
                     *               "recipientId": null,
                     *               "field": "受注",
                     *               "code": "NOT_FOUND",
                     *               "message": "受注が見つかりません。一覧を再読み込みして確認してください。"
                     *             }
                     *           ],
                     *           "warnings": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CheckLabelsAnswer"];
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
    makeLabels: {
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
                 *       "format": "yamato_b2",
                 *       "orderIds": [
                 *         "0199c0de-0000-7000-8000-000000000003"
                 *       ],
                 *       "options": {
                 *         "service": "takkyubin",
                 *         "shippedOn": "2026-04-01"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["MakeLabelsRequest"];
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
                    /**
                     * @example {
                     *       "ready": 0,
                     *       "refused": 1,
                     *       "rows": 0,
                     *       "file": null,
                     *       "fileName": null,
                     *       "orders": [
                     *         {
                     *           "orderId": "0199c0de-0000-7000-8000-000000000003",
                     *           "orderNumber": null,
                     *           "shopId": null,
                     *           "version": null,
                     *           "ok": false,
                     *           "warnings": [],
                     *           "problems": [
                     *             {
                     *               "recipientId": null,
                     *               "field": "受注",
                     *               "code": "NOT_FOUND",
                     *               "message": "受注が見つかりません。一覧を再読み込みして確認してください。"
                     *             }
                     *           ],
                     *           "labels": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LabelFile"];
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
    importTracking: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Required with `apply`: 1 to 255 visible characters, new for each file (冪等キー)
                 * @example 0d3a1f6e-4b7c-4d0a-8f5e-9c1b2a3d4e5f
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description A carrier’s tracking file (送り状番号の取込) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "format": "yamato_b2",
                 *       "file": "44GK5a6i5qeY566h55CG55Wq5Y+3LOS8neelqOeVquWPtw0KVDBBMUIyQzNENCw0MDAwMDAwMDAwMDINCg=="
                 *     }
                 */
                "application/json": components["schemas"]["ImportTrackingRequest"];
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
                    /**
                     * @example {
                     *       "ready": 0,
                     *       "requested": 0,
                     *       "refused": 1,
                     *       "rows": [
                     *         {
                     *           "line": 2,
                     *           "key": "trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
                     *           "orderId": null,
                     *           "orderNumber": null,
                     *           "shopId": null,
                     *           "marketplace": null,
                     *           "recipientId": null,
                     *           "trackingNumber": "400000000002",
                     *           "shippedOn": "2026-11-28",
                     *           "carrier": "yamato",
                     *           "carrierName": "ヤマト運輸",
                     *           "mallCode": null,
                     *           "result": "refused",
                     *           "siteChangeId": null,
                     *           "problems": [
                     *             {
                     *               "code": "ORDER_NOT_FOUND",
                     *               "message": "管理番号に当たる受注がありません。この店舗の受注か、番号が途中で切れていないか確認してください。"
                     *             }
                     *           ],
                     *           "hints": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ImportTrackingAnswer"];
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
    listShops: {
        parameters: {
            query?: {
                /** @description yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット (モール) */
                marketplace?: components["schemas"]["Marketplace"];
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
                    /**
                     * @example {
                     *       "shops": [
                     *         {
                     *           "id": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "marketplace": "rakuten",
                     *           "code": "123456",
                     *           "name": "見本商店 楽天市場店",
                     *           "enabled": true,
                     *           "settings": {},
                     *           "credentials": [
                     *             {
                     *               "name": "serviceSecret",
                     *               "set": true,
                     *               "setAt": "2026-11-28T11:31:44.890Z"
                     *             },
                     *             {
                     *               "name": "licenseKey",
                     *               "set": true,
                     *               "setAt": "2026-11-28T11:31:44.890Z"
                     *             }
                     *           ],
                     *           "attention": null,
                     *           "lane": null,
                     *           "notices": [],
                     *           "createdAt": "2026-11-28T11:31:44.890Z",
                     *           "updatedAt": "2026-11-28T11:31:46.097Z"
                     *         },
                     *         {
                     *           "id": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "marketplace": "yahoo",
                     *           "code": "hoshizora-tools",
                     *           "name": "星空道具店 Yahoo!店",
                     *           "enabled": true,
                     *           "settings": {},
                     *           "credentials": [
                     *             {
                     *               "name": "clientId",
                     *               "set": true,
                     *               "setAt": "2026-11-28T11:31:46.239Z"
                     *             },
                     *             {
                     *               "name": "clientSecret",
                     *               "set": true,
                     *               "setAt": "2026-11-28T11:31:46.239Z"
                     *             }
                     *           ],
                     *           "attention": null,
                     *           "lane": null,
                     *           "notices": [],
                     *           "createdAt": "2026-11-28T11:31:46.239Z",
                     *           "updatedAt": "2026-11-28T11:31:46.622Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListShopsAnswer"];
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
                "application/json": components["schemas"]["CreateShopRequest"];
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
                    /** @description Where it is (登録したデータの URL) */
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01a221ed-807d-76c3-b911-b52b25f615ec",
                     *       "marketplace": "rakuten",
                     *       "code": "400074",
                     *       "name": "追加の店舗 400074",
                     *       "enabled": true,
                     *       "settings": {},
                     *       "credentials": [
                     *         {
                     *           "name": "serviceSecret",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:32:22.781Z"
                     *         },
                     *         {
                     *           "name": "licenseKey",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:32:22.781Z"
                     *         }
                     *       ],
                     *       "attention": null,
                     *       "lane": null,
                     *       "notices": [],
                     *       "createdAt": "2026-11-28T11:32:22.781Z",
                     *       "updatedAt": "2026-11-28T11:32:22.781Z"
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "marketplace": "rakuten",
                     *       "code": "123456",
                     *       "name": "見本商店 楽天市場店",
                     *       "enabled": true,
                     *       "settings": {},
                     *       "credentials": [
                     *         {
                     *           "name": "serviceSecret",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:31:44.890Z"
                     *         },
                     *         {
                     *           "name": "licenseKey",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:31:44.890Z"
                     *         }
                     *       ],
                     *       "attention": null,
                     *       "lane": null,
                     *       "notices": [],
                     *       "createdAt": "2026-11-28T11:31:44.890Z",
                     *       "updatedAt": "2026-11-28T11:31:46.097Z"
                     *     }
                     */
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
                withOrders?: components["schemas"]["QueryFlag"];
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
                "application/json": components["schemas"]["UpdateShopPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ec7a-763b-9639-db043e376568",
                     *       "marketplace": "rakuten",
                     *       "code": "123456",
                     *       "name": "とりこみ商店 本店",
                     *       "enabled": true,
                     *       "settings": {},
                     *       "credentials": [
                     *         {
                     *           "name": "serviceSecret",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:31:44.890Z"
                     *         },
                     *         {
                     *           "name": "licenseKey",
                     *           "set": true,
                     *           "setAt": "2026-11-28T11:31:44.890Z"
                     *         }
                     *       ],
                     *       "attention": null,
                     *       "lane": null,
                     *       "notices": [],
                     *       "createdAt": "2026-11-28T11:31:44.890Z",
                     *       "updatedAt": "2026-11-28T11:32:22.977Z"
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "ok": true,
                     *       "code": null,
                     *       "messages": [
                     *         "楽天の受注APIに接続できました。直近7日間の注文は84件です。",
                     *         "licenseKeyの有効期限は 2027-01-27 です。"
                     *       ],
                     *       "expiries": [
                     *         {
                     *           "what": "licenseKey",
                     *           "at": "2027-01-27T14:59:59.000Z",
                     *           "certain": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TestShopAnswer"];
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
                    /**
                     * @example {
                     *       "subStatuses": [
                     *         {
                     *           "code": "1001",
                     *           "label": "在庫確認中",
                     *           "mallStatus": {
                     *             "code": "100",
                     *             "name": "注文確認待ち"
                     *           }
                     *         },
                     *         {
                     *           "code": "3001",
                     *           "label": "梱包待ち",
                     *           "mallStatus": {
                     *             "code": "300",
                     *             "name": "発送待ち"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListSubStatusesAnswer"];
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
    listPurchaseApplications: {
        parameters: {
            query?: {
                /** @description What the period is of: applied 申込日, delivery お届け予定日, confirmation 注文確定日 */
                by?: components["schemas"]["ApplicationDate"];
                /** @description YYYY-MM-DD in Japan, today when left out (開始日) */
                from?: string;
                /** @description YYYY-MM-DD, inclusive, 90 days after `from` when left out (終了日) */
                to?: string;
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
                    /**
                     * @example {
                     *       "applications": [
                     *         {
                     *           "applicationNumber": "123456-20261129-9100000-r",
                     *           "kind": "subscription",
                     *           "status": {
                     *             "code": "1",
                     *             "name": "申込中"
                     *           },
                     *           "appliedAt": "2026-11-29T04:42:17+09:00",
                     *           "cycle": "毎月1日にお届け",
                     *           "item": {
                     *             "mallItemId": "10000126",
                     *             "itemCode": "lamp-08",
                     *             "sku": "lamp-08-w",
                     *             "merchantSku": "LAMP-W",
                     *             "name": "折りたたみランプ",
                     *             "choices": [
                     *               "色:電球色"
                     *             ],
                     *             "unitPrice": 2480,
                     *             "taxIncluded": true,
                     *             "taxRate": 10,
                     *             "quantity": 1
                     *           },
                     *           "deliveryMethod": "宅配便(ヤマト運輸)",
                     *           "remoteArea": false,
                     *           "deliveries": [
                     *             {
                     *               "round": 1,
                     *               "deliverOn": "2026-12-07",
                     *               "confirmOn": "2026-12-06",
                     *               "releaseOn": null,
                     *               "early": false,
                     *               "contents": null,
                     *               "total": 3030,
                     *               "shippingFee": 550,
                     *               "codFee": 0,
                     *               "paymentName": "クレジットカード"
                     *             },
                     *             {
                     *               "round": 2,
                     *               "deliverOn": "2027-01-06",
                     *               "confirmOn": "2027-01-05",
                     *               "releaseOn": null,
                     *               "early": false,
                     *               "contents": null,
                     *               "total": 3030,
                     *               "shippingFee": 550,
                     *               "codFee": 0,
                     *               "paymentName": "クレジットカード"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListPurchaseApplicationsAnswer"];
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
                    /**
                     * @example {
                     *       "mailboxes": [
                     *         {
                     *           "id": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *           "name": "注文メール",
                     *           "kind": "imap",
                     *           "host": "127.0.0.1",
                     *           "port": 39245,
                     *           "security": "plain",
                     *           "username": "or***@sandbox.example",
                     *           "password": {
                     *             "set": true,
                     *             "setAt": "2026-11-28T11:31:47.172Z"
                     *           },
                     *           "auth": {
                     *             "kind": "password",
                     *             "consentNeeded": false,
                     *             "consentedAt": null,
                     *             "consentEndsAt": null,
                     *             "secretEndsAt": null
                     *           },
                     *           "folder": "INBOX",
                     *           "enabled": true,
                     *           "authservId": "mail.sandbox.example",
                     *           "shopIds": [
                     *             "01a221ec-ec7a-763b-9639-db043e376568",
                     *             "01a221ec-f1bf-74ac-a264-ce98c6dda714"
                     *           ],
                     *           "state": "connected",
                     *           "attention": null,
                     *           "notices": [],
                     *           "lastConnectedAt": "2026-11-28T11:31:49.387Z",
                     *           "lastMailAt": "2026-11-28T11:32:04.168Z",
                     *           "mails": {
                     *             "recognised": 32,
                     *             "unreadable": 0,
                     *             "ignored": 0,
                     *             "skipped": 0
                     *           },
                     *           "createdAt": "2026-11-28T11:31:47.138Z",
                     *           "updatedAt": "2026-11-28T11:31:49.387Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-3413-7369-ad73-26bb99a69439",
                     *           "name": "削除してよい受信箱",
                     *           "kind": "imap",
                     *           "host": "127.0.0.1",
                     *           "port": 39245,
                     *           "security": "plain",
                     *           "username": "se***@sandbox.example",
                     *           "password": {
                     *             "set": true,
                     *             "setAt": "2026-11-28T11:32:03.256Z"
                     *           },
                     *           "auth": {
                     *             "kind": "password",
                     *             "consentNeeded": false,
                     *             "consentedAt": null,
                     *             "consentEndsAt": null,
                     *             "secretEndsAt": null
                     *           },
                     *           "folder": "INBOX",
                     *           "enabled": false,
                     *           "authservId": null,
                     *           "shopIds": [],
                     *           "state": "disabled",
                     *           "attention": null,
                     *           "notices": [],
                     *           "lastConnectedAt": null,
                     *           "lastMailAt": null,
                     *           "mails": {
                     *             "recognised": 0,
                     *             "unreadable": 0,
                     *             "ignored": 0,
                     *             "skipped": 0
                     *           },
                     *           "createdAt": "2026-11-28T11:32:03.219Z",
                     *           "updatedAt": "2026-11-28T11:32:03.219Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListMailboxesAnswer"];
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
                 *       "name": "注文メール",
                 *       "host": "imap.example.jp",
                 *       "port": 993,
                 *       "security": "tls",
                 *       "username": "order@example.jp",
                 *       "password": "example-password",
                 *       "folder": "INBOX",
                 *       "shopIds": []
                 *     }
                 */
                "application/json": components["schemas"]["CreateMailboxRequest"];
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
                    /** @description Where it is (登録したデータの URL) */
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01a221ed-51eb-7507-8e3e-a53e1d8bb3b9",
                     *       "name": "転送メール",
                     *       "kind": "inbound",
                     *       "host": "",
                     *       "port": 0,
                     *       "security": "tls",
                     *       "username": "***",
                     *       "password": {
                     *         "set": false,
                     *         "setAt": null
                     *       },
                     *       "auth": {
                     *         "kind": "password",
                     *         "consentNeeded": false,
                     *         "consentedAt": null,
                     *         "consentEndsAt": null,
                     *         "secretEndsAt": null
                     *       },
                     *       "folder": "INBOX",
                     *       "enabled": true,
                     *       "authservId": null,
                     *       "shopIds": [],
                     *       "state": "waiting",
                     *       "attention": null,
                     *       "notices": [],
                     *       "lastConnectedAt": null,
                     *       "lastMailAt": null,
                     *       "mails": {
                     *         "recognised": 0,
                     *         "unreadable": 0,
                     *         "ignored": 0,
                     *         "skipped": 0
                     *       },
                     *       "createdAt": "2026-11-28T11:32:10.859Z",
                     *       "updatedAt": "2026-11-28T11:32:10.859Z"
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *       "name": "注文メール",
                     *       "kind": "imap",
                     *       "host": "127.0.0.1",
                     *       "port": 39245,
                     *       "security": "plain",
                     *       "username": "or***@sandbox.example",
                     *       "password": {
                     *         "set": true,
                     *         "setAt": "2026-11-28T11:31:47.172Z"
                     *       },
                     *       "auth": {
                     *         "kind": "password",
                     *         "consentNeeded": false,
                     *         "consentedAt": null,
                     *         "consentEndsAt": null,
                     *         "secretEndsAt": null
                     *       },
                     *       "folder": "INBOX",
                     *       "enabled": true,
                     *       "authservId": "mail.sandbox.example",
                     *       "shopIds": [
                     *         "01a221ec-ec7a-763b-9639-db043e376568",
                     *         "01a221ec-f1bf-74ac-a264-ce98c6dda714"
                     *       ],
                     *       "state": "connected",
                     *       "attention": null,
                     *       "notices": [],
                     *       "lastConnectedAt": "2026-11-28T11:31:49.387Z",
                     *       "lastMailAt": "2026-11-28T11:32:04.168Z",
                     *       "mails": {
                     *         "recognised": 32,
                     *         "unreadable": 0,
                     *         "ignored": 0,
                     *         "skipped": 0
                     *       },
                     *       "createdAt": "2026-11-28T11:31:47.138Z",
                     *       "updatedAt": "2026-11-28T11:31:49.387Z"
                     *     }
                     */
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
                 *       "name": "注文メール（本店）",
                 *       "enabled": true
                 *     }
                 */
                "application/json": components["schemas"]["UpdateMailboxPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ec-f542-778f-b421-e7783e5c9650",
                     *       "name": "注文メール（本店）",
                     *       "kind": "imap",
                     *       "host": "127.0.0.1",
                     *       "port": 39245,
                     *       "security": "plain",
                     *       "username": "or***@sandbox.example",
                     *       "password": {
                     *         "set": true,
                     *         "setAt": "2026-11-28T11:31:47.172Z"
                     *       },
                     *       "auth": {
                     *         "kind": "password",
                     *         "consentNeeded": false,
                     *         "consentedAt": null,
                     *         "consentEndsAt": null,
                     *         "secretEndsAt": null
                     *       },
                     *       "folder": "INBOX",
                     *       "enabled": true,
                     *       "authservId": "mail.sandbox.example",
                     *       "shopIds": [
                     *         "01a221ec-ec7a-763b-9639-db043e376568",
                     *         "01a221ec-f1bf-74ac-a264-ce98c6dda714"
                     *       ],
                     *       "state": "connected",
                     *       "attention": null,
                     *       "notices": [],
                     *       "lastConnectedAt": "2026-11-28T11:31:49.387Z",
                     *       "lastMailAt": "2026-11-28T11:32:04.168Z",
                     *       "mails": {
                     *         "recognised": 32,
                     *         "unreadable": 0,
                     *         "ignored": 0,
                     *         "skipped": 0
                     *       },
                     *       "createdAt": "2026-11-28T11:31:47.138Z",
                     *       "updatedAt": "2026-11-28T11:32:26.443Z"
                     *     }
                     */
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
    beginMailboxConsent: {
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
                    /**
                     * @example {
                     *       "url": "https://login.microsoftonline.com/example.jp/oauth2/v2.0/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A32951%2Foauth%2Fmailbox%2Fcallback&scope=https%3A%2F%2Foutlook.office.com%2FIMAP.AccessAsUser.All+offline_access&state=…&code_challenge=TMY2kE6EWX8aPo_iOjZF8eHAgHF-mzlf2jF-KbW9g1Q&code_challenge_method=S256&login_hint=order%40example.jp",
                     *       "expiresAt": "2026-11-28T11:42:11.013Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentBegun"];
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
    rotateMailboxSecret: {
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
                    /**
                     * @example {
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                     *     }
                     */
                    "application/json": components["schemas"]["RotateMailboxSecretAnswer"];
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
                    /**
                     * @example {
                     *       "ok": true,
                     *       "code": null,
                     *       "messages": [
                     *         "ログインし、フォルダー「INBOX」を読み取り専用で開きました。メールは 32 通あります。",
                     *         "新着の通知（IDLE）に対応しています。"
                     *       ],
                     *       "folder": "INBOX",
                     *       "messageCount": 32,
                     *       "idle": true
                     *     }
                     */
                    "application/json": components["schemas"]["TestMailboxAnswer"];
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
    listMailboxPresets: {
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
                    /**
                     * @example {
                     *       "presets": [
                     *         {
                     *           "id": "microsoft",
                     *           "name": "Microsoft 365・Outlook.com",
                     *           "host": "outlook.office365.com",
                     *           "hostHelp": "",
                     *           "port": 993,
                     *           "security": "tls",
                     *           "auth": [
                     *             "microsoft",
                     *             "microsoft_application"
                     *           ],
                     *           "usernameHelp": "メールアドレス全体（例 order@example.jp）",
                     *           "enable": [
                     *             "Exchange 管理センターで、メールボックスの「メール アプリの管理」＞ IMAP を有効にします。",
                     *             "Outlook.com は初期状態で IMAP を使えません。設定 ＞ メール ＞ 転送と IMAP で、IMAP の使用を許可します。"
                     *           ],
                     *           "traps": [
                     *             "パスワードでは接続できません（基本認証は廃止されています）。",
                     *             "組織の設定により、利用者の同意に管理者の承認が要ることがあります。"
                     *           ],
                     *           "certain": true
                     *         },
                     *         {
                     *           "id": "google",
                     *           "name": "Gmail・Google Workspace",
                     *           "host": "imap.gmail.com",
                     *           "hostHelp": "",
                     *           "port": 993,
                     *           "security": "tls",
                     *           "auth": [
                     *             "google",
                     *             "google_service_account"
                     *           ],
                     *           "usernameHelp": "メールアドレス全体（例 order@example.jp）",
                     *           "enable": [
                     *             "Gmail の IMAP は 2025 年 1 月から常に有効で、設定は要りません。",
                     *             "パスワードで接続する場合は、Google アカウントで 2 段階認証を有効にし、アプリパスワードを発行します。"
                     *           ],
                     *           "traps": [
                     *             "「テスト」状態の OAuth アプリの同意は 7 日で終わります。「本番環境」にしてください。",
                     *             "フィルタで受信トレイを迂回したメールは INBOX にありません。フォルダーに「[Gmail]/すべてのメール」を指定できます。"
                     *           ],
                     *           "certain": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ListMailboxPresetsAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    discoverMailbox: {
        parameters: {
            query: {
                /** @description A mail address or its domain (メールアドレスまたはドメイン) */
                address: string;
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
                    /**
                     * @example {
                     *       "by": "srv",
                     *       "host": "imap.example.jp",
                     *       "port": 993,
                     *       "security": "tls",
                     *       "preset": null
                     *     }
                     */
                    "application/json": components["schemas"]["DiscoverMailboxAnswer"];
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
                    /**
                     * @example {
                     *       "marketplaces": [
                     *         {
                     *           "name": "yahoo",
                     *           "label": "Yahoo!ショッピング",
                     *           "orderPage": "https://pro.store.yahoo.co.jp/pro.{shopCode}/order/manage/detail/{orderNumber}",
                     *           "shopCodeLabel": "ストアアカウント",
                     *           "mailHelp": "ストアクリエイターProの「設定」→「アラート・通知設定」に受信箱のアドレスがあり、「注文」にチェックが付いているか確認してください。",
                     *           "credentialFields": [
                     *             {
                     *               "name": "clientId",
                     *               "label": "Client ID（アプリケーションID）",
                     *               "help": "Yahoo!デベロッパーネットワークのアプリケーション管理に表示される、サーバーサイド用のClient ID。注文APIの利用申請（Client IDと接続元IPアドレスの登録）が済んでいるもの。",
                     *               "secret": false,
                     *               "required": true,
                     *               "lifetime": null
                     *             },
                     *             {
                     *               "name": "clientSecret",
                     *               "label": "シークレット",
                     *               "help": "アプリケーション管理のアプリケーション詳細に、Client IDと並んで表示されるシークレット。",
                     *               "secret": true,
                     *               "required": true,
                     *               "lifetime": null
                     *             }
                     *           ],
                     *           "consent": true,
                     *           "limits": {
                     *             "fetchBatch": 1,
                     *             "ordersPerMinute": 60,
                     *             "listWindowDays": 31,
                     *             "historyDays": 180
                     *           },
                     *           "actions": [
                     *             {
                     *               "action": "confirm",
                     *               "label": "注文確認（閲覧済み）",
                     *               "fields": [
                     *                 {
                     *                   "name": "waitMinutes",
                     *                   "label": "注文確定待ち時間（分）",
                     *                   "required": false,
                     *                   "choices": null,
                     *                   "help": "注文からこの時間が過ぎるまで送りません。"
                     *                 }
                     *               ],
                     *               "limits": [],
                     *               "preconditions": "未閲覧の注文。保留中の注文はできません。一度閲覧済みにすると元に戻せません。注文から約10分間（購入者がキャンセルできる間）は変更できません。",
                     *               "calls": [
                     *                 "orderChange (IsSeen)"
                     *               ]
                     *             },
                     *             {
                     *               "action": "ship",
                     *               "label": "出荷済み",
                     *               "fields": [
                     *                 {
                     *                   "name": "shippedOn",
                     *                   "label": "出荷日",
                     *                   "required": true,
                     *                   "choices": null,
                     *                   "help": null
                     *                 },
                     *                 {
                     *                   "name": "parcels.carrier",
                     *                   "label": "配送会社",
                     *                   "required": true,
                     *                   "choices": [
                     *                     {
                     *                       "code": "yamato",
                     *                       "label": "ヤマト運輸"
                     *                     },
                     *                     {
                     *                       "code": "sagawa",
                     *                       "label": "佐川急便"
                     *                     }
                     *                   ],
                     *                   "help": "1注文に1社です。"
                     *                 }
                     *               ],
                     *               "limits": [
                     *                 {
                     *                   "field": "parcels",
                     *                   "label": "伝票番号",
                     *                   "taken": true,
                     *                   "maxBytes": null,
                     *                   "maxCharacters": null,
                     *                   "max": 2
                     *                 },
                     *                 {
                     *                   "field": "parcels.lines",
                     *                   "label": "個口ごとの内容明細",
                     *                   "taken": false,
                     *                   "maxBytes": null,
                     *                   "maxCharacters": null,
                     *                   "max": null
                     *                 }
                     *               ],
                     *               "preconditions": "「処理中」で出荷できる注文。予約中、不正注文の審査中、入金待ちの注文はできません。別の伝票番号が登録済みの注文には送りません。注文から約10分間（購入者がキャンセルできる間）は変更できません。",
                     *               "calls": [
                     *                 "orderStatusChange (2、保留を解除するとき)",
                     *                 "orderChange (IsSeen、先に注文確認にするとき)"
                     *               ]
                     *             }
                     *           ],
                     *           "carriers": [
                     *             {
                     *               "carrier": "yamato",
                     *               "label": "ヤマト運輸",
                     *               "mallCode": "1001"
                     *             },
                     *             {
                     *               "carrier": "sagawa",
                     *               "label": "佐川急便",
                     *               "mallCode": "1002"
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "name": "rakuten",
                     *           "label": "楽天市場",
                     *           "orderPage": "https://order-rp.rms.rakuten.co.jp/order-rb/individual-order-detail-sc/init?orderNumber={orderNumber}",
                     *           "shopCodeLabel": "店舗ID（数字6桁）",
                     *           "mailHelp": "RMSの「店舗設定」→「基本情報設定」→「店舗・企業詳細情報」の「注文確認メール送り先メールアドレス」に、受信箱のアドレスが入っているか確認してください（複数はカンマ区切り）。",
                     *           "credentialFields": [
                     *             {
                     *               "name": "serviceSecret",
                     *               "label": "serviceSecret",
                     *               "help": "RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定 に表示されます。",
                     *               "secret": true,
                     *               "required": true,
                     *               "lifetime": null
                     *             },
                     *             {
                     *               "name": "licenseKey",
                     *               "label": "licenseKey",
                     *               "help": "RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定 で発行します。「楽天ペイ受注API」の機能を利用中にしてください。発行から10～30分は使えないことがあります。",
                     *               "secret": true,
                     *               "required": true,
                     *               "lifetime": "発行から90日目の23:59:59まで"
                     *             }
                     *           ],
                     *           "consent": false,
                     *           "limits": {
                     *             "fetchBatch": 100,
                     *             "ordersPerMinute": 6000,
                     *             "listWindowDays": 63,
                     *             "historyDays": 730
                     *           },
                     *           "actions": [
                     *             {
                     *               "action": "confirm",
                     *               "label": "注文確認",
                     *               "fields": [
                     *                 {
                     *                   "name": "waitMinutes",
                     *                   "label": "注文確定待ち時間（分）",
                     *                   "required": false,
                     *                   "choices": null,
                     *                   "help": "注文からこの時間が過ぎるまで送りません。"
                     *                 }
                     *               ],
                     *               "limits": [],
                     *               "preconditions": "注文ステータスが「注文確認待ち」の注文。一度確認すると元に戻せません。",
                     *               "calls": [
                     *                 "confirmOrder"
                     *               ]
                     *             },
                     *             {
                     *               "action": "ship",
                     *               "label": "発送完了報告",
                     *               "fields": [
                     *                 {
                     *                   "name": "shippedOn",
                     *                   "label": "発送日",
                     *                   "required": true,
                     *                   "choices": null,
                     *                   "help": null
                     *                 },
                     *                 {
                     *                   "name": "parcels.recipientId",
                     *                   "label": "送付先ID",
                     *                   "required": false,
                     *                   "choices": null,
                     *                   "help": "送付先が複数ある注文では必須です。"
                     *                 }
                     *               ],
                     *               "limits": [
                     *                 {
                     *                   "field": "markPaid",
                     *                   "label": "入金済み",
                     *                   "taken": false,
                     *                   "maxBytes": null,
                     *                   "maxCharacters": null,
                     *                   "max": null
                     *                 },
                     *                 {
                     *                   "field": "release",
                     *                   "label": "保留の解除",
                     *                   "taken": false,
                     *                   "maxBytes": null,
                     *                   "maxCharacters": null,
                     *                   "max": null
                     *                 }
                     *               ],
                     *               "preconditions": "注文ステータスが「発送待ち」の注文。すべての送付先に発送日が入ると、楽天の夜間処理で「発送済」に変わります。別のお荷物伝票番号が登録済みの送付先には送りません。",
                     *               "calls": [
                     *                 "confirmOrder (注文確認をしてからの場合)",
                     *                 "updateOrderShipping (送付先ごと)"
                     *               ]
                     *             }
                     *           ],
                     *           "carriers": [
                     *             {
                     *               "carrier": "yamato",
                     *               "label": "ヤマト運輸",
                     *               "mallCode": "1001"
                     *             },
                     *             {
                     *               "carrier": "sagawa",
                     *               "label": "佐川急便",
                     *               "mallCode": "1002"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListMarketplacesAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listOwnApiKeys: {
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
                    /**
                     * @example {
                     *       "apiKeys": [
                     *         {
                     *           "id": "01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "name": "デモ用クライアント",
                     *           "prefix": "trk_sluFgutX",
                     *           "createdAt": "2026-11-28T11:31:44.827Z",
                     *           "expiresAt": null,
                     *           "revokedAt": null,
                     *           "role": "owner",
                     *           "shopIds": [],
                     *           "successorId": null,
                     *           "lastUsedAt": "2026-11-28T11:31:44.875Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-34db-7372-bd1e-3a1c9df84feb",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "name": "取り消してよいキー",
                     *           "prefix": "trk_GPtsg_7W",
                     *           "createdAt": "2026-11-28T11:32:03.419Z",
                     *           "expiresAt": null,
                     *           "revokedAt": null,
                     *           "role": "owner",
                     *           "shopIds": [],
                     *           "successorId": null,
                     *           "lastUsedAt": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListApiKeysAnswer"];
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
    createOwnApiKey: {
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
                 *       "name": "受注管理ソフト",
                 *       "role": "staff"
                 *     }
                 */
                "application/json": components["schemas"]["CreateOwnApiKeyRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-50ce-7582-8f5f-e6dd8dfb1250",
                     *       "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "出荷用PC",
                     *       "prefix": "trk_6-X0zquH",
                     *       "createdAt": "2026-11-28T11:32:10.574Z",
                     *       "expiresAt": null,
                     *       "revokedAt": null,
                     *       "role": "staff",
                     *       "shopIds": [],
                     *       "successorId": null,
                     *       "lastUsedAt": null,
                     *       "key": "trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
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
    rotateOwnApiKey: {
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
                 *       "overlapHours": 24
                 *     }
                 */
                "application/json": components["schemas"]["RotateApiKeyRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-5166-70b5-9c28-2652fae32af2",
                     *       "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "出荷用PC",
                     *       "prefix": "trk_Gsn93Ry-",
                     *       "createdAt": "2026-11-28T11:32:10.725Z",
                     *       "expiresAt": null,
                     *       "revokedAt": null,
                     *       "role": "staff",
                     *       "shopIds": [],
                     *       "successorId": null,
                     *       "lastUsedAt": null,
                     *       "key": "trk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
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
    revokeOwnApiKey: {
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
    getContract: {
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "見本商事株式会社",
                     *       "emails": [
                     *         "staff@sandbox.example"
                     *       ],
                     *       "requireSecondFactor": true,
                     *       "statusFollowsMall": true
                     *     }
                     */
                    "application/json": components["schemas"]["Contract"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateContract: {
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
                 *       "requireSecondFactor": true
                 *     }
                 */
                "application/json": components["schemas"]["UpdateContractPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *       "name": "見本商事株式会社",
                     *       "emails": [
                     *         "staff@sandbox.example"
                     *       ],
                     *       "requireSecondFactor": true,
                     *       "statusFollowsMall": true
                     *     }
                     */
                    "application/json": components["schemas"]["Contract"];
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
    listOwnAudit: {
        parameters: {
            query?: {
                /** @description Only this actor, for example `staff:<id>` (操作者) */
                actor?: string;
                /** @description Only this action, for example `shop.updated` (操作) */
                action?: string;
                /** @description Only changes of this id (対象) */
                target?: string;
                /** @description Only who saw or changed this order (受注) */
                orderId?: string;
                /** @description From this time on (開始日時) */
                from?: string;
                /** @description Until this time, without it (終了日時) */
                to?: string;
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
                    /**
                     * @example {
                     *       "audit": [
                     *         {
                     *           "id": "01a221ed-5b80-76c1-8309-fe21a3850510",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "at": "2026-11-28T11:32:13.312Z",
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "source": "127.0.0.1",
                     *           "action": "orders.listed",
                     *           "target": "01a221ed-3f09-75da-8802-40ff023eccaa",
                     *           "orderIds": [
                     *             "01a221ed-0ee4-73fc-9e19-151da83bbcd5"
                     *           ],
                     *           "data": {
                     *             "orders": 1
                     *           }
                     *         },
                     *         {
                     *           "id": "01a221ed-5b1a-7501-b6c5-c0082293d12f",
                     *           "tenantId": "01a221ec-ea34-76b6-9026-2c7a09be31b9",
                     *           "at": "2026-11-28T11:32:13.210Z",
                     *           "actor": "key:01a221ec-ec3b-7319-8e55-9c6a1b5aa8bd",
                     *           "actorName": "API キー「デモ用クライアント」",
                     *           "source": "127.0.0.1",
                     *           "action": "order.viewed",
                     *           "target": "01a221ed-0ee4-73fc-9e19-151da83bbcd5",
                     *           "orderIds": [
                     *             "01a221ed-0ee4-73fc-9e19-151da83bbcd5"
                     *           ],
                     *           "data": {
                     *             "version": "2"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListAuditAnswer"];
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
    exportOwnAudit: {
        parameters: {
            query?: {
                /** @description Only this actor, for example `staff:<id>` (操作者) */
                actor?: string;
                /** @description Only this action, for example `shop.updated` (操作) */
                action?: string;
                /** @description Only changes of this id (対象) */
                target?: string;
                /** @description Only who saw or changed this order (受注) */
                orderId?: string;
                /** @description From this time on (開始日時) */
                from?: string;
                /** @description Until this time, without it (終了日時) */
                to?: string;
                /** @description 形式 */
                format?: components["schemas"]["AuditFormat"];
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
                    /** @description The name of the file (ファイル名) */
                    "content-disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"id":"01a223ad-c21c-764d-b3da-cc960dab65ab","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:41:59.708Z","actor":"operator","actorName":"運営者","source":"127.0.0.1","action":"tenant.created","target":"01a223ad-c0e8-7757-8183-66649821d4d9","orderIds":[],"data":{"name":"見本商事株式会社","status":"active"}}
                     *     {"id":"01a223ad-c325-7514-8715-7c4980d5e393","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:41:59.973Z","actor":"operator","actorName":"運営者","source":"127.0.0.1","action":"api_key.created","target":"01a223ad-c314-7170-a574-4b5d89df20a3","orderIds":[],"data":{"name":"デモ用クライアント","role":"owner","prefix":"trk_Jylx4o9v","shopIds":[],"expiresAt":null}}
                     *     {"id":"01a223ad-c3af-724c-983d-cae91a978c08","tenantId":"01a223ad-c0e8-7757-8183-66649821d4d9","at":"2026-11-28T19:42:00.111Z","actor":"key:01a223ad-c314-7170-a574-4b5d89df20a3","actorName":"API キー「デモ用クライアント」","source":"127.0.0.1","action":"shop.created","target":"01a223ad-c371-7524-88d5-692b55b0907a","orderIds":[],"data":{"code":"123456","name":"見本商店 楽天市場店","enabled":true,"credentials":["serviceSecret","licenseKey"],"marketplace":"rakuten"}}
                     */
                    "application/jsonl": string;
                    /**
                     * @example id,tenantId,at,actor,source,action,target,orderIds,data,actorName
                     *     "01a223ad-c21c-764d-b3da-cc960dab65ab","01a223ad-c0e8-7757-8183-66649821d4d9","2026-11-28T19:41:59.708Z","operator","127.0.0.1","tenant.created","01a223ad-c0e8-7757-8183-66649821d4d9","[]","{""name"":""見本商事株式会社"",""status"":""active""}","運営者"
                     *     "01a223ad-c325-7514-8715-7c4980d5e393","01a223ad-c0e8-7757-8183-66649821d4d9","2026-11-28T19:41:59.973Z","operator","127.0.0.1","api_key.created","01a223ad-c314-7170-a574-4b5d89df20a3","[]","{""name"":""デモ用クライアント"",""role"":""owner"",""prefix"":""trk_Jylx4o9v"",""shopIds"":[],""expiresAt"":null}","運営者"
                     */
                    "text/csv": string;
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
                "application/json": components["schemas"]["BeginConsentRequest"];
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
                    /**
                     * @example {
                     *       "url": "http://127.0.0.1:3000/yconnect/v2/authorization?response_type=code&client_id=dj0xO2k9YTg0NDJiMGRlNmIwO3M9Y29uc3VtZXJzZWNyZXQmeD0-&redirect_uri=http%3A%2F%2F127.0.0.1%3A32951%2Foauth%2Fyahoo%2Fcallback&scope=openid&state=…&nonce=jaaRnqjcDvCxGbywe8qHcw&bail=1&code_challenge=e0oEkBbmpjVhriEwzQn1ALD0DmGrQn9v7UoVx1Ghm4g&code_challenge_method=S256",
                     *       "expiresAt": "2026-11-28T11:42:26.934Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentBegun"];
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
                    /**
                     * @example {
                     *       "credentials": [
                     *         {
                     *           "shopId": "01a221ec-ec7a-763b-9639-db043e376568",
                     *           "shopName": "見本商店 楽天市場店",
                     *           "marketplace": "rakuten",
                     *           "consent": false,
                     *           "attention": null,
                     *           "checkedAt": "2026-11-28T11:31:46.097Z",
                     *           "checkCode": null,
                     *           "lifetimes": [
                     *             {
                     *               "what": "licenseKey",
                     *               "label": "licenseKey",
                     *               "endsAt": "2027-01-27T14:59:59.000Z",
                     *               "certain": true,
                     *               "daysLeft": 60,
                     *               "state": "ok",
                     *               "action": "RMS ＞ 店舗様向け情報・サービス ＞ WEB APIサービス ＞ 利用設定 で新しいlicenseKeyを発行し、店舗設定に登録してください。発行すると古いキーはすぐに使えなくなります。"
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "shopId": "01a221ec-f1bf-74ac-a264-ce98c6dda714",
                     *           "shopName": "星空道具店 Yahoo!店",
                     *           "marketplace": "yahoo",
                     *           "consent": true,
                     *           "attention": null,
                     *           "checkedAt": "2026-11-28T11:31:46.622Z",
                     *           "checkCode": null,
                     *           "lifetimes": [
                     *             {
                     *               "what": "consent",
                     *               "label": "同意（リフレッシュトークン）",
                     *               "endsAt": "2026-12-26T11:31:35.000Z",
                     *               "certain": true,
                     *               "daysLeft": 27,
                     *               "state": "ok",
                     *               "action": "ストアの注文管理権限を持つYahoo! JAPAN IDで同意し直してください（店舗設定の「同意」から行えます）。"
                     *             },
                     *             {
                     *               "what": "publicKey",
                     *               "label": "公開鍵",
                     *               "endsAt": "2027-11-28T11:31:46.239Z",
                     *               "certain": false,
                     *               "daysLeft": 364,
                     *               "state": "ok",
                     *               "action": "ストアクリエイターProの「設定 > 暗号鍵管理」で公開鍵を発行し、公開鍵とバージョンを店舗設定に登録してください。正確な期限は暗号鍵管理に表示されます。"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "mailboxes": [
                     *         {
                     *           "mailboxId": "01a221ed-5257-766c-979f-d59ddb65e108",
                     *           "mailboxName": "注文メール（Microsoft 365）",
                     *           "attention": null,
                     *           "lifetimes": []
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListCredentialsAnswer"];
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
                kind?: components["schemas"]["NoticeKind"];
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
                    /**
                     * @example {
                     *       "notices": [],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListNoticesAnswer"];
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
    listNoticeChannels: {
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
                    /**
                     * @example {
                     *       "channels": [
                     *         {
                     *           "id": "01a221ed-4567-75f9-a116-de00eac08cb1",
                     *           "kind": "webhook",
                     *           "name": "社内チャット",
                     *           "for": "tenant",
                     *           "topics": [
                     *             "attention",
                     *             "report"
                     *           ],
                     *           "shopIds": [],
                     *           "pace": "soon",
                     *           "enabled": true,
                     *           "lastSentAt": null,
                     *           "failures": 0,
                     *           "failingSince": null,
                     *           "code": null,
                     *           "createdAt": "2026-11-28T11:32:07.655Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-45ab-725b-b52c-d06fcb7b65b9",
                     *           "kind": "webhook",
                     *           "name": "社内チャット",
                     *           "for": "tenant",
                     *           "topics": [
                     *             "attention",
                     *             "report"
                     *           ],
                     *           "shopIds": [],
                     *           "pace": "soon",
                     *           "enabled": true,
                     *           "lastSentAt": null,
                     *           "failures": 0,
                     *           "failingSince": null,
                     *           "code": null,
                     *           "createdAt": "2026-11-28T11:32:07.723Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListNoticeChannelsAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createNoticeChannel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A channel to be made (通知先の登録) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "chatwork",
                 *       "name": "受注担当ルーム",
                 *       "for": "tenant",
                 *       "roomId": "12345678",
                 *       "token": "0123456789"
                 *     }
                 */
                "application/json": components["schemas"]["CreateNoticeChannelRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-9117-726d-8342-26ae4baf2017",
                     *       "kind": "webhook",
                     *       "name": "社内チャット",
                     *       "for": "tenant",
                     *       "topics": [
                     *         "attention",
                     *         "report"
                     *       ],
                     *       "shopIds": [],
                     *       "pace": "soon",
                     *       "enabled": true,
                     *       "lastSentAt": null,
                     *       "failures": 0,
                     *       "failingSince": null,
                     *       "code": null,
                     *       "createdAt": "2026-11-28T11:32:27.031Z",
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                     *     }
                     */
                    "application/json": components["schemas"]["NoticeChannelMade"];
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
    deleteNoticeChannel: {
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
    updateNoticeChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        /** @description What is to be changed (通知先の変更) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "topics": [
                 *         "attention",
                 *         "report"
                 *       ],
                 *       "pace": "daily"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateNoticeChannelPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4567-75f9-a116-de00eac08cb1",
                     *       "kind": "webhook",
                     *       "name": "社内チャット",
                     *       "for": "tenant",
                     *       "topics": [
                     *         "attention",
                     *         "report"
                     *       ],
                     *       "shopIds": [],
                     *       "pace": "daily",
                     *       "enabled": true,
                     *       "lastSentAt": null,
                     *       "failures": 0,
                     *       "failingSince": null,
                     *       "code": null,
                     *       "createdAt": "2026-11-28T11:32:07.655Z"
                     *     }
                     */
                    "application/json": components["schemas"]["NoticeChannel"];
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
    testNoticeChannel: {
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
                    /**
                     * @example {
                     *       "ok": false,
                     *       "code": "unreachable",
                     *       "message": "送信先に接続できませんでした。URL を確認し、しばらくしてからお試しください。"
                     *     }
                     */
                    "application/json": components["schemas"]["NoticeChannelTest"];
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
    listMarks: {
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
                    /**
                     * @example {
                     *       "marks": [
                     *         {
                     *           "code": "repeat_buyer",
                     *           "label": "リピーター",
                     *           "meaning": "同じ注文者（氏名とメールまたは電話）の以前の受注があります。"
                     *         },
                     *         {
                     *           "code": "repeat_canceller",
                     *           "label": "キャンセル歴あり",
                     *           "meaning": "同じ注文者の以前の受注がキャンセルされています。"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ListMarksAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getMarkRules: {
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
                    /**
                     * @example {
                     *       "rules": [],
                     *       "islands": {
                     *         "add": [],
                     *         "except": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["MarkRules"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    replaceMarkRules: {
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
                 *       "rules": [
                 *         {
                 *           "code": "big_order",
                 *           "label": "高額・代引",
                 *           "all": [
                 *             {
                 *               "field": "payment.kind",
                 *               "is": "equal",
                 *               "values": [
                 *                 "cod"
                 *               ]
                 *             },
                 *             {
                 *               "field": "total.billed",
                 *               "is": "at_least",
                 *               "value": 10000
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "islands": {
                 *         "add": [
                 *           "9071801"
                 *         ],
                 *         "except": []
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ReplaceMarkRulesRequest"];
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
                    /**
                     * @example {
                     *       "rules": [
                     *         {
                     *           "code": "big_order",
                     *           "label": "高額・代引",
                     *           "all": [
                     *             {
                     *               "field": "payment.kind",
                     *               "is": "equal",
                     *               "values": [
                     *                 "cod"
                     *               ]
                     *             },
                     *             {
                     *               "field": "total.billed",
                     *               "is": "at_least",
                     *               "value": 10000
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "islands": {
                     *         "add": [
                     *           "9071801"
                     *         ],
                     *         "except": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["MarkRules"];
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
    listBlockedBuyers: {
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
                    /**
                     * @example {
                     *       "blockedBuyers": [
                     *         {
                     *           "id": "01a221ed-51af-7536-905a-562fb8edf5cf",
                     *           "kind": "phone",
                     *           "value": "090-0000-0000",
                     *           "postalCode": null,
                     *           "reason": "受取拒否",
                     *           "createdAt": "2026-11-28T11:32:10.813Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListBlockedBuyersAnswer"];
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
    createBlockedBuyer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whose orders are marked (要注意顧客) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "phone",
                 *       "value": "090-0000-0000",
                 *       "reason": "受取拒否"
                 *     }
                 */
                "application/json": components["schemas"]["CreateBlockedBuyerRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-51af-7536-905a-562fb8edf5cf",
                     *       "kind": "phone",
                     *       "value": "090-0000-0000",
                     *       "postalCode": null,
                     *       "reason": "受取拒否",
                     *       "createdAt": "2026-11-28T11:32:10.813Z"
                     *     }
                     */
                    "application/json": components["schemas"]["BlockedBuyer"];
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
    deleteBlockedBuyer: {
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
    listViews: {
        parameters: {
            query?: {
                /** @description true: with the number of orders (件数) */
                counts?: components["schemas"]["QueryFlag"];
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
                    /**
                     * @example {
                     *       "views": [
                     *         {
                     *           "id": "01a221ed-52b5-71f4-943f-a54826ecb4be",
                     *           "name": "番号なし",
                     *           "query": {
                     *             "status": "new",
                     *             "tracking": "none"
                     *           },
                     *           "shared": true,
                     *           "count": null,
                     *           "countIsCapped": false,
                     *           "updatedAt": "2026-11-28T11:32:11.061Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListViewsAnswer"];
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
    saveView: {
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
                 *       "name": "今日の急ぎ",
                 *       "query": {
                 *         "status": "new",
                 *         "hold": "false"
                 *       },
                 *       "shared": true
                 *     }
                 */
                "application/json": components["schemas"]["SaveViewRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-52b5-71f4-943f-a54826ecb4be",
                     *       "name": "番号なし",
                     *       "query": {
                     *         "status": "new",
                     *         "tracking": "none"
                     *       },
                     *       "shared": true,
                     *       "count": null,
                     *       "countIsCapped": false,
                     *       "updatedAt": "2026-11-28T11:32:11.061Z"
                     *     }
                     */
                    "application/json": components["schemas"]["SavedView"];
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
    deleteView: {
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
            /** @description Deleted (削除済み) */
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
                    /**
                     * @example {
                     *       "webhooks": [
                     *         {
                     *           "id": "01a221ed-44c1-7087-b97b-33c735ab274d",
                     *           "name": "基幹システム",
                     *           "url": "http://127.0.0.1:3000/torikomi",
                     *           "kinds": [
                     *             "attention"
                     *           ],
                     *           "enabled": true,
                     *           "failures": 2,
                     *           "failingSince": "2026-11-28T11:32:08.787Z",
                     *           "disabledAt": null,
                     *           "disabledCode": null,
                     *           "resetAt": null,
                     *           "resetCode": null,
                     *           "oldSecretUntil": null,
                     *           "createdAt": "2026-11-28T11:32:07.489Z"
                     *         },
                     *         {
                     *           "id": "01a221ed-44f4-74c7-9c68-3fde01dff078",
                     *           "name": "基幹システム",
                     *           "url": "http://127.0.0.1:3000/torikomi",
                     *           "kinds": [
                     *             "attention"
                     *           ],
                     *           "enabled": true,
                     *           "failures": 0,
                     *           "failingSince": null,
                     *           "disabledAt": null,
                     *           "disabledCode": null,
                     *           "resetAt": null,
                     *           "resetCode": null,
                     *           "oldSecretUntil": null,
                     *           "createdAt": "2026-11-28T11:32:07.541Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListWebhooksAnswer"];
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
                "application/json": components["schemas"]["CreateWebhookRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-9350-745b-8f4f-061a80f51729",
                     *       "name": "基幹システム",
                     *       "url": "http://127.0.0.1:3000/torikomi",
                     *       "kinds": [
                     *         "attention"
                     *       ],
                     *       "enabled": true,
                     *       "failures": 0,
                     *       "failingSince": null,
                     *       "disabledAt": null,
                     *       "disabledCode": null,
                     *       "resetAt": null,
                     *       "resetCode": null,
                     *       "oldSecretUntil": null,
                     *       "createdAt": "2026-11-28T11:32:27.600Z",
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-44c1-7087-b97b-33c735ab274d",
                     *       "name": "基幹システム",
                     *       "url": "http://127.0.0.1:3000/torikomi",
                     *       "kinds": [
                     *         "attention"
                     *       ],
                     *       "enabled": true,
                     *       "failures": 2,
                     *       "failingSince": "2026-11-28T11:32:08.787Z",
                     *       "disabledAt": null,
                     *       "disabledCode": null,
                     *       "resetAt": null,
                     *       "resetCode": null,
                     *       "oldSecretUntil": null,
                     *       "createdAt": "2026-11-28T11:32:07.489Z"
                     *     }
                     */
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
                "application/json": components["schemas"]["UpdateWebhookPatch"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-44c1-7087-b97b-33c735ab274d",
                     *       "name": "基幹システム",
                     *       "url": "http://127.0.0.1:3000/torikomi",
                     *       "kinds": [
                     *         "attention"
                     *       ],
                     *       "enabled": true,
                     *       "failures": 0,
                     *       "failingSince": null,
                     *       "disabledAt": null,
                     *       "disabledCode": null,
                     *       "resetAt": null,
                     *       "resetCode": null,
                     *       "oldSecretUntil": null,
                     *       "createdAt": "2026-11-28T11:32:07.489Z"
                     *     }
                     */
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
                "application/json": components["schemas"]["RotateWebhookSecretRequest"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-44c1-7087-b97b-33c735ab274d",
                     *       "name": "基幹システム",
                     *       "url": "http://127.0.0.1:3000/torikomi",
                     *       "kinds": [
                     *         "attention"
                     *       ],
                     *       "enabled": true,
                     *       "failures": 0,
                     *       "failingSince": null,
                     *       "disabledAt": null,
                     *       "disabledCode": null,
                     *       "resetAt": null,
                     *       "resetCode": null,
                     *       "oldSecretUntil": "2026-11-29T11:32:27.769Z",
                     *       "createdAt": "2026-11-28T11:32:07.489Z",
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-945c-7193-82d0-c681212a21c4",
                     *       "position": null,
                     *       "kind": "test",
                     *       "state": "waiting",
                     *       "attempts": 0,
                     *       "nextAttemptAt": "2026-11-28T11:32:27.868Z",
                     *       "lastAttemptAt": null,
                     *       "lastStatus": null,
                     *       "lastCode": null,
                     *       "lastMs": null,
                     *       "at": "2026-11-28T11:32:27.868Z",
                     *       "createdAt": "2026-11-28T11:32:27.868Z"
                     *     }
                     */
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
                state?: components["schemas"]["WebhookDeliveryState"];
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
                    /**
                     * @example {
                     *       "deliveries": [
                     *         {
                     *           "id": "01a221ed-4526-747c-a1ef-26948bef5c0e",
                     *           "position": null,
                     *           "kind": "test",
                     *           "state": "waiting",
                     *           "attempts": 2,
                     *           "nextAttemptAt": "2026-11-28T11:37:15.798Z",
                     *           "lastAttemptAt": "2026-11-28T11:32:15.795Z",
                     *           "lastStatus": null,
                     *           "lastCode": "unreachable",
                     *           "lastMs": 3,
                     *           "at": "2026-11-28T11:32:07.590Z",
                     *           "createdAt": "2026-11-28T11:32:07.590Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListWebhookDeliveriesAnswer"];
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
                    /**
                     * @example {
                     *       "id": "01a221ed-4526-747c-a1ef-26948bef5c0e",
                     *       "position": null,
                     *       "kind": "test",
                     *       "state": "waiting",
                     *       "attempts": 0,
                     *       "nextAttemptAt": "2026-11-28T11:32:27.921Z",
                     *       "lastAttemptAt": "2026-11-28T11:32:15.795Z",
                     *       "lastStatus": null,
                     *       "lastCode": "unreachable",
                     *       "lastMs": 3,
                     *       "at": "2026-11-28T11:32:07.590Z",
                     *       "createdAt": "2026-11-28T11:32:07.590Z"
                     *     }
                     */
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
                "application/json": components["schemas"]["RecogniseMailRequest"];
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
                    /**
                     * @example {
                     *       "considered": true,
                     *       "recognition": {
                     *         "marketplace": "rakuten",
                     *         "kind": "new_order",
                     *         "orderNumbers": [
                     *           "123456-20260519-0123456789"
                     *         ],
                     *         "reason": null
                     *       },
                     *       "malls": [
                     *         {
                     *           "marketplace": "yahoo",
                     *           "sender": null,
                     *           "subject": null,
                     *           "ignoredBy": null,
                     *           "recognition": null,
                     *           "messages": [
                     *             "Yahoo!ショッピング: 差出人は登録された差出人のどれとも一致しません。",
                     *             "Yahoo!ショッピング: 件名は登録された件名のどれも含みません。"
                     *           ]
                     *         },
                     *         {
                     *           "marketplace": "rakuten",
                     *           "sender": "order@rakuten.co.jp",
                     *           "subject": "【楽天市場】注文内容ご確認",
                     *           "ignoredBy": null,
                     *           "recognition": {
                     *             "marketplace": "rakuten",
                     *             "kind": "new_order",
                     *             "orderNumbers": [
                     *               "123456-20260519-0123456789"
                     *             ],
                     *             "reason": null
                     *           },
                     *           "messages": [
                     *             "楽天市場: 差出人が「order@rakuten.co.jp」に一致しました。",
                     *             "楽天市場: 件名が「【楽天市場】注文内容ご確認」を含みます。種類は new_order です。"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RecogniseMailAnswer"];
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
    eraseBuyer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Exactly one of the three (電話番号・メールアドレス・受注番号のどれか1つ) */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phone": "03-0000-0000"
                 *     }
                 */
                "application/json": components["schemas"]["EraseBuyerRequest"];
            };
        };
        responses: {
            /** @description What was erased (消去結果) */
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
                    /**
                     * @example {
                     *       "id": "01a221ed-9515-7062-a126-d377db852308",
                     *       "orders": 0,
                     *       "erasedAt": "2026-11-28T11:32:28.053Z",
                     *       "message": "該当する受注はありませんでした。"
                     *     }
                     */
                    "application/json": components["schemas"]["BuyerErased"];
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
                    /** @description Quote it when asking the operator (問い合わせ番号) */
                    "x-request-id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example <!DOCTYPE html>
                     *     <html lang="ja">
                     *     <head>
                     *     <meta charset="utf-8">
                     *     <meta name="robots" content="noindex, nofollow">
                     *     <meta name="viewport" content="width=device-width">
                     *     <title>同意を保存しました - Torikomi</title>
                     *     <style>body{font-family:sans-serif;line-height:1.8;max-width:40em;margin:3em auto;padding:0 1em;color:#222}h1{font-size:1.3em}.code{color:#666;font-size:.85em}</style>
                     *     </head>
                     *     <body>
                     *     <h1>同意を保存しました</h1
                     */
                    "text/html": string;
                };
            };
            429: components["responses"]["Problem429"];
        };
    };
    endMailboxConsent: {
        parameters: {
            query?: {
                /** @description As it was given to the provider (状態) */
                state?: string | string[];
                /** @description Authorisation code (認可コード) */
                code?: string | string[];
                /** @description What went wrong at the provider (エラー) */
                error?: string | string[];
                /** @description The same in the provider’s words (エラーの説明) */
                error_description?: string | string[];
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
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            429: components["responses"]["Problem429"];
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
                    /**
                     * @example {
                     *       "state": "signed_in",
                     *       "csrfToken": "NtPqHVtMJT76nyRVPXlA2p4vHOWJBpFJIR3puS_-Lxc",
                     *       "account": {
                     *         "id": "01a221ed-49e5-76a6-8a5c-bb37b5dab85f",
                     *         "name": "運営 太郎",
                     *         "email": "operator@example.jp",
                     *         "role": "operator",
                     *         "tenantId": null,
                     *         "tenantName": null,
                     *         "secondFactor": true,
                     *         "identityProvider": null
                     *       },
                     *       "mayShowPersonalData": true
                     *     }
                     */
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
                "application/json": components["schemas"]["SignInRequest"];
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
                    /**
                     * @example {
                     *       "state": "second_factor_required",
                     *       "csrfToken": "YyeZI4jbVsfT2axYFgfDKEc8yJoSRuE5wwP1EBaCf4E",
                     *       "account": null,
                     *       "mayShowPersonalData": false
                     *     }
                     */
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
                "application/json": components["schemas"]["ShowSecondFactorRequestChoice1"] | components["schemas"]["ShowSecondFactorRequestChoice2"];
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
                    /**
                     * @example {
                     *       "state": "signed_in",
                     *       "csrfToken": "9dWis4pkn_cOAdM-ESkRxemP2_U6yuVu1a_K9mh0ge0",
                     *       "account": {
                     *         "id": "01a221ed-49e5-76a6-8a5c-bb37b5dab85f",
                     *         "name": "運営 太郎",
                     *         "email": "operator@example.jp",
                     *         "role": "operator",
                     *         "tenantId": null,
                     *         "tenantName": null,
                     *         "secondFactor": true,
                     *         "identityProvider": null
                     *       },
                     *       "mayShowPersonalData": true
                     *     }
                     */
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
                "application/json": components["schemas"]["BeginSecondFactorSetupRequest"];
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
                    /**
                     * @example {
                     *       "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                     *       "otpauthUrl": "otpauth://totp/Torikomi:operator%40example.jp?secret=KYHFFMTY6B3PU2LOT2DOMX5YLF2ESMEQ&issuer=Torikomi"
                     *     }
                     */
                    "application/json": components["schemas"]["BeginSecondFactorSetupAnswer"];
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
                "application/json": components["schemas"]["ShowSecondFactorRequestChoice1"];
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
                    /**
                     * @example {
                     *       "state": "signed_in",
                     *       "csrfToken": "NtPqHVtMJT76nyRVPXlA2p4vHOWJBpFJIR3puS_-Lxc",
                     *       "account": {
                     *         "id": "01a221ed-49e5-76a6-8a5c-bb37b5dab85f",
                     *         "name": "運営 太郎",
                     *         "email": "operator@example.jp",
                     *         "role": "operator",
                     *         "tenantId": null,
                     *         "tenantName": null,
                     *         "secondFactor": true,
                     *         "identityProvider": null
                     *       },
                     *       "mayShowPersonalData": true,
                     *       "recoveryCodes": [
                     *         "WS5RJ-TFP3G",
                     *         "96GGR-5GR5V"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ConfirmSecondFactorAnswer"];
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
                "application/json": components["schemas"]["ShowSecondFactorRequestChoice1"];
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
                    /**
                     * @example {
                     *       "recoveryCodes": [
                     *         "5QZFM-DMG39",
                     *         "ZPQRR-GGFCX"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RenewRecoveryCodesAnswer"];
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
                    /**
                     * @example {
                     *       "sessions": [
                     *         {
                     *           "id": "01a221ed-4c8d-7434-8fcc-37fddc7d2782",
                     *           "current": true,
                     *           "userAgent": "不明なブラウザー",
                     *           "network": "127.0.0.0/24",
                     *           "createdAt": "2026-11-28T11:32:09.485Z",
                     *           "seenAt": "2026-11-28T11:32:09.485Z",
                     *           "expiresAt": "2026-11-28T23:32:09.613Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListSessionsAnswer"];
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
                "application/json": components["schemas"]["ChangePasswordRequest"];
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
                "application/json": components["schemas"]["MakeFirstOperatorRequest"];
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
                    /**
                     * @example {
                     *       "state": "second_factor_setup_required",
                     *       "csrfToken": "GIgS3JhhG9Vq9hWCg2OLVoNdg2MdD7CD_G4lw_XeCAg",
                     *       "account": null,
                     *       "mayShowPersonalData": false
                     *     }
                     */
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
                    /**
                     * @example {
                     *       "email": "operators1@example.jp",
                     *       "role": "operator",
                     *       "tenantId": null,
                     *       "tenantName": null
                     *     }
                     */
                    "application/json": components["schemas"]["GetInvitationAnswer"];
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
                "application/json": components["schemas"]["AcceptInvitationRequest"];
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
                    /**
                     * @example {
                     *       "state": "second_factor_setup_required",
                     *       "csrfToken": "5JLsmKeTl34m8CpWhtQrdWccfZPnuEKBY6GEg6B3dHg",
                     *       "account": null,
                     *       "mayShowPersonalData": false
                     *     }
                     */
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
    askPasswordReset: {
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
                 *       "email": "owner@example.jp"
                 *     }
                 */
                "application/json": components["schemas"]["AskPasswordResetRequest"];
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
                    /**
                     * @example {
                     *       "mailed": null
                     *     }
                     */
                    "application/json": components["schemas"]["AskPasswordResetAnswer"];
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
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the link (再設定の鍵) */
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "a long pass phrase"
                 *     }
                 */
                "application/json": components["schemas"]["ResetPasswordRequest"];
            };
        };
        responses: {
            /** @description Set (設定済) */
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
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    apply: {
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
                 *       "company": "株式会社とりこみ商店",
                 *       "name": "山田 花子",
                 *       "email": "owner@example.jp"
                 *     }
                 */
                "application/json": components["schemas"]["ApplyRequest"];
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
                    /**
                     * @example {
                     *       "state": "received"
                     *     }
                     */
                    "application/json": components["schemas"]["ApplyAnswer"];
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
    getSignInWays: {
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
                    /**
                     * @example {
                     *       "first": true,
                     *       "passwordReset": false,
                     *       "demo": true,
                     *       "identityProvider": null
                     *     }
                     */
                    "application/json": components["schemas"]["GetSignInWaysAnswer"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    removeIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed (解除済) */
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
    pushOrders: {
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
                 *       "orderNumbers": [
                 *         "123456-20260115-0000000001"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PushOrdersRequest"];
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
                    /**
                     * @example {
                     *       "taken": 1
                     *     }
                     */
                    "application/json": components["schemas"]["PushOrdersAnswer"];
                    "text/xml": string;
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
    postMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUID (ID) */
                id: string;
            };
            cookie?: never;
        };
        /** @description RFC 5322 message (メールのソース) */
        requestBody: {
            content: {
                "message/rfc822": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description What became of the mail (メールの受付結果) */
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
                    /**
                     * @example {
                     *       "result": "ignored"
                     *     }
                     */
                    "application/json": components["schemas"]["PostMailAnswer"];
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
    onFeedRow: {
        parameters: {
            query?: never;
            header: {
                /** @description The same at each attempt: what came twice is told by it (メッセージID) */
                "webhook-id": string;
                /** @description Seconds since 1970, of the attempt (送信時刻) */
                "webhook-timestamp": string;
                /** @description `v1,…` by the rule of Standard Webhooks, several while a secret is rotated (署名) */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookMessage"];
            };
        };
        responses: {
            /** @description Taken; any 2xx (受信済み) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not wanted any more: the webhook is switched off at once (送信停止) */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onNotices: {
        parameters: {
            query?: never;
            header: {
                /** @description The same at each attempt: what came twice is told by it (メッセージID) */
                "webhook-id": string;
                /** @description Seconds since 1970, of the attempt (送信時刻) */
                "webhook-timestamp": string;
                /** @description `v1,…` by the rule of Standard Webhooks, several while a secret is rotated (署名) */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeMessage"];
            };
        };
        responses: {
            /** @description Taken; any 2xx (受信済み) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not wanted any more: the webhook is switched off at once (送信停止) */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
