using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>Roles of an allow list, with subnet-evm's numbers.</summary>
public enum Role : byte
{
    /// <summary>Read only.</summary>
    None,

    /// <summary>Enabled; in the KYC registry an agent.</summary>
    Enabled,

    /// <summary>Sets every role.</summary>
    Admin,

    /// <summary>Moves accounts between None and Enabled.</summary>
    Manager,
}

/// <summary>Roles of a module, at slot = left-padded address (subnet-evm). The KYC registry counts its Admins besides and keeps the last one.</summary>
public static class AllowList
{
    /// <summary>The role of an account.</summary>
    public static Role RoleOf<TReader>(in TReader storage, in Address account)
        where TReader : ISlotReader => (Role)storage.Read(AbiWords.ToWord(account)).U0;

    /// <summary>Sets a role; null, or the revert data.</summary>
    /// <param name="storage">The module's storage.</param>
    /// <param name="module">The module: its address is in the log.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="account">Whose role.</param>
    /// <param name="to">The new role.</param>
    public static byte[]? Set(IModuleStorage storage, in Address module, in Address caller, in Address account, Role to)
    {
        Role callerRole = RoleOf(storage, caller);
        Role from = RoleOf(storage, account);
        bool isBelowManager = from <= Role.Enabled && to <= Role.Enabled;
        if (callerRole != Role.Admin && !(callerRole == Role.Manager && isBelowManager))
        {
            return KycErrors.CannotModifyAllowList.Encode(AbiWords.ToWord(account), (ulong)from, (ulong)to);
        }
        return Write(storage, module, caller, account, from, to);
    }

    /// <summary>Writes a role without asking for authority (activation).</summary>
    public static byte[]? Write(IModuleStorage storage, in Address module, in Address caller, in Address account, Role from, Role to)
    {
        if (module == ModuleAddresses.Kyc && from != to && (from == Role.Admin || to == Role.Admin))
        {
            KycConfigWord config = KycConfigWord.Unpack(storage.Read(KycLayout.Config));
            if (from == Role.Admin && config.AdminCount == 1) return KycErrors.LastAdmin.Encode();
            config.AdminCount = from == Role.Admin ? config.AdminCount - 1 : config.AdminCount + 1;
            storage.Write(KycLayout.Config, config.Pack());
        }
        storage.BeginEffects();
        storage.Write(AbiWords.ToWord(account), (ulong)to);
        storage.Log(KycEvents.RoleSet.Log(module, (ulong)to, AbiWords.ToWord(account), AbiWords.ToWord(caller), (ulong)from));
        return null;
    }
}
