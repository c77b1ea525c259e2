using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// The REST surface. Reads, and writes with an Idempotency-Key, are tried again when an answer is lost; another write is not,
    /// for nobody knows whether it was done: its error is then NoAnswerException.
    /// </summary>
    public sealed class Client : IDisposable
    {
        private readonly HttpClient http;
        private readonly string url;
        private readonly Retry retry;

        /// <param name="url">https://torikomi.example, without /v1</param>
        public Client(string url, string apiKey, Retry retry = null, HttpMessageHandler handler = null)
        {
            this.url = url.TrimEnd('/');
            this.retry = retry ?? new Retry();
            http = handler == null ? new HttpClient() : new HttpClient(handler);
            // Longer than the 30 s that the service gives itself.
            http.Timeout = TimeSpan.FromSeconds(60);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        internal Retry Retry { get { return retry; } }

        public Task<XElement> GetAsync(string path, CancellationToken cancel = default(CancellationToken))
        {
            return retry.RunAsync(() => OnceAsync("GET", path, null, null, null, cancel), Retry.IsPassing, cancel);
        }

        /// <param name="body">JSON</param>
        /// <param name="key">A new one for each thing to be done, the same one to ask again</param>
        public Task<XElement> PostAsync(
            string path, string body, string key = null, CancellationToken cancel = default(CancellationToken))
        {
            var mayTryAgain = key == null ? (Func<Exception, bool>)Retry.WasNotBegun : Retry.IsPassing;
            return retry.RunAsync(() => OnceAsync("POST", path, body, key, null, cancel), mayTryAgain, cancel);
        }

        /// <param name="etag">As the order was read with; somebody who was faster makes it a 412</param>
        public Task<XElement> PatchAsync(
            string path, string body, string etag = null, CancellationToken cancel = default(CancellationToken))
        {
            return retry.RunAsync(() => OnceAsync("PATCH", path, body, null, etag, cancel), Retry.WasNotBegun, cancel);
        }

        public Task<XElement> PutAsync(string path, string body, CancellationToken cancel = default(CancellationToken))
        {
            return retry.RunAsync(() => OnceAsync("PUT", path, body, null, null, cancel), Retry.WasNotBegun, cancel);
        }

        /// <returns>null where the answer is 204</returns>
        public Task<XElement> DeleteAsync(string path, CancellationToken cancel = default(CancellationToken))
        {
            return retry.RunAsync(() => OnceAsync("DELETE", path, null, null, null, cancel), Retry.WasNotBegun, cancel);
        }

        /// <summary>GET /v1/why: why an order is not here, with what happens next and when.</summary>
        /// <param name="number">The mall's order number</param>
        /// <param name="shopId">Asks about this shop alone</param>
        public async Task<Why> WhyAsync(
            string number, string shopId = null, CancellationToken cancel = default(CancellationToken))
        {
            var shop = shopId == null ? "" : "&shopId=" + Uri.EscapeDataString(shopId);
            var path = "/v1/why?number=" + Uri.EscapeDataString(number) + shop;
            return new Why(await GetAsync(path, cancel).ConfigureAwait(false));
        }

        /// <summary>One call, whatever comes of it.</summary>
        public async Task<XElement> OnceAsync(
            string method, string path, string body, string key, string etag, CancellationToken cancel)
        {
            HttpResponseMessage response;
            string text;
            try
            {
                using (var request = new HttpRequestMessage(new HttpMethod(method), url + path))
                {
                    if (body != null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                    if (key != null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                    if (etag != null) request.Headers.TryAddWithoutValidation("If-Match", etag);
                    response = await http.SendAsync(request, cancel).ConfigureAwait(false);
                    // .NET Framework has no content where there is no body.
                    text = response.Content == null ? "" : await response.Content.ReadAsStringAsync().ConfigureAwait(false);
                }
            }
            catch (Exception error)
            {
                cancel.ThrowIfCancellationRequested();
                throw new NoAnswerException(method + " " + path + ": " + error.Message, error);
            }
            using (response)
            {
                var status = (int)response.StatusCode;
                if (status == 204) return null;
                var answered = Json.Parse(text);
                if (!response.IsSuccessStatusCode) throw new ProblemException(status, answered, RetryAfter(response));
                // The sign-in page of a café's network is a 200 too.
                if (answered == null) throw new NoAnswerException(method + " " + path + ": " + status + ", but no JSON");
                return answered;
            }
        }

        private static TimeSpan? RetryAfter(HttpResponseMessage response)
        {
            var after = response.Headers.RetryAfter;
            if (after == null) return null;
            if (after.Delta.HasValue) return after.Delta;
            if (!after.Date.HasValue) return null;
            var wait = after.Date.Value - DateTimeOffset.UtcNow;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }

        public void Dispose()
        {
            http.Dispose();
        }
    }
}
