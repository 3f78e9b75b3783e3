using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Storage.Blocks;

/// <summary>Stored forms of headers, bodies and receipts: their consensus RLP (Yellow Paper, section 4.4, and the EIPs that appended fields).</summary>
internal static class BlockFormat
{
    public static void WriteHeader(ref RlpWriter rlp, BlockHeader header)
    {
        int list = rlp.BeginList();
        rlp.WriteHash(header.ParentHash);
        rlp.WriteHash(header.OmmersHash);
        rlp.WriteAddress(header.Beneficiary);
        rlp.WriteHash(header.StateRoot);
        rlp.WriteHash(header.TransactionsRoot);
        rlp.WriteHash(header.ReceiptsRoot);
        rlp.WriteBytes(header.LogsBloom.Bytes);
        rlp.WriteUInt256(header.Difficulty);
        rlp.WriteUInt64(header.Number);
        rlp.WriteUInt64(header.GasLimit);
        rlp.WriteUInt64(header.GasUsed);
        rlp.WriteUInt64(header.Timestamp);
        rlp.WriteBytes(header.ExtraData.Span);
        rlp.WriteHash(header.MixHash);
        Span<byte> nonce = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(nonce, header.Nonce);
        rlp.WriteBytes(nonce);
        if (header.BaseFeePerGas is { } baseFee) rlp.WriteUInt256(baseFee);
        if (header.WithdrawalsRoot is { } withdrawals) rlp.WriteHash(withdrawals);
        if (header.BlobGasUsed is { } blobGas) rlp.WriteUInt64(blobGas);
        if (header.ExcessBlobGas is { } excess) rlp.WriteUInt64(excess);
        if (header.ParentBeaconBlockRoot is { } beacon) rlp.WriteHash(beacon);
        if (header.RequestsHash is { } requests) rlp.WriteHash(requests);
        rlp.EndList(list);
    }

    public static BlockHeader ReadHeader(ref RlpReader rlp)
    {
        RlpScope list = rlp.EnterList();
        BlockHeader header = new()
        {
            ParentHash = rlp.ReadHash(),
            OmmersHash = rlp.ReadHash(),
            Beneficiary = rlp.ReadAddress(),
            StateRoot = rlp.ReadHash(),
            TransactionsRoot = rlp.ReadHash(),
            ReceiptsRoot = rlp.ReadHash(),
            LogsBloom = ReadBloom(ref rlp),
            Difficulty = rlp.ReadUInt256(),
            Number = rlp.ReadUInt64(),
            GasLimit = rlp.ReadUInt64(),
            GasUsed = rlp.ReadUInt64(),
            Timestamp = rlp.ReadUInt64(),
            ExtraData = rlp.ReadBytes().ToArray(),
            MixHash = rlp.ReadHash(),
            Nonce = ReadNonce(ref rlp),
            BaseFeePerGas = rlp.AtEnd ? null : rlp.ReadUInt256(),
            WithdrawalsRoot = rlp.AtEnd ? null : rlp.ReadHash(),
            BlobGasUsed = rlp.AtEnd ? null : rlp.ReadUInt64(),
            ExcessBlobGas = rlp.AtEnd ? null : rlp.ReadUInt64(),
            ParentBeaconBlockRoot = rlp.AtEnd ? null : rlp.ReadHash(),
            RequestsHash = rlp.AtEnd ? null : rlp.ReadHash(),
        };
        rlp.LeaveList(list);
        return header;
    }

    /// <summary>Writes the items that follow the header in a block's list.</summary>
    public static void WriteBody(ref RlpWriter rlp, Block block)
    {
        int transactions = rlp.BeginList();
        foreach (Transaction transaction in block.Transactions) TransactionCodec.EncodeInList(ref rlp, transaction);
        rlp.EndList(transactions);
        int ommers = rlp.BeginList();
        foreach (BlockHeader ommer in block.Ommers) WriteHeader(ref rlp, ommer);
        rlp.EndList(ommers);
        if (block.Withdrawals is null) return;
        int withdrawals = rlp.BeginList();
        foreach (Withdrawal withdrawal in block.Withdrawals)
        {
            int item = rlp.BeginList();
            rlp.WriteUInt64(withdrawal.Index);
            rlp.WriteUInt64(withdrawal.ValidatorIndex);
            rlp.WriteAddress(withdrawal.Address);
            rlp.WriteUInt64(withdrawal.AmountGwei);
            rlp.EndList(item);
        }
        rlp.EndList(withdrawals);
    }

