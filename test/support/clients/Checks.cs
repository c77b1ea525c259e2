using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Torikomi;

/// <summary>
/// Prints what test/unit/clients/csharp.test.ts expects of the library, without a service. Arguments: a folder, and the address of
/// a server whose files are cut.
/// </summary>
public static class Checks
{
    private static string BatchOf(int number, bool again, params string[] orders)
    {
        return "{\"pullId\":\"b" + number + "\",\"number\":" + number + ",\"desk\":\"d\",\"since\":\"p" + (number - 1) + "\",\"position\":\"p" + number
            + "\",\"remaining\":0,\"replayed\":" + (again ? "true" : "false") + ",\"orders\":["
            + string.Join(",", orders.Select(id => "{\"id\":\"" + id + "\",\"shopId\":\"s\",\"orderNumber\":\"n/" + id.Substring(0, 1) + "\"}")) + "]}";
    }

    private static string NothingBehind(int number)
    {
        return BatchOf(number, false).Replace("\"since\":\"p" + (number - 1), "\"since\":\"p" + number);
    }

    /// <summary>Answers in turn; when all are given, it ends by an InvalidOperationException, which nobody tries again.</summary>
    private sealed class Scripted : HttpMessageHandler
    {
        private readonly Queue<HttpResponseMessage> answers;
        public Action AtEnd = () => { };

        public Scripted(params HttpResponseMessage[] answers)
        {
            this.answers = new Queue<HttpResponseMessage>(answers);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            var body = request.Content == null || request.RequestUri.AbsolutePath != "/v1/orders/pull"
                ? "" : " " + request.Content.ReadAsStringAsync().Result;
            var host = request.RequestUri.IsLoopback ? "" : request.RequestUri.Authority;
            Console.WriteLine(request.Method + " " + host + request.RequestUri.PathAndQuery + body);
            if (answers.Count == 0) { AtEnd(); cancel.ThrowIfCancellationRequested(); }
            var answer = answers.Dequeue();
            answer.RequestMessage = request;
            return Task.FromResult(answer);
        }
    }

