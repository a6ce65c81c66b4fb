using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>
/// What follows a batch, a group of tasks that grows while it runs: <c>Canvas.Batch().OnSuccess(…).OnCompletion(…)</c>. Inert and immutable; <see cref="ITaskClient.CreateBatchAsync"/> makes a batch of it,
/// any number of times.
/// </summary>
/// <remarks>
/// A callback is sent once, when the batch was closed and all its members have ended. Its first argument is the id of the batch, of which <see cref="ITaskClient.GetBatch"/> makes a handle. Callbacks may be
/// tasks of Python too; one that Python runs as error callback takes one argument. Should the worker that ends the batch die in that moment, a callback may be sent again, under the same id.
/// </remarks>
public sealed class BatchSignature
{
    internal static readonly BatchSignature Empty = new();

    private BatchSignature()
    {
    }

    /// <summary>Sent when all members have succeeded.</summary>
    internal IReadOnlyList<Signature> Successes { get; private init; } = [];

    /// <summary>Sent when a member has not.</summary>
    internal IReadOnlyList<Signature> Failures { get; private init; } = [];

    /// <summary>Sent in both cases.</summary>
    internal IReadOnlyList<Signature> Completions { get; private init; } = [];

    /// <summary>A copy with a callback that is sent when all members have succeeded.</summary>
    /// <param name="callback">The call, whose first argument is the id of the batch.</param>
    public BatchSignature OnSuccess<TOut>(Step<string, TOut> callback) => WithSuccess(CallOf(callback));

    /// <summary>A copy with a callback that is sent when all members have succeeded, and that takes nothing from the batch.</summary>
    /// <param name="callback">The call.</param>
    public BatchSignature OnSuccess<TOut>(ImmutableSignature<TOut> callback) => WithSuccess(callback);

    /// <summary>A copy with a callback that is sent when all members have ended and one of them has failed, was revoked, expired or was rejected.</summary>
    /// <param name="callback">The call, whose first argument is the id of the batch.</param>
    public BatchSignature OnFailure<TOut>(Step<string, TOut> callback) => WithFailure(CallOf(callback));

    /// <summary>A copy with a callback that is sent when all members have ended and one of them has not succeeded, and that takes nothing from the batch.</summary>
    /// <param name="callback">The call.</param>
    public BatchSignature OnFailure<TOut>(ImmutableSignature<TOut> callback) => WithFailure(callback);

    /// <summary>A copy with a callback that is sent when all members have ended, however they did.</summary>
    /// <param name="callback">The call, whose first argument is the id of the batch.</param>
    public BatchSignature OnCompletion<TOut>(Step<string, TOut> callback) => WithCompletion(CallOf(callback));

    /// <summary>A copy with a callback that is sent when all members have ended, however they did, and that takes nothing from the batch.</summary>
    /// <param name="callback">The call.</param>
    public BatchSignature OnCompletion<TOut>(ImmutableSignature<TOut> callback) => WithCompletion(callback);

    private static Signature<TOut> CallOf<TOut>(Step<string, TOut> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return callback.Call;
    }

    private BatchSignature WithSuccess(Signature callback) => new() { Successes = [.. Successes, Checked(callback)], Failures = Failures, Completions = Completions };

    private BatchSignature WithFailure(Signature callback) => new() { Successes = Successes, Failures = [.. Failures, Checked(callback)], Completions = Completions };

    private BatchSignature WithCompletion(Signature callback) => new() { Successes = Successes, Failures = Failures, Completions = [.. Completions, Checked(callback)] };

    private static Signature Checked(Signature callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return callback;
    }
}
