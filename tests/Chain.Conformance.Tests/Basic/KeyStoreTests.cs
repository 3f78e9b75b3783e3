using System.Text;
using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Conformance.Tests.Basic;

/// <summary>KeyStoreTests of ethereum/tests.</summary>
public sealed class KeyStoreTests
{
    [Test]
    public void Every_key_file_opens_with_its_password_and_no_other()
    {
        int cases = 0;
        foreach ((string name, JsonElement test) in Fixtures.Read("ethereum-tests-basic/KeyStoreTests"))
        {
            cases++;
            byte[] file = Encoding.UTF8.GetBytes(test.GetProperty("json").GetRawText());
            string password = test.GetProperty("password").GetString()!;
            Assert.That(KeyStore.TryDecrypt(file, password, out byte[] key, out string error), Is.True, $"{name}: {error}");
            Assert.That(key, Is.EqualTo(Hex.Decode(test.GetProperty("priv").GetString())), name);
            Assert.That(KeyStore.TryDecrypt(file, password + "x", out key, out error), Is.False, name);
            Assert.That(error, Does.Contain("password"), name);
            Assert.That(key, Is.Empty, name);
        }
        Assert.That(cases, Is.EqualTo(5));
    }
}
