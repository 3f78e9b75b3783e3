using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>Who may call a function of a module.</summary>
public enum Authority : byte
{
    /// <summary>Anyone.</summary>
    Anyone,

    /// <summary>Enabled, Manager or Admin.</summary>
    Agent,

    /// <summary>An agent, or an Officer.</summary>
    AgentOrOfficer,

    /// <summary>Manager or Admin.</summary>
    Manager,

    /// <summary>Admin.</summary>
    Admin,

    /// <summary>Officer.</summary>
    Officer,
}

/// <summary>Step 7 of a module call.</summary>
public static class Authorities
{
    private const ulong RequiresAgent = 1;
    private const ulong RequiresAdmin = 2;
    private const ulong RequiresManager = 3;
    private const ulong RequiresOfficer = 4;

    /// <summary>Null when the caller has the authority, else the revert data. The officer slot is read only where the role does not suffice.</summary>
    public static byte[]? Check(IModuleStorage storage, in Address caller, Authority authority)
    {
        bool isAllowed = authority switch
        {
            Authority.Anyone => true,
            Authority.Agent => AllowList.RoleOf(storage, caller) != Role.None,
            Authority.AgentOrOfficer => AllowList.RoleOf(storage, caller) != Role.None || IsOfficer(storage, caller),
            Authority.Manager => AllowList.RoleOf(storage, caller) is Role.Manager or Role.Admin,
            Authority.Admin => AllowList.RoleOf(storage, caller) == Role.Admin,
            _ => IsOfficer(storage, caller),
        };
        if (isAllowed) return null;
        ulong required = authority switch
        {
            Authority.Manager => RequiresManager,
            Authority.Admin => RequiresAdmin,
            Authority.Officer => RequiresOfficer,
            _ => RequiresAgent,
        };
        return KycErrors.Unauthorized.Encode(AbiWords.ToWord(caller), required);
    }

    /// <summary>True when the account has the officer flag.</summary>
    public static bool IsOfficer<TReader>(in TReader storage, in Address account)
        where TReader : ISlotReader => !storage.Read(storage.Map(KycLayout.Officers, AbiWords.ToWord(account))).IsZero;

    /// <summary>The error of a raise of the mode by a transaction whose origin could not send any more.</summary>
    public static byte[] OriginNotEligible(in Address origin) => KycErrors.Unauthorized.Encode(AbiWords.ToWord(origin), RequiresAgent);
}
