using Chain.Core.Forks;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Ethereum;

namespace Chain.Precompiles;

/// <summary>Ethereum's precompiles: the only list of them.</summary>
public static class EthereumPrecompiles
{
    private static readonly (Fork Since, IPrecompile Contract)[] Table =
    [
        (Fork.Frontier, new EcRecover()),
        (Fork.Frontier, new Sha256()),
        (Fork.Frontier, new Ripemd160()),
        (Fork.Frontier, new Identity()),
        (Fork.Byzantium, new ModExp()),
        (Fork.Byzantium, new Bn254Add()),
        (Fork.Byzantium, new Bn254Mul()),
        (Fork.Byzantium, new Bn254Pairing()),
        (Fork.Istanbul, new Blake2F()),
        (Fork.Cancun, new KzgPointEvaluation()),
        (Fork.Prague, new Bls12G1Add()),
        (Fork.Prague, new Bls12G1Msm()),
        (Fork.Prague, new Bls12G2Add()),
        (Fork.Prague, new Bls12G2Msm()),
        (Fork.Prague, new Bls12PairingCheck()),
        (Fork.Prague, new Bls12MapFpToG1()),
        (Fork.Prague, new Bls12MapFp2ToG2()),
        (Fork.Osaka, new P256Verify()),
    ];

    private static readonly PrecompileSet[] Sets =
        [.. Enum.GetValues<Fork>().Select(fork => new PrecompileSet(Table.Where(row => row.Since <= fork).Select(row => row.Contract)))];

    /// <summary>The precompiles of a fork; always the same object for the same fork.</summary>
    public static PrecompileSet For(Fork fork) => Sets[(int)fork];
}
