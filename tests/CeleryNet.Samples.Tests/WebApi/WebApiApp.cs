using System.Net.Http.Json;
using System.Text.Json;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests.WebApi;

/// <summary>The API of sample 02 with a folder of its own, shared by a class of tests.</summary>
public sealed class WebApiApp : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-webapi-").FullName;
    private Sample? _sample;

    /// <summary>Talks to it.</summary>
    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(1) };

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _sample = StartSample(_folder);
        Http.BaseAddress = await _sample.AddressAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_sample is not null) await _sample.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the sample on a free port.</summary>
    internal static Sample StartSample(string folder, params string[] arguments) => Sample.Start("02.WebApi", [.. arguments, "--urls", "http://127.0.0.1:0", "--data", folder]);

    /// <summary>Follows the status address of a 202 until the task has ended.</summary>
    internal static async Task<JsonElement> EndOfAsync(HttpClient http, HttpResponseMessage accepted)
    {
        var status = default(JsonElement);
        await Eventually.IsTrueAsync(
            async () => (status = await http.GetFromJsonAsync<JsonElement>(accepted.Headers.Location)).GetProperty("state").GetString() is "SUCCESS" or "FAILURE" or "REVOKED", TimeSpan.FromSeconds(60));
        return status;
    }

    /// <summary>A picture of 1200 × 800 pixels.</summary>
    internal static async Task<string> MakePictureAsync(string folder)
    {
        var path = Path.Combine(folder, "holiday.png");
        await using var convert = Sample.Run("/usr/bin/convert", "-size", "1200x800", "gradient:navy-orange", path);
        await convert.EndAsync();
        return path;
    }
}
