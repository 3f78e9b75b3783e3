using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Trie;

namespace Chain.Consensus.Execution;

/// <summary>Roots of the lists that a header commits to: tries from rlp(index) to the item.</summary>
public static class Roots
{
    /// <summary>Root of the transactions.</summary>
    public static Hash256 Transactions(IReadOnlyList<Transaction> transactions) => ListRoot.Compute(transactions, TransactionCodec.Encode);

    /// <summary>Root of the receipts.</summary>
    public static Hash256 Receipts(IReadOnlyList<Receipt> receipts) => ListRoot.Compute(receipts, static (ref RlpWriter writer, Receipt receipt) => receipt.Encode(ref writer));

    /// <summary>Root of the withdrawals.</summary>
    public static Hash256 Withdrawals(IReadOnlyList<Withdrawal> withdrawals) => ListRoot.Compute(withdrawals, static (ref RlpWriter writer, Withdrawal withdrawal) => withdrawal.Encode(ref writer));
}
