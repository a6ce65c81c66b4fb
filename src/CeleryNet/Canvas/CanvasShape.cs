namespace CeleryNet.Signatures;

/// <summary>Brings a canvas into the shape in which it is sent, and hands what is said of the whole to its parts.</summary>
internal static class CanvasShape
{
    private static readonly ReadOnlyMemory<byte> FirstArgument = """{"index":0}"""u8.ToArray();

    /// <summary>Makes the chain one flat list of steps: chains in it are spliced in, a group of one is that one. What is said of the chain as a whole goes to its steps.</summary>
    internal static void Unchain(SignatureDocument chain)
    {
        var steps = new List<SignatureDocument>(chain.Members.Count);
        foreach (var member in chain.Members) AddSteps(member, steps);
        chain.Members.Clear();
        chain.Members.AddRange(steps);
        if (steps.Count == 0) return;

        PrependAll(steps[0], JsonParts.Split(chain.Arguments));
        chain.Arguments = JsonParts.EmptyList;
        var errbacks = chain.Options[OptionNames.LinkError];
        for (var i = 0; i < steps.Count && !errbacks.IsEmpty; i++)
        {
            // The group becomes the header of a chord, whose body tells the error.
            if (i == steps.Count - 1 || steps[i].Kind != SignatureKind.Group) AddErrbacks(steps[i], errbacks);
        }

        if (chain.Options.Has(OptionNames.Link)) AddLink(steps[^1], chain.Options[OptionNames.Link]);
        chain.Options.Remove(OptionNames.LinkError);
        chain.Options.Remove(OptionNames.Link);
    }

    /// <summary>Makes the group one flat list of members: groups in it are spliced in, in their order.</summary>
    internal static void Flatten(SignatureDocument group)
    {
        var members = Flat(group.Members);
        group.Members.Clear();
        group.Members.AddRange(members);
    }

    /// <summary>Makes the header one flat list, of which each member ends in exactly one task.</summary>
    internal static void MakeHeader(SignatureDocument chord)
    {
        var members = Flat(chord.Members).ConvertAll(EndInOne);
        chord.Members.Clear();
        chord.Members.AddRange(members);
    }

    /// <summary>Adds error callbacks as Celery's <c>link_error</c>: to every member of a group, the body of a chord; a chain keeps them for its steps.</summary>
    internal static void AddErrbacks(SignatureDocument signature, ReadOnlyMemory<byte> errbacks)
    {
        if (signature is { Kind: SignatureKind.Chord, Body: { } body }) AddErrbacks(body, errbacks);
        else if (signature.Kind == SignatureKind.Group) signature.Members.ForEach(member => AddErrbacks(member, errbacks));
        else signature.Append(OptionNames.LinkError, errbacks);
    }

    /// <summary>Adds callbacks as Celery's <c>link</c>: to the last step of a chain, the body of a chord. On a group there is no such thing.</summary>
    internal static void AddLink(SignatureDocument signature, ReadOnlyMemory<byte> callbacks)
    {
        if (signature is { Kind: SignatureKind.Chord, Body: { } body }) AddLink(body, callbacks);
        else signature.Append(OptionNames.Link, callbacks);
    }

    /// <summary>Moves the callbacks of a chord to its body.</summary>
    internal static void TakeLinks(SignatureDocument chord, SignatureDocument body)
    {
        AddLink(body, chord.Options[OptionNames.Link]);
        if (chord.Options.Has(OptionNames.LinkError)) AddErrbacks(body, chord.Options[OptionNames.LinkError]);
        chord.Options.Remove(OptionNames.Link);
        chord.Options.Remove(OptionNames.LinkError);
    }

    /// <summary>Hands options of the whole to a part, all but those that name one task or its place.</summary>
    internal static void Inherit(SignatureDocument part, JsonFields options, bool overrides)
    {
        foreach (var (name, value) in options)
        {
            if (name is OptionNames.TaskId or OptionNames.GroupId or OptionNames.GroupIndex or OptionNames.Chord or OptionNames.Chain or OptionNames.Link or OptionNames.LinkError
                or OptionNames.RootId or OptionNames.ParentId) continue;
            if (overrides || !part.Options.Has(name)) part.Options.Set(name, value);
        }
    }

