using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Engine;

/// <summary>The answer of a hook.</summary>
/// <param name="Error">Revert data of a refusal; null when accepted.</param>
/// <param name="Decision">What the audit log keeps of it.</param>
public readonly record struct HookResult(byte[]? Error, Decision Decision);

/// <summary>The movements of one token (compliance specification, section 4.3): checks without effect, and the hooks, which evaluate and then update.</summary>
/// <param name="storage">The engine's storage.</param>
/// <param name="feed">Values amounts for the travel rule.</param>
/// <param name="now">Block timestamp.</param>
/// <param name="token">The token; of hooks the caller.</param>
public sealed class TokenHooks(IModuleStorage storage, IPriceFeed feed, ulong now, Address token)
{
    /// <summary><c>canTransfer</c>: a reason code.</summary>
    public byte CanTransfer(in Address from, in Address to, in UInt256 amount) => Of(from, to, amount).Transfer();

    /// <summary><c>canMint</c>: a reason code.</summary>
    public byte CanMint(in Address to, in UInt256 amount) => Of(default, to, amount).Mint();

    /// <summary><c>transferred</c>.</summary>
    public HookResult Transferred(in Address from, in Address to, in UInt256 amount)
    {
        Movement movement = Of(from, to, amount);
        byte code = movement.Transfer();
        if (code == 0) movement.ApplyTransfer();
        return Answer(movement, DecisionKind.Transfer, from, to, amount, code, movement.Reference);
    }

    /// <summary><c>created</c>.</summary>
    public HookResult Created(in Address to, in UInt256 amount)
    {
        Movement movement = Of(default, to, amount);
        byte code = movement.Mint();
        if (code == 0) movement.ApplyMint();
        return Answer(movement, DecisionKind.Mint, default, to, amount, code, default);
    }

    /// <summary><c>destroyed</c>.</summary>
    public HookResult Destroyed(in Address from, in UInt256 amount)
    {
        Movement movement = Of(from, default, amount);
        byte code = movement.Burn();
        if (code == 0) movement.ApplyBurn();
        return Answer(movement, DecisionKind.Burn, from, default, amount, code, default);
    }

    /// <summary><c>forced</c>.</summary>
    public HookResult Forced(in Address from, in Address to, in UInt256 amount, in UInt256 reason)
    {
        Movement movement = Of(from, to, amount);
        byte code = movement.Force();
        if (code == 0) movement.ApplyForce();
        return Answer(movement, DecisionKind.Forced, from, to, amount, code, reason);
    }

    /// <summary><c>recovered</c>: the balance stays with the identity.</summary>
    public HookResult Recovered(in Address from, in Address to, in UInt256 amount)
    {
        Movement movement = Of(from, to, amount);
        byte code = movement.Recover();
        return Answer(movement, DecisionKind.Recovery, from, to, amount, code, movement.Reference);
    }

    private Movement Of(in Address from, in Address to, in UInt256 amount) => new(storage, feed, now, token, from, to, amount);

    private HookResult Answer(Movement movement, DecisionKind kind, in Address from, in Address to, in UInt256 amount, byte code, in UInt256 reference)
    {
        UInt256 fromWord = AbiWords.ToWord(from);
        UInt256 toWord = AbiWords.ToWord(to);
        byte[]? error = code == 0 ? null : EngineErrors.ComplianceViolation.Encode(code, fromWord, toWord, amount);
        if (error is null && movement.IsLogged)
        {
            storage.Log(EngineEvents.Decision.Log(ModuleAddresses.Engine, AbiWords.ToWord(token), fromWord, toWord, amount, (ulong)kind, code, reference));
        }
        Decision decision = new()
        {
            Kind = kind,
            Subject = token,
            From = from,
            To = to,
            Amount = amount,
            Code = code,
            Reference = reference,
        };
        return new HookResult(error, decision);
    }
}
