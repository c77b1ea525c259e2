using System;
using System.Globalization;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// JSON as XML elements, by what .NET Framework 4.8 and .NET 8 both bring. An element keeps every field of an answer, also
    /// those that are newer than this library.
    /// </summary>
    public static class Json
    {
        /// <returns>null when it is no JSON: something in between has answered</returns>
        public static XElement Parse(string text)
        {
            if (string.IsNullOrWhiteSpace(text)) return null;
            try
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                using (var reader = JsonReaderWriterFactory.CreateJsonReader(bytes, XmlDictionaryReaderQuotas.Max))
                    return XElement.Load(reader);
            }
            catch (XmlException) { return null; }
            catch (FormatException) { return null; }
        }

        /// <summary>By hand: the framework's own writer refuses the nulls that its reader has made.</summary>
        public static string Write(XElement value)
        {
            var text = new StringBuilder();
            Append(text, value);
            return text.ToString();
        }

        private static void Append(StringBuilder text, XElement value)
        {
            switch ((string)value.Attribute("type"))
            {
                case "object": AppendAll(text, value, '{', '}', true); break;
                case "array": AppendAll(text, value, '[', ']', false); break;
                case "null": text.Append("null"); break;
                case "number":
                case "boolean": text.Append(value.Value); break;
                default: AppendText(text, value.Value); break;
            }
        }

        private static void AppendAll(StringBuilder text, XElement value, char open, char close, bool named)
        {
            text.Append(open);
            var isFirst = true;
            foreach (var child in value.Elements())
            {
                if (!isFirst) text.Append(',');
                isFirst = false;
                if (named)
                {
                    AppendText(text, NameOf(child));
                    text.Append(':');
                }
                Append(text, child);
            }
            text.Append(close);
        }

        /// <summary>A name that XML does not know, as one that begins with a digit, stands in an attribute.</summary>
        private static string NameOf(XElement field)
        {
            return (string)field.Attribute("item") ?? field.Name.LocalName;
        }

        private static void AppendText(StringBuilder text, string value)
        {
            text.Append('"');
            foreach (var letter in value)
            {
                if (letter == '"' || letter == '\\') text.Append('\\').Append(letter);
                else if (letter < ' ') text.Append("\\u").Append(((int)letter).ToString("x4"));
                else text.Append(letter);
            }
            text.Append('"');
        }

        /// <returns>null where the field is missing or null</returns>
        public static string Text(XElement value, string name)
        {
            var field = Field(value, name);
            return field == null || (string)field.Attribute("type") == "null" ? null : field.Value;
        }

        internal static XElement Field(XElement value, string name)
        {
            return value == null ? null : value.Elements().FirstOrDefault(child => NameOf(child) == name);
        }

        /// <summary>A field of this name, as Parse makes one.</summary>
        internal static XElement Named(string name, object value)
        {
            var encoded = XmlConvert.EncodeLocalName(name);
            // The reader puts such a name into an attribute.
            var field = encoded == name ? new XElement(name) : new XElement("item", new XAttribute("item", name));
            Fill(field, value);
            return field;
        }

        private static void Fill(XElement field, object value)
        {
            var given = value is Record ? ((Record)value).Fields : value as XElement;
            var list = value as System.Collections.IEnumerable;
            if (value == null) field.SetAttributeValue("type", "null");
            else if (given != null)
            {
                field.SetAttributeValue("type", (string)given.Attribute("type"));
                field.Add(given.Nodes());
            }
            else if (value is string) Set(field, "string", (string)value);
            else if (value is bool) Set(field, "boolean", (bool)value ? "true" : "false");
            else if (value is DateTimeOffset) Set(field, "string", ((DateTimeOffset)value).ToString("o", CultureInfo.InvariantCulture));
            else if (list != null)
            {
                field.SetAttributeValue("type", "array");
                foreach (var item in list) field.Add(Named("item", item));
            }
            else Set(field, "number", Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        private static void Set(XElement field, string type, string text)
        {
            field.SetAttributeValue("type", type);
            field.Value = text;
        }

        public static string Quote(string text)
        {
            var quoted = new StringBuilder();
            AppendText(quoted, text);
            return quoted.ToString();
        }
    }
}
