using System.Buffers.Binary;
using System.Text;
using CeleryNet.Sql.Pickling;

namespace CeleryNet.Sql.Tests.Pickling;

/// <summary>What is read, and what is refused. The pickles were made by Python 3.11 unless they are hostile.</summary>
public sealed class PickleReaderTests
{
    [Theory]
    [InlineData("80049518000000000000007d948c0178945d94284b01474004000000000000" + "4e88652e", null)] // its frame promises more than there is
    [InlineData("80054e2e", "null")]
    [InlineData("8005952a000000000000007d948c0178945d94284b014740040000000000004e884b014b0286948a0900000000000000004065732e", "{\"x\":[1,2.5,null,true,[1,2],1180591620717411303424]}")]
    [InlineData("80049557000000000000008c086461746574696d65948c086461746574696d65949394430a07ea0b1704071009ccd29468008c0874696d657a6f6e6594939468008c0974696d6564656c74619493944b004b004b008794529485945294869452942e", "\"2026-11-23T04:07:16.642258+00:00\"")]
    [InlineData("800495ae000000000000007d94288c0164948c086461746574696d65948c0464617465949394430407ea010294859452948c016e948c07646563696d616c948c07446563696d616c9493948c04312e353094859452948c016f948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c0161944b01738c0173948f94284b07908c01629443026162948c016c9468028c0974696d6564656c74619493944b014b024b00879452944b014b02752e", "{\"d\":\"2026-01-02\",\"n\":\"1.50\",\"o\":{\"a\":1},\"s\":[7],\"b\":\"YWI=\",\"l\":86402.0,\"1\":2}")]
    [InlineData("80049530000000000000008c0475756964948c04555549449493942981947d948c03696e74948a10605f4e3d2c1b2a8e3d4c4b3f0e1c5a0f73622e", "\"0f5a1c0e-3f4b-4c3d-8e2a-1b2c3d4e5f60\"")]
    [InlineData("80028a0a00000000000000000001" + "2e", "4722366482869645213696")]
    [InlineData("4930310a2e", "true")]
    [InlineData("286c70300a49310a614c324c0a612e", "[1,2]")]
    public void Read_PickleOfPlainData_IsItsJson(string hex, string? json)
    {
        var reading = () => Encoding.UTF8.GetString(PickleJson.Convert(Convert.FromHexString(hex)));

        if (json is null) reading.Should().Throw<MessageFormatException>();
        else reading().Should().Be(json);
    }

