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
        private readonly Action<Exception> onError;

        /// <summary>Null at first: from now on. "oldest": all that is kept.</summary>
        public string Position { get; private set; }

        /// <param name="onError">Told of each error that is waited out</param>
        public ChangeFeed(Client client, string position, Action<Exception> onError = null)
        {
            this.client = client;
            this.onError = onError;
            Position = position;
        }

        /// <summary>
        /// Waits up to so many seconds when there is none. What something in between answers is waited out: the service never answers
        /// this read with 409 or 412, and its own refusals have a code.
        /// </summary>
        /// <exception cref="ProblemException">POSITION_EXPIRED: read the lists anew, and begin at the position in its Body</exception>
        public async Task<IReadOnlyList<XElement>> NextAsync(
            int waitSeconds = 25, CancellationToken cancel = default(CancellationToken))
        {
            var after = Position == null ? "" : "&after=" + Uri.EscapeDataString(Position);
            var path = "/v1/changes?wait=" + waitSeconds + after;
            var page = await client.Retry.RunAsync(
                () => client.OnceAsync("GET", path, null, null, null, cancel), IsWaitedOut, cancel, int.MaxValue).ConfigureAwait(false);
            Position = Json.Text(page, "position");
            return page.Element("changes").Elements().ToList();
        }

        private bool IsWaitedOut(Exception error)
        {
            var problem = error as ProblemException;
            var isInBetween = Retry.IsPassing(error)
                || (problem != null && (problem.IsForeign || problem.Status == 409 || problem.Status == 412));
            if (isInBetween && onError != null) onError(error);
            return isInBetween;
        }
    }
}
