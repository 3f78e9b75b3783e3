using Chain.Consensus;
using Chain.Node.Chains;
using Chain.Rpc.Ports;
using Chain.Storage;

namespace Chain.Node.Operators;

/// <summary>Writes and reads files of blocks for the methods of operators, as the commands <c>export</c> and <c>import</c> do.</summary>
/// <param name="chain">The chain.</param>
public sealed class ChainFiles(ChainManager chain) : IChainFiles
{
    /// <inheritdoc/>
    public string? Export(string path, ulong first, ulong last, CancellationToken cancellation)
    {
        try
        {
            ChainExporter.Run(chain.Database, first, last, path, cancellation);
            return null;
        }
        catch (UserException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public string? Import(string path, CancellationToken cancellation)
    {
        try
        {
            using BlockStreamReader file = new(path);
            ImportSummary summary = new ChainImporter(chain).Run(file, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return summary.Failure;
        }
        catch (Exception e) when (e is UserException or StorageException)
        {
            return e.Message;
        }
    }
}