    /// <summary>A group, also at the end of a chain, becomes a chord that returns the list: so it is one member of a group around it.</summary>
    internal static SignatureDocument AsOne(SignatureDocument member) => EndInOne(member);

    /// <summary>What ends in a group, followed by a step, which gets the list: the group becomes the header of a chord.</summary>
    internal static SignatureDocument Follow(SignatureDocument document, SignatureDocument next)
    {
        switch (document.Kind)
        {
            case SignatureKind.Chain:
                document.Members.Add(next);
                return document;
            case SignatureKind.Chord when document.Body is { } body:
                document.Body = Follow(body, next);
                return document;
            default:
                return SignatureDocument.Chord(document, next);
        }
    }

    /// <summary>True when its result is that of a group.</summary>
    internal static bool EndsInGroup(SignatureDocument document) => document.Kind switch
    {
        SignatureKind.Group => true,
        SignatureKind.Chain when document.Members.Count > 0 => EndsInGroup(document.Members[^1]),
        SignatureKind.Chord when document.Body is { } body => EndsInGroup(body),
        _ => false,
    };

    private static void AddSteps(SignatureDocument member, List<SignatureDocument> steps)
    {
        if (member is { Kind: SignatureKind.Group, Members.Count: 1, KeepsShape: false })
        {
            AddSteps(member.Members[0], steps);
        }
        else if (member.Kind == SignatureKind.Chain)
        {
            Unchain(member);
            steps.AddRange(member.Members);
        }
        else
        {
            steps.Add(member);
        }
    }

    private static List<SignatureDocument> Flat(List<SignatureDocument> members)
    {
        var flat = new List<SignatureDocument>(members.Count);
        foreach (var member in members)
        {
            if (member.Kind == SignatureKind.Group)
            {
                foreach (var inner in Flat(member.Members))
                {
                    Inherit(inner, member.Options, overrides: false);
                    flat.Add(inner);
                }
            }
            else if (member is not { Kind: SignatureKind.Chain, Members.Count: 0 }) // an empty chain never ends
            {
                flat.Add(member);
            }
        }

        return flat;
    }

    private static SignatureDocument EndInOne(SignatureDocument member)
    {
        switch (member.Kind)
        {
            case SignatureKind.Group:
                Detach(member);
                return SignatureDocument.Chord(member, new SignatureDocument { Task = "celery.accumulate", Keywords = FirstArgument });
            case SignatureKind.Chain:
                Unchain(member);
                if (member.Members.Count > 0) member.Members[^1] = EndInOne(member.Members[^1]);
                return member;
            case SignatureKind.Chord when member.Body is { } body:
                member.Body = EndInOne(body);
                return member;
            default:
                return member;
        }
    }

    // Whoever froze it made each of them a member of the chord around; now their own chord is.
    private static void Detach(SignatureDocument document)
    {
        document.Options.Remove(OptionNames.Chord);
        document.Options.Remove(OptionNames.GroupId);
        document.Options.Remove(OptionNames.GroupIndex);
        if (document.Kind == SignatureKind.Chain && document.Members.Count > 0) Detach(document.Members[^1]);
        if (document is { Kind: SignatureKind.Chord, Body: { } body }) Detach(body);
        if (document.Kind != SignatureKind.Group) return;
        document.Options.Remove(OptionNames.TaskId); // Celery gives it the id of the header around
        document.Members.ForEach(Detach);
    }

    private static void PrependAll(SignatureDocument document, List<ReadOnlyMemory<byte>> values)
    {
        if (document.Kind == SignatureKind.Task)
        {
            for (var i = values.Count - 1; i >= 0; i--) document.Prepend(values[i]);
        }
        else if (document.Kind == SignatureKind.Chain)
        {
            if (document.Members.Count > 0) PrependAll(document.Members[0], values);
        }
        else
        {
            document.Members.ForEach(member => PrependAll(member, values));
        }
    }
}
