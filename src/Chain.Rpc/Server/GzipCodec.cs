using System.Buffers;
using System.IO.Compression;

namespace Chain.Rpc.Server;

/// <summary>Content in gzip form (RFC 1952), in both directions, on pooled buffers.</summary>
internal static class GzipCodec
{
    /// <summary>Answers below this are sent as they are: one packet carries them either way.</summary>
    public const int AnswerBytesMin = 1_400;

    /// <summary>Compresses, as fast as can be.</summary>
    public static void Compress(ReadOnlySpan<byte> content, PooledBufferWriter output)
    {
        using BufferStream target = new(output);
        using GZipStream gzip = new(target, CompressionLevel.Fastest);
        gzip.Write(content);
    }

    /// <summary>Decompresses a body; false when it is none or grows beyond the limit, which <paramref name="isTooLarge"/> tells apart.</summary>
    public static bool TryDecompress(in ReadOnlySequence<byte> body, PooledBufferWriter output, int bytesMax, out bool isTooLarge)
    {
        isTooLarge = false;
        try
        {
            using MemoryStream source = new(body.ToArray(), writable: false);
            using GZipStream gzip = new(source, CompressionMode.Decompress);
            while (gzip.Read(output.GetSpan()) is > 0 and int count)
            {
                output.Advance(count);
                isTooLarge = output.Length > bytesMax;
                if (isTooLarge) return false;
            }
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>True when a client's Accept-Encoding takes gzip.</summary>
    public static bool IsAccepted(string? acceptEncoding)
    {
        if (acceptEncoding is null) return false;
        foreach (Range range in acceptEncoding.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = acceptEncoding.AsSpan(range).Trim();
            int parameter = item.IndexOf(';');
            ReadOnlySpan<char> name = (parameter < 0 ? item : item[..parameter]).Trim();
            if (!name.Equals("gzip", StringComparison.OrdinalIgnoreCase) && name is not "*") continue;
            ReadOnlySpan<char> quality = parameter < 0 ? default : item[(parameter + 1)..].Trim();
            return quality is not ("q=0" or "q=0.0" or "q=0.00" or "q=0.000");
        }
        return false;
    }

    private sealed class BufferStream(PooledBufferWriter output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
