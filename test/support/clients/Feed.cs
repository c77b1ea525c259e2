using System;
using System.IO;
using System.Threading.Tasks;
using Torikomi;

/// <summary>Follows the change feed from the oldest on and prints the position of each change, until the one that stands in a file.</summary>
public static class Feed
{
    public static void Main(string[] args)
    {
        FollowAsync(args[0]).GetAwaiter().GetResult();
    }

    private static async Task FollowAsync(string lastFile)
    {
        var retry = new Retry { First = TimeSpan.FromMilliseconds(20) };
        using (var client = new Client(Environment.GetEnvironmentVariable("TORIKOMI_URL"),
            Environment.GetEnvironmentVariable("TORIKOMI_API_KEY"), retry))
        {
            var feed = new ChangeFeed(client, "oldest");
            string seen = null;
            while (!File.Exists(lastFile) || File.ReadAllText(lastFile) != seen)
            {
                foreach (var change in await feed.NextAsync(1))
                {
                    seen = Json.Text(change, "position");
                    Console.WriteLine(seen);
                }
            }
        }
    }
}
