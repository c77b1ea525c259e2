using System.IO;
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
            catch (System.FormatException) { return null; }
        }

        public static string Write(XElement value)
        {
            // The writer takes a root of this name only.
            var root = new XElement("root", value.Attributes(), value.Nodes());
            using (var stream = new MemoryStream())
            {
                using (var writer = JsonReaderWriterFactory.CreateJsonWriter(stream, Encoding.UTF8, false))
                    root.WriteTo(writer);
                return Encoding.UTF8.GetString(stream.ToArray());
            }
        }

        /// <returns>null where the field is missing or null</returns>
        public static string Text(XElement value, string name)
        {
            var field = value == null ? null : value.Element(name);
            return field == null || (string)field.Attribute("type") == "null" ? null : field.Value;
        }

        public static string Quote(string text)
        {
            return Write(new XElement("root", new XAttribute("type", "string"), text));
        }
    }
}
