using System.Text.Json.Serialization;

namespace CeleryNet.Sql.CeleryResults;

/// <summary>JSON of a text.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class SqlErrorText : JsonSerializerContext;
