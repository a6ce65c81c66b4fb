using System.Collections.Concurrent;

namespace CeleryNet.Testing.Tests;

/// <summary>A double of the user's own service.</summary>
internal sealed class Mailbox : IMailer
{
    private readonly ConcurrentQueue<string> _texts = new();

    internal IReadOnlyList<string> Texts => [.. _texts];

    internal Func<string, Task> OnSend { get; set; } = _ => Task.CompletedTask;

    public async Task SendAsync(string text)
    {
        await OnSend(text);
        _texts.Enqueue(text);
    }
}