    private static HttpResponseMessage Answer(int status, string text, string type = "application/json")
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status);
        answer.Content = new StringContent(text, Encoding.UTF8, type);
        return answer;
    }

    private static Client At(params HttpResponseMessage[] answers)
    {
        return new Client("http://127.0.0.1:1", "k", new Retry { First = TimeSpan.Zero }, new Scripted(answers));
    }

    public static void Main(string[] arguments)
    {
        Console.WriteLine(Json.Text(Json.Parse("{\"9a\":\"digit\",\"b c\":\"blank\"}"), "9a"));
        Console.WriteLine(Json.Text(Json.Parse("{\"9a\":\"digit\",\"b c\":\"blank\"}"), "b c"));
        Console.WriteLine(Json.Text(Json.Parse("{\"a\":1}"), "9a") ?? "missing");
        Typed();
        WhyAsync().GetAwaiter().GetResult();
        CallsAsync().GetAwaiter().GetResult();
        MovedAsync().GetAwaiter().GetResult();
        FilesAsync(arguments[1]).GetAwaiter().GetResult();
        FeedAsync().GetAwaiter().GetResult();
        PullAsync(arguments[0]).GetAwaiter().GetResult();
        DatabaseAsync(arguments[0]).GetAwaiter().GetResult();
        KeepAsync(arguments[0]).GetAwaiter().GetResult();
    }

    private static async Task WhyAsync()
    {
        const string waits = "{\"verdict\":\"retrying\",\"orderId\":null,\"next\":{\"at\":\"2026-11-28T10:00:00.000Z\",\"message\":\"soon\"}}";
        using (var client = At(Answer(200, waits), Answer(200, "{\"verdict\":\"unknown\",\"next\":null}")))
        {
            var why = await client.WhyAsync("a&b", "s");
            Console.WriteLine(why.Verdict + " " + why.NextAt.Value.ToString("o") + " " + why.NextMessage + " " + (why.OrderId == null));
            Console.WriteLine((await client.WhyAsync("1")).NextAt == null);
        }
    }

    private static HttpResponseMessage Moved(string to, string code = "TENANT_MOVED")
    {
        var answer = Answer(308, "{\"code\":\"" + code + "\"}");
        answer.Headers.Location = new Uri(to);
        return answer;
    }

    private static async Task MovedAsync()
    {
        const string to = "https://there.example/v1/orders/pull";
        using (var client = At(
            Moved(to), Answer(200, "{}"), Moved("http://there.example/v1/orders/pull"), Moved(to, "OTHER"),
            Moved(to), Moved(to), Moved(to), Moved(to), Moved(to), Answer(200, "a,b", "text/csv")))
        {
            await client.PostAsync("/v1/orders/pull", "{\"after\":null}", "key");
            for (var refused = 0; refused < 3; refused++)
                try { await client.PostAsync("/v1/orders/pull", "{}", "key"); }
                catch (ProblemException error) { Console.WriteLine(error.Code); }
            using (var download = await client.DownloadAsync("/v1/orders/export")) Console.WriteLine(download.ContentType);
        }
    }

    private static void Typed()
    {
        const string answered = "{\"id\":\"o\",\"orderedAt\":\"2026-11-28T10:00:00.000Z\",\"billedAmount\":7875,\"holds\":[\"newer_hold\"],"
            + "\"purgedAt\":null,\"newer\":[1,{\"9a\":true}],\"detail\":{\"totals\":{\"total\":7940,\"billed\":7875},\"notes\":{\"shop\":null}}}";
        var order = new Order(Json.Parse(answered));
        Console.WriteLine(order.OrderedAt.ToString("o") + " " + order.BilledAmount + " " + order.Holds.Single() + " " + (order.PurgedAt == null));
        Console.WriteLine(order.Detail.Totals.Billed + " " + (order.Detail.Notes.Shop ?? "none") + " " + (order.ToJson() == answered));
        var edit = new OrderPatch { Notes = new OrderPatchNotes { Shop = "確認済み", Mail = null }, ReceiptWanted = false };
        Console.WriteLine(edit.ToJson());
        var parcel = new SiteChangeRequestShipParcel { Carrier = Carrier.Yamato, TrackingNumber = "400000000001" };
        Console.WriteLine(new SiteChangeRequestShip { OrderId = "o", ShippedOn = "2026-11-28", Parcels = new[] { parcel } }.ToJson());
        Console.WriteLine(new SiteChangeRequestChangeContent { OrderId = "o", ShippingFee = 0 }.ToJson());
    }

    private static async Task CallsAsync()
    {
        var made = Answer(201, "{}");
        made.Headers.TryAddWithoutValidation("Location", "/v1/shops/s");
        made.Headers.TryAddWithoutValidation("ETag", "\"2\"");
        using (var client = At(
            Answer(200, "{}"), new HttpResponseMessage(HttpStatusCode.NoContent), made, new HttpResponseMessage(HttpStatusCode.NotModified)))
        {
            await client.PutAsync("/v1/views", "{}");
            Console.WriteLine(await client.DeleteAsync("/v1/views/v") == null);
            var answer = await client.AskAsync("POST", "/v1/shops", "{}");
            Console.WriteLine(answer.Status + " " + answer.Location + " " + answer.ETag);
            var headers = new Dictionary<string, string> { { "If-None-Match", answer.ETag } };
            Console.WriteLine((await client.AskAsync("GET", "/v1/shops/s", null, headers)).Status);
        }
    }

    private static async Task FilesAsync(string cutting)
    {
        var csv = Answer(200, "受注番号", "text/csv");
        csv.Content.Headers.TryAddWithoutValidation("Content-Disposition", "attachment; filename=\"orders.csv\"");
        using (var client = At(Answer(200, "Sign in", "text/plain"), Answer(502, "<html>", "text/html"), csv, Answer(200, "a", "text/csv")))
        {
            using (var download = await client.DownloadAsync("/v1/orders/export"))
                Console.WriteLine(download.FileName + " " + await download.ReadTextAsync());
            try { await client.GetAsync("/v1/orders/export"); }
            catch (InvalidOperationException error) { Console.WriteLine(error.Message); }
        }
        using (var client = new Client(cutting, "k"))
        using (var download = await client.DownloadAsync("/v1/orders/export"))
            try { Console.WriteLine(await download.ReadTextAsync()); }
            catch (NoAnswerException) { Console.WriteLine("cut"); }
    }

    private static async Task FeedAsync()
    {
        var waitedOut = 0;
        using (var client = At(
            Answer(409, "<html>", "text/html"), Answer(409, "{\"code\":\"CONFLICT\"}"), Answer(410, "<html>", "text/html"),
            Answer(200, "{\"position\":\"1\",\"changes\":[]}"), Answer(410, "{\"code\":\"POSITION_EXPIRED\"}")))
        {
            var feed = new ChangeFeed(client, "0", error => waitedOut++);
            await feed.NextAsync(0);
            Console.WriteLine(feed.Position + " " + waitedOut);
            try { await feed.NextAsync(0); }
            catch (ProblemException error) { Console.WriteLine(error.Code); }
        }
    }

    private sealed class Refusing : IOrderStore
    {
        public Task<string> PositionAsync(CancellationToken cancel) { return Task.FromResult("p0"); }

        public Task<bool> SaveAsync(Batch batch, CancellationToken cancel) { throw new ProblemException(422, null, null); }
    }

    private static string Files(string folder)
    {
        return string.Join(" ", Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Where(name => name != "lock").OrderBy(name => name, StringComparer.Ordinal));
    }

    private static async Task PullAsync(string folder)
    {
        using (var client = At(
            Answer(409, "<html>", "text/html"), Answer(200, BatchOf(1, true, "a", "b")), Answer(200, BatchOf(2, true)),
            Answer(503, "{}"), Answer(200, BatchOf(3, false, "b2", "c")), Answer(200, NothingBehind(3))))
        using (var store = new FileStore(Path.Combine(folder, "files")))
        {
            Console.WriteLine(await client.PullAsync(store, new Selection { Limit = 5, Desk = "レジ" }));
            Console.WriteLine(Files(Path.Combine(folder, "files")) + " " + await client.PullAsync(store));
        }
        using (var client = At(Answer(200, BatchOf(1, false, "a"))))
        {
            var waitedOut = 0;
            try { await client.KeepPullingAsync(new Refusing(), TimeSpan.Zero, null, error => waitedOut++); }
            catch (ProblemException error) { Console.WriteLine(error.Code + " " + waitedOut); }
        }
        var unknown = new CancellationTokenSource();
        using (var client = At(Answer(409, "{\"code\":\"POSITION_UNKNOWN\"}")))
            try
            {
                await client.KeepPullingAsync(new Refusing(), TimeSpan.Zero, null, error => { Console.WriteLine(error.Message); unknown.Cancel(); },
                    null, unknown.Token);
            }
            catch (OperationCanceledException) { }
    }

    private static async Task DatabaseAsync(string folder)
    {
        var file = Path.Combine(folder, "orders.sqlite");
        Func<System.Data.IDbConnection> connect = () => new Mono.Data.Sqlite.SqliteConnection("Data Source=" + file);
        using (var connection = connect())
        {
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = "create table torikomi (name varchar(20) primary key, position varchar(3000) not null);"
                + "create table orders (shop_id varchar(36), order_number varchar(60), id varchar(36) not null, body text not null, primary key (shop_id, order_number))";
            command.ExecuteNonQuery();
        }
        var store = new DatabaseStore(connect);
        using (var client = At(Answer(200, BatchOf(1, false, "a")), Answer(200, BatchOf(2, false, "b"))))
        {
            await client.PullAsync(store);
            File.Copy(file, file + ".backup");
            await client.PullAsync(store);
        }
        // Yesterday's backup: position and orders go back together, and the batch that is missed comes again.
        File.Copy(file + ".backup", file, true);
        using (var client = At(Answer(200, BatchOf(2, true, "b")), Answer(200, BatchOf(3, false, "c"))))
            await client.PullAsync(store);
        var late = new Batches();
        using (var client = At(Answer(200, BatchOf(3, true, "c")), Answer(200, NothingBehind(3))))
            Console.WriteLine(await client.PullAsync(late.Behind("p2", store)));
        await store.EraseAsync(new[] { "a", "x" }, "7", CancellationToken.None);
        using (var connection = connect())
        {
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = "select group_concat(id || ' ' || order_number, ', ') from (select * from orders order by id)";
            Console.WriteLine(command.ExecuteScalar() + " " + await store.PositionAsync(CancellationToken.None)
                + " " + await store.ErasedUpToAsync(CancellationToken.None));
        }
    }

    /// <summary>A second program at the same store, which read the position before the first one had stored its batch.</summary>
    private sealed class Batches : IOrderStore
    {
        private string stale;
        private IOrderStore store;

        public Batches Behind(string position, IOrderStore behind)
        {
            stale = position;
            store = behind;
            return this;
        }

        public Task<string> PositionAsync(CancellationToken cancel)
        {
            var first = stale;
            stale = null;
            return first == null ? store.PositionAsync(cancel) : Task.FromResult(first);
        }

        public async Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
        {
            var isSaved = await store.SaveAsync(batch, cancel);
            Console.WriteLine("saved " + isSaved);
            return isSaved;
        }
    }

    private static async Task KeepAsync(string folder)
    {
        using (var client = At(Answer(200, BatchOf(1, false, "o"))))
        using (var journal = new FileJournal(Path.Combine(folder, "refused.json")))
        {
            var waitedOut = 0;
            try
            {
                await new Puller(client, journal).KeepAsync(
                    batch => { throw new ProblemException(422, null, null); }, TimeSpan.Zero, error => waitedOut++);
            }
            catch (ProblemException error)
            {
                Console.WriteLine(error.Code + " " + waitedOut);
            }
        }
        const string erasure = "{\"position\":\"6\",\"more\":false,\"changes\":"
            + "[{\"kind\":\"order\",\"data\":{\"orderId\":\"o\",\"what\":[\"changed\",\"erased\"]}},"
            + "{\"kind\":\"order\",\"data\":{\"orderId\":\"p\",\"what\":[\"changed\"]}}]}";
        // As release 1.0.0 has left it, before its answer came.
        var path = Path.Combine(folder, "erased.json");
        File.WriteAllText(path, "{\"key\":\"k\",\"selection\":{\"limit\":7}}");
        var handler = new Scripted(
            Answer(200, "{\"pullId\":\"k\",\"remaining\":0,\"orders\":[{\"id\":\"n\"}]}"), Answer(200, BatchOf(1, false, "o")),
            Answer(200, "{\"position\":\"5\"}"),
            Answer(200, "{\"orders\":[{\"id\":\"a\",\"erasedAt\":null}],\"nextCursor\":\"c\"}"),
            Answer(200, "{\"orders\":[{\"id\":\"b\",\"erasedAt\":\"2026-11-28T00:00:00Z\"}],\"nextCursor\":null}"),
            Answer(200, BatchOf(2, false, "p")), Answer(200, erasure));
        var stop = new CancellationTokenSource();
        handler.AtEnd = stop.Cancel;
        using (var client = new Client("http://127.0.0.1:1", "k", null, handler))
        using (var journal = new FileJournal(path))
            try
            {
                await new Puller(client, journal).KeepAsync(
                    batch => { Console.WriteLine("handed " + batch.Orders.Single().Id + " " + batch.Again); return Task.FromResult(0); },
                    TimeSpan.Zero, null, stop.Token,
                    orderIds => { Console.WriteLine("erased " + string.Join(" ", orderIds)); return Task.FromResult(0); });
            }
            catch (OperationCanceledException) { Console.WriteLine("stopped"); }
        Console.WriteLine(File.ReadAllText(path));
    }
}
