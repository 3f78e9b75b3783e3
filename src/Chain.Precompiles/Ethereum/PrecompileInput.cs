namespace Chain.Precompiles.Ethereum;

/// <summary>How precompiles read input and price it: bytes past the end of the input are zero (Yellow Paper, appendix E).</summary>
internal static class PrecompileInput
{
    /// <summary>Copies from an offset, padding with zeros on the right.</summary>
    public static void CopyPadded(ReadOnlySpan<byte> input, int offset, Span<byte> destination)
    {
        ReadOnlySpan<byte> present = Present(input, offset, destination.Length);
        present.CopyTo(destination);
        destination[present.Length..].Clear();
    }

    /// <summary>The part of a range that the input really holds; the rest of the range is zero.</summary>
    public static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> input, long offset, long length)
    {
        if (offset >= input.Length) return [];
        return input.Slice((int)offset, (int)Math.Min(length, input.Length - offset));
    }

    /// <summary>Base gas and gas per 32-byte word, the last one counted whole.</summary>
    public static ulong GasPerWord(ReadOnlySpan<byte> input, ulong baseGas, ulong wordGas) => baseGas + wordGas * (((ulong)input.Length + 31) / 32);
}
