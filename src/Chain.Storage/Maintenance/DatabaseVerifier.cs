using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Storage.Engines;

namespace Chain.Storage.Maintenance;

/// <summary>Runs the parts of a verification over one frozen view and turns what they meet into a report.</summary>
internal sealed class DatabaseVerifier(IKeyValueReader reader, Action<Func<string>>? progress, CancellationToken cancellation)
{
    public VerifyReport Run(bool withBlocks)
    {
        StateVerifier state = new(reader, progress, cancellation);
        BlockVerifier blocks = new(reader, progress, cancellation);
        string? difference = null;
        bool wasCancelled = false;
        try
        {
            Span<byte> value = stackalloc byte[Schema.BlockKeySizeBytes + Hash256.SizeBytes];
            if (reader.Read(Column.Meta, Schema.MetaBase, value) != value.Length) throw new DifferenceException("the record of the merged state is missing");
            Hash256 baseHash = new(value[8..Schema.BlockKeySizeBytes]);
            Hash256 root = new(value[Schema.BlockKeySizeBytes..]);
            blocks.CheckStateRoot(BinaryPrimitives.ReadUInt64BigEndian(value), baseHash, root);
            state.Run(root);
            if (withBlocks) blocks.Run();
        }
        catch (DifferenceException e)
        {
            difference = e.Message;
        }
        catch (InvalidDataException e)
        {
            // The trie names the path and both hashes.
            difference = e.Message.TrimEnd('.');
        }
        catch (StorageException e) when (e.Error == StorageError.Corrupted)
        {
            difference = e.Message.TrimEnd('.');
        }
        catch (OperationCanceledException)
        {
            wasCancelled = true;
        }
        return new VerifyReport(state.Accounts, state.Slots, state.Codes, state.TrieNodes, blocks.Count, difference, wasCancelled);
    }
}

/// <summary>The first difference; unwinds the walk to <see cref="DatabaseVerifier"/>, which reports it.</summary>
internal sealed class DifferenceException(string message) : Exception(message);
