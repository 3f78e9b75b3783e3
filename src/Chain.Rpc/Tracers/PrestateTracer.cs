using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Evm.Tracing;
using Chain.Rpc.Json;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tracers;

/// <summary>
/// geth's prestateTracer: the accounts a transaction touches as they were before it; with diffMode only what it changed, before and after.
/// Options: diffMode, disableCode, disableStorage, includeEmpty.
/// </summary>
internal sealed class PrestateTracer : ITransactionTracer
{
    private const int AccountBytes = 256;

    private readonly TraceSubject _subject;
    private readonly WorldState _state;
    private readonly Dictionary<Address, Prestate> _accounts = [];
    private readonly bool _diff;
    private readonly bool _withCode;
    private readonly bool _withStorage;
    private readonly bool _withEmpty;
    private long _bytesLeft;

    public PrestateTracer(TraceSubject subject, JsonElement config)
    {
        _subject = subject;
        _state = subject.State;
        _bytesLeft = subject.BytesMax;
        _diff = TracerTable.Flag(config, "diffMode"u8);
        _withCode = !TracerTable.Flag(config, "disableCode"u8);
        _withStorage = !TracerTable.Flag(config, "disableStorage"u8);
        _withEmpty = TracerTable.Flag(config, "includeEmpty"u8);
        // The transaction's fee and nonce change these before the first frame begins.
        Transaction transaction = subject.Transaction;
        Note(subject.Sender);
        Note(transaction.To ?? ContractAddress.OfCreate(subject.Sender, _state.GetAccount(subject.Sender).Nonce));
        Note(subject.Block.Coinbase);
        foreach (Authorization authorization in transaction.AuthorizationList)
        {
            if (authorization.TryRecoverAuthority(out Address authority)) Note(authority);
        }
    }

    public void OnFrameEnter(in FrameStart start)
    {
        _subject.Cancellation.ThrowIfCancellationRequested();
        Note(start.Recipient);
        Note(start.CodeAddress);
    }

    public void OnAccountAccess(in Address account) => Note(account);

