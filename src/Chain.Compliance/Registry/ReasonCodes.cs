namespace Chain.Compliance.Registry;

/// <summary>Reason codes (compliance specification, section 4.4).</summary>
public static class ReasonCodes
{
    /// <summary>Allowed.</summary>
    public const byte Ok = 0;

    /// <summary>No record of the wallet.</summary>
    public const byte NotRegistered = 1;

    /// <summary>The wallet is frozen.</summary>
    public const byte WalletFrozen = 2;

    /// <summary>The wallet is revoked.</summary>
    public const byte WalletRevoked = 3;

    /// <summary>The identity is frozen.</summary>
    public const byte IdentityFrozen = 4;

    /// <summary>The identity is revoked.</summary>
    public const byte IdentityRevoked = 5;

    /// <summary>The record has expired.</summary>
    public const byte Expired = 6;

    /// <summary>The tier is below the least one.</summary>
    public const byte TierTooLow = 7;

    /// <summary>The country is blocked.</summary>
    public const byte CountryBlocked = 8;

    /// <summary>The address is on the sanctions list.</summary>
    public const byte Sanctioned = 9;

    /// <summary>The investor type is not among those asked for.</summary>
    public const byte InvestorType = 10;

    /// <summary>Neither origin nor creator may deploy.</summary>
    public const byte DeployerNotAllowed = 48;

    /// <summary>A contract without a record under contract policy 1.</summary>
    public const byte ContractNotRegistered = 49;

    /// <summary>The token is not registered.</summary>
    public const byte TokenNotRegistered = 64;

    /// <summary>The token is paused.</summary>
    public const byte TokenPaused = 65;

    /// <summary>A legal hold keeps the amount.</summary>
    public const byte LegalHold = 66;

    /// <summary>The receiver's country is not allowed.</summary>
    public const byte CountryNotAllowed = 67;

    /// <summary>The receiver's investor type is not allowed.</summary>
    public const byte InvestorTypeNotAllowed = 69;

    /// <summary>Too many holders.</summary>
    public const byte MaxHolders = 70;

    /// <summary>Too many holders of the country.</summary>
    public const byte MaxHoldersCountry = 71;

    /// <summary>Too many holders of the investor type.</summary>
    public const byte MaxHoldersType = 72;

    /// <summary>The receiver would hold too much.</summary>
    public const byte MaxBalance = 73;

    /// <summary>The receiver would hold too large a share.</summary>
    public const byte MaxShare = 74;

    /// <summary>A side would hold too little.</summary>
    public const byte MinHolding = 75;

    /// <summary>Transfers have not begun.</summary>
    public const byte Lockup = 76;

    /// <summary>The amount is still locked.</summary>
    public const byte HoldingPeriod = 77;

    /// <summary>The sender would send too much in a window.</summary>
    public const byte WindowLimit = 78;

    /// <summary>The transfer is not approved.</summary>
    public const byte ApprovalRequired = 79;

    /// <summary>The transfer needs a travel-rule reference.</summary>
    public const byte TravelRuleRequired = 80;

    /// <summary>The supply would be too large.</summary>
    public const byte SupplyCap = 81;

    /// <summary>The receiver would hold too much for its type.</summary>
    public const byte TypeBalance = 82;

    /// <summary>The sender holds less.</summary>
    public const byte InsufficientBalance = 128;

    private const byte SenderBase = 16;
    private const byte ReceiverBase = 32;

    private static readonly string[] Names = MakeNames(
        (0, "OK NOT_REGISTERED WALLET_FROZEN WALLET_REVOKED IDENTITY_FROZEN IDENTITY_REVOKED EXPIRED TIER_TOO_LOW COUNTRY_BLOCKED SANCTIONED INVESTOR_TYPE"),
        (48, "DEPLOYER_NOT_ALLOWED CONTRACT_NOT_REGISTERED FRAME_BLOCKED"),
        (64, "TOKEN_NOT_REGISTERED TOKEN_PAUSED LEGAL_HOLD COUNTRY_NOT_ALLOWED"),
        (69, "INVESTOR_TYPE_NOT_ALLOWED MAX_HOLDERS MAX_HOLDERS_COUNTRY MAX_HOLDERS_TYPE MAX_BALANCE MAX_SHARE MIN_HOLDING LOCKUP HOLDING_PERIOD "
            + "WINDOW_LIMIT APPROVAL_REQUIRED TRAVEL_RULE_REQUIRED SUPPLY_CAP TYPE_BALANCE"),
        (128, "INSUFFICIENT_BALANCE TOKENS_FROZEN TOKEN_CONTRACT_PAUSED"));

    private static readonly string[] Messages = [.. Enumerable.Range(0, 256).Select(c => MakeMessage((byte)c))];

    /// <summary>The name, such as <c>EXPIRED</c>; empty for a code not listed. Codes of a sender or receiver have the account code's name.</summary>
    public static string NameOf(byte code) => Names[AccountCode(code)];

    /// <summary>The text of <c>messageOf</c>, such as <c>sender: expired</c>; empty for a code not listed.</summary>
    public static string MessageOf(byte code) => Messages[code];

    /// <summary>The sender fails with this account code.</summary>
    public static byte OfSender(byte accountCode) => (byte)(SenderBase + accountCode);

    /// <summary>The receiver fails with this account code.</summary>
    public static byte OfReceiver(byte accountCode) => (byte)(ReceiverBase + accountCode);

    private static byte AccountCode(byte code) => code switch
    {
        > SenderBase and <= SenderBase + InvestorType => (byte)(code - SenderBase),
        > ReceiverBase and <= ReceiverBase + InvestorType => (byte)(code - ReceiverBase),
        _ => code,
    };

    private static string MakeMessage(byte code)
    {
        byte account = AccountCode(code);
        string prefix = account == code ? "" : code > ReceiverBase ? "receiver: " : "sender: ";
        return prefix + string.Concat(Names[account].Select(c => c == '_' ? ' ' : char.ToLowerInvariant(c)));
    }

    private static string[] MakeNames(params (int First, string Names)[] runs)
    {
        string[] names = new string[256];
        Array.Fill(names, "");
        foreach ((int first, string run) in runs) run.Split(' ').CopyTo(names, first);
        return names;
    }
}
