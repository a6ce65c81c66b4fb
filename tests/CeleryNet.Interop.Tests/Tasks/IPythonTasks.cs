using System.Text.Json;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>Tasks of the Python worker as a .NET client types them; see <c>python/tasks.py</c>.</summary>
[RemoteTasks]
public interface IPythonTasks
{
    [Task("py.add")]
    int Add(int x, int y);

    [Task("py.same_text")]
    string SameText(string value);

    /// <summary>Adds a slow call of the .NET worker to its batch, in Celery's own way.</summary>
    [Task("py.grow_slowly")]
    int GrowSlowly(int value);

    /// <summary>An error callback that takes the request too where its own worker calls it.</summary>
    [Task("py.alarm")]
    string Alarm(string request);

    [Task("py.alarmed")]
    string? Alarmed(string task);

    [Task("py.default")]
    string Default(string value, int width = 64);

    [Task("py.echo")]
    Dictionary<string, List<int?>> EchoNested(Dictionary<string, List<int?>> value);

    [Task("py.instant")]
    double Instant(DateTimeOffset text);

    [Task("py.utc")]
    DateTimeOffset Utc();

    [Task("py.zone")]
    DateTimeOffset Zone();

    [Task("py.decimal")]
    decimal Price();

    [Task("py.uuid")]
    Guid Uuid();

    [Task("py.bytes")]
    JsonElement Bytes(byte[] text);

    [Task("py.length")]
    int Length(string text);

    [Task("py.big")]
    string Big(int size);

    [Task("py.now")]
    double Now();

    /// <summary>Says for which customer it ran; a Python worker knows nothing of the key.</summary>
    [Task("py.unique"), Unique("{customer}", For = "00:00:03")]
    string Unique(string customer);

    [Task("py.request")]
    JsonElement Request();

    [Task("py.fail")]
    int Fail(string kind, string first);

    [Task("py.fail_chained")]
    int FailChained();

    [Task("py.progress")]
    int Progress(int steps);

    [Task("py.reporting")]
    int Reporting(int steps);

    [Task("py.retrying")]
    int Retrying(int failures);

    [Task("py.types")]
    JsonElement Types();

    [Task("py.tracked")]
    string Tracked(string value);

    [Task("py.sleep")]
    double Sleep(double seconds);

    [Task("py.total")]
    int Total(IReadOnlyList<int> values);

    [Task("py.triple")]
    int Triple(int value);

    [Task("py.note")]
    string Note(string text);

    [Task("py.tagged")]
    Dictionary<string, JsonElement> Tagged();
}
