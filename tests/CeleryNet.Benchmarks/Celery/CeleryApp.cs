using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Celery;

/// <summary>Debian's Python Celery with the same task.</summary>
internal sealed class CeleryApp : IAsyncDisposable
{
    private const string Code = """
        import os, sys, time
        from celery import Celery
        app = Celery('bench', broker=os.environ['BENCH_BROKER'], backend=os.environ.get('BENCH_RESULTS') or None)
        app.conf.task_ignore_result = not os.environ.get('BENCH_RESULTS')
        app.conf.task_default_queue = os.environ['BENCH_QUEUE']

        @app.task(name='bench.add')
        def add(x, y):
            return x + y

        @app.task(name='bench.stamp')
        def stamp():
            return time.time()

        def ping():
            sent = time.time()
            started = stamp.delay().get(timeout=30)
            return 1000 * (started - sent), 1000 * (time.time() - sent)

        if __name__ == '__main__' and sys.argv[2:] == ['ping']:
            ping()
            for _ in range(int(sys.argv[1])):
                time.sleep(0.005)
                print('ping', *ping())
            print('sent', flush=True)
        elif __name__ == '__main__':
            add.delay(1, 2)
            count, start, cpu = int(sys.argv[1]), time.perf_counter(), time.process_time()
            for _ in range(count): add.delay(1, 2)
            print('sent', time.perf_counter() - start, time.process_time() - cpu, flush=True)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-bench-python-").FullName;
    private readonly Dictionary<string, string> _environment;

    /// <param name="broker">Broker.</param>
    /// <param name="results">Result store; <c>null</c> for none.</param>
    /// <param name="queue">Another queue, where a worker of CeleryNet waits on the usual one meanwhile.</param>
    internal CeleryApp(string broker, string? results, string queue = TaskHost.Queue)
    {
        File.WriteAllText(Path.Combine(_folder, "bench.py"), Code);
        _environment = new Dictionary<string, string> { ["BENCH_BROKER"] = broker, ["BENCH_RESULTS"] = results ?? "", ["BENCH_QUEUE"] = queue, ["PYTHONDONTWRITEBYTECODE"] = "1" };
    }

    /// <summary>A worker as <c>celery worker</c> starts it. It tells that it is ready on level INFO, and then also of every task.</summary>
    internal ChildProcess StartWorker(string pool, string logLevel = "WARNING") => ChildProcess.Start(
        " ready.", "/usr/bin/python3", ["-m", "celery", "-A", "bench", "worker", "-P", pool, "-c", "2", "-l", logLevel, "-n", "bench@bench"], _environment, _folder);

    /// <summary>A client that sends so many tasks and then tells seconds and processor seconds.</summary>
    internal ChildProcess StartClient(int count) =>
        ChildProcess.Start("sent ", "/usr/bin/python3", ["bench.py", count.ToString(System.Globalization.CultureInfo.InvariantCulture)], _environment, _folder);

    /// <summary>A client that sends one task after the other, and tells of each the milliseconds to its start and to its result.</summary>
    internal ChildProcess StartPings(int count) =>
        ChildProcess.Start("sent", "/usr/bin/python3", ["bench.py", count.ToString(System.Globalization.CultureInfo.InvariantCulture), "ping"], _environment, _folder);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}
