using System.Text.Json;
using Chain.Compliance.Registry;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Json;

/// <summary>The answer of kyc_explain.</summary>
/// <param name="Header">Block as in which it was judged.</param>
/// <param name="Mode">Enforcement mode, 0 to 3.</param>
/// <param name="Refusal">The first rule that refuses; null for none.</param>
/// <param name="Rules">Every rule asked.</param>
/// <param name="Execution">What the execution gave; null where the transaction is invalid.</param>
/// <param name="Failure">Why the execution failed; null when it succeeded.</param>
public sealed record ExplanationJson(BlockHeader Header, byte Mode, RuleAnswer? Refusal, IReadOnlyList<RuleAnswer> Rules, TransactionResult? Execution, string? Failure) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("blockNumber"u8, Header.Number);
        writer.WriteQuantity("timestamp"u8, Header.Timestamp);
        writer.WriteNumber("mode"u8, Mode);
        writer.WriteBoolean("refused"u8, Refusal is not null);
        writer.WriteBoolean("succeeds"u8, Refusal is null && Execution is { Succeeded: true });
        writer.WritePropertyName("refusal"u8);
        if (Refusal is null) writer.WriteNullValue();
        else Write(writer, Refusal);
        writer.WriteStartArray("rules"u8);
        foreach (RuleAnswer answer in Rules) Write(writer, answer);
        writer.WriteEndArray();
        writer.WritePropertyName("execution"u8);
        if (Execution is null) writer.WriteNullValue();
        else WriteExecution(writer, Execution);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, RuleAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteString("rule"u8, answer.Rule);
        writer.WriteAddress("account"u8, answer.Account);
        writer.WriteReason(answer.Code);
        writer.WriteBoolean("passed"u8, answer.IsMet);
        if (!answer.IsMet)
        {
            writer.WriteString("effect"u8, answer.Effect);
            if (RemedyOf(answer.Code) is { } remedy) writer.WriteString("remedy"u8, remedy);
        }
        writer.WriteEndObject();
    }

    private void WriteExecution(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, result.Succeeded ? "success" : result.Status == FrameStatus.Revert ? "reverted" : "failed");
        if (Failure is not null) writer.WriteString("error"u8, Failure);
        writer.WriteQuantity("gasUsed"u8, result.GasUsed);
        writer.WriteData("data"u8, result.Output.Span);
        writer.WriteEndObject();
    }

    private static string? RemedyOf(byte code) => code switch
    {
        ReasonCodes.NotRegistered => "an agent registers an identity with this wallet (registerIdentity, linkWallet), or an Admin enables it in the transaction allow list",
        ReasonCodes.WalletFrozen => "an officer lifts the freeze of the wallet (setWalletStatus)",
        ReasonCodes.WalletRevoked => "an officer links the wallet again to its identity (linkWallet), or another wallet is used",
        ReasonCodes.IdentityFrozen => "an officer lifts the freeze of the identity (setIdentityStatus)",
        ReasonCodes.Expired => "an agent renews the identity (renewIdentity)",
        ReasonCodes.TierTooLow => "an agent raises the tier of the identity after a further check (updateIdentity)",
        ReasonCodes.CountryBlocked => "the country is blocked for all; an officer may lift that (setCountryBlocked)",
        ReasonCodes.DeployerNotAllowed => "an Admin enables the sender, or the factory, in the deployer allow list (setEnabled)",
        ReasonCodes.ContractNotRegistered => "an agent links the contract to an identity (linkWallet)",
        _ => null,
    };
}
