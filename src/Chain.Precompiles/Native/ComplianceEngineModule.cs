using System.Buffers.Binary;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>The compliance engine behind <c>IComplianceEngine</c> (compliance specification, section 4).</summary>
public sealed class ComplianceEngineModule : NativeModule
{
    private const string RuleSetType = "(uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32)";

    /// <summary>The engine of a chain with these price feeds.</summary>
    public ComplianceEngineModule(IPriceFeed feed)
        : base("COMPLIANCE_ENGINE", ModuleAddresses.Engine, [.. TokenWrites, .. RuleWrites, .. OfficerWrites, .. Hooks(feed), .. Checks(feed), .. Views])
    {
    }

    private static ModuleFunction[] TokenWrites =>
    [
        Write("registerToken(address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address ruleAdmin = arguments.Address();
            return call.Refusal(arguments) ?? Engine(call).Register(call.Caller, ruleAdmin);
        }),
        Write("registerTokenFor(address,address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address ruleAdmin = arguments.Address();
            return call.Refusal(arguments) ?? Engine(call).TestManager() ?? Engine(call).Register(token, ruleAdmin);
        }),
        Write("setRuleAdmin(address,address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address newAdmin = arguments.Address();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token) ?? Engine(call).SetRuleAdmin(token, newAdmin);
        }),
        Write("acceptRuleAdmin(address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            return call.Refusal(arguments) ?? Engine(call).AcceptRuleAdmin(token);
        }),
        Write("resync(address,bytes32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            UInt256 key = arguments.UInt256();
            return call.Refusal(arguments) ?? Engine(call).Resync(token, key);
        }),
    ];

    private static ModuleFunction[] RuleWrites =>
    [
        Write($"setRules(address,{RuleSetType})", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            RuleSet rules = ReadRules(ref arguments);
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token) ?? Engine(call).SetRules(token, rules);
        }),
        Write("setCountries(address,uint16[],bool)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            ushort[] countries = arguments.UInt16s();
            bool listed = arguments.Boolean();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token)
                ?? Engine(call).SetCountries(token, countries, listed, CalldataHash("setCountries(address,uint16[],bool)", arguments));
        }),
        Write("setCountryHolderCap(address,uint16,uint32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            ushort country = arguments.UInt16();
            uint cap = arguments.UInt32();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token)
                ?? Engine(call).SetCountryHolderCap(token, country, cap, CalldataHash("setCountryHolderCap(address,uint16,uint32)", arguments));
        }),
        Write("setTypeCaps(address,uint8,uint32,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            byte type = arguments.UInt8();
            uint holderCap = arguments.UInt32();
            UInt256 balanceCap = arguments.UInt256();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token)
                ?? Engine(call).SetTypeCaps(token, type, holderCap, balanceCap, CalldataHash("setTypeCaps(address,uint8,uint32,uint256)", arguments));
        }),
        Write("setWindows(address,uint32[],uint224[])", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            uint[] seconds = [.. arguments.UIntNs(32).Select(s => (uint)s.U0)];
            UInt256[] max = arguments.UIntNs(224);
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token)
                ?? Engine(call).SetWindows(token, seconds, max, CalldataHash("setWindows(address,uint32[],uint224[])", arguments));
        }),
        Write("setExempt(address,address,uint8)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address account = arguments.Address();
            byte flags = arguments.UInt8();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token) ?? Engine(call).SetExempt(token, account, flags);
        }),
        Write("approveTransfer(address,address,address,uint256,uint32,uint64)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            uint count = arguments.UInt32();
            ulong expiry = arguments.UInt64();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token) ?? Engine(call).ApproveTransfer(token, from, to, amount, count, expiry);
        }),
    ];

    private static ModuleFunction[] OfficerWrites =>
    [
        Write("recordTravelRule(address,address,address,uint256,bytes32,uint64)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            UInt256 reference = arguments.UInt256();
            ulong expiry = arguments.UInt64();
            return call.Refusal(arguments) ?? Engine(call).TestRegistry(Authority.AgentOrOfficer)
                ?? Engine(call).RecordTravelRule(token, from, to, amount, reference, expiry);
        }),
        Write("setTokenPaused(address,bool)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            bool paused = arguments.Boolean();
            return call.Refusal(arguments) ?? Engine(call).TestRuleAdmin(token, orOfficer: true) ?? Engine(call).SetPaused(token, paused);
        }),
        Write("setLegalHold(address,bytes32,uint256,bytes32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            UInt256 key = arguments.UInt256();
            UInt256 amount = arguments.UInt256();
            UInt256 reason = arguments.UInt256();
            return call.Refusal(arguments) ?? Engine(call).TestRegistry(Authority.Officer) ?? Engine(call).SetLegalHold(token, key, amount, reason);
        }),
    ];

    private static ModuleFunction[] Views =>
    [
        ModuleFunction.View("rulesOf(address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            (TokenWord word, UInt256 supply, RuleSet rules) = EngineViews.Token(call.Storage, token);
            return call.Return([AbiWords.ToWord(word.RuleAdmin), AbiWords.ToWord(word.IsPaused), word.Holders, supply, .. rules.ToWords()]);
        }),
        ModuleFunction.View("holderOf(address,bytes32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            UInt256 key = arguments.UInt256();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            HolderView holder = EngineViews.Holder(call.Storage, token, key, call.Block.Timestamp);
            HolderWord record = holder.Record;
            return call.Return(holder.Balance, holder.LegalHold, holder.Locked, record.Country, record.InvestorType, AbiWords.ToWord(record.IsCounted));
        }),
        ModuleFunction.View("holderKey(address,address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address account = arguments.Address();
            return call.Refusal(arguments) ?? call.Return(EngineViews.HolderKey(call.Storage, token, account));
        }),
        ModuleFunction.View("messageForTransferRestriction(uint8)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            byte code = arguments.UInt8();
            return call.Refusal(arguments) ?? call.Return(ReasonCodes.MessageOf(code));
        }),
    ];

    private static ModuleFunction[] Checks(IPriceFeed feed) =>
    [
        ModuleFunction.View("canTransfer(address,address,address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? call.Return((ulong)Hook(call, feed, token).CanTransfer(from, to, amount));
        }),
        ModuleFunction.View("canTransfer(address,address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? call.Return(Hook(call, feed, call.Caller).CanTransfer(from, to, amount) == ReasonCodes.Ok);
        }),
        ModuleFunction.View("canMint(address,address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address token = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? call.Return((ulong)Hook(call, feed, token).CanMint(to, amount));
        }),
    ];

    private static ModuleFunction[] Hooks(IPriceFeed feed) =>
    [
        Write("transferred(address,address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? Answer(call, Hook(call, feed, call.Caller).Transferred(from, to, amount));
        }),
        Write("created(address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? Answer(call, Hook(call, feed, call.Caller).Created(to, amount));
        }),
        Write("destroyed(address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address from = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? Answer(call, Hook(call, feed, call.Caller).Destroyed(from, amount));
        }),
        Write("forced(address,address,uint256,bytes32)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            UInt256 reason = arguments.UInt256();
            return call.Refusal(arguments) ?? Answer(call, Hook(call, feed, call.Caller).Forced(from, to, amount, reason));
        }),
        Write("recovered(address,address,uint256)", (ModuleCall call, ref AbiReader arguments) =>
        {
            Address from = arguments.Address();
            Address to = arguments.Address();
            UInt256 amount = arguments.UInt256();
            return call.Refusal(arguments) ?? Answer(call, Hook(call, feed, call.Caller).Recovered(from, to, amount));
        }),
    ];

    private static byte[]? Answer(ModuleCall call, in HookResult result)
    {
        call.Decision = result.Decision;
        return result.Error;
    }

    private static ComplianceEngine Engine(ModuleCall call) => new(call.Storage, call.Caller);

    private static TokenHooks Hook(ModuleCall call, IPriceFeed feed, in Address token) => new(call.Storage, feed, call.Block.Timestamp, token);

    /// <summary>Authority over tokens is the engine's to test.</summary>
    private static ModuleFunction Write(string signature, ModuleHandler handler) => ModuleFunction.Write(signature, Authority.Anyone, handler);

    private static RuleSet ReadRules(ref AbiReader arguments) => new(
        (RuleMask)arguments.UInt32(), arguments.UInt8(), arguments.UInt8(), arguments.UInt8(), arguments.UInt32(), arguments.UInt32(), arguments.UInt64(), arguments.UInt16(),
        arguments.Boolean(), arguments.UIntN(96), arguments.UInt256(), arguments.UInt256(), arguments.UInt256(), arguments.UInt256());

    private static Hash256 CalldataHash(string signature, in AbiReader arguments)
    {
        byte[] calldata = new byte[AbiWords.SelectorSizeBytes + arguments.Data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(calldata, AbiWords.Selector(signature));
        arguments.Data.CopyTo(calldata.AsSpan(AbiWords.SelectorSizeBytes));
        return Keccak256.Hash(calldata);
    }
}
