using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Precompiles.Native;

/// <summary>Where a function's head has what the audit log keeps of a write: the first top-level <c>address</c>, the first <c>bytes32</c> or identity id.</summary>
/// <param name="Address">Index of the word of the address; -1 without one.</param>
/// <param name="Reference">Index of the word of the reference; -1 without one.</param>
internal readonly record struct JournalFields(int Address, int Reference)
{
    /// <summary>A tuple of this beginning is an <c>IdentityInput</c>, whose first field is the identity id.</summary>
    private const string IdentityTuple = "(bytes32";

    /// <summary>Reads a canonical signature.</summary>
    public static JournalFields Of(string signature)
    {
        int address = -1;
        int reference = -1;
        int word = 0;
        foreach (string type in TopLevelTypes(signature))
        {
            bool isArray = type.EndsWith(']');
            if (address < 0 && type == "address") address = word;
            if (reference < 0 && (type == "bytes32" || (!isArray && type.StartsWith(IdentityTuple, StringComparison.Ordinal)))) reference = word;
            // Static tuples stand in the head whole.
            word += !isArray && type.StartsWith('(') ? type.Count(c => c == ',') + 1 : 1;
        }
        return new JournalFields(address, reference);
    }

    /// <summary>The decision of a call that succeeded.</summary>
    public Decision Describe(in Address module, in Address caller, ReadOnlySpan<byte> input) => new()
    {
        Kind = DecisionKind.ModuleWrite,
        Subject = module,
        From = caller,
        To = Address < 0 ? default : AbiWords.ToAddress(Word(input, Address)),
        Amount = BinaryPrimitives.ReadUInt32BigEndian(input),
        Reference = Reference < 0 ? default : Word(input, Reference),
    };

    private static UInt256 Word(ReadOnlySpan<byte> input, int index) =>
        UInt256.FromBigEndian(input.Slice(AbiWords.SelectorSizeBytes + (index * UInt256.SizeBytes), UInt256.SizeBytes));

    private static List<string> TopLevelTypes(string signature)
    {
        List<string> types = [];
        int start = signature.IndexOf('(', StringComparison.Ordinal) + 1;
        int depth = 0;
        for (int i = start; i < signature.Length; i++)
        {
            char c = signature[i];
            if (depth == 0 && c is (',' or ')'))
            {
                if (i > start) types.Add(signature[start..i]);
                start = i + 1;
            }
            if (c == '(') depth++;
            if (c == ')') depth--;
        }
        return types;
    }
}
