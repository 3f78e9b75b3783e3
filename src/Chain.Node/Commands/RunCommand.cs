using System.CommandLine;
using Chain.Node.Logging;
using Chain.Node.Run;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary><c>chain run</c>: a node that a consensus client drives through the Engine API.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        ChainOptions chain = new();
        StorageFlags storage = new();
        Option<string> address = new("--http.addr") { Description = "Address of the public side, HTTP and WebSocket.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        Option<int> port = new("--http.port", "-p") { Description = "Port of the public side; 0 takes any free one.", DefaultValueFactory = _ => 8_545, HelpName = "PORT" };
        Option<string[]> api = new("--http.api") { Description = "Namespaces of the public side.", DefaultValueFactory = _ => [string.Join(',', RunSettings.DefaultNamespaces)], HelpName = "LIST", AllowMultipleArgumentsPerToken = true };
        Option<string[]> cors = new("--http.corsdomain") { Description = "Origins that browsers may call from; * for all.", DefaultValueFactory = _ => [], HelpName = "ORIGIN", AllowMultipleArgumentsPerToken = true };
        Option<string[]> hosts = new("--http.vhosts") { Description = "Host names accepted in requests; * for all.", DefaultValueFactory = _ => ["localhost"], HelpName = "HOST", AllowMultipleArgumentsPerToken = true };
        Option<string> engineAddress = new("--authrpc.addr") { Description = "Address of the consensus client's side.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        Option<int> enginePort = new("--authrpc.port") { Description = "Port of the consensus client's side; 0 takes any free one.", DefaultValueFactory = _ => 8_551, HelpName = "PORT" };
        Option<string?> secret = new("--authrpc.jwtsecret") { Description = "File of the secret shared with the consensus client, 64 hex digits. Default: jwt.hex in the data folder, made when absent.", HelpName = "FILE" };
        Option<ulong> gasCap = new("--rpc.gascap") { Description = "Most gas of eth_call, eth_estimateGas and eth_simulateV1.", DefaultValueFactory = _ => 50_000_000, HelpName = "GAS" };
        Option<ulong> gasLimit = new("--gas-limit") { Description = "Gas limit that built blocks move towards.", DefaultValueFactory = _ => Rpc.Engine.PayloadAttributes.GasLimitWanted, HelpName = "GAS" };
        RpcLimitOptions limits = new();
        ServerFlags server = new();
        Option<bool> quiet = new("--quiet", "-q") { Description = "Print no line per block." };
        Command command = new("run", """
            Runs a node that a consensus client drives through the Engine API.

            Examples:
              chain run --genesis genesis.json --datadir data --authrpc.jwtsecret jwt.hex
              chain run --datadir data --http.port 0 --authrpc.port 0
            """) { address, port, api, cors, hosts, engineAddress, enginePort, secret, gasCap, gasLimit, quiet };
        chain.AddTo(command);
        storage.AddTo(command);
        limits.AddTo(command);
        server.AddTo(command);
        command.SetAction((result, cancellation) => UserErrors.GuardAsync(() =>
        {
            RunSettings settings = new()
            {
                GenesisFile = result.GetValue(chain.Genesis),
                UpgradeFile = result.GetValue(chain.Upgrade),
                Folder = result.GetValue(chain.Folder)!,
                Storage = storage.Read(result),
                HttpAddress = result.GetValue(address)!,
                HttpPort = result.GetValue(port),
                HttpNamespaces = ServerFlags.SplitList(result.GetValue(api)),
                CorsOrigins = ServerFlags.SplitList(result.GetValue(cors)),
                VirtualHosts = ServerFlags.SplitList(result.GetValue(hosts)),
                EngineAddress = result.GetValue(engineAddress)!,
                EnginePort = result.GetValue(enginePort),
                JwtSecretFile = result.GetValue(secret),
                RpcGasCap = result.GetValue(gasCap),
                GasLimit = result.GetValue(gasLimit),
                RpcLimits = limits.Read(result),
                Server = server.Read(result, result.GetValue(chain.Folder)),
            };
            ConsoleLog log = new(result.GetValue(quiet) ? LogLevel.Warning : settings.Server.LogLevel, settings.Server.LogFormat);
            return RunAsync(settings, log, () => server.FollowSignal(result, log), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, ConsoleLog log, Func<IDisposable?> followSignal, CancellationToken cancellation)
    {
        using IDisposable? signal = followSignal();
        using StopSignal stop = new();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellation);
        await using RunNode node = new(settings, log);
        try
        {
            await node.StartAsync().ConfigureAwait(false);
        }
        catch (RpcStartException e)
        {
            throw new UserException(e.Message);
        }
        Console.Out.WriteLine($"Listening on {node.HttpUrl}, for the consensus client on {node.EngineUrl}. The head is block {node.HeadNumber}.");
        if (node.MetricsUrl is { } metrics) Console.Out.WriteLine($"Metrics on {metrics}");
        if (settings.Server.IpcPath is { } ipc) Console.Out.WriteLine($"Local socket {ipc}");
        Console.Out.Flush();
        try
        {
            await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: the node is disposed on the way out.
        }
        return 0;
    }
}
