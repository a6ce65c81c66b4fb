using System.Text.Json;

namespace CeleryNet.Control;

/// <summary>One remote control command of a worker.</summary>
internal interface IControlCommand
{
    /// <summary>Name on the wire, such as <c>revoke</c>.</summary>
    string Method { get; }

    /// <summary>True when nobody gets a reply to it, unless it failed.</summary>
    bool IsSilent => false;

    /// <summary>Carries it out.</summary>
    /// <param name="arguments">The arguments, an object, or of kind <see cref="JsonValueKind.Undefined"/>.</param>
    /// <param name="reply">Takes the reply, one value; nothing written is <c>null</c>. What was written before an error is dropped.</param>
    /// <param name="cancellationToken">Cancelled when the worker stops.</param>
    /// <exception cref="MessageFormatException">The arguments do not fit; the message tells why.</exception>
    /// <exception cref="CommandException">It cannot be done; the client gets the error as Celery words it.</exception>
    ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken);
}
