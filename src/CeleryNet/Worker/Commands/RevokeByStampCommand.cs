using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>revoke_by_stamped_headers</c>: an object of stamp and value or values, or a list of texts <c>stamp=value</c>, as its command line sends.</summary>
internal sealed class RevokeByStampCommand(Revoker revoker, CancellationToken stopping) : IControlCommand
{
    public string Method => "revoke_by_stamped_headers";

    public ValueTask ExecuteAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        revoker.Revoke(CommandArguments.Read(arguments, Read), CommandArguments.Terminate(arguments), stopping);
        return default;
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
