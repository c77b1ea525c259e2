using System;
using System.Collections.Generic;
using System.Data;
using System.Threading;
using System.Threading.Tasks;
using Torikomi;

/// <summary>
/// Orders and position in one database, written in one transaction: SQL Server (System.Data.SqlClient), SQLite and others, by ADO.NET.
/// Put a backup of the database back, and the next pull brings what it misses. The tables:
///   create table torikomi (name varchar(20) primary key, position varchar(3000) not null)
///   create table orders (shop_id varchar(36), order_number varchar(60), id varchar(36) not null, body nvarchar(max) not null,
///     primary key (shop_id, order_number))  -- SQLite: body text
/// </summary>
public sealed class DatabaseStore : IOrderStore, IErasures
{
    private readonly Func<IDbConnection> connect;

    /// <param name="connect">() => new SqlConnection("Server=…;Database=…;Integrated Security=true")</param>
    public DatabaseStore(Func<IDbConnection> connect)
    {
        this.connect = connect;
    }

    public Task<string> PositionAsync(CancellationToken cancel)
    {
        return Task.FromResult(Read("orders"));
    }

    public Task<bool> SaveAsync(Batch batch, CancellationToken cancel)
    {
        return Task.FromResult(Together(run =>
        {
            // First, so that another program at the same database waits here and then finds that it was slower.
            var kept = batch.After == null
                ? run("insert into torikomi (name, position) select 'orders', @position where not exists (select * from torikomi where name = 'orders')",
                    "position", batch.Position)
                : run("update torikomi set position = @position where name = 'orders' and position = @after",
                    "position", batch.Position, "after", batch.After);
            if (kept == 0) return false;
            foreach (var order in batch.Orders)
            {
                run("delete from orders where shop_id = @shop and order_number = @number", "shop", order.ShopId, "number", order.OrderNumber);
                run("insert into orders (shop_id, order_number, id, body) values (@shop, @number, @id, @body)",
                    "shop", order.ShopId, "number", order.OrderNumber, "id", order.Id, "body", order.ToJson());
            }
            return true;
        }));
    }

    public Task<string> ErasedUpToAsync(CancellationToken cancel)
    {
        return Task.FromResult(Read("erasures"));
    }

    public Task EraseAsync(IReadOnlyList<string> orderIds, string position, CancellationToken cancel)
    {
        return Task.FromResult(Together(run =>
        {
            foreach (var id in orderIds) run("delete from orders where id = @id", "id", id);
            if (position == null) return true;
            run("delete from torikomi where name = 'erasures'");
            run("insert into torikomi (name, position) values ('erasures', @position)", "position", position);
            return true;
        }));
    }

    /// <returns>how many rows</returns>
    private delegate int Run(string sql, params string[] namesAndValues);

    private string Read(string name)
    {
        using (var connection = connect())
        {
            connection.Open();
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "select position from torikomi where name = @name";
                Add(command, "name", name);
                return (string)command.ExecuteScalar();
            }
        }
    }

    /// <summary>Commits where the work says true; a failure or false leaves all as it was.</summary>
    private bool Together(Func<Run, bool> work)
    {
        using (var connection = connect())
        {
            connection.Open();
            using (var transaction = connection.BeginTransaction())
            {
                var done = work((sql, namesAndValues) =>
                {
                    using (var command = connection.CreateCommand())
                    {
                        command.Transaction = transaction;
                        command.CommandText = sql;
                        for (var at = 0; at < namesAndValues.Length; at += 2) Add(command, namesAndValues[at], namesAndValues[at + 1]);
                        return command.ExecuteNonQuery();
                    }
                });
                if (done) transaction.Commit();
                return done;
            }
        }
    }

    private static void Add(IDbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@" + name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
