using Chain.Core.Types;

namespace Chain.Core.Forks;

/// <summary>Gas that a transaction pays before its first opcode (Yellow Paper, section 6.2, g0, and the EIPs that changed it).</summary>
public static class IntrinsicGas
{
    private const ulong TokensPerNonZeroByte = 4;

    /// <summary>The intrinsic gas of a transaction; saturates, which no gas limit can pay.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="rules">Rules of the block.</param>
    /// <param name="floorGas">Least gas that the transaction uses in all (EIP-7623); 0 before Prague.</param>
    public static ulong Compute(Transaction tx, ForkRules rules, out ulong floorGas)
    {
        ReadOnlySpan<byte> data = tx.Data.Span;
        ulong zeroBytes = (ulong)data.Count((byte)0);
        ulong nonZeroBytes = (ulong)data.Length - zeroBytes;
        UInt128 gas = rules.TransactionGas
            + ((UInt128)zeroBytes * rules.CalldataZeroByteGas)
            + ((UInt128)nonZeroBytes * rules.CalldataNonZeroByteGas);
        if (tx.IsContractCreation)
        {
            ulong words = ((ulong)data.Length + 31) / 32;
            gas += rules.CreationTransactionGas + ((UInt128)words * rules.InitCodeWordGas);
        }
        if (tx.AccessList.Count > 0)
        {
            ulong slots = 0;
            for (int i = 0; i < tx.AccessList.Count; i++) slots += (ulong)tx.AccessList[i].StorageKeys.Count;
            gas += ((UInt128)(ulong)tx.AccessList.Count * rules.AccessListAddressGas) + ((UInt128)slots * rules.AccessListSlotGas);
        }
        gas += (UInt128)(ulong)tx.AuthorizationList.Count * rules.AuthorizationGas;

        UInt128 floor = rules.CalldataFloorGasPerToken == 0
            ? 0
            : rules.TransactionGas + ((zeroBytes + ((UInt128)nonZeroBytes * TokensPerNonZeroByte)) * rules.CalldataFloorGasPerToken);
        floorGas = Saturate(floor);
        return Saturate(gas);
    }

    private static ulong Saturate(UInt128 gas) => gas > ulong.MaxValue ? ulong.MaxValue : (ulong)gas;
}
