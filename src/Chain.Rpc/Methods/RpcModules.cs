using Chain.Consensus.Engines;
using Chain.Rpc.Engine;
using Chain.Rpc.Filters;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;

namespace Chain.Rpc.Methods;

/// <summary>The one list of method objects: a new namespace is a file and a line here.</summary>
public static class RpcModules
{
    /// <summary>Namespaces that are served by default; development chains serve all.</summary>
    public static readonly IReadOnlyCollection<string> DefaultNamespaces = ["eth", "net", "web3", "rpc", "txpool", "oracle", "kyc", "compliance", "audit"];

    /// <summary>Builds the table of methods of a node.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="filters">Polled filters.</param>
    /// <param name="hub">Subscriptions.</param>
    /// <param name="clientVersion">Name, version and platform of the node.</param>
    /// <param name="peerCount">Number of connected peers.</param>
    /// <param name="namespaces">Namespaces to serve; null serves all. Development methods exist only where there is a development engine.</param>
    /// <param name="engine">The engine that a consensus client drives; null leaves the namespace <c>engine</c> out.</param>
    /// <param name="gasLimitWanted">Gas limit that built blocks move towards.</param>
    /// <param name="ports">What the program lends to the methods of operators.</param>
    public static RpcMethodTable Build(
        RpcChain chain, FilterStore filters, SubscriptionHub hub, string clientVersion, Func<int> peerCount, IReadOnlyCollection<string>? namespaces = null,
        ExternalEngine? engine = null, ulong gasLimitWanted = PayloadAttributes.GasLimitWanted, NodePorts? ports = null)
    {
        NodePorts lent = ports ?? new NodePorts();
        RpcMethods listing = new(clientVersion);
        List<object> modules =
        [
            listing,
            new Web3Methods(clientVersion),
            new NetMethods(chain.Manager.Spec.ChainId, peerCount),
            new EthChainMethods(chain),
            new EthBlockMethods(chain),
            new EthTransactionMethods(chain),
            new EthStateMethods(chain),
            new EthExecutionMethods(chain),
            new EthSimulateMethods(chain),
            new EthFilterMethods(chain, filters),
            new EthSubscriptionMethods(chain, hub),
            new EthAccountMethods(chain),
            new TxPoolMethods(chain),
            new DebugMethods(chain),
            new TraceMethods(chain),
            new EthConfigMethods(chain),
            new EthSubmissionMethods(chain),
            new TestingMethods(chain),
            new OracleMethods(chain),
            new EthBundleMethods(chain),
            new DebugStateMethods(chain),
            new OtterscanMethods(chain),
            new TxPoolExplainMethods(chain),
            new AdminMethods(chain, lent, clientVersion),
            new MinerFeeMethods(chain),
            new KycMethods(chain),
            new ComplianceMethods(chain),
            new AuditMethods(chain),
        ];
        EngineInfoMethods? engineInfo = null;
        if (engine is not null)
        {
            modules.Add(new EngineMethods(chain, engine, gasLimitWanted));
            modules.Add(engineInfo = new EngineInfoMethods(chain, clientVersion, lent.Warn));
        }
        if (chain.Dev is { } dev)
        {
            modules.AddRange(
            [
                new DevMethods(chain, dev), new DevChainMethods(chain, dev, lent, clientVersion), new DevStateMethods(chain, dev, lent), new DevTokenMethods(chain, dev), new MinerMethods(dev),
            ]);
        }
        RpcMethodTable table = RpcMethodTable.Build(modules, namespaces);
        listing.Table = table;
        if (engineInfo is not null) engineInfo.Table = table;
        return table;
    }
}