    public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite)
    {
        if (!_withStorage) return;
        Prestate noted = Note(account);
        if (noted.Storage.ContainsKey(key)) return;
        Charge(2 * UInt256.SizeBytes);
        noted.Storage.Add(key, _state.GetSlot(_state.GetAccount(account), key).Value);
    }

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => Note(beneficiary);

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteStartObject();
        if (_diff)
        {
            writer.WriteStartObject("post"u8);
            foreach ((Address address, Prestate before) in Ordered()) WritePost(writer, address, before);
            writer.WriteEndObject();
            writer.WriteStartObject("pre"u8);
            foreach ((Address address, Prestate before) in Ordered())
            {
                if (before.Exists && HasChanged(_state.GetAccount(address), before)) WritePre(writer, address, before, changedSlotsOnly: true);
            }
            writer.WriteEndObject();
        }
        else
        {
            foreach ((Address address, Prestate before) in Ordered())
            {
                if (before.Exists || _withEmpty || !IsNew(address)) WritePre(writer, address, before, changedSlotsOnly: false);
            }
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes what changed in the form of OpenEthereum's stateDiff: "=" for a part that stayed, "+", "-" and "*" for one that came, went or changed.</summary>
    public void WriteDifference(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach ((Address address, Prestate before) in Ordered())
        {
            AccountEntry now = _state.GetAccount(address);
            if (!HasChanged(now, before)) continue;
            ReadOnlyMemory<byte> code = now.HasCode ? _state.GetCode(now) : default;
            writer.WriteStartObject(address.ToString());
            WritePart(writer, "balance"u8, before.Exists, now.Exists, before.Balance == now.Balance, w => w.WriteQuantityValue(before.Balance), w => w.WriteQuantityValue(now.Balance));
            WritePart(writer, "code"u8, before.Exists, now.Exists, before.CodeHash == now.CodeHash, w => w.WriteDataValue(before.Code.Span), w => w.WriteDataValue(code.Span));
            WritePart(writer, "nonce"u8, before.Exists, now.Exists, before.Nonce == now.Nonce, w => w.WriteQuantityValue(before.Nonce), w => w.WriteQuantityValue(now.Nonce));
            writer.WriteStartObject("storage"u8);
            foreach ((UInt256 key, UInt256 value) in before.Storage)
            {
                UInt256 after = _state.GetSlot(now, key).Value;
                if (after == value) continue;
                WritePart(writer, System.Text.Encoding.ASCII.GetBytes($"0x{Convert.ToHexStringLower(key.ToBigEndian())}"), before.Exists, now.Exists, false, w => w.WriteWordValue(value), w => w.WriteWordValue(after));
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool existed, bool exists, bool isSame, Action<Utf8JsonWriter> before, Action<Utf8JsonWriter> after)
    {
        writer.WritePropertyName(name);
        if (existed && exists && isSame)
        {
            writer.WriteStringValue("="u8);
            return;
        }
        writer.WriteStartObject();
        if (!existed)
        {
            writer.WritePropertyName("+"u8);
            after(writer);
        }
        else if (!exists)
        {
            writer.WritePropertyName("-"u8);
            before(writer);
        }
        else
        {
            writer.WriteStartObject("*"u8);
            writer.WritePropertyName("from"u8);
            before(writer);
            writer.WritePropertyName("to"u8);
            after(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    /// <summary>True for an account that the transaction brought into being: it has no state before.</summary>
    private bool IsNew(in Address address) => _state.GetAccount(address) is { HasCode: true };

    private IEnumerable<KeyValuePair<Address, Prestate>> Ordered() => _accounts.OrderBy(pair => pair.Key);

    private Prestate Note(in Address address)
    {
        if (_accounts.TryGetValue(address, out Prestate? known)) return known;
        AccountEntry account = _state.GetAccount(address);
        ReadOnlyMemory<byte> code = account.HasCode ? _state.GetCode(account) : default;
        Charge(AccountBytes + code.Length);
        Prestate noted = new(account.Exists, account.Balance, account.Nonce, account.CodeHash, code);
        _accounts.Add(address, noted);
        return noted;
    }

    private bool HasChanged(AccountEntry now, Prestate before) =>
        now.Exists != before.Exists || now.Balance != before.Balance || now.Nonce != before.Nonce || now.CodeHash != before.CodeHash
        || before.Storage.Any(slot => _state.GetSlot(now, slot.Key).Value != slot.Value);

    private void WritePre(Utf8JsonWriter writer, in Address address, Prestate before, bool changedSlotsOnly)
    {
        writer.WriteStartObject(address.ToString());
        writer.WriteQuantity("balance"u8, before.Balance);
        if (before.Nonce != 0) writer.WriteNumber("nonce"u8, before.Nonce);
        if (_withCode && before.Code.Length > 0)
        {
            writer.WriteData("code"u8, before.Code.Span);
            writer.WriteHash("codeHash"u8, before.CodeHash);
        }
        AccountEntry now = _state.GetAccount(address);
        List<(UInt256, UInt256)> slots = [];
        foreach ((UInt256 key, UInt256 value) in before.Storage)
        {
            if (!changedSlotsOnly || (!value.IsZero && _state.GetSlot(now, key).Value != value)) slots.Add((key, value));
        }
        WriteSlots(writer, slots);
        writer.WriteEndObject();
    }

    private void WritePost(Utf8JsonWriter writer, in Address address, Prestate before)
    {
        AccountEntry now = _state.GetAccount(address);
        if (!now.Exists || !HasChanged(now, before)) return;
        writer.WriteStartObject(address.ToString());
        if (now.Balance != before.Balance) writer.WriteQuantity("balance"u8, now.Balance);
        if (now.Nonce != before.Nonce) writer.WriteNumber("nonce"u8, now.Nonce);
        if (_withCode && now.CodeHash != before.CodeHash)
        {
            writer.WriteData("code"u8, _state.GetCode(now).Span);
            writer.WriteHash("codeHash"u8, now.CodeHash);
        }
        List<(UInt256, UInt256)> slots = [];
        foreach ((UInt256 key, UInt256 value) in before.Storage)
        {
            UInt256 after = _state.GetSlot(now, key).Value;
            if (after != value && !after.IsZero) slots.Add((key, after));
        }
        WriteSlots(writer, slots);
        writer.WriteEndObject();
    }

    private static void WriteSlots(Utf8JsonWriter writer, List<(UInt256 Key, UInt256 Value)> slots)
    {
        if (slots.Count == 0) return;
        writer.WriteStartObject("storage"u8);
        foreach ((UInt256 key, UInt256 value) in slots) writer.WriteWord(key, value);
        writer.WriteEndObject();
    }

    private void Charge(int bytes)
    {
        _bytesLeft -= bytes;
        if (_bytesLeft < 0) throw new ResponseTooLargeException();
    }

    private sealed record Prestate(bool Exists, UInt256 Balance, ulong Nonce, Hash256 CodeHash, ReadOnlyMemory<byte> Code)
    {
        public SortedDictionary<UInt256, UInt256> Storage { get; } = [];
    }
}