    /// <summary>Reads a body; null when it is damaged.</summary>
    public static Block? ReadBody(BlockHeader header, ReadOnlySpan<byte> body)
    {
        RlpReader rlp = new(body);
        List<Transaction> transactions = [];
        RlpScope list = rlp.EnterList();
        while (!rlp.AtEnd)
        {
            if (!TransactionCodec.TryDecodeInList(ref rlp, out Transaction? transaction, out _)) return null;
            transactions.Add(transaction);
        }
        rlp.LeaveList(list);
        List<BlockHeader> ommers = [];
        list = rlp.EnterList();
        while (!rlp.AtEnd) ommers.Add(ReadHeader(ref rlp));
        rlp.LeaveList(list);
        List<Withdrawal>? withdrawals = null;
        if (!rlp.AtEnd)
        {
            withdrawals = [];
            list = rlp.EnterList();
            while (!rlp.AtEnd)
            {
                RlpScope item = rlp.EnterList();
                withdrawals.Add(new Withdrawal(rlp.ReadUInt64(), rlp.ReadUInt64(), rlp.ReadAddress(), rlp.ReadUInt64()));
                rlp.LeaveList(item);
            }
            rlp.LeaveList(list);
        }
        return rlp.Complete() ? new Block { Header = header, Transactions = transactions, Ommers = ommers, Withdrawals = withdrawals } : null;
    }

    /// <summary>Writes one receipt as blocks of receipts hold it: a list, or a string of type byte and list (EIP-2718).</summary>
    public static void WriteReceipt(ref RlpWriter rlp, Receipt receipt)
    {
        if (receipt.Type == TransactionType.Legacy)
        {
            WriteReceiptFields(ref rlp, receipt);
            return;
        }
        RlpWriter typed = new(512);
        typed.WriteRaw((byte)receipt.Type);
        WriteReceiptFields(ref typed, receipt);
        rlp.WriteBytes(typed.Written);
        typed.Dispose();
    }

    /// <summary>Reads one receipt.</summary>
    public static Receipt ReadReceipt(ref RlpReader rlp)
    {
        if (rlp.IsListNext) return ReadReceiptFields(ref rlp, TransactionType.Legacy);
        ReadOnlySpan<byte> typed = rlp.ReadBytes();
        if (typed.IsEmpty)
        {
            rlp.Reject(RlpError.UnexpectedEnd);
            return new Receipt();
        }
        RlpReader inner = new(typed[1..]);
        Receipt receipt = ReadReceiptFields(ref inner, (TransactionType)typed[0]);
        if (!inner.Complete()) rlp.Reject(inner.Error);
        return receipt;
    }

    private static void WriteReceiptFields(ref RlpWriter rlp, Receipt receipt)
    {
        int list = rlp.BeginList();
        if (receipt.PostStateRoot is { } root) rlp.WriteHash(root);
        else rlp.WriteUInt64(receipt.Succeeded ? 1UL : 0);
        rlp.WriteUInt64(receipt.CumulativeGasUsed);
        rlp.WriteBytes(receipt.LogsBloom.Bytes);
        int logs = rlp.BeginList();
        foreach (LogEntry log in receipt.Logs)
        {
            int item = rlp.BeginList();
            rlp.WriteAddress(log.Address);
            int topics = rlp.BeginList();
            foreach (Hash256 topic in log.Topics) rlp.WriteHash(topic);
            rlp.EndList(topics);
            rlp.WriteBytes(log.Data.Span);
            rlp.EndList(item);
        }
        rlp.EndList(logs);
        rlp.EndList(list);
    }

    private static Receipt ReadReceiptFields(ref RlpReader rlp, TransactionType type)
    {
        RlpScope list = rlp.EnterList();
        ReadOnlySpan<byte> status = rlp.ReadBytes();
        bool isRoot = status.Length == Hash256.SizeBytes;
        ulong gas = rlp.ReadUInt64();
        Bloom bloom = ReadBloom(ref rlp);
        List<LogEntry> logs = [];
        RlpScope logList = rlp.EnterList();
        while (!rlp.AtEnd)
        {
            RlpScope item = rlp.EnterList();
            Address address = rlp.ReadAddress();
            List<Hash256> topics = [];
            RlpScope topicList = rlp.EnterList();
            while (!rlp.AtEnd) topics.Add(rlp.ReadHash());
            rlp.LeaveList(topicList);
            logs.Add(new LogEntry(address, topics, rlp.ReadBytes().ToArray()));
            rlp.LeaveList(item);
        }
        rlp.LeaveList(logList);
        rlp.LeaveList(list);
        return new Receipt
        {
            Type = type,
            Succeeded = !isRoot && !status.IsEmpty,
            PostStateRoot = isRoot ? new Hash256(status) : null,
            CumulativeGasUsed = gas,
            LogsBloom = bloom,
            Logs = logs,
        };
    }

    private static Bloom ReadBloom(ref RlpReader rlp)
    {
        ReadOnlySpan<byte> bytes = rlp.ReadBytes(Bloom.SizeBytes);
        return bytes.Length == Bloom.SizeBytes ? new Bloom(bytes) : Bloom.Empty;
    }

    private static ulong ReadNonce(ref RlpReader rlp)
    {
        ReadOnlySpan<byte> bytes = rlp.ReadBytes(sizeof(ulong));
        return bytes.Length == sizeof(ulong) ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
    }
}
