using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    public sealed class Batch
    {
        public string PullId { get; internal set; }
        public IReadOnlyList<Order> Orders { get; internal set; }
        public int Remaining { get; internal set; }
        /// <summary>May have been handed over before: the handler did not end, or the process ended meanwhile.</summary>
        public bool Again { get; internal set; }
    }

    /// <summary>
    /// 受注取込 that neither loses nor doubles an order: the key is on the disk before it is sent, and is sent again until its batch
    /// is here; the batch is on the disk before it is handed over, and is handed over until the handler has ended. So store an order
    /// by its id as what replaces itself.
    /// </summary>
    public sealed class Puller
    {
        private readonly Client client;
        private readonly FileJournal journal;
        private readonly string selection;

        public Puller(Client client, FileJournal journal, int limit = 200, string shopId = null, string marketplace = null)
        {
            this.client = client;
            this.journal = journal;
            selection = "{\"limit\":" + limit
                + (shopId == null ? "" : ",\"shopId\":" + Json.Quote(shopId))
                + (marketplace == null ? "" : ",\"marketplace\":" + Json.Quote(marketplace)) + "}";
        }

        /// <summary>Until nothing is staged any more.</summary>
        /// <returns>how many orders were handed over</returns>
        public async Task<int> AllAsync(Func<Batch, Task> handle, CancellationToken cancel = default(CancellationToken))
        {
            for (var orders = 0; ;)
            {
                var batch = await NextAsync(handle, cancel).ConfigureAwait(false);
                orders += batch.Orders.Count;
                if (batch.Remaining == 0 || batch.Orders.Count == 0) return orders;
            }
        }

        /// <summary>
        /// Until it is cancelled. The handlers' own errors end it as well: what cannot be stored must not be pulled past. A refusal is
        /// waited out, since whoever mends the key or the shop wants it to go on.
        /// </summary>
        /// <param name="onErased">
        /// Ids of orders whose buyer had their data erased: delete what you keep of them. It is told again until it has ended, and may
        /// name orders that you never had. Without it your copies stay, and you have to follow the change feed yourself.
        /// </param>
        public async Task KeepAsync(
            Func<Batch, Task> handle, TimeSpan every, Action<Exception> onError = null,
            CancellationToken cancel = default(CancellationToken), Func<IReadOnlyList<string>, Task> onErased = null)
        {
            var isHandling = false;
            Func<Batch, Task> watched = async batch =>
            {
                isHandling = true;
                await handle(batch).ConfigureAwait(false);
                isHandling = false;
            };
            Func<IReadOnlyList<string>, Task> watchedErased = async orderIds =>
            {
                isHandling = true;
                await onErased(orderIds).ConfigureAwait(false);
                isHandling = false;
            };
            for (var failed = 0; !cancel.IsCancellationRequested;)
            {
                TimeSpan pause;
                try
                {
                    var batch = await NextAsync(watched, cancel).ConfigureAwait(false);
                    // Never before the batch in hand is stored: what is deleted would come back with it.
                    if (onErased != null) await TellErasedAsync(watchedErased, cancel).ConfigureAwait(false);
                    failed = 0;
                    pause = batch.Orders.Count == 0 || batch.Remaining == 0 ? every : TimeSpan.Zero;
                }
                // A handler may call this service too: its refusal is the handler's own error.
                catch (Exception error) when (!isHandling && (error is ProblemException || error is NoAnswerException))
                {
                    if (onError != null) onError(error);
                    failed++;
                    pause = client.Retry.Pause(error, failed);
                }
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            }
        }

        private async Task<Batch> NextAsync(Func<Batch, Task> handle, CancellationToken cancel)
        {
            var left = journal.Read();
            var key = left == null ? Guid.NewGuid().ToString() : Json.Text(left, "key");
            var asked = left == null ? selection : Json.Write(left.Element("selection"));
            var entry = "{\"key\":" + Json.Quote(key) + ",\"selection\":" + asked;
            if (left == null) journal.Write(entry + "}");
            var stored = left == null ? null : left.Element("batch");
            var answer = stored ?? await AskAsync(key, asked, cancel).ConfigureAwait(false);
            var batch = new Batch
            {
                PullId = Json.Text(answer, "pullId"),
                Remaining = int.Parse(Json.Text(answer, "remaining")),
                Orders = answer.Element("orders").Elements().Select(order => new Order(order)).ToList(),
                Again = left != null,
            };
            if (batch.Orders.Count > 0)
            {
                if (stored == null) journal.Write(entry + ",\"batch\":" + Json.Write(answer) + "}");
                await handle(batch).ConfigureAwait(false);
            }
            journal.Write("null");
            return batch;
        }

        private async Task TellErasedAsync(Func<IReadOnlyList<string>, Task> handle, CancellationToken cancel)
        {
            for (; ; )
            {
                var after = journal.ReadPosition();
                XElement page = null;
                try
                {
                    if (after != null)
                        page = await client.GetAsync("/v1/changes?limit=1000&after=" + Uri.EscapeDataString(after), cancel)
                            .ConfigureAwait(false);
                }
                catch (ProblemException error) when (error.Code == "POSITION_EXPIRED") { }
                if (page == null)
                {
                    journal.WritePosition(await TellAllErasedAsync(handle, cancel).ConfigureAwait(false));
                    return;
                }
                var erased = page.Element("changes").Elements()
                    .Where(row => Json.Text(row, "kind") == "order"
                        && row.Element("data").Element("what").Elements().Any(what => what.Value == "erased"))
                    .Select(row => Json.Text(row.Element("data"), "orderId")).ToList();
                if (erased.Count > 0) await handle(erased).ConfigureAwait(false);
                var position = Json.Text(page, "position");
                if (position != after) journal.WritePosition(position);
                if (Json.Text(page, "more") != "true") return;
            }
        }

        /// <summary>By the list of orders, where the feed does not reach.</summary>
        /// <returns>the position from which the feed tells the rest</returns>
        private async Task<string> TellAllErasedAsync(Func<IReadOnlyList<string>, Task> handle, CancellationToken cancel)
        {
            var present = await client.GetAsync("/v1/changes", cancel).ConfigureAwait(false);
            for (var cursor = ""; cursor != null;)
            {
                var page = await client.GetAsync("/v1/orders?limit=1000" + cursor, cancel).ConfigureAwait(false);
                var erased = page.Element("orders").Elements()
                    .Where(order => Json.Text(order, "erasedAt") != null).Select(order => Json.Text(order, "id")).ToList();
                if (erased.Count > 0) await handle(erased).ConfigureAwait(false);
                var next = Json.Text(page, "nextCursor");
                cursor = next == null ? null : "&cursor=" + Uri.EscapeDataString(next);
            }
            return Json.Text(present, "position");
        }

        private Task<XElement> AskAsync(string key, string asked, CancellationToken cancel)
        {
            return client.Retry.RunAsync(async () =>
            {
                var answer = await client.OnceAsync("POST", "/v1/orders/pull", asked, key, null, cancel).ConfigureAwait(false);
                // What says 200 and is no batch came from somebody else.
                if (Json.Text(answer, "pullId") == null || answer.Element("orders") == null)
                    throw new NoAnswerException("POST /v1/orders/pull: the answer is no batch");
                return answer;
            }, Retry.IsPassing, cancel);
        }
    }
}
