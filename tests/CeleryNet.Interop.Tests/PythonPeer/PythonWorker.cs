namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>A real Celery worker with the tasks of <c>python/tasks.py</c>.</summary>
public sealed class PythonWorker : IAsyncDisposable
{
    private readonly PythonProcess _process;

    private PythonWorker(PythonProcess process, string nodeName) => (_process, NodeName) = (process, nodeName);

    /// <summary>Its node name.</summary>
    public string NodeName { get; }

    /// <summary>What it printed so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts a worker and waits until it consumes.</summary>
    /// <param name="settings">Its environment.</param>
    /// <param name="queues">The queues it consumes.</param>
    /// <param name="sendsEvents">True: it tells of every step of its tasks.</param>
    /// <param name="mingles">True: it asks others what is revoked when it starts.</param>
    /// <param name="processes">Number of child processes; 0 runs one task at a time in the worker itself, in the order of arrival.</param>
    public static async Task<PythonWorker> StartAsync(PythonSettings settings, IEnumerable<string> queues, int processes = 0, bool sendsEvents = false, bool mingles = false)
    {
        var node = $"py-{Guid.NewGuid():n}@localhost";
        string[] arguments =
        [
            "-m", "celery", "-A", "tasks", "worker", "-n", node, "-Q", string.Join(',', queues), "-l", "INFO",
            // With its heartbeat, as by default: nothing else wakes a solo worker for messages that its AMQP client has read from the socket but not handed on (seen: 10 s and more).
            "-P", processes == 0 ? "solo" : "prefork", "-c", $"{Math.Max(1, processes)}", "--without-gossip",
            .. mingles ? [] : new[] { "--without-mingle" },
            .. sendsEvents ? new[] { "-E" } : [],
        ];
        var process = PythonProcess.Start(settings, $"{node} ready", arguments);
        try
        {
            await process.WaitUntilReadyAsync();
            return new PythonWorker(process, node);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the worker as an operator would: what runs ends first.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
