using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CeleryNet.Samples.Tests;

public sealed class PythonInteropTests
{
    [SkippableFact]
    public async Task BothSides_LetTheOtherCompute()
    {
        Installed.RequirePython("celery");
        Installed.RequirePython("flask");
        var (redis, flask) = (Ports.Redis(9), Ports.Free());
        await using var sample = Sample.Run("/usr/bin/env", "NO_BUILD=1", $"CONFIGURATION={Sample.Configuration}", "CSHARP_PORT=0", $"PORT={flask}", "samples/05.PythonInterop/run.sh", redis);
        var csharp = await sample.AddressAsync();
        await sample.PrintsAsync($"Running on http://127.0.0.1:{flask}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{flask}") };

        using var words = await http.PostAsJsonAsync(new Uri(csharp, "/words"), new { body = "To be or not to be" });
        var factors = await http.GetFromJsonAsync<int[]>("/factors/360360");
        using var refused = await http.GetAsync(new Uri("/factors/1", UriKind.Relative));

        (await words.Content.ReadFromJsonAsync<Dictionary<string, int>>()).Should().Equal(new Dictionary<string, int> { ["to"] = 2, ["be"] = 2, ["or"] = 1, ["not"] = 1 });
        factors.Should().Equal(2, 2, 2, 3, 3, 5, 7, 11, 13);
        refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString().Should().Contain("Only numbers from 2 on have prime factors.");
    }
}
