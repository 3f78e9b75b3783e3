using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Chain.Consensus.Engines;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Node.Chains;
using Chain.Node.Dev;
using Chain.Node.Logging;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary><c>chain dev</c>: a development chain with funded accounts and the permissioned modules.</summary>
internal static class DevCommand
{
    private const double BlockTimeSecondsMin = 0.01;
    private const double BlockTimeSecondsMax = 86_400;

    public static Command Create()
    {
        Option<string> address = new("--http.addr") { Description = "Address to listen on, HTTP and WebSocket.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        Option<int> port = new("--http.port", "-p") { Description = "Port to listen on; 0 takes any free one.", DefaultValueFactory = _ => 8_545, HelpName = "PORT" };
        Option<string[]> cors = new("--http.corsdomain") { Description = "Origins that browsers may call from; * for all.", DefaultValueFactory = _ => ["*"], HelpName = "ORIGIN", AllowMultipleArgumentsPerToken = true };
        Option<string[]> hosts = new("--http.vhosts") { Description = "Host names accepted in requests; * for all.", DefaultValueFactory = _ => ["localhost"], HelpName = "HOST", AllowMultipleArgumentsPerToken = true };
        Option<string?> folder = new("--datadir") { Description = $"Folder of the chain. Default: {ChainFolder.DefaultPath("dev")}", HelpName = "DIR" };
        Option<bool> inMemory = new("--in-memory") { Description = "Keep nothing on disk." };
        Option<double?> blockTime = new("--block-time", "-b") { Description = "Make a block every so many seconds (fractions allowed) in place of at once.", HelpName = "SECONDS" };
        Option<bool> noMining = new("--no-mining") { Description = "Make blocks only when asked (evm_mine)." };
        Option<ulong?> chainId = new("--chain-id") { Description = "Chain id. Default: 31337.", HelpName = "ID" };
        Option<string?> fork = new("--fork") { Description = "Fork from the first block on, Frontier to Bpo2. Default: Osaka.", HelpName = "NAME" };
        Option<ulong> gasLimit = new("--gas-limit") { Description = "Gas limit of blocks.", DefaultValueFactory = _ => 30_000_000, HelpName = "GAS" };
        Option<string?> baseFee = new("--base-fee") { Description = "Fixed base fee in place of EIP-1559's.", HelpName = "WEI" };
        Option<int?> accounts = new("--accounts", "-a") { Description = "Number of funded accounts. Default: 10.", HelpName = "COUNT" };
        Option<ulong?> balance = new("--balance") { Description = "Balance of each, whole ETH. Default: 10000.", HelpName = "ETH" };
        Option<string?> mnemonic = new("--mnemonic", "-m") { Description = "Mnemonic of the accounts.", HelpName = "WORDS" };
        Option<byte?> mode = new("--compliance-mode") { Description = "0 off, 1 senders, 2 senders and deployers. Default: 2.", HelpName = "MODE" };
        Option<bool> noPredeploys = new("--no-predeploys") { Description = "Leave the contracts of the platform out of the generated genesis." };
        Option<string?> genesis = new("--genesis") { Description = "Genesis file (geth format) in place of the generated one.", HelpName = "FILE" };
        Option<ulong> gasCap = new("--rpc.gascap") { Description = "Most gas of eth_call and eth_estimateGas.", DefaultValueFactory = _ => 2_000_000_000, HelpName = "GAS" };
        RpcLimitOptions limits = new();
        StorageFlags storage = new("archive");
        ServerFlags server = new();
        Option<bool> quiet = new("--quiet", "-q") { Description = "Print no banner and no line per block." };

        Command command = new("dev", """
            Runs a development chain: ten funded accounts, a block as soon as a transaction waits, the permissioned modules on, the contracts of the platform installed.

            Examples:
              chain dev                                    on 127.0.0.1:8545, going on where it was
              chain dev --in-memory --http.port 0          a fresh chain on any free port
              chain dev --block-time 1 --gas-limit 1000000000
              chain dev --fork Prague --compliance-mode 0  plain Ethereum rules
            """)
        {
            address, port, cors, hosts, folder, inMemory, blockTime, noMining, chainId, fork, gasLimit, baseFee, accounts, balance, mnemonic, mode, noPredeploys, genesis, gasCap, quiet,
        };
        storage.AddTo(command);
        limits.AddTo(command);
        server.AddTo(command);
        command.SetAction((result, _) => UserErrors.GuardAsync(() =>
        {
            DevSettings settings = new()
            {
                HttpAddress = result.GetValue(address)!,
                HttpPort = InRange(result.GetValue(port), 0, 65_535, "--http.port"),
                CorsOrigins = ServerFlags.SplitList(result.GetValue(cors)),
                VirtualHosts = ServerFlags.SplitList(result.GetValue(hosts)),
                DataFolder = DataFolder(result.GetValue(inMemory), result.GetValue(folder)),
                Mining = Mining(result.GetValue(noMining), result.GetValue(blockTime)),
                BlockTimeMs = BlockTimeMs(result.GetValue(blockTime)),
                ChainId = result.GetValue(chainId) is 0 ? throw new UserException("--chain-id 0 is no chain id: give a number from 1 on.") : result.GetValue(chainId),
                Fork = ParseFork(result.GetValue(fork)),
                GasLimit = InRange<ulong>(result.GetValue(gasLimit), 5_000, long.MaxValue, "--gas-limit"),
                BaseFee = ParseWei(result.GetValue(baseFee)),
                Accounts = result.GetValue(accounts) is { } count ? InRange(count, 1, DevSettings.AccountsMax, "--accounts") : null,
                BalanceEther = result.GetValue(balance),
                Mnemonic = result.GetValue(mnemonic),
                ComplianceMode = result.GetValue(mode) is { } given ? InRange(given, (byte)0, (byte)2, "--compliance-mode") : null,
                Predeploys = result.GetValue(noPredeploys) ? false : null,
                GenesisFile = result.GetValue(genesis),
                RpcGasCap = InRange<ulong>(result.GetValue(gasCap), 21_000, long.MaxValue, "--rpc.gascap"),
                RpcLimits = limits.Read(result),
                Storage = storage.Read(result),
                Server = server.Read(result, DataFolder(result.GetValue(inMemory), result.GetValue(folder))),
            };
            ConsoleLog log = new(result.GetValue(quiet) ? LogLevel.Warning : settings.Server.LogLevel, settings.Server.LogFormat);
            return RunAsync(settings, result.GetValue(quiet), log, () => server.FollowSignal(result, log));
        }));
        return command;
    }

    private static async Task<int> RunAsync(DevSettings settings, bool quiet, ConsoleLog log, Func<IDisposable?> followSignal)
    {
        using IDisposable? signal = followSignal();
        // Never disposed, so that a second signal during the stop finds it alive.
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        await using DevNode node = new(settings, log);
        try
        {
            await node.StartAsync().ConfigureAwait(false);
        }
        catch (RpcStartException e)
        {
            throw new UserException(e.Message);
        }
        if (!quiet) Console.Out.WriteLine(Banner.Format(node, settings, ComplianceText.Describe(node.Chain)));
        Console.Out.WriteLine($"Listening on {node.HttpUrl} and {node.WebSocketUrl}");
        if (node.MetricsUrl is { } metrics) Console.Out.WriteLine($"Metrics on {metrics}");
        if (settings.Server.IpcPath is { } ipc) Console.Out.WriteLine($"Local socket {ipc}");
        Console.Out.Flush();
        await stop.Task.ConfigureAwait(false);
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static string? DataFolder(bool inMemory, string? folder)
    {
        if (inMemory && folder is not null) throw new UserException($"--in-memory and --datadir '{folder}' exclude each other: leave one out.");
        return inMemory ? null : Path.GetFullPath(folder ?? ChainFolder.DefaultPath("dev"));
    }

    private static MiningMode Mining(bool noMining, double? blockTimeSeconds)
    {
        if (noMining && blockTimeSeconds is not null) throw new UserException("--no-mining and --block-time exclude each other: leave one out.");
        return noMining ? MiningMode.Manual : blockTimeSeconds is null ? MiningMode.Instant : MiningMode.Interval;
    }

    private static int BlockTimeMs(double? seconds)
    {
        if (seconds is not { } value) return 1_000;
        if (value is not (>= BlockTimeSecondsMin and <= BlockTimeSecondsMax))
        {
            throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--block-time {value} is out of range: {BlockTimeSecondsMin} to {BlockTimeSecondsMax} seconds."));
        }
        return (int)Math.Round(value * 1_000);
    }

    private static Fork? ParseFork(string? name)
    {
        if (name is null) return null;
        if (Enum.TryParse(name, ignoreCase: true, out Fork fork) && Enum.IsDefined(fork) && !char.IsAsciiDigit(name[0])) return fork;
        throw new UserException($"--fork {name} is not a fork: one of {string.Join(", ", Enum.GetNames<Fork>())}.");
    }

    private static UInt256? ParseWei(string? text)
    {
        if (text is null) return null;
        return UInt256.TryParse(text, out UInt256 wei) ? wei : throw new UserException($"--base-fee {text} is not an amount: a whole number of wei is expected.");
    }

    private static T InRange<T>(T value, T least, T most, string flag)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? value : throw new UserException($"{flag} {value} is out of range: {least} to {most}.");
}
