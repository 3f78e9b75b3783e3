using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>Judges a transaction by the chain's rules as pool, builder and execution would (compliance specification, sections 3.3 and 3.7), and tells what each says.</summary>
/// <param name="chain">The chain.</param>
internal sealed class TransactionExplainer(RpcChain chain)
{
    private const string Refused = "the transaction is invalid: no pool takes it and no block may contain it";
    private const string PoolRefused = "the pool refuses the transaction; in a block it would fail and pay its gas";
    private const string Failed = "the transaction fails and pays its gas";
    private const string TupleSkipped = "the authorization is skipped";
    private const string AllTuplesSkipped = "the pool refuses the transaction: all its authorizations would be skipped";

    /// <summary>Judges a transaction on the state after a block.</summary>
    public RpcResult<ExplanationJson> Explain(CallRequest request, BlockParameter block)
    {
        if (chain.TryFindState(block, out NamedBlock found, out IStateView view) is { } error) return error;
        BlockHeader header = block.Tag == BlockTag.Latest ? Next(found.Header) : found.Header;
        SimulationSession session = chain.Simulator.Open(new SimulationTarget(header, view, found.Hash ?? header.ParentHash));
        WorldState state = session.State;
        byte mode = session.Block.Policy is null ? (byte)0 : KycConfigWord.Unpack(new DirectStorage(state, ModuleAddresses.Kyc).Read(KycLayout.Config)).Mode;
        List<RuleAnswer> rules = session.Block.Policy is { } policy ? Ask(policy, state, request) : [];
        RuleAnswer? refusal = rules.FirstOrDefault(r => r is { IsMet: false, Effect: not TupleSkipped });
        if (refusal is { Rule: "S" }) return new ExplanationJson(header, mode, refusal, rules, null, null);

        ulong gas = Math.Min(request.Gas ?? chain.Simulator.GasCap, chain.Simulator.GasCap);
        TransactionResult result = chain.Simulator.Call(session, request);
        RpcError? failure = ExecutionErrors.OfCall(result, request.From ?? default, gas, ReasonCodes.NameOf);
        if (refusal is null && !result.Succeeded) refusal = FirstRefusal(result);
        return new ExplanationJson(header, mode, refusal, rules, result, failure?.Message);
    }

    private BlockHeader Next(BlockHeader head) => head with
    {
        Number = head.Number + 1,
        Timestamp = chain.Dev is { } dev ? dev.NextRequest(head).Timestamp : Math.Max(head.Timestamp + 1, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
    };

    private static List<RuleAnswer> Ask(ITxPolicy policy, WorldState state, CallRequest request)
    {
        Address from = request.From ?? default;
        List<RuleAnswer> answers = [new("S", from, policy.CheckSender(state, from), Refused)];
        AddAuthorities(policy, state, request.AuthorizationList ?? [], answers);
        Address to = request.To ?? ContractAddress.OfCreate(from, request.Nonce ?? state.GetAccount(from).Nonce);
        // The reason code is the last argument of the policy's errors, hence the last byte of their data.
        if (request.To is null) answers.Add(new("D", from, CodeOf(policy.CheckDeploy(state, from, from)), PoolRefused));
        else if (state.GetAccount(to).HasCode) answers.Add(new("F", to, CodeOf(policy.CheckCall(state, to)), Failed));
        if (request.Value.IsZero) return answers;
        byte[]? denied = request.To is null
            ? policy.CheckEndowment(state, from, to, fromIsEligibleSender: true)
            : policy.CheckValue(state, from, to, fromIsEligibleSender: true);
        answers.Add(new("V", to, CodeOf(denied), request.To is null ? Failed : PoolRefused));
        return answers;
    }

    private static void AddAuthorities(ITxPolicy policy, WorldState state, IReadOnlyList<Authorization> tuples, List<RuleAnswer> answers)
    {
        List<RuleAnswer> own = [];
        foreach (Authorization tuple in tuples)
        {
            if (tuple.TryRecoverAuthority(out Address authority)) own.Add(new("A", authority, policy.CheckAuthority(state, authority), TupleSkipped));
        }
        bool allFail = own.Count > 0 && own.Count == tuples.Count && own.All(a => !a.IsMet);
        answers.AddRange(allFail ? own.Select(a => a with { Effect = AllTuplesSkipped }) : own);
    }

    /// <summary>The first decision against the transaction inside its execution; known where the chain keeps an audit log.</summary>
    private static RuleAnswer? FirstRefusal(TransactionResult result)
    {
        foreach (Decision decision in result.Decisions)
        {
            if (decision.Code == 0 || decision.Kind == DecisionKind.AuthorizationSkipped) continue;
            string rule = decision.Kind switch
            {
                DecisionKind.ValueRefused => "V",
                DecisionKind.DeployRefused => "D",
                DecisionKind.CallRefused => "F",
                _ => "ENGINE",
            };
            return new RuleAnswer(rule, rule == "ENGINE" ? decision.Subject : decision.To, decision.Code, Failed);
        }
        return null;
    }

    private static byte CodeOf(byte[]? error) => error is null ? ReasonCodes.Ok : error[^1];
}

/// <summary>What one of the chain's rules says of a transaction.</summary>
/// <param name="Rule">S, A, D, F or V; ENGINE for a token's rules.</param>
/// <param name="Account">Account that it is about; of ENGINE the token.</param>
/// <param name="Code">Reason code, 0 when it is met.</param>
/// <param name="Effect">What follows when it is not.</param>
public sealed record RuleAnswer(string Rule, Address Account, byte Code, string Effect)
{
    /// <summary>True when the rule is met.</summary>
    public bool IsMet => Code == ReasonCodes.Ok;
}
