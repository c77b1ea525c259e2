using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>An answer with its headers.</summary>
    public sealed class Answer
    {
        public int Status { get; }
        /// <summary>Null where the answer is 204 or 304.</summary>
        public XElement Body { get; }
        /// <summary>By their names in any case.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }
        /// <summary>To be sent as If-None-Match or If-Match; null where there is none.</summary>
        public string ETag { get { return Header("ETag"); } }
        /// <summary>Where what was made is to be read; null where there is none.</summary>
        public string Location { get { return Header("Location"); } }

        internal Answer(int status, XElement body, HttpResponseMessage response)
        {
            Status = status;
            Body = body;
            Headers = HeadersOf(response);
        }

        /// <returns>null where the answer has no such header</returns>
        public string Header(string name)
        {
            string value;
            return Headers.TryGetValue(name, out value) ? value : null;
        }

        internal static IReadOnlyDictionary<string, string> HeadersOf(HttpResponseMessage response)
        {
            var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var header in response.Headers) all[header.Key] = string.Join(", ", header.Value);
            if (response.Content != null)
                foreach (var header in response.Content.Headers) all[header.Key] = string.Join(", ", header.Value);
            return all;
        }
    }

    /// <summary>A file that has begun to come. Read it once.</summary>
    public sealed class Download : IDisposable
    {
        private readonly HttpResponseMessage response;
        private readonly TimeSpan idle;

        /// <summary>text/csv; charset=Shift_JIS</summary>
        public string ContentType { get { return response.Content.Headers.ContentType.ToString(); } }
        /// <summary>As the service names it; null where it does not.</summary>
        public string FileName
        {
            get
            {
                var disposition = response.Content.Headers.ContentDisposition;
                return disposition == null || disposition.FileName == null ? null : disposition.FileName.Trim('"');
            }
        }
        public IReadOnlyDictionary<string, string> Headers { get { return Answer.HeadersOf(response); } }

        internal Download(HttpResponseMessage response, TimeSpan idle)
        {
            this.response = response;
            this.idle = idle;
        }

        /// <summary>Not by what it is not: something in between answers HTML and plain text.</summary>
        internal static bool IsFile(HttpResponseMessage response)
        {
            var type = response.Content == null ? null : response.Content.Headers.ContentType;
            var name = type == null || type.MediaType == null ? "" : type.MediaType.ToLowerInvariant();
            return name == "text/csv" || name == "text/event-stream" || name == "application/jsonl";
        }

        /// <exception cref="NoAnswerException">it was cut, or nothing came for a minute: what was written is not the whole file</exception>
        public async Task CopyToAsync(Stream target, CancellationToken cancel = default(CancellationToken))
        {
            var buffer = new byte[81920];
            try
            {
                using (var source = await response.Content.ReadAsStreamAsync().ConfigureAwait(false))
                    for (; ; )
                    {
                        var reading = source.ReadAsync(buffer, 0, buffer.Length, cancel);
                        // .NET Framework reads without a limit once the headers are here.
                        var first = await Task.WhenAny(reading, Task.Delay(idle, cancel)).ConfigureAwait(false);
                        if (first != reading) throw new TimeoutException("nothing came for " + idle);
                        var count = await reading.ConfigureAwait(false);
                        if (count == 0) return;
                        await target.WriteAsync(buffer, 0, count, cancel).ConfigureAwait(false);
                    }
            }
            catch (Exception error)
            {
                cancel.ThrowIfCancellationRequested();
                throw new NoAnswerException("GET " + response.RequestMessage.RequestUri + ": " + error.Message, error);
            }
        }

        /// <summary>By the charset that the answer names, without a byte order mark.</summary>
        /// <exception cref="NoAnswerException">it was cut, or nothing came for a minute</exception>
        /// <exception cref="ArgumentException">.NET 8 knows Shift_JIS only with System.Text.Encoding.CodePages</exception>
        public async Task<string> ReadTextAsync(CancellationToken cancel = default(CancellationToken))
        {
            using (var whole = new MemoryStream())
            {
                await CopyToAsync(whole, cancel).ConfigureAwait(false);
                var charset = response.Content.Headers.ContentType.CharSet;
                var encoding = string.IsNullOrEmpty(charset) ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'));
                whole.Position = 0;
                using (var reader = new StreamReader(whole, encoding)) return reader.ReadToEnd();
            }
        }

        public void Dispose()
        {
            response.Dispose();
        }
    }
}
