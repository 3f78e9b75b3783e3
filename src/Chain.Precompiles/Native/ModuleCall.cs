using System.Text;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Precompiles.Native;

/// <summary>One call of a native module, as its functions see it. Kept per thread: modules never call out, so one is in use at a time.</summary>
internal sealed class ModuleCall
{
    /// <summary>Revert data of what does not decode or is not known.</summary>
    public static readonly byte[] EmptyRevert = [];

    /// <summary>The module's storage, with gas.</summary>
    public MeteredStorage Storage { get; } = new();

    /// <summary>The module's address.</summary>
    public Address Module { get; set; }

    /// <summary>Immediate caller.</summary>
    public Address Caller { get; set; }

    /// <summary>Authority that the function asks for.</summary>
    public Authority Authority { get; set; }

    /// <summary>State, for what the chain's own rules read.</summary>
    public WorldState State { get; set; } = null!;

    /// <summary>Block.</summary>
    public BlockContext Block { get; set; } = null!;

    /// <summary>Origin of the transaction.</summary>
    public Address Origin { get; set; }

    /// <summary>Return data.</summary>
    public OutputBuffer Output { get; set; } = null!;

    /// <summary>The registry's writes for this caller and block.</summary>
    public KycRegistry Kyc => new(Storage, Caller, Block.Timestamp, Block.ChainId);

    /// <summary>The oracle's writes for this caller and block.</summary>
    public OracleFeeds Oracle => new(Storage, Caller, Block.Timestamp, Block.ChainId);

    /// <summary>Steps 6 and 7: the revert data when the arguments did not decode or the caller lacks the authority; null to go on.</summary>
    public byte[]? Refusal(in AbiReader arguments) =>
        arguments.Failed ? EmptyRevert : Authorities.Check(Storage, Caller, Authority);

    /// <summary>Returns words.</summary>
    public byte[]? Return(params ReadOnlySpan<UInt256> words)
    {
        Span<byte> data = Output.Resize(words.Length * UInt256.SizeBytes);
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(data.Slice(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return null;
    }

    /// <summary>Returns an address.</summary>
    public byte[]? Return(in Address value) => Return(AbiWords.ToWord(value));

    /// <summary>Returns a boolean.</summary>
    public byte[]? Return(bool value) => Return(AbiWords.ToWord(value));

    /// <summary>Returns a dynamic array of one-word elements.</summary>
    public byte[]? ReturnArray(ReadOnlySpan<UInt256> items)
    {
        UInt256[] words = new UInt256[2 + items.Length];
        words[0] = UInt256.SizeBytes;
        words[1] = (ulong)items.Length;
        items.CopyTo(words.AsSpan(2));
        return Return(words);
    }

    /// <summary>Returns a string.</summary>
    public byte[]? Return(string text) => ReturnText(Encoding.UTF8.GetBytes(text));

    /// <summary>Returns a string of these bytes.</summary>
    public byte[]? ReturnText(ReadOnlySpan<byte> text)
    {
        Span<byte> data = Output.Resize((2 + ((text.Length + 31) / 32)) * UInt256.SizeBytes);
        data.Clear();
        new UInt256(UInt256.SizeBytes).WriteBigEndian(data[..32]);
        new UInt256((ulong)text.Length).WriteBigEndian(data[32..64]);
        text.CopyTo(data[64..]);
        return null;
    }
}
