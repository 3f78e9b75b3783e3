using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Conformance.Tests.Basic;

/// <summary>RLPTests of ethereum/tests.</summary>
public sealed class RlpTests
{
    [Test]
    public void Every_rlp_test_holds_in_both_directions()
    {
        List<string> failures = [];
        int cases = 0;
        foreach ((string name, JsonElement test) in Fixtures.Read("ethereum-tests-basic/RLPTests"))
        {
            cases++;
            byte[] encoded = Hex.Decode(test.GetProperty("out").GetString());
            JsonElement input = test.GetProperty("in");
            string? word = input.ValueKind == JsonValueKind.String ? input.GetString() : null;
            bool isWellFormed = IsWellFormed(encoded);
            if (word is "INVALID" or "VALID")
            {
                if (isWellFormed != (word == "VALID")) failures.Add($"{name}: decodes {isWellFormed}");
                continue;
            }
            RlpWriter writer = new(64);
            Write(ref writer, input);
            if (!writer.Written.SequenceEqual(encoded)) failures.Add($"{name}: encodes to {Hex.Encode(writer.Written)}");
            writer.Dispose();
            if (!isWellFormed) failures.Add($"{name}: does not decode");
            RlpReader reader = new(encoded);
            if (isWellFormed && !Matches(ref reader, input)) failures.Add($"{name}: decodes to something else");
        }
        Assert.That(failures, Is.Empty);
        Assert.That(cases, Is.EqualTo(55));
    }

    private static bool IsWellFormed(byte[] encoded)
    {
        RlpReader reader = new(encoded);
        Walk(ref reader);
        return reader.Complete();
    }

    private static void Walk(ref RlpReader reader)
    {
        if (!reader.IsListNext)
        {
            reader.ReadBytes();
            return;
        }
        RlpScope list = reader.EnterList();
        while (!reader.AtEnd) Walk(ref reader);
        reader.LeaveList(list);
    }

    private static void Write(ref RlpWriter writer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            int list = writer.BeginList();
            foreach (JsonElement item in value.EnumerateArray()) Write(ref writer, item);
            writer.EndList(list);
        }
        else if (value.ValueKind == JsonValueKind.Number)
        {
            writer.WriteUInt64(value.GetUInt64());
        }
        else
        {
            writer.WriteBytes(StringBytes(value));
        }
    }

    private static bool Matches(ref RlpReader reader, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) return reader.ReadUInt64() == value.GetUInt64() && reader.Error == RlpError.None;
        if (value.ValueKind == JsonValueKind.String) return reader.ReadBytes().SequenceEqual(StringBytes(value)) && reader.Error == RlpError.None;
        RlpScope list = reader.EnterList();
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (!Matches(ref reader, item)) return false;
        }
        reader.LeaveList(list);
        return reader.Error == RlpError.None;
    }

    private static byte[] StringBytes(JsonElement value)
    {
        string text = value.GetString()!;
        return text.StartsWith('#')
            ? BigInteger.Parse(text[1..], CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true)
            : Encoding.UTF8.GetBytes(text);
    }
}
