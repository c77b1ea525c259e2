using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>Which orders a pull takes over; all where nothing is set.</summary>
    public sealed class Selection
    {
        /// <summary>A batch of 200 with its detail is some megabyte.</summary>
        public int Limit = 200;
        public string ShopId;
        public string Marketplace;
        /// <summary>Of several consumers under one key, the one that this is. A position names its desk by itself.</summary>
        public string Desk;

        internal string Body(string after)
        {
            return "{\"after\":" + (after == null ? "null" : Json.Quote(after)) + ",\"limit\":" + Limit.ToString(CultureInfo.InvariantCulture)
                + Field("shopId", ShopId) + Field("marketplace", Marketplace) + Field("desk", Desk) + "}";
        }

        private static string Field(string name, string value)
        {
            return value == null ? "" : ",\"" + name + "\":" + Json.Quote(value);
        }
    }

    /// <summary>
    /// 受注取込 that neither loses nor doubles an order. Each pull names the position that stands beside the stored orders, and is
    /// answered with what lies behind it: a lost answer, a late copy, a crash and a restored backup all end in the next pull.
    /// </summary>
    public sealed partial class Client
    {
        /// <summary>Until nothing is left.</summary>
        /// <returns>how many orders were stored</returns>
        public async Task<int> PullAsync(
            IOrderStore store, Selection selection = null, CancellationToken cancel = default(CancellationToken))
        {
            for (var orders = 0; ;)
            {
                var batch = await PullOnceAsync(store, selection ?? new Selection(), cancel).ConfigureAwait(false);
                orders += batch.Orders.Count;
                if (IsLast(batch)) return orders;
            }
        }

        /// <summary>
        /// Until it is cancelled. The store's own errors end it as well: what cannot be stored must not be pulled past. A refusal is
        /// waited out, since whoever mends the key or the shop wants it to go on. Erasures are told to a store that is IErasures.
        /// </summary>
        /// <param name="every">After a pull that brought all there was</param>
        public async Task KeepPullingAsync(
            IOrderStore store, TimeSpan every, Selection selection = null, Action<Exception> onError = null,
            Action<Batch> onBatch = null, CancellationToken cancel = default(CancellationToken))
        {
            var watched = new WatchedStore(store);
            for (var failed = 0; !cancel.IsCancellationRequested;)
            {
                TimeSpan pause;
                try
                {
                    var batch = await PullOnceAsync(watched, selection ?? new Selection(), cancel).ConfigureAwait(false);
                    if (batch.Orders.Count > 0 && onBatch != null) onBatch(batch);
                    // Never before the batch in hand is stored: what is deleted would come back with it.
                    if (store is IErasures) await FollowErasuresAsync(watched, cancel).ConfigureAwait(false);
                    failed = 0;
                    pause = IsLast(batch) ? every : TimeSpan.Zero;
                }
                // A store may call this service too: its refusal is the store's own error.
                catch (Exception error) when (!watched.IsAtWork && (error is ProblemException || error is NoAnswerException))
                {
                    if (onError != null) onError(error);
                    failed++;
                    pause = Retry.Pause(error, failed);
                }
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>A batch that comes again may have others behind it, whatever is staged now.</summary>
        private static bool IsLast(Batch batch)
        {
            return !batch.Again && (batch.Orders.Count == 0 || batch.Remaining == 0);
        }

        private async Task<Batch> PullOnceAsync(IOrderStore store, Selection selection, CancellationToken cancel)
        {
            var after = await store.PositionAsync(cancel).ConfigureAwait(false);
            var answer = await retry.RunAsync(async () =>
            {
                var said = await OnceAsync("POST", "/v1/orders/pull", selection.Body(after), null, null, cancel).ConfigureAwait(false);
                // What says 200 and is no batch behind this position came from somebody else.
                if (Json.Text(said, "position") == null || said.Element("orders") == null
                    || (Json.Text(said, "position") == after && said.Element("orders").HasElements))
                    throw new NoAnswerException("POST /v1/orders/pull: the answer is no batch");
                return said;
            }, MayAskAgain, cancel).ConfigureAwait(false);
            var batch = new Batch
            {
                PullId = Json.Text(answer, "pullId"),
                Orders = answer.Element("orders").Elements().Select(order => new Order(order)).ToList(),
                Position = Json.Text(answer, "position"),
                After = after,
                Number = long.Parse(Json.Text(answer, "number") ?? "0", CultureInfo.InvariantCulture),
                Desk = Json.Text(answer, "desk"),
                Remaining = int.Parse(Json.Text(answer, "remaining"), CultureInfo.InvariantCulture),
                Again = Json.Text(answer, "replayed") == "true",
                Restored = after != null && Json.Text(answer, "since") != after,
            };
            // A batch whose orders are all purged has to be passed all the same; where nothing was left there is no batch.
            if (batch.Orders.Count == 0 && !batch.Again) return batch;
            if (await store.SaveAsync(batch, cancel).ConfigureAwait(false)) return batch;
            // Another puller has stored this batch: the next pull begins where that one ended.
            batch.Orders = new List<Order>();
            batch.Again = true;
            return batch;
        }

        /// <summary>The service refuses a position by a code of its own; another 409 or 412 came from something in between.</summary>
        private static bool MayAskAgain(Exception error)
        {
            var problem = error as ProblemException;
            return Retry.IsPassing(error) || (problem != null && problem.Code != "POSITION_UNKNOWN"
                && (problem.IsForeign || problem.Status == 409 || problem.Status == 412));
        }

        /// <summary>Tells all erasures behind the stored position of the change feed.</summary>
        public async Task FollowErasuresAsync(IErasures store, CancellationToken cancel = default(CancellationToken))
        {
            for (; ; )
            {
                var after = await store.ErasedUpToAsync(cancel).ConfigureAwait(false);
                XElement page = null;
                try
                {
                    if (after != null)
                        page = await GetAsync("/v1/changes?limit=1000&after=" + Uri.EscapeDataString(after), cancel).ConfigureAwait(false);
                }
                catch (ProblemException error) when (error.Code == "POSITION_EXPIRED") { }
                if (page == null)
                {
                    await TellAllErasedAsync(store, cancel).ConfigureAwait(false);
                    return;
                }
                var erased = page.Element("changes").Elements()
                    .Where(row => Json.Text(row, "kind") == "order"
                        && row.Element("data").Element("what").Elements().Any(what => what.Value == "erased"))
                    .Select(row => Json.Text(row.Element("data"), "orderId")).ToList();
                var position = Json.Text(page, "position");
                if (erased.Count > 0 || position != after) await store.EraseAsync(erased, position, cancel).ConfigureAwait(false);
                if (Json.Text(page, "more") != "true") return;
            }
        }

        /// <summary>By the list of orders, where the feed does not reach; the feed tells the rest from where it was before the list.</summary>
        private async Task TellAllErasedAsync(IErasures store, CancellationToken cancel)
        {
            var present = await GetAsync("/v1/changes", cancel).ConfigureAwait(false);
            for (var cursor = ""; cursor != null;)
            {
                var page = await GetAsync("/v1/orders?limit=1000" + cursor, cancel).ConfigureAwait(false);
                var erased = page.Element("orders").Elements()
                    .Where(order => Json.Text(order, "erasedAt") != null).Select(order => Json.Text(order, "id")).ToList();
                var next = Json.Text(page, "nextCursor");
                cursor = next == null ? null : "&cursor=" + Uri.EscapeDataString(next);
                if (erased.Count > 0 || cursor == null)
                    await store.EraseAsync(erased, cursor == null ? Json.Text(present, "position") : null, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Knows whether an error came out of the store.</summary>
        private sealed class WatchedStore : IOrderStore, IErasures
        {
            private readonly IOrderStore store;
            public bool IsAtWork { get; private set; }

            public WatchedStore(IOrderStore store)
            {
                this.store = store;
            }

            public Task<string> PositionAsync(CancellationToken cancel)
            {
                return WatchAsync(() => store.PositionAsync(cancel));
            }

            public Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
            {
                return WatchAsync(() => store.SaveAsync(batch, cancel));
            }

            public Task<string> ErasedUpToAsync(CancellationToken cancel)
            {
                return WatchAsync(() => ((IErasures)store).ErasedUpToAsync(cancel));
            }

            public Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel)
            {
                return WatchAsync(async () =>
                {
                    await ((IErasures)store).EraseAsync(orderIds, position, cancel).ConfigureAwait(false);
                    return true;
                });
            }

            private async Task<T> WatchAsync<T>(Func<Task<T>> work)
            {
                IsAtWork = true;
                var done = await work().ConfigureAwait(false);
                IsAtWork = false;
                return done;
            }
        }
    }
}
