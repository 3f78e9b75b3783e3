using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Consensus;
using Chain.Core.State;
using Chain.Storage.State;

namespace Chain.Node.Dev;

/// <summary>The compliance state of a chain in one line, for people.</summary>
internal static class ComplianceText
{
    private static readonly string[] Modes = ["off", "senders", "senders and deployers", "full"];

    public static string Describe(ChainManager chain)
    {
        IStateView state = chain.HeadState;
        if (!state.TryGetAccount(ModuleAddresses.Kyc, out Account registry) || !registry.HasCode) return "no identity registry: plain Ethereum rules";
        KycConfigWord config = KycConfigWord.Unpack(state.GetStorage(ModuleAddresses.Kyc, KycLayout.Config));
        ulong identities = state.GetStorage(ModuleAddresses.Kyc, KycLayout.IdentityIds).U0;
        return $"mode {config.Mode} ({Modes[Math.Min(config.Mode, (byte)3)]}), registry {ModuleAddresses.Kyc}, {identities} identities, account 0 is Admin and Officer, account 1 an agent";
    }
}
