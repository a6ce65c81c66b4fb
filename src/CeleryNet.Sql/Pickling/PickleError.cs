using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Sql.Pickling;

/// <summary>Makes the error of a pickle that is not read.</summary>
internal static class PickleError
{
    internal static MessageFormatException At(PickleOpcode opcode, int position, string reason) =>
        new(ErrorCodes.BadValue, $"the pickle is refused at byte {position}, opcode {Name(opcode)}: {reason}");

    internal static MessageFormatException Whole(string reason) => new(ErrorCodes.BadValue, $"the pickle is refused: {reason}");

    private static string Name(PickleOpcode opcode) => Enum.IsDefined(opcode) ? opcode.ToString() : $"0x{(byte)opcode:x2}";
}
