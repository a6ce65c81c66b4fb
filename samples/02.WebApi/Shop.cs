using Microsoft.Data.Sqlite;

namespace WebApi;

/// <summary>The data of the sample: a SQLite database of orders, made once, and a folder of images. All processes of the sample share them.</summary>
internal sealed class Shop
{
    private readonly string _folder;

    public Shop(string folder)
    {
        _folder = Path.GetFullPath(folder);
        foreach (var child in new[] { "uploads", "thumbnails" }) Directory.CreateDirectory(Path.Combine(_folder, child));
    }

    private string Database => Path.Combine(_folder, "shop.db");

    /// <summary>Makes the data set, 60 000 orders of 2025 with 180 000 lines, unless it is there.</summary>
    public async Task OpenAsync()
    {
        if (File.Exists(Database)) return;
        var unfinished = $"{Database}.{Guid.NewGuid():n}"; // several processes may start at once
        await using (var connection = await ConnectAsync(unfinished, SqliteOpenMode.ReadWriteCreate))
        {
            var command = connection.CreateCommand();
            command.CommandText = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "shop.sql"));
            await command.ExecuteNonQueryAsync();
        }

        File.Move(unfinished, Database, overwrite: true);
    }

    /// <summary>Sales of a month, the category with the highest turnover first.</summary>
    public List<ReportRow> SalesOf(int year, int month)
    {
        using var connection = new SqliteConnection(ConnectionString(Database, SqliteOpenMode.ReadOnly));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            WITH sales AS (
              SELECT product.category, orders.customer, SUM(line.quantity * product.cents) AS cents
              FROM orders JOIN lines AS line ON line.order_id = orders.id JOIN products AS product ON product.id = line.product
              WHERE orders.day >= $first AND orders.day < $next
              GROUP BY product.category, orders.customer),
            ranked AS (
              SELECT category, customer, cents, SUM(cents) OVER (PARTITION BY category) AS total,
                     ROW_NUMBER() OVER (PARTITION BY category ORDER BY cents DESC, customer) AS place
              FROM sales)
            SELECT category, total, customer, cents FROM ranked WHERE place = 1 ORDER BY total DESC, category
            """;
        var first = new DateOnly(year, month, 1);
        command.Parameters.AddWithValue("$first", first.ToString("O"));
        command.Parameters.AddWithValue("$next", first.AddMonths(1).ToString("O"));
        using var reader = command.ExecuteReader();
        var rows = new List<ReportRow>();
        while (reader.Read()) rows.Add(new ReportRow(month, reader.GetString(0), reader.GetInt64(1) / 100m, reader.GetInt64(2), reader.GetInt64(3) / 100m));
        return rows;
    }

    /// <summary>Keeps an image and gives its name; <c>null</c> when it is neither JPEG nor PNG.</summary>
    public async Task<string?> SaveUploadAsync(Stream content, CancellationToken cancellationToken)
    {
        var start = new byte[8];
        if (await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) < start.Length) return null;
        var extension = start switch { [0xFF, 0xD8, 0xFF, ..] => "jpeg", [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "png", _ => null };
        if (extension is null) return null;

        var image = $"{Guid.NewGuid():n}.{extension}";
        await using var file = File.Create(UploadOf(image));
        await file.WriteAsync(start, cancellationToken);
        await content.CopyToAsync(file, cancellationToken);
        return image;
    }

    /// <summary>Where an image is that was uploaded.</summary>
    public string UploadOf(string image) => Path.Combine(_folder, "uploads", Path.GetFileName(image));

    /// <summary>Where the thumbnail of an image is.</summary>
    public string ThumbnailOf(string image) => Path.Combine(_folder, "thumbnails", Path.GetFileName(image));

    private static async Task<SqliteConnection> ConnectAsync(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(ConnectionString(path, mode));
        await connection.OpenAsync();
        return connection;
    }

    private static string ConnectionString(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = mode == SqliteOpenMode.ReadOnly }.ToString();
}
