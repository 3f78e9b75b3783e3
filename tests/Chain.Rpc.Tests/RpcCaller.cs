using System.Text;
using System.Text.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>Calls methods of a table without a server.</summary>
internal sealed class RpcCaller(RpcMethodTable table) : IDisposable
{
    private readonly RpcProcessor _processor = new(table, new RpcLimits(), TestLog.Instance);

    /// <summary>The whole answer.</summary>
    public async Task<JsonElement> AnswerAsync(string method, string parameters)
    {
        using PooledBufferWriter output = new();
        string request = $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";
        await _processor.ProcessAsync(Encoding.UTF8.GetBytes(request), null, output, CancellationToken.None);
        return JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }

    /// <summary>The result, which must be there.</summary>
    public async Task<JsonElement> ResultAsync(string method, string parameters)
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("result", out JsonElement result), Is.True, answer.GetRawText());
        return result;
    }

    /// <summary>The code of the error, which must be there.</summary>
    public async Task<int> ErrorAsync(string method, string parameters)
    {
        JsonElement answer = await AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, answer.GetRawText()[..Math.Min(500, answer.GetRawText().Length)]);
        return error.GetProperty("code").GetInt32();
    }

    public void Dispose() => _processor.Dispose();
}
