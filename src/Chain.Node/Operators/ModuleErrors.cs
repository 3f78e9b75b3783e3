using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Node.Operators;

/// <summary>The modules' custom errors and the chain's refusals as sentences.</summary>
internal static class ModuleErrors
{
    private static readonly AbiError[] Known = [.. KycErrors.All, .. OracleErrors.All, .. EngineErrors.All];

    private static readonly string[] Required = ["", "an agent (or another role)", "an Admin", "a Manager or Admin", "an Officer"];

    private static readonly string[] IdentityFields =
        ["identityId", "kind", "tier", "investorType", "country", "taxCountry", "attributes", "expiry", "providerId", "onchainId", "claimsHash"];

    private static readonly string[] FeedFields =
    [
        "kind", "decimals", "quorum", "ringLog2", "heartbeat", "staleAfter", "reportWindow", "minInterval", "deviationBps", "maxDeviationBps", "minAnswer", "maxAnswer", "description", "reporters",
    ];

    private static readonly string[] Submission =
    [
        "accepted", "the feed does not exist", "the feed is paused", "fewer observations than the quorum", "a signature is malformed or not recoverable", "a signer is no reporter of the feed",
        "a reporter signed twice", "an observation lies in the future: check the reporter's clock", "an observation is older than the report window", "an observation is not newer than the last round",
        "the answer is outside the feed's range", "too soon after the last round for so small a change", "held for an officer", "too many observations", "evidence is missing", "the observations are too far apart",
    ];

    /// <summary>A sentence for an error of the node; null when it is neither a module's nor the chain's policy's.</summary>
    public static string? Describe(NodeError error)
    {
        if (error.Data is JsonObject { } policy && policy["rule"] is { } rule)
        {
            return $"The chain refuses it (rule {rule}): {policy["account"]} is {policy["reason"]}. {error.Message}.";
        }
        bool isText = error.Data is JsonValue value && value.GetValueKind() == JsonValueKind.String;
        return isText && Hex.TryDecode((string)error.Data!, out byte[] data) ? Describe(data) : null;
    }

    /// <summary>A sentence for revert data; null when no module makes it.</summary>
    public static string? Describe(byte[] data)
    {
        if (data.Length < AbiWords.SelectorSizeBytes) return data.Length == 0 ? "The module refused the call without a reason: it does not know the function, or the chain has not activated the module." : null;
        uint selector = BinaryPrimitives.ReadUInt32BigEndian(data);
        if (Known.FirstOrDefault(e => e.Selector == selector) is not { } error) return null;
        UInt256[] words = ReturnedWords.Split(data[AbiWords.SelectorSizeBytes..]);
        string name = error.Signature.Split('(')[0];
        string[] types = error.Signature.Split('(', ')')[1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        string arguments = string.Join(", ", types.Zip(words, Format));
        string? hint = Hint(name, words);
        return $"{name}({arguments}){(hint is null ? "" : ": " + hint)}";
    }

    /// <summary>What a code of <c>submitBatch</c> or <c>SubmissionInvalid</c> means.</summary>
    public static string DescribeSubmission(ulong code) => code < (ulong)Submission.Length ? Submission[code] : "unknown code";

    private static string? Hint(string name, UInt256[] words) => (name, words.Length) switch
    {
        ("Unauthorized", 2) when words[1] < (ulong)Required.Length => $"the caller must be {Required[words[1].U0]}",
        ("InvalidField", 1) when words[0] < (ulong)IdentityFields.Length => $"{IdentityFields[words[0].U0]} is outside its domain",
        ("InvalidFeedConfig", 1) when words[0] < (ulong)FeedFields.Length => $"{FeedFields[words[0].U0]} is outside its domain",
        ("InvalidStatus", 2) => $"no way leads from {StatusName(words[0])} to {StatusName(words[1])}",
        ("IdentityExists", _) => "register new identities, update known ones",
        ("IdentityUnknown", _) => "register it first",
        ("WalletAlreadyLinked", _) => "a wallet belongs to one identity for ever",
        ("WalletUnknown", _) => "the wallet is not linked, or may not be",
        ("ConsentInvalid", _) => "the wallet's signed consent is missing, expired or by another key",
        ("FourEyes", _) => "another person must do this",
        ("TooManyWallets", _) => string.Create(CultureInfo.InvariantCulture, $"an identity has at most {KycLimits.WalletsMax} wallets"),
        ("LastAdmin", _) => "make another account Admin first",
        ("RecoveryUnknown", _) => "no recovery is proposed for this wallet, or it is older than 30 days",
        ("SubmissionInvalid", 1) => words[0].FitsUInt64 ? DescribeSubmission(words[0].U0) : null,
        ("FeedUnknown", _) => "create the feed first, or check its name",
        ("NoData", _) => "the feed has no accepted round, or nothing is held",
        ("StaleData", _) => "the newest answer is too old",
        ("KycTransferDenied" or "KycBlocked" or "ComplianceViolation", > 0) => ReasonCodes.MessageOf((byte)words[name == "ComplianceViolation" ? 0 : ^1].U0),
        _ => null,
    };

    private static string StatusName(UInt256 status) => status.FitsUInt64 && status.U0 <= 3 ? ((RecordStatus)status.U0).ToString().ToLowerInvariant() : status.ToString();

    private static string Format(string type, UInt256 word) => type switch
    {
        "address" => AbiWords.ToAddress(word).ToString(),
        "bytes32" => AbiWords.ToHash(word).ToString(),
        _ => word.ToString(),
    };
}
