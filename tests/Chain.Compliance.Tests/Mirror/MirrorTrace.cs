using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>A slot of a module.</summary>
internal readonly record struct ModuleSlot(Address Module, UInt256 Key);

/// <summary>
/// What a call of a mirror used: distinct slots, the hashes that made them, code sizes, signatures. Things first used in step 10 (the mirror marks where that begins,
/// see Module.sol) are kept apart from those that a test needed, because a refused call does not pay for them.
/// </summary>
internal sealed class MirrorTrace(WorldState state) : ITracer
{
    private const byte Keccak = 0x20;
    private const byte ExtCodeSize = 0x3b;
    private const byte TransientStore = 0x5d;
    private const int NearBits = 16;

    private readonly Dictionary<UInt256, List<Derived>> _derived = [];
    private Phase _phase;

    /// <summary>Which rule of gas holds.</summary>
    private enum Phase
    {
        Tests,
        Effects,
        ChainRule,
    }

    /// <summary>Value before the call of every slot touched.</summary>
    public Dictionary<ModuleSlot, UInt256> Before { get; } = [];

    /// <summary>Slots that a test read.</summary>
    public HashSet<ModuleSlot> Tested { get; } = [];

    /// <summary>Accounts whose code size was read, by a test or at all.</summary>
    public Dictionary<Address, bool> CodeReads { get; } = [];

    /// <summary>Gas of all hashes that count.</summary>
    public ulong HashGas { get; private set; }

    /// <summary>Gas of those that a test needed.</summary>
    public ulong TestedHashGas { get; private set; }

    /// <summary>Signatures recovered.</summary>
    public ulong Recoveries { get; private set; }

    public bool TracesOpcodes => true;

    public void OnFrameEnter(in FrameStart start)
    {
        if (start.CodeAddress == Address.FromNumber(1)) Recoveries++;
    }

    public void OnOpcode(in OpcodeStep step)
    {
        switch (step.Code)
        {
            case Keccak:
                OnHash(Preimage(step));
                break;
            case ExtCodeSize:
                if (_phase == Phase.ChainRule) break;
                Address account = Abi.AbiWords.ToAddress(step.Stack[^1]);
                CodeReads[account] = _phase == Phase.Tests || CodeReads.GetValueOrDefault(account);
                break;
            case TransientStore when step.Stack[^1].IsZero:
                _phase = (Phase)step.Stack[^2].U0;
                break;
        }
    }

    public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite)
    {
        if (_phase == Phase.ChainRule) return;
        ModuleSlot slot = new(account, key);
        if (!Before.ContainsKey(slot)) Before.Add(slot, state.GetSlot(state.GetAccount(account), key).Value);
        if (_phase == Phase.Tests) Tested.Add(slot);
        Use(key);
    }

    private static byte[] Preimage(in OpcodeStep step)
    {
        int offset = (int)step.Stack[^1].U0;
        int size = (int)step.Stack[^2].U0;
        byte[] bytes = new byte[size];
        if (offset < step.Memory.Length) step.Memory[offset..Math.Min(step.Memory.Length, offset + size)].CopyTo(bytes);
        return bytes;
    }

    private void OnHash(byte[] preimage)
    {
        bool isDigest = preimage.Length == 66 && preimage[0] == 0x19 && preimage[1] == 0x01;
        bool isTreeNode = preimage.Length == 65 && preimage[0] == 0x01;
        if (isDigest || isTreeNode) Charge(isDigest ? 120ul : 48, _phase == Phase.Tests);
        if (preimage.Length is 0 or > 128 || preimage.Length % 32 != 0) return;
        UInt256 hash = UInt256.FromBigEndian(Keccak256.Hash(preimage).Bytes);
        List<Derived> near = Near(hash >> NearBits, create: true)!;
        if (!near.Exists(d => d.Hash == hash)) near.Add(new Derived(hash, [.. preimage.Chunk(32).Select(w => UInt256.FromBigEndian(w))]));
    }

    /// <summary>Marks the hash that made a slot, or a word of another hash's preimage, and those that went into it.</summary>
    private void Use(in UInt256 word)
    {
        UInt256 group = word >> NearBits;
        Derived? found = FindBelow(Near(group, create: false), word) ?? FindBelow(Near(group - UInt256.One, create: false), word) ?? Folded(word);
        if (found is null) return;
        bool isTest = _phase == Phase.Tests;
        if (found.IsPaid && (found.IsTested || !isTest)) return;
        ulong gas = 30 + (6 * (ulong)found.Words.Length);
        if (!found.IsPaid) HashGas += gas;
        if (isTest) TestedHashGas += gas;
        found.IsPaid = true;
        found.IsTested |= isTest;
        foreach (UInt256 part in found.Words) Use(part);
    }

    private static Derived? FindBelow(List<Derived>? near, in UInt256 word)
    {
        if (near is null) return null;
        foreach (Derived derived in near)
        {
            if (derived.Hash <= word && (word - derived.Hash) >> NearBits == UInt256.Zero) return derived;
        }
        return null;
    }

    /// <summary>The base of an array that stands at a constant slot: the compiler has worked out the hash.</summary>
    private Derived? Folded(in UInt256 word)
    {
        if (FindBelow(FoldedBases.GetValueOrDefault(word >> NearBits), word) is not { } known) return null;
        Derived derived = new(known.Hash, known.Words);
        Near(known.Hash >> NearBits, create: true)!.Add(derived);
        return derived;
    }

    private List<Derived>? Near(in UInt256 group, bool create)
    {
        if (!_derived.TryGetValue(group, out List<Derived>? near) && create) _derived[group] = near = [];
        return near;
    }

    private void Charge(ulong gas, bool isTest)
    {
        HashGas += gas;
        if (isTest) TestedHashGas += gas;
    }

    private static readonly Dictionary<UInt256, List<Derived>> FoldedBases = MakeFoldedBases();

    private static Dictionary<UInt256, List<Derived>> MakeFoldedBases()
    {
        Dictionary<UInt256, List<Derived>> bases = [];
        foreach (string id in new[] { "defactor.kyc.v1", "defactor.compliance.v1", "defactor.oracle.v1" })
        {
            UInt256 first = Storage.Slots.Namespace(id);
            for (ulong i = 0; i < 16; i++)
            {
                UInt256 position = first + i;
                Derived derived = new(Storage.Slots.ArrayBase(position), [position]);
                bases.TryAdd(derived.Hash >> NearBits, []);
                bases[derived.Hash >> NearBits].Add(derived);
            }
        }
        return bases;
    }

    private sealed class Derived(UInt256 hash, UInt256[] words)
    {
        public UInt256 Hash { get; } = hash;

        public UInt256[] Words { get; } = words;

        public bool IsPaid { get; set; }

        public bool IsTested { get; set; }
    }
}
