using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>A storage slot as clients name it: hex of 1 to 32 bytes, short forms and leading zeros allowed.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="IsQuantity">True when the client wrote fewer than 64 digits, so that answers name it as a quantity (geth).</param>
public readonly record struct StorageKey(UInt256 Slot, bool IsQuantity)
{
    internal static string? Read(JsonElement element, out StorageKey value)
    {
        value = default;
        if (HexReader.Text(element, "storage key", out ReadOnlySpan<byte> text) is { } error) return error;
        if (text.Length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') text = text[2..];
        if (!HexReader.IsHex(text)) return $"!invalid hex in storage key: {HexReader.Shown(element)}";
        if (!HexReader.TryParseWord(text, out UInt256 slot)) return $"!storage key too long (want at most 32 bytes): {HexReader.Shown(element)}";
        value = new StorageKey(slot, text.Length < 64);
        return null;
    }
}

/// <summary>A number as development tools send it: a JSON number, a decimal string, or hex with any zeros.</summary>
/// <param name="Value">The number.</param>
public readonly record struct LooseNumber(ulong Value)
{
    internal static string? Read(JsonElement element, out LooseNumber value)
    {
        value = default;
        if (element.ValueKind == JsonValueKind.Number)
        {
            if (!element.TryGetUInt64(out ulong number)) return HexReader.Bad("number out of range, 0 to 2^64 - 1", element);
            value = new LooseNumber(number);
            return null;
        }
        if (HexReader.Text(element, "a number", out ReadOnlySpan<byte> text) is { } error) return error;
        if (text.Length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
        {
            if (!HexReader.TryParseWord(text[2..], out UInt256 word) || !word.FitsUInt64) return HexReader.Bad("hex number > 64 bits or not hex", element);
            value = new LooseNumber(word.U0);
            return null;
        }
        if (!ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out ulong parsed)) return HexReader.Bad("not a number", element);
        value = new LooseNumber(parsed);
        return null;
    }
}

/// <summary>What kind of block is meant.</summary>
public enum BlockTag : byte
{
    /// <summary>The head.</summary>
    Latest,

    /// <summary>The head with the pool's transactions on top.</summary>
    Pending,

    /// <summary>Block 0, or the oldest kept.</summary>
    Earliest,

    /// <summary>The last block that is safe from reorganisation under honest majority.</summary>
    Safe,

    /// <summary>The last final block.</summary>
    Finalized,

    /// <summary>By <see cref="BlockParameter.Number"/>.</summary>
    Number,

    /// <summary>By <see cref="BlockParameter.Hash"/>.</summary>
    Hash,
}

/// <summary>A block as a request names it: a tag, a number, a hash, or an object of EIP-1898.</summary>
/// <param name="Tag">Kind.</param>
/// <param name="Number">Height, for <see cref="BlockTag.Number"/>.</param>
/// <param name="Hash">Block hash, for <see cref="BlockTag.Hash"/>.</param>
/// <param name="RequireCanonical">True when the block must be in the canonical chain (EIP-1898).</param>
public readonly record struct BlockParameter(BlockTag Tag, ulong Number = 0, Hash256 Hash = default, bool RequireCanonical = false)
{
    /// <summary>The head: the default value.</summary>
    public static BlockParameter Latest => default;

    internal static string? Read(JsonElement element, out BlockParameter value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object ? ReadObject(element, out value) : ReadText(element, out value);
    }

    private static string? ReadText(JsonElement element, out BlockParameter value)
    {
        value = default;
        // geth trims the quotes of whatever it is given, so that a bare number is an unprefixed hex string.
        if (element.ValueKind == JsonValueKind.Number) return HexReader.Bad("hex string without 0x prefix", element);
        if (HexReader.Text(element, "block number, tag or hash", out ReadOnlySpan<byte> text) is { } error) return error;
        if (text.SequenceEqual("latest"u8)) return null;
        if (text.SequenceEqual("pending"u8)) value = new(BlockTag.Pending);
        else if (text.SequenceEqual("earliest"u8)) value = new(BlockTag.Earliest);
        else if (text.SequenceEqual("safe"u8)) value = new(BlockTag.Safe);
        else if (text.SequenceEqual("finalized"u8)) value = new(BlockTag.Finalized);
        else if (text.Length == 2 + 2 * Hash256.SizeBytes)
        {
            string? reason = HexReader.ReadHash(element, out Hash256 hash);
            value = new(BlockTag.Hash, 0, hash);
            return reason;
        }
        else
        {
            string? reason = HexReader.ReadQuantity(element, out ulong number);
            if (reason is null && number > long.MaxValue) reason = HexReader.Bad("block number larger than int64", element);
            value = new(BlockTag.Number, number);
            return reason;
        }
        return null;
    }

    private static string? ReadObject(JsonElement element, out BlockParameter value)
    {
        value = default;
        bool hasHash = element.TryGetProperty("blockHash"u8, out JsonElement hashElement) && hashElement.ValueKind != JsonValueKind.Null;
        bool hasNumber = element.TryGetProperty("blockNumber"u8, out JsonElement numberElement) && numberElement.ValueKind != JsonValueKind.Null;
        if (hasHash && hasNumber) return "cannot specify both BlockHash and BlockNumber, choose one or the other";
        if (hasNumber) return numberElement.ValueKind == JsonValueKind.Object ? HexReader.WrongKind(numberElement, "block number") : ReadText(numberElement, out value);
        if (!hasHash) return "a block object needs \"blockHash\" or \"blockNumber\" (EIP-1898)";
        if (HexReader.ReadHash(hashElement, out Hash256 hash) is { } error) return error;
        bool canonical = false;
        if (element.TryGetProperty("requireCanonical"u8, out JsonElement flag) && ArgumentReaders.For<bool>()(flag, out canonical) is { } flagError) return flagError;
        value = new(BlockTag.Hash, 0, hash, canonical);
        return null;
    }
}
