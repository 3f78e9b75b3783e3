using System.CommandLine;
using Chain.Node.Configuration;
using Chain.Node.Logging;
using Chain.Node.Servers;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary>The flags of every command that runs a node: who may call what over which transport, metrics, traces, log, and the file of settings.</summary>
internal sealed class ServerFlags
{
    private static readonly string[] Levels = ["trace", "debug", "info", "warn", "error"];

    private readonly Option<bool> _noWebSocket = new("--ws.disable") { Description = "Take no WebSocket connections on the HTTP port. Default: false." };
    private readonly Option<bool> _ipc = new("--ipc") { Description = "Serve all namespaces over a local socket, for the owner of the node's user alone. Default: false." };
    private readonly Option<string?> _ipcPath = new("--ipcpath") { Description = "Path of the local socket, at most 107 bytes; turns it on. Default: chain.ipc in the data folder.", HelpName = "FILE" };
    private readonly Option<string?> _keys = new("--http.keys") { Description = "JSON file of keys (HS256, RS256, ES256) whose tokens every HTTP and WebSocket request must carry, with the methods of each. Default: none, all are let in.", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--http.tls-cert") { Description = "Certificate, PEM: the HTTP port speaks TLS, HTTP/1.1 and HTTP/2. Default: none, plain HTTP.", HelpName = "FILE" };
    private readonly Option<string?> _certificateKey = new("--http.tls-key") { Description = "Private key of the certificate, PEM. Default: the certificate's file.", HelpName = "FILE" };
    private readonly Option<string[]> _allow = new("--rpc.allow") { Description = "Methods served over HTTP and WebSocket, by name or as debug_*. Default: all of the namespaces.", HelpName = "LIST", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _deny = new("--rpc.deny") { Description = "Methods not served over HTTP and WebSocket, by name or as debug_*; wins over --rpc.allow. Default: none.", HelpName = "LIST", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _metrics = new("--metrics") { Description = "Serve /metrics (Prometheus), /livez, /readyz and /health on a port of their own. Default: false." };
    private readonly Option<string> _metricsAddress = new("--metrics.addr") { Description = "Address of the page of metrics.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
    private readonly Option<int> _metricsPort = new("--metrics.port") { Description = "Port of the page of metrics; 0 takes any free one.", DefaultValueFactory = _ => 6_060, HelpName = "PORT" };
    private readonly Option<string?> _otlp = new("--otlp.endpoint") { Description = "OpenTelemetry collector that traces of blocks and requests are sent to: HTTP, or gRPC on port 4317. Default: none.", HelpName = "URL" };
    private readonly Option<string> _level = new("--log.level") { Description = "Least level of the log: trace, debug, info, warn or error. admin_changeLogLevel changes it while the node runs, SIGHUP reads it anew from the file of --config.", DefaultValueFactory = _ => "info", HelpName = "LEVEL" };
    private readonly Option<string> _format = new("--log.format") { Description = "Form of the log: human or json.", DefaultValueFactory = _ => "human", HelpName = "FORMAT" };
    private readonly Option<string?> _config = EffectiveOptions.CreateConfigOption();

    /// <summary>Gives the command the flags.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_noWebSocket, _ipc, _ipcPath, _keys, _certificate, _certificateKey, _allow, _deny, _metrics, _metricsAddress, _metricsPort, _otlp, _level, _format, _config])
            command.Options.Add(option);
    }

    /// <summary>Reads the flags.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="folder">Data folder; null in memory.</param>
    /// <exception cref="UserException">A value is none of those expected.</exception>
    public ServerSettings Read(ParseResult result, string? folder)
    {
        string? path = result.GetValue(_ipcPath);
        if (path is null && result.GetValue(_ipc)) path = folder is null ? throw new UserException("--ipc needs a place without a data folder: name it with --ipcpath FILE.") : Path.Combine(folder, "chain.ipc");
        int port = result.GetValue(_metricsPort);
        if (port is < 0 or > 65_535) throw new UserException($"--metrics.port {port} is out of range: 0 to 65535.");
        return new ServerSettings
        {
            WebSocketEnabled = !result.GetValue(_noWebSocket),
            IpcPath = path,
            KeysFile = result.GetValue(_keys),
            CertificateFile = result.GetValue(_certificate),
            CertificateKeyFile = result.GetValue(_certificateKey),
            Access = new MethodAccess(SplitList(result.GetValue(_allow)), SplitList(result.GetValue(_deny))),
            MetricsEnabled = result.GetValue(_metrics),
            MetricsAddress = result.GetValue(_metricsAddress)!,
            MetricsPort = port,
            OtlpEndpoint = result.GetValue(_otlp),
            LogLevel = ParseLevel(result.GetValue(_level)!),
            LogFormat = result.GetValue(_format)!.ToLowerInvariant() switch
            {
                "human" => LogFormat.Human,
                "json" => LogFormat.Json,
                _ => throw new UserException($"--log.format {result.GetValue(_format)} is neither human nor json."),
            },
        };
    }

    /// <summary>The items of a list that may be given whole or in parts.</summary>
    public static string[] SplitList(string[]? lists) =>
        [.. (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>Reads the level anew at each SIGHUP, from the file that the node was started with; until disposed.</summary>
    public IDisposable? FollowSignal(ParseResult result, ConsoleLog log)
    {
        if (OperatingSystem.IsWindows()) return null;
        string? file = result.GetValue(_config);
        return System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            try
            {
                if (file is not null && ConfigFile.Read(file).FirstOrDefault(entry => entry.Key == "log.level") is { } entry) log.Minimum = ParseLevel(entry.Values[0]);
                log.Info($"log level {log.Minimum}");
            }
            catch (UserException e)
            {
                log.Warn(e.Message);
            }
        });
    }

    private static LogLevel ParseLevel(string text) => Array.IndexOf(Levels, text.ToLowerInvariant()) is >= 0 and int level
        ? (LogLevel)level
        : throw new UserException($"--log.level {text} is none of {string.Join(", ", Levels)}.");
}
