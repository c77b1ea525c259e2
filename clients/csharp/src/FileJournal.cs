using System;
using System.IO;
using System.Text;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// The one pull that is not ended, in a file: written beside it, brought to the disk and renamed, so that it is the old one or
    /// the new one. The system frees its lock when the process ends, however it ends.
    /// </summary>
    public sealed class FileJournal : IDisposable
    {
        private readonly string path;
        private readonly FileStream held;

        /// <exception cref="IOException">another process has this journal</exception>
        public FileJournal(string path)
        {
            this.path = path;
            var folder = Path.GetDirectoryName(Path.GetFullPath(path));
            Directory.CreateDirectory(folder);
            held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Windows may be cut off between the two names of a replacement.
            foreach (var file in new[] { path, path + ".position" })
                if (!File.Exists(file) && File.Exists(file + ".old")) File.Move(file + ".old", file);
        }

        internal XElement Read()
        {
            if (!File.Exists(path)) return null;
            var text = File.ReadAllText(path, Encoding.UTF8);
            if (text == "null") return null;
            var entry = Json.Parse(text);
            if (Json.Text(entry, "key") == null || entry.Element("selection") == null)
                throw new InvalidDataException(
                    "The journal " + path + " cannot be read. See which batch was last in GET /v1/orders before you remove it.");
            return entry;
        }

        internal void Write(string entry)
        {
            Replace(path, entry);
        }

        /// <summary>How far the change feed was worked off; null at first.</summary>
        internal string ReadPosition()
        {
            return File.Exists(path + ".position") ? File.ReadAllText(path + ".position", Encoding.UTF8) : null;
        }

        internal void WritePosition(string position)
        {
            Replace(path + ".position", position);
        }

        private static void Replace(string path, string text)
        {
            var beside = path + ".new";
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                stream.Write(bytes, 0, bytes.Length);
                stream.Flush(true);
            }
            if (File.Exists(path)) File.Replace(beside, path, path + ".old");
            else File.Move(beside, path);
        }

        public void Dispose()
        {
            held.Dispose();
        }
    }
}
