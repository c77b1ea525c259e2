using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// The form of release 1.0.0: the orders are stored by a handler, and the position behind them in a journal of its own. Deprecated:
    /// Client.PullAsync stores both in one transaction, so that a backup of the orders brings its position.
    /// </summary>
    public sealed class Puller
    {
        private readonly Client client;
        private readonly FileJournal journal;
        private readonly Selection selection;

        public Puller(Client client, FileJournal journal, int limit = 200, string shopId = null, string marketplace = null)
        {
            this.client = client;
            this.journal = journal;
            selection = new Selection { Limit = limit, ShopId = shopId, Marketplace = marketplace };
        }

        /// <summary>Until nothing is left.</summary>
        /// <returns>how many orders were handed over</returns>
        public Task<int> AllAsync(Func<Batch, Task> handle, CancellationToken cancel = default(CancellationToken))
        {
            return client.PullAsync(new JournalStore(client, journal, handle), selection, cancel);
        }

        /// <summary>Until it is cancelled. The handlers' own errors end it as well: what cannot be stored must not be pulled past.</summary>
        /// <param name="onErased">Ids of orders whose buyer had their data erased: delete what you keep of them</param>
        public Task KeepAsync(
            Func<Batch, Task> handle, TimeSpan every, Action<Exception> onError = null,
            CancellationToken cancel = default(CancellationToken), Func<IReadOnlyList<string>, Task> onErased = null)
        {
            var store = onErased == null
                ? new JournalStore(client, journal, handle)
                : new ErasingStore(client, journal, handle, onErased);
            return client.KeepPullingAsync(store, every, selection, onError, null, cancel);
        }

        private class JournalStore : IOrderStore
        {
            protected readonly FileJournal journal;
            private readonly Client client;
            private readonly Func<Batch, Task> handle;

            public JournalStore(Client client, FileJournal journal, Func<Batch, Task> handle)
            {
                this.client = client;
                this.journal = journal;
                this.handle = handle;
            }

            public async Task<string> PositionAsync(CancellationToken cancel)
            {
                var entry = journal.Read();
                if (entry == null) return null;
                if (Json.Text(entry, "key") == null) return Json.Text(entry, "position");
                await FinishKeyAsync(entry, cancel).ConfigureAwait(false);
                return null;
            }

            public async Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
            {
                if (batch.Orders.Count > 0) await handle(batch).ConfigureAwait(false);
                journal.Write("{\"position\":" + Json.Quote(batch.Position) + "}");
                return true;
            }

            /// <summary>The pull that release 1.0.0 did not end: its batch is no batch of a desk, and has no position.</summary>
            private async Task FinishKeyAsync(XElement entry, CancellationToken cancel)
            {
                var answer = entry.Element("batch") ?? await client.PostAsync(
                    "/v1/orders/pull", Json.Write(entry.Element("selection")), Json.Text(entry, "key"), cancel).ConfigureAwait(false);
                if (Json.Text(answer, "pullId") == null || answer.Element("orders") == null)
                    throw new NoAnswerException("POST /v1/orders/pull: the answer is no batch");
                var orders = answer.Element("orders").Elements().Select(order => new Order(order)).ToList();
                var batch = new Batch { PullId = Json.Text(answer, "pullId"), Orders = orders, Position = "", Again = true };
                if (orders.Count > 0) await handle(batch).ConfigureAwait(false);
                journal.Write("null");
            }
        }

        private sealed class ErasingStore : JournalStore, IErasures
        {
            private readonly Func<IReadOnlyList<string>, Task> onErased;

            public ErasingStore(
                Client client, FileJournal journal, Func<Batch, Task> handle, Func<IReadOnlyList<string>, Task> onErased)
                : base(client, journal, handle)
            {
                this.onErased = onErased;
            }

            public Task<string> ErasedUpToAsync(CancellationToken cancel)
            {
                return Task.FromResult(journal.ReadPosition());
            }

            public async Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel)
            {
                if (orderIds.Count > 0) await onErased(orderIds).ConfigureAwait(false);
                if (position != null) journal.WritePosition(position);
            }
        }
    }

    /// <summary>
    /// The position of a Puller in a file. Release 1.0.0 kept the key of the pull under way there: that one is asked for once more. The
    /// system frees its lock when the process ends, however it ends.
    /// </summary>
    public sealed class FileJournal : IDisposable
    {
        private readonly string path;
        private readonly FileStream held;

        /// <exception cref="IOException">another process has this journal</exception>
        public FileJournal(string path)
        {
            this.path = path;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)));
            held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var file in new[] { path, path + ".position" }) WholeFile.Mend(file);
        }

        internal XElement Read()
        {
            var text = WholeFile.Read(path);
            if (text == null || text == "null") return null;
            var entry = Json.Parse(text);
            var isKey = Json.Text(entry, "key") != null && entry.Element("selection") != null;
            if (!isKey && Json.Text(entry, "position") == null)
                throw new InvalidDataException("The journal " + path
                    + " cannot be read. Remove it, and all batches of this desk come again: each order replaces itself.");
            return entry;
        }

        internal void Write(string entry)
        {
            WholeFile.Write(path, entry);
        }

        /// <summary>How far the change feed was worked off; null at first.</summary>
        internal string ReadPosition()
        {
            return WholeFile.Read(path + ".position");
        }

        internal void WritePosition(string position)
        {
            WholeFile.Write(path + ".position", position);
        }

        public void Dispose()
        {
            held.Dispose();
        }
    }
}
