using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// JSON fields behind properties. What was answered is kept whole, also fields and values that are newer than this library. What is
    /// sent is what was set: an unset property is left out, one that is set to null is sent as null.
    /// </summary>
    public abstract class Record
    {
        public XElement Fields { get; }

        protected Record()
        {
            Fields = new XElement("root", new XAttribute("type", "object"));
        }

        internal Record(XElement fields)
        {
            Fields = fields;
        }

        /// <summary>Null where the field is missing or null.</summary>
        public string this[string name] { get { return Json.Text(Fields, name); } }

        public string ToJson()
        {
            return Json.Write(Fields);
        }

        protected long? Whole(string name)
        {
            var text = this[name];
            return text == null ? (long?)null : long.Parse(text, CultureInfo.InvariantCulture);
        }

        protected decimal? Number(string name)
        {
            var text = this[name];
            return text == null ? (decimal?)null : decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        protected bool? Flag(string name)
        {
            var text = this[name];
            return text == null ? (bool?)null : text == "true";
        }

        protected DateTimeOffset? Time(string name)
        {
            var text = this[name];
            return text == null ? (DateTimeOffset?)null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        }

        /// <returns>null where the field is missing or null</returns>
        protected XElement Element(string name)
        {
            var field = Json.Field(Fields, name);
            return field == null || (string)field.Attribute("type") == "null" ? null : field;
        }

        protected T Child<T>(string name, Func<XElement, T> read) where T : Record
        {
            var field = Element(name);
            return field == null ? null : read(field);
        }

        /// <returns>null where the field is missing or null</returns>
        protected IReadOnlyList<T> List<T>(string name, Func<XElement, T> read)
        {
            var field = Element(name);
            return field == null ? null : field.Elements().Select(read).ToList();
        }

        protected void Put(string name, object value)
        {
            var field = Json.Field(Fields, name);
            if (field != null) field.Remove();
            Fields.Add(Json.Named(name, value));
        }
    }
}
