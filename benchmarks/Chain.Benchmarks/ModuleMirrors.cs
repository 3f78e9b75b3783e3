using System.Text.Json;
using Chain.Compliance;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Benchmarks;

/// <summary>The Solidity mirrors of the native modules (contracts/mirror), which read the very slots that the modules wrote.</summary>
internal static class ModuleMirrors
{
    private static readonly Dictionary<Address, string> Contracts = new()
    {
        [ModuleAddresses.Kyc] = "KycMirror",
        [ModuleAddresses.Engine] = "EngineMirror",
        [ModuleAddresses.Oracle] = "OracleMirror",
    };

    /// <summary>Puts the mirrors at the modules' addresses and keeps the storage.</summary>
    public static void Install(MemoryState state)
    {
        foreach ((Address module, string contract) in Contracts)
        {
            KeyValuePair<UInt256, UInt256>[] slots = [.. state.Accounts[module].Storage];
            state.SetAccount(module, 1, default, CodeOf(contract));
            foreach ((UInt256 key, UInt256 value) in slots) state.SetStorage(module, key, value);
        }
    }

    private static byte[] CodeOf(string contract)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(RepositoryFile.Find("contracts", "mirror", "out", contract + ".json")));
        return Convert.FromHexString(document.RootElement.GetProperty("code").GetString()![2..]);
    }
}
