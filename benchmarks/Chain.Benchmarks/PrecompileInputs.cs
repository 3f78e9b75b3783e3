using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles;

namespace Chain.Benchmarks;

/// <summary>Typical valid inputs of each precompile. Curve points come from the precompiles themselves.</summary>
internal static class PrecompileInputs
{
    private const string Bn254Generator2 =
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

    // A point evaluation as EIP-4844 lays it out: versioned hash, z, y, commitment, proof.
    private const string PointEvaluation =
        "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
        + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a18f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
        + "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a";

    /// <summary>Name of a case and how its inputs are made from a seed.</summary>
    public static readonly Dictionary<string, (ulong Address, Func<int, byte[]> Input)> Cases = new()
    {
        ["ECRECOVER"] = (0x01, EcRecover),
        ["SHA256_128_bytes"] = (0x02, seed => Samples.Bytes(128, seed)),
        ["RIPEMD160_128_bytes"] = (0x03, seed => Samples.Bytes(128, seed)),
        ["IDENTITY_128_bytes"] = (0x04, seed => Samples.Bytes(128, seed)),
        ["MODEXP_256_bits"] = (0x05, seed => ModExp(32, seed, BigInteger.One << 255)),
        ["MODEXP_2048_bits_exponent_65537"] = (0x05, seed => ModExp(256, seed, 65_537)),
        ["MODEXP_2048_bits"] = (0x05, seed => ModExp(256, seed, BigInteger.One << 2_047)),
        ["BN254_ADD"] = (0x06, seed => [.. Bn254Point(seed), .. Bn254Point(seed + 1)]),
        ["BN254_MUL"] = (0x07, seed => [.. Bn254Point(seed), .. Samples.Words(1, 254, seed)[0].ToBigEndian()]),
        ["BN254_PAIRING_2"] = (0x08, seed => Pairing(seed, 2)),
        ["BN254_PAIRING_4"] = (0x08, seed => Pairing(seed, 4)),
        ["BLAKE2F_12_rounds"] = (0x09, seed => [0, 0, 0, 12, .. Samples.Bytes(208, seed), 1]),
        ["KZG_POINT_EVALUATION"] = (0x0a, _ => Convert.FromHexString(PointEvaluation)),
        ["BLS12_G1ADD"] = (0x0b, seed => [.. Bls1(seed), .. Bls1(seed + 1)]),
        ["BLS12_G1MSM_1"] = (0x0c, seed => BlsSum(Bls1, 1, seed)),
        ["BLS12_G1MSM_16"] = (0x0c, seed => BlsSum(Bls1, 16, seed)),
        ["BLS12_G2ADD"] = (0x0d, seed => [.. Bls2(seed), .. Bls2(seed + 1)]),
        ["BLS12_G2MSM_1"] = (0x0e, seed => BlsSum(Bls2, 1, seed)),
        ["BLS12_PAIRING_2"] = (0x0f, seed => [.. Bls1(seed), .. Bls2(seed), .. Bls1(seed + 1), .. Bls2(seed + 1)]),
        ["BLS12_MAP_FP_TO_G1"] = (0x10, Field),
        ["BLS12_MAP_FP2_TO_G2"] = (0x11, seed => [.. Field(seed), .. Field(seed + 1)]),
        ["P256VERIFY"] = (0x100, P256),
    };

    public static IPrecompile Find(ulong number) =>
        EthereumPrecompiles.For(Fork.Osaka).TryGet(Address.FromNumber(number), out INativeContract contract) && contract is IPrecompile precompile
            ? precompile
            : throw new ArgumentException($"There is no precompile at {number:x}.", nameof(number));

    public static byte[] Run(ulong number, byte[] input)
    {
        OutputBuffer output = new();
        return Find(number).Run(input, ForkTable.Rules(Fork.Osaka), output) ? output.Span.ToArray() : throw new InvalidOperationException($"Precompile {number:x} refused its input.");
    }

    private static byte[] EcRecover(int seed)
    {
        byte[] hash = Keccak256.Hash(Samples.Bytes(32, seed)).Bytes.ToArray();
        Secp256k1.TrySign(hash, Samples.Key(seed), out TransactionSignature signature);
        return [.. hash, .. new UInt256(27ul + signature.YParity).ToBigEndian(), .. signature.R.ToBigEndian(), .. signature.S.ToBigEndian()];
    }

    private static byte[] P256(int seed)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECParameters parameters = key.ExportParameters(false);
        byte[] hash = SHA256.HashData(Samples.Bytes(32, seed));
        return [.. hash, .. key.SignHash(hash), .. parameters.Q.X!, .. parameters.Q.Y!];
    }

    /// <summary>Base and odd modulus of this size, the exponent as given or, where larger than 64 bits, random of its length.</summary>
    private static byte[] ModExp(int sizeBytes, int seed, BigInteger exponent)
    {
        byte[] modulus = Samples.Bytes(sizeBytes, seed);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        byte[] exponentBytes = exponent.ToByteArray(isUnsigned: true, isBigEndian: true);
        if (exponentBytes.Length > 8) Samples.Bytes(exponentBytes.Length - 1, seed + 1).CopyTo(exponentBytes, 1);
        return [.. Word(sizeBytes), .. Word(exponentBytes.Length), .. Word(sizeBytes), .. Samples.Bytes(sizeBytes, seed + 2), .. exponentBytes, .. modulus];
    }

    private static byte[] Word(int value)
    {
        byte[] word = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(word.AsSpan(28), value);
        return word;
    }

    private static byte[] Bn254Point(int seed) => Run(0x07, [.. Word(1), .. Word(2), .. Samples.Words(1, 250, seed)[0].ToBigEndian()]);

    private static byte[] Pairing(int seed, int pairs) =>
        [.. Enumerable.Range(seed, pairs).SelectMany(s => (byte[])[.. Bn254Point(s), .. Convert.FromHexString(Bn254Generator2)])];

    private static byte[] Field(int seed) => [.. new byte[32], .. Samples.Bytes(32, seed)];

    private static byte[] Bls1(int seed) => Run(0x10, Field(seed));

    private static byte[] Bls2(int seed) => Run(0x11, [.. Field(seed), .. Field(seed + 100)]);

    private static byte[] BlsSum(Func<int, byte[]> point, int count, int seed) =>
        [.. Enumerable.Range(seed, count).SelectMany(s => (byte[])[.. point(s), .. Samples.Bytes(32, s)])];
}
