using System.Globalization;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>admin</c>: what operators do to a running node.</summary>
/// <param name="chain">The chain.</param>
/// <param name="ports">What the program lends.</param>
/// <param name="clientVersion">Name, version and platform of the node.</param>
public sealed class AdminMethods(RpcChain chain, NodePorts ports, string clientVersion)
{
    /// <summary>The node: its name, its chain and its head. It listens for no peers, so that it has no address of its own to give.</summary>
    [RpcMethod("admin_nodeInfo", Result = "NodeInfo", Volatile = true)]
    public IJsonWritable NodeInfo() => new NodeInfoJson(chain, clientVersion);

    /// <summary>The peers that the operator named, with whether they are connected.</summary>
    [RpcMethod("admin_peers", Faults = RpcFaults.Absent, Result = "Peer[]")]
    public RpcResult<IJsonWritable[]> Peers() =>
        ports.Peers is { } peers ? peers.Named.Select(IJsonWritable (peer) => new PeerJson(peer.Enode, peer.IsConnected)).ToArray() : NoPeers();

    /// <summary>Adds a peer to keep connected.</summary>
    [RpcMethod("admin_addPeer", "admin_addTrustedPeer", Example = """["{enode}"]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<bool> AddPeer(string enode)
    {
        if (ports.Peers is not { } peers) return NoPeers();
        return peers.Add(enode) is { } problem ? RpcError.InvalidArgument(0, problem) : true;
    }

    /// <summary>Removes a peer; false when the operator had not named it.</summary>
    [RpcMethod("admin_removePeer", "admin_removeTrustedPeer", Example = """["{enode}"]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<bool> RemovePeer(string enode)
    {
        if (ports.Peers is not { } peers) return NoPeers();
        return peers.Remove(enode, out bool wasThere) is { } problem ? RpcError.InvalidArgument(0, problem) : wasThere;
    }

    /// <summary>The data folder; null for a chain in memory.</summary>
    [RpcMethod("admin_datadir", Volatile = true)]
    public string? DataFolder() => ports.DataFolder;

    /// <summary>Writes canonical blocks to a new file in the data folder, compressed when its name ends in .gz: the first block (default 1) to the last (default the head).</summary>
    [RpcMethod("admin_exportChain", Work = RpcWork.Operator, Example = """["chain.rlp.gz"]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<bool> ExportChain(string file, LooseNumber? first = null, LooseNumber? last = null, CancellationToken cancellation = default)
    {
        if (Locate(file, out string path) is { } wrong) return wrong;
        if (File.Exists(path)) return RpcError.Server($"location would overwrite an existing file: {path}");
        return ports.Files!.Export(path, first?.Value ?? 1, last?.Value ?? chain.HeadNumber, cancellation) is { } problem ? RpcError.Server(problem) : true;
    }

    /// <summary>Imports the blocks of a file in the data folder.</summary>
    [RpcMethod("admin_importChain", Work = RpcWork.Operator, Example = """["blocks.rlp"]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<bool> ImportChain(string file, CancellationToken cancellation = default)
    {
        if (Locate(file, out string path) is { } wrong) return wrong;
        if (!File.Exists(path)) return RpcError.Server($"there is no file {path}");
        return ports.Files!.Import(path, cancellation) is { } problem ? RpcError.Server(problem) : true;
    }

    /// <summary>Changes the level of the log while the node runs; returns "Success" (Besu).</summary>
    [RpcMethod("admin_changeLogLevel", Example = """["INFO"]""", Faults = RpcFaults.Absent, Mutating = true)]
    public RpcResult<string> ChangeLogLevel(string level)
    {
        if (ports.Log is not { } log) return RpcError.Server("the level of the log cannot be changed here");
        return log.TrySet(level) ? "Success" : RpcError.InvalidArgument(0, $"\"{(level.Length > 32 ? level[..32] : level)}\" is none of {string.Join(", ", log.Levels)}");
    }

    private static RpcError NoPeers() => RpcError.Server("this node was started without peers");

    /// <summary>A path inside the data folder: whoever may call this method is not thereby given the rest of the disk.</summary>
    private RpcError? Locate(string file, out string path)
    {
        path = "";
        if (ports.Files is null || ports.DataFolder is not { } folder) return RpcError.Server("files of blocks need a data folder: start the node with --datadir");
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal)) return RpcError.InvalidArgument(0, "a file name is expected");
        path = Path.GetFullPath(file, root);
        if (!path.StartsWith(root, StringComparison.Ordinal)) return RpcError.InvalidArgument(0, $"{path} lies outside of the data folder {folder}");
        // The node's own files in that folder have other names.
        return path.EndsWith(".rlp", StringComparison.Ordinal) || path.EndsWith(".rlp.gz", StringComparison.Ordinal)
            ? null
            : RpcError.InvalidArgument(0, "the name of a file of blocks ends in .rlp or .rlp.gz");
    }

    private sealed record PeerJson(string Enode, bool IsConnected) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("enode"u8, Enode);
            writer.WriteBoolean("connected"u8, IsConnected);
            writer.WriteEndObject();
        }
    }

    private sealed record NodeInfoJson(RpcChain Chain, string Name) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            Storage.BlockId head = Chain.Manager.Database.Head;
            Chain.Blocks.TryGetTotalDifficulty(head.Hash, out UInt256 difficulty);
            writer.WriteStartObject();
            writer.WriteNull("enode"u8);
            writer.WriteNull("id"u8);
            writer.WriteNull("ip"u8);
            writer.WriteNull("listenAddr"u8);
            writer.WriteString("name"u8, Name);
            writer.WriteStartObject("ports"u8);
            writer.WriteNumber("discovery"u8, 0);
            writer.WriteNumber("listener"u8, 0);
            writer.WriteEndObject();
            writer.WriteStartObject("protocols"u8);
            writer.WriteStartObject("eth"u8);
            writer.WriteNumber("network"u8, Chain.Manager.Spec.ChainId);
            writer.WriteString("difficulty"u8, difficulty.ToString(null, CultureInfo.InvariantCulture));
            writer.WriteHash("genesis"u8, Chain.Manager.Database.GenesisHash);
            writer.WriteHash("head"u8, head.Hash);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
