using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace CeleryNet.Worker;

/// <summary>An unbounded channel of ready tasks whose order is that of <see cref="WeightedTurns"/>. Used in the place of the plain one where queues have weights.</summary>
internal sealed class WeightedChannel : Channel<TaskRequest>
{
    internal WeightedChannel(IReadOnlyDictionary<string, int> weights)
    {
        var turns = new WeightedTurns(weights);
        // One token for each task in the turns, written after it, so that whoever has a token finds a task; it wakes one reader, as a plain channel does.
        var tokens = Channel.CreateUnbounded<bool>();
        Reader = new TurnReader(turns, tokens.Reader);
        Writer = new TurnWriter(turns, tokens.Writer);
    }

    private sealed class TurnWriter(WeightedTurns turns, ChannelWriter<bool> tokens) : ChannelWriter<TaskRequest>
    {
        private bool _isCompleted; // under the lock of the turns, so that no task comes in without a token

        public override bool TryWrite(TaskRequest item)
        {
            lock (turns)
            {
                if (_isCompleted) return false;
                turns.Add(item);
                return tokens.TryWrite(true);
            }
        }

        public override bool TryComplete(Exception? error = null)
        {
            lock (turns) _isCompleted = true;
            return tokens.TryComplete(error);
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
        {
            lock (turns) return new ValueTask<bool>(!_isCompleted);
        }
    }

    private sealed class TurnReader(WeightedTurns turns, ChannelReader<bool> tokens) : ChannelReader<TaskRequest>
    {
        public override bool CanCount => true;

        public override int Count => tokens.Count;

        public override Task Completion => tokens.Completion;

        public override bool TryRead([MaybeNullWhen(false)] out TaskRequest item)
        {
            item = null;
            return tokens.TryRead(out _) && Take(out item);
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => tokens.WaitToReadAsync(cancellationToken);

        // Not by WaitToReadAsync as the base does: one task would wake every slot that waits.
        public override async ValueTask<TaskRequest> ReadAsync(CancellationToken cancellationToken = default)
        {
            await tokens.ReadAsync(cancellationToken).ConfigureAwait(false);
            return Take(out var request) ? request : throw new InvalidOperationException("A task that was announced is not there.");
        }

        private bool Take([MaybeNullWhen(false)] out TaskRequest request)
        {
            lock (turns) return turns.TryTake(out request);
        }
    }
}
