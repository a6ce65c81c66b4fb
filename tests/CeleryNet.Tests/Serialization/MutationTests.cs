using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Real messages with bytes changed at random: a reader says what is wrong, and throws nothing else than it declares.</summary>
public sealed class MutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_EnvelopeWithBytesChanged_ThrowsNothingButTheDeclared(int seed)
    {
        var random = new Random(seed);
        var originals = GoldenFile.Names("messages").Select(GoldenFile.Envelope).ToArray();
        var read = 0;
        for (var round = 0; round < 4000; round++)
        {
            var envelope = Mutate(originals[random.Next(originals.Length)], random);
            try
            {
                var message = Envelope.Read(envelope, Json.Options).Message;
                if (message.Problem is not null) continue;
                var body = TaskBody.Read(message, Json.Options);
                WireValue.Read(body.Arguments, WireConverters.Any, Json.Options);
                WireValue.Read(body.KeywordArguments, WireConverters.Any, Json.Options);
                PythonRepr.OfTuple(body.Arguments.Span);
                read++;
            }
            catch (MessageFormatException)
            {
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToBase64String(envelope)}", error);
            }
        }

        read.Should().BeInRange(1, 3999, "some changes hurt, some do not");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_BodyOrResultWithBytesChanged_ThrowsNothingButTheDeclared(int seed)
    {
        var random = new Random(seed);
        byte[][] originals =
        [
            .. GoldenFile.Names("messages").Select(name => Envelope.Read(GoldenFile.Envelope(name), Json.Options).Message.Body.ToArray()),
            .. GoldenFile.Names("results").Select(name => Json.Bytes(GoldenFile.Read(name).GetProperty("result_keys")[0].GetProperty("value").GetString()!)),
        ];
        for (var round = 0; round < 6000; round++)
        {
            var bytes = Mutate(originals[random.Next(originals.Length)], random);
            foreach (var read in new Action[]
            {
                () => TaskBody.Read(new TaskMessage { Body = bytes }, Json.Options),
                () => TaskBody.Read(new TaskMessage { Body = bytes, TaskName = "t", Compression = BodyCompression.Zlib }, Json.Options),
                () => Touch(ResultDocument.Read(bytes)),
            })
            {
                try
                {
                    read();
                }
                catch (MessageFormatException)
                {
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToBase64String(bytes)}", error);
                }
            }
        }

        static void Touch(TaskResult result)
        {
            _ = result.Error?.Message;
            WireValue.Read(result.Value, WireConverters.Any, Json.Options);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToArray().ToList();
        ReadOnlySpan<byte> marks = "{}[]\",:\\\0\u007f019-.eEntfuNI"u8;
        for (var change = random.Next(1, 4); change > 0 && bytes.Count > 1; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] = marks[random.Next(marks.Length)]; break;
                case 2: bytes.RemoveAt(at); break;
                case 3: bytes.Insert(at, marks[random.Next(marks.Length)]); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.InsertRange(at, "\\ud83d"u8.ToArray()); break;
            }
        }

        return [.. bytes];
    }
}
