using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
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
    public sealed partial class Client : IDisposable
    {
        private readonly HttpClient http;
        private readonly string url;
        private readonly Retry retry;

        /// <param name="url">https://torikomi.example, without /v1</param>
        public Client(string url, string apiKey, Retry retry = null, HttpMessageHandler handler = null)
        {
            this.url = url.TrimEnd('/');
            this.retry = retry ?? new Retry();
            // .NET asks for nothing by itself; fifty orders are 324 kB without.
            var own = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate };
            // Followed by itself, a redirect would leave the key out.
            own.AllowAutoRedirect = false;
            http = new HttpClient(handler ?? own);
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

        /// <summary>GET /v1/orders/{id}, with the ETag that an edit needs.</summary>
        public async Task<KeyValuePair<Order, string>> OrderAsync(
            string orderId, CancellationToken cancel = default(CancellationToken))
        {
            var answer = await AskAsync("GET", "/v1/orders/" + Uri.EscapeDataString(orderId), null, null, cancel).ConfigureAwait(false);
            return new KeyValuePair<Order, string>(new Order(answer.Body), answer.ETag);
        }

        /// <summary>PATCH /v1/orders/{id}. What is not set stays; what is set to null is emptied.</summary>
        /// <param name="etag">As the order was read with; somebody who was faster makes it a 412 with both versions in its Body</param>
        public async Task<Order> EditAsync(
            string orderId, OrderPatch edit, string etag, CancellationToken cancel = default(CancellationToken))
        {
            var path = "/v1/orders/" + Uri.EscapeDataString(orderId);
            return new Order(await PatchAsync(path, edit.ToJson(), etag, cancel).ConfigureAwait(false));
        }

        /// <summary>POST /v1/site-changes: ships, cancels and so on at the mall.</summary>
        /// <param name="key">Made of what is asked for, so that the same request asks for nothing twice</param>
        public async Task<IReadOnlyList<SiteChange>> ChangeAsync(
            string key, IEnumerable<SiteChangeRequest> changes, CancellationToken cancel = default(CancellationToken))
        {
            var body = "{\"changes\":[" + string.Join(",", changes.Select(change => change.ToJson())) + "]}";
            var answer = await PostAsync("/v1/site-changes", body, key, cancel).ConfigureAwait(false);
            return answer.Element("siteChanges").Elements().Select(change => new SiteChange(change)).ToList();
        }

        /// <summary>The same as the others, with status and headers. A 304 has no body.</summary>
        /// <param name="headers">As If-Match, If-None-Match, Idempotency-Key; with the last one it is tried again</param>
        public Task<Answer> AskAsync(
            string method, string path, string body = null, IDictionary<string, string> headers = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var isRepeatable = method == "GET"
                || (headers != null && headers.Keys.Any(name => name.ToLowerInvariant() == "idempotency-key"));
            var mayTryAgain = isRepeatable ? Retry.IsPassing : (Func<Exception, bool>)Retry.WasNotBegun;
            return retry.RunAsync(() => ExchangeAsync(method, path, body, headers, cancel), mayTryAgain, cancel);
        }

        /// <summary>A file, as the CSV of the orders. It is tried again until it begins; what breaks later begins anew.</summary>
        public Task<Download> DownloadAsync(string path, CancellationToken cancel = default(CancellationToken))
        {
            return retry.RunAsync(() => BeginDownloadAsync(path, cancel), Retry.IsPassing, cancel);
        }

        /// <summary>One call, whatever comes of it.</summary>
        public async Task<XElement> OnceAsync(
            string method, string path, string body, string key, string etag, CancellationToken cancel)
        {
            var headers = new Dictionary<string, string>();
            if (key != null) headers["Idempotency-Key"] = key;
            if (etag != null) headers["If-Match"] = etag;
            return (await ExchangeAsync(method, path, body, headers, cancel).ConfigureAwait(false)).Body;
        }

        private async Task<Answer> ExchangeAsync(
            string method, string path, string body, IDictionary<string, string> headers, CancellationToken cancel)
        {
            HttpResponseMessage response = null;
            try
            {
                string text;
                try
                {
                    Action<HttpRequestMessage> fill = request =>
                    {
                        request.Method = new HttpMethod(method);
                        if (body != null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                        if (headers != null)
                            foreach (var header in headers) request.Headers.TryAddWithoutValidation(header.Key, header.Value);
                    };
                    response = await SendAsync(path, fill, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
                    text = await TextOf(response).ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    cancel.ThrowIfCancellationRequested();
                    throw new NoAnswerException(method + " " + path + ": " + error.Message, error);
                }
                var status = (int)response.StatusCode;
                if (status == 204 || status == 304) return new Answer(status, null, response);
                var answered = Json.Parse(text);
                // Of something in between, as a café's network.
                if (status > 300 && status < 400 && Json.Text(answered, "code") == null)
                    throw new NoAnswerException(method + " " + path + ": " + status + " to " + response.Headers.Location);
                if (!response.IsSuccessStatusCode)
                    throw new ProblemException(status, answered, RetryAfter(response), Answer.HeadersOf(response));
                if (answered != null) return new Answer(status, answered, response);
                if (Download.IsFile(response))
                    throw new InvalidOperationException(method + " " + path + " answers a file: use DownloadAsync");
                // The sign-in page of a café's network is a 200 too.
                throw new NoAnswerException(method + " " + path + ": " + status + ", but no JSON");
            }
            finally
            {
                if (response != null) response.Dispose();
            }
        }

        private async Task<Download> BeginDownloadAsync(string path, CancellationToken cancel)
        {
            HttpResponseMessage response = null;
            try
            {
                response = await SendAsync(path, request => { }, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    var text = await TextOf(response).ConfigureAwait(false);
                    throw new ProblemException(
                        (int)response.StatusCode, Json.Parse(text), RetryAfter(response), Answer.HeadersOf(response));
                }
                if (!Download.IsFile(response))
                    throw new NoAnswerException("GET " + path + ": " + (int)response.StatusCode + ", but no file");
                return new Download(response, http.Timeout);
            }
            catch (Exception error)
            {
                if (response != null) response.Dispose();
                if (error is ProblemException || error is NoAnswerException) throw;
                cancel.ThrowIfCancellationRequested();
                throw new NoAnswerException("GET " + path + ": " + error.Message, error);
            }
        }

        /// <summary>Asks again where the tenant has moved to: two servers might name each other, so three times at most.</summary>
        private async Task<HttpResponseMessage> SendAsync(
            string path, Action<HttpRequestMessage> fill, HttpCompletionOption option, CancellationToken cancel)
        {
            var at = new Uri(url + path);
            for (var moves = 0; ; moves++)
            {
                HttpResponseMessage response;
                using (var request = new HttpRequestMessage(HttpMethod.Get, at))
                {
                    fill(request);
                    response = await http.SendAsync(request, option, cancel).ConfigureAwait(false);
                }
                var next = moves < 3 ? await MovedTo(at, response).ConfigureAwait(false) : null;
                if (next == null) return response;
                response.Dispose();
                at = next;
            }
        }

        /// <returns>null where the service names no other server, or not one that may be given the key</returns>
        private static async Task<Uri> MovedTo(Uri from, HttpResponseMessage response)
        {
            var to = response.Headers.Location;
            if ((int)response.StatusCode != 308 || to == null || !to.IsAbsoluteUri) return null;
            if (to.Scheme != "https" && !(to.IsLoopback && from.IsLoopback)) return null;
            var body = Json.Parse(await TextOf(response).ConfigureAwait(false));
            return Json.Text(body, "code") == "TENANT_MOVED" ? to : null;
        }

        /// <summary>.NET Framework has no content where there is no body.</summary>
        private static Task<string> TextOf(HttpResponseMessage response)
        {
            return response.Content == null ? Task.FromResult("") : response.Content.ReadAsStringAsync();
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
