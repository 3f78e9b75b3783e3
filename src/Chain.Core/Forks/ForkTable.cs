namespace Chain.Core.Forks;

/// <summary>The only place of fork rules: each fork is the previous one with its changes.</summary>
public static class ForkTable
{
    private const ulong Ether = 1_000_000_000_000_000_000;

    private static readonly ForkRules[] Table = Build();

    /// <summary>The rules of a fork with the blob parameters of mainnet.</summary>
    public static ForkRules Rules(Fork fork) => Table[(int)fork];

    private static ForkRules[] Build()
    {
        ForkRules frontier = new() { Fork = Fork.Frontier };
        ForkRules homestead = frontier with { Fork = Fork.Homestead, CreationTransactionGas = 32_000 };
        ForkRules dao = homestead with { Fork = Fork.Dao };
        ForkRules tangerineWhistle = dao with
        {
            Fork = Fork.TangerineWhistle,
            SloadGas = 200,
            BalanceGas = 400,
            ExtCodeGas = 700,
            CallGas = 700,
            SelfDestructGas = 5_000,
            SelfDestructNewAccountGas = 25_000,
        };
        ForkRules spuriousDragon = tangerineWhistle with
        {
            Fork = Fork.SpuriousDragon,
            ExpByteGas = 50,
            CodeSizeMax = 24_576,
            ContractStartNonce = 1,
        };
        ForkRules byzantium = spuriousDragon with
        {
            Fork = Fork.Byzantium,
            BlockReward = 3 * Ether,
            DifficultyBombDelayBlocks = 3_000_000,
        };
        ForkRules constantinople = byzantium with
        {
            Fork = Fork.Constantinople,
            StorageMetering = StorageMetering.Net,
            BlockReward = 2 * Ether,
            DifficultyBombDelayBlocks = 5_000_000,
        };
        ForkRules petersburg = constantinople with { Fork = Fork.Petersburg, StorageMetering = StorageMetering.Simple };
        ForkRules istanbul = petersburg with
        {
            Fork = Fork.Istanbul,
            CalldataNonZeroByteGas = 16,
            SloadGas = 800,
            BalanceGas = 700,
            ExtCodeHashGas = 700,
            StorageMetering = StorageMetering.NetWithSentry,
        };
        ForkRules muirGlacier = istanbul with { Fork = Fork.MuirGlacier, DifficultyBombDelayBlocks = 9_000_000 };
        ForkRules berlin = muirGlacier with
        {
            Fork = Fork.Berlin,
            ColdAccountGas = 2_600,
            ColdSlotGas = 2_100,
            WarmGas = 100,
            SloadGas = 100,
            BalanceGas = 100,
            ExtCodeGas = 100,
            ExtCodeHashGas = 100,
            CallGas = 100,
        };
        ForkRules london = berlin with
        {
            Fork = Fork.London,
            RefundQuotient = 5,
            StorageClearRefund = 4_800,
            SelfDestructRefund = 0,
            DifficultyBombDelayBlocks = 9_700_000,
        };
        ForkRules arrowGlacier = london with { Fork = Fork.ArrowGlacier, DifficultyBombDelayBlocks = 10_700_000 };
        ForkRules grayGlacier = arrowGlacier with { Fork = Fork.GrayGlacier, DifficultyBombDelayBlocks = 11_400_000 };
        ForkRules paris = grayGlacier with { Fork = Fork.Paris, BlockReward = 0 };
        ForkRules shanghai = paris with { Fork = Fork.Shanghai, InitCodeWordGas = 2, InitCodeSizeMax = 49_152 };
        ForkRules cancun = shanghai with { Fork = Fork.Cancun, Blobs = new(3, 6, 3_338_477) };
        ForkRules prague = cancun with { Fork = Fork.Prague, CalldataFloorGasPerToken = 10, Blobs = new(6, 9, 5_007_716) };
        ForkRules osaka = prague with
        {
            Fork = Fork.Osaka,
            TransactionGasLimitMax = 1 << 24,
            TransactionBlobsMax = 6,
            BlockSizeBytesMax = 8 * 1024 * 1024,
            BlobBaseCostGas = 1 << 13,
        };
        ForkRules bpo1 = osaka with { Fork = Fork.Bpo1, Blobs = new(10, 15, 8_346_193) };
        ForkRules bpo2 = bpo1 with { Fork = Fork.Bpo2, Blobs = new(14, 21, 11_684_671) };
        // Later blob-parameter forks have no mainnet values; a chain configuration gives them.
        ForkRules bpo3 = bpo2 with { Fork = Fork.Bpo3 };
        ForkRules bpo4 = bpo3 with { Fork = Fork.Bpo4 };
        ForkRules bpo5 = bpo4 with { Fork = Fork.Bpo5 };

        return
        [
            frontier, homestead, dao, tangerineWhistle, spuriousDragon, byzantium, constantinople, petersburg, istanbul, muirGlacier, berlin,
            london, arrowGlacier, grayGlacier, paris, shanghai, cancun, prague, osaka, bpo1, bpo2, bpo3, bpo4, bpo5,
        ];
    }
}
