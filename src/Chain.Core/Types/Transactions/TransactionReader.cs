using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>
/// Reads the fields of a transaction and names the first error after the field it is in. Like <see cref="RlpReader"/>, the first error sticks,
/// so a kind reads all its fields and looks once.
/// </summary>
internal ref struct TransactionReader
{
    private RlpReader _rlp;
    private RlpScope _list;
    private TransactionError _error;

    /// <summary>A reader over the RLP list of a transaction, without the type byte.</summary>
    public TransactionReader(ReadOnlySpan<byte> list)
    {
        _rlp = new RlpReader(list);
        if (!list.IsEmpty && !_rlp.IsListNext)
        {
            _rlp.Reject(RlpError.ExpectedList);
            _error = TransactionError.RlpInvalidHeader;
            return;
        }
        _list = _rlp.EnterList();
        if (_rlp.Error == RlpError.None) return;
        bool leadingZeros = _rlp.Error == RlpError.NotCanonical && list.Length > 1 && list[1] == 0;
        _error = leadingZeros ? TransactionError.RlpErrorSizeLeadingZeros : TransactionError.RlpErrorSize;
    }

    /// <summary>Closes the list and reports the first error.</summary>
    public TransactionError Finish()
    {
        if (_error == TransactionError.None && _rlp.Error == RlpError.None && !_rlp.AtEnd) Set(TransactionError.RlpTooManyElements);
        _rlp.LeaveList(_list);
        if (!_rlp.Complete() && _error == TransactionError.None) _error = TransactionError.RlpErrorSize;
        return _error;
    }

    public ulong ReadChainId()
    {
        ulong value = _rlp.ReadUInt64();
        Name(TransactionError.RlpInvalid, TransactionError.InvalidChainid, TransactionError.RlpInvalid);
        return value;
    }

    public ulong ReadNonce()
    {
        ulong value = _rlp.ReadUInt64();
        Name(TransactionError.RlpLeadingZerosNonce, TransactionError.NonceOverflow, TransactionError.RlpInvalidNonce, TransactionError.RlpLeadingZerosNonceSize);
        return value;
    }

    public UInt256 ReadMaxFee(TransactionError leadingZeros)
    {
        UInt256 value = _rlp.ReadUInt256();
        Name(leadingZeros, TransactionError.GaspriceOverflow, TransactionError.RlpInvalid);
        return value;
    }

    public UInt256 ReadPriorityFee()
    {
        UInt256 value = _rlp.ReadUInt256();
        Name(TransactionError.RlpLeadingZerosPriorityFee, TransactionError.PriorityOverflow, TransactionError.RlpInvalid);
        return value;
    }

    public UInt256 ReadBlobFee()
    {
        UInt256 value = _rlp.ReadUInt256();
        Name(TransactionError.RlpInvalid, TransactionError.RlpInvalid, TransactionError.RlpInvalid);
        return value;
    }

    public ulong ReadGasLimit()
    {
        ulong value = _rlp.ReadUInt64();
        Name(TransactionError.RlpLeadingZerosGaslimit, TransactionError.GaslimitOverflow, TransactionError.RlpInvalidGaslimit);
        return value;
    }

    public Address? ReadTo()
    {
        ReadOnlySpan<byte> bytes = _rlp.ReadBytes();
        Name(TransactionError.RlpInvalidTo, TransactionError.RlpInvalidTo, TransactionError.RlpInvalidTo);
        if (_error != TransactionError.None || bytes.IsEmpty) return null;
        if (bytes.Length == Address.SizeBytes) return new Address(bytes);
        Set(bytes.Length < Address.SizeBytes ? TransactionError.AddressTooShort : TransactionError.AddressTooLong);
        return null;
    }

    public UInt256 ReadValue()
    {
        UInt256 value = _rlp.ReadUInt256();
        Name(TransactionError.RlpLeadingZerosValue, TransactionError.ValueOverflow, TransactionError.RlpInvalidValue);
        return value;
    }

    public byte[] ReadData()
    {
        ReadOnlySpan<byte> bytes = _rlp.ReadBytes();
        Name(TransactionError.RlpInvalidData, TransactionError.RlpInvalidData, TransactionError.RlpInvalidData, TransactionError.RlpLeadingZerosDataSize);
        return bytes.ToArray();
    }

    public AccessListEntry[] ReadAccessList()
    {
        List<AccessListEntry>? entries = null;
        RlpScope list = _rlp.EnterList();
        while (!_rlp.AtEnd)
        {
            RlpScope entry = _rlp.EnterList();
            Address address = default;
            if (TryReadExact(
                Address.SizeBytes, TransactionError.RlpInvalidAccessListAddressTooShort, TransactionError.RlpInvalidAccessListAddressTooLong,
                out ReadOnlySpan<byte> bytes))
            {
                address = new Address(bytes);
            }
            (entries ??= []).Add(new AccessListEntry(address, ReadStorageKeys()));
            _rlp.LeaveList(entry);
        }
        _rlp.LeaveList(list);
        NameAny();
        return entries is null ? [] : [.. entries];
    }

    public Hash256[] ReadHashes()
    {
        List<Hash256>? hashes = null;
        RlpScope list = _rlp.EnterList();
        while (!_rlp.AtEnd) (hashes ??= []).Add(_rlp.ReadHash());
        _rlp.LeaveList(list);
        Name(TransactionError.RlpInvalid, TransactionError.RlpInvalid, TransactionError.RlpInvalid);
        return hashes is null ? [] : [.. hashes];
    }

    public Authorization[] ReadAuthorizations()
    {
        List<Authorization>? tuples = null;
        RlpScope list = _rlp.EnterList();
        while (!_rlp.AtEnd)
        {
            RlpScope tuple = _rlp.EnterList();
            UInt256 chainId = _rlp.ReadUInt256();
            Address address = _rlp.ReadAddress();
            ulong nonce = _rlp.ReadUInt64();
            ulong yParity = _rlp.ReadUInt64();
            if (yParity > byte.MaxValue) _rlp.Reject(RlpError.IntegerTooLarge);
            UInt256 r = _rlp.ReadUInt256();
            UInt256 s = _rlp.ReadUInt256();
            _rlp.LeaveList(tuple);
            (tuples ??= []).Add(new Authorization(chainId, address, nonce, (byte)yParity, r, s));
        }
        _rlp.LeaveList(list);
        if (_rlp.Error != RlpError.None) Set(TransactionError.Type4InvalidAuthorizationFormat);
        return tuples is null ? [] : [.. tuples];
    }

    /// <summary>The signature of a typed transaction: y parity, r, s.</summary>
    public TransactionSignature ReadSignature()
    {
        ulong yParity = _rlp.ReadUInt64();
        Name(TransactionError.RlpLeadingZerosV, TransactionError.InvalidSignatureVrs, TransactionError.InvalidSignatureVrs);
        if (yParity > 1) Set(TransactionError.InvalidSignatureVrs);
        (UInt256 r, UInt256 s) = ReadRS();
        return new TransactionSignature((byte)yParity, r, s);
    }

    /// <summary>The signature of a legacy transaction: v is 27 + y parity, or 35 + 2 * chain id + y parity (EIP-155).</summary>
    public TransactionSignature ReadLegacySignature(out ulong? chainId)
    {
        chainId = null;
        UInt256 v = _rlp.ReadUInt256();
        Name(TransactionError.RlpLeadingZerosV, TransactionError.InvalidSignatureVrs, TransactionError.InvalidSignatureVrs);
        ulong yParity = 0;
        if (v >= LegacyTransaction.ProtectedVBase)
        {
            UInt256 rest = v - LegacyTransaction.ProtectedVBase;
            yParity = rest.U0 & 1;
            ulong id = (rest.U0 >> 1) | (rest.U1 << 63);
            if (rest.U1 > 1 || (rest.U2 | rest.U3) != 0) Set(TransactionError.InvalidChainid);
            else chainId = id;
        }
        else if (v.U0 - LegacyTransaction.VBase <= 1)
        {
            yParity = v.U0 - LegacyTransaction.VBase;
        }
        else
        {
            Set(TransactionError.InvalidSignatureVrs);
        }
        (UInt256 r, UInt256 s) = ReadRS();
        return new TransactionSignature((byte)yParity, r, s);
    }

    private (UInt256 R, UInt256 S) ReadRS()
    {
        UInt256 r = _rlp.ReadUInt256();
        Name(TransactionError.RlpLeadingZerosR, TransactionError.InvalidSignatureVrs, TransactionError.RlpInvalidSignatureR);
        UInt256 s = _rlp.ReadUInt256();
        Name(TransactionError.RlpLeadingZerosS, TransactionError.InvalidSignatureVrs, TransactionError.RlpInvalidSignatureS);
        return (r, s);
    }

    private UInt256[] ReadStorageKeys()
    {
        List<UInt256>? keys = null;
        RlpScope list = _rlp.EnterList();
        while (!_rlp.AtEnd)
        {
            if (TryReadExact(
                UInt256.SizeBytes, TransactionError.RlpInvalidAccessListStorageTooShort, TransactionError.RlpInvalidAccessListStorageTooLong,
                out ReadOnlySpan<byte> bytes))
            {
                (keys ??= []).Add(UInt256.FromBigEndian(bytes));
            }
        }
        _rlp.LeaveList(list);
        return keys is null ? [] : [.. keys];
    }

    private bool TryReadExact(int sizeBytes, TransactionError tooShort, TransactionError tooLong, out ReadOnlySpan<byte> bytes)
    {
        bytes = _rlp.ReadBytes();
        if (_rlp.Error != RlpError.None) return false;
        if (bytes.Length == sizeBytes) return true;
        Set(bytes.Length < sizeBytes ? tooShort : tooLong);
        return false;
    }

    private void NameAny()
    {
        if (_rlp.Error != RlpError.None) Set(TransactionError.RlpInvalid);
    }

    private void Name(
        TransactionError leadingZeros, TransactionError overflow, TransactionError wrongKind, TransactionError notCanonical = TransactionError.RlpErrorSize)
    {
        if (_rlp.Error == RlpError.None) return;
        Set(_rlp.Error switch
        {
            RlpError.LeadingZero => leadingZeros,
            RlpError.IntegerTooLarge => overflow,
            RlpError.ExpectedString or RlpError.ExpectedList => wrongKind,
            RlpError.NotCanonical => notCanonical,
            RlpError.EndOfList => TransactionError.RlpTooFewElements,
            RlpError.UnexpectedEnd => TransactionError.RlpErrorEof,
            _ => TransactionError.RlpInvalid,
        });
    }

    private void Set(TransactionError error)
    {
        if (_error == TransactionError.None) _error = error;
        _rlp.Reject(RlpError.InvalidValue);
    }
}
