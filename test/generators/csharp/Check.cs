using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

/// <summary>
/// Reads each answer that the document shows as the generated client would, and writes it again: what does not fit is printed.
/// Argument: a file with one object, the example by operation id.
/// </summary>
public static class Check
{
    public static int Main(string[] args)
    {
        var examples = JObject.Parse(File.ReadAllText(args[0]));
        var client = new Generated.Api(new HttpClient());
        var settings = (JsonSerializerSettings)typeof(Generated.Api)
            .GetProperty("JsonSerializerSettings", BindingFlags.Instance | BindingFlags.NonPublic).GetValue(client);
        var methods = typeof(Generated.Api).GetMethods()
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
            .GroupBy(method => method.Name).ToDictionary(group => group.Key, group => group.First());
        var read = 0;
        foreach (var example in examples)
        {
            var name = char.ToUpperInvariant(example.Key[0]) + example.Key.Substring(1) + "Async";
            try
            {
                var answer = methods[name].ReturnType.GetGenericArguments().Single();
                var value = JsonConvert.DeserializeObject(example.Value.ToString(), answer, settings);
                Compare(example.Value, JToken.Parse(JsonConvert.SerializeObject(value, settings)), example.Key);
                read++;
            }
            catch (Exception error)
            {
                Console.WriteLine(example.Key + ": " + error.Message);
            }
        }
        Console.WriteLine(read + " answers read");
        foreach (var request in Requests()) Console.WriteLine(JsonConvert.SerializeObject(request, Formatting.None, settings));
        return read == examples.Count ? 0 : 1;
    }

    /// <summary>Every field of the answer is in what was read of it.</summary>
    private static void Compare(JToken sent, JToken kept, string path)
    {
        if (sent is JObject)
            foreach (var field in (JObject)sent)
            {
                var other = kept[field.Key];
                if (other == null && field.Value.Type != JTokenType.Null) throw new Exception(path + "." + field.Key + " is lost");
                if (other != null) Compare(field.Value, other, path + "." + field.Key);
            }
        else if (sent is JArray)
            for (var at = 0; at < ((JArray)sent).Count; at++) Compare(sent[at], kept[at], path + "[" + at + "]");
    }

    /// <summary>Requests as a programmer writes them: what is not set here must not be sent.</summary>
    private static IEnumerable<object> Requests()
    {
        Generated.SiteChangeRequest memo = new Generated.SiteChangeRequestMemo { OrderId = Guid.Empty, Memo = "確認済み" };
        yield return memo;
        yield return new Generated.PullOrdersRequest { Limit = 10 };
        yield return new Generated.SiteChangeRequestShip
        {
            OrderId = Guid.Empty,
            ShippedOn = new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero),
            Parcels = new List<Generated.SiteChangeRequestShipParcel> { new Generated.SiteChangeRequestShipParcel() },
        };
        yield return new Generated.SiteChangeRequestChangeContent { OrderId = Guid.Empty, BuyerNote = "玄関前" };
        yield return new Generated.SiteChangeRequestComplete { OrderId = Guid.Empty };
        yield return new Generated.UpdateMailboxPatch();
        yield return new Generated.UpdateShopPatch();
        yield return new Generated.UpdateWebhookPatch();
    }
}
