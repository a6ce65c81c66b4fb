using System.Text.Json;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <content>Signatures and groups.</content>
public sealed partial class PythonClient
{
    /// <summary>Signatures of every kind: their JSON, and how Python prints them.</summary>
    public async Task<IReadOnlyList<(string Json, string Text)>> SignaturesAsync()
    {
        var all = await DoAsync<JsonElement[]>("signatures", new { });
        return [.. all.Select(one => (one.GetProperty("json").GetString()!, one.GetProperty("text").GetString()!))]; // both are texts
    }

    /// <summary>Where the JSON, in the order of <see cref="SignaturesAsync"/>, is no longer what Python made.</summary>
    public Task<JsonElement[]> DifferencesAsync(IEnumerable<string> texts) => DoAsync<JsonElement[]>("differences", new { texts });

    /// <summary>The results of a saved group.</summary>
    public Task<int[]> RestoreGroupAsync(string group, double timeoutSeconds = 15) => DoAsync<int[]>("restore_group", new { group, timeout = timeoutSeconds });

    /// <summary>Sends a group of additions and saves it; its id.</summary>
    public Task<string> SaveGroupAsync(int[][] calls) => DoAsync<string>("save_group", new { calls });

    /// <summary>Sends a signature from its JSON and waits for its result.</summary>
    public Task<JsonElement> RunSignatureAsync(string text, double timeoutSeconds = 15) => DoAsync<JsonElement>("run_signature", new { text, timeout = timeoutSeconds });
}
