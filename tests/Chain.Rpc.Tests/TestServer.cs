using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Filters;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>Methods that need no chain, one for each thing a server must do.</summary>
public sealed class EchoMethods
{
    private int _cancelledCalls;
    private int _startedCalls;
    private int _bigAnswers;

    /// <summary>Answers of test_big made so far.</summary>
    public int BigAnswers => Volatile.Read(ref _bigAnswers);

    /// <summary>Opened and closed by test_late.</summary>
    public LateSubscription Late { get; } = new();

    public int StartedCalls => Volatile.Read(ref _startedCalls);

    public int CancelledCalls => Volatile.Read(ref _cancelledCalls);

    [RpcMethod("test_number")]
    public ulong Number() => 0x1b4;

    [RpcMethod("test_echo", "test_alias")]
    public string Echo(string text, bool loud = false) => loud ? text.ToUpperInvariant() : text;

    [RpcMethod("test_quantity")]
    public UInt256 Quantity(UInt256 value) => value;

    [RpcMethod("test_long")]
    public ulong Long(ulong value) => value;

    [RpcMethod("test_data")]
    public ReadOnlyMemory<byte> Data(ReadOnlyMemory<byte> value) => value;

    [RpcMethod("test_address")]
    public Address EchoAddress(Address value) => value;

    [RpcMethod("test_hash")]
    public Hash256 EchoHash(Hash256 value) => value;

    [RpcMethod("test_block")]
    public string Block(BlockParameter block = default) => $"{block.Tag} {block.Number} {block.Hash.ToString()[..6]} {block.RequireCanonical}";

    [RpcMethod("test_loose")]
    public ulong Loose(LooseNumber value) => value.Value;

    [RpcMethod("test_slot")]
    public UInt256 Slot(StorageKey key) => key.Slot;

    [RpcMethod("test_call")]
    public string Call(CallRequest call, IReadOnlyDictionary<Address, StateOverride>? state = null, BlockOverride? block = null) =>
        $"{call.Gas} {call.Data.Length} {state?.Count ?? 0} {block?.Number}";

    [RpcMethod("test_filter")]
    public string Filter(LogFilter filter) => $"{filter.Addresses.Count} {filter.Topics.Count}";

    [RpcMethod("test_fail")]
    public RpcResult<ulong> Fail() => RpcError.Server("nonce too low");

    [RpcMethod("test_bug")]
    public ulong Bug() => throw new InvalidOperationException("secret detail");

    [RpcMethod("test_big")]
    public string Big(LooseNumber chars)
    {
        Interlocked.Increment(ref _bigAnswers);
        return new string('x', (int)chars.Value);
    }

    /// <summary>Subscribes after the connection is gone.</summary>
    [RpcMethod("test_late", Heavy = true)]
    public bool SubscribeLate(RpcCall call)
    {
        Interlocked.Increment(ref _startedCalls);
        call.Cancellation.WaitHandle.WaitOne(10_000);
        call.Session!.Subscriptions["late"] = Late;
        Late.IsOpen = true;
        return true;
    }

    [RpcMethod("test_nothing")]
    public void Nothing()
    {
    }

    [RpcMethod("test_wait", Heavy = true)]
    public async ValueTask<RpcResult<bool>> WaitAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _startedCalls);
        try
        {
            await Task.Delay(60_000, cancellation);
        }
        finally
        {
            if (cancellation.IsCancellationRequested) Interlocked.Increment(ref _cancelledCalls);
        }
        return true;
    }

    [RpcMethod("test_flood")]
    public RpcResult<ulong> Flood(RpcCall call, LooseNumber count)
    {
        if (call.Session is not { } session) return RpcError.Server("no session");
        byte[] message = Encoding.UTF8.GetBytes($"\"{new string('y', 10_000)}\"");
        call.AfterResponse(() =>
        {
            for (ulong i = 0; i < count.Value && session.TryPush(message); i++)
            {
            }
        });
        return count.Value;
    }
}

/// <summary>A subscription that knows whether it was ended.</summary>
public sealed class LateSubscription : IDisposable
{
    public bool IsOpen { get; set; }

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

/// <summary>A server on a free port, with a client.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly RpcServer _server;

    private TestServer(RpcServer server, EchoMethods methods)
    {
        _server = server;
        Methods = methods;
        Client = new HttpClient { BaseAddress = new Uri(server.HttpUrl) };
    }

    public HttpClient Client { get; }

    public EchoMethods Methods { get; }

    public int Port => _server.Port;

    public RpcServer Server => _server;

    public static async Task<TestServer> StartAsync(Func<RpcServerOptions, RpcServerOptions>? configure = null)
    {
        EchoMethods methods = new();
        RpcServerOptions options = new() { Port = 0 };
        RpcServer server = new(RpcMethodTable.Build([methods, new Web3Methods("test/1")]), configure?.Invoke(options) ?? options);
        await server.StartAsync();
        return new TestServer(server, methods);
    }

    public async Task<string> PostAsync(string body, string contentType = "application/json")
    {
        using HttpResponseMessage response = await SendAsync(Encoding.UTF8.GetBytes(body), contentType);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(byte[] body, string contentType = "application/json")
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Client.PostAsync((Uri?)null, content);
    }

    public async Task<JsonElement> CallAsync(string method, string parameters = "[]")
    {
        string answer = await PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        return JsonDocument.Parse(answer).RootElement;
    }

    public async Task<Socket> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
