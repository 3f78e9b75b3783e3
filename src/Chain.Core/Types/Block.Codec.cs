using System.Diagnostics.CodeAnalysis;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Types.Transactions;

namespace Chain.Core.Types;

public sealed partial class Block
{
    /// <summary>Largest block accepted by default, bytes. Forks have lower limits (EIP-7934).</summary>
    public const int SizeBytesMax = 64 * 1024 * 1024;

    private int _encodedSizeBytes;

    /// <summary>Size of the encoding in bytes.</summary>
    public int EncodedSizeBytes
    {
        get
        {
            int size = Volatile.Read(ref _encodedSizeBytes);
            if (size != 0) return size;
            size = Encode().Length;
            Volatile.Write(ref _encodedSizeBytes, size);
            return size;
        }
    }

    /// <summary>Writes rlp([header, transactions, ommers, withdrawals]); the last only when the block has them.</summary>
    public void Encode(ref RlpWriter writer)
    {
        int block = writer.BeginList();
        Header.Encode(ref writer);
        int transactions = writer.BeginList();
        for (int i = 0; i < Transactions.Count; i++) TransactionCodec.EncodeInList(ref writer, Transactions[i]);
        writer.EndList(transactions);
        int ommers = writer.BeginList();
        for (int i = 0; i < Ommers.Count; i++) Ommers[i].Encode(ref writer);
        writer.EndList(ommers);
        if (Withdrawals is not null)
        {
            int withdrawals = writer.BeginList();
            for (int i = 0; i < Withdrawals.Count; i++) Withdrawals[i].Encode(ref writer);
            writer.EndList(withdrawals);
        }
        writer.EndList(block);
    }

    /// <summary>The encoding in a new array.</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new(Math.Max(_encodedSizeBytes, 1_024) + 8);
        Encode(ref writer);
        byte[] bytes = writer.ToArray();
        writer.Dispose();
        return bytes;
    }

    /// <summary>Decodes exactly one block.</summary>
    /// <param name="encoded">The bytes.</param>
    /// <param name="block">The block; null on failure.</param>
    /// <param name="error">Why not; <see cref="BlockError.InvalidTransaction"/> when a transaction does not decode.</param>
    /// <param name="transactionError">The error of that transaction.</param>
    /// <param name="sizeBytesMax">Largest encoding accepted.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Block? block, out BlockError error, out TransactionError transactionError,
        int sizeBytesMax = SizeBytesMax)
    {
        block = null;
        transactionError = TransactionError.None;
        error = BlockError.RlpBlockLimitExceeded;
        if (encoded.Length > sizeBytesMax) return false;
        RlpReader reader = new(encoded);
        Block read = Decode(ref reader, out transactionError);
        if (!reader.Complete())
        {
            error = transactionError != TransactionError.None ? BlockError.InvalidTransaction : reader.Error switch
            {
                RlpError.IntegerTooLarge => BlockError.RlpInvalidFieldOverflow64,
                _ => BlockError.RlpStructuresEncoding,
            };
            return false;
        }
        error = BlockError.None;
        block = read;
        return true;
    }

    /// <summary>Reads the next block of several; on failure the reader holds the error and the block is void.</summary>
    public static Block Decode(ref RlpReader reader, out TransactionError transactionError)
    {
        transactionError = TransactionError.None;
        int start = reader.Position;
        RlpScope list = reader.EnterList();
        BlockHeader header = BlockHeader.Decode(ref reader);

        List<Transaction> transactions = [];
        RlpScope inner = reader.EnterList();
        while (!reader.AtEnd)
        {
            if (TransactionCodec.TryDecodeInList(ref reader, out Transaction? tx, out transactionError)) transactions.Add(tx);
            else reader.Reject(RlpError.InvalidValue);
        }
        reader.LeaveList(inner);

        List<BlockHeader> ommers = [];
        inner = reader.EnterList();
        while (!reader.AtEnd) ommers.Add(BlockHeader.Decode(ref reader));
        reader.LeaveList(inner);

        List<Withdrawal>? withdrawals = null;
        if (!reader.AtEnd)
        {
            withdrawals = [];
            inner = reader.EnterList();
            while (!reader.AtEnd) withdrawals.Add(Withdrawal.Decode(ref reader));
            reader.LeaveList(inner);
        }
        reader.LeaveList(list);
        return new Block
        {
            Header = header,
            Transactions = transactions,
            Ommers = ommers,
            Withdrawals = withdrawals,
            _encodedSizeBytes = reader.Position - start,
        };
    }
}
