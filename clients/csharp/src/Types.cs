// Made by scripts/csharp-types.ts from docs/openapi.json (npm run api).
using System;
using System.Collections.Generic;
using System.Xml.Linq;

namespace Torikomi
{
    public static class Carrier
    {
        public const string Yamato = "yamato";
        public const string Sagawa = "sagawa";
        public const string JapanPost = "japan_post";
        public const string Seino = "seino";
        public const string SeinoSuperExpress = "seino_super_express";
        public const string Seibu = "seibu";
        public const string Fukuyama = "fukuyama";
        public const string Meitetsu = "meitetsu";
        public const string Tonami = "tonami";
        public const string Daiichi = "daiichi";
        public const string Niigata = "niigata";
        public const string Chuetsu = "chuetsu";
        public const string Okayama = "okayama";
        public const string Kurume = "kurume";
        public const string Sanyo = "sanyo";
        public const string NxTransport = "nx_transport";
        public const string Ecohai = "ecohai";
        public const string Ems = "ems";
        public const string Dhl = "dhl";
        public const string Fedex = "fedex";
        public const string Ups = "ups";
        public const string NipponExpress = "nippon_express";
        public const string Tnt = "tnt";
        public const string Ocs = "ocs";
        public const string Usps = "usps";
        public const string SfExpress = "sf_express";
        public const string Aramex = "aramex";
        public const string SghGlobal = "sgh_global";
        public const string RakutenExpress = "rakuten_express";
        public const string JapanPostRakuten = "japan_post_rakuten";
        public const string YamatoYuPacket = "yamato_yu_packet";
        public const string MeitetsuNx = "meitetsu_nx";
        public const string JpLogistics = "jp_logistics";
        public const string MagicalMove = "magical_move";
        public const string Askul = "askul";
        public const string Other = "other";
    }

    /// <summary>State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗</summary>
    public static class ChangeState
    {
        public const string None = "none";
        public const string Queued = "queued";
        public const string Changing = "changing";
        public const string Succeeded = "succeeded";
        public const string Warning = "warning";
        public const string Failed = "failed";
    }

    /// <summary>Known: purged, erased, unreadable. More values may come (値は追加されることがあります)</summary>
    public static class DetailMissing
    {
        public const string Purged = "purged";
        public const string Erased = "erased";
        public const string Unreadable = "unreadable";
    }

    /// <summary>Known: fraud_check, reserve, unpaid, buyer_cancel_window, mall_processing, change_pending, address_pending, amount_pending, shop_hold. More values may come (値は追加されることがあります)</summary>
    public static class HoldKind
    {
        public const string FraudCheck = "fraud_check";
        public const string Reserve = "reserve";
        public const string Unpaid = "unpaid";
        public const string BuyerCancelWindow = "buyer_cancel_window";
        public const string MallProcessing = "mall_processing";
        public const string ChangePending = "change_pending";
        public const string AddressPending = "address_pending";
        public const string AmountPending = "amount_pending";
        public const string ShopHold = "shop_hold";
    }

