using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Torikomi
{
    public sealed class Batch
    {
        public string PullId { get; internal set; }
        public IReadOnlyList<Order> Orders { get; internal set; }
        /// <summary>Behind this batch: to be stored with its orders. A text to be kept as it is.</summary>
        public string Position { get; internal set; }
        /// <summary>The position that was asked with: the one that the store had then. Null before the first batch.</summary>
        public string After { get; internal set; }
        /// <summary>Of the desk's batches, counted from 1.</summary>
        public long Number { get; internal set; }
        public string Desk { get; internal set; }
        /// <summary>Orders that were left when it was answered.</summary>
        public int Remaining { get; internal set; }
        /// <summary>It was answered before: the answer was lost, or the store is older than the service.</summary>
        public bool Again { get; internal set; }
        /// <summary>The service's database was restored or replaced since then: orders may come once more, and replace themselves.</summary>
        public bool Restored { get; internal set; }
    }

    /// <summary>
    /// Where a client keeps its orders, and with them one short text. Orders and position are stored together: in one transaction, or
    /// the orders first and the position last. A store that is put back to an older copy of itself brings its position along, so the
    /// service gives it all that it misses.
    /// </summary>
    public interface IOrderStore
    {
        /// <returns>the position that was stored last; null before the first batch</returns>
        Task<string> PositionAsync(CancellationToken cancel);

        /// <summary>
        /// Stores each order by its ShopId and OrderNumber, as what replaces itself, and batch.Position with them: an order that was lost
        /// by a restore of the service comes again under another Id. May be called again with the same batch. Orders may be empty: then
        /// the position alone is stored.
        /// </summary>
        /// <returns>false where the stored position is not batch.After any more: another puller was faster, nothing was stored</returns>
        Task<bool> SaveAsync(Batch batch, CancellationToken cancel);
    }

    /// <summary>
    /// Of a store that also follows erasures: orders whose buyer had their data erased, told by the change feed. Without it the copies
    /// stay, and the caller has to follow GET /v1/changes.
    /// </summary>
    public interface IErasures
    {
        /// <returns>how far the feed was worked off; null at first</returns>
        Task<string> ErasedUpToAsync(CancellationToken cancel);

        /// <summary>
        /// Deletes what is kept of these orders, and stores the position where one is given. It is told again until it has ended, and
        /// may name orders that never came.
        /// </summary>
        Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel);
    }

    /// <summary>
    /// A folder with a file for each order, orders/&lt;shop&gt;_&lt;number&gt;_&lt;id&gt;.json, and the position. Without a transaction the
    /// order of the writes does it: all orders are on the disk before the position is, and what a crash left half done comes again and replaces itself. So copy
    /// the folder while the client is stopped, or its position first.
    /// </summary>
    public sealed class FileStore : IOrderStore, IErasures, IDisposable
    {
        private readonly string folder;
        private readonly FileStream held;

        /// <exception cref="IOException">another process has this folder</exception>
        public FileStore(string folder)
        {
            this.folder = Path.GetFullPath(folder);
            Directory.CreateDirectory(Path.Combine(this.folder, "orders"));
            // The system frees it when the process ends, however it ends.
            held = new FileStream(In("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var name in new[] { "position", "erasures" }) WholeFile.Mend(In(name));
        }

        public Task<string> PositionAsync(CancellationToken cancel)
        {
            return Task.FromResult(WholeFile.Read(In("position")));
        }

        public Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
        {
            foreach (var order in batch.Orders)
            {
                var stem = order.ShopId + "_" + Uri.EscapeDataString(order.OrderNumber) + "_";
                var name = stem + order.Id + ".json";
                WholeFile.Write(Path.Combine(In("orders"), name), order.ToJson());
                foreach (var old in Directory.GetFiles(In("orders"), stem + "*"))
                    if (Path.GetFileName(old) != name) File.Delete(old);
            }
            WholeFile.Write(In("position"), batch.Position);
            return Task.FromResult(true);
        }

        public Task<string> ErasedUpToAsync(CancellationToken cancel)
        {
            return Task.FromResult(WholeFile.Read(In("erasures")));
        }

        public Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel)
        {
            foreach (var id in orderIds)
                foreach (var file in Directory.GetFiles(In("orders"), "*_" + id + ".json*")) File.Delete(file);
            if (position != null) WholeFile.Write(In("erasures"), position);
            return Task.FromResult(0);
        }

        private string In(string name)
        {
            return Path.Combine(folder, name);
        }

        public void Dispose()
        {
            held.Dispose();
        }
    }

    /// <summary>A file that is the old one or the new one: written beside it, brought to the disk and renamed.</summary>
    internal static class WholeFile
    {
        private static readonly Encoding Utf8 = new UTF8Encoding(false);

        /// <summary>Windows may be cut off between the two names of a replacement.</summary>
        public static void Mend(string path)
        {
            if (!File.Exists(path) && File.Exists(path + ".old")) File.Move(path + ".old", path);
        }

        /// <returns>null where there is none</returns>
        public static string Read(string path)
        {
            return File.Exists(path) ? File.ReadAllText(path, Utf8) : null;
        }

        public static void Write(string path, string text)
        {
            var beside = path + ".new";
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                var bytes = Utf8.GetBytes(text);
                stream.Write(bytes, 0, bytes.Length);
                stream.Flush(true);
            }
            if (File.Exists(path))
            {
                File.Replace(beside, path, path + ".old");
                File.Delete(path + ".old");
            }
            else File.Move(beside, path);
        }
    }
}