    [Theory]
    [InlineData("cposix\nsystem\n(S'echo'\ntR.", "Global", 0, "posix.system")]
    [InlineData("N0cbuiltins\neval\n.", "Global", 2, "builtins.eval")]
    [InlineData("\x80\x04\x8c\x02os\x8c\x06system\x93.", "StackGlobal", 14, "os.system")]
    [InlineData("N)R.", "Reduce", 2, "calls")]
    [InlineData("}}b.", "Build", 2, "plain data")]
    [InlineData("(ios\nsystem\n.", "Inst", 1, "plain data")]
    [InlineData("(No.", "Obj", 2, "plain data")]
    [InlineData("\x82\x01.", "Ext1", 0, "plain data")]
    [InlineData("Pid\n.", "PersId", 0, "plain data")]
    [InlineData("NQ.", "BinPersId", 1, "plain data")]
    [InlineData("N)\x81.", "NewObj", 2, "plain data")]
    [InlineData("\x97.", "NextBuffer", 0, "plain data")]
    [InlineData("cdatetime\ndatetime\n.", "Stop", 19, "a class")]
    [InlineData("cdatetime\ndatetime\n)R.", "Reduce", 20, "arguments")]
    [InlineData("\xff.", "0xff", 0, "plain data")]
    public void Read_WhatIsNotPlainData_IsRefusedByNameAndPosition(string latin, string opcode, int position, string reason)
    {
        var reading = () => PickleReader.Read(Encoding.Latin1.GetBytes(latin));

        reading.Should().Throw<MessageFormatException>().WithMessage($"*at byte {position}, opcode {opcode}:*{reason}*");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("N")]
    [InlineData("NN.")]
    [InlineData("(.")]
    [InlineData("a.")]
    [InlineData("(Nu.")]
    [InlineData("NNa.")]
    [InlineData("h\x05.")]
    [InlineData("X\xff\xff\xff\xffab.")]
    [InlineData("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.")]
    [InlineData("\x8b\xff\xff\xff\x7f.")]
    [InlineData("\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.")]
    [InlineData("\x80\x06N.")]
    [InlineData("\x8c\x01\xff.")]
    [InlineData("Iabc\n.")]
    [InlineData("I1")]
    [InlineData("N.N")]
    public void Read_Damaged_IsRefused(string latin)
    {
        var reading = () => PickleReader.Read(Encoding.Latin1.GetBytes(latin));

        reading.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Convert_ListThatHoldsItself_IsRefused()
    {
        var reading = () => PickleJson.Convert(Encoding.Latin1.GetBytes("]\x94h\0a."));

        reading.Should().Throw<MessageFormatException>().WithMessage("*holds itself*");
    }

    [Fact]
    public void Convert_ListsOfListsReferredToManyTimes_AreRefusedByTheirNumber()
    {
        var bomb = new StringBuilder("N\x94"); // each of the lists holds ten of the one before: 10^30 values
        for (var i = 0; i < 30; i++) bomb.Append("](").Append(string.Concat(Enumerable.Repeat($"h{(char)i}", 10))).Append("e\x94");
        var reading = () => PickleJson.Convert(Encoding.Latin1.GetBytes($"{bomb}."), PickleLimits.Default with { MaxValues = 100_000 });

        reading.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Read_DeepNesting_IsReadAndRefusedWithoutRecursion()
    {
        var pickle = Encoding.Latin1.GetBytes($"{new string(']', 100_000)}{new string('a', 99_999)}.");
        var reading = () => PickleJson.Convert(pickle);

        reading.Should().Throw<MessageFormatException>().WithMessage("*nested deeper than 128*");
    }

    [Fact]
    public void Read_MoreValuesThanAllowed_IsRefused()
    {
        var reading = () => PickleReader.Read(Encoding.Latin1.GetBytes($"({new string(']', 2000)}l."), PickleLimits.Default with { MaxValues = 1000 });

        reading.Should().Throw<MessageFormatException>().WithMessage("*more than 1000 values*");
    }

    [Fact]
    public void Read_LongerThanAllowed_IsRefused()
    {
        var reading = () => PickleReader.Read(new byte[101], PickleLimits.Default with { MaxBytes = 100 });

        reading.Should().Throw<MessageFormatException>().WithMessage("*101 bytes*");
    }

    [Fact]
    public void Read_LengthsLargerThanTheInput_CostNoMemory()
    {
        var pickle = new byte[9];
        pickle[0] = (byte)PickleOpcode.BinBytes8;
        BinaryPrimitives.WriteUInt64LittleEndian(pickle.AsSpan(1), 2_000_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reading = () => PickleReader.Read(pickle);

        reading.Should().Throw<MessageFormatException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Read_MutatedBytes_IsAValueOrRefused()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[][] pickles =
        [
            Convert.FromHexString("8005952a000000000000007d948c0178945d94284b014740040000000000004e884b014b0286948a0900000000000000004065732e"),
            Convert.FromHexString("80049557000000000000008c086461746574696d65948c086461746574696d65949394430a07ea0b1704071009ccd29468008c0874696d657a6f6e6594939468008c0974696d6564656c74619493944b004b004b008794529485945294869452942e"),
            Encoding.Latin1.GetBytes("(lp0\nI1\naL2L\naVabc\\u00e4\np1\naF2.5\na(dp2\ng1\nI01\nsa."),
        ];
        var limits = PickleLimits.Default with { MaxValues = 100_000, MaxJsonBytes = 1_000_000 };

        for (var round = 0; round < 60_000; round++)
        {
            var mutated = pickles[round % pickles.Length].ToList();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                var at = random.Next(mutated.Count);
                switch (random.Next(3))
                {
                    case 0: mutated[at] = (byte)random.Next(256); break;
                    case 1: mutated.Insert(at, (byte)random.Next(256)); break;
                    default: mutated.RemoveAt(at); break;
                }
            }

            try
            {
                PickleJson.Convert(mutated.ToArray(), limits);
            }
            catch (MessageFormatException)
            {
                // refused: the only error there may be
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}: {Convert.ToHexString([.. mutated])}", error);
            }
        }
    }
}
