using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class ArgumentReaderTests
{
    // Resize(string source, int maxWidth, int quality = 80)
    private static readonly ParameterList Parameters = new("Resize", 2, "source", "maxWidth", "quality");

    [Theory]
    [InlineData("[\"a\",1,2]", "{}", "a", 1, 2)]
    [InlineData("[\"a\",1]", "{}", "a", 1, 80)]
    [InlineData("[\"a\"]", "{\"maxWidth\":1}", "a", 1, 80)]
    [InlineData("[\"a\"]", "{\"max_width\":1,\"quality\":2}", "a", 1, 2)]
    [InlineData("[]", "{\"quality\":2,\"max_width\":1,\"source\":\"a\"}", "a", 1, 2)]
    [InlineData("[]", "{\"max\\u005fwidth\":1,\"source\":\"a\"}", "a", 1, 80)]
    [InlineData("[null,1]", "{}", null, 1, 80)]
    public void Read_FittingArguments_AreBound(string positional, string keyword, string? source, int maxWidth, int quality) =>
        Bind(positional, keyword).Should().Be((source, maxWidth, quality));

    [Theory]
    [InlineData("[\"a\",1,2,3]", "{}", "*takes from 2 to 3 positional arguments but 4 were given*")]
    [InlineData("[]", "{}", "*missing 2 required arguments: 'source' and 'maxWidth'*")]
    [InlineData("[\"a\"]", "{}", "*missing 1 required argument: 'maxWidth'*")]
    [InlineData("[\"a\",1]", "{\"other\":1}", "*unexpected keyword argument 'other'*")]
    [InlineData("[\"a\",1]", "{\"MaxWidth\":1}", "*unexpected keyword argument 'MaxWidth'*")]
    [InlineData("[\"a\",1]", "{\"maxWidth\":1}", "*multiple values for argument 'maxWidth'*")]
    [InlineData("[\"a\"]", "{\"maxWidth\":1,\"max_width\":2}", "*multiple values for argument 'maxWidth'*")]
    [InlineData("[\"a\",\"1\"]", "{}", "*argument 'maxWidth': expected a whole number*")]
    [InlineData("[\"a\",null]", "{}", "*argument 'maxWidth'*null*")]
    [InlineData("[5,1]", "{}", "*argument 'source': expected text*")]
    [InlineData("[\"\\ud800\",1]", "{}", "*argument 'source'*Unicode*")]
    [InlineData("[\"a\",1]", "{\"\\ud800\":1}", "*not valid Unicode*")]
    [InlineData("[{\"\\ud800\":1},1]", "{}", "*argument 'source'*")]
    public void Read_ArgumentsThatDoNotFit_FailTheTask(string positional, string keyword, string message)
    {
        var bind = () => Bind(positional, keyword);

        bind.Should().Throw<TaskArgumentException>().WithMessage(message).Which.Message.Should().StartWith("Resize()");
    }

    [Fact]
    public void Read_NoArgumentsAtAll_IsFine()
    {
        var reader = new ArgumentReader(default, new ParameterList("F", 0), Json.Options);

        reader.Read().Should().BeFalse();
    }

    [Fact]
    public void Read_SixtyFourParameters_AreAllSeen()
    {
        var parameters = new ParameterList("F", 64, [.. Enumerable.Range(0, 64).Select(index => $"p{index}")]);

        Count(64).Should().Be(64);
        var missing = () => Count(63);
        missing.Should().Throw<TaskArgumentException>().WithMessage("*'p63'*");

        int Count(int count)
        {
            var reader = new ArgumentReader(new TaskBody { Arguments = Json.Bytes($"[{string.Join(",", Enumerable.Range(0, count))}]") }, parameters, Json.Options);
            var read = 0;
            while (reader.Read()) read += reader.Value(WireConverters.Int32) == reader.Index ? 1 : 0;
            return read;
        }
    }

    [Fact]
    public void Create_MoreThanSixtyFourParameters_IsRefused()
    {
        var create = () => new ParameterList("F", 0, [.. Enumerable.Range(0, 65).Select(index => $"p{index}")]);

        create.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void NotNull_Null_NamesTheArgument()
    {
        var read = () =>
        {
            var reader = new ArgumentReader(new TaskBody { Arguments = Json.Bytes("[null]") }, new ParameterList("F", 1, "text"), Json.Options);
            reader.Read();
            return reader.NotNull(WireConverters.String);
        };

        read.Should().Throw<TaskArgumentException>().WithMessage("*'text' must not be null*");
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("maxWidth", "max_width")]
    [InlineData("maxHTTPSize", "max_http_size")]
    [InlineData("HTTP", "http")]
    [InlineData("page2Size", "page2_size")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("größeMax", "größe_max")]
    public void ToPython_Name_IsSnakeCase(string name, string python) => ParameterList.ToPython(name).Should().Be(python);

    private static (string? Source, int MaxWidth, int Quality) Bind(string positional, string keyword)
    {
        var reader = new ArgumentReader(Json.Body($"[{positional},{keyword},{{}}]"), Parameters, Json.Options);
        string? source = null;
        int maxWidth = 0, quality = 80;
        while (reader.Read())
        {
            switch (reader.Index)
            {
                case 0: source = reader.Value(WireConverters.String); break;
                case 1: maxWidth = reader.Value(WireConverters.Int32); break;
                case 2: quality = reader.Value(WireConverters.Int32); break;
            }
        }

        return (source, maxWidth, quality);
    }
}
