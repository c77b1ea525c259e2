using System;
using System.Globalization;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>Why an order is not here: one verdict, and what happens next by itself.</summary>
    public sealed class Why
    {
        /// <summary>All that was answered, as evidence and actions.</summary>
        public XElement Fields { get; }

        internal Why(XElement fields)
        {
            Fields = fields;
        }

        /// <summary>A code from a closed list that may grow. Show Message to people.</summary>
        public string Verdict { get { return Json.Text(Fields, "verdict"); } }
        public string Message { get { return Json.Text(Fields, "message"); } }
        /// <summary>Null while the order is not here.</summary>
        public string OrderId { get { return Json.Text(Fields, "orderId"); } }
        /// <summary>Null where nothing happens by itself.</summary>
        public DateTimeOffset? NextAt
        {
            get
            {
                var at = Json.Text(Fields.Element("next"), "at");
                return at == null ? (DateTimeOffset?)null : DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);
            }
        }
        public string NextMessage { get { return Json.Text(Fields.Element("next"), "message"); } }
    }
}
