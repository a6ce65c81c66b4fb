using System.Text.Json.Serialization;

namespace WebApi;

/// <summary>A category in a month.</summary>
/// <param name="Month">1 to 12.</param>
/// <param name="Category">Its name.</param>
/// <param name="Turnover">In euros.</param>
/// <param name="BestCustomer">Number of the customer who spent most.</param>
/// <param name="BestTurnover">What that customer spent, in euros.</param>
public sealed record ReportRow(int Month, string Category, decimal Turnover, long BestCustomer, decimal BestTurnover);

/// <summary>How own types travel, without reflection.</summary>
[JsonSerializable(typeof(List<ReportRow>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ShopJson : JsonSerializerContext;
