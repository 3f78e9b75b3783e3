namespace Chain.EndToEnd.Tests.Harness;

/// <summary>Genesis files in geth's format.</summary>
internal static class GenesisFiles
{
    /// <summary>A post-merge chain up to Cancun with one funded account, the first of the development mnemonic.</summary>
    public const string Cancun = """
        {
          "config": {
            "chainId": 12345,
            "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
            "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
            "terminalTotalDifficulty": 0, "terminalTotalDifficultyPassed": true, "shanghaiTime": 0, "cancunTime": 0
          },
          "timestamp": "0x65000000", "gasLimit": "0x1c9c380", "difficulty": "0x0", "extraData": "0x1234",
          "alloc": {
            "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266": { "balance": "0x21e19e0c9bab2400000" },
            "0x00000000000000000000000000000000000000aa": { "balance": "7", "code": "0x60005460005260206000f3", "storage": { "0x0": "0x2a" } }
          }
        }
        """;

    /// <summary>The same with Prague, whose system contracts it lacks.</summary>
    public static string Prague { get; } = Cancun.Replace("\"cancunTime\": 0", "\"cancunTime\": 0, \"pragueTime\": 0", StringComparison.Ordinal);
}
