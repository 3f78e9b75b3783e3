using System.Collections.Frozen;
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
    /// <summary>Kinds that tell what a method of another namespace tells: who may not call that one may not subscribe either.</summary>
    private static readonly FrozenDictionary<string, string> MethodOfKind = new Dictionary<string, string>
    {
        ["decisions"] = "compliance_getDecisions",
        ["eligibility"] = "kyc_getStatus",
        ["feeds"] = "oracle_getFeed",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly RpcError NotSupported = new(RpcErrorCodes.NotificationsUnsupported, "notifications not supported: subscriptions need a WebSocket connection");

    /// <summary>
    /// Subscribes to newHeads, logs (with a filter), newPendingTransactions (hashes, or whole with true), syncing (told once, as eth_syncing answers), decisions (entries of the audit log; filter by
    /// token, account, kind, code, effective), eligibility (changes of up to 1,024 "accounts", by writes and by time) or feeds (updates of the oracle's feeds, all or some "feedIds"); returns the
    /// subscription's id. Decisions, eligibility and feeds are open to who may call compliance_getDecisions, kyc_getStatus and oracle_getFeed.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="kind">What to subscribe to.</param>
    /// <param name="options">Filter, or true for whole transactions.</param>
    [RpcMethod("eth_subscribe", Example = """["newHeads"]""", Faults = RpcFaults.Push | RpcFaults.Limit, Volatile = true, Mutating = true)]
    public RpcResult<string> Subscribe(RpcCall call, string kind, JsonElement? options = null)
    {
        if (call.Session is not { } session) return NotSupported;
        if (MethodOfKind.TryGetValue(kind, out string? method) && call.Refuse(method) is { } refusal)
            return refusal with { Message = $"{refusal.Message} ({kind} are subscribed to by who may call it)" };
        object? filter = null;
        string? problem = null;
        SubscriptionKind wanted;
        switch (kind)
        {
            case "newHeads":
                wanted = SubscriptionKind.NewHeads;
                break;
            case "logs":
                wanted = SubscriptionKind.Logs;
                problem = Read(options, new LogFilter(), ArgumentReaders.For<LogFilter>(), out filter);
                break;
            case "newPendingTransactions":
                wanted = options is { ValueKind: JsonValueKind.True } ? SubscriptionKind.NewPendingTransactionBodies : SubscriptionKind.NewPendingTransactions;
                break;
            case "syncing":
                wanted = SubscriptionKind.Syncing;
                break;
            case "decisions":
                wanted = SubscriptionKind.Decisions;
                problem = Read(options, new DecisionFilter(), DecisionFilter.Read, out filter);
                break;
            case "eligibility":
                wanted = SubscriptionKind.Eligibility;
                problem = Read<EligibilityFilter>(options, null, EligibilityFilter.Read, out filter);
                break;
            case "feeds":
                wanted = SubscriptionKind.Feeds;
                problem = Read(options, new FeedFilter([]), FeedFilter.Read, out filter);
                break;
            default:
                return new RpcError(RpcErrorCodes.MethodNotFound, $"no \"{kind}\" subscription in eth namespace: newHeads, logs, newPendingTransactions, syncing, decisions, eligibility and feeds are served");
        }
        if (problem is not null) return RpcError.InvalidArgument(1, problem);
        if (session.Subscriptions.Count >= chain.Limits.SubscriptionsPerConnectionMax)
            return RpcError.LimitExceeded($"{chain.Limits.SubscriptionsPerConnectionMax} subscriptions are open on this connection (--ws.subscriptions)");
        if (filter is EligibilityFilter watched && hub.WatchedAccounts + watched.Accounts.Count > EligibilityFilter.WatchedAccountsMax)
            return RpcError.LimitExceeded($"{hub.WatchedAccounts} accounts are watched for eligibility already, at most {EligibilityFilter.WatchedAccountsMax} in all subscriptions: watch fewer, or ask kyc_getStatus");
        string id = hub.Open(session, wanted, filter);
        call.AfterResponse(() => hub.Activate(session, id));
        return id;
    }

    private static string? Read<T>(JsonElement? options, T? absent, ArgumentReader<T> reader, out object? filter)
        where T : class
    {
        filter = absent;
        if (options is not { } given) return absent is null ? "a filter is expected" : null;
        string? problem = reader(given, out T value);
        filter = value;
        return problem;
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
