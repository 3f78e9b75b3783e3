using System.Text.Json;
using Chain.Rpc.Filters;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: subscriptions, on connections that can be pushed to.</summary>
/// <param name="chain">The chain.</param>
/// <param name="hub">Pushes.</param>
public sealed class EthSubscriptionMethods(RpcChain chain, SubscriptionHub hub)
{
    private static readonly RpcError NotSupported = new(RpcErrorCodes.NotificationsUnsupported, "notifications not supported: subscriptions need a WebSocket connection");

    /// <summary>Subscribes to newHeads, logs (with a filter) or newPendingTransactions (hashes, or whole with true); returns the subscription's id.</summary>
    [RpcMethod("eth_subscribe", Example = """["newHeads"]""", Faults = RpcFaults.Push | RpcFaults.Limit, Volatile = true, Mutating = true)]
    public RpcResult<string> Subscribe(RpcCall call, string kind, JsonElement? options = null)
    {
        if (call.Session is not { } session) return NotSupported;
        LogFilter? logs = null;
        SubscriptionKind wanted;
        switch (kind)
        {
            case "newHeads":
                wanted = SubscriptionKind.NewHeads;
                break;
            case "logs":
                wanted = SubscriptionKind.Logs;
                logs = new LogFilter();
                if (options is { } filter && ArgumentReaders.For<LogFilter>()(filter, out logs) is { } error) return RpcError.InvalidArgument(1, error);
                break;
            case "newPendingTransactions":
                wanted = options is { ValueKind: JsonValueKind.True } ? SubscriptionKind.NewPendingTransactionBodies : SubscriptionKind.NewPendingTransactions;
                break;
            default:
                return new RpcError(RpcErrorCodes.MethodNotFound, $"no \"{kind}\" subscription in eth namespace: newHeads, logs and newPendingTransactions are served");
        }
        if (session.Subscriptions.Count >= chain.Limits.SubscriptionsPerConnectionMax)
            return RpcError.LimitExceeded($"{chain.Limits.SubscriptionsPerConnectionMax} subscriptions are open on this connection (--ws.subscriptions)");
        string id = hub.Open(session, wanted, logs);
        call.AfterResponse(() => hub.Activate(session, id));
        return id;
    }

    /// <summary>Ends a subscription.</summary>
    [RpcMethod("eth_unsubscribe", Example = """["{subscription}"]""", Faults = RpcFaults.Push, Mutating = true)]
    public static RpcResult<bool> Unsubscribe(RpcCall call, [RpcParameter("Subscription identifier")] string id)
    {
        if (call.Session is not { } session) return NotSupported;
        if (!session.Subscriptions.Remove(id, out IDisposable? subscription)) return RpcError.Server("subscription not found");
        subscription.Dispose();
        return true;
    }
}
