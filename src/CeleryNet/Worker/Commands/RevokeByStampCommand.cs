using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Serialization;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>revoke_by_stamped_headers</c>: an object of stamp and value or values, or a list of texts <c>stamp=value</c>, as its command line sends.</summary>
internal sealed class RevokeByStampCommand(Revoker revoker, CancellationToken stopping) : IControlCommand
{
    public string Method => "revoke_by_stamped_headers";

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var revocations = CommandArguments.Read(arguments, Read);
        var isTerminate = CommandArguments.Terminate(arguments);
        var ended = revoker.Revoke(revocations, isTerminate, stopping);
        reply.WriteOk($"headers {Shown(revocations)} {(!isTerminate ? "flagged as revoked, but not terminated" : ended.Count == 0 ? "were not terminated" : "revoked")}");
        return default;
    }

    // As Python shows a dictionary of lists.
    private static string Shown(List<Revocation> revocations)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();
        foreach (var stamp in revocations.GroupBy(revocation => revocation.Stamp!)) // read from a name
        {
            buffer.Json.WritePropertyName(stamp.Key);
            buffer.Json.WriteTexts(stamp.Select(revocation => revocation.Value));
        }

        buffer.Json.WriteEndObject();
        buffer.Flush();
        return PythonRepr.Of(buffer.Span);
    }

    private static List<Revocation> Read(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty("headers"u8, out var headers)) throw CommandArguments.Bad("it has no argument 'headers'");
        var revocations = new List<Revocation>();
        if (headers.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in headers.EnumerateObject())
            {
                foreach (var value in CommandArguments.Texts(headers, header.Name)) revocations.Add(new Revocation(header.Name, value));
            }

            return revocations;
        }

        foreach (var pair in CommandArguments.Texts(arguments, "headers"))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw CommandArguments.Bad("an element of 'headers' is not of the form stamp=value");
            revocations.Add(new Revocation(pair[..at], pair[(at + 1)..]));
        }

        return revocations;
    }
}
