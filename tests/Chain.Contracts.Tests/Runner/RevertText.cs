using System.Buffers.Binary;
using System.Text;
using Chain.Compliance.Abi;
using Chain.Core.Numeric;

namespace Chain.Contracts.Tests.Runner;

/// <summary>Revert data for people: the error's signature where a compiled contract declares it, and its arguments.</summary>
internal static class RevertText
{
    private const int WordSizeBytes = 32;

    private static readonly Lazy<Dictionary<uint, string>> Signatures = new(() => Artifact.All.Values.SelectMany(a => a.Errors)
        .Concat(["Error(string)", "Panic(uint256)", "CheatcodeError(string)"]).Distinct().GroupBy(AbiWords.Selector).ToDictionary(g => g.Key, g => g.First()));

    public static string Of(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return "no revert data";
        if (data.Length < AbiWords.SelectorSizeBytes || !Signatures.Value.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(data), out string? signature)) return $"0x{Convert.ToHexStringLower(data)}";
        string name = signature[..signature.IndexOf('(', StringComparison.Ordinal)];
        string[] types = signature[(name.Length + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        byte[] arguments = data[AbiWords.SelectorSizeBytes..].ToArray();
        return $"{name}({string.Join(", ", types.Select((type, i) => Show(type, arguments, i * WordSizeBytes)))})";
    }

    private static string Show(string type, byte[] arguments, int at)
    {
        if (at + WordSizeBytes > arguments.Length) return "?";
        ReadOnlySpan<byte> word = arguments.AsSpan(at, WordSizeBytes);
        UInt256 value = UInt256.FromBigEndian(word);
        if (type != "string") return type.StartsWith("uint", StringComparison.Ordinal) ? value.ToString() : $"0x{Convert.ToHexStringLower(word)}";
        int start = (int)Math.Min(value.SaturateToUInt64(), (ulong)arguments.Length) + WordSizeBytes;
        if (start > arguments.Length) return "?";
        ulong size = UInt256.FromBigEndian(arguments.AsSpan(start - WordSizeBytes, WordSizeBytes)).SaturateToUInt64();
        return $"\"{Encoding.UTF8.GetString(arguments.AsSpan(start, (int)Math.Min(size, (ulong)(arguments.Length - start))))}\"";
    }
}
