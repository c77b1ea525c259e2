using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Torikomi;

/// <summary>
/// A console client:
///   console pull &lt;folder&gt;   pulls until Ctrl-C: an order is orders/&lt;id&gt;.json, a batch csv/&lt;pullId&gt;.csv
///   console ship &lt;csv&gt;      reports shipments: orderId,shippedOn,carrier,trackingNumber
/// with TORIKOMI_URL and TORIKOMI_API_KEY set.
/// </summary>
public static class ConsoleClient
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false);

    public static int Main(string[] args)
    {
        var url = Environment.GetEnvironmentVariable("TORIKOMI_URL") ?? "";
        var apiKey = Environment.GetEnvironmentVariable("TORIKOMI_API_KEY") ?? "";
        using (var client = new Client(url, apiKey))
        {
            if (args.Length == 2 && args[0] == "pull") return PullAsync(client, args[1]).GetAwaiter().GetResult();
            if (args.Length == 2 && args[0] == "ship") return ShipAsync(client, args[1]).GetAwaiter().GetResult();
        }
        Console.Error.WriteLine("pull <folder> | ship <csv>");
        return 64;
    }

    private static async Task<int> PullAsync(Client client, string folder)
    {
        var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (sender, pressed) => { pressed.Cancel = true; stopping.Cancel(); };
        var every = int.Parse(Environment.GetEnvironmentVariable("TORIKOMI_EVERY_MS") ?? "5000");
        var limit = int.Parse(Environment.GetEnvironmentVariable("TORIKOMI_BATCH") ?? "100");
        using (var store = new CsvStore(folder))
            try
            {
                await client.KeepPullingAsync(
                    store,
                    TimeSpan.FromMilliseconds(every),
                    new Selection { Limit = limit },
                    error => Console.Error.WriteLine(error.Message),
                    batch => Console.WriteLine(batch.Orders.Count + " orders" + (batch.Again ? ", again" : "")),
                    stopping.Token);
            }
            catch (OperationCanceledException) { }
        return 0;
    }

    /// <summary>The files of the library, and a CSV before them: the position is what is written last.</summary>
    private sealed class CsvStore : IOrderStore, IErasures, IDisposable
    {
        private readonly string folder;
        private readonly FileStore files;

        public CsvStore(string folder)
        {
            this.folder = Path.Combine(folder, "csv");
            Directory.CreateDirectory(this.folder);
            files = new FileStore(folder);
        }

        public Task<string> PositionAsync(CancellationToken cancel)
        {
            return files.PositionAsync(cancel);
        }

        public Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
        {
            if (batch.Orders.Count > 0) Put(Path.Combine(folder, batch.PullId + ".csv"), CsvOf(batch.Orders));
            return files.SaveAsync(batch, cancel);
        }

        public Task<string> ErasedUpToAsync(CancellationToken cancel)
        {
            return files.ErasedUpToAsync(cancel);
        }

        public Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel)
        {
            return files.EraseAsync(orderIds, position, cancel);
        }

        public void Dispose()
        {
            files.Dispose();
        }
    }

    /// <summary>It holds nothing of the buyer, so an erasure leaves it.</summary>
    private static string CsvOf(IEnumerable<Order> orders)
    {
        var lines = orders.Select(order => string.Join(",", new[]
        {
            order.Id, order.Marketplace, order.OrderNumber, order["orderedAt"], order["billedAmount"], string.Join(" ", order.Holds),
        }.Select(Value)));
        // Excel takes a file for UTF-8 by its first character.
        return "\uFEFForderId,marketplace,orderNumber,orderedAt,billedAmount,holds\r\n"
            + string.Concat(lines.Select(line => line + "\r\n"));
    }

    /// <summary>A value that Excel would take for a formula is written as text.</summary>
    private static string Value(string value)
    {
        var harmless = value.Length > 0 && "=+-@\t\r".IndexOf(value[0]) >= 0 ? "'" + value : value;
        return harmless.IndexOfAny(new[] { '"', ',', '\r', '\n' }) < 0
            ? harmless
            : "\"" + harmless.Replace("\"", "\"\"") + "\"";
    }

    /// <summary>Whole and on the disk before the batch counts as taken; what comes again replaces itself.</summary>
    private static void Put(string path, string text)
    {
        using (var stream = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            var bytes = Utf8.GetBytes(text);
            stream.Write(bytes, 0, bytes.Length);
            stream.Flush(true);
        }
        if (File.Exists(path)) File.Delete(path);
        File.Move(path + ".new", path);
    }

    /// <summary>
    /// One request for each order, under a key made of what it says: the same file twice, or again after a crash, asks for no second
    /// change; a line that was mended is another request. No value of it may hold a comma.
    /// </summary>
    private static async Task<int> ShipAsync(Client client, string csv)
    {
        var rows = File.ReadAllLines(csv, Encoding.UTF8).Where(line => line.Trim() != "").Select(line => line.Split(',')).ToList();
        var head = rows[0].Select(name => name.Trim('\uFEFF', ' ')).ToList();
        Func<string[], string, string> of = (row, name) => row[head.IndexOf(name)].Trim();
        var code = 0;
        foreach (var order in rows.Skip(1).GroupBy(row => of(row, "orderId")))
        {
            var parcels = order.Select(row =>
                "{\"carrier\":" + Json.Quote(of(row, "carrier")) + ",\"trackingNumber\":" + Json.Quote(of(row, "trackingNumber")) + "}");
            var body = "{\"changes\":[{\"orderId\":" + Json.Quote(order.Key) + ",\"action\":\"ship\",\"shippedOn\":"
                + Json.Quote(of(order.First(), "shippedOn")) + ",\"parcels\":[" + string.Join(",", parcels) + "]}]}";
            try
            {
                var answer = await client.PostAsync("/v1/site-changes", body, "ship-" + Hash(body));
                Console.WriteLine(order.Key + " " + Json.Text(answer.Element("siteChanges").Elements().First(), "state"));
            }
            catch (ProblemException error) when (error.Status == 422)
            {
                Console.Error.WriteLine(order.Key + " " + error.Message);
                code = 1;
            }
        }
        return code;
    }

    private static string Hash(string text)
    {
        using (var sha = SHA256.Create())
            return string.Concat(sha.ComputeHash(Utf8.GetBytes(text)).Select(value => value.ToString("x2")));
    }
}
