namespace CeleryNet;

/// <summary>What messages may weigh, sent and received. Equal values on every host of a task queue are best: the client judges by its own.</summary>
public sealed class TaskQueueLimits
{
    /// <summary>The largest message body as it travels, in bytes.</summary>
    /// <value>Default 16 MiB. At least 1 024.</value>
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest body after decompression, in bytes.</summary>
    /// <value>Default 64 MiB. At least 1 024.</value>
    public int MaxDecompressedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The largest ratio of a body after and before decompression; bodies under 64 KiB are not judged by it.</summary>
    /// <value>Default 100. At least 1.</value>
    public int MaxCompressionRatio { get; set; } = 100;

    /// <summary>The deepest nesting of JSON, the body's own three levels included.</summary>
    /// <value>Default 64. From 8 to 256.</value>
    public int MaxDepth { get; set; } = 64;

    /// <summary>The largest sum of header names and values, in bytes.</summary>
    /// <value>Default 64 KiB. At least 4 096.</value>
    public int MaxHeaderBytes { get; set; } = 64 * 1024;
}
