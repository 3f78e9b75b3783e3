using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Chain.Stress.Hostile;

/// <summary>Clients that break the rules below JSON. Each must get an answer or an end within its time, and nothing of the node's inside.</summary>
internal static class SocketAttacks
{
    private const int EndTimeoutMs = 20_000;
    private const int SlowStepMs = 20;
    private const string Good = """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""";

    private static readonly (string Kind, Func<Socket, Random, Task<string?>> Attack)[] Attacks =
    [
        ("a slow sender", SlowSenderAsync),
        ("a half-closed socket", HalfClosedAsync),
        ("a half-closed request", HalfRequestAsync),
        ("a reset in the middle", ResetAsync),
        ("garbage for HTTP", GarbageAsync),
        ("a wrong chunk", WrongChunkAsync),
        ("an oversized length", OversizedLengthAsync),
        ("oversized headers", OversizedHeadersAsync),
        ("a body longer than told", LongerThanToldAsync),
        ("an unmasked frame", (socket, random) => FrameAsync(socket, [0x81, 0x04, 0x6e, 0x75, 0x6c, 0x6c, 0, 0], random)),
        ("a reserved opcode", (socket, random) => FrameAsync(socket, [0x83, 0x80, 1, 2, 3, 4], random)),
        ("reserved bits", (socket, random) => FrameAsync(socket, [0xf1, 0x80, 1, 2, 3, 4], random)),
        ("a control frame of 126 bytes", (socket, random) => FrameAsync(socket, [0x89, 0xfe, 0, 126, 1, 2, 3, 4, .. new byte[126]], random)),
        ("a frame of 2^63 bytes", (socket, random) => FrameAsync(socket, Oversized(ulong.MaxValue), random)),
        ("a frame over the limit", OverLimitAsync),
        ("a continuation of nothing", (socket, random) => FrameAsync(socket, [0x80, 0x80, 1, 2, 3, 4], random)),
        ("a close of one byte", (socket, random) => FrameAsync(socket, [0x88, 0x81, 0, 0, 0, 0, 3], random)),
    ];

