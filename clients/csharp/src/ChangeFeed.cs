using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Torikomi
{
    /// <summary>
    /// GET /v1/changes: everything that changes, in order, once. Keep Position when the changes of a page are worked off, and begin
    /// there the next time.
    /// </summary>
    public sealed class ChangeFeed
    {
        private readonly Client client;

        /// <summary>Null at first: from now on. "oldest": all that is kept.</summary>
        public string Position { get; private set; }

        public ChangeFeed(Client client, string position)
        {
            this.client = client;
            Position = position;
        }

        /// <summary>Waits up to so many seconds when there is none.</summary>
        /// <exception cref="ProblemException">POSITION_EXPIRED: read the lists anew, and begin at the position in its Body</exception>
        public async Task<IReadOnlyList<XElement>> NextAsync(
            int waitSeconds = 25, CancellationToken cancel = default(CancellationToken))
        {
            var after = Position == null ? "" : "&after=" + Uri.EscapeDataString(Position);
            var page = await client.GetAsync("/v1/changes?wait=" + waitSeconds + after, cancel).ConfigureAwait(false);
            Position = Json.Text(page, "position");
            return page.Element("changes").Elements().ToList();
        }
    }
}
