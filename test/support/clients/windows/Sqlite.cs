namespace Mono.Data.Sqlite
{
    /// <summary>By the name that it has in Mono, which the checks were written for.</summary>
    public sealed class SqliteConnection : Microsoft.Data.Sqlite.SqliteConnection
    {
        public SqliteConnection(string connectionString) : base(connectionString.Replace(";Version=3", "")) { }
    }
}