    /// <summary>The attack of this index; what went wrong, or null.</summary>
    public static async Task<(string Kind, string? Problem)> RunAsync(Uri url, int seed, int index)
    {
        Random random = new((seed * 7_919) + index);
        (string kind, Func<Socket, Random, Task<string?>> attack) = Attacks[random.Next(Attacks.Length)];
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(url.Host, url.Port);
            return (kind, await attack(socket, random).WaitAsync(TimeSpan.FromMilliseconds(EndTimeoutMs)));
        }
        catch (TimeoutException)
        {
            return (kind, $"the node left it open for {EndTimeoutMs} ms");
        }
        catch (SocketException)
        {
            // Reset by the node: an end.
            return (kind, null);
        }
    }

    private static string Request(string body, string length) =>
        $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}";

    private static async Task<string?> SlowSenderAsync(Socket socket, Random random)
    {
        byte[] request = Encoding.ASCII.GetBytes(Request(Good, $"{Good.Length}"));
        for (int at = 0; at < request.Length;)
        {
            int step = Math.Min(random.Next(1, 12), request.Length - at);
            await socket.SendAsync(request.AsMemory(at, step));
            at += step;
            await Task.Delay(random.Next(SlowStepMs));
        }
        return Expect(await ReadToEndAsync(socket), "0x7a69");
    }

    private static async Task<string?> HalfClosedAsync(Socket socket, Random random)
    {
        _ = random;
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request(Good, $"{Good.Length}")));
        socket.Shutdown(SocketShutdown.Send);
        // Who closes his side may be taken to have gone; when he is answered, then rightly.
        string answer = await ReadToEndAsync(socket);
        return Expect(answer, answer.Length == 0 ? null : "0x7a69");
    }

    private static async Task<string?> HalfRequestAsync(Socket socket, Random random)
    {
        string request = Request(Good, $"{Good.Length}");
        await socket.SendAsync(Encoding.ASCII.GetBytes(request[..random.Next(1, request.Length)]));
        socket.Shutdown(SocketShutdown.Send);
        return Expect(await ReadToEndAsync(socket), null);
    }

    private static async Task<string?> ResetAsync(Socket socket, Random random)
    {
        string request = Request(Good, $"{Good.Length}");
        await socket.SendAsync(Encoding.ASCII.GetBytes(request[..random.Next(1, request.Length)]));
        socket.LingerState = new LingerOption(true, 0);
        return null;
    }

    private static async Task<string?> GarbageAsync(Socket socket, Random random)
    {
        byte[] garbage = new byte[random.Next(1, 2_000)];
        random.NextBytes(garbage);
        await socket.SendAsync(garbage);
        await socket.SendAsync("\r\n\r\n"u8.ToArray());
        socket.Shutdown(SocketShutdown.Send);
        return Expect(await ReadToEndAsync(socket), null);
    }

    private static async Task<string?> WrongChunkAsync(Socket socket, Random random)
    {
        string size = random.Next(3) switch { 0 => "zz", 1 => "ffffffffffffffff", _ => "-5" };
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{Good}\r\n0\r\n\r\n"));
        socket.Shutdown(SocketShutdown.Send);
        return Expect(await ReadToEndAsync(socket), null);
    }

    private static async Task<string?> OversizedLengthAsync(Socket socket, Random random)
    {
        string length = random.Next(3) switch { 0 => "99999999999999999999999", 1 => "100000000", _ => "-1" };
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request(Good, length)));
        return Expect(await ReadToEndAsync(socket), "HTTP/1.1 4");
    }

    private static async Task<string?> OversizedHeadersAsync(Socket socket, Random random)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('x', random.Next(40_000, 200_000))}\r\n\r\n"));
        return Expect(await ReadToEndAsync(socket), "HTTP/1.1 431");
    }

    private static async Task<string?> LongerThanToldAsync(Socket socket, Random random)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request(Good + new string('x', random.Next(1, 500)), $"{Good.Length}")));
        return Expect(await ReadToEndAsync(socket), "0x7a69");
    }

    private static async Task<string?> FrameAsync(Socket socket, byte[] frame, Random random)
    {
        _ = random;
        if (await UpgradeAsync(socket) is { } problem) return problem;
        await socket.SendAsync(frame);
        return Expect(await ReadToEndAsync(socket), null);
    }

    private static async Task<string?> OverLimitAsync(Socket socket, Random random)
    {
        _ = random;
        const int OverLimitBytes = 26 * 1_024 * 1_024;
        if (await UpgradeAsync(socket) is { } problem) return problem;
        await socket.SendAsync(Oversized(OverLimitBytes));
        byte[] zeros = new byte[256 * 1_024];
        for (int sent = 0; sent < OverLimitBytes; sent += zeros.Length) await socket.SendAsync(zeros);
        // The close comes with a status and its reason.
        return Expect(await ReadToEndAsync(socket), "--ws.message-limit");
    }

    private static byte[] Oversized(ulong length)
    {
        byte[] header = [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(2), length);
        return header;
    }

    private static async Task<string?> UpgradeAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"u8.ToArray());
        byte[] answer = new byte[1_024];
        int read = await socket.ReceiveAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, read).StartsWith("HTTP/1.1 101", StringComparison.Ordinal) ? null : "the handshake was refused";
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[16 * 1_024];
        while (await socket.ReceiveAsync(buffer) is int read and > 0) text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        return text.ToString();
    }

    private static string? Expect(string answer, string? part)
    {
        if (answer.Contains("   at ", StringComparison.Ordinal) || answer.Contains("Exception", StringComparison.Ordinal)) return $"a stack trace: {answer}";
        return part is null || answer.Contains(part, StringComparison.Ordinal) ? null : $"'{part}' is not in the answer '{answer[..Math.Min(300, answer.Length)]}'";
    }
}
