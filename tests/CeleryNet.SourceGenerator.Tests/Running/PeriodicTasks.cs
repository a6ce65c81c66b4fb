namespace CeleryNet.SourceGenerator.Tests.Running;

public static class PeriodicTasks
{
    [Task("periodic.digest")]
    [Periodic("0 8 * * mon", Zone = "Europe/Berlin")]
    [Periodic(Every = "00:05:00", Name = "often", Queue = "low", Expires = "00:04:00", Misfire = MisfirePolicy.Skip, Jitter = "00:00:10", MaxRuns = 7)]
    [Periodic("0 20 * * *", Name = "evening", Misfire = MisfirePolicy.CatchUp, CatchUpLimit = 3)]
    public static string Digest(string period = "week") => period;
}
