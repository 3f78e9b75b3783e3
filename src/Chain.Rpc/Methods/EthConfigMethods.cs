using System.Globalization;
using System.Text.Json;
using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Precompiles;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: what the node serves, by its configuration and its data.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthConfigMethods(RpcChain chain)
{
    /// <summary>The present, the next and the last known fork (EIP-7910).</summary>
    [RpcMethod("eth_config", Result = "Config")]
    public IJsonWritable Config()
    {
        BlockHeader head = chain.Manager.Head;
        ulong[] starts = [.. chain.Manager.Spec.Activations.Where(a => a.Key > Fork.Paris).Select(a => a.Value).Distinct().Order()];
        ulong current = starts.LastOrDefault(start => start <= head.Timestamp);
        ulong? next = starts.Where(start => start > head.Timestamp).Select(start => (ulong?)start).FirstOrDefault();
        ulong? last = next is null ? null : starts[^1];
        return new ConfigJson(Describe(current), next is { } n ? Describe(n) : null, last is { } l ? Describe(l) : null);
    }

    /// <summary>Which blocks the node has what of.</summary>
    [RpcMethod("eth_capabilities", Result = "Capabilities")]
    public IJsonWritable Capabilities() => new CapabilitiesJson(
        chain.Manager.Database.Head.Number, chain.Manager.Database.Head.Hash, chain.Manager.Database.States.OldestNumber);

    private ForkConfig Describe(ulong start)
    {
        ChainSpec spec = chain.Manager.Spec;
        bool isMerged = chain.Manager.Contexts.IsPostMerge(chain.Manager.Head) || spec.IsMergedAtGenesis;
        ForkRules rules = spec.RulesAt(chain.HeadNumber, start, isMerged);
        Hash256 genesisHash = chain.Manager.Database.GenesisHash;
        uint forkId = ForkId.Compute(spec, genesisHash, chain.Blocks.GetHeader(genesisHash)!.Timestamp, isMerged ? ulong.MaxValue : chain.HeadNumber, start);
        List<(string, Address)> contracts = [];
        if (rules.Fork >= Fork.Cancun) contracts.Add(("BEACON_ROOTS_ADDRESS", SystemContracts.BeaconRoots));
        if (rules.Fork >= Fork.Prague)
        {
            contracts.Add(("CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS", SystemContracts.ConsolidationRequests));
            contracts.Add(("DEPOSIT_CONTRACT_ADDRESS", spec.DepositContractAddress));
            contracts.Add(("HISTORY_STORAGE_ADDRESS", SystemContracts.BlockHashHistory));
            contracts.Add(("WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", SystemContracts.WithdrawalRequests));
        }
        return new ForkConfig(start, rules.Blobs, spec.ChainId, forkId, [.. chain.Manager.Contexts.Modules.PrecompilesAt(rules, start).Contracts.OrderBy(c => c.Name, StringComparer.Ordinal)], contracts);
    }

    private sealed record ForkConfig(
        ulong Start, BlobSchedule? Blobs, ulong ChainId, uint ForkId, IReadOnlyList<INativeContract> Precompiles, IReadOnlyList<(string Name, Address Address)> Contracts) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteNumber("activationTime"u8, Start);
            if (Blobs is { } blobs)
            {
                writer.WriteStartObject("blobSchedule"u8);
                writer.WriteNumber("target"u8, blobs.Target);
                writer.WriteNumber("max"u8, blobs.Max);
                writer.WriteNumber("baseFeeUpdateFraction"u8, blobs.BaseFeeUpdateFraction);
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteNull("blobSchedule"u8);
            }
            writer.WriteQuantity("chainId"u8, ChainId);
            writer.WriteString("forkId"u8, string.Create(CultureInfo.InvariantCulture, $"0x{ForkId:x8}"));
            writer.WriteStartObject("precompiles"u8);
            foreach (INativeContract contract in Precompiles) writer.WriteString(contract.Name, contract.Address.ToString());
            writer.WriteEndObject();
            writer.WriteStartObject("systemContracts"u8);
            foreach ((string name, Address address) in Contracts) writer.WriteString(name, address.ToString());
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private sealed record ConfigJson(ForkConfig Current, ForkConfig? Next, ForkConfig? Last) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            Write(writer, "current"u8, Current);
            Write(writer, "next"u8, Next);
            Write(writer, "last"u8, Last);
            writer.WriteEndObject();
        }

        private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ForkConfig? fork)
        {
            writer.WritePropertyName(name);
            if (fork is null) writer.WriteNullValue();
            else fork.WriteTo(writer);
        }
    }

    private sealed record CapabilitiesJson(ulong HeadNumber, Hash256 HeadHash, ulong OldestState) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("head"u8);
            writer.WriteQuantity("number"u8, HeadNumber);
            writer.WriteHash("hash"u8, HeadHash);
            writer.WriteEndObject();
            Write(writer, "state"u8, OldestState);
            Write(writer, "tx"u8, 0);
            Write(writer, "logs"u8, 0);
            Write(writer, "receipts"u8, 0);
            Write(writer, "blocks"u8, 0);
            Write(writer, "stateproofs"u8, OldestState);
            writer.WriteEndObject();
        }

        private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong oldest)
        {
            writer.WriteStartObject(name);
            writer.WriteBoolean("disabled"u8, false);
            writer.WriteQuantity("oldestBlock"u8, oldest);
            writer.WriteEndObject();
        }
    }
}
