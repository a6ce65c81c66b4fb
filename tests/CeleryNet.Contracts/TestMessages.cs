using System.Text;
using CeleryNet.Messages;

namespace CeleryNet.Contracts;

/// <summary>Makes messages to send.</summary>
public static class TestMessages
{
    /// <summary>Body of a task without arguments.</summary>
    public static readonly byte[] EmptyBody = "[[],{},{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}]"u8.ToArray();

    /// <summary>A message as the client makes it, with a new id.</summary>
    public static TaskMessage New(string task = "tests.task", ReadOnlyMemory<byte>? body = null)
    {
        var id = TaskId.New();
        return new TaskMessage
        {
            TaskName = task,
            Id = id,
            RootId = id,
            CorrelationId = id,
            Language = "cs",
            ArgsRepr = "()",
            KwargsRepr = "{}",
            Origin = "gen1@tests",
            ContentType = TaskMessage.JsonContentType,
            ContentEncoding = TaskMessage.Utf8ContentEncoding,
            Body = body ?? EmptyBody,
        };
    }

    /// <summary>A message with every field set to something else than its default.</summary>
    public static TaskMessage Full(bool withEmptyCollections = true) => new()
    {
        TaskName = "tests.voll.ständig",
        Id = TaskId.New(),
        Language = "cs",
        Shadow = "shown \"instead\" \\ 'quoted'\t✓",
        Eta = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1_234_560),
        Expires = new DateTimeOffset(2032, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(10),
        GroupId = TaskId.New(),
        GroupIndex = 7,
        Retries = 3,
        TimeLimit = TimeSpan.FromSeconds(90),
        SoftTimeLimit = TimeSpan.FromSeconds(1.5),
        RootId = TaskId.New(),
        ParentId = TaskId.New(),
        ArgsRepr = "('ä', '日本', '😀')",
        KwargsRepr = "{'k': None}",
        Origin = "gen42@höst",
        IgnoreResult = true,
        ReplacedTaskNesting = 2,
        StampedHeaders = ["tenant", "trail"],
        Stamps = new Dictionary<string, object?> { ["tenant"] = "blue", ["trail"] = new List<object?> { "a", 1L } },
        CustomHeaders = CustomHeaders(withEmptyCollections),
        CorrelationId = TaskId.New(),
        ReplyTo = TaskId.New(),
        Priority = 5,
        IsPersistent = false,
        Expiration = TimeSpan.FromSeconds(86_400.123),
        ContentType = TaskMessage.JsonContentType,
        ContentEncoding = TaskMessage.Utf8ContentEncoding,
        Body = Encoding.UTF8.GetBytes("[[\"ä\",\"日本\",\"😀\"],{\"k\":null},{}]"),
    };

    /// <summary>Headers of every kind of value that may travel.</summary>
    public static Dictionary<string, object?> CustomHeaders(bool withEmptyCollections = true) => new()
    {
        ["nothing"] = null,
        ["yes"] = true,
        ["no"] = false,
        ["small"] = 1L,
        ["negative"] = -5_000_000_000L,
        ["large"] = long.MaxValue,
        ["half"] = 0.5,
        ["text"] = "plain",
        ["unicode ✓"] = "日本 😀 \"\\\n",
        ["empty"] = "",
        ["list"] = new List<object?> { 1L, "two", null, true, 2.5, withEmptyCollections ? new List<object?>() : new List<object?> { false } },
        ["map"] = new Dictionary<string, object?> { ["inner"] = new Dictionary<string, object?> { ["deep"] = 3L }, ["none"] = null },
        ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
}
