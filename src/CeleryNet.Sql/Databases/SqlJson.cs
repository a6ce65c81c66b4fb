using System.Text.Json.Serialization;

namespace CeleryNet.Sql.Databases;

/// <summary>JSON of the few types that travel as arguments of statements.</summary>
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class SqlJson : JsonSerializerContext;
