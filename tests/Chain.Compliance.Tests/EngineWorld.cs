using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>A chain with the engine and one registered token, whose hooks are called from the token's address.</summary>
internal sealed class EngineWorld : IDisposable
{
    public const string Transferred = "transferred(address,address,uint256)";
    public const string Created = "created(address,uint256)";
    public const string Destroyed = "destroyed(address,uint256)";
    public const string Forced = "forced(address,address,uint256,bytes32)";
    public const string Recovered = "recovered(address,address,uint256)";
    public const string RuleSetType = "(uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32)";
    public const string RegisterIdentity = "registerIdentity((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32),address[])";

    public static readonly Address Token = Address.FromNumber(0x70ce);
    public static readonly Address RuleAdmin = Address.FromNumber(0xad02);
    public static readonly Address Alice2 = Address.FromNumber(0xa11ce2);
    public static readonly Address Carol = Address.FromNumber(0xca201);
    public static readonly Address Venue = Address.FromNumber(0x7e90e);

    public EngineWorld(bool hasAudit = false, DispatcherKind dispatcher = DispatcherKind.Loop, byte mode = 0)
    {
        Chain = new World(mode, dispatcher, more: hasAudit ? [ModuleAddresses.Engine, ModuleAddresses.Audit] : [ModuleAddresses.Engine]);
        Chain.Succeeds(World.Agent, "linkWallet(bytes32,address,uint8,uint64,bytes)", World.AliceId, Alice2, 0, 0, Array.Empty<byte>());
        Chain.Succeeds(World.Agent, RegisterIdentity, World.Input(World.Id(3), type: 2, country: 250), new[] { Carol });
        Chain.State.SetCode(Chain.State.GetAccount(Venue), new byte[] { 0 });
        Chain.Succeeds(World.Agent, RegisterIdentity, World.Input(World.Id(4), kind: 2), new[] { Venue });
        Ok(Token, "registerToken(address)", RuleAdmin);
    }

    public World Chain { get; }

    public void Dispose() => Chain.Dispose();

    public ExecutionResult Call(Address caller, string signature, params object[] arguments) =>
        Chain.CallAt(ModuleAddresses.Engine, caller, World.Encode(signature, arguments));

    public void Ok(Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), $"{signature}: {Convert.ToHexString(result.Output.Span)}");
    }

    public void Fails(byte[] error, Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert), signature);
        Assert.That(Convert.ToHexString(result.Output.Span), Is.EqualTo(Convert.ToHexString(error)), signature);
        Assert.That(Chain.LastLogs, Is.Empty);
    }

    public UInt256[] View(string signature, params object[] arguments)
    {
        ExecutionResult result = Call(World.Nobody, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), signature);
        return [.. result.Output.ToArray().Chunk(32).Select(w => UInt256.FromBigEndian(w))];
    }

    public void Rules(RuleMask mask, Func<RuleSet, RuleSet>? change = null) =>
        Ok(RuleAdmin, $"setRules(address,{RuleSetType})", Token, change is null ? Open(mask) : change(Open(mask)));

    /// <summary>Rules that limit nothing.</summary>
    public static RuleSet Open(RuleMask mask) =>
        new(mask, 0, 0, 0xff, uint.MaxValue, 0, 0, 10_000, false, default, UInt256.MaxValue, default, UInt256.MaxValue, default);

    public void Exempt(Exemptions flags) => Ok(RuleAdmin, "setExempt(address,address,uint8)", Token, Venue, (byte)flags);

    public void Mint(Address to, UInt256 amount) => Ok(Token, Created, to, amount);

    /// <summary>The code of a transfer: the check and, when asked, the hook must agree.</summary>
    public byte Transfer(Address from, Address to, UInt256 amount)
    {
        byte code = (byte)View("canTransfer(address,address,address,uint256)", Token, from, to, amount)[0].U0;
        Assert.That(Hook(Transferred, from, to, amount), Is.EqualTo(code), "check and hook");
        return code;
    }

    public byte CanTransfer(Address from, Address to, UInt256 amount) =>
        (byte)View("canTransfer(address,address,address,uint256)", Token, from, to, amount)[0].U0;

    public byte CanMint(Address to, UInt256 amount) => (byte)View("canMint(address,address,uint256)", Token, to, amount)[0].U0;

    /// <summary>Calls a hook; the code of the violation, 0 for success.</summary>
    public byte Hook(string signature, params object[] arguments)
    {
        ExecutionResult result = Call(Token, signature, arguments);
        if (result.Status == FrameStatus.Success) return 0;
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.Span[..4].SequenceEqual(new byte[] { 0x53, 0x79, 0x94, 0x93 }), Is.True, "ComplianceViolation");
        return result.Output.Span[35];
    }

    public UInt256 Key(Address account) => View("holderKey(address,address)", Token, account)[0];

    public UInt256[] Holder(Address account) => View("holderOf(address,bytes32)", Token, Key(account));

    public UInt256 Balance(Address account) => Holder(account)[0];

    public ulong Holders => View("rulesOf(address)", Token)[2].U0;

    public UInt256 Supply => View("rulesOf(address)", Token)[3];

    public UInt256 Slot(UInt256 key) => new DirectStorage(Chain.State, ModuleAddresses.Engine).Read(key);

    /// <summary>Count of a country or type.</summary>
    public uint Count(UInt256 position, ulong bucket) =>
        CapWord.Unpack(Slot(Slots.Map(position, Slots.Hash(AbiWords.ToWord(Token), bucket)))).Count;

    public Lot[] Lots(Address account)
    {
        UInt256 key = Key(account);
        UInt256 record = Slot(Slots.Map(EngineLayout.Holders, Slots.Hash(AbiWords.ToWord(Token), key)) + 2);
        return [.. Enumerable.Range(0, HolderWord.Unpack(record).LotCount).Select(i => LotAt(account, i))];
    }

    public Lot LotAt(Address account, int index) =>
        Lot.Unpack(Slot(Slots.Map(EngineLayout.Lots, Slots.Hash(AbiWords.ToWord(Token), Key(account), (ulong)index))));

    public void Later(ulong seconds) => Chain.NextBlock(seconds);
}
