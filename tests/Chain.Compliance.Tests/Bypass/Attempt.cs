using System.Text;
using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>What the attempts of this folder share: each tries to write to a module without the right, or to move value or tokens from or to a party that may not have them. None may succeed.</summary>
internal static class Attempt
{
    public const string IdentityType = "(bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)";
    public const string Register = $"registerIdentity({IdentityType},address[])";
    public const string RegisterBatch = $"registerIdentityBatch({IdentityType}[],address[][])";
    public const string Update = $"updateIdentity({IdentityType})";
    public const string Link = "linkWallet(bytes32,address,uint8,uint64,bytes)";
    public const string SetWallet = "setWalletStatus(address,uint8,bytes32)";
    public const string SetIdentity = "setIdentityStatus(bytes32,uint8,bytes32)";
    public const string Sanction = "setSanctioned(address[],bool,uint32)";
    public const string Propose = "proposeRecovery(address,address,bytes32)";

    public static readonly Address Proxy = Address.FromNumber(0x9406);
    public static readonly Address Other = Address.FromNumber(0x07e4);
    public static readonly Address Stranger = Address.FromNumber(0x57a6);
    public static readonly Hash256 Reason = World.Id(0xbad);
    public static readonly byte[] None = [];

    private static readonly Address[] Modules =
    [
        ModuleAddresses.DeployerAllowList, ModuleAddresses.TxAllowList, ModuleAddresses.Kyc, ModuleAddresses.Engine, ModuleAddresses.Oracle, ModuleAddresses.Audit,
    ];

    /// <summary>A named attempt.</summary>
    public static TestCaseData Case(string name, Action attempt) => new TestCaseData(attempt).SetName(name);

    /// <summary>All storage of all modules that differs from the parent block, as text.</summary>
    public static string Storage(World world)
    {
        StringBuilder text = new();
        StateDelta delta = world.State.ToDelta();
        foreach (Address module in Modules)
        {
            if (!delta.Accounts.TryGetValue(module, out AccountDelta? change)) continue;
            foreach ((UInt256 slot, UInt256 value) in change.Storage.OrderBy(s => s.Key)) text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{module} {slot} {value}");
        }
        return text.ToString();
    }

    /// <summary>A call of a module that must fail and leave no trace in any module.</summary>
    public static void Refused(World world, Address module, Address caller, byte[] input, CallKind kind = CallKind.Call, UInt256 value = default)
    {
        string before = Storage(world);
        ExecutionResult result = world.CallAt(module, caller, input, kind, value);
        Assert.That(result.Status, Is.Not.EqualTo(FrameStatus.Success), "the call fails");
        Assert.That(Storage(world), Is.EqualTo(before), "nothing is written");
    }

    /// <summary>The same for a registry function.</summary>
    public static void Refused(World world, Address caller, string signature, params object[] arguments) =>
        Refused(world, ModuleAddresses.Kyc, caller, World.Encode(signature, arguments));

    /// <summary>Whatever the action does, no module is written.</summary>
    public static void WritesNothing(World world, Action action)
    {
        string before = Storage(world);
        action();
        Assert.That(Storage(world), Is.EqualTo(before), "nothing is written");
    }

    /// <summary>Whatever the action does, the account's balance stays.</summary>
    public static void MovesNothing(World world, Address account, Action action)
    {
        UInt256 before = world.Balance(account);
        action();
        Assert.That(world.Balance(account), Is.EqualTo(before), $"the balance of {account} stays");
    }

    public static void Put(World world, Address address, byte[] code, ulong balance = 0)
    {
        world.State.BeginTransaction();
        world.State.SetNonce(world.State.GetAccount(address), 1);
        world.State.SetCode(world.State.GetAccount(address), code);
        world.State.SetBalance(world.State.GetAccount(address), balance);
    }

    /// <summary>Code that hands its calldata to a target by an opcode with a value, and stops whatever comes of it.</summary>
    public static byte[] Forward(byte opcode, Address target, byte value = 0) =>
    [
        0x36, 0x5f, 0x5f, 0x37, // calldatacopy(0, 0, size)
        0x5f, 0x5f, 0x36, 0x5f, // out size, out offset, in size, in offset
        .. opcode is 0xf1 or 0xf2 ? (byte[])[0x60, value] : [], 0x73, .. target.Bytes, 0x5a, opcode, 0x00,
    ];

    /// <summary>Code that creates a contract of the initcode in its calldata, by CREATE or CREATE2 with salt 0 and a value, and returns its address.</summary>
    public static byte[] Creator(bool isCreate2, byte value = 0) =>
    [
        0x36, 0x5f, 0x5f, 0x37, .. isCreate2 ? (byte[])[0x5f] : [], 0x36, 0x5f, 0x60, value, isCreate2 ? (byte)0xf5 : (byte)0xf0, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3,
    ];

    /// <summary>The account of a key number.</summary>
    public static Address AccountOf(byte key)
    {
        byte[] publicKey = new byte[64];
        Assert.That(Secp256k1.TryGetPublicKey(KeyOf(key), publicKey), Is.True);
        return Secp256k1.AddressOf(publicKey);
    }

    public static byte[] KeyOf(byte key) => [.. new byte[31], key];

    /// <summary>A type-4 transaction with one authorization of a key for a target.</summary>
    public static TransactionResult Delegate(World world, Address sender, byte key, Address target, Address? to = null, byte[]? data = null, ulong? nonce = null)
    {
        Authorization unsigned = new(World.ChainId, target, nonce ?? world.State.GetAccount(AccountOf(key)).Nonce, 0, default, default);
        Assert.That(Secp256k1.TrySign(unsigned.SigningHash().Bytes, KeyOf(key), out TransactionSignature signature), Is.True);
        return world.Send(sender, new Transaction
        {
            Type = TransactionType.SetCode,
            ChainId = World.ChainId,
            Nonce = world.State.GetAccount(sender).Nonce,
            To = to ?? World.Bob,
            Data = data ?? [],
            GasLimit = 500_000,
            MaxFeePerGas = World.BaseFee,
            Signature = new TransactionSignature(0, 1, 1),
            AuthorizationList = [unsigned with { YParity = signature.YParity, R = signature.R, S = signature.S }],
        });
    }

    public static void Freeze(World world, Address wallet) => world.Succeeds(World.Officer, SetWallet, wallet, 2, Reason);

    public static void LinkContract(World world, Address wallet, Hash256? identity = null) => world.Succeeds(World.Agent, Link, identity ?? World.AliceId, wallet, 1, 0, None);

    public static void ListSanctioned(World world, params Address[] accounts) => world.Succeeds(World.Officer, Sanction, accounts, true, 1);

    /// <summary>Reads a slot of the registry.</summary>
    public static UInt256 Slot(World world, UInt256 slot) => new DirectStorage(world.State, ModuleAddresses.Kyc).Read(slot);

    public static UInt256 W(Address address) => AbiWords.ToWord(address);
}
