using System.Numerics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using FsCheck;
using FsCheck.Fluent;

namespace CeleryNet.Tests.Serialization;

/// <summary>Laws: what was written reads back the same, in both ways of writing. A failure prints the seed.</summary>
public sealed class RoundTripTests
{
    private static readonly WireOptions Typed = new() { WriteTypedValues = true };

    [Fact]
    public void Numbers_Always_ComeBack()
    {
        Holds<int>(value => Same(value, WireConverters.Int32));
        Holds<long>(value => Same(value, WireConverters.Int64));
        Holds<byte>(value => Same(value, WireConverters.Byte));
        Holds<sbyte>(value => Same(value, WireConverters.SByte));
        Holds<short>(value => Same(value, WireConverters.Int16));
        Holds<ushort>(value => Same(value, WireConverters.UInt16));
        Holds<uint>(value => Same(value, WireConverters.UInt32));
        Holds<ulong>(value => Same(value, WireConverters.UInt64));
        Holds<double>(value => Same(value, WireConverters.Double));
        Holds<float>(value => Same(value, WireConverters.Single));
        Holds<decimal>(value => Same(value, WireConverters.Decimal));
        Holds<BigInteger>(value => Same(value, WireConverters.BigInteger));
        new[] { long.MinValue, long.MaxValue, 0, -1 }.Should().OnlyContain(value => Same(value, WireConverters.Int64));
        new[] { ulong.MaxValue, 0UL, 1UL << 63 }.Should().OnlyContain(value => Same(value, WireConverters.UInt64));
        new[] { double.MaxValue, double.Epsilon, double.NaN, double.NegativeInfinity, -0.0, 1e15, 123456789012345680.0 }.Should().OnlyContain(value => Same(value, WireConverters.Double));
        new[] { decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m }.Should().OnlyContain(value => Same(value, WireConverters.Decimal));
    }

    [Fact]
    public void Texts_Always_ComeBack()
    {
        Holds<string>(value => Same(Valid(value), WireConverters.String));
        Holds<Guid>(value => Same(value, WireConverters.Guid));
        Holds<byte[]>(value => (Json.Read(Json.Write(value, WireConverters.Bytes!), WireConverters.Bytes) ?? []).AsSpan().SequenceEqual(value));
        Holds<byte[]>(value => (Json.Read(Json.Write(value, WireConverters.Bytes!, Typed), WireConverters.Bytes) ?? []).AsSpan().SequenceEqual(value));
    }

    [Fact]
    public void Times_ToTheMicrosecond_ComeBack()
    {
        Holds<long>(ticks => Same(new DateTimeOffset(Moment(ticks), TimeSpan.Zero), WireConverters.DateTimeOffset));
        Holds<long>(ticks => Same(new DateTime(Moment(ticks), DateTimeKind.Utc), WireConverters.DateTime));
        Holds<long>(ticks => Same(new DateTime(Moment(ticks), DateTimeKind.Unspecified), WireConverters.DateTime));
        Holds<long>(ticks => Same(DateOnly.FromDateTime(new DateTime(Moment(ticks))), WireConverters.DateOnly));
        Holds<long>(ticks => Same(new TimeOnly(Moment(ticks) % TimeSpan.TicksPerDay), WireConverters.TimeOnly));
        Holds<long>(ticks => Same(new TimeSpan(ticks % (1L << 50)), WireConverters.TimeSpan));
        new[] { DateTimeOffset.MinValue, new DateTimeOffset(DateTimeOffset.MaxValue.Ticks / 10 * 10, TimeSpan.Zero) }.Should().OnlyContain(value => Same(value, WireConverters.DateTimeOffset));
    }

    [Fact]
    public void Collections_Always_ComeBack()
    {
        Holds<List<int>>(value => Json.Read(Json.Write(value, WireConverters.List(WireConverters.Int32)!), WireConverters.List(WireConverters.Int32))!.SequenceEqual(value));
        Holds<int?[]>(value => Json.Read(Json.Write(value, WireConverters.Array(WireConverters.Nullable(WireConverters.Int32))!), WireConverters.Array(WireConverters.Nullable(WireConverters.Int32)))!
            .SequenceEqual(value));
        Holds<Dictionary<int, bool>>(value => Json.Read(Json.Write(value, WireConverters.Int32Dictionary(WireConverters.Boolean)!), WireConverters.Int32Dictionary(WireConverters.Boolean))!
            .OrderBy(pair => pair.Key).SequenceEqual(value.OrderBy(pair => pair.Key)));
        Holds<List<long>>(value => ((List<object?>)Json.Read(Json.Write<object?>(value, WireConverters.Any), WireConverters.Any)!).Cast<long>().SequenceEqual(value));
    }

    [Fact]
    public void Bodies_CompressedAndBack_AreTheSame() =>
        Holds<byte[]>(value => new[] { BodyCompression.Zlib, BodyCompression.Brotli }.All(type =>
            value.Length == 0 || BodyCompression.Decompress(BodyCompression.Compress(value, type), type, Json.Options).AsSpan().SequenceEqual(value)));

    [Fact]
    public void Envelopes_OfAnyBodyAndTexts_ComeBack() =>
        Holds<(byte[] Body, string Text)>(value =>
        {
            var text = Valid(value.Text) ?? "";
            var message = new TaskMessage { TaskName = text, Id = text, ArgsRepr = text, CustomHeaders = new Dictionary<string, object?> { ["x" + text] = text }, Body = value.Body };
            var written = Json.Bytes(Json.Write(json => Envelope.Write(json, message, text, text, Guid.Empty)));

            var read = Envelope.Read(written, Json.Options);

            return read.Message.Problem is null && read.Message.TaskName == text && read.Message.Id == text && read.Message.ArgsRepr == text
                && Equals(read.Message.CustomHeaders!["x" + text], text) && read.Message.Body.Span.SequenceEqual(value.Body) && read.Exchange == text && read.RoutingKey == text;
        });

    private static bool Same<T>(T value, WireConverter<T> converter) =>
        Equals(Json.Read(Json.Write(value, converter), converter), value) && Equals(Json.Read(Json.Write(value, converter, Typed), converter), value);

    private static void Holds<T>(Func<T, bool> law) => Prop.ForAll(law).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static long Moment(long seed) => (long)((ulong)seed % (ulong)DateTime.MaxValue.Ticks) / 10 * 10;

    // Half a surrogate pair is not a text that can travel.
    private static string? Valid(string? text) => text is null ? null : new string([.. text.Where(letter => !char.IsSurrogate(letter))]);
}
