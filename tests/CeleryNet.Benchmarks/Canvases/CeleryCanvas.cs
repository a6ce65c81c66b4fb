using System.Globalization;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Canvases;

/// <summary>The same canvas, sent and waited for by a Python client, run by a Celery worker with two processes. The client's own clock runs from the call to the result, after a small canvas of the same form.</summary>
internal sealed class CeleryCanvas : IContender
{
    private const string Code = """
        import os, sys, time
        from celery import Celery, chain, chord, group
        app = Celery('canvases', broker=os.environ['BENCH_BROKER'], backend=os.environ['BENCH_BROKER'])

        @app.task(name='bench.next')
        def next_(x):
            return x + 1

        @app.task(name='bench.sum')
        def sum_(values):
            return sum(values)

        def run(form, count):
            if form == 'Group': return sum(group(next_.s(0) for _ in range(count)).apply_async().get(timeout=50))
            if form == 'Chord': return chord([next_.s(0) for _ in range(count)], sum_.s()).apply_async().get(timeout=50)
            return chain(next_.s(0), *[next_.s() for _ in range(count - 1)]).apply_async().get(timeout=50)

        if __name__ == '__main__':
            form, count = sys.argv[1], int(sys.argv[2])
            run(form, 10)
            start, cpu = time.perf_counter(), time.process_time()
            result = run(form, count)
            print('result', result, time.perf_counter() - start, time.process_time() - cpu, flush=True)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-bench-python-").FullName;
    private readonly Dictionary<string, string> _environment = new() { ["BENCH_BROKER"] = Servers.Redis, ["PYTHONDONTWRITEBYTECODE"] = "1" };
    private readonly CanvasForm _form;
    private readonly IQueueControl _queue;

    internal CeleryCanvas(CanvasForm form, IQueueControl queue)
    {
        (_form, _queue) = (form, queue);
        File.WriteAllText(Path.Combine(_folder, "canvases.py"), Code);
    }

    public string Name => "Celery 5.2 client and prefork 2";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        Sample sample;
        var worker = ChildProcess.Start(
            " ready.", "/usr/bin/python3", ["-m", "celery", "-A", "canvases", "worker", "-P", "prefork", "-c", "2", "-l", "WARNING", "-n", "bench@bench"], _environment, _folder);
        await using (worker.ConfigureAwait(false))
        {
            var client = ChildProcess.Start("result ", "/usr/bin/python3", ["canvases.py", _form.ToString(), operations.ToString(CultureInfo.InvariantCulture)], _environment, _folder);
            await using (client.ConfigureAwait(false))
            {
                await client.ReadyAsync(deadline).ConfigureAwait(false);
                var told = client.Output.Split('\n').First(line => line.StartsWith("result ", StringComparison.Ordinal)).Split(' ');
                if (int.Parse(told[1], CultureInfo.InvariantCulture) != operations) throw new InvalidOperationException($"The {_form} of {operations} tasks gave {told[1]} in Python.");
                sample = new Sample(operations, Seconds(told[2])) { ClientCpu = Seconds(told[3]) }; // of the client alone
            }
        }

        await _queue.ClearAsync(deadline).ConfigureAwait(false); // what the killed worker held
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
