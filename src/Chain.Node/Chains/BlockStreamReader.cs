using System.IO.Compression;
using Chain.Core.Types;

namespace Chain.Node.Chains;

/// <summary>Reads a file of blocks, one RLP item after another, plain or compressed with gzip (told by its first bytes). Memory is bounded by the largest block.</summary>
public sealed class BlockStreamReader : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int HeaderBytesMax = 9;

    private readonly FileStream _file;
    private readonly Stream _blocks;
    private long _offsetBytes;

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserException">It cannot be read.</exception>
    public BlockStreamReader(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"'{path}' is a folder: name a file of blocks in it.");
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The file of blocks '{path}' cannot be read: {e.Message}");
        }
        Span<byte> magic = stackalloc byte[2];
        bool isGzip = _file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        _file.Position = 0;
        _blocks = isGzip ? new BufferedStream(new GZipStream(_file, CompressionMode.Decompress), BufferBytes) : _file;
    }

    /// <summary>Size of the file, bytes.</summary>
    public long LengthBytes => _file.Length;

    /// <summary>How far the file is read, bytes.</summary>
    public long PositionBytes => _file.Position;

    /// <summary>The next block's encoding; null at the end.</summary>
    /// <exception cref="UserException">The bytes are no RLP list, too long, or end inside one.</exception>
    public byte[]? ReadNext()
    {
        try
        {
            Span<byte> header = stackalloc byte[HeaderBytesMax];
            if (_blocks.ReadAtLeast(header[..1], 1, throwOnEndOfStream: false) == 0) return null;
            int headerSize = 1;
            long size = header[0] - 0xc0L;
            if (header[0] < 0xc0) throw new UserException($"At byte {_offsetBytes} of the blocks stands 0x{header[0]:x2}, which begins no RLP list: the file is not a stream of blocks.");
            if (header[0] >= 0xf8)
            {
                int sizeBytes = header[0] - 0xf7;
                headerSize += sizeBytes;
                _blocks.ReadExactly(header[1..headerSize]);
                size = 0;
                // Eight bytes may not fit a long; the limit is passed long before.
                for (int i = 1; i < headerSize && size <= Block.SizeBytesMax; i++) size = (size << 8) | header[i];
            }
            if (size > Block.SizeBytesMax) throw new UserException($"The block at byte {_offsetBytes} is said to be larger than the limit of {Block.SizeBytesMax} bytes: the file is damaged, or not a stream of blocks.");
            byte[] block = new byte[headerSize + size];
            header[..headerSize].CopyTo(block);
            _blocks.ReadExactly(block.AsSpan(headerSize));
            _offsetBytes += block.Length;
            return block;
        }
        catch (EndOfStreamException)
        {
            throw new UserException($"The file ends inside the block that begins at byte {_offsetBytes}: it was cut. All blocks before are imported; get the whole file and import it again.");
        }
        catch (InvalidDataException e)
        {
            throw new UserException($"The compressed file is damaged or was cut, after {_offsetBytes} bytes of blocks: {e.Message.TrimEnd('.')}. All blocks before are imported; get the whole file and import it again.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.Dispose();
        _file.Dispose();
    }
}
