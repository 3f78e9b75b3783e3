using System.IO.Compression;
using Chain.Core.Primitives;
using Chain.Storage;

namespace Chain.Node.Chains;

/// <summary>Writes canonical blocks to a file as <see cref="BlockStreamReader"/> reads them.</summary>
public static class ChainExporter
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes blocks <paramref name="from"/> to <paramref name="to"/>, both included; with gzip when the name ends in <c>.gz</c>. The file appears when it is whole.</summary>
    /// <returns>Number of bytes of blocks, uncompressed.</returns>
    /// <exception cref="UserException">The range is not there or the file cannot be written.</exception>
    public static long Run(ChainDatabase database, ulong from, ulong to, string path, CancellationToken cancellation = default)
    {
        if (to > database.Head.Number) throw new UserException($"--to {to} is above the head, block {database.Head.Number}.");
        if (from > to) throw new UserException($"--from {from} is above --to {to}.");
        if (Directory.Exists(path)) throw new UserException($"'{path}' is a folder: name a file to write in it.");
        string partial = path + ".partial";
        try
        {
            long size = 0;
            using (FileStream file = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            using (Stream output = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file)
            {
                for (ulong number = from; number <= to; number++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    byte[] block = database.Blocks.TryGetCanonicalHash(number, out Hash256 hash) && database.Blocks.GetRawBlock(hash) is { } stored
                        ? stored
                        : throw new UserException($"Block {number} is not in the database, which is damaged: run 'chain db verify'.");
                    output.Write(block);
                    size += block.Length;
                }
            }
            File.Move(partial, path, overwrite: true);
            return size;
        }
        catch (Exception e) when (e is IOException and not StorageException or UnauthorizedAccessException)
        {
            throw new UserException($"The file '{path}' cannot be written: {e.Message}");
        }
        finally
        {
            if (File.Exists(partial)) File.Delete(partial);
        }
    }
}