    /// <summary>Order line (商品明細)</summary>
    public sealed class Item : Record
    {
        public Item() { }
        internal Item(XElement fields) : base(fields) { }
        /// <summary>Unique in the order (明細ID)</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>Recipient it goes to (送付先ID)</summary>
        public string RecipientId
        {
            get { return this["recipientId"]; }
            set { Put("recipientId", value); }
        }
        /// <summary>The shop's item code (商品番号 / 商品コード)</summary>
        public string ItemCode
        {
            get { return this["itemCode"]; }
            set { Put("itemCode", value); }
        }
        /// <summary>The mall's item id (モール商品ID)</summary>
        public string MallItemId
        {
            get { return this["mallItemId"]; }
            set { Put("mallItemId", value); }
        }
        /// <summary>SKU (SKU管理番号 / サブコード)</summary>
        public string Sku
        {
            get { return this["sku"]; }
            set { Put("sku", value); }
        }
        /// <summary>The shop's own SKU (システム連携用SKU番号)</summary>
        public string MerchantSku
        {
            get { return this["merchantSku"]; }
            set { Put("merchantSku", value); }
        }
        /// <summary>JAN code (JANコード)</summary>
        public string Jan
        {
            get { return this["jan"]; }
            set { Put("jan", value); }
        }
        /// <summary>Item name (商品名)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Choices and inscriptions (項目・選択肢)</summary>
        public IReadOnlyList<ItemOption> Options
        {
            get { return List("options", fields => new ItemOption(fields)); }
            set { Put("options", value); }
        }
        /// <summary>Price of one, as the mall states it: with tax when taxIncluded, else before tax (単価)</summary>
        public long UnitPrice
        {
            get { return Whole("unitPrice").GetValueOrDefault(); }
            set { Put("unitPrice", value); }
        }
        /// <summary>unitPrice includes consumption tax (税込)</summary>
        public bool TaxIncluded
        {
            get { return Flag("taxIncluded").GetValueOrDefault(); }
            set { Put("taxIncluded", value); }
        }
        /// <summary>Percent: 10, 8, 0 (税率)</summary>
        public long? TaxRate
        {
            get { return Whole("taxRate"); }
            set { Put("taxRate", value); }
        }
        /// <summary>Quantity (数量)</summary>
        public long Quantity
        {
            get { return Whole("quantity").GetValueOrDefault(); }
            set { Put("quantity", value); }
        }
        /// <summary>unitPrice × quantity, always tax included (小計)</summary>
        public long Subtotal
        {
            get { return Whole("subtotal").GetValueOrDefault(); }
            set { Put("subtotal", value); }
        }
        /// <summary>Release date of a reservation (発売日)</summary>
        public string ReleaseDate
        {
            get { return this["releaseDate"]; }
            set { Put("releaseDate", value); }
        }
        /// <summary>When it ships, as shown to the buyer (発送目安)</summary>
        public string LeadTime
        {
            get { return this["leadTime"]; }
            set { Put("leadTime", value); }
        }
        /// <summary>Line was removed at the mall (削除済み)</summary>
        public bool Deleted
        {
            get { return Flag("deleted").GetValueOrDefault(); }
            set { Put("deleted", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    public sealed class ItemOption : Record
    {
        public ItemOption() { }
        internal ItemOption(XElement fields) : base(fields) { }
        /// <summary>Question (項目名)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Answer (選択肢・入力内容)</summary>
        public string Value
        {
            get { return this["value"]; }
            set { Put("value", value); }
        }
        /// <summary>Surcharge, tax included; within charges.other or the price (加算額)</summary>
        public long? Price
        {
            get { return Whole("price"); }
            set { Put("price", value); }
        }
    }

    /// <summary>open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態) Known: open, shipped, completed, cancelled. More values may come (値は追加されることがあります)</summary>
    public static class MallState
    {
        public const string Open = "open";
        public const string Shipped = "shipped";
        public const string Completed = "completed";
        public const string Cancelled = "cancelled";
    }

    /// <summary>Mall status (モールステータス)</summary>
    public sealed class MallStatus : Record
    {
        public MallStatus() { }
        internal MallStatus(XElement fields) : base(fields) { }
        /// <summary>コード</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>名称</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
    }

    /// <summary>yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon, aupay au PAY マーケット, connector その他の店舗（コネクター）, shopify Shopify (モール)</summary>
    public static class Marketplace
    {
        public const string Yahoo = "yahoo";
        public const string Rakuten = "rakuten";
        public const string Amazon = "amazon";
        public const string Aupay = "aupay";
        public const string Connector = "connector";
        public const string Shopify = "shopify";
    }

    /// <summary>Order with its detail (受注)</summary>
    public sealed class Order : Record
    {
        public Order() { }
        internal Order(XElement fields) : base(fields) { }
        /// <summary>UUID (ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>Shop (店舗ID)</summary>
        public string ShopId
        {
            get { return this["shopId"]; }
            set { Put("shopId", value); }
        }
        public string Marketplace
        {
            get { return this["marketplace"]; }
            set { Put("marketplace", value); }
        }
        /// <summary>The mall’s order number (受注番号)</summary>
        public string OrderNumber
        {
            get { return this["orderNumber"]; }
            set { Put("orderNumber", value); }
        }
        public string Status
        {
            get { return this["status"]; }
            set { Put("status", value); }
        }
        public string ChangeState
        {
            get { return this["changeState"]; }
            set { Put("changeState", value); }
        }
        /// <summary>Deprecated: use `mallStatusCode` (旧名)</summary>
        public string MallStatus
        {
            get { return this["mallStatus"]; }
            set { Put("mallStatus", value); }
        }
        /// <summary>Deprecated: use `mallSubStatusCode` (旧名)</summary>
        public string MallSubStatus
        {
            get { return this["mallSubStatus"]; }
            set { Put("mallSubStatus", value); }
        }
        /// <summary>open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)</summary>
        public string MallState
        {
            get { return this["mallState"]; }
            set { Put("mallState", value); }
        }
        /// <summary>When the buyer ordered (注文日時)</summary>
        public DateTimeOffset OrderedAt
        {
            get { return Time("orderedAt").GetValueOrDefault(); }
            set { Put("orderedAt", value); }
        }
        /// <summary>When it came in (取込日時)</summary>
        public DateTimeOffset StagedAt
        {
            get { return Time("stagedAt").GetValueOrDefault(); }
            set { Put("stagedAt", value); }
        }
        /// <summary>When it was handed over (受注取込日時)</summary>
        public DateTimeOffset? PulledAt
        {
            get { return Time("pulledAt"); }
            set { Put("pulledAt", value); }
        }
        /// <summary>When the mall was last asked (最終確認日時)</summary>
        public DateTimeOffset RefreshedAt
        {
            get { return Time("refreshedAt").GetValueOrDefault(); }
            set { Put("refreshedAt", value); }
        }
        /// <summary>Yen billed to the buyer (請求金額)</summary>
        public long BilledAmount
        {
            get { return Whole("billedAmount").GetValueOrDefault(); }
            set { Put("billedAmount", value); }
        }
        /// <summary>Yen before discounts and points (合計金額)</summary>
        public long TotalAmount
        {
            get { return Whole("totalAmount").GetValueOrDefault(); }
            set { Put("totalAmount", value); }
        }
        /// <summary>Lines (明細数)</summary>
        public long ItemLines
        {
            get { return Whole("itemLines").GetValueOrDefault(); }
            set { Put("itemLines", value); }
        }
        /// <summary>Pieces (商品点数)</summary>
        public long ItemQuantity
        {
            get { return Whole("itemQuantity").GetValueOrDefault(); }
            set { Put("itemQuantity", value); }
        }
        /// <summary>Kind of payment (支払方法区分)</summary>
        public string PaymentKind
        {
            get { return this["paymentKind"]; }
            set { Put("paymentKind", value); }
        }
        /// <summary>Parcels with a tracking number; null in an order of an earlier release until the service has counted them (送り状番号のある個口数)</summary>
        public long? TrackedParcels
        {
            get { return Whole("trackedParcels"); }
            set { Put("trackedParcels", value); }
        }
        /// <summary>How far it has left, by recipient; null in an order of an earlier release until the service has counted it (送付先ごとの出荷)</summary>
        public Shipping Shipping
        {
            get { return Child("shipping", fields => new Shipping(fields)); }
            set { Put("shipping", value); }
        }
        /// <summary>Why it must not ship yet (出荷保留)</summary>
        public IReadOnlyList<string> Holds
        {
            get { return List("holds", item => item.Value); }
            set { Put("holds", value); }
        }
        /// <summary>Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク)</summary>
        public IReadOnlyList<string> Flags
        {
            get { return List("flags", item => item.Value); }
            set { Put("flags", value); }
        }
        /// <summary>What the import found out beside the mall’s data: repeat_buyer リピーター, combinable 同梱候補, …; labels in GET /v1/marks (マーク)</summary>
        public IReadOnlyList<string> Marks
        {
            get { return List("marks", item => item.Value); }
            set { Put("marks", value); }
        }
        /// <summary>Things in the order that do not fit (注意件数)</summary>
        public long WarningCount
        {
            get { return Whole("warningCount").GetValueOrDefault(); }
            set { Put("warningCount", value); }
        }
        /// <summary>Rises with what an edit could overwrite; for `If-Match` and `ifVersions` (編集用の版)</summary>
        public long Version
        {
            get { return Whole("version").GetValueOrDefault(); }
            set { Put("version", value); }
        }
        /// <summary>Rises with whatever changes in the order, also with the state of a site change (更新番号)</summary>
        public long Revision
        {
            get { return Whole("revision").GetValueOrDefault(); }
            set { Put("revision", value); }
        }
        /// <summary>When staff last edited it (編集日時)</summary>
        public DateTimeOffset? EditedAt
        {
            get { return Time("editedAt"); }
            set { Put("editedAt", value); }
        }
        /// <summary>Batch it was handed over in (取込バッチID)</summary>
        public string PullId
        {
            get { return this["pullId"]; }
            set { Put("pullId", value); }
        }
        /// <summary>When its personal data was removed (個人情報削除日時)</summary>
        public DateTimeOffset? PurgedAt
        {
            get { return Time("purgedAt"); }
            set { Put("purgedAt", value); }
        }
        /// <summary>When the buyer’s data was erased at their request; it never comes back (消去請求による消去日時)</summary>
        public DateTimeOffset? ErasedAt
        {
            get { return Time("erasedAt"); }
            set { Put("erasedAt", value); }
        }
        /// <summary>On 保留 until this day in Japan, on which it comes up again (保留の期日)</summary>
        public string OnHoldDate
        {
            get { return this["onHoldDate"]; }
            set { Put("onHoldDate", value); }
        }
        /// <summary>Orders with the same one go as one parcel, with one label and one number; null: alone (同梱)</summary>
        public string BundleId
        {
            get { return this["bundleId"]; }
            set { Put("bundleId", value); }
        }
        /// <summary>A cancellation is queued or being sent: nothing of it leaves until that has ended (キャンセル手続き中)</summary>
        public bool CancelUnderWay
        {
            get { return Flag("cancelUnderWay").GetValueOrDefault(); }
            set { Put("cancelUnderWay", value); }
        }
        /// <summary>The mall’s own status code (モールステータス)</summary>
        public string MallStatusCode
        {
            get { return this["mallStatusCode"]; }
            set { Put("mallStatusCode", value); }
        }
        /// <summary>The mall’s sub-status code (サブステータス)</summary>
        public string MallSubStatusCode
        {
            get { return this["mallSubStatusCode"]; }
            set { Put("mallSubStatusCode", value); }
        }
        public OrderLabels Labels
        {
            get { return Child("labels", fields => new OrderLabels(fields)); }
            set { Put("labels", value); }
        }
        /// <summary>Why staff put it on 保留; null when nobody said, and once it left (保留の理由)</summary>
        public string OnHoldReason
        {
            get { return this["onHoldReason"]; }
            set { Put("onHoldReason", value); }
        }
        /// <summary>The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing)</summary>
        public OrderDetail Detail
        {
            get { return Child("detail", fields => new OrderDetail(fields)); }
            set { Put("detail", value); }
        }
        /// <summary>Why detail is null: purged 保存期間満了, erased 消去請求により消去済み, unreadable 復号不可</summary>
        public string DetailMissing
        {
            get { return this["detailMissing"]; }
            set { Put("detailMissing", value); }
        }
    }

    /// <summary>Normalised order (正規化した受注)</summary>
    public sealed class OrderDetail : Record
    {
        public OrderDetail() { }
        internal OrderDetail(XElement fields) : base(fields) { }
        /// <summary>Mall (モール)</summary>
        public string Marketplace
        {
            get { return this["marketplace"]; }
            set { Put("marketplace", value); }
        }
        /// <summary>The shop's code at the mall (店舗コード)</summary>
        public string ShopCode
        {
            get { return this["shopCode"]; }
            set { Put("shopCode", value); }
        }
        /// <summary>Order number (受注番号 / 注文ID)</summary>
        public string OrderNumber
        {
            get { return this["orderNumber"]; }
            set { Put("orderNumber", value); }
        }
        /// <summary>When the buyer ordered (注文日時)</summary>
        public DateTimeOffset OrderedAt
        {
            get { return Time("orderedAt").GetValueOrDefault(); }
            set { Put("orderedAt", value); }
        }
        /// <summary>Last change at the mall (最終更新日時)</summary>
        public DateTimeOffset? UpdatedAt
        {
            get { return Time("updatedAt"); }
            set { Put("updatedAt", value); }
        }
        /// <summary>pc, smartphone, tablet, feature_phone, other (端末)</summary>
        public string Device
        {
            get { return this["device"]; }
            set { Put("device", value); }
        }
        /// <summary>What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル</summary>
        public string MallState
        {
            get { return this["mallState"]; }
            set { Put("mallState", value); }
        }
        /// <summary>Mall status (モールステータス)</summary>
        public MallStatus MallStatus
        {
            get { return Child("mallStatus", fields => new MallStatus(fields)); }
            set { Put("mallStatus", value); }
        }
        /// <summary>Sub-status (サブステータス)</summary>
        public MallStatus MallSubStatus
        {
            get { return Child("mallSubStatus", fields => new MallStatus(fields)); }
            set { Put("mallSubStatus", value); }
        }
        /// <summary>Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス)</summary>
        public XElement MallStatuses
        {
            get { return Element("mallStatuses"); }
            set { Put("mallStatuses", value); }
        }
        /// <summary>Cancel reason (キャンセル理由)</summary>
        public OrderDetailCancelReason CancelReason
        {
            get { return Child("cancelReason", fields => new OrderDetailCancelReason(fields)); }
            set { Put("cancelReason", value); }
        }
        /// <summary>Further times under the mall's names (各種日時)</summary>
        public XElement Times
        {
            get { return Element("times"); }
            set { Put("times", value); }
        }
        /// <summary>Buyer (注文者)</summary>
        public Person Buyer
        {
            get { return Child("buyer", fields => new Person(fields)); }
            set { Put("buyer", value); }
        }
        /// <summary>Recipients (送付先)</summary>
        public IReadOnlyList<Recipient> Recipients
        {
            get { return List("recipients", fields => new Recipient(fields)); }
            set { Put("recipients", value); }
        }
        /// <summary>Lines (商品明細)</summary>
        public IReadOnlyList<Item> Items
        {
            get { return List("items", fields => new Item(fields)); }
            set { Put("items", value); }
        }
        /// <summary>Charges, all tax included; together totals.total (料金)</summary>
        public OrderDetailCharges Charges
        {
            get { return Child("charges", fields => new OrderDetailCharges(fields)); }
            set { Put("charges", value); }
        }
        /// <summary>Coupons, points and the like (値引き)</summary>
        public IReadOnlyList<OrderDetailDiscount> Discounts
        {
            get { return List("discounts", fields => new OrderDetailDiscount(fields)); }
            set { Put("discounts", value); }
        }
        /// <summary>Points (ポイント)</summary>
        public OrderDetailPoints Points
        {
            get { return Child("points", fields => new OrderDetailPoints(fields)); }
            set { Put("points", value); }
        }
        /// <summary>By tax rate (税率ごとの合計)</summary>
        public IReadOnlyList<OrderDetailTaxSummary> TaxSummary
        {
            get { return List("taxSummary", fields => new OrderDetailTaxSummary(fields)); }
            set { Put("taxSummary", value); }
        }
        /// <summary>Totals, tax included; they follow from charges and discounts (合計金額)</summary>
        public OrderDetailTotals Totals
        {
            get { return Child("totals", fields => new OrderDetailTotals(fields)); }
            set { Put("totals", value); }
        }
        /// <summary>Payment (支払)</summary>
        public OrderDetailPayment Payment
        {
            get { return Child("payment", fields => new OrderDetailPayment(fields)); }
            set { Put("payment", value); }
        }
        /// <summary>Delivery (配送)</summary>
        public OrderDetailDelivery Delivery
        {
            get { return Child("delivery", fields => new OrderDetailDelivery(fields)); }
            set { Put("delivery", value); }
        }
        /// <summary>Gift (ギフト)</summary>
        public OrderDetailGift Gift
        {
            get { return Child("gift", fields => new OrderDetailGift(fields)); }
            set { Put("gift", value); }
        }
        /// <summary>The buyer wants a receipt (領収書); null where the mall does not say</summary>
        public bool? ReceiptWanted
        {
            get { return Flag("receiptWanted"); }
            set { Put("receiptWanted", value); }
        }
        /// <summary>Refunds, partial cancels, returns (返金・一部キャンセル・返品)</summary>
        public IReadOnlyList<OrderDetailReversal> Reversals
        {
            get { return List("reversals", fields => new OrderDetailReversal(fields)); }
            set { Put("reversals", value); }
        }
        /// <summary>Notes (備考)</summary>
        public OrderDetailNotes Notes
        {
            get { return Child("notes", fields => new OrderDetailNotes(fields)); }
            set { Put("notes", value); }
        }
        /// <summary>Subscription or reservation (定期・頒布会・予約)</summary>
        public OrderDetailSubscription Subscription
        {
            get { return Child("subscription", fields => new OrderDetailSubscription(fields)); }
            set { Put("subscription", value); }
        }
        /// <summary>parent, child, multi_ship … (関連注文)</summary>
        public IReadOnlyList<OrderDetailRelatedOrder> RelatedOrders
        {
            get { return List("relatedOrders", fields => new OrderDetailRelatedOrder(fields)); }
            set { Put("relatedOrders", value); }
        }
        /// <summary>Why it must not ship yet (出荷保留)</summary>
        public IReadOnlyList<OrderDetailHold> Holds
        {
            get { return List("holds", fields => new OrderDetailHold(fields)); }
            set { Put("holds", value); }
        }
        /// <summary>Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, …</summary>
        public IReadOnlyList<string> Flags
        {
            get { return List("flags", item => item.Value); }
            set { Put("flags", value); }
        }
        /// <summary>What does not add up in what the mall sent (要確認)</summary>
        public IReadOnlyList<OrderDetailWarning> Warnings
        {
            get { return List("warnings", fields => new OrderDetailWarning(fields)); }
            set { Put("warnings", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    public sealed class OrderDetailCancelReason : Record
    {
        public OrderDetailCancelReason() { }
        internal OrderDetailCancelReason(XElement fields) : base(fields) { }
        /// <summary>コード</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>理由</summary>
        public string Text
        {
            get { return this["text"]; }
            set { Put("text", value); }
        }
    }

    /// <summary>Charges, all tax included; together totals.total (料金)</summary>
    public sealed class OrderDetailCharges : Record
    {
        public OrderDetailCharges() { }
        internal OrderDetailCharges(XElement fields) : base(fields) { }
        /// <summary>Sum of items[].subtotal without removed lines (商品合計)</summary>
        public long Goods
        {
            get { return Whole("goods").GetValueOrDefault(); }
            set { Put("goods", value); }
        }
        /// <summary>Postage (送料)</summary>
        public long Shipping
        {
            get { return Whole("shipping").GetValueOrDefault(); }
            set { Put("shipping", value); }
        }
        /// <summary>COD fee (代引手数料)</summary>
        public long Cod
        {
            get { return Whole("cod").GetValueOrDefault(); }
            set { Put("cod", value); }
        }
        /// <summary>Payment fee (決済手数料)</summary>
        public long PaymentFee
        {
            get { return Whole("paymentFee").GetValueOrDefault(); }
            set { Put("paymentFee", value); }
        }
        /// <summary>Wrapping (包装料)</summary>
        public long GiftWrap
        {
            get { return Whole("giftWrap").GetValueOrDefault(); }
            set { Put("giftWrap", value); }
        }
        /// <summary>Adjustment, may be negative (調整額)</summary>
        public long Adjustment
        {
            get { return Whole("adjustment").GetValueOrDefault(); }
            set { Put("adjustment", value); }
        }
        /// <summary>Other fees to the buyer (その他手数料)</summary>
        public long Other
        {
            get { return Whole("other").GetValueOrDefault(); }
            set { Put("other", value); }
        }
    }

    /// <summary>Delivery (配送)</summary>
    public sealed class OrderDetailDelivery : Record
    {
        public OrderDetailDelivery() { }
        internal OrderDetailDelivery(XElement fields) : base(fields) { }
        /// <summary>Code of the delivery method (配送方法コード)</summary>
        public string MethodCode
        {
            get { return this["methodCode"]; }
            set { Put("methodCode", value); }
        }
        /// <summary>Delivery method (配送方法)</summary>
        public string MethodName
        {
            get { return this["methodName"]; }
            set { Put("methodName", value); }
        }
        /// <summary>Class: 普通, 冷蔵, 冷凍 … (配送区分)</summary>
        public string Temperature
        {
            get { return this["temperature"]; }
            set { Put("temperature", value); }
        }
        /// <summary>Fast delivery marks: あすつく, 最強翌日配送 …</summary>
        public IReadOnlyList<string> Express
        {
            get { return List("express", item => item.Value); }
            set { Put("express", value); }
        }
        /// <summary>Day in Japan on which to ship at the latest (発送期限)</summary>
        public string ShipBy
        {
            get { return this["shipBy"]; }
            set { Put("shipBy", value); }
        }
        /// <summary>Date of delivery that the mall promised the buyer (お届け約束日)</summary>
        public string PromisedOn
        {
            get { return this["promisedOn"]; }
            set { Put("promisedOn", value); }
        }
    }

    /// <summary>Discount (値引)</summary>
    public sealed class OrderDetailDiscount : Record
    {
        public OrderDetailDiscount() { }
        internal OrderDetailDiscount(XElement fields) : base(fields) { }
        /// <summary>coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop)</summary>
        public string BorneBy
        {
            get { return this["borneBy"]; }
            set { Put("borneBy", value); }
        }
        /// <summary>Positive yen taken off, tax included (値引額)</summary>
        public long Amount
        {
            get { return Whole("amount").GetValueOrDefault(); }
            set { Put("amount", value); }
        }
        /// <summary>Coupon or campaign (名称)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Its code (コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>Line it belongs to, null for the whole order</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>true when item prices are already net of it, so that it is not taken off again (値引後単価)</summary>
        public bool IncludedInPrices
        {
            get { return Flag("includedInPrices").GetValueOrDefault(); }
            set { Put("includedInPrices", value); }
        }
    }

    /// <summary>Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop) Known: shop, marketplace, manufacturer, buyer, unknown. More values may come (値は追加されることがあります)</summary>
    public static class OrderDetailDiscountBorneBy
    {
        public const string Shop = "shop";
        public const string Marketplace = "marketplace";
        public const string Manufacturer = "manufacturer";
        public const string Buyer = "buyer";
        public const string Unknown = "unknown";
    }

    /// <summary>coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other Known: coupon, points, gift_card, bonus, store_discount, other. More values may come (値は追加されることがあります)</summary>
    public static class OrderDetailDiscountKind
    {
        public const string Coupon = "coupon";
        public const string Points = "points";
        public const string GiftCard = "gift_card";
        public const string Bonus = "bonus";
        public const string StoreDiscount = "store_discount";
        public const string Other = "other";
    }

    /// <summary>Gift (ギフト)</summary>
    public sealed class OrderDetailGift : Record
    {
        public OrderDetailGift() { }
        internal OrderDetailGift(XElement fields) : base(fields) { }
        /// <summary>Gift handling was asked for (ギフト)</summary>
        public bool Requested
        {
            get { return Flag("requested").GetValueOrDefault(); }
            set { Put("requested", value); }
        }
        /// <summary>Gift message (ギフトメッセージ)</summary>
        public string Message
        {
            get { return this["message"]; }
            set { Put("message", value); }
        }
        /// <summary>Noshi (のし)</summary>
        public string Noshi
        {
            get { return this["noshi"]; }
            set { Put("noshi", value); }
        }
        /// <summary>Wrapping chosen (包装): kind, name, price</summary>
        public IReadOnlyList<OrderDetailGiftWrapping> Wrappings
        {
            get { return List("wrappings", fields => new OrderDetailGiftWrapping(fields)); }
            set { Put("wrappings", value); }
        }
    }

    public sealed class OrderDetailGiftWrapping : Record
    {
        public OrderDetailGiftWrapping() { }
        internal OrderDetailGiftWrapping(XElement fields) : base(fields) { }
        /// <summary>Paper, ribbon … (種類)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>包装名</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Integer yen (円)</summary>
        public long? Price
        {
            get { return Whole("price"); }
            set { Put("price", value); }
        }
    }

    /// <summary>Hold (出荷保留)</summary>
    public sealed class OrderDetailHold : Record
    {
        public OrderDetailHold() { }
        internal OrderDetailHold(XElement fields) : base(fields) { }
        /// <summary>Why it must not ship yet (出荷保留): fraud_check 不正確認中, reserve 予約, unpaid 未入金, buyer_cancel_window 購入者キャンセル可能時間, mall_processing モール処理中, change_pending 変更確定待ち, address_pending 住所入力待ち, amount_pending 金額未確定, shop_hold 保留</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Until then, when known (保留の期限)</summary>
        public DateTimeOffset? Until
        {
            get { return Time("until"); }
            set { Put("until", value); }
        }
        /// <summary>Japanese</summary>
        public string Note
        {
            get { return this["note"]; }
            set { Put("note", value); }
        }
    }

    /// <summary>Notes (備考)</summary>
    public sealed class OrderDetailNotes : Record
    {
        public OrderDetailNotes() { }
        internal OrderDetailNotes(XElement fields) : base(fields) { }
        /// <summary>Buyer's comment (備考・要望)</summary>
        public string Buyer
        {
            get { return this["buyer"]; }
            set { Put("buyer", value); }
        }
        /// <summary>Memo (ひとことメモ・店舗メモ)</summary>
        public string Shop
        {
            get { return this["shop"]; }
            set { Put("shop", value); }
        }
        /// <summary>Sentence for mails (メール差込文)</summary>
        public string Mail
        {
            get { return this["mail"]; }
            set { Put("mail", value); }
        }
        /// <summary>Person in charge (担当者)</summary>
        public string Operator
        {
            get { return this["operator"]; }
            set { Put("operator", value); }
        }
    }

    /// <summary>Payment (支払)</summary>
    public sealed class OrderDetailPayment : Record
    {
        public OrderDetailPayment() { }
        internal OrderDetailPayment(XElement fields) : base(fields) { }
        /// <summary>Kind of payment (支払方法区分)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>The mall's code (支払方法コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>The mall's wording (支払方法)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Second payment of a combined one (併用支払方法)</summary>
        public string CombinedName
        {
            get { return this["combinedName"]; }
            set { Put("combinedName", value); }
        }
        /// <summary>入金状態</summary>
        public string Status
        {
            get { return this["status"]; }
            set { Put("status", value); }
        }
        /// <summary>When paid; the beginning of the day where the mall gives no more (入金日時)</summary>
        public DateTimeOffset? PaidAt
        {
            get { return Time("paidAt"); }
            set { Put("paidAt", value); }
        }
        /// <summary>Payment due (支払期限)</summary>
        public string DueDate
        {
            get { return this["dueDate"]; }
            set { Put("dueDate", value); }
        }
        /// <summary>カードブランド</summary>
        public string CardBrand
        {
            get { return this["cardBrand"]; }
            set { Put("cardBrand", value); }
        }
        /// <summary>Last four digits (カード番号下4桁)</summary>
        public string CardLast4
        {
            get { return this["cardLast4"]; }
            set { Put("cardLast4", value); }
        }
        /// <summary>Payment plan (支払回数)</summary>
        public string Installments
        {
            get { return this["installments"]; }
            set { Put("installments", value); }
        }
        /// <summary>What the buyer still owes, and 代引 collects; null or left out where the mall does not say (未払い額)</summary>
        public long? Outstanding
        {
            get { return Whole("outstanding"); }
            set { Put("outstanding", value); }
        }
        /// <summary>Until then the buyer of a failed payment may choose another one (支払方法変更期限)</summary>
        public DateTimeOffset? ChangeUntil
        {
            get { return Time("changeUntil"); }
            set { Put("changeUntil", value); }
        }
        /// <summary>Amounts of a payment by several means; empty when there is one (併用支払の内訳)</summary>
        public IReadOnlyList<OrderDetailPaymentPart> Parts
        {
            get { return List("parts", fields => new OrderDetailPaymentPart(fields)); }
            set { Put("parts", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    public sealed class OrderDetailPaymentPart : Record
    {
        public OrderDetailPaymentPart() { }
        internal OrderDetailPaymentPart(XElement fields) : base(fields) { }
        /// <summary>The mall's code (支払方法コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>The mall's wording (支払方法)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>What was paid like that, tax included (支払額)</summary>
        public long? Amount
        {
            get { return Whole("amount"); }
            set { Put("amount", value); }
        }
    }

    /// <summary>入金状態</summary>
    public static class OrderDetailPaymentStatus
    {
        public const string Unpaid = "unpaid";
        public const string Authorised = "authorised";
        public const string Paid = "paid";
        public const string Refunded = "refunded";
        public const string Cancelled = "cancelled";
        public const string Unknown = "unknown";
    }

    /// <summary>Points (ポイント)</summary>
    public sealed class OrderDetailPoints : Record
    {
        public OrderDetailPoints() { }
        internal OrderDetailPoints(XElement fields) : base(fields) { }
        /// <summary>Points used, in yen; also among discounts (利用ポイント)</summary>
        public long Used
        {
            get { return Whole("used").GetValueOrDefault(); }
            set { Put("used", value); }
        }
        /// <summary>付与ポイント</summary>
        public long? Granted
        {
            get { return Whole("granted"); }
            set { Put("granted", value); }
        }
    }

    public sealed class OrderDetailRelatedOrder : Record
    {
        public OrderDetailRelatedOrder() { }
        internal OrderDetailRelatedOrder(XElement fields) : base(fields) { }
        /// <summary>関係</summary>
        public string Relation
        {
            get { return this["relation"]; }
            set { Put("relation", value); }
        }
        /// <summary>注文番号</summary>
        public string OrderNumber
        {
            get { return this["orderNumber"]; }
            set { Put("orderNumber", value); }
        }
    }

    /// <summary>Something taken back (返金・一部キャンセル・返品)</summary>
    public sealed class OrderDetailReversal : Record
    {
        public OrderDetailReversal() { }
        internal OrderDetailReversal(XElement fields) : base(fields) { }
        /// <summary>refund 返金, partial_cancel 一部キャンセル, return 返品</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Line it belongs to, null for the whole order (明細ID)</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>How many of the line (数量)</summary>
        public long? Quantity
        {
            get { return Whole("quantity"); }
            set { Put("quantity", value); }
        }
        /// <summary>Positive yen given back, tax included (金額)</summary>
        public long? Amount
        {
            get { return Whole("amount"); }
            set { Put("amount", value); }
        }
        /// <summary>The mall's state of it (状態)</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
        /// <summary>When: date or time (日時)</summary>
        public string At
        {
            get { return this["at"]; }
            set { Put("at", value); }
        }
        /// <summary>Reason (理由)</summary>
        public string Reason
        {
            get { return this["reason"]; }
            set { Put("reason", value); }
        }
    }

    /// <summary>refund 返金, partial_cancel 一部キャンセル, return 返品 Known: refund, partial_cancel, return. More values may come (値は追加されることがあります)</summary>
    public static class OrderDetailReversalKind
    {
        public const string Refund = "refund";
        public const string PartialCancel = "partial_cancel";
        public const string Return = "return";
    }

    public sealed class OrderDetailSubscription : Record
    {
        public OrderDetailSubscription() { }
        internal OrderDetailSubscription(XElement fields) : base(fields) { }
        /// <summary>subscription, reservation … (種別)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Its id at the mall (定期購入ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>Which delivery of the series (回数)</summary>
        public long? Count
        {
            get { return Whole("count"); }
            set { Put("count", value); }
        }
    }

    /// <summary>Totals by tax rate; empty when the rate of a line is not known (税率別集計)</summary>
    public sealed class OrderDetailTaxSummary : Record
    {
        public OrderDetailTaxSummary() { }
        internal OrderDetailTaxSummary(XElement fields) : base(fields) { }
        /// <summary>Percent (税率)</summary>
        public long Rate
        {
            get { return Whole("rate").GetValueOrDefault(); }
            set { Put("rate", value); }
        }
        /// <summary>Lines and charges before discounts and points, tax included; all rates make totals.total (合計)</summary>
        public long? Total
        {
            get { return Whole("total"); }
            set { Put("total", value); }
        }
        /// <summary>total − coupon − points, tax included; all rates make totals.billed (請求額)</summary>
        public long? Billed
        {
            get { return Whole("billed"); }
            set { Put("billed", value); }
        }
        /// <summary>What tax is the tax of, tax included: total − coupon, at au PAY − points as well (課税対象額)</summary>
        public long? Taxable
        {
            get { return Whole("taxable"); }
            set { Put("taxable", value); }
        }
        /// <summary>Tax within taxable (消費税額)</summary>
        public long? Tax
        {
            get { return Whole("tax"); }
            set { Put("tax", value); }
        }
        /// <summary>Discounts other than points and gift cards, tax included (値引額)</summary>
        public long? Coupon
        {
            get { return Whole("coupon"); }
            set { Put("coupon", value); }
        }
        /// <summary>Points and gift cards (ポイント・商品券利用額)</summary>
        public long? Points
        {
            get { return Whole("points"); }
            set { Put("points", value); }
        }
        /// <summary>Payment fee within total, where the mall tells it (決済手数料)</summary>
        public long? PaymentFee
        {
            get { return Whole("paymentFee"); }
            set { Put("paymentFee", value); }
        }
        /// <summary>mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠)</summary>
        public string Source
        {
            get { return this["source"]; }
            set { Put("source", value); }
        }
    }

    /// <summary>mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠) Known: mall, shared, computed. More values may come (値は追加されることがあります)</summary>
    public static class OrderDetailTaxSummarySource
    {
        public const string Mall = "mall";
        public const string Shared = "shared";
        public const string Computed = "computed";
    }

    /// <summary>Totals, tax included; they follow from charges and discounts (合計金額)</summary>
    public sealed class OrderDetailTotals : Record
    {
        public OrderDetailTotals() { }
        internal OrderDetailTotals(XElement fields) : base(fields) { }
        /// <summary>billed and what discounts not in the prices take off; the sum of charges (合計)</summary>
        public long Total
        {
            get { return Whole("total").GetValueOrDefault(); }
            set { Put("total", value); }
        }
        /// <summary>What the buyer pays after discounts, points and gift cards (請求金額)</summary>
        public long Billed
        {
            get { return Whole("billed").GetValueOrDefault(); }
            set { Put("billed", value); }
        }
    }

    /// <summary>Something in the order that does not fit (注意)</summary>
    public sealed class OrderDetailWarning : Record
    {
        public OrderDetailWarning() { }
        internal OrderDetailWarning(XElement fields) : base(fields) { }
        /// <summary>For programs, for example TOTAL_DIFFERS</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>Japanese, for staff</summary>
        public string Message
        {
            get { return this["message"]; }
            set { Put("message", value); }
        }
        /// <summary>Path in the order</summary>
        public string Field
        {
            get { return this["field"]; }
            set { Put("field", value); }
        }
        /// <summary>Worked out here (計算値)</summary>
        public XElement Expected
        {
            get { return Element("expected"); }
            set { Put("expected", value); }
        }
        /// <summary>As the mall states it (モールの値)</summary>
        public XElement Actual
        {
            get { return Element("actual"); }
            set { Put("actual", value); }
        }
    }

    /// <summary>What the codes of the order say, in Japanese (コードの表示名)</summary>
    public sealed class OrderLabels : Record
    {
        public OrderLabels() { }
        internal OrderLabels(XElement fields) : base(fields) { }
        /// <summary>受注ステータス</summary>
        public string Status
        {
            get { return this["status"]; }
            set { Put("status", value); }
        }
        /// <summary>サイト変更の状態</summary>
        public string ChangeState
        {
            get { return this["changeState"]; }
            set { Put("changeState", value); }
        }
        /// <summary>モール側の状態</summary>
        public string MallState
        {
            get { return this["mallState"]; }
            set { Put("mallState", value); }
        }
        /// <summary>支払方法区分</summary>
        public string PaymentKind
        {
            get { return this["paymentKind"]; }
            set { Put("paymentKind", value); }
        }
        /// <summary>In the order of `holds` (出荷保留)</summary>
        public IReadOnlyList<string> Holds
        {
            get { return List("holds", item => item.Value); }
            set { Put("holds", value); }
        }
        /// <summary>In the order of `flags` (注意マーク)</summary>
        public IReadOnlyList<string> Flags
        {
            get { return List("flags", item => item.Value); }
            set { Put("flags", value); }
        }
    }

    /// <summary>JSON merge patch of the detail; lists are replaced whole, null empties a field (編集内容)</summary>
    public sealed class OrderPatch : Record
    {
        public OrderPatch() { }
        internal OrderPatch(XElement fields) : base(fields) { }
        /// <summary>When the buyer ordered (注文日時)</summary>
        public DateTimeOffset? OrderedAt
        {
            get { return Time("orderedAt"); }
            set { Put("orderedAt", value); }
        }
        /// <summary>pc, smartphone, tablet, feature_phone, other (端末)</summary>
        public string Device
        {
            get { return this["device"]; }
            set { Put("device", value); }
        }
        /// <summary>Further times under the mall's names (各種日時)</summary>
        public XElement Times
        {
            get { return Element("times"); }
            set { Put("times", value); }
        }
        /// <summary>Buyer (注文者)</summary>
        public OrderPatchBuyer Buyer
        {
            get { return Child("buyer", fields => new OrderPatchBuyer(fields)); }
            set { Put("buyer", value); }
        }
        /// <summary>Recipients (送付先)</summary>
        public IReadOnlyList<Recipient> Recipients
        {
            get { return List("recipients", fields => new Recipient(fields)); }
            set { Put("recipients", value); }
        }
        /// <summary>Lines (商品明細)</summary>
        public IReadOnlyList<Item> Items
        {
            get { return List("items", fields => new Item(fields)); }
            set { Put("items", value); }
        }
        /// <summary>Charges, all tax included; together totals.total (料金)</summary>
        public OrderPatchCharges Charges
        {
            get { return Child("charges", fields => new OrderPatchCharges(fields)); }
            set { Put("charges", value); }
        }
        /// <summary>Coupons, points and the like (値引き)</summary>
        public IReadOnlyList<OrderPatchDiscount> Discounts
        {
            get { return List("discounts", fields => new OrderPatchDiscount(fields)); }
            set { Put("discounts", value); }
        }
        /// <summary>Points (ポイント)</summary>
        public OrderPatchPoints Points
        {
            get { return Child("points", fields => new OrderPatchPoints(fields)); }
            set { Put("points", value); }
        }
        /// <summary>By tax rate (税率ごとの合計)</summary>
        public IReadOnlyList<OrderPatchTaxSummary> TaxSummary
        {
            get { return List("taxSummary", fields => new OrderPatchTaxSummary(fields)); }
            set { Put("taxSummary", value); }
        }
        /// <summary>Totals, tax included; they follow from charges and discounts (合計金額)</summary>
        public OrderPatchTotals Totals
        {
            get { return Child("totals", fields => new OrderPatchTotals(fields)); }
            set { Put("totals", value); }
        }
        /// <summary>Payment (支払)</summary>
        public OrderPatchPayment Payment
        {
            get { return Child("payment", fields => new OrderPatchPayment(fields)); }
            set { Put("payment", value); }
        }
        /// <summary>Delivery (配送)</summary>
        public OrderPatchDelivery Delivery
        {
            get { return Child("delivery", fields => new OrderPatchDelivery(fields)); }
            set { Put("delivery", value); }
        }
        /// <summary>Gift (ギフト)</summary>
        public OrderPatchGift Gift
        {
            get { return Child("gift", fields => new OrderPatchGift(fields)); }
            set { Put("gift", value); }
        }
        /// <summary>The buyer wants a receipt (領収書); null where the mall does not say</summary>
        public bool? ReceiptWanted
        {
            get { return Flag("receiptWanted"); }
            set { Put("receiptWanted", value); }
        }
        /// <summary>Refunds, partial cancels, returns (返金・一部キャンセル・返品)</summary>
        public IReadOnlyList<OrderPatchReversal> Reversals
        {
            get { return List("reversals", fields => new OrderPatchReversal(fields)); }
            set { Put("reversals", value); }
        }
        /// <summary>Notes (備考)</summary>
        public OrderPatchNotes Notes
        {
            get { return Child("notes", fields => new OrderPatchNotes(fields)); }
            set { Put("notes", value); }
        }
        /// <summary>Subscription or reservation (定期・頒布会・予約)</summary>
        public OrderPatchSubscription Subscription
        {
            get { return Child("subscription", fields => new OrderPatchSubscription(fields)); }
            set { Put("subscription", value); }
        }
        /// <summary>parent, child, multi_ship … (関連注文)</summary>
        public IReadOnlyList<OrderPatchRelatedOrder> RelatedOrders
        {
            get { return List("relatedOrders", fields => new OrderPatchRelatedOrder(fields)); }
            set { Put("relatedOrders", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    /// <summary>Buyer (注文者)</summary>
    public sealed class OrderPatchBuyer : Record
    {
        public OrderPatchBuyer() { }
        internal OrderPatchBuyer(XElement fields) : base(fields) { }
        /// <summary>The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept</summary>
        public string FullName
        {
            get { return this["fullName"]; }
            set { Put("fullName", value); }
        }
        /// <summary>Family name; null where the mall gives the whole name alone (姓)</summary>
        public string FamilyName
        {
            get { return this["familyName"]; }
            set { Put("familyName", value); }
        }
        /// <summary>Given name; null where the mall gives the whole name alone (名)</summary>
        public string GivenName
        {
            get { return this["givenName"]; }
            set { Put("givenName", value); }
        }
        /// <summary>Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ)</summary>
        public string FamilyNameKana
        {
            get { return this["familyNameKana"]; }
            set { Put("familyNameKana", value); }
        }
        /// <summary>Given name in kana (名カナ)</summary>
        public string GivenNameKana
        {
            get { return this["givenNameKana"]; }
            set { Put("givenNameKana", value); }
        }
        /// <summary>Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号)</summary>
        public string PostalCode
        {
            get { return this["postalCode"]; }
            set { Put("postalCode", value); }
        }
        /// <summary>Prefecture (都道府県)</summary>
        public string Prefecture
        {
            get { return this["prefecture"]; }
            set { Put("prefecture", value); }
        }
        /// <summary>City or ward (市区町村)</summary>
        public string City
        {
            get { return this["city"]; }
            set { Put("city", value); }
        }
        /// <summary>Street address (町域・番地)</summary>
        public string Address1
        {
            get { return this["address1"]; }
            set { Put("address1", value); }
        }
        /// <summary>Building, room (建物名・部屋番号)</summary>
        public string Address2
        {
            get { return this["address2"]; }
            set { Put("address2", value); }
        }
        /// <summary>Company and department (会社・部署)</summary>
        public string Company
        {
            get { return this["company"]; }
            set { Put("company", value); }
        }
        /// <summary>Phone as the mall gave it (電話番号)</summary>
        public string Phone
        {
            get { return this["phone"]; }
            set { Put("phone", value); }
        }
        /// <summary>Second phone (緊急連絡先)</summary>
        public string EmergencyPhone
        {
            get { return this["emergencyPhone"]; }
            set { Put("emergencyPhone", value); }
        }
        /// <summary>Mail address, usually the mall's relay (メールアドレス)</summary>
        public string Email
        {
            get { return this["email"]; }
            set { Put("email", value); }
        }
    }

    /// <summary>Charges, all tax included; together totals.total (料金)</summary>
    public sealed class OrderPatchCharges : Record
    {
        public OrderPatchCharges() { }
        internal OrderPatchCharges(XElement fields) : base(fields) { }
        /// <summary>Sum of items[].subtotal without removed lines (商品合計)</summary>
        public long? Goods
        {
            get { return Whole("goods"); }
            set { Put("goods", value); }
        }
        /// <summary>Postage (送料)</summary>
        public long? Shipping
        {
            get { return Whole("shipping"); }
            set { Put("shipping", value); }
        }
        /// <summary>COD fee (代引手数料)</summary>
        public long? Cod
        {
            get { return Whole("cod"); }
            set { Put("cod", value); }
        }
        /// <summary>Payment fee (決済手数料)</summary>
        public long? PaymentFee
        {
            get { return Whole("paymentFee"); }
            set { Put("paymentFee", value); }
        }
        /// <summary>Wrapping (包装料)</summary>
        public long? GiftWrap
        {
            get { return Whole("giftWrap"); }
            set { Put("giftWrap", value); }
        }
        /// <summary>Adjustment, may be negative (調整額)</summary>
        public long? Adjustment
        {
            get { return Whole("adjustment"); }
            set { Put("adjustment", value); }
        }
        /// <summary>Other fees to the buyer (その他手数料)</summary>
        public long? Other
        {
            get { return Whole("other"); }
            set { Put("other", value); }
        }
    }

    /// <summary>Delivery (配送)</summary>
    public sealed class OrderPatchDelivery : Record
    {
        public OrderPatchDelivery() { }
        internal OrderPatchDelivery(XElement fields) : base(fields) { }
        /// <summary>Code of the delivery method (配送方法コード)</summary>
        public string MethodCode
        {
            get { return this["methodCode"]; }
            set { Put("methodCode", value); }
        }
        /// <summary>Delivery method (配送方法)</summary>
        public string MethodName
        {
            get { return this["methodName"]; }
            set { Put("methodName", value); }
        }
        /// <summary>Class: 普通, 冷蔵, 冷凍 … (配送区分)</summary>
        public string Temperature
        {
            get { return this["temperature"]; }
            set { Put("temperature", value); }
        }
        /// <summary>Fast delivery marks: あすつく, 最強翌日配送 …</summary>
        public IReadOnlyList<string> Express
        {
            get { return List("express", item => item.Value); }
            set { Put("express", value); }
        }
        /// <summary>Day in Japan on which to ship at the latest (発送期限)</summary>
        public string ShipBy
        {
            get { return this["shipBy"]; }
            set { Put("shipBy", value); }
        }
        /// <summary>Date of delivery that the mall promised the buyer (お届け約束日)</summary>
        public string PromisedOn
        {
            get { return this["promisedOn"]; }
            set { Put("promisedOn", value); }
        }
    }

    /// <summary>Discount (値引)</summary>
    public sealed class OrderPatchDiscount : Record
    {
        public OrderPatchDiscount() { }
        internal OrderPatchDiscount(XElement fields) : base(fields) { }
        /// <summary>coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop)</summary>
        public string BorneBy
        {
            get { return this["borneBy"]; }
            set { Put("borneBy", value); }
        }
        /// <summary>Positive yen taken off, tax included (値引額)</summary>
        public long Amount
        {
            get { return Whole("amount").GetValueOrDefault(); }
            set { Put("amount", value); }
        }
        /// <summary>Coupon or campaign (名称)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Its code (コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>Line it belongs to, null for the whole order</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>true when item prices are already net of it, so that it is not taken off again (値引後単価)</summary>
        public bool IncludedInPrices
        {
            get { return Flag("includedInPrices").GetValueOrDefault(); }
            set { Put("includedInPrices", value); }
        }
    }

    /// <summary>Gift (ギフト)</summary>
    public sealed class OrderPatchGift : Record
    {
        public OrderPatchGift() { }
        internal OrderPatchGift(XElement fields) : base(fields) { }
        /// <summary>Gift handling was asked for (ギフト)</summary>
        public bool? Requested
        {
            get { return Flag("requested"); }
            set { Put("requested", value); }
        }
        /// <summary>Gift message (ギフトメッセージ)</summary>
        public string Message
        {
            get { return this["message"]; }
            set { Put("message", value); }
        }
        /// <summary>Noshi (のし)</summary>
        public string Noshi
        {
            get { return this["noshi"]; }
            set { Put("noshi", value); }
        }
        /// <summary>Wrapping chosen (包装): kind, name, price</summary>
        public IReadOnlyList<OrderPatchGiftWrapping> Wrappings
        {
            get { return List("wrappings", fields => new OrderPatchGiftWrapping(fields)); }
            set { Put("wrappings", value); }
        }
    }

    public sealed class OrderPatchGiftWrapping : Record
    {
        public OrderPatchGiftWrapping() { }
        internal OrderPatchGiftWrapping(XElement fields) : base(fields) { }
        /// <summary>Paper, ribbon … (種類)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>包装名</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Integer yen (円)</summary>
        public long? Price
        {
            get { return Whole("price"); }
            set { Put("price", value); }
        }
    }

    /// <summary>Notes (備考)</summary>
    public sealed class OrderPatchNotes : Record
    {
        public OrderPatchNotes() { }
        internal OrderPatchNotes(XElement fields) : base(fields) { }
        /// <summary>Buyer's comment (備考・要望)</summary>
        public string Buyer
        {
            get { return this["buyer"]; }
            set { Put("buyer", value); }
        }
        /// <summary>Memo (ひとことメモ・店舗メモ)</summary>
        public string Shop
        {
            get { return this["shop"]; }
            set { Put("shop", value); }
        }
        /// <summary>Sentence for mails (メール差込文)</summary>
        public string Mail
        {
            get { return this["mail"]; }
            set { Put("mail", value); }
        }
        /// <summary>Person in charge (担当者)</summary>
        public string Operator
        {
            get { return this["operator"]; }
            set { Put("operator", value); }
        }
    }

    /// <summary>Payment (支払)</summary>
    public sealed class OrderPatchPayment : Record
    {
        public OrderPatchPayment() { }
        internal OrderPatchPayment(XElement fields) : base(fields) { }
        /// <summary>Kind of payment (支払方法区分)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>The mall's code (支払方法コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>The mall's wording (支払方法)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Second payment of a combined one (併用支払方法)</summary>
        public string CombinedName
        {
            get { return this["combinedName"]; }
            set { Put("combinedName", value); }
        }
        /// <summary>入金状態</summary>
        public string Status
        {
            get { return this["status"]; }
            set { Put("status", value); }
        }
        /// <summary>When paid; the beginning of the day where the mall gives no more (入金日時)</summary>
        public DateTimeOffset? PaidAt
        {
            get { return Time("paidAt"); }
            set { Put("paidAt", value); }
        }
        /// <summary>Payment due (支払期限)</summary>
        public string DueDate
        {
            get { return this["dueDate"]; }
            set { Put("dueDate", value); }
        }
        /// <summary>カードブランド</summary>
        public string CardBrand
        {
            get { return this["cardBrand"]; }
            set { Put("cardBrand", value); }
        }
        /// <summary>Last four digits (カード番号下4桁)</summary>
        public string CardLast4
        {
            get { return this["cardLast4"]; }
            set { Put("cardLast4", value); }
        }
        /// <summary>Payment plan (支払回数)</summary>
        public string Installments
        {
            get { return this["installments"]; }
            set { Put("installments", value); }
        }
        /// <summary>What the buyer still owes, and 代引 collects; null or left out where the mall does not say (未払い額)</summary>
        public long? Outstanding
        {
            get { return Whole("outstanding"); }
            set { Put("outstanding", value); }
        }
        /// <summary>Until then the buyer of a failed payment may choose another one (支払方法変更期限)</summary>
        public DateTimeOffset? ChangeUntil
        {
            get { return Time("changeUntil"); }
            set { Put("changeUntil", value); }
        }
        /// <summary>Amounts of a payment by several means; empty when there is one (併用支払の内訳)</summary>
        public IReadOnlyList<OrderPatchPaymentPart> Parts
        {
            get { return List("parts", fields => new OrderPatchPaymentPart(fields)); }
            set { Put("parts", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    public sealed class OrderPatchPaymentPart : Record
    {
        public OrderPatchPaymentPart() { }
        internal OrderPatchPaymentPart(XElement fields) : base(fields) { }
        /// <summary>The mall's code (支払方法コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>The mall's wording (支払方法)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>What was paid like that, tax included (支払額)</summary>
        public long? Amount
        {
            get { return Whole("amount"); }
            set { Put("amount", value); }
        }
    }

    /// <summary>Points (ポイント)</summary>
    public sealed class OrderPatchPoints : Record
    {
        public OrderPatchPoints() { }
        internal OrderPatchPoints(XElement fields) : base(fields) { }
        /// <summary>Points used, in yen; also among discounts (利用ポイント)</summary>
        public long? Used
        {
            get { return Whole("used"); }
            set { Put("used", value); }
        }
        /// <summary>付与ポイント</summary>
        public long? Granted
        {
            get { return Whole("granted"); }
            set { Put("granted", value); }
        }
    }

    public sealed class OrderPatchRelatedOrder : Record
    {
        public OrderPatchRelatedOrder() { }
        internal OrderPatchRelatedOrder(XElement fields) : base(fields) { }
        /// <summary>関係</summary>
        public string Relation
        {
            get { return this["relation"]; }
            set { Put("relation", value); }
        }
        /// <summary>注文番号</summary>
        public string OrderNumber
        {
            get { return this["orderNumber"]; }
            set { Put("orderNumber", value); }
        }
    }

    /// <summary>Something taken back (返金・一部キャンセル・返品)</summary>
    public sealed class OrderPatchReversal : Record
    {
        public OrderPatchReversal() { }
        internal OrderPatchReversal(XElement fields) : base(fields) { }
        /// <summary>refund 返金, partial_cancel 一部キャンセル, return 返品</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Line it belongs to, null for the whole order (明細ID)</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>How many of the line (数量)</summary>
        public long? Quantity
        {
            get { return Whole("quantity"); }
            set { Put("quantity", value); }
        }
        /// <summary>Positive yen given back, tax included (金額)</summary>
        public long? Amount
        {
            get { return Whole("amount"); }
            set { Put("amount", value); }
        }
        /// <summary>The mall's state of it (状態)</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
        /// <summary>When: date or time (日時)</summary>
        public string At
        {
            get { return this["at"]; }
            set { Put("at", value); }
        }
        /// <summary>Reason (理由)</summary>
        public string Reason
        {
            get { return this["reason"]; }
            set { Put("reason", value); }
        }
    }

    public sealed class OrderPatchSubscription : Record
    {
        public OrderPatchSubscription() { }
        internal OrderPatchSubscription(XElement fields) : base(fields) { }
        /// <summary>subscription, reservation … (種別)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Its id at the mall (定期購入ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>Which delivery of the series (回数)</summary>
        public long? Count
        {
            get { return Whole("count"); }
            set { Put("count", value); }
        }
    }

    /// <summary>Totals by tax rate; empty when the rate of a line is not known (税率別集計)</summary>
    public sealed class OrderPatchTaxSummary : Record
    {
        public OrderPatchTaxSummary() { }
        internal OrderPatchTaxSummary(XElement fields) : base(fields) { }
        /// <summary>Percent (税率)</summary>
        public long Rate
        {
            get { return Whole("rate").GetValueOrDefault(); }
            set { Put("rate", value); }
        }
        /// <summary>Lines and charges before discounts and points, tax included; all rates make totals.total (合計)</summary>
        public long? Total
        {
            get { return Whole("total"); }
            set { Put("total", value); }
        }
        /// <summary>total − coupon − points, tax included; all rates make totals.billed (請求額)</summary>
        public long? Billed
        {
            get { return Whole("billed"); }
            set { Put("billed", value); }
        }
        /// <summary>What tax is the tax of, tax included: total − coupon, at au PAY − points as well (課税対象額)</summary>
        public long? Taxable
        {
            get { return Whole("taxable"); }
            set { Put("taxable", value); }
        }
        /// <summary>Tax within taxable (消費税額)</summary>
        public long? Tax
        {
            get { return Whole("tax"); }
            set { Put("tax", value); }
        }
        /// <summary>Discounts other than points and gift cards, tax included (値引額)</summary>
        public long? Coupon
        {
            get { return Whole("coupon"); }
            set { Put("coupon", value); }
        }
        /// <summary>Points and gift cards (ポイント・商品券利用額)</summary>
        public long? Points
        {
            get { return Whole("points"); }
            set { Put("points", value); }
        }
        /// <summary>Payment fee within total, where the mall tells it (決済手数料)</summary>
        public long? PaymentFee
        {
            get { return Whole("paymentFee"); }
            set { Put("paymentFee", value); }
        }
        /// <summary>mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, discounts shared out in proportion, tax rounded down (根拠)</summary>
        public string Source
        {
            get { return this["source"]; }
            set { Put("source", value); }
        }
    }

    /// <summary>Totals, tax included; they follow from charges and discounts (合計金額)</summary>
    public sealed class OrderPatchTotals : Record
    {
        public OrderPatchTotals() { }
        internal OrderPatchTotals(XElement fields) : base(fields) { }
        /// <summary>billed and what discounts not in the prices take off; the sum of charges (合計)</summary>
        public long? Total
        {
            get { return Whole("total"); }
            set { Put("total", value); }
        }
        /// <summary>What the buyer pays after discounts, points and gift cards (請求金額)</summary>
        public long? Billed
        {
            get { return Whole("billed"); }
            set { Put("billed", value); }
        }
    }

    /// <summary>auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, on_hold 保留, cancelled キャンセル (受注ステータス)</summary>
    public static class OrderStatus
    {
        public const string AutoImported = "auto_imported";
        public const string New = "new";
        public const string AwaitingPayment = "awaiting_payment";
        public const string ReadyToShip = "ready_to_ship";
        public const string Shipped = "shipped";
        public const string Completed = "completed";
        public const string OnHold = "on_hold";
        public const string Cancelled = "cancelled";
    }

    public static class PaymentKind
    {
        public const string CreditCard = "credit_card";
        public const string Cod = "cod";
        public const string BankTransfer = "bank_transfer";
        public const string ConvenienceStore = "convenience_store";
        public const string CarrierBilling = "carrier_billing";
        public const string EMoney = "e_money";
        public const string Wallet = "wallet";
        public const string Deferred = "deferred";
        public const string Invoice = "invoice";
        public const string Loan = "loan";
        public const string Points = "points";
        public const string Free = "free";
        public const string Other = "other";
    }

    /// <summary>A person with an address (氏名・住所)</summary>
    public sealed class Person : Record
    {
        public Person() { }
        internal Person(XElement fields) : base(fields) { }
        /// <summary>The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept</summary>
        public string FullName
        {
            get { return this["fullName"]; }
            set { Put("fullName", value); }
        }
        /// <summary>Family name; null where the mall gives the whole name alone (姓)</summary>
        public string FamilyName
        {
            get { return this["familyName"]; }
            set { Put("familyName", value); }
        }
        /// <summary>Given name; null where the mall gives the whole name alone (名)</summary>
        public string GivenName
        {
            get { return this["givenName"]; }
            set { Put("givenName", value); }
        }
        /// <summary>Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ)</summary>
        public string FamilyNameKana
        {
            get { return this["familyNameKana"]; }
            set { Put("familyNameKana", value); }
        }
        /// <summary>Given name in kana (名カナ)</summary>
        public string GivenNameKana
        {
            get { return this["givenNameKana"]; }
            set { Put("givenNameKana", value); }
        }
        /// <summary>Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号)</summary>
        public string PostalCode
        {
            get { return this["postalCode"]; }
            set { Put("postalCode", value); }
        }
        /// <summary>Prefecture (都道府県)</summary>
        public string Prefecture
        {
            get { return this["prefecture"]; }
            set { Put("prefecture", value); }
        }
        /// <summary>City or ward (市区町村)</summary>
        public string City
        {
            get { return this["city"]; }
            set { Put("city", value); }
        }
        /// <summary>Street address (町域・番地)</summary>
        public string Address1
        {
            get { return this["address1"]; }
            set { Put("address1", value); }
        }
        /// <summary>Building, room (建物名・部屋番号)</summary>
        public string Address2
        {
            get { return this["address2"]; }
            set { Put("address2", value); }
        }
        /// <summary>Company and department (会社・部署)</summary>
        public string Company
        {
            get { return this["company"]; }
            set { Put("company", value); }
        }
        /// <summary>Phone as the mall gave it (電話番号)</summary>
        public string Phone
        {
            get { return this["phone"]; }
            set { Put("phone", value); }
        }
        /// <summary>Second phone (緊急連絡先)</summary>
        public string EmergencyPhone
        {
            get { return this["emergencyPhone"]; }
            set { Put("emergencyPhone", value); }
        }
        /// <summary>Mail address, usually the mall's relay (メールアドレス)</summary>
        public string Email
        {
            get { return this["email"]; }
            set { Put("email", value); }
        }
    }

    /// <summary>Stable code for programs (エラーコード) Known: TENANT_MOVED, BAD_REQUEST, IDEMPOTENCY_KEY_MISSING, UNAUTHENTICATED, SIGN_IN_REFUSED, SECOND_FACTOR_REQUIRED, CSRF_TOKEN_WRONG, FORBIDDEN, TENANT_NOT_ACTIVE, TENANT_SUSPENDED, NOT_FOUND, ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, CONFLICT, IDEMPOTENCY_KEY_IN_PROGRESS, POSITION_UNKNOWN, POSITION_EXPIRED, VERSION_MISMATCH, IF_MATCH_MISSING, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION_FAILED, IDEMPOTENCY_KEY_REUSED, HOST_NOT_ALLOWED, MARKETPLACE_REFUSED, NOT_CONFIGURED, TOO_MANY_REQUESTS, INTERNAL, MARKETPLACE_UNAVAILABLE, TIMEOUT, UNAVAILABLE. More values may come (値は追加されることがあります)</summary>
    public static class ProblemCode
    {
        public const string TENANTMOVED = "TENANT_MOVED";
        public const string BADREQUEST = "BAD_REQUEST";
        public const string IDEMPOTENCYKEYMISSING = "IDEMPOTENCY_KEY_MISSING";
        public const string UNAUTHENTICATED = "UNAUTHENTICATED";
        public const string SIGNINREFUSED = "SIGN_IN_REFUSED";
        public const string SECONDFACTORREQUIRED = "SECOND_FACTOR_REQUIRED";
        public const string CSRFTOKENWRONG = "CSRF_TOKEN_WRONG";
        public const string FORBIDDEN = "FORBIDDEN";
        public const string TENANTNOTACTIVE = "TENANT_NOT_ACTIVE";
        public const string TENANTSUSPENDED = "TENANT_SUSPENDED";
        public const string NOTFOUND = "NOT_FOUND";
        public const string ROUTENOTFOUND = "ROUTE_NOT_FOUND";
        public const string METHODNOTALLOWED = "METHOD_NOT_ALLOWED";
        public const string CONFLICT = "CONFLICT";
        public const string IDEMPOTENCYKEYINPROGRESS = "IDEMPOTENCY_KEY_IN_PROGRESS";
        public const string POSITIONUNKNOWN = "POSITION_UNKNOWN";
        public const string POSITIONEXPIRED = "POSITION_EXPIRED";
        public const string VERSIONMISMATCH = "VERSION_MISMATCH";
        public const string IFMATCHMISSING = "IF_MATCH_MISSING";
        public const string PAYLOADTOOLARGE = "PAYLOAD_TOO_LARGE";
        public const string UNSUPPORTEDMEDIATYPE = "UNSUPPORTED_MEDIA_TYPE";
        public const string VALIDATIONFAILED = "VALIDATION_FAILED";
        public const string IDEMPOTENCYKEYREUSED = "IDEMPOTENCY_KEY_REUSED";
        public const string HOSTNOTALLOWED = "HOST_NOT_ALLOWED";
        public const string MARKETPLACEREFUSED = "MARKETPLACE_REFUSED";
        public const string NOTCONFIGURED = "NOT_CONFIGURED";
        public const string TOOMANYREQUESTS = "TOO_MANY_REQUESTS";
        public const string INTERNAL = "INTERNAL";
        public const string MARKETPLACEUNAVAILABLE = "MARKETPLACE_UNAVAILABLE";
        public const string TIMEOUT = "TIMEOUT";
        public const string UNAVAILABLE = "UNAVAILABLE";
    }

    /// <summary>Recipient with lines and parcels (送付先)</summary>
    public sealed class Recipient : Record
    {
        public Recipient() { }
        internal Recipient(XElement fields) : base(fields) { }
        /// <summary>The mall's basket or shipping id, unique in the order (送付先ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>Who receives (送付先)</summary>
        public Person Person
        {
            get { return Child("person", fields => new Person(fields)); }
            set { Put("person", value); }
        }
        /// <summary>Ids of the items sent here (明細ID)</summary>
        public IReadOnlyList<string> LineIds
        {
            get { return List("lineIds", item => item.Value); }
            set { Put("lineIds", value); }
        }
        /// <summary>Parcels reported so far (発送情報)</summary>
        public IReadOnlyList<RecipientParcel> Parcels
        {
            get { return List("parcels", fields => new RecipientParcel(fields)); }
            set { Put("parcels", value); }
        }
        /// <summary>Delivery wishes (配送希望)</summary>
        public RecipientWish Wish
        {
            get { return Child("wish", fields => new RecipientWish(fields)); }
            set { Put("wish", value); }
        }
        /// <summary>Gift (ギフト)</summary>
        public OrderDetailGift Gift
        {
            get { return Child("gift", fields => new OrderDetailGift(fields)); }
            set { Put("gift", value); }
        }
        /// <summary>Postage of this basket (送料)</summary>
        public long? ShippingFee
        {
            get { return Whole("shippingFee"); }
            set { Put("shippingFee", value); }
        }
        /// <summary>COD fee of this basket (代引手数料)</summary>
        public long? CodFee
        {
            get { return Whole("codFee"); }
            set { Put("codFee", value); }
        }
        /// <summary>Convenience store or shop where it is picked up (コンビニ受取・店舗受取)</summary>
        public RecipientPickup Pickup
        {
            get { return Child("pickup", fields => new RecipientPickup(fields)); }
            set { Put("pickup", value); }
        }
        /// <summary>Remote island or area (離島・遠隔地)</summary>
        public bool RemoteArea
        {
            get { return Flag("remoteArea").GetValueOrDefault(); }
            set { Put("remoteArea", value); }
        }
        /// <summary>The address is not there yet: the recipient has not filled it in, or the mall does not give it out (住所待ち)</summary>
        public bool AddressPending
        {
            get { return Flag("addressPending").GetValueOrDefault(); }
            set { Put("addressPending", value); }
        }
        /// <summary>Further fields of this mall under the mall's own names (モール固有項目)</summary>
        public XElement MallFields
        {
            get { return Element("mallFields"); }
            set { Put("mallFields", value); }
        }
    }

    /// <summary>One parcel (個口)</summary>
    public sealed class RecipientParcel : Record
    {
        public RecipientParcel() { }
        internal RecipientParcel(XElement fields) : base(fields) { }
        /// <summary>The mall's id of this shipping record (発送明細ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>The mall's carrier code (配送会社コード)</summary>
        public string CarrierCode
        {
            get { return this["carrierCode"]; }
            set { Put("carrierCode", value); }
        }
        /// <summary>Carrier (配送会社)</summary>
        public string CarrierName
        {
            get { return this["carrierName"]; }
            set { Put("carrierName", value); }
        }
        /// <summary>Tracking number (お荷物伝票番号)</summary>
        public string TrackingNumber
        {
            get { return this["trackingNumber"]; }
            set { Put("trackingNumber", value); }
        }
        /// <summary>Date shipped (発送日)</summary>
        public string ShippedOn
        {
            get { return this["shippedOn"]; }
            set { Put("shippedOn", value); }
        }
        /// <summary>Date arrived (着荷日)</summary>
        public string ArrivedOn
        {
            get { return this["arrivedOn"]; }
            set { Put("arrivedOn", value); }
        }
        /// <summary>What is in it, where it is known; absent: all of its recipient (個口の明細)</summary>
        public IReadOnlyList<RecipientParcelLine> Lines
        {
            get { return List("lines", fields => new RecipientParcelLine(fields)); }
            set { Put("lines", value); }
        }
    }

    public sealed class RecipientParcelLine : Record
    {
        public RecipientParcelLine() { }
        internal RecipientParcelLine(XElement fields) : base(fields) { }
        /// <summary>明細ID</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>How many of the line are in it (数量)</summary>
        public long Quantity
        {
            get { return Whole("quantity").GetValueOrDefault(); }
            set { Put("quantity", value); }
        }
    }

    public sealed class RecipientPickup : Record
    {
        public RecipientPickup() { }
        internal RecipientPickup(XElement fields) : base(fields) { }
        /// <summary>convenience_store, post_office, shop … (受取方法)</summary>
        public string Kind
        {
            get { return this["kind"]; }
            set { Put("kind", value); }
        }
        /// <summary>Code of the place (受取場所コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>受取場所名</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>受取場所住所</summary>
        public string Address
        {
            get { return this["address"]; }
            set { Put("address", value); }
        }
    }

    /// <summary>Delivery wishes (配送希望)</summary>
    public sealed class RecipientWish : Record
    {
        public RecipientWish() { }
        internal RecipientWish(XElement fields) : base(fields) { }
        /// <summary>Wished date (お届け希望日)</summary>
        public string Date
        {
            get { return this["date"]; }
            set { Put("date", value); }
        }
        /// <summary>HH:MM, start of the wished band (希望時間帯・開始)</summary>
        public string TimeFrom
        {
            get { return this["timeFrom"]; }
            set { Put("timeFrom", value); }
        }
        /// <summary>HH:MM, end of the wished band (希望時間帯・終了)</summary>
        public string TimeTo
        {
            get { return this["timeTo"]; }
            set { Put("timeTo", value); }
        }
        /// <summary>The band as the mall words it, for example 午前中 (希望時間帯)</summary>
        public string TimeText
        {
            get { return this["timeText"]; }
            set { Put("timeText", value); }
        }
        /// <summary>Where to leave the parcel (置き配場所); null when not wished</summary>
        public string DropOff
        {
            get { return this["dropOff"]; }
            set { Put("dropOff", value); }
        }
    }

    public static class RehearsalPlannedAction
    {
        public const string Confirm = "confirm";
        public const string Ship = "ship";
        public const string MarkPaid = "mark_paid";
        public const string Complete = "complete";
        public const string Hold = "hold";
        public const string Release = "release";
        public const string Cancel = "cancel";
        public const string Memo = "memo";
        public const string SubStatus = "sub_status";
        public const string CorrectShipment = "correct_shipment";
        public const string ChangeContent = "change_content";
    }

    /// <summary>How far the order has left, by recipient: 1 of 2 (送付先ごとの出荷)</summary>
    public sealed class Shipping : Record
    {
        public Shipping() { }
        internal Shipping(XElement fields) : base(fields) { }
        /// <summary>none nothing has left 未出荷, part something is left 一部出荷, all every recipient has a parcel or the mall says shipped 出荷済み (出荷の状態)</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
        /// <summary>Recipients to whom all has left (出荷済みの送付先数)</summary>
        public long Shipped
        {
            get { return Whole("shipped").GetValueOrDefault(); }
            set { Put("shipped", value); }
        }
        /// <summary>Recipients with something to ship; 0: nothing to ship, as in a cancelled order or one that is picked up at the shop (出荷する送付先数)</summary>
        public long Total
        {
            get { return Whole("total").GetValueOrDefault(); }
            set { Put("total", value); }
        }
        /// <summary>Ids of the recipients to whom something is still to be sent (未出荷の送付先ID)</summary>
        public IReadOnlyList<string> Left
        {
            get { return List("left", item => item.Value); }
            set { Put("left", value); }
        }
    }

    /// <summary>none nothing has left 未出荷, part something is left 一部出荷, all every recipient has a parcel or the mall says shipped 出荷済み (出荷の状態) Known: none, part, all. More values may come (値は追加されることがあります)</summary>
    public static class ShippingState
    {
        public const string None = "none";
        public const string Part = "part";
        public const string All = "all";
    }

    /// <summary>A change to be made at the mall (サイト変更)</summary>
    public sealed class SiteChange : Record
    {
        public SiteChange() { }
        internal SiteChange(XElement fields) : base(fields) { }
        /// <summary>UUID (ID)</summary>
        public string Id
        {
            get { return this["id"]; }
            set { Put("id", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
        /// <summary>The mall’s order number (受注番号)</summary>
        public string OrderNumber
        {
            get { return this["orderNumber"]; }
            set { Put("orderNumber", value); }
        }
        /// <summary>Shop (店舗ID)</summary>
        public string ShopId
        {
            get { return this["shopId"]; }
            set { Put("shopId", value); }
        }
        /// <summary>confirm 注文確認, ship 発送完了, mark_paid 入金済み, complete 完了, hold モール側保留, release モール側保留の解除, cancel キャンセル, memo メモ, sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更 (操作)</summary>
        public string Action
        {
            get { return this["action"]; }
            set { Put("action", value); }
        }
        /// <summary>As it was asked for; words are left out after the retention time (変更内容)</summary>
        public XElement Parameters
        {
            get { return Element("parameters"); }
            set { Put("parameters", value); }
        }
        /// <summary>queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態)</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
        /// <summary>Why it waits or ended like that, for programs (理由コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>The same in Japanese (理由)</summary>
        public string Message
        {
            get { return this["message"]; }
            set { Put("message", value); }
        }
        /// <summary>What to do now, Japanese (次にすること)</summary>
        public string NextStep
        {
            get { return this["nextStep"]; }
            set { Put("nextStep", value); }
        }
        /// <summary>The mall’s code (モールのコード)</summary>
        public string MallCode
        {
            get { return this["mallCode"]; }
            set { Put("mallCode", value); }
        }
        /// <summary>The mall’s own words (モールのメッセージ)</summary>
        public string MallMessage
        {
            get { return this["mallMessage"]; }
            set { Put("mallMessage", value); }
        }
        /// <summary>Set while it is queued and cannot run now (待機の理由)</summary>
        public SiteChangeWaitingFor WaitingFor
        {
            get { return Child("waitingFor", fields => new SiteChangeWaitingFor(fields)); }
            set { Put("waitingFor", value); }
        }
        /// <summary>Empty before the order was read at the mall (操作の進み)</summary>
        public IReadOnlyList<SiteChangeStep> Steps
        {
            get { return List("steps", fields => new SiteChangeStep(fields)); }
            set { Put("steps", value); }
        }
        /// <summary>Looks without progress (確認回数)</summary>
        public long Attempts
        {
            get { return Whole("attempts").GetValueOrDefault(); }
            set { Put("attempts", value); }
        }
        /// <summary>次回確認予定</summary>
        public DateTimeOffset? NextAttemptAt
        {
            get { return Time("nextAttemptAt"); }
            set { Put("nextAttemptAt", value); }
        }
        /// <summary>When it ends with a warning at the latest (確認期限)</summary>
        public DateTimeOffset? Deadline
        {
            get { return Time("deadline"); }
            set { Put("deadline", value); }
        }
        /// <summary>key:&lt;API key id&gt;, staff:&lt;account id&gt;, or import (依頼者)</summary>
        public string Actor
        {
            get { return this["actor"]; }
            set { Put("actor", value); }
        }
        /// <summary>The same for staff, by name (依頼者名)</summary>
        public string ActorName
        {
            get { return this["actorName"]; }
            set { Put("actorName", value); }
        }
        /// <summary>What the codes say, in Japanese (コードの表示名)</summary>
        public SiteChangeLabels Labels
        {
            get { return Child("labels", fields => new SiteChangeLabels(fields)); }
            set { Put("labels", value); }
        }
        /// <summary>依頼日時</summary>
        public DateTimeOffset RequestedAt
        {
            get { return Time("requestedAt").GetValueOrDefault(); }
            set { Put("requestedAt", value); }
        }
        /// <summary>開始日時</summary>
        public DateTimeOffset? StartedAt
        {
            get { return Time("startedAt"); }
            set { Put("startedAt", value); }
        }
        /// <summary>終了日時</summary>
        public DateTimeOffset? FinishedAt
        {
            get { return Time("finishedAt"); }
            set { Put("finishedAt", value); }
        }
        /// <summary>Seen, or overtaken by a later change that went well (確認済み日時)</summary>
        public DateTimeOffset? DismissedAt
        {
            get { return Time("dismissedAt"); }
            set { Put("dismissedAt", value); }
        }
    }

    /// <summary>What the codes say, in Japanese (コードの表示名)</summary>
    public sealed class SiteChangeLabels : Record
    {
        public SiteChangeLabels() { }
        internal SiteChangeLabels(XElement fields) : base(fields) { }
        /// <summary>操作</summary>
        public string Action
        {
            get { return this["action"]; }
            set { Put("action", value); }
        }
        /// <summary>状態</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
    }

    /// <summary>One change of one order; fields as in GET /v1/marketplaces (サイト変更)</summary>
    public class SiteChangeRequest : Record
    {
        public SiteChangeRequest() { }
        internal SiteChangeRequest(XElement fields) : base(fields) { }
        /// <summary>Tells which (種類)</summary>
        public string Action
        {
            get { return this["action"]; }
            set { Put("action", value); }
        }
    }

    public sealed class SiteChangeRequestCancel : SiteChangeRequest
    {
        public SiteChangeRequestCancel() { Put("action", "cancel"); }
        internal SiteChangeRequestCancel(XElement fields) : base(fields) { }
        /// <summary>Reason code of the mall, from GET /v1/marketplaces (キャンセル理由)</summary>
        public string Reason
        {
            get { return this["reason"]; }
            set { Put("reason", value); }
        }
        /// <summary>Reason in words (理由の詳細)</summary>
        public string Detail
        {
            get { return this["detail"]; }
            set { Put("detail", value); }
        }
        /// <summary>Stock (在庫を戻すか)</summary>
        public string Restock
        {
            get { return this["restock"]; }
            set { Put("restock", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    /// <summary>Stock (在庫を戻すか)</summary>
    public static class SiteChangeRequestCancelRestock
    {
        public const string ItemSetting = "item_setting";
        public const string Restore = "restore";
        public const string Keep = "keep";
    }

    public sealed class SiteChangeRequestChangeContent : SiteChangeRequest
    {
        public SiteChangeRequestChangeContent() { Put("action", "change_content"); }
        internal SiteChangeRequestChangeContent(XElement fields) : base(fields) { }
        /// <summary>Recipients (送付先)</summary>
        public IReadOnlyList<SiteChangeRequestChangeContentRecipient> Recipients
        {
            get { return List("recipients", fields => new SiteChangeRequestChangeContentRecipient(fields)); }
            set { Put("recipients", value); }
        }
        /// <summary>Postage of the whole order (送料)</summary>
        public long? ShippingFee
        {
            get { return Whole("shippingFee"); }
            set { Put("shippingFee", value); }
        }
        /// <summary>COD or payment fee (代引手数料・決済手数料)</summary>
        public long? CodFee
        {
            get { return Whole("codFee"); }
            set { Put("codFee", value); }
        }
        /// <summary>Wrapping (包装料)</summary>
        public long? GiftWrapFee
        {
            get { return Whole("giftWrapFee"); }
            set { Put("giftWrapFee", value); }
        }
        /// <summary>The shop's discount (値引き)</summary>
        public long? Discount
        {
            get { return Whole("discount"); }
            set { Put("discount", value); }
        }
        /// <summary>Adjustment, may be negative (調整額)</summary>
        public long? Adjustment
        {
            get { return Whole("adjustment"); }
            set { Put("adjustment", value); }
        }
        /// <summary>Lines whose quantity changes (数量の変更・明細の削除)</summary>
        public IReadOnlyList<SiteChangeRequestChangeContentLine> Lines
        {
            get { return List("lines", fields => new SiteChangeRequestChangeContentLine(fields)); }
            set { Put("lines", value); }
        }
        /// <summary>Lines to add (明細の追加)</summary>
        public IReadOnlyList<SiteChangeRequestChangeContentAddLine> AddLines
        {
            get { return List("addLines", fields => new SiteChangeRequestChangeContentAddLine(fields)); }
            set { Put("addLines", value); }
        }
        /// <summary>Why the amount falls, a code from GET /v1/marketplaces (減額の理由)</summary>
        public string Reason
        {
            get { return this["reason"]; }
            set { Put("reason", value); }
        }
        /// <summary>Buyer's comment (備考)</summary>
        public string BuyerNote
        {
            get { return this["buyerNote"]; }
            set { Put("buyerNote", value); }
        }
        /// <summary>Two or more fees, all of them 0, are meant; without it they are refused (料金0円の確認)</summary>
        public bool? ConfirmZero
        {
            get { return Flag("confirmZero"); }
            set { Put("confirmZero", value); }
        }
        /// <summary>One of the shop's delivery methods by the name it has at the mall (配送方法)</summary>
        public string DeliveryMethod
        {
            get { return this["deliveryMethod"]; }
            set { Put("deliveryMethod", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestChangeContentAddLine : Record
    {
        public SiteChangeRequestChangeContentAddLine() { }
        internal SiteChangeRequestChangeContentAddLine(XElement fields) : base(fields) { }
        /// <summary>Item code (商品コード)</summary>
        public string ItemCode
        {
            get { return this["itemCode"]; }
            set { Put("itemCode", value); }
        }
        /// <summary>SKU (サブコード)</summary>
        public string Sku
        {
            get { return this["sku"]; }
            set { Put("sku", value); }
        }
        /// <summary>Left out: as in the shop (商品名)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Left out: as in the shop (単価)</summary>
        public long? UnitPrice
        {
            get { return Whole("unitPrice"); }
            set { Put("unitPrice", value); }
        }
        /// <summary>Quantity (数量)</summary>
        public long Quantity
        {
            get { return Whole("quantity").GetValueOrDefault(); }
            set { Put("quantity", value); }
        }
    }

    public sealed class SiteChangeRequestChangeContentLine : Record
    {
        public SiteChangeRequestChangeContentLine() { }
        internal SiteChangeRequestChangeContentLine(XElement fields) : base(fields) { }
        /// <summary>Line of the order (明細ID)</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>New quantity; 0 removes the line (数量)</summary>
        public long Quantity
        {
            get { return Whole("quantity").GetValueOrDefault(); }
            set { Put("quantity", value); }
        }
    }

    /// <summary>What is new for one recipient; what is left out stays as it is (送付先の変更)</summary>
    public sealed class SiteChangeRequestChangeContentRecipient : Record
    {
        public SiteChangeRequestChangeContentRecipient() { }
        internal SiteChangeRequestChangeContentRecipient(XElement fields) : base(fields) { }
        /// <summary>Recipient of the order (送付先ID); may be left out when there is only one</summary>
        public string RecipientId
        {
            get { return this["recipientId"]; }
            set { Put("recipientId", value); }
        }
        /// <summary>Family name (姓)</summary>
        public string FamilyName
        {
            get { return this["familyName"]; }
            set { Put("familyName", value); }
        }
        /// <summary>Given name (名)</summary>
        public string GivenName
        {
            get { return this["givenName"]; }
            set { Put("givenName", value); }
        }
        /// <summary>Family name in kana (姓カナ)</summary>
        public string FamilyNameKana
        {
            get { return this["familyNameKana"]; }
            set { Put("familyNameKana", value); }
        }
        /// <summary>Given name in kana (名カナ)</summary>
        public string GivenNameKana
        {
            get { return this["givenNameKana"]; }
            set { Put("givenNameKana", value); }
        }
        /// <summary>Postal code, seven digits (郵便番号)</summary>
        public string PostalCode
        {
            get { return this["postalCode"]; }
            set { Put("postalCode", value); }
        }
        /// <summary>Prefecture (都道府県)</summary>
        public string Prefecture
        {
            get { return this["prefecture"]; }
            set { Put("prefecture", value); }
        }
        /// <summary>City or ward (市区町村)</summary>
        public string City
        {
            get { return this["city"]; }
            set { Put("city", value); }
        }
        /// <summary>Street address (町域・番地)</summary>
        public string Address1
        {
            get { return this["address1"]; }
            set { Put("address1", value); }
        }
        /// <summary>Building, room (建物名・部屋番号)</summary>
        public string Address2
        {
            get { return this["address2"]; }
            set { Put("address2", value); }
        }
        /// <summary>Phone (電話番号)</summary>
        public string Phone
        {
            get { return this["phone"]; }
            set { Put("phone", value); }
        }
        /// <summary>Wished date; null: none (お届け希望日)</summary>
        public string WishDate
        {
            get { return this["wishDate"]; }
            set { Put("wishDate", value); }
        }
        /// <summary>Wished time as the mall words it, 14:00-16:00; null: none (希望時間帯)</summary>
        public string WishTime
        {
            get { return this["wishTime"]; }
            set { Put("wishTime", value); }
        }
        /// <summary>Where to leave the parcel, as the mall words it; null: nowhere (置き配の場所)</summary>
        public string DropOff
        {
            get { return this["dropOff"]; }
            set { Put("dropOff", value); }
        }
        /// <summary>Postage of this recipient (送料)</summary>
        public long? ShippingFee
        {
            get { return Whole("shippingFee"); }
            set { Put("shippingFee", value); }
        }
    }

    public sealed class SiteChangeRequestComplete : SiteChangeRequest
    {
        public SiteChangeRequestComplete() { Put("action", "complete"); }
        internal SiteChangeRequestComplete(XElement fields) : base(fields) { }
        /// <summary>So many days after the day of shipping; left out: at once (発送日からの日数)</summary>
        public long? AfterDays
        {
            get { return Whole("afterDays"); }
            set { Put("afterDays", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestConfirm : SiteChangeRequest
    {
        public SiteChangeRequestConfirm() { Put("action", "confirm"); }
        internal SiteChangeRequestConfirm(XElement fields) : base(fields) { }
        /// <summary>Not before the order is so many minutes old: until then the buyer may change it (注文確定待ち時間)</summary>
        public long? WaitMinutes
        {
            get { return Whole("waitMinutes"); }
            set { Put("waitMinutes", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestCorrectShipment : SiteChangeRequest
    {
        public SiteChangeRequestCorrectShipment() { Put("action", "correct_shipment"); }
        internal SiteChangeRequestCorrectShipment(XElement fields) : base(fields) { }
        /// <summary>Parcels to put right (訂正する個口)</summary>
        public IReadOnlyList<SiteChangeRequestCorrectShipmentParcel> Parcels
        {
            get { return List("parcels", fields => new SiteChangeRequestCorrectShipmentParcel(fields)); }
            set { Put("parcels", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    /// <summary>What is right for one parcel that was told to the mall before (発送情報の訂正)</summary>
    public sealed class SiteChangeRequestCorrectShipmentParcel : Record
    {
        public SiteChangeRequestCorrectShipmentParcel() { }
        internal SiteChangeRequestCorrectShipmentParcel(XElement fields) : base(fields) { }
        /// <summary>`id` of the parcel in the order (発送明細ID); may be left out when the recipient has only one</summary>
        public string ParcelId
        {
            get { return this["parcelId"]; }
            set { Put("parcelId", value); }
        }
        /// <summary>Recipient of the order (送付先ID); may be left out when there is only one</summary>
        public string RecipientId
        {
            get { return this["recipientId"]; }
            set { Put("recipientId", value); }
        }
        /// <summary>The right carrier; left out: as it is (配送会社)</summary>
        public string Carrier
        {
            get { return this["carrier"]; }
            set { Put("carrier", value); }
        }
        /// <summary>Name of a carrier that is `other` (配送会社名)</summary>
        public string CarrierName
        {
            get { return this["carrierName"]; }
            set { Put("carrierName", value); }
        }
        /// <summary>The right tracking number; left out: as it is; empty: none (お荷物伝票番号)</summary>
        public string TrackingNumber
        {
            get { return this["trackingNumber"]; }
            set { Put("trackingNumber", value); }
        }
        /// <summary>Service for the buyer (配送方法)</summary>
        public string ShippingMethod
        {
            get { return this["shippingMethod"]; }
            set { Put("shippingMethod", value); }
        }
        /// <summary>The right date; left out: as it is (発送日)</summary>
        public string ShippedOn
        {
            get { return this["shippedOn"]; }
            set { Put("shippedOn", value); }
        }
        /// <summary>The parcel does not exist: remove its record (発送情報を削除)</summary>
        public bool? Remove
        {
            get { return Flag("remove"); }
            set { Put("remove", value); }
        }
    }

    public sealed class SiteChangeRequestHold : SiteChangeRequest
    {
        public SiteChangeRequestHold() { Put("action", "hold"); }
        internal SiteChangeRequestHold(XElement fields) : base(fields) { }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestMarkPaid : SiteChangeRequest
    {
        public SiteChangeRequestMarkPaid() { Put("action", "mark_paid"); }
        internal SiteChangeRequestMarkPaid(XElement fields) : base(fields) { }
        /// <summary>Date paid (入金日)</summary>
        public string PaidOn
        {
            get { return this["paidOn"]; }
            set { Put("paidOn", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestMemo : SiteChangeRequest
    {
        public SiteChangeRequestMemo() { Put("action", "memo"); }
        internal SiteChangeRequestMemo(XElement fields) : base(fields) { }
        /// <summary>Memo (ひとことメモ・店舗メモ); empty clears it</summary>
        public string Memo
        {
            get { return this["memo"]; }
            set { Put("memo", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestRelease : SiteChangeRequest
    {
        public SiteChangeRequestRelease() { Put("action", "release"); }
        internal SiteChangeRequestRelease(XElement fields) : base(fields) { }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    public sealed class SiteChangeRequestShip : SiteChangeRequest
    {
        public SiteChangeRequestShip() { Put("action", "ship"); }
        internal SiteChangeRequestShip(XElement fields) : base(fields) { }
        /// <summary>Date shipped; left out: today in Japan (発送日)</summary>
        public string ShippedOn
        {
            get { return this["shippedOn"]; }
            set { Put("shippedOn", value); }
        }
        /// <summary>Parcels (個口)</summary>
        public IReadOnlyList<SiteChangeRequestShipParcel> Parcels
        {
            get { return List("parcels", fields => new SiteChangeRequestShipParcel(fields)); }
            set { Put("parcels", value); }
        }
        /// <summary>Mark as paid first, where the shop itself receives the money (入金済みにしてから)</summary>
        public bool? MarkPaid
        {
            get { return Flag("markPaid"); }
            set { Put("markPaid", value); }
        }
        /// <summary>Release a hold first (保留を解除してから)</summary>
        public bool? Release
        {
            get { return Flag("release"); }
            set { Put("release", value); }
        }
        /// <summary>Confirm the order first if nobody has, wait until the mall lets it go, then ship (注文確認をしてから)</summary>
        public bool? ConfirmFirst
        {
            get { return Flag("confirmFirst"); }
            set { Put("confirmFirst", value); }
        }
        /// <summary>The order's own status here once the mall shows it as shipped (成功後の受注ステータス)</summary>
        public string ThenMoveTo
        {
            get { return this["thenMoveTo"]; }
            set { Put("thenMoveTo", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    /// <summary>One parcel (個口)</summary>
    public sealed class SiteChangeRequestShipParcel : Record
    {
        public SiteChangeRequestShipParcel() { }
        internal SiteChangeRequestShipParcel(XElement fields) : base(fields) { }
        /// <summary>Recipient of the order it goes to (送付先ID); may be left out when there is only one</summary>
        public string RecipientId
        {
            get { return this["recipientId"]; }
            set { Put("recipientId", value); }
        }
        /// <summary>Carrier (配送会社)</summary>
        public string Carrier
        {
            get { return this["carrier"]; }
            set { Put("carrier", value); }
        }
        /// <summary>Name of a carrier that is `other` (配送会社名)</summary>
        public string CarrierName
        {
            get { return this["carrierName"]; }
            set { Put("carrierName", value); }
        }
        /// <summary>Tracking number (お荷物伝票番号)</summary>
        public string TrackingNumber
        {
            get { return this["trackingNumber"]; }
            set { Put("trackingNumber", value); }
        }
        /// <summary>Name of the service for the buyer, 宅急便 or ネコポス; some malls take none (配送方法)</summary>
        public string ShippingMethod
        {
            get { return this["shippingMethod"]; }
            set { Put("shippingMethod", value); }
        }
        /// <summary>Why there is no tracking number, a code from GET /v1/marketplaces (伝票番号がない理由)</summary>
        public string NoNumberReason
        {
            get { return this["noNumberReason"]; }
            set { Put("noNumberReason", value); }
        }
        /// <summary>What is in it when not everything of the recipient (内容明細). Lines that no parcel names are sent later (分割発送); where the mall does not know lines, all of a recipient must be in its parcels</summary>
        public IReadOnlyList<SiteChangeRequestShipParcelLine> Lines
        {
            get { return List("lines", fields => new SiteChangeRequestShipParcelLine(fields)); }
            set { Put("lines", value); }
        }
    }

    public sealed class SiteChangeRequestShipParcelLine : Record
    {
        public SiteChangeRequestShipParcelLine() { }
        internal SiteChangeRequestShipParcelLine(XElement fields) : base(fields) { }
        /// <summary>Line of the order (明細ID)</summary>
        public string LineId
        {
            get { return this["lineId"]; }
            set { Put("lineId", value); }
        }
        /// <summary>Pieces in this parcel (個数)</summary>
        public long Quantity
        {
            get { return Whole("quantity").GetValueOrDefault(); }
            set { Put("quantity", value); }
        }
    }

    /// <summary>The order's own status here once the mall shows it as shipped (成功後の受注ステータス)</summary>
    public static class SiteChangeRequestShipThenMoveTo
    {
        public const string New = "new";
        public const string AwaitingPayment = "awaiting_payment";
        public const string ReadyToShip = "ready_to_ship";
        public const string Shipped = "shipped";
        public const string Completed = "completed";
        public const string OnHold = "on_hold";
        public const string Cancelled = "cancelled";
    }

    public sealed class SiteChangeRequestSubStatus : SiteChangeRequest
    {
        public SiteChangeRequestSubStatus() { Put("action", "sub_status"); }
        internal SiteChangeRequestSubStatus(XElement fields) : base(fields) { }
        /// <summary>Id of the sub-status; null clears it (サブステータス)</summary>
        public string SubStatus
        {
            get { return this["subStatus"]; }
            set { Put("subStatus", value); }
        }
        /// <summary>Order (受注ID)</summary>
        public string OrderId
        {
            get { return this["orderId"]; }
            set { Put("orderId", value); }
        }
    }

    /// <summary>queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態)</summary>
    public static class SiteChangeState
    {
        public const string Queued = "queued";
        public const string Changing = "changing";
        public const string Succeeded = "succeeded";
        public const string Warning = "warning";
        public const string Failed = "failed";
    }

    /// <summary>One call at the mall (モールへの操作)</summary>
    public sealed class SiteChangeStep : Record
    {
        public SiteChangeStep() { }
        internal SiteChangeStep(XElement fields) : base(fields) { }
        /// <summary>Name of the call (操作名)</summary>
        public string Name
        {
            get { return this["name"]; }
            set { Put("name", value); }
        }
        /// <summary>Japanese (表示名)</summary>
        public string Label
        {
            get { return this["label"]; }
            set { Put("label", value); }
        }
        /// <summary>waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態)</summary>
        public string State
        {
            get { return this["state"]; }
            set { Put("state", value); }
        }
        /// <summary>送信日時</summary>
        public DateTimeOffset? SentAt
        {
            get { return Time("sentAt"); }
            set { Put("sentAt", value); }
        }
        /// <summary>The mall’s code (モールのコード)</summary>
        public string MallCode
        {
            get { return this["mallCode"]; }
            set { Put("mallCode", value); }
        }
        /// <summary>The mall’s own words (モールのメッセージ)</summary>
        public string MallMessage
        {
            get { return this["mallMessage"]; }
            set { Put("mallMessage", value); }
        }
    }

    /// <summary>waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態) Known: waiting, sent, answered, rejected, applied. More values may come (値は追加されることがあります)</summary>
    public static class SiteChangeStepState
    {
        public const string Waiting = "waiting";
        public const string Sent = "sent";
        public const string Answered = "answered";
        public const string Rejected = "rejected";
        public const string Applied = "applied";
    }

    public sealed class SiteChangeWaitingFor : Record
    {
        public SiteChangeWaitingFor() { }
        internal SiteChangeWaitingFor(XElement fields) : base(fields) { }
        /// <summary>For programs (コード)</summary>
        public string Code
        {
            get { return this["code"]; }
            set { Put("code", value); }
        }
        /// <summary>Japanese (説明)</summary>
        public string Message
        {
            get { return this["message"]; }
            set { Put("message", value); }
        }
        /// <summary>When it goes on at the latest, if that is known (再開予定)</summary>
        public DateTimeOffset? Until
        {
            get { return Time("until"); }
            set { Put("until", value); }
        }
    }
}
