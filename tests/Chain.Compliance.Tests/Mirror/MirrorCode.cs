using System.Text.Json;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Compiled Solidity of contracts/mirror, as checked in there.</summary>
internal static class MirrorCode
{
    /// <summary>The contract that mirrors each module.</summary>
    public static readonly IReadOnlyDictionary<Address, string> Contracts = new Dictionary<Address, string>
    {
        [ModuleAddresses.DeployerAllowList] = "DeployerAllowListMirror",
        [ModuleAddresses.TxAllowList] = "SenderAllowListMirror",
        [ModuleAddresses.Kyc] = "KycMirror",
        [ModuleAddresses.Engine] = "EngineMirror",
        [ModuleAddresses.Oracle] = "OracleMirror",
        [ModuleAddresses.Audit] = "AuditMirror",
    };

    private static readonly Dictionary<string, byte[]> s_loaded = [];

    /// <summary>Run-time code of a contract.</summary>
    public static byte[] Of(string contract)
    {
        lock (s_loaded)
        {
            if (s_loaded.TryGetValue(contract, out byte[]? code)) return code;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, contract + ".json")));
            return s_loaded[contract] = Convert.FromHexString(document.RootElement.GetProperty("code").GetString()![2..]);
        }
    }

    private static string Folder
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string path = Path.Combine(folder.FullName, "contracts", "mirror", "out");
                if (Directory.Exists(path)) return path;
            }
            throw new DirectoryNotFoundException("contracts/mirror/out was not found above the test's folder.");
        }
    }
}
