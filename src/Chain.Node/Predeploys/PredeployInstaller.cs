using System.Text;
using Chain.Compliance.Abi;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Node.Predeploys;

/// <summary>
/// Runs constructors and initialisers in this program's own machine, at the final addresses and chain id, so that immutables and caches are those of the chain. Follows every change
/// of a role by its events and in the end asks the contracts themselves.
/// </summary>
public sealed class PredeployInstaller : IDisposable
{
    private const ulong GasPerStep = 100_000_000;

    private static readonly Hash256 RoleGranted = AbiWords.Topic("RoleGranted(bytes32,address,address)");
    private static readonly Hash256 RoleRevoked = AbiWords.Topic("RoleRevoked(bytes32,address,address)");
    private static readonly Hash256 OwnershipTransferred = AbiWords.Topic("OwnershipTransferred(address,address)");
    private static readonly UInt256 One = UInt256.One;

    private readonly WorldState _state;
    private readonly BlockContext _block;
    private readonly VirtualMachine _machine = new(DispatcherKind.Loop);
    private readonly HashSet<(Address Contract, Hash256 Role, Address Account)> _members = [];

    /// <summary>An installer.</summary>
    /// <param name="state">State with the native modules active.</param>
    /// <param name="block">The genesis block.</param>
    public PredeployInstaller(WorldState state, BlockContext block)
    {
        _state = state;
        _block = block;
    }

    /// <summary>Makes all contracts of a table, grants what its rows say and checks who holds which role.</summary>
    /// <exception cref="UserException">A contract refuses its arguments, or a role is held by others than the table says.</exception>
    public void Install(PredeployTable table)
    {
        foreach (Predeploy row in table.Rows) Make(row);
        foreach (Predeploy row in table.Rows)
        {
            foreach (RoleMember grant in row.Grants)
            {
                byte[] call = AbiValue.Call("grantRole(bytes32,address)", AbiValue.Of(RoleId(grant.Role)), AbiValue.Of(grant.Account));
                Run(row, CallKind.Call, row.Creator, row.Address, call);
            }
        }
        CheckRoles(table);
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    private static Hash256 RoleId(string role) => role switch
    {
        "DEFAULT_ADMIN_ROLE" => default,
        "OWNER" => OwnershipTransferred,
        _ => Keccak256.Hash(Encoding.ASCII.GetBytes(role)),
    };

    private void Make(Predeploy row)
    {
        byte[] code = ContractArtifact.Load(row.Artifact).InitCode(PredeployTable.AddressOfLibrary);
        switch (row.Kind)
        {
            case PredeployKind.Direct:
                Run(row, CallKind.Create, row.Creator, row.Address, [.. code, .. row.Arguments]);
                break;
            case PredeployKind.Proxy:
                Run(row, CallKind.Create, row.Creator, row.Implementation, code);
                Create("PlatformProxy", AbiValue.Encode(AbiValue.Of(row.Implementation), AbiValue.Of(row.Arguments)));
                break;
            default:
                Run(row, CallKind.Create, row.Creator, row.Implementation, code);
                Create("PlatformBeacon", AbiValue.Encode(AbiValue.Of(row.Implementation), AbiValue.Of(PredeployAddresses.Timelock)));
                break;
        }

        void Create(string artifact, byte[] arguments) =>
            Run(row, CallKind.Create, row.Creator, row.Address, [.. ContractArtifact.Load(artifact).InitCode(PredeployTable.AddressOfLibrary), .. arguments]);
    }

    private ReadOnlyMemory<byte> Run(Predeploy row, CallKind kind, in Address caller, in Address recipient, byte[] input)
    {
        _state.BeginTransaction();
        ExecutionResult result = _machine.Execute(
            _state, _block, new TransactionContext { Origin = caller },
            new Message { Kind = kind, Caller = caller, Recipient = recipient, Input = input, Gas = GasPerStep });
        if (result.Status != FrameStatus.Success)
        {
            throw new UserException($"{row.Artifact} at {row.Address.ToChecksumString()} cannot be made with these values: {result.Status} {Hex.Encode(result.Output.Span)}.");
        }
        foreach (LogEntry log in _state.Logs) Follow(log);
        _state.EndTransaction(_block.Rules);
        return result.Output;
    }

    private void Follow(LogEntry log)
    {
        if (log.Topics.Count == 0) return;
        if (log.Topics[0] == RoleGranted) _members.Add((log.Address, log.Topics[1], AddressOf(log.Topics[2])));
        if (log.Topics[0] == RoleRevoked) _members.Remove((log.Address, log.Topics[1], AddressOf(log.Topics[2])));
        if (log.Topics[0] == OwnershipTransferred)
        {
            _members.Remove((log.Address, OwnershipTransferred, AddressOf(log.Topics[1])));
            _members.Add((log.Address, OwnershipTransferred, AddressOf(log.Topics[2])));
        }
    }

    private static Address AddressOf(in Hash256 topic) => AbiWords.ToAddress(AbiWords.ToWord(topic));

    /// <summary>Members of every role are those of the table: by the events of the whole run, and by the contracts' own answer.</summary>
    private void CheckRoles(PredeployTable table)
    {
        HashSet<(Address, Hash256, Address)> expected = [];
        foreach (Predeploy row in table.Rows)
        {
            foreach (RoleMember member in row.Roles.Concat(row.Grants))
            {
                expected.Add((row.Address, RoleId(member.Role), member.Account));
                byte[] question = member.Role == "OWNER"
                    ? AbiValue.Call("owner()")
                    : AbiValue.Call("hasRole(bytes32,address)", AbiValue.Of(RoleId(member.Role)), AbiValue.Of(member.Account));
                UInt256 wanted = member.Role == "OWNER" ? AbiWords.ToWord(member.Account) : One;
                ReadOnlyMemory<byte> answer = Run(row, CallKind.StaticCall, default, row.Address, question);
                if (UInt256.FromBigEndian(answer.Span) != wanted) throw new UserException($"{member.Account} does not hold {member.Role} of {row.Artifact}: its initialiser and the table of predeploys disagree.");
            }
        }
        foreach ((Address contract, Hash256 role, Address account) in _members)
        {
            if (expected.Contains((contract, role, account))) continue;
            string name = table.Rows.FirstOrDefault(r => r.Address == contract || r.Implementation == contract)?.Artifact ?? contract.ToString();
            throw new UserException($"{account} would keep the role {role} of {name}, which the configuration does not give it: no temporary administrator may remain.");
        }
    }
}
