using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Torikomi;

/// <summary>Prints what test/unit/clients/csharp.test.ts expects of the library, without a service.</summary>
public static class Checks
{
    private sealed class OneOrder : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            Console.WriteLine(request.Method);
            if (request.Method == HttpMethod.Delete) return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
            const string batch = "{\"pullId\":\"p\",\"remaining\":0,\"orders\":[{\"id\":\"o\"}]}";
            var answer = new HttpResponseMessage(HttpStatusCode.OK);
            answer.Content = new StringContent(batch, Encoding.UTF8, "application/json");
            return Task.FromResult(answer);
        }
    }

    public static void Main(string[] arguments)
    {
        Console.WriteLine(Json.Text(Json.Parse("{\"9a\":\"digit\",\"b c\":\"blank\"}"), "9a"));
        Console.WriteLine(Json.Text(Json.Parse("{\"9a\":\"digit\",\"b c\":\"blank\"}"), "b c"));
        Console.WriteLine(Json.Text(Json.Parse("{\"a\":1}"), "9a") ?? "missing");
        using (var client = new Client("http://127.0.0.1:1", "k", null, new OneOrder()))
        using (var journal = new FileJournal(Path.Combine(arguments[0], "journal.json")))
        {
            client.PutAsync("/v1/views", "{}").GetAwaiter().GetResult();
            Console.WriteLine(client.DeleteAsync("/v1/views/v").GetAwaiter().GetResult() == null);
            var waitedOut = 0;
            try
            {
                new Puller(client, journal).KeepAsync(
                    batch => { throw new ProblemException(422, null, null); },
                    TimeSpan.Zero, error => waitedOut++).GetAwaiter().GetResult();
            }
            catch (ProblemException error)
            {
                Console.WriteLine(error.Code + " " + waitedOut);
            }
        }
    }
}
