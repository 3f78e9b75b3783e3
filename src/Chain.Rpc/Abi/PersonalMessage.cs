using System.Globalization;
using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Rpc.Abi;

/// <summary>The hash that eth_sign and personal_sign sign (EIP-191, version 0x45).</summary>
public static class PersonalMessage
{
    /// <summary>keccak256 of the prefix, the length in decimal, and the message.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> message)
    {
        byte[] prefix = Encoding.ASCII.GetBytes("\u0019Ethereum Signed Message:\n" + message.Length.ToString(CultureInfo.InvariantCulture));
        byte[] all = new byte[prefix.Length + message.Length];
        prefix.CopyTo(all, 0);
        message.CopyTo(all.AsSpan(prefix.Length));
        return Keccak256.Hash(all);
    }
}
