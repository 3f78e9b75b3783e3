using System.Security.Cryptography;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x0a: proves a value of the polynomial of a blob; returns the field elements per blob and the field's modulus (EIP-4844).</summary>
public sealed class KzgPointEvaluation : IPrecompile
{
    private const int InputBytes = 192;
    private const byte CommitmentVersion = 0x01;

    private static readonly byte[] Result =
        Convert.FromHexString("000000000000000000000000000000000000000000000000000000000000100073eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x0a);

    /// <inheritdoc/>
    public string Name => "KZG_POINT_EVALUATION";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 50_000;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != InputBytes) return false;
        ReadOnlySpan<byte> commitment = input.Slice(96, Kzg.PointBytes);
        Span<byte> versionedHash = stackalloc byte[32];
        SHA256.HashData(commitment, versionedHash);
        versionedHash[0] = CommitmentVersion;
        if (!input[..32].SequenceEqual(versionedHash)) return false;
        if (!Kzg.VerifyProof(commitment, input.Slice(32, 32), input.Slice(64, 32), input.Slice(144, Kzg.PointBytes))) return false;
        output.Set(Result);
        return true;
    }
}
