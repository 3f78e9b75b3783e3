using Chain.Compliance;
using Chain.Compliance.Configuration;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Precompiles;

namespace Chain.Node.Conformance;

/// <summary>All native modules, active and in mode 0: they must change nothing of Ethereum.</summary>
internal static class IdleModules
{
    private static readonly Address[] Modules =
    [
        ModuleAddresses.DeployerAllowList, ModuleAddresses.TxAllowList, ModuleAddresses.Kyc, ModuleAddresses.Engine, ModuleAddresses.Oracle, ModuleAddresses.Audit,
    ];

    /// <summary>The modules.</summary>
    public static NativeModules Instance { get; } = Make();

    /// <summary>Takes the modules' accounts out of what a block changed.</summary>
    public static void Forget(StateDelta delta)
    {
        foreach (Address module in Modules) delta.Accounts.Remove(module);
    }

    private static NativeModules Make()
    {
        ModuleEntry[] entries = [.. Modules.Select(module => new ModuleEntry { Module = module, Timestamp = 0, Mode = module == ModuleAddresses.Kyc ? (byte)0 : null })];
        return ComplianceConfig.TryCreate(entries, 0, out ComplianceConfig config, out string error) ? new NativeModules(config) : throw new InvalidOperationException(error);
    }
}
