using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x01: the address whose key made a secp256k1 signature; empty output for an invalid one (Yellow Paper, appendix E).</summary>
public sealed class EcRecover : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x01);

    /// <inheritdoc/>
    public string Name => "ECREC";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 3_000;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        Span<byte> words = stackalloc byte[128];
        PrecompileInput.CopyPadded(input, 0, words);
        output.Clear();
        UInt256 v = UInt256.FromBigEndian(words.Slice(32, 32));
        if (!v.FitsUInt64 || v.U0 is not (27 or 28)) return true;
        UInt256 r = UInt256.FromBigEndian(words.Slice(64, 32)), s = UInt256.FromBigEndian(words.Slice(96, 32));
        if (!Secp256k1.TryRecoverAddress(words[..32], r, s, (byte)(v.U0 - 27), out Address signer)) return true;
        Span<byte> result = output.Resize(32);
        result[..12].Clear();
        signer.Bytes.CopyTo(result[12..]);
        return true;
    }
}
