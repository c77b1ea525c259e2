using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>The service has answered, and it is a refusal (RFC 9457).</summary>
    public sealed class ProblemException : Exception
    {
        public int Status { get; }
        /// <summary>Stable, for programs; HTTP_502 and the like when something in between has answered instead.</summary>
        public string Code { get; }
        /// <summary>Japanese that staff can act on.</summary>
        public string Detail { get; }
        public string RequestId { get; }
        public TimeSpan? RetryAfter { get; }
        /// <summary>Field and what was expected of it.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Errors { get; }
        /// <summary>All that was answered; null when it was no JSON.</summary>
        public XElement Body { get; }
        /// <summary>By their names in any case.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }

        public ProblemException(
            int status, XElement body, TimeSpan? retryAfter, IReadOnlyDictionary<string, string> headers = null)
            : base(Describe(status, body))
        {
            Headers = headers ?? new Dictionary<string, string>();
            Status = status;
            Body = body;
            Code = CodeOf(status, body);
            Detail = Json.Text(body, "detail") ?? "";
            RequestId = Json.Text(body, "requestId");
            RetryAfter = retryAfter;
            Errors = ErrorsOf(body);
        }

        /// <summary>Without a code of the service: something in between has answered, as a proxy with a page.</summary>
        public bool IsForeign { get { return Code == "HTTP_" + Status; } }

        private static string CodeOf(int status, XElement body)
        {
            return Json.Text(body, "code") ?? "HTTP_" + status;
        }

        private static List<KeyValuePair<string, string>> ErrorsOf(XElement body)
        {
            var errors = body == null ? null : body.Element("errors");
            if (errors == null) return new List<KeyValuePair<string, string>>();
            return errors.Elements()
                .Select(error => new KeyValuePair<string, string>(Json.Text(error, "field"), Json.Text(error, "message")))
                .ToList();
        }

        private static string Describe(int status, XElement body)
        {
            var fields = string.Concat(ErrorsOf(body).Select(error => " " + error.Key + ": " + error.Value));
            return status + " " + CodeOf(status, body) + " " + Json.Text(body, "detail") + fields;
        }
    }

    /// <summary>Nobody knows whether the service has done it: the line broke, the time was over, or a stranger answered.</summary>
    public sealed class NoAnswerException : Exception
    {
        public NoAnswerException(string message, Exception inner = null) : base(message, inner) { }
    }
}
