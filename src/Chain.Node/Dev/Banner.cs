using System.Globalization;
using System.Text;
using Chain.Consensus.Engines;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Node.Dev;

/// <summary>What <c>chain dev</c> prints at its start, as development nodes do: accounts, keys, chain and compliance state.</summary>
internal static class Banner
{
    public static string Format(DevNode node, DevSettings settings, string compliance)
    {
        StringBuilder text = new();
        DevChainPlan plan = node.Plan;
        text.AppendLine("Defactor Chain, development node").AppendLine();
        text.AppendLine("Available Accounts").AppendLine("==================").AppendLine();
        for (int i = 0; i < plan.Accounts.Count; i++) Line(text, $"({i}) {plan.Accounts[i].Address.ToChecksumString()} ({BalanceEther(node, plan.Accounts[i].Address)} ETH)");
        text.AppendLine().AppendLine("Private Keys").AppendLine("==================").AppendLine();
        for (int i = 0; i < plan.Accounts.Count; i++) Line(text, $"({i}) {Hex.Encode(plan.Accounts[i].PrivateKey)}");
        text.AppendLine().AppendLine("Wallet").AppendLine("==================");
        Line(text, $"Mnemonic:          {plan.Memory.Mnemonic}");
        Line(text, $"Derivation path:   {Core.Crypto.HdWallet.EthereumPath}");
        text.AppendLine().AppendLine("Chain").AppendLine("==================");
        Line(text, $"Chain ID:          {plan.Spec.ChainId}");
        Line(text, $"Fork:              {plan.Spec.GenesisRules(plan.Genesis).Fork}");
        Line(text, $"Gas Limit:         {settings.GasLimit}");
        Line(text, $"Base Fee:          {(settings.BaseFee is { } fee ? $"{fee} wei, fixed" : "EIP-1559")}");
        Line(text, $"Blocks:            {Mining(settings)}");
        Line(text, $"Head:              block {node.Chain.Head.Number}, {node.Chain.Head.Hash}");
        Line(text, $"Genesis Timestamp: {plan.Genesis.Timestamp}");
        Line(text, $"Data:              {settings.DataFolder ?? "in memory, gone at the end"}");
        Line(text, $"Compliance:        {compliance}");
        AppendContracts(text, node);
        return text.ToString();
    }

    private static void AppendContracts(StringBuilder text, DevNode node)
    {
        // The table for any configuration names the contracts; those of the chain are the ones that have code there.
        IReadOnlyList<Predeploy> rows = PredeployTable.For(DevPredeploys.Config([.. node.Plan.Accounts.Select(a => a.Address)], node.Plan.Genesis.Timestamp)).Rows;
        Predeploy[] installed = [.. rows.Where(r => node.Chain.HeadState.TryGetAccount(r.Address, out Core.State.Account account) && account.HasCode).OrderBy(r => r.Address)];
        if (installed.Length == 0) return;
        text.AppendLine().AppendLine("Contracts").AppendLine("==================");
        foreach (Predeploy row in installed) Line(text, $"{row.Artifact + ":",-23}{row.Address.ToChecksumString()}{(row.Kind == PredeployKind.Beacon ? " (beacon)" : "")}");
    }

    private static void Line(StringBuilder text, string line) => text.AppendLine(line);

    private static string Mining(DevSettings settings) => settings.Mining switch
    {
        MiningMode.Interval => string.Create(CultureInfo.InvariantCulture, $"every {settings.BlockTimeMs / 1000.0} s"),
        MiningMode.Manual => "when asked (evm_mine)",
        _ => "as soon as a transaction waits",
    };

    private static string BalanceEther(DevNode node, in Address address)
    {
        node.Chain.HeadState.TryGetAccount(address, out Core.State.Account account);
        Core.Numeric.UInt256 whole = account.Balance / 1_000_000_000_000_000_000UL;
        Core.Numeric.UInt256 rest = account.Balance % 1_000_000_000_000_000_000UL;
        string fraction = rest.IsZero ? "000" : rest.ToString().PadLeft(18, '0')[..3];
        return $"{whole}.{fraction}";
    }
}
