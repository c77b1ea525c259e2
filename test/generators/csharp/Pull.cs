using System;
using System.Net.Http;
using System.Net.Http.Headers;

/// <summary>
/// Takes orders over as a program of release 1.0.0 does: a key for each pull, until a pull brings none. Prints what it stored.
/// Arguments: address of the service, API key.
/// </summary>
public static class Pull
{
    public static int Main(string[] args)
    {
        var http = new HttpClient { BaseAddress = new Uri(args[0]) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", args[1]);
        var client = new Generated.Api(http);
        for (;;)
        {
            var pull = client.PullOrdersAsync(new Generated.PullOrdersRequest(), Guid.NewGuid().ToString()).GetAwaiter().GetResult();
            foreach (var order in pull.Orders) Console.WriteLine(order.Marketplace + " " + order.OrderNumber);
            if (pull.Orders.Count == 0) return pull.Remaining;
        }
    }
}
