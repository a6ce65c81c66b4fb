using System.Globalization;
using System.Text.Json.Nodes;

namespace CeleryNet.Interop.Tests.Scheduling;

/// <summary>The sun over random places between the polar circles: ours agrees with the ephemeris that Celery uses.</summary>
public sealed class SolarTests
{
    // A few seconds of rising where the sun climbs slowly; nobody sees them.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(20);

    // Without dusk_astronomical, whose horizon Celery has on the wrong side.
    private static readonly (SolarEvent Ours, string Theirs)[] Events =
    [
        (SolarEvent.DawnAstronomical, "dawn_astronomical"), (SolarEvent.DawnNautical, "dawn_nautical"), (SolarEvent.DawnCivil, "dawn_civil"), (SolarEvent.Sunrise, "sunrise"),
        (SolarEvent.SolarNoon, "solar_noon"), (SolarEvent.Sunset, "sunset"), (SolarEvent.DuskCivil, "dusk_civil"), (SolarEvent.DuskNautical, "dusk_nautical"),
    ];

    [Fact]
    public async Task NextAfter_RandomPlacesAndDays_IsWhenCeleryIsDue()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var entries = Enumerable.Range(0, 300).Select(_ => (
            Event: Events[random.Next(Events.Length)],
            Latitude: Math.Round((random.NextDouble() * 90) - 45, 3), // farther from the equator there are nights without dawn
            Longitude: Math.Round((random.NextDouble() * 360) - 180, 3),
            After: new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextInt64(18L * 366 * 86400)))).ToList();

        var celery = await CelerySchedules.AskAsync(entries.Select(entry => new JsonObject
        {
            ["solar"] = new JsonArray(entry.Event.Theirs, entry.Latitude, entry.Longitude),
            ["after"] = CelerySchedules.Text(entry.After),
            ["count"] = 1,
        }));

        for (var i = 0; i < entries.Count; i++)
        {
            var (solarEvent, latitude, longitude, after) = entries[i];
            var text = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {solarEvent.Theirs} at {latitude}, {longitude} after {after:u}");
            celery[i].Should().NotBeNull(text);
            Schedule.Solar(solarEvent.Ours, latitude, longitude).NextAfter(after).Should().BeCloseTo(celery[i]![0], Precision, text);
        }
    }
}
