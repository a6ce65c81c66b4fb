using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>A pooled buffer with a JSON writer on it. Rent, write, copy or send, dispose; the bytes are gone after that.</summary>
public sealed class WireBuffer : IBufferWriter<byte>, IDisposable
{
    // A typical message with headers is about 1 KiB; larger buffers than this are not kept.
    private const int FirstBytes = 2048;
    private const int LargestKept = 64 * 1024;

    // As many as a client may have on their way at once, since each holds its body until the broker has answered: 2 MB at most in the usual size.
    private const int MostKept = 1024;

    // Relaxed: everything outside ASCII travels as it is, which Python reads; the strict default would write \u0027 for an apostrophe.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = 256,
    };

    private static readonly ConcurrentQueue<WireBuffer> Pool = new();
    private static int _kept; // counting the queue itself costs more than all the rest

    // What is rented and disposed within one call, which is most, never leaves its thread.
    [ThreadStatic]
    private static WireBuffer? _own;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _count;
    private int _isReturned;

    private WireBuffer() => Json = new Utf8JsonWriter(this, WriterOptions);

    /// <summary>A writer into this buffer. What it holds back reaches the buffer by <see cref="Utf8JsonWriter.Flush"/>.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>How many bytes were written.</summary>
    public int Count => _count;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _count);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _count);

    /// <summary>An empty buffer from the pool.</summary>
    public static WireBuffer Rent()
    {
        var buffer = _own;
        if (buffer is not null) _own = null;
        else if (Pool.TryDequeue(out buffer)) Interlocked.Decrement(ref _kept);
        else return new WireBuffer();

        buffer._isReturned = 0;
        return buffer;
    }

    /// <summary>Flushes the writer and starts it anew, so that raw bytes may follow.</summary>
    public void Flush()
    {
        Json.Flush();
        Json.Reset();
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        Json.Reset();
        _count = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _count += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(_count);
    }

    /// <summary>Gives the buffer back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) != 0) return; // twice in the pool, it would have two owners
        Clear();
        if (_bytes.Length <= LargestKept)
        {
            if (_own is null)
            {
                _own = this;
                return;
            }

            if (Interlocked.Increment(ref _kept) <= MostKept)
            {
                Pool.Enqueue(this);
                return;
            }

            Interlocked.Decrement(ref _kept);
        }

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - _count >= needed) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + needed, _bytes.Length * 2));
        _bytes.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
