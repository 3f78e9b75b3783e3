using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>A subnet-evm allow list: the deployers' or the transaction senders' (compliance specification, sections 1 and 2.2).</summary>
public sealed class AllowListModule : NativeModule
{
    private AllowListModule(string name, in Address address)
        : base(name, address, Functions)
    {
    }

    /// <summary>Who may create contracts.</summary>
    public static AllowListModule Deployers { get; } = new("DEPLOYER_ALLOW_LIST", ModuleAddresses.DeployerAllowList);

    /// <summary>Technical accounts that may send transactions without an identity.</summary>
    public static AllowListModule Senders { get; } = new("TX_ALLOW_LIST", ModuleAddresses.TxAllowList);

    /// <summary>The rows of <c>IAllowList</c>; the KYC registry has them too.</summary>
    internal static IReadOnlyList<ModuleFunction> Functions =>
    [
        Setter("setAdmin(address)", Role.Admin),
        Setter("setManager(address)", Role.Manager),
        Setter("setEnabled(address)", Role.Enabled),
        Setter("setNone(address)", Role.None),
        ModuleFunction.View("readAllowList(address)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address account = arguments.Address();
            return call.Refusal(arguments) ?? call.Return((ulong)AllowList.RoleOf(call.Storage, account));
        }),
    ];

    /// <summary>The authority to set a role depends on the roles of both accounts: <see cref="AllowList.Set"/> tests it.</summary>
    private static ModuleFunction Setter(string signature, Role role) =>
        ModuleFunction.Write(signature, Authority.Anyone, (ModuleCall call, ref AbiReader arguments) =>
        {
            Address account = arguments.Address();
            return call.Refusal(arguments) ?? AllowList.Set(call.Storage, call.Module, call.Caller, account, role);
        });
}
