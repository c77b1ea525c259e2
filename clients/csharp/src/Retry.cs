using System;
using System.Threading;
using System.Threading.Tasks;

namespace Torikomi
{
    /// <summary>
    /// Never earlier than Retry-After says, and spread behind it: all clients of a service that comes back would otherwise come
    /// back in the same second.
    /// </summary>
    public sealed class Retry
    {
        /// <summary>Calls in all.</summary>
        public int Tries = 8;
        public TimeSpan First = TimeSpan.FromMilliseconds(500);
        public TimeSpan Most = TimeSpan.FromSeconds(60);
        private readonly Random random = new Random(Guid.NewGuid().GetHashCode());

        /// <summary>The same request may have another end later.</summary>
        public static bool IsPassing(Exception error)
        {
            var problem = error as ProblemException;
            return error is NoAnswerException
                || (problem != null && (problem.Status >= 500 || problem.Status == 429 || problem.Status == 408));
        }

        /// <summary>A call beyond the limit was not begun, whatever it is.</summary>
        public static bool WasNotBegun(Exception error)
        {
            var problem = error as ProblemException;
            return problem != null && problem.Status == 429;
        }

        public TimeSpan Pause(Exception error, int tries)
        {
            var problem = error as ProblemException;
            double dice;
            lock (random) dice = random.NextDouble();
            if (problem != null && problem.RetryAfter.HasValue)
                return TimeSpan.FromMilliseconds(problem.RetryAfter.Value.TotalMilliseconds * (1 + dice / 5));
            var most = Math.Min(Most.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(tries - 1, 30)));
            return TimeSpan.FromMilliseconds(most * (0.5 + dice / 2));
        }

        /// <param name="most">Calls in all, where not Tries</param>
        internal async Task<T> RunAsync<T>(
            Func<Task<T>> call, Func<Exception, bool> mayTryAgain, CancellationToken cancel, int? most = null)
        {
            for (var tries = 1; ; tries++)
            {
                TimeSpan pause;
                try
                {
                    return await call().ConfigureAwait(false);
                }
                catch (Exception error) when (tries < (most ?? Tries) && !cancel.IsCancellationRequested && mayTryAgain(error))
                {
                    pause = Pause(error, tries);
                }
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            }
        }
    }
}
