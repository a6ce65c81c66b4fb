using System.Text.Json;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>
/// Reads the arguments of a task one by one, positional ones first. Generated code calls <see cref="Read"/> until it returns false, and for each argument
/// <see cref="Value{T}"/> once.
/// </summary>
public ref struct ArgumentReader
{
    private readonly ParameterList _parameters;
    private readonly WireOptions _options;
    private readonly ReadOnlySpan<byte> _keywords;
    private Utf8JsonReader _reader;
    private bool _inKeywords;
    private int _position;
    private ulong _seen;

    /// <summary>Starts reading.</summary>
    /// <param name="body">The task's body.</param>
    /// <param name="parameters">The task's parameters, at most 64.</param>
    /// <param name="options">Limits and metadata.</param>
    public ArgumentReader(in TaskBody body, ParameterList parameters, WireOptions options)
    {
        _parameters = parameters;
        _options = options;
        _keywords = body.KeywordArguments.Span;
        Index = -1;
        _reader = Open(body.Arguments.Span);
    }

    /// <summary>Index of the parameter whose value comes next.</summary>
    public int Index { get; private set; }

    /// <summary>Moves to the next argument.</summary>
    /// <returns>False after the last one.</returns>
    /// <exception cref="TaskArgumentException">There are too many, one is unknown or comes twice, or a required one is missing.</exception>
    public bool Read()
    {
        if (!_inKeywords)
        {
            if (_reader.TokenType != JsonTokenType.None && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                if (_position >= _parameters.Names.Count) throw TooMany();
                Index = _position++;
                _seen |= 1UL << Index;
                return true;
            }

            _inKeywords = true;
            _reader = Open(_keywords);
        }

        if (_reader.TokenType != JsonTokenType.None && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            Index = IndexOfKeyword();
            if (Index < 0) throw new TaskArgumentException($"{_parameters.Function}() got an unexpected keyword argument '{Printable.Limit(_reader.GetString())}'");
            if ((_seen & (1UL << Index)) != 0) throw new TaskArgumentException($"{_parameters.Function}() got multiple values for argument '{_parameters.Names[Index]}'");
            _seen |= 1UL << Index;
            _reader.Read();
            return true;
        }

        if (_parameters.Required > 0 && (~_seen & (ulong.MaxValue >> (64 - _parameters.Required))) != 0) throw Missing();
        return false;
    }

    /// <summary>Reads the value of the current argument.</summary>
    /// <exception cref="TaskArgumentException">The JSON is of another type.</exception>
    public T Value<T>(WireConverter<T> converter)
    {
        try
        {
            return converter.Read(ref _reader, _options);
        }
        catch (Exception error) when (error is MessageFormatException || JsonDialect.IsUnreadable(error))
        {
            var reason = (error as MessageFormatException)?.Reason ?? "its text is not valid Unicode";
            throw new TaskArgumentException($"{_parameters.Function}() argument '{_parameters.Names[Index]}': {reason}", error);
        }
    }

    /// <summary>Passes over the value of the current argument.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>Reads the value of the current argument, which must not be null.</summary>
    /// <exception cref="TaskArgumentException">It is null, or the JSON is of another type.</exception>
    public T NotNull<T>(WireConverter<T?> converter) where T : class =>
        Value(converter) ?? throw new TaskArgumentException($"{_parameters.Function}() argument '{_parameters.Names[Index]}' must not be null");

    private int IndexOfKeyword()
    {
        try
        {
            return _parameters.IndexOf(ref _reader);
        }
        catch (InvalidOperationException error)
        {
            throw new TaskArgumentException($"{_parameters.Function}() got a keyword argument whose name is not valid Unicode", error);
        }
    }

    // Bodies were checked whole by TaskBody.Read, so only well-formed JSON comes here.
    private readonly Utf8JsonReader Open(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return default;
        var reader = new Utf8JsonReader(json, JsonDialect.ReaderOptions(_options));
        reader.Read();
        return reader;
    }

    private readonly TaskArgumentException TooMany()
    {
        var count = _position + 1;
        var rest = _reader;
        rest.Skip();
        while (rest.Read() && rest.TokenType != JsonTokenType.EndArray)
        {
            count++;
            rest.Skip();
        }

        var most = _parameters.Names.Count;
        var takes = _parameters.Required == most ? $"{most}" : $"from {_parameters.Required} to {most}";
        return new TaskArgumentException($"{_parameters.Function}() takes {takes} positional argument{(most == 1 ? "" : "s")} but {count} were given");
    }

    private readonly TaskArgumentException Missing()
    {
        var missing = new List<string>();
        for (var i = 0; i < _parameters.Required; i++)
        {
            if ((_seen & (1UL << i)) == 0) missing.Add($"'{_parameters.Names[i]}'");
        }

        return new TaskArgumentException($"{_parameters.Function}() missing {missing.Count} required argument{(missing.Count == 1 ? "" : "s")}: {string.Join(" and ", missing)}");
    }
}
